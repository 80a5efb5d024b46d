/* Archives that are files of a tree: the zip family, and tar, also compressed by gzip, zstd, xz or bzip2. Works on bytes
 * in memory; what a member's path means, and the way into archives inside, is the caller's. */
#ifndef SOURCE_ARCHIVE_H
#define SOURCE_ARCHIVE_H

#include "source/source.h"

enum archive_kind { ARCHIVE_NONE, ARCHIVE_ZIP, ARCHIVE_TAR };

/* By content: the first bytes say zip (also after a launcher script, when the end says so) or tar; of something compressed
 * a little is inflated. Costs nothing on other files. */
enum archive_kind archive_kind(struct op *op, struct str bytes);

/* What the caller wants and gets. */
struct archive_visitor {
    /* As in struct visitor; the path is the member's own, cleaned. WANT_LATER counts as WANT_KEEP. */
    enum want (*visit)(struct op *op, void *arg, const struct tree_entry *e);
    /* A member that was wanted. `bytes` live in `mem`, or are part of the archive's own. Not RC_OK: the walk ends with
     * that. */
    enum rc (*file)(struct op *op, void *arg, const struct tree_entry *e, struct str bytes);
    /* A member that was not read. */
    void (*gap)(struct op *op, void *arg, struct str path, struct str why);
    void *arg;
    struct arena *mem;  /* for the bytes of members; may be reset by `file` */
    uint64_t *inflated; /* counts what was inflated, against op->limits->inflated_bytes; one for the whole scan */
};

/* Offers every member, in the archive's order. `name` is for errors, `depth` the number of archives around this one:
 * RC_LIMIT when it reaches op->limits->depth. RC_INVALID when it is no archive or damaged so that nothing more can be
 * trusted; members before that place have been offered. */
MUST_USE enum rc archive_walk(struct op *op, struct str name, struct str bytes, unsigned depth, const struct archive_visitor *v);

#endif
