/* Decompressors behind one call that fills a window: gzip by ISA-L (twice as fast as zlib), zstd by its own library, xz
 * and bzip2 by libarchive's filters. */
#include <archive.h>
#include <errno.h>
#include <isa-l/igzip_lib.h>
#include <zstd.h>
#include "source/stream.h"

enum { IN_BYTES = 256 << 10, WINDOW_LOG_MOST = 27 };

struct inflater {
    struct extent e;
    struct str name;
    enum codec codec;
    struct str in;  /* read and not yet used */
    uint64_t in_at; /* position after `in` */
    char *buf;
    bool ended;
    struct inflate_state *gzip;
    ZSTD_DStream *zstd;
    bool in_frame; /* zstd: a frame has begun and not ended */
    struct archive *archive;
};

static enum rc more_in(struct op *op, struct inflater *f)
{
    uint64_t left = f->e.size - f->in_at;
    size_t n = left < IN_BYTES ? (size_t)left : IN_BYTES;
    if (f->e.fd < 0) {
        f->in = (struct str){f->e.mem + f->in_at, n};
    } else {
        TRY(extent_read(op, &f->e, f->name, f->in_at, f->buf, n));
        f->in = (struct str){f->buf, n};
    }
    f->in_at += n;
    return RC_OK;
}

static enum rc damaged(struct op *op, const struct inflater *f, const char *what)
{
    return fail(op, RC_INVALID, STR_FMT ": %s near byte %llu", STR_ARG(f->name), what, (unsigned long long)inflater_used(f));
}

/* ---- gzip ---- */

static void begin_member(struct inflater *f)
{
    isal_inflate_init(f->gzip);
    f->gzip->crc_flag = ISAL_GZIP;
}

/* A member ended: is there another? */
static enum rc next_member(struct op *op, struct inflater *f)
{
    if (f->in.n == 0)
        TRY(more_in(op, f));
    if (f->in.n == 0) {
        f->ended = true;
        return RC_OK;
    }
    if (f->in.p[0] != 0x1f)
        return damaged(op, f, "something else follows the compressed data");
    begin_member(f);
    return RC_OK;
}

static enum rc fill_gzip(struct op *op, struct inflater *f, char *out, size_t n, size_t *ret_n)
{
    struct inflate_state *z = f->gzip;
    z->next_out = (uint8_t *)out;
    z->avail_out = (uint32_t)n;
    while (!f->ended && z->avail_out) {
        if (f->in.n == 0)
            TRY(more_in(op, f));
        bool dry = f->in.n == 0;
        uint32_t room = z->avail_out;
        z->next_in = (uint8_t *)(uintptr_t)f->in.p;
        z->avail_in = (uint32_t)f->in.n;
        int rc = isal_inflate(z);
        f->in = str_from(f->in, f->in.n - z->avail_in);
        if (rc != ISAL_DECOMP_OK && rc != ISAL_END_INPUT)
            return damaged(op, f, rc == ISAL_INCORRECT_CHECKSUM ? "wrong checksum" : "damaged compressed data");
        if (z->block_state == ISAL_BLOCK_FINISH) {
            uint8_t *next = z->next_out;
            uint32_t avail = z->avail_out;
            TRY(next_member(op, f));
            z->next_out = next;
            z->avail_out = avail;
        } else if (dry && z->avail_out == room) {
            return damaged(op, f, "compressed data ends early");
        }
    }
    *ret_n = n - z->avail_out;
    return RC_OK;
}

/* ---- zstd ---- */

static enum rc fill_zstd(struct op *op, struct inflater *f, char *out, size_t n, size_t *ret_n)
{
    ZSTD_outBuffer o = {out, n, 0};
    while (!f->ended && o.pos < n) {
        if (f->in.n == 0)
            TRY(more_in(op, f));
        bool dry = f->in.n == 0;
        if (dry && !f->in_frame) {
            f->ended = true;
            break;
        }
        ZSTD_inBuffer i = {f->in.p, f->in.n, 0};
        size_t before = o.pos;
        size_t rc = ZSTD_decompressStream(f->zstd, &o, &i);
        if (ZSTD_isError(rc))
            return damaged(op, f, ZSTD_getErrorName(rc));
        f->in = str_from(f->in, i.pos);
        f->in_frame = rc != 0;
        if (dry && o.pos == before)
            return damaged(op, f, "compressed data ends early");
    }
    *ret_n = o.pos;
    return RC_OK;
}

