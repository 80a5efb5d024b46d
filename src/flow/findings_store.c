/* Which rows of the store the entries of an advisory may mean, and where the advisories that were imported say nothing. */
#include <stdlib.h>
#include "flow/findings_inside.h"
#include "match/distribution.h"
#include "store/presence.h"

/* ---- rows ---- */

struct gathering {
    struct op *op;
    struct store *s;
    struct component_list rows;
};

static void add_rows(struct gathering *g, const struct component_list *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        *vec_push(g->op->mem, &g->rows) = rows->at[i];
}

static enum rc add_label(struct gathering *g, struct str name, bool folded)
{
    struct component_list rows = {0};
    TRY(folded ? component_by_folded(g->op, g->s, name, &rows) : component_by_label(g->op, g->s, name, &rows));
    add_rows(g, &rows);
    return RC_OK;
}

/* Packages of that source, whatever they are called; the release is for match to look at. */
static enum rc add_source(struct gathering *g, struct str type, struct str source)
{
    struct str_list namespaces = {0};
    TRY(component_namespaces(g->op, g->s, type, &namespaces));
    for (size_t i = 0; i < namespaces.n; i++) {
        struct component_list rows = {0};
        TRY(component_by_source(g->op, g->s, type, namespaces.at[i], source, &rows));
        add_rows(g, &rows);
    }
    return RC_OK;
}

/* "publisher.name", whose purl is pkg:vscode/publisher/name. */
static struct str with_slash(struct op *op, struct str name)
{
    struct str publisher, rest;
    return str_split(name, '.', &publisher, &rest) ? str_join(op->mem, publisher, STR("/"), rest) : name;
}

static enum rc add_project(struct gathering *g, struct str upstream)
{
    struct component_list rows = {0};
    TRY(component_by_upstream(g->op, g->s, upstream, &rows));
    add_rows(g, &rows);
    return RC_OK;
}

static enum rc add_named(struct gathering *g, const struct advised_entry *e, bool numbered)
{
    static const char *const folded[] = {"NuGet", "Packagist", "GitHub Actions", "VSCode", "SwiftURL"};
    const struct distribution *d = distribution_named(e->ecosystem);
    bool fold = false;
    for (size_t i = 0; i < sizeof folded / sizeof *folded; i++)
        fold |= str_eq(e->ecosystem, str_of(folded[i]));
    TRY(add_label(g, e->name, fold));
    if (str_eq(e->ecosystem, STR("VSCode")))
        TRY(add_label(g, with_slash(g->op, e->name), true));
    if (d)
        TRY(add_source(g, str_of(d->type), e->name));
    if (ecosystem_of_projects(g->op, e->ecosystem))
        TRY(add_project(g, e->name));
    return numbered && e->project.n ? add_project(g, e->project) : RC_OK;
}

static int row_compare(const void *a, const void *b)
{
    const struct component_row *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

enum rc findings_find(struct op *op, struct store *s, struct advised *a, struct candidates *ret,
                      struct finding_whys *whys)
{
    struct gathering g = {.op = op, .s = s};
    const struct advised_entry *last = NULL;
    vec_each(const struct advised_entry, e, &a->entries) {
        bool same = last && str_eq(last->ecosystem, e->ecosystem) && str_eq(last->name, e->name);
        if (!same)
            TRY(add_named(&g, e, a->numbered));
        last = e;
    }
    if (g.rows.n)
        qsort(g.rows.at, g.rows.n, sizeof *g.rows.at, row_compare);
    for (size_t i = 0; i < g.rows.n; i++) {
        const struct component_row *row = &g.rows.at[i];
        struct finding f;
        if (i && row->id == row[-1].id)
            continue;
        TRY(findings_judge(op, a, &row->c, &f));
        enum answer answer = finding_answer(&f);
        if (answer == ANSWER_NO)
            continue;
        *vec_push(op->mem, &ret->rows) = *row;
        *vec_push(op->mem, answer == ANSWER_YES ? &ret->yes : &ret->unknown) = row->id;
        *vec_push(op->mem, &whys->list) = (struct finding_why){row->id, finding_text(op, a, &f)};
    }
    return RC_OK;
}

/* ---- what the records cannot say ---- */

bool findings_need_installed(const struct advised *a)
{
    vec_each(const struct advised_entry, e, &a->entries)
        if (distribution_named(e->ecosystem))
            return true;
    return false;
}

struct blindness {
    struct op *op;
    struct store *s;
    const struct advised *advised;
    struct id_list components;
    struct str_list *ecosystems;
    unsigned char *mark; /* a bit per component */
    uint32_t highest;
    struct id_list *assets;
};

static void mark_ecosystem(struct blindness *b, struct str ecosystem)
{
    for (size_t i = 0; i < b->ecosystems->n; i++)
        if (str_eq(b->ecosystems->at[i], ecosystem))
            return;
    *vec_push(b->op->mem, b->ecosystems) = ecosystem;
}

/* Packages of this type and namespace: is there an ecosystem for them that nothing was imported of? */
static enum rc look_at_kind(struct blindness *b, struct str type, const struct str *ns)
{
    struct component one = {.type = type, .ns = ns ? *ns : STR(""), .name = STR("x"), .version = STR("1")};
    struct id_list ids = {0};
    struct str ecosystem = findings_blind_to(b->op, b->advised, &one);
    if (ecosystem.n == 0)
        return RC_OK;
    TRY(component_of_kind(b->op, b->s, type, ns, &ids));
    for (size_t i = 0; i < ids.n; i++)
        *vec_push(b->op->mem, &b->components) = ids.at[i];
    mark_ecosystem(b, ecosystem);
    return RC_OK;
}

static enum rc look_at_type(struct blindness *b, struct str type)
{
    struct str_list namespaces = {0};
    if (!str_eq(type, STR("deb")) && !str_eq(type, STR("rpm")) && !str_eq(type, STR("apk")))
        return look_at_kind(b, type, NULL);
    TRY(component_namespaces(b->op, b->s, type, &namespaces));
    for (size_t i = 0; i < namespaces.n; i++)
        TRY(look_at_kind(b, type, &namespaces.at[i]));
    return RC_OK;
}

static enum rc meet(struct op *op, void *arg, const struct presence *p)
{
    struct blindness *b = arg;
    struct id_list *l = b->assets;
    bool marked = p->component <= b->highest && b->mark[p->component >> 3] >> (p->component & 7) & 1;
    if (marked && (l->n == 0 || l->at[l->n - 1] != p->asset))
        *vec_push(op->mem, l) = p->asset;
    return RC_OK;
}

static enum rc find_holders(struct blindness *b)
{
    if (b->components.n == 0)
        return RC_OK;
    for (size_t i = 0; i < b->components.n; i++)
        if (b->components.at[i] > b->highest)
            b->highest = b->components.at[i];
    b->mark = arena_alloc(b->op->mem, (size_t)b->highest / 8 + 1);
    for (size_t i = 0; i < b->components.n; i++)
        b->mark[b->components.at[i] >> 3] |= (unsigned char)(1u << (b->components.at[i] & 7));
    return presence_all(b->op, b->s, meet, b);
}

enum rc findings_blind(struct op *op, struct store *s, const struct advised *a, struct id_list *ret, struct str_list *ret_ecosystems)
{
    struct blindness b = {.op = op, .s = s, .advised = a, .ecosystems = ret_ecosystems, .assets = ret};
    struct str_list types = {0};
    if (!a->numbered)
        return RC_OK;
    TRY(component_types(op, s, &types));
    for (size_t i = 0; i < types.n; i++)
        TRY(look_at_type(&b, types.at[i]));
    return find_holders(&b);
}
