/* Every feed format on any bytes: the first byte picks it. What comes out goes over the wire and back; beyond the formats,
 * the bytes are such a record themselves. */
#include "feed/feed.h"
#include "flow/feed_wire.h"
#include "flow/pack.h"
#include "fuzz/run.h"

const unsigned fuzz_entries = 13;

struct taking {
    struct buf wire;
    struct arena *round;
};

static enum rc emit(struct op *op, void *arg, const struct feed_item *item)
{
    struct taking *t = arg;
    struct feed_item back;
    (void)op;
    buf_clear(&t->wire);
    arena_reset(t->round);
    feed_item_pack(&t->wire, item);
    struct unpack u = {buf_str(&t->wire), false};
    bool whole = !t->wire.full && feed_item_unpack(t->round, &u, &back);
    bool nameless = item->kind == FEED_ADVISORY && item->advisory.id.n == 0;
    if (!t->wire.full && !whole && !nameless)
        __builtin_trap();
    return RC_OK;
}

static enum rc on_source(struct op *op, void *arg, const struct pack_source *s)
{
    (void)op;
    (void)arg;
    (void)s;
    return RC_OK;
}

static enum rc on_item(struct op *op, void *arg, struct str fields)
{
    (void)op;
    (void)arg;
    (void)fields;
    return RC_OK;
}

static void work(struct op *op, struct str input)
{
    static const struct pack_taker taker = {on_source, on_item, NULL};
    struct taking t = {.round = arena_child(op->mem)};
    struct feed_item item;
    size_t count = 0;
    while (feeds[count])
        count++;
    if (input.n == 0)
        return;
    size_t pick = (unsigned char)input.p[0] % (count + 3);
    struct str bytes = str_from(input, 1);
    buf_open(&t.wire, op->mem, "an item", 64 << 20);
    if (pick < count) {
        (void)!feeds[pick]->bid(STR("x.json"), bytes);
        (void)!feeds[pick]->parse(op, STR("x.json"), bytes, emit, &t);
    } else if (pick == count) {
        struct unpack u = {bytes, false};
        (void)!feed_item_unpack(op->mem, &u, &item);
    } else if (pick == count + 1) {
        (void)!pack_read(op, STR("x"), bytes, &taker);
    } else {
        (void)!feed_find(STR("x"), bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_run(work, data, size);
}
