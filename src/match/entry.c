/* One affected entry against one subject: OSV's evaluation, and what distributions add to it. Allocates nothing; the work
 * is linear in the entry, with a few rounds more to name the fix. */
#include "match/match.h"

enum {
    FIX_ROUNDS = 64, /* overlapping ranges that are tried for a version free of all of them */
    FIX_WORK = 1 << 16, /* ranges looked at in all rounds together, the first round apart */
};

/* ---- the order of versions, as advisories mean it ---- */

static struct str without_local(struct str v)
{
    size_t plus = str_chr(v, '+');
    return plus == STR_NONE ? v : str_upto(v, plus);
}

static struct str without_epoch(struct str v)
{
    size_t digits = 0;
    while (digits < v.n && is_digit(v.p[digits]))
        digits++;
    return digits && digits < v.n && v.p[digits] == ':' ? str_from(v, digits + 1) : v;
}

/* ".module+el8…" is Red Hat's, ".module_el8…" AlmaLinux's: 0 when there is none. */
static char module_style(struct str v, size_t *ret_at)
{
    size_t at = str_find(v, STR(".module"));
    *ret_at = v.n;
    if (at == STR_NONE || at + 7 >= v.n || (v.p[at + 7] != '+' && v.p[at + 7] != '_'))
        return 0;
    *ret_at = at;
    return v.p[at + 7];
}

static int compare_rpm(const struct subject *s, struct str a, struct str b)
{
    size_t at_a, at_b;
    struct str rest;
    if (s->rules & SUBJECT_NO_EPOCH) {
        a = without_epoch(a);
        b = without_epoch(b);
    }
    char style_a = module_style(a, &at_a), style_b = module_style(b, &at_b);
    if (style_a && style_b && style_a != style_b) { /* what follows is the builder's, and no order between builders */
        a = str_upto(a, at_a);
        b = str_upto(b, at_b);
    }
    bool release_a = str_chr(a, '-') != STR_NONE, release_b = str_chr(b, '-') != STR_NONE;
    if (release_a && !release_b)
        str_rsplit(a, '-', &a, &rest);
    if (release_b && !release_a)
        str_rsplit(b, '-', &b, &rest);
    return s->scheme->compare(a, b);
}

int match_compare(const struct subject *s, struct str a, struct str b)
{
    if (!s->scheme)
        return str_cmp(a, b);
    if (s->rules & SUBJECT_RPM)
        return compare_rpm(s, a, b);
    if ((s->rules & SUBJECT_LOCAL) && str_chr(b, '+') == STR_NONE)
        a = without_local(a);
    return s->scheme->compare(a, b);
}

/* ---- intervals ---- */

static bool from_zero(const struct advisory_view *v, const struct packed_interval *i)
{
    return (i->flags & INTERVAL_FROM_ZERO) || i->low.n == 0 || str_eq(view_text(v, i->low), STR("0"));
}

static bool inclusive(const struct packed_interval *i)
{
    return (i->flags & INTERVAL_INCLUSIVE_END) != 0;
}

static bool open_end(const struct packed_interval *i)
{
    return (i->flags & INTERVAL_OPEN_END) != 0;
}

/* Is the version at its end a fix, and not the last one affected or one that nobody looked beyond? */
static bool ends_with_fix(const struct packed_interval *i)
{
    return !(i->flags & (INTERVAL_OPEN_END | INTERVAL_INCLUSIVE_END | INTERVAL_LIMIT));
}

/* Fixed in "0": never affected. */
static bool never(const struct advisory_view *v, const struct packed_interval *i)
{
    struct str high = view_text(v, i->high);
    return ends_with_fix(i) && (str_eq(high, STR("0")) || str_eq(high, STR("0-r0")));
}

static bool every(const struct advisory_view *v)
{
    for (uint32_t i = 0; i < v->n_intervals; i++)
        if (open_end(&v->intervals[i]) && from_zero(v, &v->intervals[i]))
            return true;
    return false;
}

