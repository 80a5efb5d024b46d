/* RubyGems' requirements: comparisons between commas, and ~>, which holds all but the last number. */
#include "base/arena.h"
#include "version/range_parts.h"
#include "version/scan.h"

/* Below which "~> v" stays: the number before the last is raised, "~> 1.2.3" ends before 1.3 and its pre-releases. There is
 * no lowest pre-release, as each "A" more is lower; nobody writes more of them than this. */
static struct str upper(struct op *op, struct str v)
{
    struct str raised = {v.p, 0}, last = {v.p, 0};
    for (size_t at = 0; at < v.n && !is_alpha(v.p[at]) && v.p[at] != '-';) {
        size_t n = scan_digits(str_from(v, at));
        if (n) {
            raised = last;
            last = (struct str){v.p + at, n};
        }
        at += n ? n : 1;
    }
    if (raised.n == 0)
        raised = last;
    struct str front = {v.p, (size_t)(raised.p - v.p)};
    return str_join(op->mem, front, scan_plus_one(op->mem, raised), STR(".A.A.A.A.A.A.A.A"));
}

static enum rc term(struct op *op, struct range *r, struct interval *now, struct str text)
{
    struct str rest = text, operator = range_operator(&rest), v = range_word(&rest, "");
    if (v.n == 0 || rest.n)
        return fail(op, RC_INVALID, "\"" STR_FMT "\" is not a requirement", STR_ARG(range_quote(op, text)));
    if (!str_eq(operator, STR("~>")))
        return range_apply(op, r, now, operator, v);
    TRY(range_apply(op, r, now, STR(">="), v));
    interval_high(r->scheme, now, upper(op, v), true);
    return RC_OK;
}

enum rc range_parse_gem(struct op *op, struct str text, struct range *r)
{
    struct interval now = {0};
    struct str part;
    size_t count = 0;
    for (struct str rest = text; str_cut(&rest, ',', &part); count++) {
        if (count > RANGE_MOST)
            return fail(op, RC_LIMIT, "more than %d parts in a range", RANGE_MOST);
        TRY(term(op, r, &now, str_trim(part)));
    }
    if (count == 0)
        return fail(op, RC_INVALID, "an empty range");
    range_add(op, r, now);
    return RC_OK;
}
