/* From the store's statements to a table for matching, and from an asset to the names that statements may use for it. */
#include "flow/vex.h"

#include <stdio.h>
#include "store/own_statement.h"

enum { CONTRADICTIONS_MOST = 1000, PAIRS_MOST = 1 << 16, WITHIN_MOST = 1024 };

/* ---- opening ---- */

/* Type, namespace and name: what a purl without its version says. */
static struct str product_key(struct op *op, struct str product)
{
    struct component c;
    struct op inner = *op;
    op_clear(&inner);
    if (!str_starts(product, STR("pkg:")) || component_parse(&inner, product, &c) != RC_OK)
        return product;
    return str_join(op->mem, c.type, STR("/"), c.ns, STR("/"), c.name);
}

/* Others' statements, then our own. */
static enum rc read_all(struct op *op, struct session *s, struct statement_list *ret, struct own_statements *ret_own)
{
    enum rc rc = session_store(op, s, false, false);
    if (rc == RC_NOTFOUND) {
        op_clear(op);
        return RC_OK;
    }
    TRY(rc);
    TRY(statement_list(op, s->store, STR(""), ret));
    TRY(own_statement_list(op, s->store, s->now, ret_own));
    for (size_t i = 0; i < ret_own->n; i++)
        *vec_push(op->mem, ret) = (struct statement_row){STR("ours"), ret_own->at[i].said};
    return RC_OK;
}

enum rc vex_load(struct op *op, struct session *s, struct vex_run **ret)
{
    struct vex_run *v = arena_alloc(op->mem, sizeof *v);
    struct op round = *op;
    struct own_statements own = {NULL, 0, 0};
    TRY(read_all(op, s, &v->said, &own));
    size_t others = v->said.n - own.n;
    map_open(&v->products, op->mem);
    map_open(&v->pairs, op->mem);
    v->sources = arena_array(op->mem, v->said.n, sizeof *v->sources);
    round.mem = arena_child(op->mem);
    for (size_t i = 0; i < v->said.n; i++) {
        const struct statement_row *row = &v->said.at[i];
        arena_reset(round.mem);
        v->sources[i] = i < others ? (struct vex_source){&row->said, vex_origin_of(&round, &row->said), 0}
                                   : (struct vex_source){&row->said, VEX_OURS, own.at[i - others].until};
        v->raises |= row->said.state == VEX_AFFECTED || row->said.state == VEX_UNDER_INVESTIGATION;
        *map_put(&v->products, product_key(op, row->said.product)) = v;
    }
    arena_close(round.mem);
    TRY(vex_open(op, v->sources, v->said.n, s->now, &v->table));
    *ret = v;
    return RC_OK;
}

/* ---- names of assets ---- */

/* "registry.example/team/app:1" → "app". */
static struct str image_name(struct op *op, struct str name)
{
    name = str_base(name);
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == ':' || name.p[i] == '@')
            name = str_upto(name, i);
    return str_lower(op->mem, name);
}

static void add(struct op *op, struct str_list *l, struct str name)
{
    for (size_t i = 0; i < l->n; i++)
        if (str_eq(l->at[i], name))
            return;
    if (name.n && l->n < WITHIN_MOST)
        *vec_push(op->mem, l) = name;
}

void vex_within(struct op *op, struct str name, const struct str_list *names, const struct str_list *digests,
                struct str_list *ret)
{
    enum { DIGESTS_MOST = 64 };
    size_t n_digests = digests->n < DIGESTS_MOST ? digests->n : DIGESTS_MOST;
    add(op, ret, name);
    for (size_t i = 0; i < names->n; i++)
        add(op, ret, names->at[i]);
    for (size_t i = 0; i < digests->n; i++)
        add(op, ret, digests->at[i]);
    for (size_t i = 0; i <= names->n; i++) {
        struct component c = {.type = STR("oci"), .name = image_name(op, i ? names->at[i - 1] : name)};
        for (size_t d = 0; c.name.n && d < n_digests; d++) {
            c.version = digests->at[d];
            add(op, ret, component_purl(op->mem, &c));
        }
    }
}

void vex_within_scanned(struct op *op, const struct scanned *a, struct str_list *ret)
{
    struct str_list names = {0}, digests = {0};
    vec_each(const struct str, name, &a->part->facts.names)
        *vec_push(op->mem, &names) = *name;
    vec_each(const struct str, digest, &a->part->facts.digests)
        *vec_push(op->mem, &digests) = *digest;
    vex_within(op, a->name, &names, &digests, ret);
}

bool vex_names(struct op *op, const struct vex_run *v, const struct str_list *within)
{
    for (size_t i = 0; v->said.n && i < within->n; i++)
        if (map_get(&v->products, product_key(op, within->at[i])) || map_get(&v->products, within->at[i]))
            return true;
    return false;
}

