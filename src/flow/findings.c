/* From an id to its records, their entries, and the verdict on one component: matching reads only those entries. */
#include "flow/findings.h"

#include <stdlib.h>
#include "base/guard.h"
#include "flow/findings_inside.h"
#include "identity/identity.h"
#include "match/distribution.h"

enum { IDS_MOST = 256, RECORDS_MOST = 8192, PER_ID = 4096 };

/* ---- the records of an id ---- */

/* What is left out would read as "not affected": better no answer. */
static enum rc too_many(struct op *op, const struct advised *a)
{
    return fail(op, RC_LIMIT, STR_FMT ": too many records go by that id or its aliases", STR_ARG(a->id));
}

static enum rc add_id(struct op *op, struct advised *a, struct str id)
{
    for (size_t i = 0; i < a->ids.n; i++)
        if (str_eq(a->ids.at[i], id))
            return RC_OK;
    if (a->ids.n == IDS_MOST)
        return too_many(op, a);
    *vec_push(op->mem, &a->ids) = id;
    return RC_OK;
}

/* RC_NOTFOUND: it is there already. */
static enum rc add_record(struct op *op, struct advised *a, uint32_t record)
{
    vec_each(uint32_t, r, &a->records)
        if (*r == record)
            return RC_NOTFOUND;
    if (a->records.n == RECORDS_MOST)
        return too_many(op, a);
    *vec_push(op->mem, &a->records) = record;
    return RC_OK;
}

static enum rc add_names(struct op *op, struct advised *a, uint32_t record)
{
    struct record_view r;
    TRY(add_record(op, a, record));
    TRY(a->index.record(a->index.arg, op, record, &r));
    TRY(add_id(op, a, r.id));
    for (size_t k = 0; k < r.n_aliases; k++)
        TRY(add_id(op, a, r.aliases[k]));
    return RC_OK;
}

