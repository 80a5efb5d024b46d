/* How long one comparison of two versions takes, by scheme. The file named by argv[1] has lines `scheme<TAB>a<TAB>b`. Each
 * pair is compared REPEATS times in a row, because the clock itself costs as much as a comparison; beside it the least
 * that any order costs, a comparison of the bytes. One line a scheme: name, pairs, median, p99, median of the bytes, in ns. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "tests/lib/files.h"
#include "version/version.h"

enum { REPEATS = 32, PAIRS_MOST = 200000 };

struct pair {
    struct str a, b;
};

struct times {
    double ns[PAIRS_MOST], bytes_ns[PAIRS_MOST];
    struct pair pairs[PAIRS_MOST];
    size_t n;
    int sum;
};

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double measure(struct times *t, int (*compare)(struct str, struct str), struct pair p)
{
    double from = now_ns();
    for (int k = 0; k < REPEATS; k++) {
        __asm__ volatile("" : "+r"(p.a.p)); /* or the compiler would ask once */
        t->sum += compare(p.a, p.b) < 0;
    }
    return (now_ns() - from) / REPEATS;
}

static void report(struct times *t, const struct version_scheme *s)
{
    if (t->n == 0)
        return;
    for (size_t i = 0; i < t->n; i++) {
        t->ns[i] = measure(t, s->compare, t->pairs[i]);
        t->bytes_ns[i] = measure(t, str_cmp, t->pairs[i]);
    }
    qsort(t->ns, t->n, sizeof *t->ns, by_size);
    qsort(t->bytes_ns, t->n, sizeof *t->bytes_ns, by_size);
    printf("%s\t%zu\t%.1f\t%.1f\t%.1f\n", s->name, t->n, t->ns[t->n / 2], t->ns[t->n - 1 - t->n / 100], t->bytes_ns[t->n / 2]);
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open((size_t)4 << 30);
    struct times *t = calloc(1, sizeof *t);
    if (argc < 2 || !t)
        return 2;
    const struct version_scheme *scheme = NULL;
    struct str text = test_read(mem, str_of(argv[1])), line, name;
    while (str_line(&text, &line)) {
        struct pair p;
        if (!str_split(line, '\t', &name, &p.a) || !str_split(p.a, '\t', &p.a, &p.b))
            continue;
        const struct version_scheme *s = version_scheme_find(name);
        if (s != scheme && scheme) {
            report(t, scheme);
            t->n = 0;
        }
        scheme = s;
        if (s && t->n < PAIRS_MOST)
            t->pairs[t->n++] = p;
    }
    if (scheme)
        report(t, scheme);
    fprintf(stderr, "%d\n", t->sum);
    free(t);
    arena_close(mem);
    return 0;
}
