/* Sets of versions: the forms of the command line, and the question whether a version is in one. */
#include "version/range.h"

#include "version/pep440.h"
#include "version/range_parts.h"
#include "version/scan.h"
#include "version/semver_parts.h"

struct str range_quote(struct op *op, struct str text)
{
    return str_escape(op->mem, str_upto(text, 100));
}

void interval_low(const struct version_scheme *scheme, struct interval *i, struct str v, bool open)
{
    int c = i->low.p ? scheme->compare(v, i->low) : 1;
    if (c > 0)
        i->low = v, i->low_open = open;
    else if (c == 0)
        i->low_open |= open;
}

void interval_high(const struct version_scheme *scheme, struct interval *i, struct str v, bool open)
{
    int c = i->high.p ? scheme->compare(v, i->high) : -1;
    if (c < 0)
        i->high = v, i->high_open = open;
    else if (c == 0)
        i->high_open |= open;
}

void range_add(struct op *op, struct range *r, struct interval i)
{
    i.except_at = r->except_spent;
    i.except_count = r->except.n - r->except_spent;
    r->except_spent = r->except.n;
    *vec_push(op->mem, &r->intervals) = i;
}

bool range_next_set(struct op *op, struct range *r, struct str *rest, struct interval *now)
{
    if (!str_take(rest, STR("||")))
        return false;
    range_add(op, r, *now);
    *now = (struct interval){0};
    range_space(rest);
    return true;
}

void range_space(struct str *rest)
{
    while (rest->n && is_space(rest->p[0]))
        scan_take(rest, 1);
}

struct str range_operator(struct str *rest)
{
    size_t n = 0;
    range_space(rest);
    while (n < rest->n && rest->p[n] && strchr("<>=!~^", rest->p[n]))
        n++;
    struct str operator = scan_take(rest, n);
    range_space(rest);
    return operator;
}

struct str range_word(struct str *rest, const char *ends)
{
    size_t n = 0;
    while (n < rest->n && !is_space(rest->p[n]) && (!rest->p[n] || !strchr(ends, rest->p[n])))
        n++;
    struct str word = scan_take(rest, n);
    range_space(rest);
    return word;
}

enum rc range_apply(struct op *op, struct range *r, struct interval *i, struct str operator, struct str v)
{
    const struct version_scheme *scheme = r->scheme;
    if (scheme->valid(v) == VERSION_INVALID)
        return fail(op, RC_INVALID, "\"" STR_FMT "\" is not a version of %s", STR_ARG(range_quote(op, v)), scheme->name);
    bool strict = operator.n == 1 || str_eq(operator, STR(">>")) || str_eq(operator, STR("<<"));
    if (str_eq(operator, STR("=")) || str_eq(operator, STR("==")) || operator.n == 0) {
        interval_low(scheme, i, v, false);
        interval_high(scheme, i, v, false);
    } else if (str_eq(operator, STR("!="))) {
        *vec_push(op->mem, &r->except) = v;
    } else if (str_eq(operator, STR(">")) || str_eq(operator, STR(">=")) || str_eq(operator, STR(">>"))) {
        interval_low(scheme, i, v, strict);
    } else if (str_eq(operator, STR("<")) || str_eq(operator, STR("<=")) || str_eq(operator, STR("<<"))) {
        interval_high(scheme, i, v, strict);
    } else {
        return fail(op, RC_INVALID, "\"" STR_FMT "\" is not a comparison", STR_ARG(range_quote(op, operator)));
    }
    return RC_OK;
}

/* ">=5.6.0,<5.6.2": a comma is "and". */
static enum rc comparators(struct op *op, struct str text, struct range *r)
{
    struct interval i = {0};
    struct str part;
    for (struct str rest = text; str_cut(&rest, ',', &part);) {
        struct str operator = range_operator(&part), v = str_trim(part);
        if (r->except.n > RANGE_MOST)
            return fail(op, RC_LIMIT, "more than %d exceptions in a range", RANGE_MOST);
        TRY(range_apply(op, r, &i, operator, v));
    }
    range_add(op, r, i);
    return RC_OK;
}

static enum rc from_to(struct op *op, struct str text, size_t at, struct range *r)
{
    struct interval i = {0};
    struct str low = str_trim(str_upto(text, at)), high = str_trim(str_from(text, at + 2));
    if (low.n == 0 && high.n == 0)
        return fail(op, RC_INVALID, "\"..\" is not a range: expected a version before or behind it");
    if (low.n)
        TRY(range_apply(op, r, &i, STR(">="), low));
    if (high.n)
        TRY(range_apply(op, r, &i, STR("<="), high));
    range_add(op, r, i);
    return RC_OK;
}

