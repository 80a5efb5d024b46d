/* Asks a store made by store_make what people ask, and writes to it as scans do.
 *
 *   store_ask FILE      the file is changed: a few hundred assets are added */
#include "store/asset.h"
#include "store/component.h"
#include "store/fold.h"
#include "store/members.h"
#include "store/presence.h"
#include "store/scan.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TIMES = 300 };

/* CPU time: what another load on the machine does not change. Waiting for a disk is not in it. */
static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void report(const char *what, double *ms, size_t n, double goal50, double goal99)
{
    qsort(ms, n, sizeof *ms, by_size);
    double p50 = ms[n / 2], p99 = ms[n - 1 - n / 100];
    printf("%-58s p50 %8.3f ms  p99 %8.3f ms  goal %.1f/%.1f  %s\n", what, p50, p99, goal50, goal99,
           p50 <= goal50 && p99 <= goal99 ? "met" : "MISSED");
}

static int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t n = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
        n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return n;
}

static enum rc count(struct op *op, void *arg, const struct presence *p)
{
    (void)op;
    (void)p;
    ++*(uint64_t *)arg;
    return RC_OK;
}

/* One question, TIMES times, each in memory of its own. */
static uint64_t ask(struct op *op, struct store *s, const uint32_t *ids, size_t n, int64_t at, double *ms, size_t times)
{
    uint64_t found = 0;
    for (size_t i = 0; i < times; i++) {
        struct op round = *op;
        round.mem = arena_child(op->mem);
        found = 0;
        double t = cpu_ms();
        if (presence_find(&round, s, ids, n, at, count, &found) != RC_OK)
            exit(1);
        ms[i] = cpu_ms() - t;
        arena_close(round.mem);
    }
    return found;
}

static void ask_components(struct op *op, struct store *s, sqlite3 *db, const char *when)
{
    double ms[TIMES];
    char text[200];
    uint32_t popular = (uint32_t)number(db, "SELECT component FROM posting GROUP BY component ORDER BY abs(sum(n) -"
                                            " (SELECT 0.45 * count(*) FROM asset)) LIMIT 1");
    uint32_t most = (uint32_t)number(db, "SELECT component FROM posting GROUP BY component ORDER BY sum(n) DESC LIMIT 1");
    uint32_t rare = (uint32_t)number(db, "SELECT component FROM posting GROUP BY component HAVING sum(n) = 1 LIMIT 1");
    uint64_t n = ask(op, s, &popular, 1, STORE_NOW, ms, TIMES);
    snprintf(text, sizeof text, "a popular component, on %llu assets (%s)", (unsigned long long)n, when);
    report(text, ms, TIMES, 0.2, 1);
    n = ask(op, s, &most, 1, STORE_NOW, ms, TIMES);
    snprintf(text, sizeof text, "the most popular, on %llu assets (%s)", (unsigned long long)n, when);
    report(text, ms, TIMES, 0.4, 2);
    ask(op, s, &rare, 1, STORE_NOW, ms, TIMES);
    snprintf(text, sizeof text, "a rare component (%s)", when);
    report(text, ms, TIMES, 0.2, 1);
    n = ask(op, s, &popular, 1, 1700000000 + 40000, ms, TIMES / 10);
    snprintf(text, sizeof text, "the popular one at a time in the past, on %llu", (unsigned long long)n);
    report(text, ms, TIMES / 10, 20, 50);
}

/* As `where` does: the rows of an upstream, some of them chosen, their presences. */
static void ask_range(struct op *op, struct store *s)
{
    double ms[TIMES / 3];
    size_t rows = 0, chosen = 0;
    uint64_t found = 0;
    for (size_t i = 0; i < TIMES / 3; i++) {
        struct op round = *op;
        round.mem = arena_child(op->mem);
        struct component_list l;
        struct id_list ids = {NULL, 0, 0};
        found = 0;
        double t = cpu_ms();
        if (component_by_upstream(&round, s, STR("upstream-0"), &l) != RC_OK)
            exit(1);
        vec_each(const struct component_row, row, &l)
            if (str_cmp(row->c.upstream_version, STR("1.1")) > 0)
                *vec_push(round.mem, &ids) = row->id;
        if (presence_find(&round, s, ids.at, ids.n, STORE_NOW, count, &found) != RC_OK)
            exit(1);
        ms[i] = cpu_ms() - t;
        rows = l.n;
        chosen = ids.n;
        arena_close(round.mem);
    }
    char text[200];
    snprintf(text, sizeof text, "an upstream's range: %zu of %zu rows, %llu presences", chosen, rows, (unsigned long long)found);
    report(text, ms, TIMES / 3, 5, 10);
}