static enum rc none_is_fine(enum rc rc)
{
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

/* The records that go by this id; their other names are the same flaw's. */
static enum rc add_named(struct op *op, struct advised *a, struct str id, uint32_t *room)
{
    size_t n = 0;
    TRY(none_is_fine(a->index.by_id(a->index.arg, op, id, room, PER_ID, &n)));
    if (n == PER_ID)
        return too_many(op, a);
    for (size_t i = 0; i < n; i++)
        TRY(none_is_fine(add_names(op, a, room[i])));
    return RC_OK;
}

/* Distributions' records about it: they are records of their own, and lead no further. */
static enum rc add_about(struct op *op, struct advised *a, struct str id, uint32_t *room)
{
    size_t n = 0;
    TRY(none_is_fine(advindex_about(op, a->ix, id, room, PER_ID, &n)));
    if (n == PER_ID)
        return too_many(op, a);
    for (size_t i = 0; i < n; i++)
        TRY(none_is_fine(add_record(op, a, room[i])));
    return RC_OK;
}

static enum rc gather_records(struct op *op, struct advised *a, struct str id)
{
    uint32_t *room = arena_array(op->mem, PER_ID, sizeof *room);
    TRY(add_id(op, a, id));
    for (size_t i = 0; i < a->ids.n; i++)
        TRY(add_named(op, a, a->ids.at[i], room));
    for (size_t i = 0; i < a->ids.n; i++)
        TRY(add_about(op, a, a->ids.at[i], room));
    return RC_OK;
}

/* "cve-2024-3094" and "GHSA-RXWQ-X6H5-X02J" as they are written. */
static struct str usual_case(struct op *op, struct str id)
{
    struct str lower = str_lower(op->mem, id);
    char *p = arena_alloc(op->mem, id.n + 1);
    bool ghsa = str_starts(lower, STR("ghsa-"));
    for (size_t i = 0; i < id.n; i++)
        p[i] = lower.p[i] >= 'a' && lower.p[i] <= 'z' && (!ghsa || i < 4) ? (char)(lower.p[i] - 'a' + 'A') : lower.p[i];
    return (struct str){p, id.n};
}

/* ---- their entries ---- */

static int entry_compare(const void *va, const void *vb)
{
    const struct advised_entry *a = va, *b = vb;
    int c = str_cmp(a->ecosystem, b->ecosystem);
    return c ? c : str_cmp(a->name, b->name);
}

bool ecosystem_of_projects(struct op *op, struct str ecosystem)
{
    struct component c = {.upstream = STR("x")};
    struct subject s;
    for (size_t i = 0; match_subject_upstream(op->mem, &c, i, &s); i++)
        if (str_eq(s.ecosystem, ecosystem))
            return true;
    return false;
}

static enum rc take_entry(struct op *op, void *arg, const struct advisory_view *v)
{
    struct advised *a = arg;
    struct advised_entry *e = vec_push(op->mem, &a->entries);
    e->ecosystem = advisory_ecosystem(v->ecosystem, NULL);
    e->name = advisory_name(op->mem, e->ecosystem, v->name);
    if (distribution_named(e->ecosystem) || ecosystem_of_projects(op, e->ecosystem))
        e->project = identity_upstream(e->name);
    e->view = *v;
    return RC_OK;
}

/* ---- the lookup over these entries alone ---- */

static enum rc find(void *arg, struct op *op, struct str ecosystem, struct str name,
                    enum rc (*visit)(struct op *, void *, const struct advisory_view *), void *visit_arg)
{
    const struct advised *a = arg;
    struct advised_entry key = {.ecosystem = ecosystem, .name = name};
    size_t low = 0, high = a->entries.n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (entry_compare(&a->entries.at[mid], &key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < a->entries.n && entry_compare(&a->entries.at[low], &key) == 0; low++)
        TRY(visit(op, visit_arg, &a->entries.at[low].view));
    return RC_OK;
}

static enum rc stalest(struct op *op, struct advised *a)
{
    struct advindex_source *sources;
    size_t n;
    TRY(advindex_sources(op, a->ix, &sources, &n));
    for (size_t i = 0; i < n; i++)
        if (sources[i].newest && (a->stalest == 0 || sources[i].newest < a->stalest))
            a->stalest = sources[i].newest;
    return RC_OK;
}

static enum rc record(void *arg, struct op *op, uint32_t number, struct record_view *ret)
{
    const struct advised *a = arg;
    return a->index.record(a->index.arg, op, number, ret);
}

static enum rc by_id(void *arg, struct op *op, struct str id, uint32_t *ret_records, size_t most, size_t *ret_n)
{
    const struct advised *a = arg;
    return a->index.by_id(a->index.arg, op, id, ret_records, most, ret_n);
}

/* ---- statements about it ---- */

static void add_texts(struct op *op, struct map *names, const struct record_view *r)
{
    *map_put(names, str_dup(op->mem, r->id)) = names;
    for (size_t i = 0; i < r->n_aliases; i++)
        *map_put(names, r->aliases[i]) = names;
    for (size_t i = 0; i < r->n_upstream; i++)
        *map_put(names, r->upstream[i]) = names;
}

static void hear(struct op *op, struct advised *a, const struct vex_statement *s)
{
    struct op inner = *op;
    struct component c;
    struct subject subject;
    a->spoken_of = true;
    a->raised |= s->state == VEX_AFFECTED || s->state == VEX_UNDER_INVESTIGATION;
    op_clear(&inner);
    bool purl = str_starts(s->product, STR("pkg:")) && component_parse(&inner, s->product, &c) == RC_OK;
    a->owners_named |= purl && is_os_package(&c);
    bool of_component = purl && s->subcomponent.n == 0 && (is_os_package(&c) || match_subject(&inner, &c, &subject) == RC_OK);
    a->wholes |= !of_component && !str_starts(s->product, STR("cpe:"));
}

static enum rc hear_all(struct op *op, struct advised *a)
{
    struct map names;
    if (a->vex->said.n == 0)
        return RC_OK;
    map_open(&names, op->mem);
    vec_each(const struct str, id, &a->ids)
        *map_put(&names, *id) = &names;
    vec_each(const uint32_t, number, &a->records) {
        struct record_view r;
        TRY(a->index.record(a->index.arg, op, *number, &r));
        add_texts(op, &names, &r);
    }
    for (size_t i = 0; i < a->vex->said.n; i++)
        if (map_get(&names, a->vex->said.at[i].said.vulnerability))
            hear(op, a, &a->vex->said.at[i].said);
    return RC_OK;
}

enum rc findings_open(struct op *op, struct session *s, struct str id, struct vex_run **vex, struct advised **ret)
{
    struct advised *a = arena_alloc(op->mem, sizeof *a);
    enum rc rc = advisories_open(op, s, &a->ix);
    if (rc == RC_NOTFOUND) {
        op_clear(op);
        return fail(op, RC_UNSUPPORTED,
                    STR_FMT ": there are no advisories in this store; `muster advisories import PATH` brings them in; or ask by name and version, such as xz@5.6.0..5.6.1", STR_ARG(id));
    }
    TRY(rc);
    advindex_lookup(a->ix, &a->index);
    a->entries_only = (struct advisory_lookup){a, find, record, by_id, NULL, NULL};
    if (!*vex)
        TRY(vex_load(op, s, vex));
    a->vex = *vex;
    a->id = id;
    TRY(gather_records(op, a, id));
    if (a->records.n == 0) {
        a->id = usual_case(op, id);
        a->ids.n = 0;
        TRY(gather_records(op, a, a->id));
    }
    if (a->records.n == 0)
        return fail(op, RC_UNSUPPORTED, "no advisory is called '" STR_FMT "' in what was imported; `muster advisories status` lists the feeds",
                    STR_ARG(id));
    TRY(advindex_entries(op, a->ix, a->records.at, a->records.n, take_entry, a));
    if (a->entries.n)
        qsort(a->entries.at, a->entries.n, sizeof *a->entries.at, entry_compare);
    vec_each(const struct str, one, &a->ids)
        a->numbered |= str_starts(*one, STR("CVE-"));
    TRY(advindex_ecosystems(op, a->ix, &a->known, &a->n_known));
    vec_each(const struct advised_entry, e, &a->entries)
        a->distributed |= distribution_named(e->ecosystem) != NULL;
    TRY(hear_all(op, a));
    TRY(stalest(op, a));
    *ret = a;
    return RC_OK;
}

/* ---- the verdict ---- */

struct judging {
    struct op *op;
    struct advised *a;
    const struct component *component;
    const struct finding_place *place;
    const struct subject *subject;
    struct finding worst;
    bool any; /* a record names it */
    enum rc rc;
};

static const struct finding_place nowhere;

static enum rc apply_owner(struct judging *j, const struct component *owner, struct findings *f)
{
    struct subject s;
    struct findings theirs = {0};
    struct vex_about about = {.component = owner, .within = j->place->within};
    const struct advisory_lookup *look = &j->a->entries_only;
    if (match_subject(j->op, owner, &s) != RC_OK) {
        op_clear(j->op);
        return RC_OK;
    }
    TRY(match_find(j->op, look, &s, &theirs));
    TRY(vex_judge(j->op, j->a->vex, look, &about, &theirs));
    return match_owned(j->op, look, j->subject, f, &s, &theirs);
}

/* What was said of one record of the flaw was said of all. */
static enum rc spread(struct judging *j, struct findings *f)
{
    struct flaws flaws = {0};
    TRY(match_group(j->op, &j->a->entries_only, j->subject, f, &flaws));
    vec_each(struct flaw, flaw, &flaws.list)
        vex_spread(j->a->vex, flaw, f);
    return RC_OK;
}

/* As the whole check does: owners, then statements. */
static enum rc settle(struct judging *j, struct findings *f)
{
    const struct finding_place *p = j->place;
    struct vex_about about = {j->component, p->owners, p->n_owners, p->within};
    for (size_t i = 0; i < p->n_owners && f->list.n; i++)
        TRY(apply_owner(j, &p->owners[i], f));
    if (!j->a->spoken_of || f->list.n == 0)
        return RC_OK;
    TRY(vex_judge(j->op, j->a->vex, &j->a->entries_only, &about, f));
    return spread(j, f);
}

static void judge(void *arg)
{
    struct judging *j = arg;
    struct findings found = {0};
    j->rc = match_find(j->op, &j->a->entries_only, j->subject, &found);
    if (j->rc == RC_OK)
        j->rc = settle(j, &found);
    if (j->rc != RC_OK)
        return;
    vec_each(struct finding, f, &found.list) {
        if (!j->any || f->state < j->worst.state)
            j->worst = *f;
        j->any = true;
    }
}

static enum rc judge_subject(struct judging *j, const struct subject *s)
{
    j->subject = s;
    if (!guard_run(judge, j))
        return fail(j->op, RC_IO, "the advisories were cut while they were read");
    return j->rc;
}

/* No record of its own ecosystem names it. Those of others may be about the same project, which its own ecosystem has not
 * spoken of yet: by upstream name and version it is possible, and no more. */
static enum rc judge_project(struct judging *j, const struct component *c, struct str own)
{
    const struct advised_entry *last = NULL;
    if (!j->a->numbered || c->upstream.n == 0)
        return RC_OK;
    vec_each(const struct advised_entry, e, &j->a->entries) {
        struct subject s;
        bool same = last && entry_compare(last, e) == 0;
        last = e;
        if (same || !str_eq(e->project, c->upstream) || str_eq(e->ecosystem, own)
            || match_subject_of(j->op, e->ecosystem, e->name, c->upstream_version, &s) != RC_OK)
            continue;
        s.possible = true;
        s.distribution = false;
        s.release = STR("");
        TRY(judge_subject(j, &s));
    }
    return RC_OK;
}

bool is_os_package(const struct component *c)
{
    return str_eq(c->type, STR("deb")) || str_eq(c->type, STR("rpm")) || str_eq(c->type, STR("apk"));
}

enum rc findings_judge(struct op *op, struct advised *a, const struct component *c, const struct finding_place *place,
                       struct finding *ret)
{
    struct judging j = {.op = op, .a = a, .component = c, .place = place ? place : &nowhere,
                        .worst = {.state = FINDING_NOT_AFFECTED, .rule = RULE_NOTHING}};
    struct subject s = {.ecosystem = STR("")};
    enum rc rc = match_subject(op, c, &s);
    struct str own = rc == RC_OK ? s.ecosystem : STR("");
    if (rc == RC_OK)
        TRY(judge_subject(&j, &s));
    else if (rc == RC_NOTFOUND)
        for (size_t i = 0; match_subject_upstream(op->mem, c, i, &s); i++)
            TRY(judge_subject(&j, &s));
    else
        op_clear(op); /* a purl that is none: no record can name it */
    if (!j.any && (is_os_package(c) || str_eq(c->type, STR("generic")))) /* packages, and what lies unpackaged on disk */
        TRY(judge_project(&j, c, own));
    *ret = j.worst;
    return RC_OK;
}

bool findings_place_counts(const struct advised *a, const struct component *c, const struct finding *alone)
{
    if (alone->rule == RULE_NOTHING)
        return false;
    bool owned = !is_os_package(c) && (a->distributed || a->owners_named);
    return a->wholes || (owned && (alone->state <= FINDING_UNKNOWN || a->raised));
}

struct str findings_blind_to(struct op *op, const struct advised *a, const struct component *c)
{
    struct subject s;
    if (!a->numbered || match_subject(op, c, &s) != RC_OK) {
        op_clear(op);
        return STR("");
    }
    for (size_t i = 0; i < a->n_known; i++)
        if (str_eq(a->known[i], s.ecosystem))
            return STR("");
    return s.ecosystem;
}

enum answer finding_answer(const struct finding *f)
{
    if (f->state == FINDING_AFFECTED)
        return ANSWER_YES;
    return f->state == FINDING_POSSIBLE || f->state == FINDING_UNKNOWN ? ANSWER_UNKNOWN : ANSWER_NO;
}

struct str finding_text(struct op *op, struct advised *a, const struct finding *f)
{
    struct record_view r = {.source = STR("")};
    if (a->index.record(a->index.arg, op, f->record, &r) != RC_OK)
        op_clear(op);
    struct str rule = str_of(match_rule_text(f->rule));
    struct str text = str_print(op->mem, STR_FMT " (" STR_FMT "): " STR_FMT, STR_ARG(f->id), STR_ARG(r.source), STR_ARG(rule));
    const struct statement_row *said = vex_decided(a->vex, f);
    if (said)
        text = str_join(op->mem, text, STR(": "), vex_text(op->mem, &said->said));
    return f->fixed.n ? str_join(op->mem, text, STR("; fixed in "), f->fixed) : text;
}

int64_t findings_stalest(const struct advised *a)
{
    return a->stalest;
}

/* ---- reasons ---- */

static int why_compare(const void *a, const void *b)
{
    const struct finding_why *x = a, *y = b;
    return x->component < y->component ? -1 : x->component > y->component;
}

void finding_whys_sort(struct finding_whys *w)
{
    if (w->list.n)
        qsort(w->list.at, w->list.n, sizeof *w->list.at, why_compare);
}

struct str finding_why(const struct finding_whys *w, uint32_t component)
{
    struct finding_why key = {.component = component};
    const struct finding_why *there = w->list.n ? bsearch(&key, w->list.at, w->list.n, sizeof key, why_compare) : NULL;
    return there ? there->text : STR("");
}
