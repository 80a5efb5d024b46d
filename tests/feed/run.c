/* Runs the cases of all feeds: tests/feed/NAME/CASE.SUFFIX with NAME from list.def, and CASE.expected beside it: the
 * items that must come out, one to a paragraph, then how the parsing ended. A CASE is called ordinary…, empty… or
 * malformed… (each feed needs one of each), or anything else. Each case is run again cut short. After the source root
 * may follow "--write", which writes what is expected. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/buf.h"
#include "base/time.h"
#include "feed/feed.h"
#include "tests/lib/files.h"
#include "tests/lib/tap.h"

extern const struct feed feed_osv;

enum { CEILING = 1 << 30, SMALL = 4 << 10, ENDS = 1 << 10, CUTS = 200, CUT_MOST_MS = 1000 };

/* AddressSanitizer keeps 256 MB of freed memory back by default. */
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

/* ---- an item as text ---- */

static void put(struct buf *b, const char *label, struct str s)
{
    if (s.n)
        buf_print(b, "  %s " STR_FMT "\n", label, STR_ARG(str_escape(b->mem, s)));
}

static void put_time(struct buf *b, const char *label, int64_t t)
{
    if (t)
        put(b, label, time_print(b->mem, t));
}

static void put_severities(struct buf *b, const char *label, const struct severity *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_print(b, "  %s " STR_FMT " " STR_FMT "\n", label, STR_ARG(s[i].type), STR_ARG(s[i].score));
}

static void put_entry(struct buf *b, const struct affected *a)
{
    static const char *const kinds[] = {"ECOSYSTEM", "SEMVER", "GIT", "other"}, *const events[] = {"introduced", "fixed",
                                                                                                   "last_affected", "limit"};
    buf_print(b, "  affected [" STR_FMT "] [" STR_FMT "]\n", STR_ARG(a->ecosystem), STR_ARG(a->name));
    put(b, "  purl", a->purl);
    put(b, "  urgency", a->urgency);
    for (size_t i = 0; i < a->ranges.n; i++) {
        const struct advisory_range *r = &a->ranges.at[i];
        buf_print(b, "    range %s " STR_FMT "\n", kinds[r->kind], STR_ARG(r->repo));
        for (size_t k = 0; k < r->events.n; k++)
            buf_print(b, "      %s " STR_FMT "\n", events[r->events.at[k].kind], STR_ARG(r->events.at[k].version));
    }
    for (size_t i = 0; i < a->versions.n; i++)
        put(b, "  version", a->versions.at[i]);
    put_severities(b, "  severity", a->severities.at, a->severities.n);
}

static void put_advisory(struct buf *b, const struct advisory *a)
{
    buf_print(b, "advisory " STR_FMT "%s%s\n", STR_ARG(a->id), a->flags & ADVISORY_MALICIOUS ? " malicious" : "",
              a->flags & ADVISORY_INFORMATIONAL ? " informational" : "");
    put_time(b, "modified", a->modified);
    put_time(b, "published", a->published);
    put_time(b, "withdrawn", a->withdrawn);
    put(b, "summary", a->summary);
    vec_each(const struct str, s, &a->aliases) put(b, "alias", *s);
    vec_each(const struct str, s, &a->upstream) put(b, "upstream", *s);
    vec_each(const struct str, s, &a->related) put(b, "related", *s);
    put_severities(b, "severity", a->severities.at, a->severities.n);
    vec_each(const struct affected, e, &a->affected) put_entry(b, e);
}

static void put_statement(struct buf *b, const struct vex_statement *s)
{
    static const char *const states[] = {"not_affected", "affected", "fixed", "under_investigation"};
    buf_print(b, "statement " STR_FMT " %s\n", STR_ARG(s->vulnerability), states[s->state]);
    put(b, "product", s->product);
    put(b, "subcomponent", s->subcomponent);
    put(b, "justification", s->justification);
    put(b, "impact", s->impact);
    put(b, "action", s->action);
    put(b, "author", s->author);
    put_time(b, "at", s->at);
    put(b, "document", s->document);
}

static enum rc emit(struct op *op, void *arg, const struct feed_item *item)
{
    struct buf *b = arg;
    (void)op;
    switch (item->kind) {
    case FEED_ADVISORY: put_advisory(b, &item->advisory); break;
    case FEED_EXPLOITED:
        buf_print(b, "exploited " STR_FMT "%s\n", STR_ARG(item->exploited.id), item->exploited.ransomware ? " ransomware" : "");
        put_time(b, "added", item->exploited.added);
        put_time(b, "due", item->exploited.due);
        break;
    case FEED_SCORE:
        buf_print(b, "score " STR_FMT " %.9g %.9g\n", STR_ARG(item->score.id), item->score.probability, item->score.percentile);
        put_time(b, "at", item->score.at);
        break;
    case FEED_STATEMENT: put_statement(b, &item->statement); break;
    case FEED_END_OF_LIFE:
        buf_print(b, "end of life " STR_FMT " " STR_FMT "\n", STR_ARG(item->end_of_life.product),
                  STR_ARG(item->end_of_life.cycle));
        put_time(b, "support until", item->end_of_life.support_until);
        put_time(b, "security until", item->end_of_life.security_until);
        break;
    case FEED_SSVC:
        buf_print(b, "ssvc " STR_FMT " %s%s%s\n", STR_ARG(item->ssvc.id), ssvc_exploitation_name(item->ssvc.exploitation),
                  item->ssvc.automatable ? " automatable" : "", item->ssvc.total ? " total" : " partial");
        put_time(b, "at", item->ssvc.at);
        break;
    }
    return RC_OK;
}

