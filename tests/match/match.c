/* Subjects, entries, fixes, groups, statements, corrections and severities, as the tables beside this file say. */
#include <stdlib.h>

#include "match/cvss.h"
#include "match/vex.h"
#include "tests/lib/files.h"
#include "tests/lib/tap.h"
#include "tests/match/index.h"

static struct test_index index_;
static struct arena *mem;
static struct str root;

static struct str column(struct str *line)
{
    struct str field = {NULL, 0};
    str_cut(line, '\t', &field);
    return field;
}

static struct str file(const char *name)
{
    return test_read(mem, str_join(mem, root, STR("/tests/match/"), str_of(name)));
}

static const char *rule_name(enum match_rule r)
{
    static const char *const names[] = {
        "ENUMERATED",   "IN_RANGE",    "OUT_OF_RANGE", "FIXED",      "MALICIOUS",  "WITHDRAWN",    "OTHER_RELEASE",
        "NOT_AFFECTED", "UNIMPORTANT", "NO_VERSION",   "NO_RELEASE", "UNREADABLE", "COMMITS_ONLY", "DEVELOPMENT",
        "OWNED",        "UPSTREAM",    "NOTHING",      "HEADERS",    "MODULE",     "UNDETERMINED", "VEX",
    };
    return r < RULE_IN_COMMITS ? names[r] : "?";
}

static bool seen[RULE_COUNT];

static struct op new_op(void)
{
    return (struct op){.mem = mem, .limits = &limits_default};
}

static enum rc subject_of(struct op *op, struct str first, struct str name, struct str version, struct subject *ret)
{
    struct component c;
    if (!str_starts(first, STR("pkg:")))
        return match_subject_of(op, first, name, version, ret);
    TRY(component_parse(op, first, &c));
    return match_subject(op, &c, ret);
}

static const struct finding *of_record(const struct findings *f, struct str id)
{
    vec_each(const struct finding, one, &f->list) if (str_eq(one->id, id)) return one;
    return NULL;
}

/* ---- entries ---- */

static void check_case(struct str line)
{
    struct str what = line, first = column(&line), name = column(&line), version = column(&line), id = column(&line);
    struct str state = column(&line), rule = column(&line), fixed = column(&line);
    struct op op = new_op();
    struct subject s;
    struct findings f = {{NULL, 0, 0}};
    enum rc rc = subject_of(&op, first, name, version, &s);
    if (str_eq(rule, STR("NOTFOUND"))) {
        tap_ok(rc == RC_NOTFOUND, STR_FMT ": no advisories for it", STR_ARG(what));
        return;
    }
    bool good = rc == RC_OK && match_find(&op, &index_.look, &s, &f) == RC_OK;
    const struct finding *one = of_record(&f, id);
    if (str_eq(rule, STR("NONE"))) {
        tap_ok(good && f.list.n == 0, STR_FMT ": nothing found", STR_ARG(what));
        return;
    }
    good = good && one && str_eq(state, str_of(finding_state_name(one->state)));
    good = good && str_eq(rule, str_of(rule_name(one->rule))) && str_eq(fixed, one->fixed);
    if (one)
        seen[one->rule] = true;
    if (!tap_ok(good, STR_FMT, STR_ARG(what)) && one)
        tap_say("got %s %s '" STR_FMT "'", finding_state_name(one->state), rule_name(one->rule), STR_ARG(one->fixed));
}

/* Every prefix of every version must be judged; the total order makes worse impossible. */
static bool prefixes(struct str line)
{
    struct str first = column(&line), name = column(&line), version = column(&line);
    for (size_t n = 0; n <= (version.n ? version.n : first.n); n++) {
        struct op op = new_op();
        struct subject s;
        struct findings f;
        struct str cut = str_dup(mem, str_upto(version.n ? version : first, n));
        enum rc rc = version.n ? subject_of(&op, first, name, cut, &s) : subject_of(&op, cut, name, version, &s);
        if (rc == RC_OK && match_find(&op, &index_.look, &s, &f) != RC_OK)
            return false;
    }
    return true;
}

static void check_cases(struct str text)
{
    bool swept = true;
    for (struct str line; str_line(&text, &line);)
        if (line.n && line.p[0] != '#') {
            check_case(line);
            swept &= prefixes(line);
        }
    tap_ok(swept, "every prefix of every version and purl is judged");
}

