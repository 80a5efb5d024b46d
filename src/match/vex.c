/* Statements against findings: looked up by flaw, weighed by origin, then by how exactly they name the product, then by
 * date. */
#include "match/vex.h"

#include "match/distribution.h"

/* Statements about one flaw. */
struct chain {
    uint32_t statement;
    struct chain *next;
};

static struct component product_of(struct op *op, struct str text)
{
    struct component c = {.type = {NULL, 0}};
    struct op inner = *op;
    op_clear(&inner);
    if (!str_starts(text, STR("pkg:")) || component_parse(&inner, text, &c) != RC_OK)
        return (struct component){.type = {NULL, 0}};
    return c;
}

static bool replaced(const struct vex_table *t, const struct chain *same_flaw, uint32_t i)
{
    const struct vex_statement *s = t->at[i].statement;
    for (const struct chain *c = same_flaw; c; c = c->next) {
        const struct vex_statement *o = t->at[c->statement].statement;
        bool later = o->at > s->at || (o->at == s->at && c->statement > i);
        if (later && s->author.n && str_eq(o->author, s->author) && str_eq(o->product, s->product)
            && str_eq(o->subcomponent, s->subcomponent) && t->at[c->statement].origin == t->at[i].origin)
            return true;
    }
    return false;
}

/* The chain without what was replaced: kept short, for it is walked for every finding. A hostile document may name one flaw
 * a hundred thousand times, so a long chain is taken as it is: the later statement prevails by its date anyway. */
static void prune(struct vex_table *t, struct chain **head)
{
    enum { LONG = 512 };
    size_t n = 0;
    for (struct chain *c = *head; c; c = c->next)
        n++;
    if (n > LONG)
        return;
    for (struct chain **c = head; *c;) {
        if (replaced(t, *head, (*c)->statement)) {
            t->used[(*c)->statement] = true; /* said again later: not "unmatched" */
            *c = (*c)->next;
        } else {
            c = &(*c)->next;
        }
    }
}

enum rc vex_open(struct op *op, const struct vex_source *statements, size_t n, int64_t now, struct vex_table *ret)
{
    struct vex_table t = {.at = statements, .n = n, .now = now};
    if (n > UINT32_MAX - 1)
        return fail(op, RC_LIMIT, "more than %u statements", UINT32_MAX - 1);
    t.products = arena_array(op->mem, n, sizeof *t.products);
    t.parts = arena_array(op->mem, n, sizeof *t.parts);
    t.used = arena_array(op->mem, n, sizeof *t.used);
    map_open(&t.by_flaw, op->mem);
    for (uint32_t i = (uint32_t)n; i-- > 0;) { /* each is put in front: the chain is in order */
        const struct vex_statement *s = statements[i].statement;
        if (statements[i].until && statements[i].until < now)
            continue;
        struct chain *link = arena_alloc(op->mem, sizeof *link), **head = (struct chain **)map_put(&t.by_flaw, s->vulnerability);
        *link = (struct chain){i, *head};
        *head = link;
        t.products[i] = product_of(op, s->product);
        t.parts[i] = product_of(op, s->subcomponent);
    }
    for (size_t i = 0; i < t.by_flaw.entries.n; i++)
        prune(&t, (struct chain **)&t.by_flaw.entries.at[i].value);
    *ret = t;
    return RC_OK;
}

/* ---- does it speak of this component? ---- */

/* Every qualifier that the statement gives and the component has must agree. */
static bool qualifiers_agree(struct arena *mem, const struct component *said, const struct component *c)
{
    static const char *const keys[] = {"arch", "distro", "repository_url", "type", "classifier"};
    for (size_t i = 0; said->qualifiers.n && i < sizeof keys / sizeof *keys; i++) {
        struct str a = component_qualifier(mem, said, keys[i]), b = component_qualifier(mem, c, keys[i]);
        if (a.n && b.n && !str_eq(a, b))
            return false;
    }
    return true;
}

/* A distribution may be named by its maker ("redhat") or as its os-release does ("rhel"). */
static bool same_namespace(const struct component *said, const struct component *c)
{
    if (str_eq(said->ns, c->ns))
        return true;
    const struct distribution *ours = distribution_find(c->type, c->ns);
    return ours && ours == distribution_find(said->type, said->ns);
}

/* Distributions speak of source packages too ("arch=src", Debian "arch=source"): that is about all that was built of it. */
static bool says_source(struct arena *mem, const struct component *said)
{
    struct str arch = said->qualifiers.n ? component_qualifier(mem, said, "arch") : STR("");
    return str_eq(arch, STR("src")) || str_eq(arch, STR("source"));
}

/* 0: no; 1: the package; 2: this very version. */
static unsigned names(struct arena *mem, const struct component *said, const struct component *c)
{
    struct component whole = *c;
    if (said->type.n == 0 || !str_eq(said->type, c->type) || !same_namespace(said, c))
        return 0;
    if (c->source.n && says_source(mem, said)) {
        whole.name = c->source;
        whole.version = c->source_version.n ? c->source_version : c->version;
        component_qualify(mem, &whole, "arch", component_qualifier(mem, said, "arch"));
    }
    if (!str_eq(said->name, whole.name) || (said->version.n && !str_eq(said->version, whole.version)))
        return 0;
    if (!qualifiers_agree(mem, said, &whole))
        return 0;
    return said->version.n ? 2 : 1;
}

/* The subject with the purls among `within` parsed once. */
struct place {
    const struct vex_subject *subject;
    struct component *wholes;
};

static bool lies_in(struct op *op, const struct vex_table *t, uint32_t i, const struct place *p)
{
    for (size_t n = 0; n < p->subject->n_within; n++) {
        if (str_eq(t->at[i].statement->product, p->subject->within[n]))
            return true;
        if (p->wholes[n].type.n && names(op->mem, &t->products[i], &p->wholes[n]))
            return true;
    }
    return false;
}

