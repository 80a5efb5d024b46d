/* Reading a file of packed advisories, in the worker: believed is what the checksums say, and of that only what fits. */
#include "flow/pack.h"

#include <zstd.h>
#include "base/hash.h"
#include "base/pack.h"
#include "flow/feed_wire.h"
#include "flow/pack_inside.h"

enum { MAGIC_SAME = sizeof "muster advisories " - 1, PIECE = 256 << 10, SOURCES_MOST = 100000 };

bool pack_is(struct str head)
{
    return str_starts(head, str_upto(STR(PACK_MAGIC), MAGIC_SAME));
}

void pack_table_put(struct buf *b, const struct pack_table *t)
{
    size_t at = record_begin(b, PACK_RECORD_TABLE);
    pack_number(b, t->list.n);
    vec_each(const struct pack_source, s, &t->list) {
        pack_text(b, s->name);
        pack_signed(b, s->imported_at);
        pack_signed(b, s->as_of);
        pack_number(b, s->items);
        pack_number(b, s->plain);
        pack_number(b, s->bytes);
        pack_text(b, s->sha256);
    }
    record_end(b, at);
}

static bool table_get(struct arena *mem, struct unpack *u, struct pack_table *ret)
{
    for (uint64_t n = unpack_count(u, 7); n && !u->bad; n--) {
        struct pack_source *s = vec_push(mem, &ret->list);
        s->name = unpack_text(u);
        s->imported_at = unpack_signed(u);
        s->as_of = unpack_signed(u);
        s->items = unpack_number(u);
        s->plain = unpack_number(u);
        s->bytes = unpack_number(u);
        s->sha256 = unpack_text(u);
        u->bad |= s->name.n == 0 || s->imported_at < 0 || s->as_of < 0 || ret->list.n > SOURCES_MOST;
    }
    return !u->bad && u->rest.n == 0;
}

static enum rc cut(struct op *op, struct str name, const char *what)
{
    return fail(op, RC_INVALID, STR_FMT ": not as it was packed: %s", STR_ARG(name), what);
}

/* The table, believed once its own checksum holds; *rest are the members then. */
static enum rc read_table(struct op *op, struct str name, struct str *rest, struct pack_table *ret)
{
    struct str all = *rest;
    struct unpack u;
    unsigned char digest[SHA256_BYTES];
    int type = 0;
    bool bad = false;
    if (!str_take(rest, STR(PACK_MAGIC)))
        return fail(op, RC_UNSUPPORTED, STR_FMT ": packed by another version of the program", STR_ARG(name));
    if (!record_cut(rest, &type, &u, &bad) || type != PACK_RECORD_TABLE)
        return cut(op, name, "its table");
    sha256_of(str_upto(all, all.n - rest->n), digest);
    if (!str_take(rest, (struct str){(const char *)digest, sizeof digest}) || !table_get(op->mem, &u, ret))
        return cut(op, name, "its table");
    return RC_OK;
}

static enum rc check_members(struct op *op, struct str name, struct str rest, const struct pack_table *t)
{
    uint64_t plain = 0;
    unsigned char digest[SHA256_BYTES];
    vec_each(const struct pack_source, s, &t->list) {
        if (s->bytes > rest.n)
            return cut(op, name, "it ends too soon");
        struct str member = str_upto(rest, (size_t)s->bytes);
        sha256_of(member, digest);
        if (!str_eq(s->sha256, sha256_text(op->mem, digest)))
            return fail(op, RC_INVALID, STR_FMT ": not as it was packed: source " STR_FMT, STR_ARG(name), STR_ARG(str_escape(op->mem, s->name)));
        rest = str_from(rest, member.n);
        if (s->plain > op->limits->inflated_bytes - plain)
            return fail(op, RC_LIMIT, STR_FMT ": more than %llu bytes unpacked", STR_ARG(name), (unsigned long long)op->limits->inflated_bytes);
        plain += s->plain;
    }
    return rest.n ? cut(op, name, "there is more behind its end") : RC_OK;
}

/* ---- one member ---- */

struct opening {
    struct str name;
    const struct pack_source *source;
    const struct pack_taker *taker;
    struct arena *round;
    struct buf held;
    uint64_t plain, items;
};

static enum rc take_records(struct op *op, struct opening *o)
{
    struct str rest = buf_str(&o->held);
    struct unpack u;
    int type;
    bool bad = false;
    while (record_cut(&rest, &type, &u, &bad)) {
        struct feed_item item;
        struct str fields = u.rest;
        arena_reset(o->round);
        if (type != FEED_RECORD_ITEM || !feed_item_unpack(o->round, &u, &item))
            return cut(op, o->name, "an item");
        o->items++;
        TRY(o->taker->item(op, o->taker->arg, fields));
    }
    if (bad || o->held.full)
        return cut(op, o->name, "an item");
    if (rest.n)
        memmove(o->held.p, rest.p, rest.n);
    o->held.n = rest.n;
    return RC_OK;
}

static void free_zstd(void *z)
{
    ZSTD_freeDStream(z);
}

static enum rc open_member(struct op *op, struct opening *o, struct str bytes)
{
    ZSTD_DStream *z = ZSTD_createDStream();
    ZSTD_inBuffer in = {bytes.p, bytes.n, 0};
    size_t left = 1;
    if (!z)
        return fail(op, RC_LIMIT, STR_FMT ": no memory to unpack it", STR_ARG(o->name));
    arena_defer(o->round, free_zstd, z);
    char *piece = arena_alloc(o->round, PIECE);
    struct arena *mem = o->round;
    o->round = arena_child(mem);
    do {
        ZSTD_outBuffer out = {piece, PIECE, 0};
        left = ZSTD_decompressStream(z, &out, &in);
        if (ZSTD_isError(left))
            return cut(op, o->name, ZSTD_getErrorName(left));
        o->plain += out.pos;
        if (o->plain > o->source->plain || (out.pos == 0 && in.pos == in.size && left))
            return cut(op, o->name, "a member's length");
        buf_add(&o->held, (struct str){piece, out.pos});
        TRY(take_records(op, o));
    } while (left || in.pos < in.size);
    o->round = mem;
    if (o->plain != o->source->plain || o->items != o->source->items || o->held.n)
        return cut(op, o->name, "a member's length");
    return RC_OK;
}

enum rc pack_read(struct op *op, struct str name, struct str bytes, const struct pack_taker *t)
{
    struct pack_table table = {0};
    TRY(read_table(op, name, &bytes, &table));
    TRY(check_members(op, name, bytes, &table));
    vec_each(const struct pack_source, s, &table.list) {
        struct opening o = {.name = name, .source = s, .taker = t, .round = arena_child(op->mem)};
        buf_open(&o.held, o.round, "an item", (size_t)RECORD_MOST + PIECE);
        struct arena *mem = o.round;
        o.round = arena_child(mem);
        TRY(t->source(op, t->arg, s));
        TRY(open_member(op, &o, str_upto(bytes, (size_t)s->bytes)));
        bytes = str_from(bytes, (size_t)s->bytes);
        arena_close(mem);
    }
    return RC_OK;
}
