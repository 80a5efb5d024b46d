/* The advisory index: what goes in comes out; intervals against the specification's own evaluation; several sources;
 * damage of every byte; writers that fail. Records are written as JSON and read by the feed, as in the program. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/buf.h"
#include "feed/feed.h"
#include "store/advindex.h"
#include "store/advindex_layout.h"
#include "tests/lib/files.h"
#include "tests/lib/tap.h"
#include "version/version.h"

extern const struct feed feed_osv;

enum { CEILING = 1 << 30, VERSIONS = 10, RANDOM_RANGES = 4000 };

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=8";
}

static jmp_buf out_of_memory;

static void on_limit(void)
{
    longjmp(out_of_memory, 1);
}

static advindex_compare *order(struct str ecosystem)
{
    const struct version_scheme *s = version_scheme_find(ecosystem);
    return s ? s->compare : NULL;
}

/* ---- making an index ---- */

struct given {
    const char *source, *json;
};

#define REC(id, modified, rest) "{\"id\":\"" id "\",\"modified\":\"" modified "\"," rest "}"
#define AFF(eco, name, rest) "{\"package\":{\"ecosystem\":\"" eco "\",\"name\":\"" name "\"}," rest "}"
#define RANGE(type, events) "\"ranges\":[{\"type\":\"" type "\",\"events\":[" events "]}]"

static const struct given material[] = {
    {"Debian",
     REC("DSA-1-1", "2024-01-02T00:00:00Z",
         "\"upstream\":[\"CVE-2024-1\"],\"summary\":\"foo - security update\",\"affected\":[" AFF(
             "Debian:12", "foo",
             RANGE("ECOSYSTEM",
                   "{\"introduced\":\"0\"},{\"fixed\":\"1.2-3+deb12u1\"}") ",\"ecosystem_specific\":{\"urgency\":"
                                                                           "\"unimportant\"}") "," AFF("Debian:11", "foo",
                                                                                                       RANGE("ECOSYSTEM",
                                                                                                             "{\"introduced\":"
                                                                                                             "\"0\"}")) "]")},
    {"PyPI",
     REC("PYSEC-2024-1", "2024-02-02T00:00:00Z",
         "\"published\":\"2024-01-30T01:02:03Z\",\"aliases\":[\"CVE-2024-2\",\"GHSA-1\"],\"related\":[\"CVE-2024-9\"],"
         "\"severity\":[{\"type\":\"CVSS_V3\",\"score\":\"CVSS:3.1/AV:N\"}],\"summary\":\"Foo_Bar reads too "
         "much\",\"affected\":[" AFF("PyPI", "Foo_Bar",
                                     "\"ranges\":[{\"type\":\"GIT\",\"repo\":\"r\",\"events\":[{\"introduced\":\"0\"}]},{"
                                     "\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"1.0\"},{\"fixed\":\"1.10\"}]}],"
                                     "\"versions\":[\"1.9\",\"1.0\",\"1.10rc1\",\"1.0\"]") "]")},
    {"PyPI", REC("GHSA-1", "2024-02-03T00:00:00Z",
                 "\"aliases\":[\"CVE-2024-2\",\"PYSEC-2024-1\",\"GHSA-1\"],\"affected\":[" AFF(
                     "PyPI", "foo.bar",
                     RANGE("ECOSYSTEM", "{\"introduced\":\"1.0\"},{\"fixed\":\"1.10\"}") ",\"severity\":[{\"type\":\"CVSS_V4\","
                                                                                         "\"score\":\"CVSS:4.0/AV:L\"}]") "]")},
    {"npm", REC("GHSA-2", "2024-02-03T00:00:00Z",
                "\"withdrawn\":\"2024-03-01T00:00:00Z\",\"affected\":[" AFF(
                    "npm", "left",
                    RANGE("SEMVER", "{\"introduced\":\"1.0.0\"},{\"last_affected\":\"1.4.0\"},{\"introduced\":\"2.0.0\"},{"
                                    "\"fixed\":\"2.0.5\"}")) "]")},
    {"malicious", REC("MAL-2024-1", "2024-02-04T00:00:00Z",
                      "\"summary\":\"Malicious code in left (npm)\",\"affected\":[" AFF(
                          "npm", "left", RANGE("SEMVER", "{\"introduced\":\"0\"}")) "]")},
    {"OSS-Fuzz",
     REC("OSV-1", "2024-02-04T00:00:00Z",
         "\"affected\":[" AFF("OSS-Fuzz", "zlib",
                              RANGE("GIT", "{\"introduced\":\"0\"}")) ",{\"ranges\":[{\"type\":\"GIT\",\"repo\":\"x\",\"events\":"
                                                                      "[{\"introduced\":\"0\"}]}]}," AFF("OSS-Fuzz", "zlib",
                                                                                                         "\"versions\":[]") "]")},
};

