/* How fast a package-lock.json of 20,000 packages becomes components and exact edges: the text is made here, then read
 * again and again. Arguments: packages, rounds. Prints megabytes of input a second, best round and median. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/buf.h"
#include "catalog/catalog.h"

/* Processor time, so that a busy machine does not count. */
static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Every fifth package lies nested in another; each asks for four others, as real locks do on average. */
static void make(struct buf *b, unsigned packages)
{
    unsigned random = 1;
    buf_print(b, "{\n  \"name\": \"bench\",\n  \"version\": \"1.0.0\",\n  \"lockfileVersion\": 3,\n  \"requires\": true,\n");
    buf_print(b, "  \"packages\": {\n    \"\": {\n      \"name\": \"bench\",\n      \"version\": \"1.0.0\",\n");
    buf_print(b, "      \"dependencies\": {\n        \"package-0\": \"^1.0.0\"\n      }\n    }");
    for (unsigned i = 0; i < packages; i++) {
        unsigned major = i % 9 + 1, minor = i % 31, patch = i % 7;
        buf_print(b, ",\n    \"node_modules/");
        if (i % 5 == 4)
            buf_print(b, "package-%u/node_modules/", i - 4);
        buf_print(b, "package-%u\": {\n      \"version\": \"%u.%u.%u\",\n", i, major, minor, patch);
        buf_print(b, "      \"resolved\": \"https://r.example/package-%u/-/", i);
        buf_print(b, "package-%u-%u.%u.%u.tgz\",\n", i, major, minor, patch);
        buf_print(b, "      \"integrity\": \"sha512-%086x==\",\n", i);
        if (i % 3 == 0)
            buf_print(b, "      \"dev\": true,\n");
        buf_print(b, "      \"license\": \"MIT\",\n      \"dependencies\": {\n");
        for (unsigned k = 0; k < 4; k++) {
            random = random * 1103515245u + 12345u;
            unsigned asked = ((random >> 8) % (packages / 4)) * 4 + k;
            buf_print(b, "        \"package-%u\": \"^%u.0.0\"%s\n", asked, k + 1, k < 3 ? "," : "");
        }
        buf_print(b, "      },\n      \"engines\": {\n        \"node\": \">=18\"\n      },\n");
        buf_print(b, "      \"funding\": {\n        \"url\": \"https://funding.example/package-%u\"\n      }\n    }", i);
    }
    buf_print(b, "\n  }\n}\n");
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static const struct cataloger *npm(void)
{
    for (size_t i = 0; catalogers[i]; i++)
        if (strcmp(catalogers[i]->name, "npm") == 0)
            return catalogers[i];
    return NULL;
}

int main(int argc, char **argv)
{
    enum { ROUNDS_MOST = 1000 };
    unsigned packages = argc > 1 ? (unsigned)atoi(argv[1]) : 20000, rounds = argc > 2 ? (unsigned)atoi(argv[2]) : 30;
    static double took[ROUNDS_MOST];
    struct arena *mem = arena_open((size_t)4 << 30), *round = arena_child(mem);
    struct buf text;
    if (rounds == 0 || rounds > ROUNDS_MOST || packages < 8)
        return 2;
    buf_open(&text, mem, "lock", (size_t)1 << 30);
    make(&text, packages);
    struct distro distro = {0};
    struct catalog_scan scan = {.distro = &distro, .profile = PROFILE_DECLARED};
    struct catalog_file file = {.path = STR("package-lock.json"), .bytes = buf_str(&text), .layer = LAYER_NONE};
    struct bom bom;
    for (unsigned i = 0; i < rounds; i++) {
        arena_reset(round);
        double from = now_s();
        struct op op = {.mem = arena_child(round), .limits = &limits_default};
        struct catalog_run run = {round, NULL, &scan};
        bom_open(&bom, round);
        if (npm()->file(&op, &run, &file, &bom) != RC_OK) {
            fprintf(stderr, "%.*s\n", STR_ARG(op.err.text));
            return 1;
        }
        took[i] = now_s() - from;
    }
    qsort(took, rounds, sizeof *took, by_size);
    double mb = (double)text.n / 1e6;
    printf("%zu components, %zu edges, %.1f MB: ", bom.components.n, bom.edges.n, mb);
    printf("best %.1f ms, %.0f MB/s; ", took[0] * 1e3, mb / took[0]);
    printf("median %.1f ms, %.0f MB/s\n", took[rounds / 2] * 1e3, mb / took[rounds / 2]);
    arena_close(mem);
    return 0;
}
