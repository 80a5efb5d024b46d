/* Builds the advisory index of a folder of OSV archives and asks it what matching asks.
 *
 *   advisories FOLDER INDEX      FOLDER/NAME.zip is the source NAME; FOLDER/extra/kev-*.json is read too */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include "feed/feed.h"
#include "source/archive.h"
#include "store/advindex.h"
#include "tests/lib/files.h"
#include "version/version.h"

enum { TIMES = 200000 };

struct build {
    struct advindex_writer *w;
    struct arena *of_walk, *of_record;
    struct str source;
    uint64_t records, refused, json_bytes, inflated;
    double parse_ms, add_ms;
    struct {
        VEC(struct str) list;
    } keys; /* pairs: ecosystem, name */
    struct arena *mem;
};

static double clock_ms(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double cpu_ms(void)
{
    return clock_ms(CLOCK_PROCESS_CPUTIME_ID);
}

static advindex_compare *order(struct str ecosystem)
{
    const struct version_scheme *s = version_scheme_find(ecosystem);
    return s ? s->compare : NULL;
}

static void stop(const struct op *op, const char *what)
{
    printf("%s: %s: " STR_FMT "\n", what, rc_name(op->err.rc), STR_ARG(op->err.text));
    exit(1);
}

static enum rc emit(struct op *op, void *arg, const struct feed_item *item)
{
    struct build *b = arg;
    double from = cpu_ms();
    enum rc rc = RC_OK;
    if (item->kind == FEED_ADVISORY) {
        rc = advindex_add(op, b->w, b->source, &item->advisory);
        if (b->records++ % 16 == 0 && item->advisory.affected.n) {
            const struct affected *a = &item->advisory.affected.at[0];
            *vec_push(b->mem, &b->keys.list) = str_dup(b->mem, advisory_ecosystem(a->ecosystem, NULL));
            *vec_push(b->mem, &b->keys.list) = str_dup(b->mem, advisory_name(b->mem, a->ecosystem, a->name));
        }
    } else if (item->kind == FEED_EXPLOITED) {
        rc = advindex_add_exploited(op, b->w, b->source, &item->exploited);
    } else if (item->kind == FEED_SCORE) {
        rc = advindex_add_score(op, b->w, b->source, &item->score);
    }
    b->add_ms += cpu_ms() - from;
    return rc;
}

static enum rc document(struct op *op, struct build *b, struct str name, struct str bytes)
{
    struct op sub = *op;
    sub.mem = b->of_record;
    double from = cpu_ms();
    const struct feed *f = feed_find(name, bytes);
    enum rc rc = f ? f->parse(&sub, name, bytes, emit, b) : RC_INVALID;
    b->parse_ms += cpu_ms() - from;
    b->json_bytes += bytes.n;
    if (rc != RC_OK) {
        b->refused++;
        printf("refused: " STR_FMT "\n", STR_ARG(sub.err.text));
    }
    arena_reset(b->of_record);
    return RC_OK;
}

static enum want want(struct op *op, void *arg, const struct tree_entry *e)
{
    (void)op;
    (void)arg;
    return e->kind == ENTRY_FILE ? WANT_KEEP : WANT_NO;
}

static enum rc member(struct op *op, void *arg, const struct tree_entry *e, struct str bytes)
{
    struct build *b = arg;
    TRY(document(op, b, e->path, bytes));
    arena_reset(b->of_walk);
    return RC_OK;
}

static void gap(struct op *op, void *arg, struct str path, struct str why)
{
    (void)op;
    (void)arg;
    printf("not read: " STR_FMT ": " STR_FMT "\n", STR_ARG(path), STR_ARG(why));
}

static void file(struct op *op, struct build *b, struct str folder, struct str name)
{
    if (!str_ends(name, STR(".zip")) && !str_starts(name, STR("kev")))
        return;
    struct arena *mem = arena_child(op->mem);
    struct str bytes = test_read(mem, str_join(mem, folder, STR("/"), name));
    b->source = str_but(name, 4);
    struct archive_visitor v = {.visit = want, .file = member, .gap = gap, .arg = b, .mem = b->of_walk, .inflated = &b->inflated};
    if (str_ends(name, STR(".zip"))) {
        if (archive_walk(op, name, bytes, 0, &v) != RC_OK)
            stop(op, "walk");
    } else {
        b->source = STR("kev");
        (void)document(op, b, name, bytes);
    }
    arena_close(mem);
}

static void build(struct op *op, struct build *b, struct str folder, struct str index)
{
    struct str extra = str_join(op->mem, folder, STR("/extra"));
    struct test_files names;
    double wall = clock_ms(CLOCK_MONOTONIC), cpu = cpu_ms(), from;
    if (advindex_writer_open(op, index, order, &b->w) != RC_OK)
        stop(op, "open");
    test_names(op->mem, folder, &names);
    vec_each(struct test_file, f, &names.all) file(op, b, folder, f->path);
    test_names(op->mem, extra, &names);
    vec_each(struct test_file, f, &names.all) file(op, b, extra, f->path);
    from = cpu_ms();
    if (advindex_commit(op, b->w, 1) != RC_OK)
        stop(op, "commit");
    printf("%llu records, %llu refused, %.1f MB of JSON\n", (unsigned long long)b->records, (unsigned long long)b->refused,
           (double)b->json_bytes / 1e6);
    printf("build: %.2f s CPU (unzip %.2f, read %.2f, add %.2f, commit %.2f), %.2f s wall, %.0f MB of arena\n",
           (cpu_ms() - cpu) / 1e3, (from - cpu - b->parse_ms) / 1e3, (b->parse_ms - b->add_ms) / 1e3, b->add_ms / 1e3,
           (cpu_ms() - from) / 1e3, (clock_ms(CLOCK_MONOTONIC) - wall) / 1e3, (double)arena_peak(op->mem) / 1e6);
}

static enum rc count(struct op *op, void *arg, const struct advisory_view *v)
{
    (void)op;
    (void)v;
    ++*(uint64_t *)arg;
    return RC_OK;
}

static void ask(struct op *op, const struct build *b, const struct advindex *ix)
{
    struct advisory_lookup look;
    struct record_view r;
    uint64_t entries = 0;
    size_t pairs = b->keys.list.n / 2;
    advindex_lookup(ix, &look);
    double from = cpu_ms();
    for (size_t i = 0; i < TIMES; i++)
        if (look.find(look.arg, op, STR("npm"), i & 1 ? STR("no-such-package-is-known") : STR("left-padding"), count, &entries)
            != RC_OK)
            stop(op, "find");
    printf("a name with nothing known: %.2f us (%llu entries)\n", (cpu_ms() - from) * 1e3 / TIMES, (unsigned long long)entries);
    entries = 0;
    from = cpu_ms();
    for (size_t i = 0; i < pairs; i++)
        if (look.find(look.arg, op, b->keys.list.at[2 * i], b->keys.list.at[2 * i + 1], count, &entries) != RC_OK)
            stop(op, "find");
    double us = (cpu_ms() - from) * 1e3;
    printf("a name that is known: %.2f us, %.2f us for ten entries (%zu names, %llu entries)\n", us / (double)pairs,
           us * 10 / (double)entries, pairs, (unsigned long long)entries);
    struct op sub = *op;
    sub.mem = arena_child(op->mem);
    from = cpu_ms();
    for (uint32_t i = 0; i < advindex_records(ix); i++) {
        if (look.record(look.arg, &sub, i, &r) != RC_OK)
            stop(&sub, "record");
        if (i % 1000 == 0)
            arena_reset(sub.mem);
    }
    printf("a record's metadata: %.2f us\n", (cpu_ms() - from) * 1e3 / (double)advindex_records(ix));
}

static void rest(struct op *op, const struct advindex *ix)
{
    struct str bytes;
    uint32_t *hits;
    size_t n;
    double from = cpu_ms();
    for (uint32_t i = 0; i < 200; i++)
        if (advindex_whole(op, ix, i * (advindex_records(ix) / 200), &bytes) != RC_OK)
            stop(op, "whole");
    printf("a whole record: %.0f us\n", (cpu_ms() - from) * 1e3 / 200);
    from = cpu_ms();
    if (advindex_search(op, ix, STR("openssl"), 1000, &hits, &n) != RC_OK)
        stop(op, "search");
    printf("a search: %.1f ms, %zu hits\n", cpu_ms() - from, n);
    from = cpu_ms();
    if (advindex_check(op, ix) != RC_OK)
        stop(op, "check");
    printf("check of all bytes: %.1f ms\n", cpu_ms() - from);
}

static void rebuild(struct op *op, const struct advindex *ix, struct str index)
{
    struct op sub = *op;
    struct str pypi = STR("PyPI");
    struct advindex_writer *w;
    double from = cpu_ms();
    sub.mem = arena_child(op->mem);
    if (advindex_writer_open(&sub, index, order, &w) != RC_OK || advindex_writer_base(&sub, w, ix, &pypi, 1) != RC_OK
        || advindex_commit(&sub, w, 2) != RC_OK)
        stop(&sub, "rebuild");
    printf("taking over all but one source: %.2f s\n", (cpu_ms() - from) / 1e3);
    arena_close(sub.mem);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    struct op op = {.mem = arena_open((size_t)4 << 30), .limits = &limits_default};
    struct op of_build = op;
    struct build b = {.mem = op.mem};
    struct advindex *ix;
    struct rusage usage;
    struct str index = str_of(argv[2]);
    of_build.mem = arena_child(op.mem);
    b.of_walk = arena_child(of_build.mem);
    b.of_record = arena_child(of_build.mem);
    build(&of_build, &b, str_of(argv[1]), index);
    arena_close(of_build.mem);
    getrusage(RUSAGE_SELF, &usage);
    double from = cpu_ms();
    if (advindex_open(&op, index, &ix) != RC_OK)
        stop(&op, "open");
    printf("open: %.3f ms; file %.1f MB = %.3f of the JSON; highest memory %.0f MB\n", cpu_ms() - from,
           (double)advindex_bytes(ix) / 1e6, (double)advindex_bytes(ix) / (double)b.json_bytes, (double)usage.ru_maxrss / 1e3);
    ask(&op, &b, ix);
    rest(&op, ix);
    rebuild(&op, ix, str_join(op.mem, index, STR("-2")));
    arena_close(op.mem);
    return 0;
}
