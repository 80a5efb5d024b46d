/* A run of bytes that somebody else holds, in a file or in memory; and the spill, the one place where inflated
 * content that is wanted is put down. Nothing here opens or closes anything. */
#ifndef SOURCE_EXTENT_H
#define SOURCE_EXTENT_H

#include "base/op.h"

struct extent {
    int fd;          /* -1: the bytes are at mem */
    const char *mem; /* of byte 0 of the extent; not used with a descriptor */
    uint64_t offset; /* in the file, of byte 0 of the extent */
    uint64_t size;
};

/* The n bytes at `at`, all of them; RC_INVALID when the extent, or the file below it, ends before. */
MUST_USE enum rc extent_read(struct op *op, const struct extent *e, struct str name, uint64_t at, void *ret, size_t n);

/* Part of an extent; the caller has checked that it lies inside. */
struct extent extent_part(const struct extent *e, uint64_t at, uint64_t size);

/* All of it: borrowed when it lies in memory, in `mem` when it is small, else mapped until `mem` is closed. */
MUST_USE enum rc extent_bytes(struct op *op, const struct extent *e, struct str name, struct arena *mem, struct str *ret);

/* Appended to, never changed. Without a file it keeps everything in the arena. */
struct spill {
    int fd; /* -1: none */
    uint64_t end;
    struct arena *mem;
    /* the piece being written */
    uint64_t start;
    char *piece;
    uint64_t piece_size, piece_at;
};

/* fd may hold something already: that stays. */
MUST_USE enum rc spill_open(struct op *op, struct spill *s, int fd, struct arena *mem);

/* Starts a piece of exactly `size` bytes, then takes its bytes in order; spill_zeros adds a hole. */
void spill_begin(struct spill *s, uint64_t size);
MUST_USE enum rc spill_add(struct op *op, struct spill *s, struct str bytes);
MUST_USE enum rc spill_zeros(struct op *op, struct spill *s, uint64_t n);

/* Where the finished piece lies. */
struct extent spill_done(struct spill *s);

#endif