static void check_subject(struct str line)
{
    struct str purl = column(&line), want[5];
    struct op op = new_op();
    struct subject s = {.possible = false};
    for (size_t i = 0; i < 5; i++)
        want[i] = column(&line);
    bool good = subject_of(&op, purl, purl, purl, &s) == RC_OK;
    const struct str got[5] = {s.ecosystem, s.release, s.name, s.version, s.binary};
    for (size_t i = 0; i < 5; i++)
        good = good && str_eq(want[i], got[i]);
    if (!tap_ok(good && s.scheme, "subject " STR_FMT, STR_ARG(purl)))
        tap_say(STR_FMT " / " STR_FMT " / " STR_FMT " / " STR_FMT " / " STR_FMT, STR_ARG(got[0]), STR_ARG(got[1]),
                STR_ARG(got[2]), STR_ARG(got[3]), STR_ARG(got[4]));
}

static void check_subjects(struct str text)
{
    for (struct str line; str_line(&text, &line);)
        if (line.n && line.p[0] != '#')
            check_subject(line);
}

/* ---- fixes ---- */

static void check_fix(struct str line)
{
    static const char *const kinds[] = {"not needed", "upgrade", "part", "none", "remove"};
    struct str what = line, first = column(&line), name = column(&line), version = column(&line);
    struct str kind = column(&line), to = column(&line), left = column(&line), elsewhere = column(&line);
    struct op op = new_op();
    struct subject s;
    struct findings f;
    struct fix fix = {FIX_NOT_NEEDED, {NULL, 0}, 0, {NULL, 0}};
    bool good = subject_of(&op, first, name, version, &s) == RC_OK && match_find(&op, &index_.look, &s, &f) == RC_OK
                && match_fix(&op, &index_.look, &s, &f, &fix) == RC_OK;
    uint64_t n = 0;
    good = good && str_eq(kind, str_of(kinds[fix.kind])) && str_eq(to, fix.version) && str_eq(elsewhere, fix.elsewhere);
    good = good && str_num(left, &n) && n == fix.left;
    if (!tap_ok(good, "fix " STR_FMT, STR_ARG(what)))
        tap_say("got %s '" STR_FMT "' %zu '" STR_FMT "'", kinds[fix.kind], STR_ARG(fix.version), fix.left,
                STR_ARG(fix.elsewhere));
}

static void check_fixes(struct str text)
{
    for (struct str line; str_line(&text, &line);)
        if (line.n && line.p[0] != '#')
            check_fix(line);
}

/* ---- groups ---- */

static bool find_of(const char *first, const char *name, const char *version, struct subject *s, struct findings *f)
{
    struct op op = new_op();
    return subject_of(&op, str_of(first), str_of(name), str_of(version), s) == RC_OK
           && match_find(&op, &index_.look, s, f) == RC_OK;
}

static bool has(const struct flaw *flaw, const char *id, bool about)
{
    size_t n = about ? flaw->about.n : flaw->ids.n;
    for (size_t i = 0; i < n; i++)
        if (str_eq(about ? flaw->about.at[i] : flaw->ids.at[i], str_of(id)))
            return true;
    return false;
}

static void check_groups(void)
{
    struct op op = new_op();
    struct subject s;
    struct findings f;
    struct flaws g = {{NULL, 0, 0}};
    bool good = find_of("PyPI", "grouped", "1.0", &s, &f) && match_group(&op, &index_.look, &s, &f, &g) == RC_OK;
    tap_ok(good && f.list.n == 5 && g.list.n == 2, "five records are two flaws: related joins nothing");
    tap_ok(good && g.list.n == 2 && str_eq(g.list.at[0].id, STR("CVE-2020-1")) && g.list.at[0].members.n == 4, "the CVE leads");
    tap_ok(good && has(&g.list.at[0], "GHSA-far", false), "aliases count through records that did not match");
    tap_ok(good && g.list.n == 2 && str_eq(g.list.at[1].id, STR("PYSEC-20")), "without a CVE the ecosystem's own name leads");
    good = find_of("Debian:12", "grouped", "1", &s, &f) && match_group(&op, &index_.look, &s, &f, &g) == RC_OK;
    tap_ok(good && g.list.n == 2 && str_eq(g.list.at[0].id, STR("DSA-1-1")),
           "a distribution's own record leads, and upstream merges nothing");
    tap_ok(good && has(&g.list.at[0], "CVE-2020-1", true) && has(&g.list.at[0], "CVE-2020-9", true), "upstream is transitive");
    good = find_of("npm", "evil", "1.0.0", &s, &f) && match_group(&op, &index_.look, &s, &f, &g) == RC_OK;
    tap_ok(good && g.list.n == 1 && str_eq(g.list.at[0].id, STR("MAL-1")) && (g.list.at[0].flags & ADVISORY_MALICIOUS),
           "MAL leads");
}

