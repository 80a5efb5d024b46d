/* The ecosystems' own ways to write a set of versions. */
#include "version/range_parts.h"
#include "version/scan.h"

/* Comparisons separated by spaces or commas; "||" begins another set. */
static enum rc comparisons(struct op *op, struct str text, struct range *r)
{
    struct interval now = {0};
    struct str rest = str_trim(text);
    if (rest.n == 0)
        return fail(op, RC_INVALID, "an empty range");
    while (rest.n) {
        if (r->intervals.n > RANGE_MOST || r->except.n > RANGE_MOST)
            return fail(op, RC_LIMIT, "more than %d parts in a range", RANGE_MOST);
        if (range_next_set(op, r, &rest, &now))
            continue;
        struct str operator = range_operator(&rest), v = range_word(&rest, ",|");
        if (operator.n == 0)
            return fail(op, RC_INVALID, "\"" STR_FMT "\": expected a comparison", STR_ARG(range_quote(op, text)));
        TRY(range_apply(op, r, &now, operator, v));
        if (str_take(&rest, STR(",")))
            range_space(&rest);
    }
    range_add(op, r, now);
    return RC_OK;
}

/* "~1.2" of apk: 1.2 and what begins with it. */
static bool apk_prefix(struct str text, struct range *r)
{
    if (!str_eq(str_of(r->scheme->name), STR("apk")) || !str_take(&text, STR("~")))
        return false;
    str_take(&text, STR("="));
    r->prefix_of = str_trim(text);
    r->prefix = r->prefix_of.n > 0;
    return r->prefix;
}

static enum rc relation(struct op *op, struct str text, struct range *r)
{
    if (text.n > 1 && text.p[0] == '(' && text.p[text.n - 1] == ')')
        text = str_trim((struct str){text.p + 1, text.n - 2});
    r->any_release = str_eq(str_of(r->scheme->name), STR("rpm"));
    return apk_prefix(text, r) ? RC_OK : comparisons(op, text, r);
}

/* One "[1,2)" at the front of *rest. */
static enum rc bracket(struct op *op, struct str *rest, struct range *r)
{
    struct interval i = {.low_open = rest->p[0] == '('};
    size_t n = 1;
    while (n < rest->n && rest->p[n] != ']' && rest->p[n] != ')')
        n++;
    if (n == rest->n)
        return fail(op, RC_INVALID, "an interval without its end: expected ] or )");
    bool closed = rest->p[n] == ']';
    struct str inner = {rest->p + 1, n - 1}, low = inner, high = inner;
    scan_take(rest, n + 1);
    bool two = str_split(inner, ',', &low, &high);
    low = str_trim(low);
    high = str_trim(high);
    if (str_chr(high, ',') != STR_NONE || (!two && (i.low_open || !closed || low.n == 0)))
        return fail(op, RC_INVALID, "\"" STR_FMT "\" is not an interval", STR_ARG(range_quote(op, inner)));
    if (low.n)
        TRY(range_apply(op, r, &i, i.low_open ? STR(">") : STR(">="), low));
    if (high.n)
        TRY(range_apply(op, r, &i, closed ? STR("<=") : STR("<"), high));
    range_add(op, r, i);
    return RC_OK;
}

enum rc range_parse_intervals(struct op *op, struct str text, bool minimum, struct range *r)
{
    struct str rest = str_trim(text);
    if (minimum && rest.n && is_digit(rest.p[0]) && str_chr(rest, '*') == STR_NONE)
        return comparisons(op, str_join(op->mem, STR(">="), rest), r);
    if (rest.n == 0 || (rest.p[0] != '[' && rest.p[0] != '('))
        return fail(op, RC_INVALID, "\"" STR_FMT "\": expected [ or (", STR_ARG(range_quote(op, text)));
    while (rest.n) {
        if (r->intervals.n > RANGE_MOST)
            return fail(op, RC_LIMIT, "more than %d intervals in a range", RANGE_MOST);
        if (rest.p[0] != '[' && rest.p[0] != '(')
            return fail(op, RC_INVALID, "\"" STR_FMT "\": expected [ or (", STR_ARG(range_quote(op, rest)));
        TRY(bracket(op, &rest, r));
        range_space(&rest);
        if (str_take(&rest, STR(",")))
            range_space(&rest);
    }
    return RC_OK;
}

static enum rc native(struct op *op, struct str text, struct range *r)
{
    bool brackets = text.n && (text.p[0] == '[' || text.p[0] == '(');
    switch (r->scheme->syntax) {
    case SYNTAX_COMPARATORS: return brackets ? range_parse_intervals(op, text, false, r) : comparisons(op, text, r);
    case SYNTAX_RELATION: return relation(op, text, r);
    case SYNTAX_PEP440: return range_parse_pep440(op, text, r);
    case SYNTAX_MAVEN: return range_parse_intervals(op, text, str_eq(str_of(r->scheme->name), STR("nuget")), r);
    case SYNTAX_NPM:
    case SYNTAX_CARGO:
    case SYNTAX_COMPOSER:
    case SYNTAX_HEX:
    case SYNTAX_PUB: return range_parse_carets(op, text, r);
    case SYNTAX_GEM: return range_parse_gem(op, text, r);
    case SYNTAX_CONAN: return range_parse_conan(op, text, r);
    }
    return fail(op, RC_UNSUPPORTED, "no syntax of ranges");
}

/* Can this only have been meant as the ecosystem's own syntax? Then the program's forms are not tried. */
static bool is_own(enum version_syntax syntax, struct str text)
{
    switch (syntax) {
    case SYNTAX_NPM:
    case SYNTAX_CARGO:
    case SYNTAX_GEM:
    case SYNTAX_COMPOSER:
    case SYNTAX_HEX:
    case SYNTAX_CONAN:
    case SYNTAX_PUB: return str_find(text, STR("..")) == STR_NONE;
    case SYNTAX_MAVEN: return text.n && (text.p[0] == '[' || text.p[0] == '(');
    case SYNTAX_COMPARATORS:
    case SYNTAX_RELATION:
    case SYNTAX_PEP440: break;
    }
    return text.n && text.p[0] && strchr("<>=!~^[(", text.p[0]);
}

enum rc range_parse_native(struct op *op, const struct version_scheme *scheme, struct str text, struct range *ret)
{
    struct range r = {.scheme = scheme};
    text = str_trim(text);
    if (!str_starts(text, STR("vers:"))) {
        enum rc rc = native(op, text, &r);
        if (rc == RC_OK)
            *ret = r;
        if (rc == RC_OK || rc == RC_LIMIT)
            return rc;
        if (is_own(scheme->syntax, text))
            return rc; /* it was meant in the ecosystem's syntax, and is wrong there */
        op_clear(op);
        r = (struct range){.scheme = scheme};
    }
    TRY(range_parse(op, scheme, text, &r));
    bool point = r.intervals.n == 1 && r.intervals.at[0].low.p && str_eq(r.intervals.at[0].low, r.intervals.at[0].high);
    if (point && r.scheme->valid(r.intervals.at[0].low) == VERSION_INVALID) /* "latest" names no known set */
        return fail(op, RC_INVALID, "\"" STR_FMT "\" is not a range of %s", STR_ARG(range_quote(op, text)), scheme->name);
    *ret = r;
    return RC_OK;
}