static enum rc add(struct op *op, void *arg, const struct feed_item *item)
{
    void **pair = arg;
    return advindex_add(op, pair[0], str_of(pair[1]), &item->advisory);
}

static enum rc give(struct op *op, struct advindex_writer *w, const char *source, struct str json)
{
    union {
        const char *in;
        void *out;
    } name = {.in = source};
    void *pair[] = {w, name.out};
    return feed_osv.parse(op, STR("record"), json, add, pair);
}

static enum rc write_index(struct op *op, struct str path, const struct given *g, size_t n, int64_t at)
{
    struct op sub = *op;
    struct advindex_writer *w;
    struct known_exploited k = {STR("CVE-2024-2"), 100, 200, true};
    struct exploit_score s = {STR("CVE-2024-2"), 0.5, 0.75, 300};
    sub.mem = arena_child(op->mem);
    TRY(advindex_writer_open(&sub, path, order, &w));
    for (size_t i = 0; i < n; i++)
        TRY(give(&sub, w, g[i].source, str_of(g[i].json)));
    TRY(advindex_add_exploited(&sub, w, STR("kev"), &k));
    TRY(advindex_add_score(&sub, w, STR("epss"), &s));
    s.id = STR("CVE-2024-1");
    s.probability = 0;
    TRY(advindex_add_score(&sub, w, STR("epss"), &s));
    TRY(advindex_commit(&sub, w, at));
    arena_close(sub.mem);
    return RC_OK;
}

/* ---- all that an index answers, as text ---- */

static void put_view(struct buf *b, const struct advisory_view *v)
{
    buf_print(b, STR_FMT " %u%s [" STR_FMT "] [" STR_FMT "] " STR_FMT "%s:", STR_ARG(v->id), v->flags,
              v->withdrawn ? " withdrawn" : "", STR_ARG(v->ecosystem), STR_ARG(v->name), STR_ARG(v->urgency),
              v->git_only ? " git" : "");
    for (uint32_t i = 0; i < v->n_intervals; i++) {
        const struct packed_interval *p = &v->intervals[i];
        struct str low = view_text(v, p->low), high = view_text(v, p->high);
        buf_print(b, " [" STR_FMT "%s," STR_FMT "%s%s", STR_ARG(low), p->flags & INTERVAL_FROM_ZERO ? "!" : "", STR_ARG(high),
                  p->flags & INTERVAL_OPEN_END ? "oo" : "",
                  p->flags & INTERVAL_INCLUSIVE_END ? "]"
                  : p->flags & INTERVAL_LIMIT       ? "|"
                                                    : ")");
    }
    for (uint32_t i = 0; i < v->n_versions; i++)
        buf_print(b, " " STR_FMT, STR_ARG(view_text(v, v->versions[i])));
    buf_byte(b, '\n');
}

static enum rc view(struct op *op, void *arg, const struct advisory_view *v)
{
    (void)op;
    put_view(arg, v);
    return RC_OK;
}

static void put_list(struct buf *b, const char *label, const struct str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_print(b, " %s=" STR_FMT, label, STR_ARG(list[i]));
}

/* Stops at the first failure. */
static enum rc put_record(struct op *op, const struct advindex *ix, uint32_t number, struct buf *b)
{
    struct advisory_lookup look;
    struct record_view r;
    struct str whole;
    advindex_lookup(ix, &look);
    TRY(look.record(look.arg, op, number, &r));
    buf_print(b, STR_FMT " " STR_FMT " %lld %lld %lld %u \"" STR_FMT "\"", STR_ARG(r.source), STR_ARG(r.id),
              (long long)r.modified, (long long)r.published, (long long)r.withdrawn, r.flags, STR_ARG(r.summary));
    put_list(b, "alias", r.aliases, r.n_aliases);
    put_list(b, "upstream", r.upstream, r.n_upstream);
    put_list(b, "related", r.related, r.n_related);
    for (size_t i = 0; i < r.n_severities; i++)
        buf_print(b, " " STR_FMT "=" STR_FMT, STR_ARG(r.severities[i].type), STR_ARG(r.severities[i].score));
    TRY(advindex_whole(op, ix, number, &whole));
    buf_print(b, "\n" STR_FMT "\n", STR_ARG(whole));
    return RC_OK;
}

