/* What the tests of the store share: a fresh store in a folder of its own, and boms from short texts. */
#ifndef TESTS_STORE_KIT_H
#define TESTS_STORE_KIT_H

#include "store/asset.h"
#include "store/block.h"
#include "store/component.h"
#include "store/fold.h"
#include "store/history.h"
#include "store/members.h"
#include "store/presence.h"
#include "store/scan.h"
#include "store/store.h"

struct kit {
    struct op op; /* first; its memory is the kit's */
    struct store *s;
    struct str folder, path;
};

/* A new folder below TMPDIR and, with `open`, a new store in it. kit_close removes both. */
void kit_open(struct kit *k, bool open);
void kit_close(struct kit *k);
/* Closes the store and opens it again. */
bool kit_reopen(struct kit *k);

/* A bom from lines "type/name@version [scope] [path]": scope defaults to installed, path to the name. */
struct bom *kit_bom(struct op *op, const char *text);

/* A complete scan of "installed" by "test 1"; the members may be changed afterwards. */
struct scan kit_scan(const char *name, int64_t at);

/* Writes it; true when that went well. */
bool kit_write(struct kit *k, const char *name, int64_t at, const char *text, struct scan_result *ret);

/* The ids of a package's rows, by name and, when not NULL, version. */
struct id_list kit_ids(struct kit *k, const char *name, const char *version);

/* "web:1 db:0" : the assets that have any of these, with their ranks, as presence_find tells them. */
const char *kit_who(struct kit *k, struct id_list ids, int64_t at);

/* "libc6@2.36 xz-utils@5.4": what an asset has, in order of names. */
const char *kit_has(struct kit *k, const char *asset, int64_t at);

/* No problem found by store_check; prints those there are. */
bool kit_sound(struct kit *k);

#endif
