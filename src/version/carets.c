/* Sets built on the numbers of a version: ^1.2, ~1.2, ~> 1.2, 1.x, 1.0 - 2.0. The operators are alike in npm, Cargo,
 * Composer, Hex and Pub; what a missing number means, and where pre-releases of the upper end go, differs. */
#include "base/arena.h"
#include "version/range_parts.h"
#include "version/scan.h"
#include "version/semver_parts.h"

enum { MOST_NUMBERS = 4 };

/* "1.2", "1.x", "*": a version of which only the first numbers are given. */
struct partial {
    struct str number[MOST_NUMBERS];
    size_t given;
    bool wildcard; /* x or * was written */
    bool beyond;   /* a number behind that: npm takes it in ^, ~ and hyphen ranges, and does not look at it */
    struct str pre;
    struct str text;
};

struct reader {
    struct op *op;
    struct range *r;
    enum version_syntax syntax;
    struct interval now;
    bool never; /* the set that is read holds nothing */
    bool some;  /* something was read of it */
};

static enum rc odd(struct reader *x, struct str text)
{
    struct str shown = range_quote(x->op, text);
    return fail(x->op, RC_INVALID, "\"" STR_FMT "\" is not a version of %s", STR_ARG(shown), x->r->scheme->name);
}

static bool is_wildcard(struct str s)
{
    return s.n == 1 && (s.p[0] == 'x' || s.p[0] == 'X' || s.p[0] == '*');
}

static enum rc read_partial(struct reader *x, struct str text, struct partial *ret)
{
    struct partial p = {.text = text};
    struct str s = text, build, part;
    if (s.n && (s.p[0] == 'v' || s.p[0] == '='))
        scan_take(&s, 1);
    p.text = s;
    str_split(s, '+', &s, &build);
    str_split(s, '-', &s, &p.pre);
    while (s.n && str_cut(&s, '.', &part)) {
        if (is_wildcard(part)) {
            p.wildcard = true;
        } else if (part.n == 0 || scan_digits(part) != part.n || p.given == MOST_NUMBERS) {
            return odd(x, text);
        } else if (p.wildcard) {
            p.beyond = true;
        } else {
            p.number[p.given++] = part;
        }
    }
    *ret = p;
    return RC_OK;
}

/* The first `keep` numbers, zeros up to three, and a suffix. */
static struct str numbers(struct reader *x, const struct partial *p, size_t keep, const char *suffix)
{
    struct str n[MOST_NUMBERS];
    for (size_t i = 0; i < MOST_NUMBERS; i++)
        n[i] = i < keep && i < p->given ? p->number[i] : STR("0");
    struct str dot = STR(".");
    struct str three = str_join(x->op->mem, n[0], dot, n[1], dot, n[2]);
    if (keep > 3 && p->given > 3)
        return str_join(x->op->mem, three, dot, n[3], str_of(suffix));
    return str_join(x->op->mem, three, str_of(suffix));
}

/* The lowest version that the ecosystem counts as one of the next number's, pre-releases included. */
static const char *lowest(enum version_syntax syntax)
{
    return syntax == SYNTAX_COMPOSER ? "-dev" : "-0";
}

static struct str next(struct reader *x, const struct partial *p, size_t at, const char *suffix)
{
    struct partial up = *p;
    up.number[at] = scan_plus_one(x->op->mem, p->number[at]);
    return numbers(x, &up, at + 1, suffix);
}

/* npm reads ">=0.0.0" as no bound at all. */
static bool is_bottom(struct reader *x, struct str v, bool open)
{
    return x->syntax == SYNTAX_NPM && !open && str_eq(v, STR("0.0.0"));
}

static void low(struct reader *x, struct str v, bool open)
{
    if (!is_bottom(x, v, open))
        interval_low(x->r->scheme, &x->now, v, open);
}

static void high(struct reader *x, struct str v, bool open)
{
    interval_high(x->r->scheme, &x->now, v, open);
}

/* The version itself, or its numbers filled up with zeros. */
static struct str floor_of(struct reader *x, const struct partial *p)
{
    if (p->pre.n)
        return p->wildcard ? numbers(x, p, p->given, "") : p->text;
    return numbers(x, p, p->given, x->syntax == SYNTAX_COMPOSER ? "-dev" : "");
}