static enum rc put_ids(struct op *op, const struct advindex *ix, const char *id, struct buf *b)
{
    uint32_t hits[8];
    size_t n = 0;
    struct advisory_lookup look;
    struct known_exploited k;
    advindex_lookup(ix, &look);
    enum rc rc = look.by_id(look.arg, op, str_of(id), hits, 8, &n);
    buf_print(b, "%s:", id);
    for (size_t i = 0; i < n; i++)
        buf_print(b, " %u", hits[i]);
    if (rc != RC_NOTFOUND)
        TRY(rc);
    n = 0;
    rc = advindex_about(op, ix, str_of(id), hits, 8, &n);
    for (size_t i = 0; i < n; i++)
        buf_print(b, " about=%u", hits[i]);
    if (look.exploited(look.arg, str_of(id), &k))
        buf_print(b, " exploited=" STR_FMT ",%lld,%lld,%d", STR_ARG(k.id), (long long)k.added, (long long)k.due, k.ransomware);
    buf_print(b, " %g\n", look.probability(look.arg, str_of(id)));
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

/* The entries of each record alone, then of all at once; the ecosystems. */
static enum rc put_entries(struct op *op, const struct advindex *ix, struct buf *b)
{
    uint32_t n = advindex_records(ix), *all = arena_array(op->mem, n, sizeof *all);
    struct str *ecosystems;
    size_t n_ecosystems = 0;
    for (uint32_t i = 0; i < n && i < 64; i++) {
        buf_print(b, "entries of %u\n", i);
        all[n - 1 - i] = i;
        TRY(advindex_entries(op, ix, &i, 1, view, b));
    }
    buf_print(b, "all entries\n");
    TRY(advindex_entries(op, ix, all, n, view, b));
    TRY(advindex_ecosystems(op, ix, &ecosystems, &n_ecosystems));
    put_list(b, "ecosystem", ecosystems, n_ecosystems);
    buf_byte(b, '\n');
    return RC_OK;
}

static enum rc put_all(struct op *op, const struct advindex *ix, struct buf *b)
{
    static const char *const keys[][2] = {{"Debian", "foo"}, {"PyPI", "foo-bar"}, {"npm", "left"}, {"OSS-Fuzz", "zlib"},
                                          {"npm", "right"},  {"None", "x"},       {"", ""}};
    static const char *const ids[] = {"CVE-2024-1",   "CVE-2024-2", "GHSA-1",     "GHSA-2", "MAL-2024-1",
                                      "PYSEC-2024-1", "OSV-1",      "CVE-2024-9", ""};
    struct advisory_lookup look;
    struct advindex_source *sources;
    uint32_t *hits;
    size_t n;
    advindex_lookup(ix, &look);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        buf_print(b, "%s %s\n", keys[i][0], keys[i][1]);
        TRY(look.find(look.arg, op, str_of(keys[i][0]), str_of(keys[i][1]), view, b));
    }
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        TRY(put_ids(op, ix, ids[i], b));
    for (uint32_t i = 0; i < advindex_records(ix); i++)
        TRY(put_record(op, ix, i, b));
    TRY(advindex_sources(op, ix, &sources, &n));
    for (size_t i = 0; i < n; i++)
        buf_print(b, "source " STR_FMT " %llu %lld\n", STR_ARG(sources[i].name), (unsigned long long)sources[i].count,
                  (long long)sources[i].newest);
    TRY(put_entries(op, ix, b));
    TRY(advindex_search(op, ix, STR("LEFT"), 10, &hits, &n));
    for (size_t i = 0; i < n; i++)
        buf_print(b, "hit %u\n", hits[i]);
    return RC_OK;
}

static struct str all_of(struct op *op, const struct advindex *ix)
{
    struct buf b;
    buf_open(&b, op->mem, "answers", 1 << 26);
    enum rc rc = put_all(op, ix, &b);
    if (rc != RC_OK)
        buf_print(&b, "%s: " STR_FMT "\n", rc_name(rc), STR_ARG(op->err.text));
    return buf_str(&b);
}

static bool has(struct str text, const char *what)
{
    return str_find(text, str_of(what)) != STR_NONE;
}

/* ---- the checks ---- */

