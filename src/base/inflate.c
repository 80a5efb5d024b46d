/* One-shot inflation by ISA-L, in steps that double, so that a bomb is stopped soon after it shows. */
#include "base/inflate.h"

#include <isa-l/igzip_lib.h>

enum { STEP_FIRST = 16 << 10, STEP_MOST = 8 << 20 };

struct out {
    char *p;
    size_t n, cap;
    uint64_t most;
};

static bool past_ratio(const struct op *op, uint64_t in, uint64_t out)
{
    const struct limits *l = op->limits;
    return out > l->ratio_from_bytes && out / l->ratio > in;
}

/* Room for the next step: false when the ceiling is reached. */
static bool room(struct op *op, struct out *o)
{
    if (o->n < o->cap)
        return true;
    size_t more = o->cap == 0 ? STEP_FIRST : o->cap < STEP_MOST ? o->cap : STEP_MOST;
    if (o->cap >= o->most)
        return false;
    if (more > o->most - o->cap)
        more = (size_t)(o->most - o->cap);
    o->p = arena_grow(op->mem, o->p, o->cap, o->cap + more);
    o->cap += more;
    return true;
}

/* One member; *in is left after it. */
static enum rc member(struct op *op, struct str name, struct inflate_state *s, struct str whole, struct str *in, struct out *o)
{
    s->next_in = (uint8_t *)(uintptr_t)in->p;
    s->avail_in = (uint32_t)(in->n > UINT32_MAX ? UINT32_MAX : in->n);
    while (s->block_state != ISAL_BLOCK_FINISH) {
        if (!room(op, o)) {
            /* The ceiling may be the exact size: let the reader see the end of the stream in one spare byte. */
            uint8_t spare;
            s->next_out = &spare;
            s->avail_out = 1;
            int rc = isal_inflate(s);
            if (s->avail_out == 0)
                return fail(op, RC_LIMIT, STR_FMT ": inflates to more than %llu bytes", STR_ARG(name),
                            (unsigned long long)o->most);
            if ((rc != ISAL_DECOMP_OK && rc != ISAL_END_INPUT) || s->block_state != ISAL_BLOCK_FINISH)
                return fail(op, RC_INVALID, STR_FMT ": compressed data ends early or is damaged", STR_ARG(name));
            break;
        }
        size_t free_bytes = o->cap - o->n;
        s->next_out = (uint8_t *)o->p + o->n;
        s->avail_out = (uint32_t)free_bytes;
        int rc = isal_inflate(s);
        o->n += free_bytes - s->avail_out;
        size_t used = (size_t)((const char *)s->next_in - whole.p);
        if (rc != ISAL_DECOMP_OK && rc != ISAL_END_INPUT)
            return fail(op, RC_INVALID, STR_FMT ": damaged compressed data near byte %zu", STR_ARG(name), used);
        if (past_ratio(op, used, o->n))
            return fail(op, RC_LIMIT, STR_FMT ": inflates more than %llu times", STR_ARG(name),
                        (unsigned long long)op->limits->ratio);
        if (s->block_state != ISAL_BLOCK_FINISH && s->avail_out != 0) {
            size_t left = in->n - (size_t)((const char *)s->next_in - in->p);
            if (left == 0 || s->avail_in != 0)
                return fail(op, RC_INVALID, STR_FMT ": compressed data ends early", STR_ARG(name));
            s->avail_in = (uint32_t)(left > UINT32_MAX ? UINT32_MAX : left);
        }
    }
    /* Whole bytes that were taken into its bit buffer ahead of need are still ours. */
    size_t ahead = s->read_in_length > 0 ? (size_t)s->read_in_length / 8 : 0;
    *in = str_from(*in, (size_t)((const char *)s->next_in - in->p) - ahead);
    return RC_OK;
}

static bool all_zero(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i])
            return false;
    return true;
}

enum rc inflate_bytes(struct op *op, struct str name, enum inflate_format format, struct str in, uint64_t most_bytes,
                      struct str *ret)
{
    static const uint32_t flags[] = {[INFLATE_RAW] = ISAL_DEFLATE, [INFLATE_ZLIB] = ISAL_ZLIB, [INFLATE_GZIP] = ISAL_GZIP};
    struct out o = {.most = most_bytes < op->limits->inflated_bytes ? most_bytes : op->limits->inflated_bytes};
    struct arena *scratch = arena_child(op->mem);
    struct inflate_state *s = arena_alloc(scratch, sizeof *s);
    struct str rest = in;
    enum rc rc;
    do {
        isal_inflate_init(s);
        s->crc_flag = flags[format];
        rc = member(op, name, s, in, &rest, &o);
    } while (rc == RC_OK && format == INFLATE_GZIP && str_starts(rest, STR("\x1f\x8b")));
    arena_close(scratch);
    TRY(rc);
    if (rest.n && !(format == INFLATE_GZIP && all_zero(rest)))
        return fail(op, RC_INVALID, STR_FMT ": %zu bytes follow the compressed data", STR_ARG(name), rest.n);
    *ret = (struct str){o.p ? o.p : "", o.n};
    return RC_OK;
}