/* Which number is raised for the upper end. */
static size_t raised(struct reader *x, const struct partial *p, bool caret)
{
    if (caret) {
        size_t i = 0;
        size_t last = x->syntax == SYNTAX_PUB && p->given > 2 ? 1 : p->given - 1; /* to Pub 0.0.4 is compatible with 0.0.3 */
        while (i < last && scan_is_zero(p->number[i]))
            i++;
        return i;
    }
    if (x->syntax == SYNTAX_NPM || x->syntax == SYNTAX_CARGO)
        return p->given == 1 ? 0 : 1;
    return p->given >= 2 ? p->given - 2 : 0;
}

static void between(struct reader *x, const struct partial *p, size_t at)
{
    low(x, floor_of(x, p), false);
    if (p->given)
        high(x, next(x, p, at, lowest(x->syntax)), true);
}

/* A comparison with a version of which numbers are missing: ">1.2" begins at 1.3.0. */
static enum rc compare_partial(struct reader *x, struct str operator, const struct partial *p)
{
    bool greater = operator.n && operator.p[0] == '>', less = operator.n && operator.p[0] == '<';
    bool strict = operator.n == 1 && (greater || less);
    if (p->given == 0) {
        x->never |= strict;
        return RC_OK;
    }
    size_t last = p->given - 1;
    if (greater)
        low(x, strict ? next(x, p, last, "") : floor_of(x, p), false);
    else if (less)
        high(x, strict ? numbers(x, p, p->given, lowest(x->syntax)) : next(x, p, last, lowest(x->syntax)), true);
    else
        between(x, p, last);
    return RC_OK;
}

/* Composer reads >=1.0 and <2.0 as >=1.0-dev and <2.0-dev. */
static struct str with_stability(struct reader *x, struct str operator, const struct partial *p)
{
    bool adds = x->syntax == SYNTAX_COMPOSER && p->pre.n == 0 && (str_eq(operator, STR("<")) || str_eq(operator, STR(">=")));
    return adds ? numbers(x, p, p->given, "-dev") : p->text;
}

/* To Cargo no pre-release equals "1.2": the shortest such text says the most. */
static void leave_out_early(struct reader *x, const struct partial *p)
{
    struct str last = p->number[p->given - 1];
    struct str text = {p->number[0].p, (size_t)(last.p + last.n - p->number[0].p)};
    if (x->now.released.n == 0 || text.n < x->now.released.n)
        x->now.released = text;
}

static enum rc term(struct reader *x, struct str operator, struct str text)
{
    struct partial p;
    size_t at_sign = x->syntax == SYNTAX_COMPOSER ? str_chr(text, '@') : STR_NONE;
    if (at_sign != STR_NONE)
        text = str_upto(text, at_sign);
    x->some = true;
    if (x->syntax == SYNTAX_PUB && str_eq(text, STR("any")))
        return RC_OK;
    bool caret = str_eq(operator, STR("^")), tilde = str_eq(operator, STR("~")) || str_eq(operator, STR("~>"));
    bool plain = !caret && !tilde, partly = x->syntax == SYNTAX_NPM || x->syntax == SYNTAX_CARGO;
    TRY(read_partial(x, text, &p));
    if (p.beyond && (plain || x->syntax != SYNTAX_NPM))
        return odd(x, text);
    if (operator.n == 0 && x->syntax == SYNTAX_CARGO && !p.wildcard)
        caret = true, plain = false;
    if (x->syntax == SYNTAX_CARGO && p.given && p.given < 3 && !caret && (tilde || operator.n != 1 || operator.p[0] == '='))
        leave_out_early(x, &p);
    if (!plain && p.given == 0)
        return RC_OK;
    if (!plain) {
        between(x, &p, raised(x, &p, caret));
        return RC_OK;
    }
    if (!str_eq(operator, STR("!=")) && (p.wildcard || p.given == 0 || (partly && p.given < 3)))
        return compare_partial(x, operator, &p);
    if (str_eq(operator, STR(">=")) && is_bottom(x, p.text, false))
        return RC_OK;
    return range_apply(x->op, x->r, &x->now, operator, with_stability(x, operator, &p));
}

