/* Whole reads and writes on file descriptors that somebody else opened. */
#ifndef BASE_IO_H
#define BASE_IO_H

#include "base/op.h"

/* Reads exactly n bytes at the offset; RC_INVALID when the file ends before. `name` is for the error. */
MUST_USE enum rc io_pread(struct op *op, int fd, struct str name, void *ret, size_t n, uint64_t offset);

/* Reads up to n bytes from the present place until they are there or the stream ends. */
MUST_USE enum rc io_read(struct op *op, int fd, struct str name, void *ret, size_t n, size_t *ret_n);

/* Writes all of it; RC_IO on any trouble (a full disk, a closed pipe). */
MUST_USE enum rc io_write(struct op *op, int fd, struct str name, struct str bytes);
MUST_USE enum rc io_pwrite(struct op *op, int fd, struct str name, struct str bytes, uint64_t offset);

/* All that a stream gives, in op->mem; RC_LIMIT past `most` bytes. */
MUST_USE enum rc io_slurp(struct op *op, int fd, struct str name, uint64_t most, struct str *ret);

/* Closes fd when the arena is closed. */
void io_close_later(struct arena *mem, int fd);

#endif
