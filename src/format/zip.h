/* The directory of a zip archive over its bytes in memory: names as bytes, sizes and places checked against each other
 * before anything is inflated. Names are not decoded: CP437 and UTF-8 stay what they are. */
#ifndef FORMAT_ZIP_H
#define FORMAT_ZIP_H

#include "base/op.h"

enum { ZIP_STORED = 0, ZIP_DEFLATED = 8 };

struct zip {
    struct str name; /* of the archive, for errors */
    struct str bytes;
    uint64_t before;       /* bytes that precede the archive: a launcher, a script */
    struct str rest;       /* of the directory, not read yet */
    uint64_t left;         /* entries in it, as it says */
    uint64_t directory_at; /* no entry reaches past this place */
};

struct zip_entry {
    struct str path; /* as stored */
    uint64_t size, packed;
    uint64_t at; /* of the local header */
    uint32_t crc;
    uint16_t method;
    bool encrypted, executable, is_link, is_folder;
};

/* Is there a zip directory at the end of these bytes? */
bool zip_is(struct str bytes);

/* Finds the directory. RC_INVALID when there is none, it does not fit, or entries share bytes (an archive that does is a
 * bomb). */
MUST_USE enum rc zip_open(struct op *op, struct str name, struct str bytes, struct zip *ret);

/* The next entry. RC_NOTFOUND after the last; RC_INVALID when the directory is cut or malformed. */
MUST_USE enum rc zip_next(struct op *op, struct zip *z, struct zip_entry *ret);

/* The packed bytes, borrowed. RC_INVALID when the local header is not there or disagrees. */
MUST_USE enum rc zip_packed(struct op *op, const struct zip *z, const struct zip_entry *e, struct str *ret);

/* The content: borrowed when stored, else in op->mem. RC_UNSUPPORTED when encrypted or of another method; RC_LIMIT past
 * `most_bytes`; RC_INVALID when size or checksum is not what the directory says. */
MUST_USE enum rc zip_read(struct op *op, const struct zip *z, const struct zip_entry *e, uint64_t most_bytes, struct str *ret);

/* The first bytes of the content, up to n; fewer only when there are fewer. Inflates no more than it needs. */
MUST_USE enum rc zip_head(struct op *op, const struct zip *z, const struct zip_entry *e, char *out, size_t n, size_t *ret_n);

#endif
