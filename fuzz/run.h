/* Runs one piece of work with its own memory; reaching the ceiling ends the work, not the fuzzer. */
#ifndef FUZZ_RUN_H
#define FUZZ_RUN_H

#include <setjmp.h>
#include "base/op.h"
#include "fuzz/fuzz.h"

static jmp_buf fuzz_out;

static void fuzz_limit(void)
{
    longjmp(fuzz_out, 1);
}

static const struct limits fuzz_limits = {
    .inflated_bytes = 16 << 20, .file_bytes = 8 << 20, .ratio = 2000, .ratio_from_bytes = 1 << 20, .entries = 10000, .depth = 4, .time_s = 10,
    .worker_bytes = 256 << 20,
};

static int fuzz_run(void (*work)(struct op *op, struct str input), const uint8_t *data, size_t size)
{
    struct arena *volatile mem = arena_open((size_t)256 << 20);
    struct op op = {.mem = mem, .limits = &fuzz_limits};
    arena_on_limit(fuzz_limit);
    if (setjmp(fuzz_out) == 0)
        work(&op, (struct str){(const char *)data, size});
    arena_close(mem);
    return 0;
}

#endif
