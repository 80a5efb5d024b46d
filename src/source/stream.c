/* Two ways to a window: read ahead from an extent, a little after a jump and more as it goes on evenly; or inflate into
 * the ring. */
#include "source/stream.h"

enum { AHEAD_LEAST = 4 << 10, AHEAD_MOST = 128 << 10 };

enum codec codec_of(struct str head)
{
    if (str_starts(head, STR("\x1f\x8b")))
        return CODEC_GZIP;
    if (str_starts(head, STR("\x28\xb5\x2f\xfd"))
        || (head.n >= 4 && (head.p[0] & 0xf0) == 0x50 && str_starts(str_from(head, 1), STR("\x2a\x4d\x18"))))
        return CODEC_ZSTD;
    if (str_starts(head, STR("\xfd"
                             "7zXZ\0")))
        return CODEC_XZ;
    return str_starts(head, STR("BZh")) ? CODEC_BZIP2 : CODEC_NONE;
}

enum rc stream_open(struct op *op, struct stream *s, struct arena *mem, const struct extent *e, struct str name,
                    struct ring *ring, struct str digest, uint64_t *inflated)
{
    char head[6];
    size_t n = e->size < sizeof head ? (size_t)e->size : sizeof head;
    *s = (struct stream){.e = *e, .name = name, .mem = mem, .ring = ring, .inflated = inflated, .ahead = AHEAD_LEAST};
    TRY(extent_read(op, e, name, 0, head, n));
    s->codec = codec_of((struct str){head, n});
    if (s->codec == CODEC_NONE) {
        if (e->fd >= 0)
            s->window = arena_alloc(mem, AHEAD_MOST);
        return RC_OK;
    }
    ring_reopen(ring, digest);
    return inflater_open(op, mem, e, name, s->codec, &s->inflater);
}

/* The next window of what is not compressed. */
static enum rc read_window(struct op *op, struct stream *s)
{
    uint64_t left = s->e.size - s->at;
    if (s->e.fd < 0) {
        s->rest = (struct str){s->e.mem + s->at, (size_t)left};
        return RC_OK;
    }
    /* Windows end at a block's border, wherever this one starts. */
    size_t n = s->ahead - (size_t)(s->at % STREAM_BLOCK);
    if (n > left)
        n = (size_t)left;
    TRY(extent_read(op, &s->e, s->name, s->at, s->window, n));
    s->rest = (struct str){s->window, n};
    if (s->ahead < AHEAD_MOST)
        s->ahead *= 2;
    return RC_OK;
}

static enum rc inflate_window(struct op *op, struct stream *s)
{
    size_t n;
    if (s->ended)
        return RC_OK;
    if (s->broken)
        return fail(op, RC_INVALID, STR_FMT ": damaged compressed data", STR_ARG(s->name));
    char *out = ring_room(s->ring);
    s->broken = true;
    TRY(inflater_fill(op, s->inflater, out, RING_SLOT_BYTES, &n));
    s->broken = false;
    ring_put(s->ring, n);
    s->rest = (struct str){out, n};
    s->ended = n < RING_SLOT_BYTES;
    *s->inflated += n;
    uint64_t total = s->at + n;
    const struct limits *l = op->limits;
    if (*s->inflated > l->inflated_bytes)
        return fail(op, RC_LIMIT, STR_FMT ": more than %llu bytes inflated in all", STR_ARG(s->name),
                    (unsigned long long)l->inflated_bytes);
    if (total > l->ratio_from_bytes && total / l->ratio > inflater_used(s->inflater))
        return fail(op, RC_LIMIT, STR_FMT ": inflates more than %llu times", STR_ARG(s->name), (unsigned long long)l->ratio);
    return RC_OK;
}

enum rc stream_peek(struct op *op, struct stream *s, struct str *ret)
{
    if (s->rest.n == 0)
        TRY(s->inflater ? inflate_window(op, s) : read_window(op, s));
    *ret = s->rest;
    return RC_OK;
}

static void take(struct stream *s, size_t n)
{
    s->rest = str_from(s->rest, n);
    s->at += n;
}

enum rc stream_some(struct op *op, struct stream *s, uint64_t most, struct str *ret)
{
    struct str all;
    TRY(stream_peek(op, s, &all));
    *ret = most < all.n ? str_upto(all, (size_t)most) : all;
    take(s, ret->n);
    return RC_OK;
}

static enum rc ends(struct op *op, const struct stream *s, uint64_t missing)
{
    return fail(op, RC_INVALID, STR_FMT ": ends at byte %llu, %llu more expected", STR_ARG(s->name), (unsigned long long)s->at,
                (unsigned long long)missing);
}

enum rc stream_read(struct op *op, struct stream *s, void *ret, size_t n)
{
    char *at = ret;
    while (n) {
        struct str some;
        TRY(stream_some(op, s, n, &some));
        if (some.n == 0)
            return ends(op, s, n);
        memcpy(at, some.p, some.n);
        at += some.n;
        n -= some.n;
    }
    return RC_OK;
}

enum rc stream_skip(struct op *op, struct stream *s, uint64_t n)
{
    if (n > s->rest.n && !s->inflater) {
        if (n > s->e.size - s->at)
            return ends(op, s, n - (s->e.size - s->at));
        if (n - s->rest.n > AHEAD_LEAST)
            s->ahead = AHEAD_LEAST;
        s->at += n;
        s->rest = (struct str){NULL, 0};
        return RC_OK;
    }
    while (n) {
        struct str some;
        TRY(stream_some(op, s, n, &some));
        if (some.n == 0)
            return ends(op, s, n);
        n -= some.n;
    }
    return RC_OK;
}

enum rc stream_finish(struct op *op, struct stream *s)
{
    if (!s->inflater)
        return RC_OK;
    while (!s->ended || s->rest.n) {
        struct str some;
        TRY(stream_some(op, s, UINT64_MAX, &some));
    }
    if (!ring_done(s->ring))
        return fail(op, RC_INVALID, STR_FMT ": its content has another digest than was promised", STR_ARG(s->name));
    return RC_OK;
}
