/* Conan's version ranges: ">=1.0 <2", "~1.2", "^1.2 || 3.*". Where Conan leaves pre-releases out unless asked, they count
 * here: whether a flaw is in 2.0-rc1 is asked of 2.0-rc1. A bound of >= or < without a pre-release means its first one. */
#include "base/arena.h"
#include "version/range_parts.h"
#include "version/scan.h"

/* "1.2" as a bound: "1.2-", below every pre-release of it. */
static struct str lowest(struct op *op, struct str v)
{
    bool plain = str_chr(v, '-') == STR_NONE && str_chr(v, '+') == STR_NONE;
    return plain ? str_join(op->mem, v, STR("-")) : v;
}

/* The items of "1.2.3" up to the one at `index`, which is raised by one: "1.3-". */
static enum rc raised(struct op *op, struct str v, size_t index, struct str *ret)
{
    struct str rest, item = v, after;
    str_split(v, '+', &v, &after);
    str_split(v, '-', &v, &after);
    rest = v;
    for (size_t i = 0; i <= index; i++)
        str_cut(&rest, '.', &item);
    if (item.n == 0 || scan_digits(item) != item.n)
        return fail(op, RC_INVALID, "\"" STR_FMT "\" cannot be raised: expected a number", STR_ARG(range_quote(op, v)));
    struct str front = {v.p, (size_t)(item.p - v.p)};
    *ret = str_join(op->mem, front, scan_plus_one(op->mem, item), STR("-"));
    return RC_OK;
}

/* Which item ^ holds for the main one: the first that is not 0. */
static size_t first_set(struct str v)
{
    struct str item;
    size_t i = 0, count = 0;
    for (bool zeros = true; str_cut(&v, '.', &item); count++) {
        zeros = zeros && item.n && scan_is_zero(item) && scan_digits(item) == item.n;
        i += zeros;
    }
    return i < count ? i : count - 1;
}

static enum rc between(struct op *op, struct range *r, struct interval *now, struct str v, bool caret)
{
    struct str high, after, main = v;
    if (r->scheme->valid(v) == VERSION_INVALID)
        return fail(op, RC_INVALID, "\"" STR_FMT "\" is not a version of conan", STR_ARG(range_quote(op, v)));
    str_split(main, '+', &main, &after);
    str_split(main, '-', &main, &after);
    size_t index = caret ? first_set(main) : str_chr(main, '.') != STR_NONE;
    TRY(raised(op, main, index, &high));
    interval_low(r->scheme, now, lowest(op, v), false);
    interval_high(r->scheme, now, high, true);
    return RC_OK;
}

/* One comparison; a "1.2.*" stands alone, for all that begins with "1.2.". */
static enum rc term(struct op *op, struct range *r, struct interval *now, struct str operator, struct str v)
{
    if (v.n == 0)
        return fail(op, RC_INVALID, "a range breaks off where a version was expected");
    if (operator.n == 0 && str_eq(v, STR("*")))
        return RC_OK;
    if (operator.n == 0 && str_ends(v, STR("*"))) {
        r->prefix = true;
        r->prefix_of = str_but(v, 1);
        bool known = r->scheme->valid(r->prefix_of) != VERSION_INVALID;
        return known ? RC_OK : fail(op, RC_INVALID, "\"*\" is not a range: expected a version before it");
    }
    if (str_eq(operator, STR("^")) || str_eq(operator, STR("~")))
        return between(op, r, now, v, operator.p[0] == '^');
    bool bound = str_eq(operator, STR(">=")) || str_eq(operator, STR("<"));
    if (operator.n > 1 && !bound && !str_eq(operator, STR("<=")))
        return fail(op, RC_INVALID, "\"" STR_FMT "\" is not a comparison", STR_ARG(range_quote(op, operator)));
    return range_apply(op, r, now, operator, bound ? lowest(op, v) : v);
}

enum rc range_parse_conan(struct op *op, struct str text, struct range *r)
{
    struct interval now = {0};
    struct str sets = text, options; /* ", include_prerelease" */
    size_t terms = 0;
    str_split(text, ',', &sets, &options);
    struct str rest = str_trim(sets);
    while (rest.n) {
        if (r->intervals.n > RANGE_MOST || terms > RANGE_MOST)
            return fail(op, RC_LIMIT, "more than %d parts in a range", RANGE_MOST);
        if (range_next_set(op, r, &rest, &now))
            continue;
        struct str operator = range_operator(&rest);
        TRY(term(op, r, &now, operator, range_word(&rest, "|")));
        terms++;
    }
    range_add(op, r, now);
    bool alone = terms == 1 && r->intervals.n == 1;
    return !r->prefix || alone ? RC_OK : fail(op, RC_INVALID, "\"*\" is not a range beside others");
}