static void round_trip(struct op *op, struct str path)
{
    static const char *const lines[] = {
        "DSA-1-1 0 [Debian:12] [foo] unimportant: [0!,1.2-3+deb12u1)\n",
        "DSA-1-1 0 [Debian:11] [foo] : [0!,oo)\n",
        "PYSEC-2024-1 0 [PyPI] [Foo_Bar] : [1.0,1.10) 1.0 1.10rc1 1.9\n",
        "GHSA-1 0 [PyPI] [foo.bar] : [1.0,1.10)\n",
        "npm left\nMAL-2024-1 1 [npm] [left] : [0!,oo)\nGHSA-2 0 withdrawn [npm] [left] : [1.0.0,1.4.0] [2.0.0,2.0.5)\n",
        "OSS-Fuzz zlib\nOSV-1 0 [OSS-Fuzz] [zlib]  git:\nOSV-1 0 [OSS-Fuzz] [zlib] :\n",
        "npm right\nNone x\n \n",
        "CVE-2024-1: about=0 0\n",
        "CVE-2024-2: 1 2 exploited=CVE-2024-2,100,200,1 0.5\n",
        "GHSA-1: 2 1 -1\n",
        "PYSEC-2024-1: 1 2 -1\n",
        "CVE-2024-9: -1\n",
        "PyPI PYSEC-2024-1 1706832000 1706576523 0 0 \"Foo_Bar reads too much\" alias=CVE-2024-2 alias=GHSA-1 related=CVE-2024-9 "
        "CVSS_V3=CVSS:3.1/AV:N\n",
        "PyPI GHSA-1 1706918400 0 0 0 \"\" alias=CVE-2024-2 alias=PYSEC-2024-1 alias=GHSA-1 CVSS_V4=CVSS:4.0/AV:L\n",
        "npm GHSA-2 1706918400 0 1709251200 0 \"\"\n",
        "source Debian 1 1704153600\n",
        "source PyPI 2 1706918400\n",
        "source epss 2 300\n",
        "source kev 1 100\n",
        "hit 3\nhit 4\n",
    };
    struct advindex *ix;
    bool ok =
        write_index(op, path, material, sizeof material / sizeof *material, 7) == RC_OK && advindex_open(op, path, &ix) == RC_OK;
    if (!tap_ok(ok, "an index is written and opened"))
        return;
    struct str all = all_of(op, ix);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        tap_ok(has(all, lines[i]), "answers: %.*s", (int)strcspn(lines[i], "\n"), lines[i]);
    for (size_t i = 0; i < sizeof material / sizeof *material; i++)
        tap_ok(has(all, material[i].json), "record %zu comes back whole", i);
    tap_ok(advindex_check(op, ix) == RC_OK, "it is sound");
    if (tap_count.failed)
        tap_say(STR_FMT, STR_ARG(all));
    advindex_close(ix);
}

static void nothing_in_it(struct op *op, struct str path)
{
    struct advindex_writer *w;
    struct advindex *ix;
    struct advindex_source *sources;
    size_t n = 0;
    bool ok = advindex_writer_open(op, path, order, &w) == RC_OK && advindex_add_source(op, w, STR("quiet")) == RC_OK
              && advindex_commit(op, w, 9) == RC_OK && advindex_open(op, path, &ix) == RC_OK && advindex_check(op, ix) == RC_OK
              && advindex_sources(op, ix, &sources, &n) == RC_OK;
    tap_ok(ok && n == 1 && sources[0].imported_at == 9 && !has(all_of(op, ix), "invalid"), "an index with nothing in it");
    tap_ok(advindex_open(op, STR("/nonexistent/index"), &ix) == RC_NOTFOUND, "no index");
}

/* ---- sources ---- */

static const char *summary_of(struct op *op, struct str path, const char *id, struct str *ret_all)
{
    struct advindex *ix;
    struct advisory_lookup look;
    struct record_view r;
    uint32_t hits[4];
    size_t n = 0;
    if (advindex_open(op, path, &ix) != RC_OK)
        return "not opened";
    *ret_all = all_of(op, ix);
    advindex_lookup(ix, &look);
    enum rc rc = look.by_id(look.arg, op, str_of(id), hits, 4, &n);
    if (rc != RC_OK || n != 1)
        return rc == RC_NOTFOUND ? "none" : "several";
    return look.record(look.arg, op, hits[0], &r) == RC_OK ? str_cstr(op->mem, r.summary) : "failed";
}

static enum rc update(struct op *op, struct str path, const char *except, const struct given *g, size_t n, int64_t at)
{
    struct op sub = *op;
    struct advindex_writer *w;
    struct advindex *ix;
    struct str name = str_of(except);
    sub.mem = arena_child(op->mem);
    TRY(advindex_open(&sub, path, &ix));
    TRY(advindex_writer_open(&sub, path, order, &w));
    TRY(advindex_writer_base(&sub, w, ix, &name, except[0] != 0));
    for (size_t i = 0; i < n; i++)
        TRY(give(&sub, w, g[i].source, str_of(g[i].json)));
    TRY(advindex_commit(&sub, w, at));
    arena_close(sub.mem);
    return RC_OK;
}

#define X(summary, modified, name)                                                                                               \
    REC("X-1", modified, "\"summary\":\"" summary "\",\"affected\":[" AFF("npm", name, "\"versions\":[\"1\"]") "]")

