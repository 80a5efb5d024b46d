/* Any two strings under every scheme: the order is the same both ways, and ranges end in an answer. */
#include <stdlib.h>
#include "fuzz/run.h"
#include "version/range.h"

const unsigned fuzz_entries = 0;

static void one(struct op *op, const struct version_scheme *s, struct str a, struct str b)
{
    int x = s->compare(a, b), y = s->compare(b, a);
    struct range r = {0};
    if ((x < 0) != (y > 0) || (x == 0) != (y == 0) || s->compare(a, a) != 0)
        abort();
    (void)s->valid(a);
    if (s->upstream)
        (void)s->upstream(op->mem, a);
    if (range_parse(op, s, a, &r) == RC_OK)
        (void)range_contains(&r, b);
    op_clear(op);
    r = (struct range){0};
    if (range_parse_native(op, s, a, &r) == RC_OK)
        (void)range_contains(&r, b);
    op_clear(op);
}

static void work(struct op *op, struct str input)
{
    struct str a = input, b = STR("1.0");
    str_split(input, '\n', &a, &b);
    for (size_t i = 0; version_schemes[i]; i++)
        one(op, version_schemes[i], a, b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_run(work, data, size);
}
