/* Feeds files (or all files below folders) to a fuzz target without a fuzzer: whole, cut short, with bytes turned.
 * TAP on stdout. */
#include <stdlib.h>
#include "fuzz/fuzz.h"
#include "tests/lib/files.h"
#include "tests/lib/tap.h"
#include "base/arena.h"

/* A copy on the heap of exactly this size, so that a read past its end is seen. */
static void feed(const char *bytes, size_t n, int entry)
{
    size_t extra = entry >= 0;
    uint8_t *copy = malloc(n + extra ? n + extra : 1);
    if (!copy)
        exit(1);
    if (extra)
        copy[0] = (uint8_t)entry;
    if (n)
        memcpy(copy + extra, bytes, n);
    LLVMFuzzerTestOneInput(copy, n + extra);
    free(copy);
}

static void replay(struct arena *mem, struct str bytes)
{
    int last = fuzz_entries ? (int)fuzz_entries : 1;
    char *turned = str_dup(mem, bytes).p ? (char *)(uintptr_t)str_dup(mem, bytes).p : NULL;
    uint32_t random = 1;
    for (int e = 0; e < last; e++) {
        int entry = fuzz_entries ? e : -1;
        feed(bytes.p, bytes.n, entry);
        for (int i = 0; i < 8 && bytes.n; i++) {
            random = random * 1103515245 + 12345;
            size_t at = (random >> 8) % bytes.n;
            feed(bytes.p, at, entry);
            turned[at] ^= (char)(random >> 24 | 1);
            feed(turned, bytes.n, entry);
            turned[at] = bytes.p[at];
        }
    }
}

int main(int argc, char **argv)
{
    enum { SEED_MOST = 64 << 10 };
    struct arena *mem = arena_open((size_t)1 << 30);
    for (int i = 1; i < argc; i++) {
        struct test_files all = {0};
        size_t n = 0;
        test_tree(mem, str_of(argv[i]), &all);
        for (size_t k = 0; k < all.all.n; k++) {
            if (all.all.at[k].target.p)
                continue;
            struct str bytes = test_read(mem, str_join(mem, str_of(argv[i]), STR("/"), all.all.at[k].path));
            if (bytes.n > SEED_MOST)
                bytes.n = SEED_MOST;
            replay(mem, bytes);
            n++;
        }
        tap_ok(n > 0, "%zu inputs below %s", n, argv[i]);
    }
    arena_close(mem);
    return tap_done();
}
