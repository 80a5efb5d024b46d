/* The bytes of an extent in order, inflated when they turn out to be compressed (by content: media types lie), as
 * windows that are whole multiples of STREAM_BLOCK but for the last. Skipping over what is not compressed reads
 * nothing. */
#ifndef SOURCE_STREAM_H
#define SOURCE_STREAM_H

#include "source/digest.h"

enum { STREAM_BLOCK = 512 };

enum codec { CODEC_NONE, CODEC_GZIP, CODEC_ZSTD, CODEC_XZ, CODEC_BZIP2 };

/* By the first bytes (6 are enough). */
enum codec codec_of(struct str head);

struct inflater; /* the state of one decompressor */

struct stream {
    struct extent e;
    struct str name; /* for errors */
    struct arena *mem;
    enum codec codec;
    struct inflater *inflater; /* NULL: not compressed */
    struct ring *ring;         /* of the inflated windows */
    uint64_t *inflated;        /* what all streams of this scan yielded */
    struct str rest;           /* of the window, not yet given out */
    uint64_t at;               /* position of rest in the inflated stream */
    char *window;              /* not compressed: what was read ahead */
    size_t ahead;              /* … and how much of that is worth while */
    bool ended;
    bool broken; /* the compressed data is damaged or cut */
};

/* `ring` is used only for compressed bytes (its digest is then checked by stream_finish). All lives in `mem`. */
MUST_USE enum rc stream_open(struct op *op, struct stream *s, struct arena *mem, const struct extent *e, struct str name,
                             struct ring *ring, struct str digest, uint64_t *inflated);

/* What comes next, without taking it: the rest of the window, empty only at the end. At a block's border it holds a
 * whole block unless the stream ends within it. Valid until the next call on the stream. */
MUST_USE enum rc stream_peek(struct op *op, struct stream *s, struct str *ret);

/* Takes 1 to `most` of the next bytes; none only at the end. Valid until the next call. */
MUST_USE enum rc stream_some(struct op *op, struct stream *s, uint64_t most, struct str *ret);

/* Takes exactly n bytes into ret; RC_INVALID when the stream ends before. */
MUST_USE enum rc stream_read(struct op *op, struct stream *s, void *ret, size_t n);

/* Passes over n bytes; RC_INVALID when the stream ends before. */
MUST_USE enum rc stream_skip(struct op *op, struct stream *s, uint64_t n);

/* Reads a compressed stream to its end and compares its digest: RC_INVALID when it differs. */
MUST_USE enum rc stream_finish(struct op *op, struct stream *s);

/* ---- for stream.c: inflate.c ---- */

/* RC_UNSUPPORTED for what is not compiled in. */
MUST_USE enum rc inflater_open(struct op *op, struct arena *mem, const struct extent *e, struct str name, enum codec codec,
                               struct inflater **ret);

/* Fills `out` unless the stream ends: fewer than n bytes say that it has. RC_INVALID when the data is damaged, cut or
 * followed by something else. */
MUST_USE enum rc inflater_fill(struct op *op, struct inflater *f, char *out, size_t n, size_t *ret_n);

/* How many compressed bytes were used so far. */
uint64_t inflater_used(const struct inflater *f);

#endif
