/* Ranges over commits, over a history that is written down here; and random ones against the rule in its plainest words. */
#include <stdlib.h>

#include "match/commits.h"
#include "tests/lib/files.h"
#include "tests/lib/tap.h"

static bool seen[RULE_COUNT];

static const char *rule_name(enum match_rule r)
{
    static const char *const names[] = {"IN_COMMITS", "NOT_IN_COMMITS", "COMMIT_FIXED", "COMMIT_LACKING", "COMMIT_UNCLEAR", "NO_COMMIT"};
    return r == RULE_WITHDRAWN ? "WITHDRAWN" : r == RULE_MALICIOUS ? "MALICIOUS" : r < RULE_IN_COMMITS || r >= RULE_COUNT ? "?" : names[r - RULE_IN_COMMITS];
}

/* Who comes after whom: child, then parents. */
static const char *const history[] = {"ba", "cb", "dc", "ed", "fe", "sb", "ts", "ut", "za", "mfu", NULL};

static bool reaches(char from, char to)
{
    if (from == to)
        return true;
    for (size_t i = 0; history[i]; i++)
        if (history[i][0] == from)
            for (const char *p = history[i] + 1; *p; p++)
                if (reaches(*p, to))
                    return true;
    return false;
}

static enum commit_answer holds(void *arg, struct str commit, struct str in)
{
    (void)arg;
    char a = to_lower(commit.p[0]), b = to_lower(in.p[0]);
    if (b == 'x' || b == '?' || a == '?')
        return COMMIT_UNCLEAR;
    return a == 'x' ? COMMIT_LACKING : reaches(b, a) ? COMMIT_YES : COMMIT_NO;
}

/* ---- cases ---- */

struct case_view {
    struct advisory_view v;
    VEC(struct packed_interval) events;
};

static void read_events(struct arena *mem, struct str text, struct case_view *c)
{
    static const struct {
        char sign;
        uint32_t flag;
    } kinds[] = {{'+', INTERVAL_INTRODUCED}, {'-', INTERVAL_FIXED}, {']', INTERVAL_LAST_AFFECTED}, {'<', INTERVAL_BELOW_LIMIT}};
    uint32_t next = INTERVAL_NEXT_RANGE;
    struct str word;
    c->v.text = text.p;
    c->v.withdrawn = str_take(&text, STR("w"));
    c->v.flags = str_take(&text, STR("m")) ? ADVISORY_MALICIOUS : 0;
    while (str_word(&text, &word)) {
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            if (word.p[0] == kinds[k].sign) {
                struct packed_text low = {(uint32_t)(word.p + 1 - c->v.text), (uint32_t)word.n - 1};
                *vec_push(mem, &c->events) = (struct packed_interval){low, {0, 0}, kinds[k].flag | next};
                next = 0;
            }
        next = word.p[0] == '|' ? INTERVAL_NEXT_RANGE : next;
    }
    c->v.intervals = c->events.at;
    c->v.n_intervals = (uint32_t)c->events.n;
    c->v.ecosystem = STR(ADVISORY_GIT);
}

static struct str column(struct str *line)
{
    struct str field = {"", 0};
    str_cut(line, '\t', &field);
    return field;
}

static void check_case(struct arena *mem, struct str line)
{
    const struct commit_graph graph = {NULL, holds};
    struct str what = line, events = column(&line), commit = column(&line), state = column(&line), rule = column(&line), decided = column(&line);
    struct case_view c = {.v = {.id = STR("T-1")}};
    struct finding f;
    read_events(mem, events, &c);
    match_commits(&graph, commit, &c.v, &f);
    seen[f.rule] = true;
    bool good = str_eq(state, str_of(finding_state_name(f.state))) && str_eq(rule, str_of(rule_name(f.rule))) && str_eq(decided, f.commit);
    if (!tap_ok(good, "" STR_FMT, STR_ARG(what)))
        tap_say("got %s %s " STR_FMT, finding_state_name(f.state), rule_name(f.rule), STR_ARG(f.commit));
}

/* ---- random ---- */

static bool affected_plainly(const struct case_view *c, char commit)
{
    bool any_limit = false, below = false;
    vec_each(const struct packed_interval, e, &c->events) {
        char at = c->v.text[e->low.at];
        any_limit |= e->flags & INTERVAL_BELOW_LIMIT;
        below |= e->flags & INTERVAL_BELOW_LIMIT && at != commit && reaches(at, commit);
    }
    vec_each(const struct packed_interval, i, &c->events) {
        char from = c->v.text[i->low.at];
        bool ended = false;
        if (!(i->flags & INTERVAL_INTRODUCED) || !reaches(commit, from))
            continue;
        vec_each(const struct packed_interval, e, &c->events) {
            char at = c->v.text[e->low.at];
            bool earlier = at != from && reaches(from, at);
            ended |= e->flags & INTERVAL_FIXED && reaches(commit, at) && !earlier;
            ended |= e->flags & INTERVAL_LAST_AFFECTED && commit != at && reaches(commit, at) && !earlier;
        }
        if (!ended && (!any_limit || below))
            return true;
    }
    return false;
}

