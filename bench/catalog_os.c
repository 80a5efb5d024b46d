/* How long package databases take from bytes to components, edges and ownership; how long the path index takes for 50,000
 * paths; what 160,000 owned paths weigh. One line each: name, best of twelve in ms, what came out. argv[1]: the source root. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "catalog/catalog.h"
#include "tests/lib/files.h"

enum { ROUNDS = 12 };

struct tree {
    struct arena *mem;
    struct test_files files;
    struct str *bytes;
};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* one thread: others on the machine do not count */
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void load(struct tree *t, struct str folder)
{
    test_tree(t->mem, folder, &t->files);
    t->bytes = arena_array(t->mem, t->files.all.n, sizeof *t->bytes);
    for (size_t i = 0; i < t->files.all.n; i++)
        t->bytes[i] = test_read(t->mem, str_join(t->mem, folder, STR("/"), t->files.all.at[i].path));
}

static enum rc sibling(struct op *op, void *arg, struct str path, struct str *ret)
{
    const struct tree *t = arg;
    (void)op;
    for (size_t i = 0; i < t->files.all.n; i++)
        if (str_eq(t->files.all.at[i].path, path)) {
            *ret = t->bytes[i];
            return RC_OK;
        }
    return RC_NOTFOUND;
}

static const struct cataloger *cataloger(const char *name)
{
    size_t i = 0;
    while (catalogers[i] && strcmp(catalogers[i]->name, name) != 0)
        i++;
    return catalogers[i];
}

static double scan(struct arena *mem, struct tree *t, const struct cataloger *c, struct bom *bom)
{
    static const struct distro none;
    struct catalog_scan shared = {&none, PROFILE_INSTALLED, catalog_owners_open(mem), sibling, t};
    struct catalog_run run = {mem, NULL, &shared};
    struct op op = {.mem = arena_child(mem), .limits = &limits_default};
    double from = now_ms();
    bom_open(bom, mem);
    for (size_t i = 0; i < t->files.all.n; i++) {
        struct catalog_file f = {t->files.all.at[i].path, t->bytes[i], LAYER_NONE, false};
        if (c->file(&op, &run, &f, bom) != RC_OK)
            printf("%.*s\n", STR_ARG(op.err.text));
        arena_reset(op.mem);
    }
    if (c->done(&op, &run, bom) != RC_OK)
        printf("%.*s\n", STR_ARG(op.err.text));
    return now_ms() - from;
}

static void measure(const char *label, const char *name, struct arena *mem, struct str folder)
{
    struct tree t = {.mem = mem};
    double best = 1e9;
    load(&t, folder);
    for (int i = 0; i < ROUNDS; i++) {
        struct arena *round = arena_open((size_t)4 << 30);
        struct bom bom;
        double ms = scan(round, &t, cataloger(name), &bom);
        if (ms < best)
            best = ms;
        if (i == ROUNDS - 1)
            printf("%-12s %7.2f ms  %zu components, %zu edges, %zu files\n", label, best, bom.components.n, bom.edges.n,
                t.files.all.n);
        arena_close(round);
    }
}

static void index_speed(struct arena *mem)
{
    enum { PATHS = 50000 };
    static const char *const shapes[] = {
        "usr/share/doc/package-%d/changelog.Debian.gz", "usr/lib/x86_64-linux-gnu/libfoo%d.so.1.2.3",
        "usr/share/icons/a/%d/icon.png", "opt/app/node_modules/package-%d/lib/index.js",
        "usr/lib/python3/dist-packages/module%d/__init__.py",
    };
    struct str *paths = arena_array(mem, PATHS, sizeof *paths);
    for (int i = 0; i < PATHS; i++)
        paths[i] = str_print(mem, shapes[i % 5], i);
    const struct catalog_index *ix = catalog_index_open(mem, PROFILE_ALL);
    uint64_t any = 0;
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double from = now_ms();
        for (int i = 0; i < PATHS; i++)
            any += catalog_wants(ix, paths[i]) != 0;
        double ms = now_ms() - from;
        best = ms < best ? ms : best;
    }
    printf("%-12s %7.2f ms  50000 paths, %llu wanted\n", "index", best, (unsigned long long)any / ROUNDS);
}

static void owners_weight(void)
{
    enum { PATHS = 160000 };
    struct arena *mem = arena_open((size_t)1 << 30);
    struct catalog_owners *o = catalog_owners_open(mem);
    char path[128];
    uint32_t owner;
    size_t found = 0;
    catalog_owners_link(o, STR("lib"), STR("usr/lib"));
    for (int i = 0; i < PATHS; i++) {
        int n = snprintf(path, sizeof path, "/usr/lib/x86_64-linux-gnu/package-%d/file-%d.so", i / 256, i);
        catalog_own(o, (struct str){path, (size_t)n}, (uint32_t)i);
    }
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double from = now_ms();
        found = 0;
        for (int i = 0; i < PATHS; i++) {
            int n = snprintf(path, sizeof path, "usr/lib/x86_64-linux-gnu/package-%d/file-%d.so", i / 256, i);
            found += catalog_owner(o, (struct str){path, (size_t)n}, &owner) && owner == (uint32_t)i;
        }
        double ms = now_ms() - from;
        best = ms < best ? ms : best;
    }
    printf("%-12s %7.2f ms  160000 questions, %zu right; %.2f MB in the end, %.2f MB at most\n", "owners", best, found,
        (double)arena_used(mem) / 1e6, (double)arena_peak(mem) / 1e6);
    arena_close(mem);
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/muster-bench-XXXXXX", command[1024];
    struct arena *mem = arena_open((size_t)4 << 30);
    if (argc < 2 || !mkdtemp(folder))
        return 2;
    snprintf(command, sizeof command, "python3 '%s/bench/catalog_os.py' %s", argv[1], folder);
    if (system(command) != 0)
        return 4;
    measure("dpkg", "dpkg", mem, str_print(mem, "%s/dpkg", folder));
    measure("apk", "apk", mem, str_print(mem, "%s/apk", folder));
    measure("rpm ndb", "rpm", mem, str_print(mem, "%s/ndb", folder));
    measure("rpm bdb", "rpm", mem, str_print(mem, "%s/bdb", folder));
    measure("rpm sqlite", "rpm", mem, str_print(mem, "%s/sqlite", folder));
    index_speed(mem);
    owners_weight();
    snprintf(command, sizeof command, "rm -rf %s", folder);
    arena_close(mem);
    return system(command) != 0;
}
