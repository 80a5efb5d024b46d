/* Inflates bytes that are all in memory, under the limits of the operation. Streams are somebody else's. */
#ifndef BASE_INFLATE_H
#define BASE_INFLATE_H

#include "base/op.h"

enum inflate_format { INFLATE_RAW, INFLATE_ZLIB, INFLATE_GZIP };

/* All that `in` holds, in op->mem; several gzip members follow one another. RC_INVALID when it is cut, damaged
 * or followed by something else (zeros after a gzip member excepted); RC_LIMIT past `most_bytes` of output, past
 * op->limits->inflated_bytes, or past the ratio of op->limits. `name` is for the error. */
MUST_USE enum rc inflate_bytes(struct op *op, struct str name, enum inflate_format format, struct str in, uint64_t most_bytes,
                               struct str *ret);

#endif
