/* Positions are checked against the extent, then against what the file really has. */
#include "source/extent.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"

enum { MAP_FROM = 128 << 10, PAGE = 4096 };

enum rc extent_read(struct op *op, const struct extent *e, struct str name, uint64_t at, void *ret, size_t n)
{
    if (at > e->size || n > e->size - at)
        return fail(op, RC_INVALID, STR_FMT ": ends at byte %llu, %zu bytes expected at %llu", STR_ARG(name),
                    (unsigned long long)e->size, n, (unsigned long long)at);
    if (e->fd < 0) {
        if (n)
            memcpy(ret, e->mem + at, n);
        return RC_OK;
    }
    return io_pread(op, e->fd, name, ret, n, e->offset + at);
}

struct extent extent_part(const struct extent *e, uint64_t at, uint64_t size)
{
    return (struct extent){e->fd, e->mem ? e->mem + at : NULL, e->offset + at, size};
}

struct mapping {
    void *p;
    size_t n;
};

static void unmap(void *p)
{
    const struct mapping *m = p;
    munmap(m->p, m->n);
}

static enum rc map(struct op *op, const struct extent *e, struct str name, struct arena *mem, struct str *ret)
{
    struct stat st;
    if (fstat(e->fd, &st) != 0)
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(name), strerror(errno));
    if ((uint64_t)st.st_size < e->size || (uint64_t)st.st_size - e->size < e->offset)
        return fail(op, RC_INVALID, STR_FMT ": became shorter during the scan", STR_ARG(name));
    uint64_t slack = e->offset % PAGE;
    struct mapping *m = arena_alloc(mem, sizeof *m);
    m->n = (size_t)(e->size + slack);
    m->p = mmap(NULL, m->n, PROT_READ, MAP_PRIVATE, e->fd, (off_t)(e->offset - slack));
    if (m->p == MAP_FAILED)
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(name), strerror(errno));
    arena_defer(mem, unmap, m);
    *ret = (struct str){(const char *)m->p + slack, (size_t)e->size};
    return RC_OK;
}

enum rc extent_bytes(struct op *op, const struct extent *e, struct str name, struct arena *mem, struct str *ret)
{
    if (e->fd < 0) {
        *ret = (struct str){e->mem ? e->mem : "", (size_t)e->size};
        return RC_OK;
    }
    if (e->size > SIZE_MAX / 2)
        return fail(op, RC_LIMIT, STR_FMT ": too large to hold", STR_ARG(name));
    if (e->size >= MAP_FROM)
        return map(op, e, name, mem, ret);
    char *p = arena_alloc(mem, (size_t)e->size);
    TRY(extent_read(op, e, name, 0, p, (size_t)e->size));
    *ret = (struct str){p, (size_t)e->size};
    return RC_OK;
}

enum rc spill_open(struct op *op, struct spill *s, int fd, struct arena *mem)
{
    struct stat st = {0};
    if (fd >= 0 && fstat(fd, &st) != 0)
        return fail(op, RC_IO, "the file for inflated content: %s", strerror(errno));
    *s = (struct spill){.fd = fd, .end = (uint64_t)st.st_size, .mem = mem};
    return RC_OK;
}

void spill_begin(struct spill *s, uint64_t size)
{
    s->start = s->end;
    s->piece_size = size;
    s->piece_at = 0;
    s->piece = s->fd < 0 ? arena_alloc(s->mem, (size_t)size) : NULL;
}

enum rc spill_add(struct op *op, struct spill *s, struct str bytes)
{
    if (bytes.n > s->piece_size - s->piece_at)
        return fail(op, RC_INVALID, "more content than was announced");
    if (s->fd < 0) {
        if (bytes.n)
            memcpy(s->piece + s->piece_at, bytes.p, bytes.n);
    } else {
        TRY(io_pwrite(op, s->fd, STR("the file for inflated content"), bytes, s->end));
        s->end += bytes.n;
    }
    s->piece_at += bytes.n;
    return RC_OK;
}

enum rc spill_zeros(struct op *op, struct spill *s, uint64_t n)
{
    static const char zeros[4096];
    while (n) {
        size_t step = n < sizeof zeros ? (size_t)n : sizeof zeros;
        TRY(spill_add(op, s, (struct str){zeros, step}));
        n -= step;
    }
    return RC_OK;
}

struct extent spill_done(struct spill *s)
{
    return (struct extent){s->fd, s->piece, s->fd < 0 ? 0 : s->start, s->piece_at};
}