static bool above_low(const struct subject *s, const struct advisory_view *v, const struct packed_interval *i,
    struct str version)
{
    return from_zero(v, i) || match_compare(s, version, view_text(v, i->low)) >= 0;
}

static bool below_high(const struct subject *s, const struct advisory_view *v, const struct packed_interval *i,
    struct str version)
{
    if (open_end(i))
        return true;
    if (never(v, i))
        return false;
    int c = match_compare(s, version, view_text(v, i->high));
    return c < 0 || (c == 0 && inclusive(i));
}

static const struct packed_interval *holding(const struct subject *s, const struct advisory_view *v, struct str version)
{
    for (uint32_t i = 0; i < v->n_intervals; i++)
        if (below_high(s, v, &v->intervals[i], version) && above_low(s, v, &v->intervals[i], version))
            return &v->intervals[i];
    return NULL;
}

/* ---- versions[] ---- */

static bool listed_exactly(const struct advisory_view *v, struct str version)
{
    uint32_t low = 0, high = v->n_versions;
    while (low < high) {
        uint32_t at = low + (high - low) / 2;
        int c = str_cmp(view_text(v, v->versions[at]), version);
        if (c == 0)
            return true;
        if (c < 0)
            low = at + 1;
        else
            high = at;
    }
    return false;
}

/* The first numbers of a version, without leading zeros; what is missing is zero. Equal versions have equal ones, and most
 * others are told apart by them at little cost. */
struct numbers {
    struct str at[3];
};

static struct numbers numbers_of(struct str v)
{
    struct numbers n = {{STR(""), STR(""), STR("")}};
    const char *p = v.p, *end = v.p + v.n;
    if (v.n > 2 && p[0] == '0' && (p[1] == ':' || p[1] == '!')) /* the epoch that is meant without one */
        p += 2;
    while (p < end && !is_digit(*p))
        p++;
    for (size_t i = 0; i < 3; i++) {
        while (p < end && *p == '0')
            p++;
        const char *from = p;
        while (p < end && is_digit(*p))
            p++;
        n.at[i] = (struct str){from, (size_t)(p - from)};
        if (end - p < 2 || *p != '.' || !is_digit(p[1]))
            break;
        p++;
    }
    return n;
}

static bool may_equal(const struct numbers *a, struct str b)
{
    struct numbers n = numbers_of(b);
    return str_eq(a->at[0], n.at[0]) && str_eq(a->at[1], n.at[1]) && str_eq(a->at[2], n.at[2]);
}

static bool listed_as_equal(const struct subject *s, const struct advisory_view *v, struct str version)
{
    if (!v->n_versions || !(s->rules & SUBJECT_EQUALS) || !s->scheme)
        return false;
    struct numbers numbers = numbers_of(version);
    for (uint32_t i = 0; i < v->n_versions; i++) {
        struct str one = view_text(v, v->versions[i]);
        if (!may_equal(&numbers, one) || s->scheme->valid(one) == VERSION_INVALID)
            continue;
        if (match_compare(s, version, one) == 0)
            return true;
    }
    return false;
}

/* ---- the verdict ---- */

/* The smallest version above ours that ends a range and lies in none. */
static struct str fixed_above(const struct subject *s, const struct advisory_view *v, struct str version)
{
    struct str best, last = version;
    for (size_t round = 0; round < FIX_ROUNDS && round * v->n_intervals <= FIX_WORK; round++) {
        best = (struct str){NULL, 0};
        for (uint32_t i = 0; i < v->n_intervals; i++) {
            const struct packed_interval *one = &v->intervals[i];
            struct str high = view_text(v, one->high);
            if (!ends_with_fix(one) || never(v, one) || match_compare(s, last, high) >= 0)
                continue;
            if (!best.p || match_compare(s, high, best) < 0)
                best = high;
        }
        if (!best.p || (!holding(s, v, best) && !listed_exactly(v, best)))
            return best;
        last = best;
    }
    return (struct str){NULL, 0};
}

static void decide(struct finding *f, enum finding_state state, enum match_rule rule)
{
    f->state = state;
    f->rule = rule;
}