static void several_sources(struct op *op, struct str path)
{
    static const struct given two[] = {{"A", X("newer", "2024-02-01T00:00:00Z", "left")},
                                       {"B", X("older", "2024-01-01T00:00:00Z", "right")}};
    static const struct given twice[] = {{"A", X("second", "2024-02-01T00:00:00Z", "left")},
                                         {"A", X("first", "2024-01-01T00:00:00Z", "left")}};
    static const struct given newest[] = {{"B", X("newest", "2024-03-01T00:00:00Z", "right")}};
    struct str all = STR("");
    tap_ok(write_index(op, path, twice, 2, 1) == RC_OK && strcmp(summary_of(op, path, "X-1", &all), "second") == 0,
           "twice from one source: the newer");
    tap_ok(has(all, "source A 1 "), "and the older is gone");
    tap_ok(write_index(op, path, two, 2, 1) == RC_OK && strcmp(summary_of(op, path, "X-1", &all), "newer") == 0,
           "from two sources: the newer");
    tap_ok(has(all, "npm left\nX-1") && has(all, "npm right\nNone"), "its entries only");
    tap_ok(update(op, path, "A", NULL, 0, 2) == RC_OK && strcmp(summary_of(op, path, "X-1", &all), "older") == 0,
           "the source drops it: the other's steps in");
    tap_ok(has(all, "npm right\nX-1") && has(all, "npm left\nnpm") == false && !has(all, "source A"), "with its entries");
    tap_ok(write_index(op, path, two, 2, 1) == RC_OK && update(op, path, "B", newest, 1, 2) == RC_OK
               && strcmp(summary_of(op, path, "X-1", &all), "newest") == 0,
           "a source has a newer one");
    tap_ok(has(all, "npm right\nX-1") && !has(all, "npm left\nX-1"), "with its entries");
}

static void take_over(struct op *op, struct str path)
{
    struct advindex *ix;
    struct advindex_source *s;
    size_t n;
    if (!tap_ok(write_index(op, path, material, sizeof material / sizeof *material, 7) == RC_OK
                    && advindex_open(op, path, &ix) == RC_OK,
                "an index to take over"))
        return;
    struct str before = all_of(op, ix);
    tap_ok(update(op, path, "", NULL, 0, 8) == RC_OK, "all is taken over");
    tap_ok(str_eq(before, all_of(op, ix)), "the old index still serves who has it open");
    if (!tap_ok(advindex_open(op, path, &ix) == RC_OK && str_eq(before, all_of(op, ix)), "the new one says the same"))
        tap_say(STR_FMT "\n" STR_FMT, STR_ARG(before), STR_ARG(all_of(op, ix)));
    tap_ok(advindex_check(op, ix) == RC_OK && advindex_sources(op, ix, &s, &n) == RC_OK && n && s[0].imported_at == 7,
           "and when it was imported");
    tap_ok(update(op, path, "PyPI", material + 1, 2, 9) == RC_OK && advindex_open(op, path, &ix) == RC_OK, "one source anew");
    struct str after = all_of(op, ix);
    tap_ok(has(after, "PYSEC-2024-1 0 [PyPI] [Foo_Bar] : [1.0,1.10) 1.0 1.10rc1 1.9\n") && after.n == before.n,
           "it has what it had");
    bool ok = advindex_sources(op, ix, &s, &n) == RC_OK;
    for (size_t i = 0; i < n; i++)
        ok &= s[i].imported_at == (str_eq(s[i].name, STR("PyPI")) ? 9 : 7);
    tap_ok(ok, "and only that source has a new time");
}

/* ---- intervals against the specification's evaluation ---- */

struct event {
    unsigned kind;
    int version; /* -1 of `limit`: "*" */
};

static int by_version(const void *a, const void *b)
{
    const struct event *x = *(const struct event *const *)a, *y = *(const struct event *const *)b;
    bool x_first = x->kind == EVENT_INTRODUCED && x->version == 0, y_first = y->kind == EVENT_INTRODUCED && y->version == 0;
    int c = y_first - x_first; /* "introduced 0" is below every version, below a "fixed 0" too */
    c = c ? c : (x->version > y->version) - (x->version < y->version);
    return c ? c : (x > y) - (x < y);
}

/* "Evaluation" of the specification: for one version, over sorted events; versions are whole numbers, 0 is "0". */
static bool affected_by(const struct event *events, size_t n, int version)
{
    const struct event *sorted[VERSIONS];
    bool vulnerable = false, limited = false, below = false;
    for (size_t i = 0; i < n; i++)
        sorted[i] = &events[i];
    qsort(sorted, n, sizeof *sorted, by_version);
    for (size_t i = 0; i < n; i++) {
        const struct event *e = sorted[i];
        if (e->kind == EVENT_INTRODUCED && version >= e->version)
            vulnerable = true;
        if (e->kind == EVENT_FIXED && version >= e->version)
            vulnerable = false;
        if (e->kind == EVENT_LAST_AFFECTED && version > e->version)
            vulnerable = false;
        if (e->kind == EVENT_LIMIT) {
            limited = true;
            below |= e->version < 0 || version < e->version;
        }
    }
    return vulnerable && (!limited || below);
}