static enum rc parse(struct op *op, struct str text, struct range *r)
{
    size_t dots = str_find(text, STR(".."));
    if (text.n == 0)
        return fail(op, RC_INVALID, "an empty range");
    if (str_eq(text, STR("*"))) {
        range_add(op, r, (struct interval){0});
        return RC_OK;
    }
    if (strchr("<>=!", text.p[0]) || str_chr(text, ',') != STR_NONE)
        return comparators(op, text, r);
    if (dots != STR_NONE)
        return from_to(op, text, dots, r);
    if (str_ends(text, STR(".*"))) {
        r->prefix = true;
        r->prefix_of = str_but(text, 2);
        bool known = r->scheme->valid(r->prefix_of) != VERSION_INVALID;
        return known ? RC_OK : fail(op, RC_INVALID, "\".*\" is not a range: expected a version before it");
    }
    bool odd = false;
    for (size_t i = 0; i < text.n; i++)
        odd |= !text.p[i] || is_space(text.p[i]) || strchr("()[]<>=!|", text.p[i]);
    if (odd || (r->scheme->valid(text) == VERSION_INVALID && !scan_only(text, "._+-/")))
        return fail(op, RC_INVALID, "\"" STR_FMT "\" is not a version", STR_ARG(range_quote(op, text)));
    range_add(op, r, (struct interval){.low = text, .high = text});
    return RC_OK;
}

enum rc range_parse(struct op *op, const struct version_scheme *scheme, struct str text, struct range *ret)
{
    struct range r = {.scheme = scheme};
    text = str_trim(text);
    if (str_starts(text, STR("vers:")))
        return range_parse_vers(op, scheme, text, ret);
    TRY(parse(op, text, &r));
    *ret = r;
    return RC_OK;
}

/* ---- is a version in it? ---- */

/* "5.6" is the front of "5.6", "5.6.1" and "5.6-rc1", not of "5.60". */
static bool has_prefix(struct str v, struct str prefix)
{
    return str_starts(v, prefix) && !(v.n > prefix.n && is_digit(v.p[prefix.n]) && is_digit(prefix.p[prefix.n - 1]));
}

static struct str without_release(struct str v)
{
    struct str before, release;
    return str_rsplit(v, '-', &before, &release) ? before : v;
}

static int against(const struct range *r, struct str v, struct str bound)
{
    if (r->scheme->same && r->scheme->same(v, bound))
        return 0;
    if (r->any_release && str_chr(bound, '-') == STR_NONE)
        v = without_release(v);
    return r->scheme->compare(v, bound);
}

static bool same_core(struct str bound, const struct semver *v)
{
    struct semver b = semver_read(bound);
    return bound.p && b.pre.n && semver_compare_numbers(b.numbers, v->numbers) == 0;
}

/* "1.2" begins 1.2.3. */
static bool begins(struct str numbers, struct str partial)
{
    struct str x, y;
    while (str_cut(&partial, '.', &y))
        if (!str_cut(&numbers, '.', &x) || scan_number_cmp(x, y) != 0)
            return false;
    return true;
}

static bool excepted(const struct range *r, size_t from, size_t count, struct str v)
{
    for (size_t i = from; i < from + count; i++)
        if (against(r, v, r->except.at[i]) == 0)
            return true;
    return false;
}

static bool inside(const struct range *r, const struct interval *i, struct str v)
{
    if (excepted(r, i->except_at, i->except_count, v))
        return false;
    if (i->low.p) {
        int c = against(r, v, i->low);
        if (c < 0 || (c == 0 && i->low_open))
            return false;
    }
    if (i->high.p) {
        int c = against(r, v, i->high);
        if (c > 0 || (c == 0 && i->high_open))
            return false;
    }
    if (!r->core_only)
        return true;
    struct semver read = semver_read(v);
    if (read.pre.n && i->released.n && begins(read.numbers, i->released))
        return false;
    return read.pre.n == 0 || same_core(i->low, &read) || same_core(i->high, &read);
}

static bool named(const struct range *r, struct str v)
{
    vec_each (const struct interval, i, &r->intervals)
        if (str_eq(i->low, v) && str_eq(i->high, v))
            return true;
    return false;
}

static enum answer clauses_hold(const struct range *r, struct str v)
{
    struct pep440 read;
    bool valid = pep440_read(v, &read);
    enum answer answer = ANSWER_YES;
    for (size_t i = 0; i < r->clause_count; i++) {
        bool textual = str_eq(r->clauses[i].op, STR("==="));
        if (!valid && !textual)
            answer = ANSWER_UNKNOWN;
        else if (!pep440_clause_holds(&r->clauses[i], v, valid ? &read : NULL))
            return ANSWER_NO;
    }
    return answer;
}

enum answer range_contains(const struct range *r, struct str version)
{
    if (version.n == 0)
        return ANSWER_UNKNOWN;
    if (r->clause_count)
        return clauses_hold(r, version);
    if (r->scheme->valid(version) == VERSION_INVALID)
        return named(r, version) ? ANSWER_YES : ANSWER_UNKNOWN;
    if (r->prefix)
        return has_prefix(version, r->prefix_of) ? ANSWER_YES : ANSWER_NO;
    if (excepted(r, 0, r->except_all, version))
        return ANSWER_NO;
    vec_each (const struct interval, i, &r->intervals)
        if (inside(r, i, version))
            return ANSWER_YES;
    return ANSWER_NO;
}