static void check_owned(void)
{
    struct op op = new_op();
    struct subject own, owner;
    struct findings f, theirs;
    bool good = find_of("PyPI", "grouped", "1.0", &own, &f) && find_of("Debian:12", "grouped", "3", &owner, &theirs);
    good = good && match_owned(&op, &index_.look, &own, &f, &owner, &theirs) == RC_OK;
    const struct finding *one = good ? of_record(&f, STR("PYSEC-1-group")) : NULL;
    tap_ok(one && one->state == FINDING_FIXED && one->rule == RULE_OWNED, "the owner's distribution has fixed it");
    seen[RULE_OWNED] |= one && one->rule == RULE_OWNED;
    one = good ? of_record(&f, STR("PYSEC-20")) : NULL;
    tap_ok(one && one->state == FINDING_AFFECTED, "what the distribution has not settled stays");
    good = find_of("PyPI", "grouped", "1.0", &own, &f) && find_of("Debian:12", "grouped", "1", &owner, &theirs);
    good = good && match_owned(&op, &index_.look, &own, &f, &owner, &theirs) == RC_OK;
    one = good ? of_record(&f, STR("PYSEC-1-group")) : NULL;
    tap_ok(one && one->state == FINDING_AFFECTED, "the owner itself is affected: the finding stays");
}

static void check_upstream(void)
{
    struct op op = new_op();
    struct component c = {
        .type = STR("generic"), .name = STR("libz.so.1"), .upstream = STR("zlib"), .upstream_version = STR("1.2.11")};
    struct subject s;
    bool found = false;
    for (size_t i = 0; match_subject_upstream(mem, &c, i, &s); i++) {
        struct findings f = {{NULL, 0, 0}};
        const struct finding *one = match_find(&op, &index_.look, &s, &f) == RC_OK ? of_record(&f, STR("T-OSSFUZZ")) : NULL;
        found |= one && one->state == FINDING_POSSIBLE && one->rule == RULE_UPSTREAM && str_eq(one->fixed, STR("1.2.12"));
    }
    seen[RULE_UPSTREAM] |= found;
    tap_ok(found, "an unowned library is possibly affected, by its upstream");
    c.upstream = STR("");
    tap_ok(!match_subject_upstream(mem, &c, 0, &s), "no upstream, no question");
    bool good = subject_of(&op, STR("Go"), STR("example.org/app"), STR("v0.0.0-20200101000000-abcdef123456"), &s) == RC_OK;
    struct findings f;
    s.main_module = true;
    good = good && match_find(&op, &index_.look, &s, &f) == RC_OK && f.list.n == 1 && f.list.at[0].rule == RULE_DEVELOPMENT;
    tap_ok(good, "the pseudo-version of a main module is none");
}

/* ---- statements ---- */

struct said {
    const char *flaw, *product, *part;
    enum vex_state state;
    enum vex_origin origin;
    int64_t at, until;
    const char *author;
};

static struct vex_source *sources(const struct said *list, size_t n)
{
    struct vex_source *all = arena_array(mem, n, sizeof *all);
    for (size_t i = 0; i < n; i++) {
        struct vex_statement *s = arena_alloc(mem, sizeof *s);
        *s = (struct vex_statement){.vulnerability = str_of(list[i].flaw),
                                    .product = str_of(list[i].product),
                                    .subcomponent = str_of(list[i].part),
                                    .state = list[i].state,
                                    .at = list[i].at,
                                    .author = str_of(list[i].author)};
        all[i] = (struct vex_source){s, list[i].origin, list[i].until};
    }
    return all;
}

struct vex_result {
    struct finding f;
    size_t conflicts, unmatched;
    bool tie;
};