static void decide_at(const struct subject *s, const struct advisory_view *v, const struct packed_interval *i, struct finding *f)
{
    f->low = from_zero(v, i) ? STR("0") : view_text(v, i->low);
    f->high = open_end(i) ? (struct str){NULL, 0} : view_text(v, i->high);
    f->high_inclusive = inclusive(i);
    f->lenient |= !from_zero(v, i) && s->scheme->valid(f->low) != VERSION_VALID;
    f->lenient |= !open_end(i) && !never(v, i) && s->scheme->valid(f->high) != VERSION_VALID;
}

/* In no range: fixed when the nearest range below ends with a fix. */
static void decide_outside(const struct subject *s, const struct advisory_view *v, struct finding *f)
{
    const struct packed_interval *nearest = NULL;
    bool never_affected = v->n_intervals > 0;
    for (uint32_t i = 0; i < v->n_intervals; i++) {
        const struct packed_interval *one = &v->intervals[i];
        never_affected &= never(v, one);
        if (never(v, one) || open_end(one) || !above_low(s, v, one, f->compared))
            continue;
        if (!nearest || match_compare(s, view_text(v, one->high), view_text(v, nearest->high)) > 0)
            nearest = one;
    }
    if (nearest)
        decide_at(s, v, nearest, f);
    if (never_affected && v->n_versions == 0)
        decide(f, FINDING_NOT_AFFECTED, RULE_NOT_AFFECTED);
    else if (nearest && ends_with_fix(nearest))
        decide(f, FINDING_FIXED, RULE_FIXED);
    else
        decide(f, FINDING_NOT_AFFECTED, RULE_OUT_OF_RANGE);
}

/* A version that its maker does not mean as one. */
static bool development(const struct subject *s, struct str v)
{
    if (s->rules & SUBJECT_GO) {
        bool pseudo = str_starts(v, STR("v0.0.0-")) || str_starts(v, STR("0.0.0-"));
        return str_eq(v, STR("(devel)")) || str_ends(v, STR("+dirty")) || (s->main_module && pseudo);
    }
    if (s->rules & SUBJECT_COMPOSER)
        return str_starts(v, STR("dev-"));
    return (s->rules & SUBJECT_NPM) && (str_eq(v, STR("0.0.0-use.local")) || str_eq(v, STR("0.0.0-development")));
}

/* Is one of the two a module's build and the other the distribution's ordinary one? */
static bool other_module(struct str ours, struct str theirs)
{
    size_t at;
    bool a = module_style(ours, &at) != 0, b = module_style(theirs, &at) != 0;
    return a != b && str_find(a ? theirs : ours, STR(".el")) != STR_NONE;
}

/* Each bound is of the other kind: the entry is not about this build. */
static bool only_other_module(const struct subject *s, const struct advisory_view *v)
{
    bool other = (s->rules & SUBJECT_RPM) && v->n_intervals > 0;
    for (uint32_t i = 0; i < v->n_intervals && other; i++)
        other = !open_end(&v->intervals[i]) && other_module(s->version, view_text(v, v->intervals[i].high));
    return other;
}