static void check_random(struct arena *mem)
{
    static const char names[] = "abcdefstuzm", signs[] = "++--]<";
    const struct commit_graph graph = {NULL, holds};
    size_t wrong = 0;
    srandom(7);
    for (int round = 0; round < 20000; round++) {
        char text[32];
        size_t n = 0;
        for (long k = random() % 5; k >= 0; k--) {
            text[n++] = signs[(size_t)random() % (sizeof signs - 1)];
            text[n++] = names[(size_t)random() % (sizeof names - 1)];
            text[n++] = ' ';
        }
        struct case_view c = {.v = {.id = STR("T-1")}};
        struct finding f;
        struct arena *own = arena_child(mem);
        char commit = names[(size_t)random() % (sizeof names - 1)];
        read_events(own, (struct str){text, n}, &c);
        match_commits(&graph, (struct str){&commit, 1}, &c.v, &f);
        if ((f.state == FINDING_AFFECTED) != affected_plainly(&c, commit) && wrong++ < 5)
            tap_say("%.*s: %c: %s", (int)n, text, commit, finding_state_name(f.state));
        arena_close(own);
    }
    tap_ok(wrong == 0, "20,000 random ranges as the rule says in plain words");
}

/* ---- the rest ---- */

static void check_many(struct arena *mem)
{
    enum { N = 100000 };
    const struct commit_graph graph = {NULL, holds};
    struct packed_interval *events = arena_array(mem, N, sizeof *events);
    struct finding f;
    for (size_t i = 0; i < N; i++)
        events[i] = (struct packed_interval){{(uint32_t)i % 2, 1}, {0, 0}, i % 2 ? INTERVAL_FIXED : INTERVAL_INTRODUCED};
    struct advisory_view v = {.id = STR("T-1"), .text = "bd", .intervals = events, .n_intervals = N};
    match_commits(&graph, STR("c"), &v, &f);
    tap_ok(f.state == FINDING_UNKNOWN, "more events than anybody means are unknown");
}

static struct finding joined(enum finding_state a, enum match_rule ra, enum finding_state b, enum match_rule rb, bool exact)
{
    struct finding versions = {.state = a, .rule = ra}, commits = {.state = b, .rule = rb};
    match_commits_join(&versions, &commits, exact);
    return versions;
}

static void check_join(void)
{
    struct finding f = joined(FINDING_UNKNOWN, RULE_COMMITS_ONLY, FINDING_UNKNOWN, RULE_NO_COMMIT, false);
    seen[f.rule] = true;
    tap_ok(f.rule == RULE_NO_COMMIT, "join: why commits could not tell is said");
    f = joined(FINDING_AFFECTED, RULE_ENUMERATED, FINDING_FIXED, RULE_COMMIT_FIXED, true);
    tap_ok(f.rule == RULE_ENUMERATED, "join: a listed version is affected");
    f = joined(FINDING_NOT_AFFECTED, RULE_OUT_OF_RANGE, FINDING_AFFECTED, RULE_IN_COMMITS, false);
    tap_ok(f.rule == RULE_IN_COMMITS, "join: either makes it affected");
    f = joined(FINDING_NOT_AFFECTED, RULE_OUT_OF_RANGE, FINDING_UNKNOWN, RULE_COMMIT_LACKING, false);
    tap_ok(f.rule == RULE_OUT_OF_RANGE, "join: what versions settle stays, where the clone cannot tell");
    f = joined(FINDING_NOT_AFFECTED, RULE_OUT_OF_RANGE, FINDING_UNKNOWN, RULE_COMMIT_LACKING, true);
    tap_ok(f.rule == RULE_COMMIT_LACKING, "join: but of a commit versions settle nothing");
    f = joined(FINDING_NOT_AFFECTED, RULE_WITHDRAWN, FINDING_AFFECTED, RULE_IN_COMMITS, true);
    tap_ok(f.rule == RULE_WITHDRAWN, "join: withdrawn stays withdrawn");
    f = joined(FINDING_UNKNOWN, RULE_NO_VERSION, FINDING_FIXED, RULE_COMMIT_FIXED, true);
    tap_ok(f.rule == RULE_COMMIT_FIXED, "join: commits settle what versions cannot");
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open((size_t)1 << 30);
    struct str root = str_of(argc > 1 ? argv[1] : "."), cases = test_read(mem, str_join(mem, root, STR("/tests/match/commits.tsv")));
    for (struct str line; str_line(&cases, &line);)
        if (line.n && line.p[0] != '#')
            check_case(mem, line);
    check_random(mem);
    check_many(mem);
    check_join();
    for (int r = RULE_IN_COMMITS; r < RULE_COUNT; r++)
        tap_ok(seen[r], "rule %s has a case", rule_name((enum match_rule)r));
    arena_close(mem);
    return tap_done();
}
