/* What bounds the reading of a JSON document in memory: copying its bytes, and the strict JSON reader alone, which checks
 * every byte and keeps nothing. Arguments: file, rounds. Prints megabytes a second, best round. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/json.h"
#include "tests/lib/files.h"

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open((size_t)4 << 30), *round = arena_child(mem);
    if (argc < 3)
        return 2;
    struct str text = test_read(mem, str_of(argv[1]));
    char *copy = arena_array(mem, text.n, 1);
    double copied_s = 1e9, read_s = 1e9;
    unsigned sum = 0;
    for (int i = 0; i < atoi(argv[2]); i++) {
        double from = now_s();
        memcpy(copy, text.p, text.n);
        sum += (unsigned char)copy[(size_t)i % text.n]; /* or the copy would be left out */
        double took = now_s() - from;
        copied_s = took < copied_s ? took : copied_s;
        arena_reset(round);
        struct op op = {.mem = round, .limits = &limits_default};
        struct json j;
        from = now_s();
        json_open(&j, &op, str_of(argv[1]), text, 0);
        json_skip(&j);
        if (json_close(&j) != RC_OK)
            return 1;
        took = now_s() - from;
        read_s = took < read_s ? took : read_s;
    }
    double mb = (double)text.n / 1e6;
    printf("%.1f MB: memcpy %.0f MB/s, JSON reader alone %.0f MB/s (%u)\n", mb, mb / copied_s, mb / read_s, sum & 1);
    arena_close(mem);
    return 0;
}
