/* Loops around read and write that know about short counts and signals. */
#include "base/io.h"

#include <errno.h>
#include <unistd.h>
#include "base/buf.h"

enum rc io_pread(struct op *op, int fd, struct str name, void *ret, size_t n, uint64_t offset)
{
    char *at = ret;
    while (n) {
        ssize_t got = pread(fd, at, n, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(name), strerror(errno));
        if (got == 0)
            return fail(op, RC_INVALID, STR_FMT ": ends at byte %llu, %zu more expected", STR_ARG(name), (unsigned long long)offset, n);
        at += got;
        n -= (size_t)got;
        offset += (uint64_t)got;
    }
    return RC_OK;
}

enum rc io_read(struct op *op, int fd, struct str name, void *ret, size_t n, size_t *ret_n)
{
    size_t have = 0;
    while (have < n) {
        ssize_t got = read(fd, (char *)ret + have, n - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(name), strerror(errno));
        if (got == 0)
            break;
        have += (size_t)got;
    }
    *ret_n = have;
    return RC_OK;
}

enum rc io_write(struct op *op, int fd, struct str name, struct str bytes)
{
    while (bytes.n) {
        ssize_t put = write(fd, bytes.p, bytes.n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(name), strerror(errno));
        bytes = str_from(bytes, (size_t)put);
    }
    return RC_OK;
}

enum rc io_pwrite(struct op *op, int fd, struct str name, struct str bytes, uint64_t offset)
{
    while (bytes.n) {
        ssize_t put = pwrite(fd, bytes.p, bytes.n, (off_t)offset);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(name), strerror(errno));
        bytes = str_from(bytes, (size_t)put);
        offset += (uint64_t)put;
    }
    return RC_OK;
}

enum rc io_slurp(struct op *op, int fd, struct str name, uint64_t most, struct str *ret)
{
    enum { STEP = 64 << 10 };
    struct buf b;
    buf_open(&b, op->mem, "input", most > SIZE_MAX / 4 ? SIZE_MAX / 4 : (size_t)most + STEP);
    for (;;) {
        size_t got;
        char *at = buf_room(&b, STEP);
        if (!at || b.n > most)
            return fail(op, RC_LIMIT, STR_FMT ": more than %llu bytes", STR_ARG(name), (unsigned long long)most);
        TRY(io_read(op, fd, name, at, STEP, &got));
        buf_took(&b, got);
        if (got < STEP)
            break;
    }
    if (b.n > most)
        return fail(op, RC_LIMIT, STR_FMT ": more than %llu bytes", STR_ARG(name), (unsigned long long)most);
    return buf_done(op, &b, ret);
}

static void close_fd(void *p)
{
    close((int)(intptr_t)p);
}

void io_close_later(struct arena *mem, int fd)
{
    arena_defer(mem, close_fd, (void *)(intptr_t)fd);
}