/* What is decided before any version is looked at. */
static bool decided_by_scope(const struct subject *s, const struct advisory_view *v, struct finding *f)
{
    struct str suffix;
    advisory_ecosystem(v->ecosystem, &suffix);
    bool same = !suffix.n || !s->release.n;
    if (!same)
        same = s->same_release ? s->same_release(s->release, suffix) : str_eq(s->release, suffix);
    if (v->withdrawn)
        decide(f, FINDING_NOT_AFFECTED, RULE_WITHDRAWN);
    else if (advisory_is_commits(v) && s->version.n && listed_exactly(v, s->version))
        decide(f, FINDING_AFFECTED, RULE_ENUMERATED);
    else if (advisory_is_commits(v)) /* its intervals are none (commits.h) */
        decide(f, FINDING_UNKNOWN, RULE_COMMITS_ONLY);
    else if (s->distribution && suffix.n && s->release.n == 0)
        decide(f, FINDING_UNKNOWN, RULE_NO_RELEASE);
    else if (!same)
        decide(f, FINDING_NOT_AFFECTED, RULE_OTHER_RELEASE);
    else if (s->distribution && (str_eq(v->urgency, STR("not-affected")) || str_eq(v->urgency, STR("not affected"))))
        decide(f, FINDING_NOT_AFFECTED, RULE_NOT_AFFECTED);
    else if (v->n_intervals == 0 && v->n_versions == 0 && v->git_only)
        decide(f, FINDING_UNKNOWN, RULE_COMMITS_ONLY);
    else if (v->n_intervals == 0 && v->n_versions == 0) /* malicious, and known by something else than its version */
        decide(f, v->flags & ADVISORY_MALICIOUS ? FINDING_UNKNOWN : FINDING_NOT_AFFECTED, RULE_NOTHING);
    else if (only_other_module(s, v))
        decide(f, FINDING_NOT_AFFECTED, RULE_MODULE);
    else
        return false;
    return true;
}

static void decide_by_version(const struct subject *s, const struct advisory_view *v, struct finding *f)
{
    struct str version = s->version;
    if (version.n && listed_exactly(v, version))
        decide(f, FINDING_AFFECTED, RULE_ENUMERATED);
    else if (every(v)) /* whatever the version is */
        decide(f, FINDING_AFFECTED, RULE_IN_RANGE);
    else if (version.n == 0)
        decide(f, FINDING_UNKNOWN, RULE_NO_VERSION);
    else if (development(s, version))
        decide(f, FINDING_UNKNOWN, RULE_DEVELOPMENT);
    else if (!s->scheme || s->scheme->valid(version) == VERSION_INVALID)
        decide(f, FINDING_UNKNOWN, RULE_UNREADABLE);
    else {
        const struct packed_interval *in = holding(s, v, version);
        f->lenient = s->scheme->valid(version) == VERSION_LENIENT;
        if (in) {
            decide_at(s, v, in, f);
            decide(f, FINDING_AFFECTED, RULE_IN_RANGE);
        } else if (listed_as_equal(s, v, version)) {
            decide(f, FINDING_AFFECTED, RULE_ENUMERATED);
        } else {
            decide_outside(s, v, f);
        }
    }
    if (f->state == FINDING_AFFECTED && version.n && s->scheme && s->scheme->valid(version) != VERSION_INVALID)
        f->fixed = fixed_above(s, v, version);
}

/* What softens "affected". */
static void weigh(const struct subject *s, const struct advisory_view *v, struct finding *f)
{
    if (f->state != FINDING_AFFECTED)
        return;
    if (s->headers)
        decide(f, FINDING_NOT_AFFECTED, RULE_HEADERS);
    else if (s->distribution && str_eq(v->urgency, STR("unimportant")))
        decide(f, FINDING_NOT_AFFECTED, RULE_UNIMPORTANT);
    else if (s->distribution && str_eq(v->urgency, STR("undetermined")))
        decide(f, FINDING_UNKNOWN, RULE_UNDETERMINED);
    else if (s->possible)
        decide(f, FINDING_POSSIBLE, RULE_UPSTREAM);
    else if (v->flags & ADVISORY_MALICIOUS)
        decide(f, FINDING_AFFECTED, RULE_MALICIOUS);
    bool affected = f->state == FINDING_AFFECTED || f->state == FINDING_POSSIBLE;
    if (!affected || (v->flags & ADVISORY_MALICIOUS))
        f->fixed = (struct str){NULL, 0};
}

void match_entry(const struct subject *s, const struct advisory_view *v, struct finding *ret)
{
    struct finding f = {.record = v->record, .id = v->id, .flags = v->flags, .ecosystem = v->ecosystem, .name = v->name};
    f.compared = s->version;
    if (!decided_by_scope(s, v, &f))
        decide_by_version(s, v, &f);
    weigh(s, v, &f);
    *ret = f;
}