/* ---- one run ---- */

/* RC_LIMIT when the memory ran out. */
static enum rc parse(struct arena *mem, const struct feed *feed, struct str name, struct str bytes, struct str *ret_text)
{
    struct op op = {.mem = mem, .limits = &limits_default};
    struct buf out;
    buf_open(&out, mem, "items", 256 << 20);
    if (setjmp(out_of_memory) != 0)
        return RC_LIMIT;
    enum rc rc = feed->parse(&op, name, bytes, emit, &out);
    buf_print(&out, rc == RC_OK ? "%s\n" : "%s: " STR_FMT "\n", rc_name(rc), STR_ARG(op.err.text));
    *ret_text = buf_str(&out);
    return rc;
}

static bool ended_well(const struct feed *feed, struct str name, struct str bytes)
{
    struct arena *mem = arena_open(CEILING);
    struct str text;
    char *copy = malloc(bytes.n ? bytes.n : 1); /* of just this size, so that a byte too far is seen */
    memcpy(copy, bytes.p, bytes.n);
    int64_t from = time_monotonic_ms();
    (void)feed_find(name, (struct str){copy, bytes.n});
    enum rc rc = parse(mem, feed, name, (struct str){copy, bytes.n}, &text);
    bool ok = (rc == RC_OK || rc == RC_INVALID || rc == RC_LIMIT) && time_monotonic_ms() - from < CUT_MOST_MS;
    free(copy);
    arena_close(mem);
    return ok;
}

static bool cuts_end_well(const struct feed *feed, struct str name, struct str bytes)
{
    uint64_t seed = 1;
    bool ok = true;
    for (size_t n = 0; n < bytes.n && ok; n++)
        if (bytes.n <= SMALL || n < ENDS || n >= bytes.n - ENDS)
            ok = ended_well(feed, name, str_upto(bytes, n));
    for (int i = 0; i < CUTS && ok && bytes.n > SMALL; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
        ok = ended_well(feed, name, str_upto(bytes, (size_t)(seed >> 33) % bytes.n));
    }
    return ok;
}

/* The same document with one byte after the other changed. */
static bool turns_end_well(const struct feed *feed, struct str name, struct str bytes)
{
    static const char with[] = {0, '"', '{', '}', '[', ']', ',', ':', '9', '\\', (char)0xff};
    bool ok = true;
    char *copy = malloc(bytes.n + 1);
    memcpy(copy, bytes.p, bytes.n);
    for (size_t i = 0; i < bytes.n && i < SMALL && ok; i++) {
        copy[i] = with[i % sizeof with];
        ok = ended_well(feed, name, (struct str){copy, bytes.n});
        copy[i] = bytes.p[i];
    }
    free(copy);
    return ok;
}

static void run_case(struct arena *mem, const struct feed *feed, struct str folder, struct str name, bool write)
{
    struct str bytes = test_read(mem, str_join(mem, folder, STR("/"), name)), text = STR("out of memory\n"), stem, suffix;
    if (!str_rsplit(name, '.', &stem, &suffix))
        stem = name;
    struct str path = str_join(mem, folder, STR("/"), stem, STR(".expected"));
    (void)parse(mem, feed, name, bytes, &text);
    if (write)
        test_write(mem, path, text);
    bool same = str_eq(text, test_read(mem, path));
    tap_ok(same, "%s/" STR_FMT, feed->name, STR_ARG(name));
    if (!same)
        tap_say("got:\n" STR_FMT, STR_ARG(text));
    if (!str_starts(name, STR("empty")) && !str_starts(name, STR("malformed")))
        tap_ok(feed_find(name, bytes) == feed, "%s/" STR_FMT " is known by its bytes", feed->name, STR_ARG(name));
    tap_ok(cuts_end_well(feed, name, bytes), "%s/" STR_FMT " cut short", feed->name, STR_ARG(name));
    tap_ok(turns_end_well(feed, name, bytes), "%s/" STR_FMT " with changed bytes", feed->name, STR_ARG(name));
}

static void run_feed(const struct feed *feed, struct str root, bool write)
{
    static const char *const needed[] = {"ordinary", "empty", "malformed"};
    struct arena *mem = arena_open(CEILING);
    struct str folder = str_join(mem, root, STR("/tests/feed/"), str_of(feed->name));
    struct test_files names;
    bool have[3] = {false, false, false};
    test_names(mem, folder, &names);
    vec_each(struct test_file, f, &names.all)
    {
        if (str_ends(f->path, STR(".expected")))
            continue;
        for (size_t i = 0; i < 3; i++)
            have[i] |= str_starts(f->path, str_of(needed[i]));
        run_case(mem, feed, folder, f->path, write);
    }
    tap_ok(have[0] && have[1] && have[2], "%s has an ordinary, an empty and a malformed case", feed->name);
    arena_close(mem);
}

