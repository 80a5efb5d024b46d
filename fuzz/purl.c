/* Any bytes as a purl: what is accepted, written and read again, is the same component. */
#include <stdlib.h>
#include "fuzz/run.h"
#include "model/component.h"

const unsigned fuzz_entries = 0;

static void work(struct op *op, struct str input)
{
    struct component a, b;
    if (component_parse(op, input, &a) != RC_OK)
        return;
    struct str text = component_purl(op->mem, &a);
    if (component_parse(op, text, &b) != RC_OK || !component_same(&a, &b) || !str_eq(component_purl(op->mem, &b), text))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_run(work, data, size);
}
