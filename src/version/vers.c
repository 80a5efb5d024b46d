/* The VERS notation: "vers:scheme/>=1.0|<2.0|!=1.5": constraints in the order of their versions, read in pairs. */
#include <stdlib.h>

#include "version/range_parts.h"
#include "version/scan.h"

struct constraint {
    const struct version_scheme *scheme; /* for the sort */
    bool greater, lesser, equal, except;
    struct str version;
};

static int hex(char c)
{
    if (is_digit(c))
        return c - '0';
    c = to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum rc decode(struct op *op, struct str s, struct str *ret)
{
    if (str_chr(s, '%') == STR_NONE) {
        *ret = s;
        return RC_OK;
    }
    char *out = arena_alloc(op->mem, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '%') {
            out[n++] = s.p[i];
            continue;
        }
        if (i + 2 >= s.n || hex(s.p[i + 1]) < 0 || hex(s.p[i + 2]) < 0)
            return fail(op, RC_INVALID, "a broken %%-escape in a vers range");
        out[n++] = (char)(hex(s.p[i + 1]) * 16 + hex(s.p[i + 2]));
        i += 2;
    }
    *ret = (struct str){out, n};
    return RC_OK;
}

static enum rc read_constraint(struct op *op, const struct version_scheme *scheme, struct str text, struct constraint *ret)
{
    struct constraint c = {.scheme = scheme};
    text = str_trim(text);
    if (str_take(&text, STR("!=")))
        c.except = true;
    else if (str_take(&text, STR(">=")))
        c.greater = c.equal = true;
    else if (str_take(&text, STR("<=")))
        c.lesser = c.equal = true;
    else if (str_take(&text, STR(">")))
        c.greater = true;
    else if (str_take(&text, STR("<")))
        c.lesser = true;
    else
        c.equal = true, str_take(&text, STR("="));
    TRY(decode(op, str_trim(text), &c.version));
    if (scheme->valid(c.version) == VERSION_INVALID)
        return fail(op, RC_INVALID, "\"" STR_FMT "\" is not a version of %s", STR_ARG(range_quote(op, c.version)), scheme->name);
    *ret = c;
    return RC_OK;
}

static int by_version(const void *a, const void *b)
{
    const struct constraint *x = a, *y = b;
    return x->scheme->compare(x->version, y->version);
}

/* Only the loosest of >1 >2 and of <2 <1 says something; then the rest alternates and pairs up. */
static void pair_up(struct op *op, struct range *r, const struct constraint *all, size_t n)
{
    struct interval open = {0};
    bool in_greater = false, any = false;
    for (size_t i = 0; i < n; i++) {
        const struct constraint *c = &all[i];
        any |= c->greater || c->lesser || c->equal;
        if (c->greater && !in_greater) {
            open = (struct interval){.low = c->version, .low_open = !c->equal};
            in_greater = true;
        }
        bool last_lesser = c->lesser;
        for (size_t k = i + 1; last_lesser && k < n; k++) {
            if (all[k].greater)
                break;
            last_lesser = !all[k].lesser;
        }
        if (last_lesser) {
            open.high = c->version;
            open.high_open = !c->equal;
            range_add(op, r, open);
            open = (struct interval){0};
            in_greater = false;
        }
        if (c->equal && !c->greater && !c->lesser)
            range_add(op, r, (struct interval){.low = c->version, .high = c->version});
    }
    if (in_greater || !any)
        range_add(op, r, open);
}

static enum rc constraints(struct op *op, struct str text, struct range *r)
{
    VEC(struct constraint) all = {0};
    struct str part;
    while (str_cut(&text, '|', &part)) {
        if (all.n >= RANGE_MOST)
            return fail(op, RC_LIMIT, "more than %d constraints in a vers range", RANGE_MOST);
        struct constraint c;
        TRY(read_constraint(op, r->scheme, part, &c));
        *vec_push(op->mem, &all) = c;
    }
    qsort(all.at, all.n, sizeof *all.at, by_version);
    for (size_t i = 0; i < all.n; i++) {
        if (i && str_eq(all.at[i - 1].version, all.at[i].version))
            return fail(op, RC_INVALID, "the version \"" STR_FMT "\" stands twice in a vers range",
                        STR_ARG(range_quote(op, all.at[i].version)));
        if (all.at[i].except)
            *vec_push(op->mem, &r->except) = all.at[i].version;
    }
    r->except_all = r->except_spent = r->except.n;
    pair_up(op, r, all.at, all.n);
    return RC_OK;
}

enum rc range_parse_vers(struct op *op, const struct version_scheme *scheme, struct str text, struct range *ret)
{
    struct str name;
    str_take(&text, STR("vers:"));
    if (!str_split(text, '/', &name, &text))
        return fail(op, RC_INVALID, "a vers range without its scheme: expected vers:SCHEME/…");
    bool all = str_ieq(name, STR("all")), none = str_ieq(name, STR("none"));
    if (all || none) {
        struct range r = {.scheme = scheme};
        if (!str_eq(str_trim(text), STR("*")))
            return fail(op, RC_INVALID, "a vers range of \"" STR_FMT "\" is only \"*\"", STR_ARG(name));
        if (all)
            range_add(op, &r, (struct interval){0});
        *ret = r;
        return RC_OK;
    }
    const struct version_scheme *own = version_scheme_find(name);
    if (!own)
        return fail(op, RC_INVALID, "no version scheme \"" STR_FMT "\"", STR_ARG(range_quote(op, name)));
    struct range r = {.scheme = str_eq(str_of(own->name), STR("generic")) ? scheme : own};
    text = str_trim(text);
    if (str_eq(text, STR("*")))
        range_add(op, &r, (struct interval){0});
    else
        TRY(constraints(op, text, &r));
    *ret = r;
    return RC_OK;
}
