/* Posting lists: the assets of one bucket that have a component at one rank, as sorted low halves of their ids.
 * Stored as delta varints, or as a bitmap of 8 KiB where that is not larger: its length tells which. */
#ifndef STORE_POSTING_H
#define STORE_POSTING_H

#include "store/blob.h"

enum { BUCKET_BITS = 16, BUCKET_SIZE = 1 << BUCKET_BITS, BITMAP_BYTES = BUCKET_SIZE / 8 };

/* Writes the n ids, which rise. */
void posting_put(struct buf *b, const uint16_t *at, size_t n);

/* Reads them into room for BUCKET_SIZE; RC_INVALID unless the bytes hold just n that rise. */
MUST_USE enum rc posting_get(struct op *op, struct str bytes, size_t n, uint16_t *ret);

/* A bitmap of n without `out`, with `in`: as posting_merge, without taking it apart. RC_INVALID unless it holds n. */
MUST_USE enum rc posting_patch(struct op *op, struct str bitmap, size_t n, const uint16_t *out, size_t out_n, const uint16_t *in, size_t in_n,
                               char ret[BITMAP_BYTES], size_t *ret_n);

/* Merges: without `out`, with `in`; all rise; the result may take BUCKET_SIZE. Returns its length. */
size_t posting_merge(const uint16_t *at, size_t n, const uint16_t *out, size_t out_n, const uint16_t *in, size_t in_n, uint16_t *ret);

#endif