struct asked {
    const struct event *events;
    size_t n;
    bool same;
    advindex_compare *compare;
};

static enum rc compare_all(struct op *op, void *arg, const struct advisory_view *v)
{
    struct asked *a = arg;
    for (int version = 0; version <= VERSIONS; version++) {
        struct str text = str_print(op->mem, "%d", version);
        bool in = false;
        for (uint32_t i = 0; i < v->n_intervals; i++) {
            const struct packed_interval *p = &v->intervals[i];
            int high = p->flags & INTERVAL_OPEN_END ? -1 : a->compare(text, view_text(v, p->high));
            in |= (p->flags & INTERVAL_FROM_ZERO || a->compare(text, view_text(v, p->low)) >= 0)
                  && (high < 0 || (high == 0 && p->flags & INTERVAL_INCLUSIVE_END));
        }
        a->same &= in == affected_by(a->events, a->n, version);
    }
    return RC_OK;
}

static unsigned next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(*seed >> 40);
}

/* One record with one range; `events` get what was written. */
static struct str random_record(struct arena *mem, uint64_t *seed, unsigned number, struct event *events, size_t *ret_n)
{
    static const char *const kinds[] = {"introduced", "fixed", "last_affected", "limit"};
    struct buf b;
    buf_open(&b, mem, "record", 1 << 20);
    *ret_n = next_random(seed) % 7;
    buf_print(&b,
              "{\"id\":\"R-%u\",\"modified\":\"2024-01-01T00:00:00Z\",\"affected\":[{\"package\":{\"ecosystem\":\"Hackage\","
              "\"name\":\"r%u\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[",
              number, number);
    for (size_t i = 0; i < *ret_n; i++) {
        unsigned kind = next_random(seed) % 8;
        events[i] = (struct event){kind < 4 ? 0 : kind < 6 ? 1 : kind < 7 ? 2 : 3, (int)(next_random(seed) % VERSIONS)};
        if (events[i].kind == EVENT_LIMIT && next_random(seed) % 4 == 0)
            events[i].version = -1;
        buf_print(&b, events[i].version < 0 ? "%s{\"%s\":\"*\"}" : "%s{\"%s\":\"%d\"}", i ? "," : "", kinds[events[i].kind],
                  events[i].version);
    }
    buf_print(&b, "]}]}]}");
    return buf_str(&b);
}

static void random_ranges(struct op *op, struct str path)
{
    struct event(*events)[VERSIONS] = arena_array(op->mem, RANDOM_RANGES, sizeof *events);
    size_t *n = arena_array(op->mem, RANDOM_RANGES, sizeof *n), wrong = 0;
    struct advindex_writer *w;
    struct advindex *ix;
    struct advisory_lookup look;
    uint64_t seed = 3;
    bool ok = advindex_writer_open(op, path, order, &w) == RC_OK;
    for (unsigned i = 0; i < RANDOM_RANGES && ok; i++)
        ok = give(op, w, "random", random_record(op->mem, &seed, i, events[i], &n[i])) == RC_OK;
    if (!tap_ok(ok && order(STR("Hackage")) && advindex_commit(op, w, 1) == RC_OK && advindex_open(op, path, &ix) == RC_OK,
                "random ranges are written"))
        return;
    advindex_lookup(ix, &look);
    for (unsigned i = 0; i < RANDOM_RANGES; i++) {
        struct asked a = {events[i], n[i], true, order(STR("Hackage"))};
        if (look.find(look.arg, op, STR("Hackage"), str_print(op->mem, "r%u", i), compare_all, &a) != RC_OK || !a.same)
            wrong++;
    }
    tap_ok(wrong == 0, "%d random ranges: the specification's evaluation, for every version (%zu differ)", RANDOM_RANGES, wrong);
}