/* ---- libarchive's filters ---- */

static la_ssize_t feed(struct archive *a, void *arg, const void **ret)
{
    struct inflater *f = arg;
    uint64_t left = f->e.size - f->in_at;
    size_t n = left < IN_BYTES ? (size_t)left : IN_BYTES;
    struct arena *scratch = arena_open(64 << 10);
    struct op op = {.mem = scratch};
    bool ok = f->e.fd < 0 || extent_read(&op, &f->e, f->name, f->in_at, f->buf, n) == RC_OK;
    arena_close(scratch);
    if (!ok) {
        archive_set_error(a, EIO, "the file ends early");
        return -1;
    }
    *ret = f->e.fd < 0 ? f->e.mem + f->in_at : f->buf;
    f->in_at += n;
    return (la_ssize_t)n;
}

static void close_archive(void *a)
{
    archive_read_free(a);
}

static enum rc open_archive(struct op *op, struct arena *mem, struct inflater *f)
{
    f->archive = archive_read_new();
    if (!f->archive)
        return fail(op, RC_LIMIT, STR_FMT ": no memory to decompress it", STR_ARG(f->name));
    arena_defer(mem, close_archive, f->archive);
    struct archive_entry *entry;
    int bad = f->codec == CODEC_XZ ? archive_read_support_filter_xz(f->archive) : archive_read_support_filter_bzip2(f->archive);
    bad |= archive_read_support_format_raw(f->archive);
    if (bad != ARCHIVE_OK)
        return fail(op, RC_UNSUPPORTED, STR_FMT ": compressed with xz or bzip2, which is not compiled in", STR_ARG(f->name));
    if (archive_read_open(f->archive, f, NULL, feed, NULL) != ARCHIVE_OK
        || archive_read_next_header(f->archive, &entry) != ARCHIVE_OK)
        return damaged(op, f, "damaged compressed data");
    return RC_OK;
}

static enum rc fill_archive(struct op *op, struct inflater *f, char *out, size_t n, size_t *ret_n)
{
    size_t have = 0;
    while (!f->ended && have < n) {
        la_ssize_t got = archive_read_data(f->archive, out + have, n - have);
        if (got < 0)
            return damaged(op, f,
                           archive_error_string(f->archive) ? archive_error_string(f->archive) : "damaged compressed data");
        f->ended = got == 0;
        have += (size_t)got;
    }
    *ret_n = have;
    return RC_OK;
}

/* ---- */

static void close_zstd(void *z)
{
    ZSTD_freeDStream(z);
}

enum rc inflater_open(struct op *op, struct arena *mem, const struct extent *e, struct str name, enum codec codec,
                      struct inflater **ret)
{
    struct inflater *f = arena_alloc(mem, sizeof *f);
    f->e = *e;
    f->name = name;
    f->codec = codec;
    if (e->fd >= 0)
        f->buf = arena_alloc(mem, IN_BYTES);
    if (codec == CODEC_GZIP) {
        f->gzip = arena_alloc(mem, sizeof *f->gzip);
        begin_member(f);
    } else if (codec == CODEC_ZSTD) {
        f->zstd = ZSTD_createDStream();
        if (!f->zstd)
            return fail(op, RC_LIMIT, STR_FMT ": no memory to decompress it", STR_ARG(name));
        arena_defer(mem, close_zstd, f->zstd);
        ZSTD_DCtx_setParameter(f->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MOST);
    } else {
        TRY(open_archive(op, mem, f));
    }
    *ret = f;
    return RC_OK;
}

enum rc inflater_fill(struct op *op, struct inflater *f, char *out, size_t n, size_t *ret_n)
{
    switch (f->codec) {
    case CODEC_GZIP: return fill_gzip(op, f, out, n, ret_n);
    case CODEC_ZSTD: return fill_zstd(op, f, out, n, ret_n);
    case CODEC_XZ:
    case CODEC_BZIP2: return fill_archive(op, f, out, n, ret_n);
    case CODEC_NONE: break;
    }
    return fail(op, RC_UNSUPPORTED, STR_FMT ": not compressed", STR_ARG(f->name));
}

uint64_t inflater_used(const struct inflater *f)
{
    return f->in_at - f->in.n;
}
