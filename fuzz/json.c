/* The JSON reader on any bytes; a document that passes must pass again. */
#include <stdlib.h>
#include "base/json.h"
#include "fuzz/run.h"

const unsigned fuzz_entries = 0;

static void work(struct op *op, struct str input)
{
    struct json j;
    for (unsigned flags = 0; flags < 2; flags++) {
        json_open(&j, op, STR("input"), input, flags);
        enum rc first = json_close(&j);
        op_clear(op);
        json_open(&j, op, STR("input"), input, flags);
        if (json_object(&j))
            for (struct str key; json_key(&j, &key);)
                (void)json_scalar(&j);
        if (json_close(&j) != first)
            abort();
        op_clear(op);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_run(work, data, size);
}
