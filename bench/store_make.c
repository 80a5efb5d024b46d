/* Makes a store of synthetic assets: 500 components each, drawn by Zipf's law (s = 1) from a million (20,000 upstreams of
 * 50 versions; the first eight upstreams are packages of one, so that a range has hundreds of rows). It writes through
 * the same functions as a scan does.
 *
 *   store_make FILE [ASSETS]      100,000 by default; 5,000 for a quick look */
#include "store/fold.h"
#include "store/scan.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { COMPONENTS = 1000000, UPSTREAMS = 20000, EACH = 500, GROUP = 500, FOLD_EVERY = 4000 };

static uint64_t state = 88172645463325252u;

static uint64_t random_bits(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint32_t zipf(void)
{
    double u = (double)(random_bits() >> 11) / 9007199254740992.0;
    uint32_t i = (uint32_t)exp(u * log(COMPONENTS)) - 1;
    return i < COMPONENTS ? i : COMPONENTS - 1;
}

static struct component component(struct arena *mem, uint32_t i)
{
    uint32_t package = i % UPSTREAMS, version = i / UPSTREAMS, upstream = package < 8 ? 0 : package;
    struct component c = {.type = STR("deb"), .ns = STR("debian"), .qualifiers = STR("arch=amd64&distro=debian-12")};
    c.name = str_print(mem, "lib-package-%u", package);
    c.version = str_print(mem, "1.%u.%u-2+deb12u1", version, package % 10);
    c.source = str_print(mem, "source-%u", upstream);
    c.source_version = c.version;
    c.upstream = str_print(mem, "upstream-%u", upstream);
    c.upstream_version = str_print(mem, "1.%u.%u", version, package % 10);
    return c;
}

static void draw(struct bom *b, struct arena *mem)
{
    while (b->components.n < EACH) {
        uint32_t i = zipf();
        struct component c = component(mem, i);
        size_t before = b->components.n;
        uint32_t at = bom_add_borrowed(b, &c);
        if (b->components.n == before)
            continue;
        bool own = i % 5 == 0;
        bom_note(b, at, own ? SCOPE_BUNDLED : SCOPE_INSTALLED,
                 own ? str_print(mem, "opt/app/lib/lib-package-%u.so", i % UPSTREAMS) : STR("var/lib/dpkg/status"), 0);
        if (at)
            bom_edge(b, at, (uint32_t)(random_bits() % at), EDGE_RUNTIME, true);
    }
}

static bool write_group(struct op *op, struct store *s, unsigned from, unsigned to, double *writing)
{
    struct str layer = STR("sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    struct arena *mem = arena_child(op->mem);
    struct op round = *op;
    bool good = store_begin(op, s, STORE_WRITING) == RC_OK;
    for (unsigned i = from; good && i < to; i++) {
        struct scan scan = {.name = str_print(mem, "host-%06u.example.org", i), .kind = STR("host"), .owner = str_print(mem, "team-%u", i % 40),
                            .layers = {&layer, 1, 1}, .at = 1700000000 + i, .profile = PROFILE_INSTALLED, .target = STR("/"),
                            .tool = STR("bench"), .complete = i % 997 != 0};
        struct bom bom;
        struct scan_result r;
        round.mem = mem;
        bom_open(&bom, mem);
        draw(&bom, mem);
        double t = seconds();
        good = scan_write(&round, s, &scan, &bom, &r) == RC_OK;
        *writing += seconds() - t;
        if (!good)
            fprintf(stderr, "%.*s\n", STR_ARG(round.err.text));
        arena_reset(mem);
    }
    double t = seconds();
    good = store_end(op, s, good ? RC_OK : RC_IO) == RC_OK;
    *writing += seconds() - t;
    arena_close(mem);
    return good;
}

int main(int argc, char **argv)
{
    struct op op = {.mem = arena_open((size_t)4 << 30), .limits = &limits_default};
    struct store *s = NULL;
    unsigned assets = argc > 2 ? (unsigned)atoi(argv[2]) : 100000;
    double writing = 0, folding = 0, start = seconds();
    if (argc < 2 || store_open(&op, str_of(argv[1]), STORE_WRITE | STORE_CREATE, &s) != RC_OK) {
        fprintf(stderr, "usage: store_make FILE [ASSETS] %.*s\n", STR_ARG(op.err.text));
        return 2;
    }
    for (unsigned i = 0; i < assets; i += GROUP) {
        if (!write_group(&op, s, i, i + GROUP < assets ? i + GROUP : assets, &writing))
            return 1;
        if (i % FOLD_EVERY < GROUP && i) {
            double t = seconds();
            if (store_fold(&op, s, true) != RC_OK)
                return 1;
            folding += seconds() - t;
        }
    }
    double t = seconds();
    if (store_fold(&op, s, true) != RC_OK)
        return 1;
    folding += seconds() - t;
    printf("assets %u, CPU %.1f s: noting %.3f ms each, folding %.3f ms each\n", assets, seconds() - start, 1e3 * writing / assets,
           1e3 * folding / assets);
    store_close(s);
    arena_close(op.mem);
    return 0;
}
