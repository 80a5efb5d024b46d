/* Any bytes as the output of a worker: the parent keeps what is sound and never stumbles. */
#include "bom/wire.h"
#include "fuzz/run.h"

const unsigned fuzz_entries = 0;

static void work(struct op *op, struct str input)
{
    struct wire_reader r;
    wire_reader_open(&r, op->mem);
    while (input.n) {
        size_t n = input.n > 37 ? 37 : input.n;
        if (wire_feed(op, &r, str_upto(input, n)) != RC_OK)
            return;
        input = str_from(input, n);
    }
    for (size_t i = 0; i < r.result.parts.n; i++)
        bom_sort(&r.result.parts.at[i]->bom);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_run(work, data, size);
}