/* How exactly a statement names the component: 0 not at all, 1 the whole it lies in, then package, version, and the same
 * inside of that whole. */
static unsigned exactness(struct op *op, const struct vex_table *t, uint32_t i, const struct place *p)
{
    const struct vex_statement *said = t->at[i].statement;
    const struct component *c = p->subject->component;
    if (said->subcomponent.n == 0) {
        unsigned direct = names(op->mem, &t->products[i], c);
        if (direct)
            return direct + 1;
        if (c->digest.n && str_eq(said->product, c->digest))
            return 3;
        return lies_in(op, t, i, p) ? 1 : 0;
    }
    unsigned part = names(op->mem, &t->parts[i], c);
    return part && lies_in(op, t, i, p) ? part + 3 : 0;
}

/* ---- which prevails ---- */

struct hit {
    uint32_t statement;
    unsigned exactness;
};

/* <0: a prevails; 0: nothing tells them apart. */
static int weigh(const struct vex_table *t, struct hit a, struct hit b)
{
    const struct vex_source *x = &t->at[a.statement], *y = &t->at[b.statement];
    if (x->origin != y->origin)
        return (int)x->origin - (int)y->origin;
    if (a.exactness != b.exactness)
        return a.exactness > b.exactness ? -1 : 1;
    return x->statement->at == y->statement->at ? 0 : x->statement->at > y->statement->at ? -1 : 1;
}

static unsigned badness(enum vex_state s)
{
    switch (s) {
    case VEX_AFFECTED: return 3;
    case VEX_UNDER_INVESTIGATION: return 2;
    case VEX_FIXED: return 1;
    case VEX_NOT_AFFECTED: return 0;
    }
    return 3;
}

static void state_of(enum vex_state s, struct finding *f)
{
    switch (s) {
    case VEX_NOT_AFFECTED: f->state = FINDING_NOT_AFFECTED; break;
    case VEX_FIXED: f->state = FINDING_FIXED; break;
    case VEX_AFFECTED: f->state = FINDING_AFFECTED; break;
    case VEX_UNDER_INVESTIGATION: f->state = FINDING_UNKNOWN; break;
    }
    f->rule = RULE_VEX;
}

struct hits {
    VEC(struct hit) list;
};

/* What is malicious stays so, whoever says otherwise, but for ourselves. */
static bool may_settle(const struct vex_table *t, uint32_t statement, unsigned flags)
{
    return !(flags & ADVISORY_MALICIOUS) || t->at[statement].origin == VEX_OURS;
}

static void collect(struct op *op, struct vex_table *t, struct str name, const struct place *p, unsigned flags, struct hits *hits)
{
    for (const struct chain *c = map_get(&t->by_flaw, name); c; c = c->next) {
        unsigned e = exactness(op, t, c->statement, p);
        if (!e)
            continue;
        t->used[c->statement] |= may_settle(t, c->statement, flags);
        *vec_push(op->mem, &hits->list) = (struct hit){c->statement, e};
    }
}

static void settle(struct op *op, const struct vex_table *t, const struct hits *hits, uint32_t at, struct finding *f,
    struct vex_conflicts *conflicts)
{
    struct hit best = hits->list.at[0];
    for (size_t i = 1; i < hits->list.n; i++) {
        struct hit one = hits->list.at[i];
        int c = weigh(t, one, best);
        bool worse = badness(t->at[one.statement].statement->state) > badness(t->at[best.statement].statement->state);
        if (c < 0 || (c == 0 && worse))
            best = one;
    }
    for (size_t i = 0; i < hits->list.n; i++) {
        struct hit one = hits->list.at[i];
        if (t->at[one.statement].statement->state == t->at[best.statement].statement->state)
            continue;
        struct vex_conflict *c = vec_push(op->mem, &conflicts->list);
        *c = (struct vex_conflict){at, best.statement, one.statement, weigh(t, best, one) == 0};
    }
    if (!may_settle(t, best.statement, f->flags))
        return;
    state_of(t->at[best.statement].statement->state, f);
    f->statement = best.statement;
}

/* All names that a statement may use for this finding. */
static enum rc names_of(struct op *op, const struct advisory_lookup *look, const struct finding *f, struct record_view *v)
{
    enum rc rc = look->record(look->arg, op, f->record, v);
    if (rc == RC_NOTFOUND) {
        *v = (struct record_view){.id = f->id};
        return RC_OK;
    }
    return rc;
}

enum rc vex_apply(struct op *op, struct vex_table *t, const struct advisory_lookup *look, const struct vex_subject *s,
    struct findings *f, struct vex_conflicts *conflicts)
{
    struct place p = {s, arena_array(op->mem, s->n_within, sizeof *p.wholes)};
    for (size_t n = 0; n < s->n_within; n++)
        p.wholes[n] = product_of(op, s->within[n]);
    for (uint32_t i = 0; t->n && i < f->list.n; i++) {
        struct finding *one = &f->list.at[i];
        struct record_view v;
        struct hits hits = {{NULL, 0, 0}};
        if (one->rule == RULE_WITHDRAWN || one->rule == RULE_OTHER_RELEASE)
            continue;
        TRY(names_of(op, look, one, &v));
        collect(op, t, v.id, &p, one->flags, &hits);
        for (size_t n = 0; n < v.n_aliases; n++)
            collect(op, t, v.aliases[n], &p, one->flags, &hits);
        if (v.n_upstream == 1) /* a record about several flaws is not settled by what is said of one */
            collect(op, t, v.upstream[0], &p, one->flags, &hits);
        if (hits.list.n)
            settle(op, t, &hits, i, one, conflicts);
    }
    return RC_OK;
}
