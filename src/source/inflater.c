/* Decompressors behind one call that fills a window: gzip by ISA-L (twice as fast as zlib), the others each by its own
 * library. */
#include <bzlib.h>
#include <isa-l/igzip_lib.h>
#include <lzma.h>
#include <zstd.h>
#include "source/stream.h"

/* The largest dictionary of `xz -9` takes 65 MiB; zstd's window has a limit of its own. */
enum { IN_BYTES = 256 << 10, WINDOW_LOG_MOST = 27, XZ_MEMORY_BYTES = 160 << 20 };

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
    lzma_stream *xz;
    bz_stream *bzip2;
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

/* ---- xz ---- */

static void close_xz(void *z)
{
    lzma_end(z);
}

static enum rc open_xz(struct op *op, struct arena *mem, struct inflater *f)
{
    f->xz = arena_alloc(mem, sizeof *f->xz);
    *f->xz = (lzma_stream)LZMA_STREAM_INIT;
    if (lzma_stream_decoder(f->xz, XZ_MEMORY_BYTES, LZMA_CONCATENATED) != LZMA_OK)
        return fail(op, RC_LIMIT, STR_FMT ": no memory to decompress it", STR_ARG(f->name));
    arena_defer(mem, close_xz, f->xz);
    return RC_OK;
}

static enum rc fill_xz(struct op *op, struct inflater *f, char *out, size_t n, size_t *ret_n)
{
    lzma_stream *z = f->xz;
    z->next_out = (uint8_t *)out;
    z->avail_out = n;
    while (!f->ended && z->avail_out) {
        if (f->in.n == 0)
            TRY(more_in(op, f));
        z->next_in = (const uint8_t *)f->in.p;
        z->avail_in = f->in.n;
        lzma_ret rc = lzma_code(z, f->in.n ? LZMA_RUN : LZMA_FINISH);
        f->in = str_from(f->in, f->in.n - z->avail_in);
        f->ended = rc == LZMA_STREAM_END;
        if (rc == LZMA_BUF_ERROR)
            return damaged(op, f, "compressed data ends early");
        if (rc == LZMA_MEMLIMIT_ERROR)
            return fail(op, RC_LIMIT, STR_FMT ": needs more than %d MiB to decompress", STR_ARG(f->name), XZ_MEMORY_BYTES >> 20);
        if (rc != LZMA_OK && rc != LZMA_STREAM_END)
            return damaged(op, f, "damaged compressed data");
    }
    *ret_n = n - z->avail_out;
    return RC_OK;
}

/* ---- bzip2 ---- */

static void close_bzip2(void *z)
{
    BZ2_bzDecompressEnd(z);
}

static enum rc open_bzip2(struct op *op, struct arena *mem, struct inflater *f)
{
    f->bzip2 = arena_alloc(mem, sizeof *f->bzip2);
    *f->bzip2 = (bz_stream){0};
    if (BZ2_bzDecompressInit(f->bzip2, 0, 0) != BZ_OK)
        return fail(op, RC_LIMIT, STR_FMT ": no memory to decompress it", STR_ARG(f->name));
    arena_defer(mem, close_bzip2, f->bzip2);
    return RC_OK;
}

/* A stream ended: parallel compressors write many, one after the other. */
static enum rc next_stream(struct op *op, struct inflater *f)
{
    if (f->in.n == 0)
        TRY(more_in(op, f));
    f->ended = f->in.n == 0;
    if (f->ended)
        return RC_OK;
    bz_stream *z = f->bzip2;
    char *next = z->next_out;
    unsigned avail = z->avail_out;
    BZ2_bzDecompressEnd(z);
    *z = (bz_stream){0};
    if (BZ2_bzDecompressInit(z, 0, 0) != BZ_OK)
        return fail(op, RC_LIMIT, STR_FMT ": no memory to decompress it", STR_ARG(f->name));
    z->next_out = next;
    z->avail_out = avail;
    return RC_OK;
}

static enum rc fill_bzip2(struct op *op, struct inflater *f, char *out, size_t n, size_t *ret_n)
{
    bz_stream *z = f->bzip2;
    z->next_out = out;
    z->avail_out = (unsigned)n;
    while (!f->ended && z->avail_out) {
        if (f->in.n == 0)
            TRY(more_in(op, f));
        unsigned room = z->avail_out;
        bool dry = f->in.n == 0;
        z->next_in = (char *)(uintptr_t)f->in.p;
        z->avail_in = (unsigned)f->in.n;
        int rc = BZ2_bzDecompress(z);
        f->in = str_from(f->in, f->in.n - z->avail_in);
        if (rc == BZ_STREAM_END)
            TRY(next_stream(op, f));
        else if (rc != BZ_OK)
            return damaged(op, f, rc == BZ_MEM_ERROR ? "no memory for compressed data" : "damaged compressed data");
        else if (dry && z->avail_out == room)
            return damaged(op, f, "compressed data ends early");
    }
    *ret_n = n - z->avail_out;
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
        TRY(codec == CODEC_XZ ? open_xz(op, mem, f) : open_bzip2(op, mem, f));
    }
    *ret = f;
    return RC_OK;
}

enum rc inflater_fill(struct op *op, struct inflater *f, char *out, size_t n, size_t *ret_n)
{
    switch (f->codec) {
    case CODEC_GZIP: return fill_gzip(op, f, out, n, ret_n);
    case CODEC_ZSTD: return fill_zstd(op, f, out, n, ret_n);
    case CODEC_XZ: return fill_xz(op, f, out, n, ret_n);
    case CODEC_BZIP2: return fill_bzip2(op, f, out, n, ret_n);
    case CODEC_NONE: break;
    }
    return fail(op, RC_UNSUPPORTED, STR_FMT ": not compressed", STR_ARG(f->name));
}

uint64_t inflater_used(const struct inflater *f)
{
    return f->in_at - f->in.n;
}