/* What the statements make of one component inside of some wholes. */
static struct vex_result ask_of(const struct component *c, const struct str *within, size_t n_within, const struct said *list,
                                size_t n)
{
    struct op op = new_op();
    struct subject s;
    struct findings f;
    struct vex_table t;
    struct vex_conflicts conflicts = {{NULL, 0, 0}};
    struct vex_result r = {.f = {.rule = RULE_COUNT}};
    bool good = match_subject(&op, c, &s) == RC_OK && match_find(&op, &index_.look, &s, &f) == RC_OK
                && vex_open(&op, sources(list, n), n, 1000, &t) == RC_OK;
    struct vex_subject subject = {c, within, n_within};
    if (!good || vex_apply(&op, &t, &index_.look, &subject, &f, &conflicts) != RC_OK || f.list.n != 1)
        return r;
    r.f = f.list.at[0];
    r.conflicts = conflicts.list.n;
    r.tie = conflicts.list.n && conflicts.list.at[0].tie;
    for (size_t i = 0; i < n; i++)
        r.unmatched += vex_unmatched(&t, i);
    return r;
}

static struct vex_result ask(const struct said *list, size_t n)
{
    static const struct str within[] = {{"pkg:oci/app@sha256%3Aaa", 23}, {"sha256:aa", 9}};
    struct op op = new_op();
    struct component c;
    if (component_parse(&op, STR("pkg:npm/vexed@1.0.0"), &c) != RC_OK)
        return (struct vex_result){.f = {.rule = RULE_COUNT}};
    return ask_of(&c, within, 2, list, n);
}

/* Of a package that is not called like its source, in a distribution whose maker has another name. */
static enum finding_state ask_platform(const char *product, const char *part)
{
    static const struct str platform = {"cpe:/o:redhat:enterprise_linux:9", 32};
    struct component c = {.type = STR("rpm"), .ns = STR("rhel"), .name = STR("bash-doc"), .version = STR("5.1.8-6.el9"),
                          .qualifiers = STR("arch=x86_64&distro=rhel-9.4"), .source = STR("bash"),
                          .source_version = STR("5.1.8-6.el9")};
    struct said one = {"T-REDHAT", product, part, VEX_NOT_AFFECTED, VEX_VENDOR, 1, 0, "a"};
    return ask_of(&c, &platform, 1, &one, 1).f.state;
}

static void check_vex_platform(void)
{
    const char *cpe = "cpe:/o:redhat:enterprise_linux:9", *other = "cpe:/o:redhat:enterprise_linux:8";
    tap_ok(ask_platform(cpe, "pkg:rpm/redhat/bash?arch=src") == FINDING_NOT_AFFECTED, "of the source package, on the platform");
    tap_ok(ask_platform(cpe, "pkg:rpm/redhat/bash@5.1.8-6.el9?arch=src") == FINDING_NOT_AFFECTED, "of that version of it");
    tap_ok(ask_platform(cpe, "pkg:rpm/redhat/bash-doc") == FINDING_NOT_AFFECTED, "of the package, its maker's name for rhel");
    tap_ok(ask_platform("pkg:rpm/redhat/bash?arch=src", "") == FINDING_NOT_AFFECTED, "of the source package wherever");
    tap_ok(ask_platform(other, "pkg:rpm/redhat/bash?arch=src") == FINDING_AFFECTED, "on another platform");
    tap_ok(ask_platform(cpe, "pkg:rpm/redhat/bash") == FINDING_AFFECTED, "of another package of the same source");
    tap_ok(ask_platform(cpe, "pkg:rpm/suse/bash-doc") == FINDING_AFFECTED, "of another distribution's");
    tap_ok(ask_platform(cpe, "pkg:rpm/redhat/bash@5.1.8-5.el9?arch=src") == FINDING_AFFECTED, "of another version");
    tap_ok(ask_platform(cpe, "") == FINDING_NOT_AFFECTED, "of the platform as a whole");
}

#define ASK(...) ask((const struct said[]){__VA_ARGS__}, sizeof((const struct said[]){__VA_ARGS__}) / sizeof(struct said))
#define P "pkg:npm/vexed"

