/* The members of a tar stream, one after another: ustar, pax, GNU long names, base-256 numbers, sparse files (both GNU
 * forms and the three pax forms). It checks sums, skips bodies nobody reads, and keeps nothing.
 *
 * Why not libarchive here: over an archive of empty files (bench/source_tar.c) its reader took 1.24 µs of processor time a
 * member, this one 0.15 µs; and it does not tell where in the stream a body lies. Its filters are used for xz and bzip2. */
#ifndef SOURCE_TARWALK_H
#define SOURCE_TARWALK_H

#include "source/source.h"
#include "source/stream.h"

enum { TAR_EXTRA_MOST = 1 << 20 }; /* bytes of one pax or long-name record */

struct tar_hole_map; /* of a sparse file */

struct tar_member {
    struct str path, target; /* as written; valid until the body is read */
    enum entry_kind kind;
    uint64_t size;   /* of the file as it is seen */
    uint64_t stored; /* bytes of it that lie in the stream */
    uint64_t at;     /* where in the stream they begin */
    bool executable;
    bool sparse;
};

struct tar_piece {
    uint64_t at, n; /* in the file */
};

struct tar {
    struct stream *in;
    struct arena *mem; /* of the tar: emptied at each member that needs it */
    struct arena *scratch;
    struct tar_member now;
    uint64_t left;                /* of the body, not read yet */
    unsigned padding;             /* after it */
    VEC(struct tar_piece) pieces; /* of a sparse file: where its stored bytes belong */
    bool dirty;                   /* scratch was used */
    bool ended;
};

/* The stream stays the caller's; it stands at the first header. */
void tar_open(struct tar *t, struct stream *in, struct arena *mem);

/* The next member, in t->now; what was left of the last one's body is skipped. RC_NOTFOUND at the end; RC_INVALID when
 * no header stands where one must: nothing after that place can be trusted. */
MUST_USE enum rc tar_next(struct op *op, struct tar *t);

/* The next piece of the body as it is stored; empty at its end. Valid until the next call. */
MUST_USE enum rc tar_some(struct op *op, struct tar *t, struct str *ret);

/* The first bytes of the body, up to `most`, without taking them. */
MUST_USE enum rc tar_peek(struct op *op, struct tar *t, size_t most, struct str *ret);

/* The whole file into the spill, holes filled. The caller has checked its size. */
MUST_USE enum rc tar_keep(struct op *op, struct tar *t, struct spill *spill, struct extent *ret);

/* Is this a block that could be a header? */
bool tar_header_valid(const char block[STREAM_BLOCK]);

/* ---- for tarwalk.c: tarextra.c ---- */

/* What pax records and long names say about the member that follows them. */
struct tar_extra {
    struct str path, target;
    uint64_t size;
    uint64_t real_size;
    unsigned sparse_major;
    bool has_size, has_real_size, sparse, has_map;
};

/* Reads the records of one pax header. RC_INVALID when one is malformed. */
MUST_USE enum rc tar_extra_read(struct op *op, struct tar *t, struct str records, struct tar_extra *x);

/* Reads the map that precedes the data of a pax 1.0 sparse file. */
MUST_USE enum rc tar_map_read(struct op *op, struct tar *t);

/* Reads the map in an old GNU sparse header and the blocks that continue it. */
MUST_USE enum rc tar_gnu_map_read(struct op *op, struct tar *t, const char header[STREAM_BLOCK]);

/* Checks that the pieces are in order, do not overlap, lie in the file and hold what is stored. */
MUST_USE enum rc tar_map_check(struct op *op, const struct tar *t);

/* A number in a header field, octal or base-256. False when it is malformed or negative. */
bool tar_number(const char *field, size_t n, uint64_t *ret);

#endif