static void without_order(struct op *op, struct str path)
{
    static const struct given g[] = {
        {"x", REC("N-1", "2024-01-01T00:00:00Z",
                  "\"affected\":[" AFF("Unheard Of:1", "foo",
                                       RANGE("ECOSYSTEM", "{\"introduced\":\"zebra\"},{\"fixed\":\"ant\"},{\"introduced\":"
                                                          "\"bee\"}")) "," AFF("Unheard Of:2", "foo",
                                                                               RANGE("SEMVER",
                                                                                     "{\"fixed\":\"1.10.0\"},{\"introduced\":\"1."
                                                                                     "9.0\"}")) "," AFF("Unheard Of:3", "foo",
                                                                                                        RANGE("CALENDAR",
                                                                                                              "{\"introduced\":"
                                                                                                              "\"0\"}")) "]")}};
    struct advindex *ix;
    struct advisory_lookup look;
    struct buf b;
    buf_open(&b, op->mem, "answers", 1 << 20);
    bool ok = write_index(op, path, g, 1, 1) == RC_OK && advindex_open(op, path, &ix) == RC_OK;
    if (ok)
        advindex_lookup(ix, &look);
    ok = ok && look.find(look.arg, op, STR("Unheard Of"), STR("foo"), view, &b) == RC_OK;
    tap_ok(ok && has(buf_str(&b), "[Unheard Of:1] [foo] : [zebra,ant) [bee,oo)\n"), "events of an unknown order keep the file's");
    tap_ok(ok && has(buf_str(&b), "[Unheard Of:2] [foo] : [1.9.0,1.10.0)\n"), "SEMVER ranges have an order anyway");
    tap_ok(ok && has(buf_str(&b), "[Unheard Of:3] [foo]  git:\n"), "a range of an unknown type is none over versions");
}

/* ---- damage ---- */

/* Asks all of a damaged index: RC_INVALID, RC_UNSUPPORTED, or answers that check shows to be damaged. */
static bool damage_seen(struct str path)
{
    struct arena *mem = arena_open(64 << 20);
    struct op op = {.mem = mem, .limits = &limits_default};
    struct advindex *ix;
    bool seen = false;
    enum rc rc = advindex_open(&op, path, &ix);
    if (rc == RC_INVALID || rc == RC_UNSUPPORTED)
        seen = true;
    else if (rc == RC_OK && setjmp(out_of_memory) == 0) {
        (void)all_of(&op, ix);
        op_clear(&op);
        seen = advindex_check(&op, ix) == RC_INVALID;
    }
    arena_close(mem);
    return seen;
}

static bool damage_seen_with(int fd, struct str path, size_t at, unsigned char byte)
{
    return pwrite(fd, &byte, 1, (off_t)at) == 1 && damage_seen(path);
}

static void damage(struct op *op, struct str path)
{
    struct str whole = STR("");
    size_t cuts = 0, turns = 0, values = 0;
    if (!tap_ok(write_index(op, path, material, 4, 7) == RC_OK && (whole = test_read(op->mem, path)).n, "an index to damage"))
        return;
    int fd = open(str_cstr(op->mem, path), O_RDWR | O_CLOEXEC);
    for (size_t i = 0; i < whole.n; i++) {
        unsigned char was = (unsigned char)whole.p[i];
        turns += !damage_seen_with(fd, path, i, (unsigned char)(was ^ 1 << i % 8));
        values += !damage_seen_with(fd, path, i, was == 0xff ? 0x7f : 0xff);
        if (pwrite(fd, &was, 1, (off_t)i) != 1)
            turns++;
    }
    tap_ok(turns == 0, "one bit of each byte turned: seen (%zu not)", turns);
    tap_ok(values == 0, "each byte set: seen (%zu not)", values);
    tap_ok(!damage_seen(path), "undamaged: nothing seen");
    for (size_t n = whole.n; n-- > 0;)
        cuts += ftruncate(fd, (off_t)n) != 0 || !damage_seen(path);
    tap_ok(cuts == 0, "cut at each of %zu bytes: seen (%zu not)", whole.n, cuts);
    close(fd);
}

static void formats(struct op *op, struct str path)
{
    bool made = write_index(op, path, material, 1, 7) == RC_OK;
    struct str whole = test_read(op->mem, path), copy = str_dup(op->mem, whole), victim = str_join(op->mem, path, STR("-format"));
    struct advindex_header *h = (struct advindex_header *)(void *)(uintptr_t)copy.p;
    struct advindex *ix;
    if (!tap_ok(made, "an index to change"))
        return;
    h->format = ADVINDEX_FORMAT + 1;
    test_write(op->mem, victim, copy);
    tap_ok(advindex_open(op, victim, &ix) == RC_UNSUPPORTED && has(op->err.text, "format 3"), "an index of a newer program");
    op_clear(op);
    test_write(op->mem, victim, STR("#!/bin/sh\n"));
    tap_ok(advindex_open(op, victim, &ix) == RC_INVALID, "another file");
    op_clear(op);
    tap_ok(advindex_open(op, str_dir(path), &ix) == RC_INVALID, "a folder");
    op_clear(op);
}