static void check_vex_match(void)
{
    struct vex_result r = ASK({"CVE-2021-1", P "@1.0.0", "", VEX_NOT_AFFECTED, VEX_VENDOR, 1, 0, "a"});
    tap_ok(r.f.state == FINDING_NOT_AFFECTED && r.f.rule == RULE_VEX && r.unmatched == 0,
           "a statement by alias, with the version");
    seen[RULE_VEX] = r.f.rule == RULE_VEX;
    r = ASK({"CVE-2021-1", P, "", VEX_FIXED, VEX_VENDOR, 1, 0, "a"});
    tap_ok(r.f.state == FINDING_FIXED, "a statement about all versions");
    r = ASK({"CVE-2021-1", P "@1.0.1", "", VEX_NOT_AFFECTED, VEX_VENDOR, 1, 0, "a"});
    tap_ok(r.f.state == FINDING_AFFECTED && r.unmatched == 1, "another version: nothing, and the statement is unmatched");
    r = ASK({"CVE-2021-2", P, "", VEX_NOT_AFFECTED, VEX_VENDOR, 1, 0, "a"});
    tap_ok(r.f.state == FINDING_AFFECTED && r.unmatched == 1, "another flaw: nothing");
    r = ASK({"T-VEXED", "pkg:oci/app@sha256%3Aaa", P, VEX_NOT_AFFECTED, VEX_VENDOR, 1, 0, "a"});
    tap_ok(r.f.state == FINDING_NOT_AFFECTED, "a product and the component in it");
    r = ASK({"T-VEXED", "sha256:aa", "", VEX_NOT_AFFECTED, VEX_VENDOR, 1, 0, "a"});
    tap_ok(r.f.state == FINDING_NOT_AFFECTED, "a whole product by its digest");
    r = ASK({"T-VEXED", "sha256:bb", P, VEX_NOT_AFFECTED, VEX_VENDOR, 1, 0, "a"});
    tap_ok(r.f.state == FINDING_AFFECTED && r.unmatched == 1, "the component in another product: nothing");
    r = ASK({"T-VEXED", P, "", VEX_UNDER_INVESTIGATION, VEX_VENDOR, 1, 0, "a"});
    tap_ok(r.f.state == FINDING_UNKNOWN, "under investigation is unknown");
    r = ASK({"T-VEXED", "pkg:npm/", "pkg:", VEX_NOT_AFFECTED, VEX_VENDOR, 1, 0, "a"},
            {"", "", "", VEX_FIXED, VEX_VENDOR, 1, 0, ""});
    tap_ok(r.f.state == FINDING_AFFECTED && r.unmatched == 2, "broken purls and empty statements match nothing");
}

static void check_vex_weight(void)
{
    struct vex_result r = ASK({"CVE-2021-1", P, "", VEX_NOT_AFFECTED, VEX_THIRD_PARTY, 9, 0, "a"},
                              {"CVE-2021-1", P, "", VEX_AFFECTED, VEX_VENDOR, 1, 0, "b"});
    tap_ok(r.f.state == FINDING_AFFECTED && r.conflicts == 1 && !r.tie, "the vendor over a third party, which is told");
    r = ASK({"CVE-2021-1", P, "", VEX_AFFECTED, VEX_VENDOR, 9, 0, "a"},
            {"CVE-2021-1", P, "", VEX_NOT_AFFECTED, VEX_OURS, 1, 2000, "us"});
    tap_ok(r.f.state == FINDING_NOT_AFFECTED && r.conflicts == 1, "our own decision first");
    r = ASK({"CVE-2021-1", P, "", VEX_AFFECTED, VEX_VENDOR, 9, 0, "a"},
            {"CVE-2021-1", P, "", VEX_NOT_AFFECTED, VEX_OURS, 1, 999, "us"});
    tap_ok(r.f.state == FINDING_AFFECTED && r.conflicts == 0 && r.unmatched == 1, "not past its end");
    r = ASK({"CVE-2021-1", P, "", VEX_NOT_AFFECTED, VEX_VENDOR, 9, 0, "a"},
            {"CVE-2021-1", P "@1.0.0", "", VEX_FIXED, VEX_VENDOR, 1, 0, "b"});
    tap_ok(r.f.state == FINDING_FIXED, "the version over the package");
    r = ASK({"CVE-2021-1", P, "", VEX_UNDER_INVESTIGATION, VEX_VENDOR, 1, 0, "a"},
            {"CVE-2021-1", P, "", VEX_FIXED, VEX_VENDOR, 2, 0, "a"});
    tap_ok(r.f.state == FINDING_FIXED && r.conflicts == 0 && r.unmatched == 0, "an author's later word replaces the earlier one");
    r = ASK({"CVE-2021-1", P, "", VEX_NOT_AFFECTED, VEX_VENDOR, 1, 0, "a"},
            {"CVE-2021-1", P, "", VEX_AFFECTED, VEX_VENDOR, 1, 0, "b"});
    tap_ok(r.f.state == FINDING_AFFECTED && r.tie, "two equals that contradict: the worse, and a tie is told");
    struct said *many = arena_array(mem, 20000, sizeof *many);
    for (size_t i = 0; i < 20000; i++)
        many[i] = (struct said){"CVE-2021-1", P, "", VEX_FIXED, VEX_VENDOR, (int64_t)i, 0, "a"};
    tap_ok(ask(many, 20000).f.state == FINDING_FIXED, "20,000 statements on one flaw");
}