/* The CPEs that a distribution's documents use for the platform of a package. Facts: Red Hat's and SUSE's CSAF documents. */
static void add_platforms(struct op *op, const struct component *c, struct str_list *ret)
{
    static const char *const red_hat[][2] = {{"o", ""}, {"o", "::baseos"}, {"a", ""}, {"a", "::appstream"}, {"a", "::crb"}};
    struct str distro = component_qualifier(op->mem, c, "distro"), id, release, major, minor;
    if (!str_rsplit(distro, '-', &id, &release))
        return;
    if (!str_split(release, '.', &major, &minor)) {
        major = release;
        minor = STR("");
    }
    if (str_eq(id, STR("rhel")))
        for (size_t i = 0; i < sizeof red_hat / sizeof *red_hat; i++)
            add(op, ret, str_join(op->mem, STR("cpe:/"), str_of(red_hat[i][0]), STR(":redhat:enterprise_linux:"), major,
                                  str_of(red_hat[i][1])));
    if (str_eq(id, STR("sles")) || str_eq(id, STR("sled")))
        add(op, ret, str_join(op->mem, STR("cpe:/o:suse:"), id, STR(":"), major, minor.n ? STR(":sp") : STR(""), minor));
    if (str_eq(id, STR("opensuse-leap")))
        add(op, ret, str_join(op->mem, STR("cpe:/o:opensuse:leap:"), release));
}

/* ---- applying ---- */

static void note_contradiction(struct vex_run *v, const struct vex_conflict *c)
{
    bool is_new;
    char key[24];
    if (v->pairs.entries.n >= PAIRS_MOST)
        return;
    int n = snprintf(key, sizeof key, "%u %u", c->kept, c->against);
    if (map_get(&v->pairs, (struct str){key, (size_t)n}))
        return;
    *map_add(&v->pairs, str_dup(v->pairs.mem, (struct str){key, (size_t)n}), &is_new) = v;
    if (v->contradictions.n < CONTRADICTIONS_MOST)
        *vec_push(v->pairs.mem, &v->contradictions) =
            (struct vex_contradiction){&v->said.at[c->kept], &v->said.at[c->against], c->tie};
}

enum rc vex_judge(struct op *op, struct vex_run *v, const struct advisory_lookup *look, const struct vex_about *about,
                  struct findings *f)
{
    struct vex_conflicts conflicts = {{NULL, 0, 0}};
    struct str_list within = {NULL, 0, 0};
    if (v->said.n == 0 || f->list.n == 0)
        return RC_OK;
    for (size_t i = 0; about->within && i < about->within->n; i++)
        *vec_push(op->mem, &within) = about->within->at[i];
    for (size_t i = 0; i < about->n_owners; i++)
        add(op, &within, component_purl(op->mem, &about->owners[i]));
    add_platforms(op, about->component, &within);
    struct vex_subject subject = {about->component, within.at, within.n};
    TRY(vex_apply(op, &v->table, look, &subject, f, &conflicts));
    vec_each(const struct vex_conflict, c, &conflicts.list)
        note_contradiction(v, c);
    return RC_OK;
}

void vex_spread(const struct vex_run *v, struct flaw *flaw, struct findings *f)
{
    const struct finding *said = NULL;
    vec_each(const uint32_t, m, &flaw->members) {
        const struct finding *one = &f->list.at[*m];
        if (one->rule == RULE_VEX && (!said || one->state < said->state))
            said = one;
    }
    if (!said)
        return;
    struct finding like = *said;
    vec_each(const uint32_t, m, &flaw->members) {
        struct finding *one = &f->list.at[*m];
        bool ours = v->sources[like.statement].origin == VEX_OURS;
        if (one->rule == RULE_VEX || one->state > FINDING_UNKNOWN || ((one->flags & ADVISORY_MALICIOUS) && !ours))
            continue;
        one->state = like.state;
        one->rule = RULE_VEX;
        one->statement = like.statement;
    }
    flaw->state = FINDING_NOT_AFFECTED;
    vec_each(const uint32_t, m, &flaw->members)
        if (f->list.at[*m].state < flaw->state)
            flaw->state = f->list.at[*m].state;
}

const struct statement_row *vex_decided(const struct vex_run *v, const struct finding *f)
{
    return f->rule == RULE_VEX && f->statement < v->said.n ? &v->said.at[f->statement] : NULL;
}

/* ---- words ---- */

const char *vex_state_name(enum vex_state s)
{
    switch (s) {
    case VEX_NOT_AFFECTED: return "not_affected";
    case VEX_AFFECTED: return "affected";
    case VEX_FIXED: return "fixed";
    case VEX_UNDER_INVESTIGATION: return "under_investigation";
    }
    return "?";
}

const char *vex_origin_name(enum vex_origin o)
{
    switch (o) {
    case VEX_OURS: return "ours";
    case VEX_VENDOR: return "vendor";
    case VEX_THIRD_PARTY: return "third party";
    }
    return "?";
}

struct str vex_text(struct arena *mem, const struct vex_statement *s)
{
    struct str text = s->author.n ? s->author : STR("somebody");
    if (s->document.n)
        text = str_join(mem, text, STR(" in "), s->document);
    if (s->justification.n)
        text = str_join(mem, text, STR(": "), s->justification);
    if (s->impact.n)
        text = str_join(mem, text, STR(": "), s->impact);
    return text;
}

struct str vex_claim(struct arena *mem, const struct vex_statement *s)
{
    struct str claim = str_join(mem, s->vulnerability, STR(" "), str_of(vex_state_name(s->state)), STR(": "), s->product);
    return s->subcomponent.n ? str_join(mem, claim, STR(": "), s->subcomponent) : claim;
}