static void ask_assets(struct op *op, struct store *s)
{
    double list[TIMES / 10], one[TIMES], detail[TIMES], all[TIMES];
    for (size_t i = 0; i < TIMES; i++) {
        struct op round = *op;
        struct asset a;
        struct members m;
        struct presence_detail d;
        round.mem = arena_child(op->mem);
        double t = cpu_ms();
        if (asset_get(&round, s, 1 + (uint32_t)(i * 7), &a) != RC_OK)
            exit(1);
        one[i] = cpu_ms() - t;
        t = cpu_ms();
        if (asset_members(&round, s, a.id, STORE_NOW, &m) != RC_OK)
            exit(1);
        all[i] = cpu_ms() - t;
        t = cpu_ms();
        if (presence_detail(&round, s, a.id, m.ids[i % m.bom->components.n], STORE_NOW, &d) != RC_OK)
            exit(1);
        detail[i] = cpu_ms() - t;
        arena_close(round.mem);
    }
    for (size_t i = 0; i < TIMES / 10; i++) {
        struct op round = *op;
        struct id_list ids;
        round.mem = arena_child(op->mem);
        double t = cpu_ms();
        if (asset_ids(&round, s, NULL, &ids) != RC_OK)
            exit(1);
        list[i] = cpu_ms() - t;
        arena_close(round.mem);
    }
    report("an asset's row", one, TIMES, 0.05, 0.5);
    report("where one component is in one asset", detail, TIMES, 0.2, 1);
    report("all of an asset's components, with places and edges", all, TIMES, 3, 10);
    report("the ids of all assets", list, TIMES / 10, 20, 50);
}

/* A new asset that looks like an old one with some components changed. */
static void scan_again(struct op *op, struct store *s, struct members *m, const char *name, size_t changed, double *ms)
{
    struct scan scan = {.name = str_of(name), .kind = STR("host"), .at = 1800000000, .profile = PROFILE_INSTALLED, .target = STR("/"),
                        .tool = STR("bench"), .complete = true};
    struct scan_result r;
    struct bom b;
    bom_open(&b, op->mem);
    vec_each(const struct component, c, &m->bom->components) {
        struct component other = *c;
        if (b.components.n < changed)
            other.version = str_join(op->mem, c->version, STR("+new"));
        bom_add(&b, &other);
    }
    vec_each(const struct occurrence, o, &m->bom->occurrences)
        bom_note(&b, o->component, o->scope, o->path, o->layer);
    vec_each(const struct edge, e, &m->bom->edges)
        bom_edge(&b, e->from, e->to, e->kind, e->exact);
    double t = cpu_ms();
    if (scan_write(op, s, &scan, &b, &r) != RC_OK)
        exit(1);
    *ms = cpu_ms() - t;
}

static void write_scans(struct op *op, struct store *s)
{
    struct store_info info;
    if (store_info(op, s, false, &info) != RC_OK)
        exit(1);
    double fresh[FOLD_AT - 1], met[FOLD_AT - 1], same[FOLD_AT - 1], changed[FOLD_AT - 1];
    for (uint32_t i = 0; i < FOLD_AT - 1; i++) {
        struct op round = *op;
        struct members m;
        struct asset a;
        round.mem = arena_child(op->mem);
        const char *name = str_print(round.mem, "added-%llu-%u", (unsigned long long)info.assets, i).p;
        if (asset_members(&round, s, 1 + i * 19, STORE_NOW, &m) != RC_OK)
            exit(1);
        scan_again(&round, s, &m, name, 0, &fresh[i]);
        if (asset_named(&round, s, str_of(name), &a) != RC_OK || asset_forget(&round, s, a.id) != RC_OK)
            exit(1);
        scan_again(&round, s, &m, name, 0, &met[i]);
        scan_again(&round, s, &m, name, 0, &same[i]);
        scan_again(&round, s, &m, name, 5, &changed[i]);
        arena_close(round.mem);
    }
    report("noting a new asset, its components not yet met", fresh, FOLD_AT - 1, 3, 20);
    report("noting a new asset, its components met before", met, FOLD_AT - 1, 0.3, 20);
    report("an equal rescan", same, FOLD_AT - 1, 1, 5);
    report("a rescan with five changes", changed, FOLD_AT - 1, 2, 20);
}

int main(int argc, char **argv)
{
    struct op op = {.mem = arena_open((size_t)4 << 30), .limits = &limits_default};
    struct store *s = NULL;
    sqlite3 *db = NULL;
    double t = cpu_ms();
    if (argc < 2 || store_open(&op, str_of(argv[1]), STORE_WRITE, &s) != RC_OK) {
        fprintf(stderr, "usage: store_ask FILE %.*s\n", STR_ARG(op.err.text));
        return 2;
    }
    printf("opened in %.3f ms\n", cpu_ms() - t);
    sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL);
    double presences = (double)number(db, "SELECT sum(n) FROM posting");
    double postings = (double)number(db, "SELECT sum(pgsize) FROM dbstat('main', 1) WHERE name = 'posting'");
    double members = (double)number(db, "SELECT sum(length(members)) FROM bom");
    double detail = (double)number(db, "SELECT sum(length(detail)) FROM bom"), whole = (double)number(db, "SELECT sum(pgsize) FROM dbstat('main', 1)");
    printf("presences %.0f; bytes each: postings %.2f + members %.2f = %.2f (goal 6)  detail %.2f  whole file %.2f\n", presences,
           postings / presences, members / presences, (postings + members) / presences, detail / presences, whole / presences);
    ask_components(&op, s, db, "nothing pending");
    ask_range(&op, s);
    ask_assets(&op, s);
    write_scans(&op, s);
    ask_components(&op, s, db, "255 pending");
    t = cpu_ms();
    if (store_fold(&op, s, true) != RC_OK)
        return 1;
    t = (cpu_ms() - t) / (FOLD_AT - 1);
    printf("%-58s %.3f ms an asset  goal 2.0  %s\n", "folding 255", t, t <= 2 ? "met" : "MISSED");
    sqlite3_close(db);
    store_close(s);
    arena_close(op.mem);
    return 0;
}