/* ---- corrections ---- */

static void affected_add(struct advisory *a, const char *ecosystem, const char *name, const char *fixed)
{
    struct affected *entry = vec_push(mem, &a->affected);
    entry->ecosystem = str_of(ecosystem);
    entry->name = str_of(name);
    struct advisory_range *r = vec_push(mem, &entry->ranges);
    *vec_push(mem, &r->events) = (struct advisory_event){EVENT_INTRODUCED, STR("0")};
    *vec_push(mem, &r->events) = (struct advisory_event){EVENT_FIXED, str_of(fixed)};
}

static void check_corrections(void)
{
    struct advisory a = {.id = STR("ALPINE-CVE-2024-3094")}, other = {.id = STR("ALPINE-CVE-2024-9999")};
    affected_add(&a, "Alpine:v3.18", "lighttpd", "1.4.76-r0");
    affected_add(&a, "Alpine:v3.20", "xz", "5.6.1-r2");
    affected_add(&a, "Alpine:v3.21", "xz", "5.6.1-r2");
    affected_add(&other, "Alpine:v3.20", "xz", "5.6.1-r2");
    bool good = match_correct(&a) && (a.flags & ADVISORY_CORRECTED) && a.affected.n == 2;
    good = good && str_eq(a.affected.at[0].name, STR("xz")) && str_eq(a.affected.at[1].name, STR("xz"));
    for (size_t i = 0; good && i < 2; i++)
        good = str_eq(a.affected.at[i].ranges.at[0].events.at[0].version, STR("5.6.0-r0"))
               && str_eq(a.affected.at[i].ranges.at[0].events.at[1].version, STR("5.6.1-r2"));
    tap_ok(good, "the xz record: introduced with 5.6.0, lighttpd gone");
    tap_ok(!match_correct(&a), "a corrected record is not corrected again");
    tap_ok(!match_correct(&other) && other.flags == 0 && other.affected.n == 1, "another record is left alone");
    struct advisory named = {.id = STR("ALPINE-v3.20-main-CVE-2024-3094")}, two = {.id = STR("ALPINE-v3.20-main-two")};
    *vec_push(mem, &named.upstream) = STR("CVE-2024-3094");
    *vec_push(mem, &two.upstream) = STR("CVE-2024-3094");
    *vec_push(mem, &two.upstream) = STR("CVE-2024-3095");
    affected_add(&named, "Alpine:v3.20", "xz", "5.6.1-r2");
    affected_add(&two, "Alpine:v3.20", "xz", "5.6.1-r2");
    tap_ok(match_correct(&named) && str_eq(named.affected.at[0].ranges.at[0].events.at[0].version, STR("5.6.0-r0")),
           "a record of another name about the same flaw");
    tap_ok(!match_correct(&two), "a record about several flaws is left alone");
    struct advisory empty = {.flags = 0};
    tap_ok(!match_correct(&empty), "an empty record");
}

/* ---- severities ---- */

static void check_cvss(struct str text)
{
    for (struct str line; str_line(&text, &line);) {
        struct str vector = column(&line), base = column(&line), score = column(&line), level = column(&line);
        struct cvss c = {0, 0, 0, SEVERITY_UNKNOWN};
        if (vector.n == 0 || vector.p[0] == '#')
            continue;
        if (str_eq(base, STR("?"))) {
            tap_ok(!cvss_read(vector, &c), "no vector: " STR_FMT, STR_ARG(vector));
            continue;
        }
        bool good = cvss_read(vector, &c) && str_eq(base, str_print(mem, "%u.%u", c.base / 10, c.base % 10));
        good = good && str_eq(score, str_print(mem, "%u.%u", c.score / 10, c.score % 10));
        good = good && str_eq(level, str_of(severity_name(c.level)));
        for (size_t n = 0; n < vector.n; n++) { /* no prefix may crash; most are no vectors */
            struct cvss cut;
            struct str part = str_dup(mem, str_upto(vector, n));
            good &= !cvss_read(part, &cut) || cut.score <= 100;
        }
        if (!tap_ok(good, STR_FMT, STR_ARG(vector)))
            tap_say("got %u %u %s", c.base, c.score, severity_name(c.level));
    }
}

