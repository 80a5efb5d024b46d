/* PEP 440's version specifiers. Pre-releases are not left out: whether a flaw is in 2.0rc1 is asked of 2.0rc1. */
#include "version/pep440.h"
#include "version/range_parts.h"
#include "version/scan.h"

static size_t parts(struct str release)
{
    size_t n = 1;
    for (size_t i = 0; i < release.n; i++)
        n += release.p[i] == '.';
    return n;
}

bool pep440_clause_read(struct str text, struct pep440_clause *ret)
{
    static const char *const ops[] = {"===", "==", "!=", "<=", ">=", "~=", "<", ">"};
    struct pep440_clause c = {0};
    text = str_trim(text);
    for (size_t i = 0; i < sizeof ops / sizeof *ops && !c.op.p; i++)
        if (str_take(&text, str_of(ops[i])))
            c.op = str_of(ops[i]);
    c.text = str_trim(text);
    if (!c.op.p || c.text.n == 0)
        return false;
    if (c.op.n == 3) {
        *ret = c;
        return true;
    }
    bool equality = c.op.p[1] == '=' && (c.op.p[0] == '=' || c.op.p[0] == '!');
    struct str version = c.text;
    c.prefix = equality && str_ends(version, STR(".*"));
    if (!pep440_read(c.prefix ? str_but(version, 2) : version, &c.version))
        return false;
    const struct pep440 *v = &c.version;
    if (v->local.n && (!equality || c.prefix))
        return false;
    if (c.prefix && (v->pre != PRE_NONE || v->has_post || v->has_dev))
        return false;
    if (c.op.p[0] == '~' && parts(v->release) < 2)
        return false;
    *ret = c;
    return true;
}

/* Do the first numbers of v's release equal these? */
static bool starts_with(const struct pep440 *v, struct str epoch, struct str release)
{
    struct str mine = v->release;
    if (scan_number_cmp(v->epoch, epoch) != 0)
        return false;
    while (release.n) {
        struct str want = scan_take(&release, scan_digits(release)), have = scan_take(&mine, scan_digits(mine));
        if (scan_number_cmp(want, have) != 0)
            return false;
        release = str_from(release, 1);
        mine = str_from(mine, 1);
    }
    return true;
}

static bool equal(const struct pep440_clause *c, const struct pep440 *v)
{
    if (c->prefix)
        return starts_with(v, c->version.epoch, c->version.release);
    return (c->version.local.n ? pep440_compare_read(v, &c->version) : pep440_compare_public(v, &c->version)) == 0;
}

/* "<1.7" leaves out the pre-releases of 1.7, unless it names one. */
static bool less(const struct pep440_clause *c, const struct pep440 *v)
{
    struct pep440 bound = c->version;
    if (bound.pre == PRE_NONE && !bound.has_dev)
        bound.has_dev = true; /* its .dev0 is the lowest of them */
    return pep440_compare_public(v, &bound) < 0;
}

/* ">1.7" leaves out 1.7.post1, unless it names a post-release. */
static bool greater(const struct pep440_clause *c, const struct pep440 *v)
{
    const struct pep440 *bound = &c->version;
    if (pep440_compare_public(v, bound) <= 0)
        return false;
    if (bound->has_dev || bound->has_post || !v->has_post)
        return true;
    bool same = pep440_compare_release(v, bound) == 0 && v->pre == bound->pre;
    return !(same && scan_number_cmp(v->pre_number, bound->pre_number) == 0);
}

static bool compatible(const struct pep440_clause *c, const struct pep440 *v)
{
    struct str front, last;
    str_rsplit(c->version.release, '.', &front, &last);
    return pep440_compare_public(v, &c->version) >= 0 && starts_with(v, c->version.epoch, front);
}

bool pep440_clause_holds(const struct pep440_clause *c, struct str text, const struct pep440 *v)
{
    if (c->op.n == 3)
        return str_ieq(c->text, str_trim(text));
    if (!v)
        return false;
    switch (c->op.p[0]) {
    case '=': return equal(c, v);
    case '!': return !equal(c, v);
    case '~': return compatible(c, v);
    case '<': return c->op.n == 2 ? pep440_compare_public(v, &c->version) <= 0 : less(c, v);
    default: return c->op.n == 2 ? pep440_compare_public(v, &c->version) >= 0 : greater(c, v);
    }
}

enum rc range_parse_pep440(struct op *op, struct str text, struct range *r)
{
    VEC(struct pep440_clause) clauses = {0};
    struct str part;
    while (str_cut(&text, ',', &part)) {
        struct pep440_clause c;
        if (str_trim(part).n == 0)
            continue;
        if (clauses.n >= RANGE_MOST)
            return fail(op, RC_LIMIT, "more than %d specifiers in a range", RANGE_MOST);
        if (!pep440_clause_read(part, &c))
            return fail(op, RC_INVALID, "\"" STR_FMT "\" is not a version specifier", STR_ARG(range_quote(op, part)));
        *vec_push(op->mem, &clauses) = c;
    }
    r->clauses = clauses.at;
    r->clause_count = clauses.n;
    if (clauses.n == 0)
        range_add(op, r, (struct interval){0});
    return RC_OK;
}