static void cut_while_open(struct op *op, struct str path)
{
    struct advindex *ix;
    struct advisory_lookup look;
    struct buf b;
    buf_open(&b, op->mem, "answers", 1 << 20);
    if (!tap_ok(write_index(op, path, material, sizeof material / sizeof *material, 7) == RC_OK
                    && advindex_open(op, path, &ix) == RC_OK,
                "an index to cut"))
        return;
    advindex_lookup(ix, &look);
    bool cut = truncate(str_cstr(op->mem, path), 0) == 0;
    tap_ok(cut && look.find(look.arg, op, STR("npm"), STR("left"), view, &b) == RC_IO,
           "cut while it is open: a failure, no crash");
    op_clear(op);
    tap_ok(!look.exploited(look.arg, STR("CVE-2024-2"), NULL) && look.probability(look.arg, STR("CVE-2024-2")) < 0,
           "nor from the figures");
    advindex_close(ix);
    advindex_close(ix);
    tap_ok(look.find(look.arg, op, STR("npm"), STR("left"), view, &b) == RC_IO, "closed");
    op_clear(op);
}

/* ---- writers that fail ---- */

static void writers(struct op *op, struct str path)
{
    struct str new_path = str_join(op->mem, path, STR(".new"));
    struct op sub = *op;
    struct advindex_writer *w, *other;
    struct rlimit old, small = {2048, 2048};
    if (!tap_ok(write_index(op, path, material, 1, 7) == RC_OK, "an index to keep"))
        return;
    struct str before = test_read(op->mem, path);
    sub.mem = arena_child(op->mem);
    tap_ok(advindex_writer_open(&sub, path, order, &w) == RC_OK && give(&sub, w, "x", str_of(material[1].json)) == RC_OK,
           "a writer that is given up");
    tap_ok(advindex_writer_open(op, path, order, &other) == RC_IO, "no second writer meanwhile");
    op_clear(op);
    arena_close(sub.mem);
    tap_ok(access(new_path.p, F_OK) != 0 && str_eq(before, test_read(op->mem, path)), "leaves the old index and nothing else");
    getrlimit(RLIMIT_FSIZE, &old);
    small.rlim_max = old.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    enum rc rc = write_index(op, path, material, sizeof material / sizeof *material, 8);
    setrlimit(RLIMIT_FSIZE, &old);
    tap_ok(rc == RC_IO, "no room on the disk: " STR_FMT, STR_ARG(op->err.text));
    op_clear(op);
    tap_ok(str_eq(before, test_read(op->mem, path)), "and the old index serves");
    tap_ok(advindex_writer_open(op, STR("/nonexistent/index"), order, &w) == RC_IO, "no such folder");
    op_clear(op);
}

static void large_record(struct op *op, struct str path)
{
    struct advindex_writer *w;
    struct advindex *ix;
    struct str whole = STR("");
    struct buf b;
    buf_open(&b, op->mem, "record", 64 << 20);
    buf_print(&b, "{\"id\":\"L-1\",\"modified\":\"2024-01-01T00:00:00Z\",\"affected\":[{\"package\":{\"ecosystem\":\"npm\","
                  "\"name\":\"l\"},\"versions\":[");
    for (unsigned i = 0; i < 100000; i++)
        buf_print(&b, "%s\"1.%u.0\"", i ? "," : "", i);
    buf_print(&b, "]}]}");
    bool ok = advindex_writer_open(op, path, order, &w) == RC_OK && give(op, w, "x", str_of(material[3].json)) == RC_OK
              && give(op, w, "x", buf_str(&b)) == RC_OK && give(op, w, "x", str_of(material[4].json)) == RC_OK
              && advindex_commit(op, w, 1) == RC_OK && advindex_open(op, path, &ix) == RC_OK;
    tap_ok(ok && advindex_whole(op, ix, 1, &whole) == RC_OK && str_eq(whole, buf_str(&b)), "a record larger than a block");
    tap_ok(ok && advindex_whole(op, ix, 2, &whole) == RC_OK && str_eq(whole, str_of(material[4].json))
               && advindex_check(op, ix) == RC_OK,
           "and the one after it");
}

int main(void)
{
    static void (*const checks[])(struct op *, struct str) = {round_trip,     nothing_in_it, several_sources, take_over,
                                                              random_ranges,  without_order, damage,          formats,
                                                              cut_while_open, writers,       large_record};
    char folder[] = "/tmp/muster-advindex-XXXXXX";
    arena_on_limit(on_limit);
    if (!mkdtemp(folder))
        return 99;
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        struct arena *mem = arena_open(CEILING);
        struct op op = {.mem = mem, .limits = &limits_default};
        if (setjmp(out_of_memory) == 0)
            checks[i](&op, str_print(mem, "%s/index", folder));
        else
            tap_ok(false, "check %zu keeps to its memory", i);
        arena_close(mem);
    }
    struct arena *mem = arena_open(CEILING);
    struct test_files left;
    test_names(mem, str_of(folder), &left);
    vec_each(struct test_file, f, &left.all) unlink(str_print(mem, "%s/" STR_FMT, folder, STR_ARG(f->path)).p);
    rmdir(folder);
    arena_close(mem);
    return tap_done();
}