/* "1.2 - 2.3": from 1.2.0 to below 2.4.0. */
static enum rc hyphen(struct reader *x, struct str from, struct str to)
{
    struct partial a, b;
    x->some = true;
    TRY(read_partial(x, from, &a));
    TRY(read_partial(x, to, &b));
    if (a.given)
        low(x, floor_of(x, &a), false);
    bool whole = x->syntax == SYNTAX_COMPOSER && b.pre.n; /* "1.0 - 2.0-RC1" ends there */
    if (b.given && b.given < 3 && !whole)
        high(x, next(x, &b, b.given - 1, lowest(x->syntax)), true);
    else if (b.given)
        high(x, b.text, false);
    return RC_OK;
}

/* Pub: below 1.2.3 means below its pre-releases too, unless the range begins at one of them. */
static void below_early(struct reader *x)
{
    struct semver end = semver_read(x->now.high), begin = semver_read(x->now.low);
    bool among = x->now.low.p && begin.pre.n && semver_compare_numbers(begin.numbers, end.numbers) == 0;
    if (x->now.high_open && end.pre.n == 0 && end.build.n == 0 && !among)
        x->now.high = str_join(x->op->mem, end.numbers, STR("-0"));
}

static void close_set(struct reader *x)
{
    if (x->syntax == SYNTAX_PUB && x->now.high.p)
        below_early(x);
    if (!x->never)
        range_add(x->op, x->r, x->now);
    x->r->except_spent = x->r->except.n;
    x->now = (struct interval){0};
    x->never = x->some = false;
}

static bool joins(struct reader *x, struct str word, const char *what)
{
    return x->syntax == SYNTAX_HEX && str_eq(word, str_of(what));
}

static bool takes_bars(enum version_syntax s)
{
    return s == SYNTAX_NPM || s == SYNTAX_COMPOSER;
}

/* One operator with its version, a hyphen range, or a word that joins. */
static enum rc step(struct reader *x, struct str *rest)
{
    struct str operator = range_operator(rest), word = range_word(rest, ",|<>=!~^");
    if (operator.n == 0 && joins(x, word, "or")) {
        close_set(x);
        return RC_OK;
    }
    if (operator.n == 0 && joins(x, word, "and"))
        return RC_OK;
    if (word.n == 0 && (operator.n == 0 || x->syntax != SYNTAX_NPM))
        return fail(x->op, RC_INVALID, "a range breaks off where a version was expected");
    if (operator.n == 0 && rest->n > 1 && rest->p[0] == '-' && is_space(rest->p[1])) {
        scan_take(rest, 1);
        range_space(rest);
        struct str to = range_word(rest, ",|");
        return to.n ? hyphen(x, word, to) : odd(x, to);
    }
    return term(x, operator, word);
}

/* npm: where one of the sets is "any version", the others are not looked at. */
static void any_swallows(struct reader *x)
{
    vec_each (const struct interval, i, &x->r->intervals) {
        if (!i->low.p && !i->high.p) {
            x->r->intervals.n = 0;
            range_add(x->op, x->r, (struct interval){0});
            return;
        }
    }
}

enum rc range_parse_carets(struct op *op, struct str text, struct range *r)
{
    struct reader x = {.op = op, .r = r, .syntax = r->scheme->syntax};
    struct str rest = str_trim(text);
    r->core_only = x.syntax == SYNTAX_NPM || x.syntax == SYNTAX_CARGO;
    if (rest.n == 0 && x.syntax != SYNTAX_NPM)
        return fail(op, RC_INVALID, "an empty range");
    while (rest.n) {
        if (r->intervals.n > RANGE_MOST || r->except.n > RANGE_MOST)
            return fail(op, RC_LIMIT, "more than %d parts in a range", RANGE_MOST);
        if (rest.p[0] == '|' && takes_bars(x.syntax)) {
            scan_take(&rest, rest.n > 1 && rest.p[1] == '|' ? 2 : 1);
            close_set(&x);
        } else if (rest.p[0] == ',' && x.some && x.syntax != SYNTAX_NPM) {
            scan_take(&rest, 1);
        } else {
            TRY(step(&x, &rest));
        }
        range_space(&rest);
    }
    close_set(&x);
    if (x.syntax == SYNTAX_NPM)
        any_swallows(&x);
    return RC_OK;
}
