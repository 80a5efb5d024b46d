/* Any bytes as an archive: all members are read, three deep. */
#include "fuzz/run.h"
#include "source/archive.h"

const unsigned fuzz_entries = 0;

static enum want visit(struct op *op, void *arg, const struct tree_entry *e)
{
    (void)op;
    (void)arg;
    return e->kind == ENTRY_FILE ? WANT_KEEP : WANT_NO;
}

struct level {
    unsigned depth;
    uint64_t *inflated;
};

static void walk(struct op *op, struct str bytes, struct level level);

static enum rc file(struct op *op, void *arg, const struct tree_entry *e, struct str bytes)
{
    const struct level *l = arg;
    (void)e;
    if (l->depth < 3)
        walk(op, bytes, (struct level){l->depth + 1, l->inflated});
    return RC_OK;
}

static void gap(struct op *op, void *arg, struct str path, struct str why)
{
    (void)op;
    (void)arg;
    (void)path;
    (void)why;
}

static void walk(struct op *op, struct str bytes, struct level level)
{
    struct op inner = *op;
    inner.mem = arena_child(op->mem);
    struct archive_visitor v = {visit, file, gap, &level, arena_child(op->mem), level.inflated};
    op_clear(&inner);
    (void)!archive_walk(&inner, STR("input"), bytes, level.depth, &v);
}

static void work(struct op *op, struct str input)
{
    uint64_t inflated = 0;
    walk(op, input, (struct level){0, &inflated});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_run(work, data, size);
}