/* ---- sizes ---- */

static enum rc ignore(struct op *op, void *arg, const struct feed_item *item)
{
    (void)op;
    (void)arg;
    (void)item;
    return RC_OK;
}

static enum rc size_of(struct str head, struct str item, size_t n, struct str tail, const char *what)
{
    struct arena *mem = arena_open(CEILING), *own = arena_open(CEILING);
    struct op op = {.mem = own, .limits = &limits_default};
    enum rc rc = RC_LIMIT;
    struct buf b;
    buf_open(&b, mem, "record", 512 << 20);
    buf_add(&b, head);
    for (size_t i = 0; i < n; i++)
        buf_add(&b, item);
    buf_add(&b, tail);
    int64_t from = time_monotonic_ms();
    if (setjmp(out_of_memory) == 0)
        rc = feed_osv.parse(&op, STR("big.json"), buf_str(&b), ignore, NULL);
    tap_say("%s: %zu bytes, %s, %lld ms, %zu bytes of memory", what, b.n, rc_name(rc), (long long)(time_monotonic_ms() - from),
            arena_peak(own));
    arena_close(own);
    arena_close(mem);
    return rc;
}

static void sizes(void)
{
    struct arena *mem = arena_open(CEILING);
    struct str head = STR("{\"id\":\"X-1\",\"modified\":\"2024-01-01T00:00:00Z\",\"affected\":["),
               package = STR("{\"package\":{\"ecosystem\":\"npm\",\"name\":\"a\"},");
    struct str versions = str_join(mem, head, package, STR("\"versions\":[")),
               events = str_join(mem, head, package, STR("\"ranges\":[{\"type\":\"SEMVER\",\"events\":["));
    tap_ok(size_of(versions, STR("\"1.2.1234567-alpha.4711.and.more\","), 1500000, STR("\"2\"]}]}"), "1.5 million versions")
               == RC_OK,
           "a record of 50 MB is read");
    tap_ok(size_of(versions, STR("\"\","), 5000000, STR("\"2\"]}]}"), "5 million versions") == RC_LIMIT,
           "too many versions end in a limit");
    tap_ok(size_of(events, STR("{\"fixed\":\"\"},"), 3000000, STR("{}]}]}]}"), "3 million events") == RC_LIMIT,
           "too many events end in a limit");
    tap_ok(size_of(head, STR("{},"), 3000000, STR("{}]}"), "3 million entries") == RC_LIMIT, "too many entries end in a limit");
    tap_ok(size_of(STR("{\"id\":"), STR("["), 100000, STR(""), "100,000 brackets") == RC_INVALID,
           "brackets where a string is due");
    tap_ok(size_of(STR("{\"id\":\"X-1\",\"x\":"), STR("["), 100000, STR(""), "100,000 brackets") == RC_LIMIT,
           "deep nesting ends in a limit");
    arena_close(mem);
}

static void names(void)
{
    static const char *const table[][3] = {
        {"PyPI", "Foo_Bar..baz", "foo-bar-baz"},
        {"PyPI", "foo-bar", "foo-bar"},
        {"PyPI:x", "A", "a"},
        {"NuGet", "Newtonsoft.Json", "newtonsoft.json"},
        {"Packagist", "Vendor/Name", "vendor/name"},
        {"Packagist:https://packages.drupal.org/8", "drupal/Core", "drupal/core"},
        {"npm", "@Scope/Name", "@Scope/Name"},
        {"SwiftURL", "https://github.com/apple/swift-nio.git", "github.com/apple/swift-nio"},
        {"SwiftURL", "github.com/a/b/", "github.com/a/b"},
        {"GitHub Actions", "Owner/Repo", "owner/repo"},
        {"Maven", "org.A:b", "org.A:b"},
        {"", "X", "X"},
    };
    struct arena *mem = arena_open(CEILING);
    struct str suffix;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        tap_ok(str_eq(advisory_name(mem, str_of(table[i][0]), str_of(table[i][1])), str_of(table[i][2])), "%s %s is %s",
               table[i][0], table[i][1], table[i][2]);
    tap_ok(str_eq(advisory_ecosystem(STR("Ubuntu:22.04:LTS"), &suffix), STR("Ubuntu")) && str_eq(suffix, STR("22.04:LTS")),
           "an ecosystem with suffix");
    tap_ok(str_eq(advisory_ecosystem(STR("npm"), &suffix), STR("npm")) && suffix.n == 0, "an ecosystem without");
    arena_close(mem);
}

int main(int argc, char **argv)
{
    bool write = argc > 2 && strcmp(argv[2], "--write") == 0;
    arena_on_limit(on_limit);
    for (size_t i = 0; feeds[i]; i++)
        run_feed(feeds[i], str_of(argc > 1 ? argv[1] : "."), write);
    names();
    sizes();
    return tap_done();
}