static void check_severity(void)
{
    const struct severity list[] = {{STR("Ubuntu"), STR("low")},
                                    {STR("CVSS_V2"), STR("AV:N/AC:L/Au:N/C:N/I:N/A:P")},
                                    {STR("CVSS_V3"), STR("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")}};
    int tenths = 0;
    tap_ok(severity_of(list, 3, &tenths) == SEVERITY_CRITICAL && tenths == 98, "the newest version of CVSS counts");
    tap_ok(severity_of(list, 1, &tenths) == SEVERITY_LOW && tenths == -1, "else a word");
    tap_ok(severity_of(list, 0, &tenths) == SEVERITY_UNKNOWN && tenths == -1, "nothing is unknown, not low");
    tap_ok(severity_word(STR("IMPORTANT")) == SEVERITY_HIGH && severity_word(STR("soon")) == SEVERITY_UNKNOWN, "words");
}

/* ---- hostile entries, speed ---- */

/* 100,000 overlapping ranges and versions in one entry. */
static void check_large(void)
{
    enum { N = 100000 };
    char *text = arena_alloc(mem, N * 16);
    struct packed_interval *intervals = arena_array(mem, N, sizeof *intervals);
    struct packed_text *versions = arena_array(mem, N, sizeof *versions);
    size_t at = 0;
    for (uint32_t i = 0; i < N; i++) {
        int n = snprintf(text + at, 16, "1.0.%06u", i);
        struct packed_text t = {(uint32_t)at, (uint32_t)n};
        versions[i] = t;
        intervals[i] = (struct packed_interval){versions[i / 2], t, 0};
        at += (size_t)n;
    }
    struct advisory_view v = {.id = STR("T-LARGE"),
                              .ecosystem = STR("PyPI"),
                              .name = STR("x"),
                              .text = text,
                              .intervals = intervals,
                              .n_intervals = N,
                              .versions = versions,
                              .n_versions = N};
    struct op op = new_op();
    struct subject s;
    struct finding f;
    bool good = match_subject_of(&op, STR("PyPI"), STR("x"), STR("1.0.70000.post1"), &s) == RC_OK;
    match_entry(&s, &v, &f);
    tap_ok(good && f.state == FINDING_AFFECTED && f.rule == RULE_IN_RANGE, "100,000 ranges and versions in one entry");
}

static void check_rules(void)
{
    bool texts = true;
    for (int r = 0; r < RULE_COUNT; r++) {
        if (r < RULE_IN_COMMITS) /* those have cases in commits.c */
            tap_ok(seen[r], "rule %s has a case", rule_name((enum match_rule)r));
        texts &= strlen(match_rule_text((enum match_rule)r)) > 10;
    }
    tap_ok(texts, "every rule has a sentence");
}

int main(int argc, char **argv)
{
    mem = arena_open((size_t)1 << 30);
    root = str_of(argc > 1 ? argv[1] : ".");
    test_index_read(&index_, mem, file("records.tsv"));
    struct test_index nothing;
    test_index_read(&nothing, mem, STR(""));
    struct op op = new_op();
    struct subject any;
    struct findings none = {{NULL, 0, 0}};
    bool good = match_subject_of(&op, STR("npm"), STR("x"), STR("1.0.0"), &any) == RC_OK;
    tap_ok(good && match_find(&op, &nothing.look, &any, &none) == RC_OK && none.list.n == 0, "an empty index");
    check_cases(file("cases.tsv"));
    check_subjects(file("subjects.tsv"));
    check_fixes(file("fixes.tsv"));
    check_groups();
    check_owned();
    check_upstream();
    check_vex_match();
    check_vex_weight();
    check_vex_platform();
    check_corrections();
    check_cvss(file("cvss.tsv"));
    check_severity();
    check_large();
    check_rules();
    arena_close(mem);
    return tap_done();
}
