/* Judging component rows: all of them, those after the last one judged, or those that the difference of two indexes names. */
#include "flow/rematch.h"

#include <stdlib.h>
#include "base/map.h"
#include "flow/advisories.h"
#include "identity/identity.h"
#include "match/match.h"
#include "store/component.h"

/* JUDGING is raised when matching judges otherwise than before: what is stored is then judged again. */
enum { JUDGING = 1, BATCH = 1 << 20 };

_Static_assert((int)FINDING_CLOSED == (int)FINDING_FIXED, "the store counts as open what calls for something");

/* What judging gathers before it is written. */
struct verdicts {
    struct arena *mem;
    struct map numbers; /* record → its number + 1 */
    VEC(struct str) records;
    VEC(struct finding_new) news;
    VEC(struct subject_new) subjects;
    struct id_list judged;
    bool only_known; /* findings of other records than those there are not taken */
};

struct rematch {
    struct op *op;
    struct store *s;
    const struct advindex *ix;
    struct advisory_lookup look;
    struct verdicts v;
    struct op row; /* of one row: its memory is given back */
    struct rematch_result result;
    int64_t now;
};

/* ---- one component ---- */

static void verdicts_open(struct verdicts *v, struct arena *mem)
{
    *v = (struct verdicts){.mem = arena_child(mem)};
    map_open(&v->numbers, v->mem);
}

static void verdicts_clear(struct verdicts *v)
{
    arena_reset(v->mem);
    *v = (struct verdicts){.mem = v->mem};
    map_open(&v->numbers, v->mem);
}

/* False for a record that is not asked about. The texts are the index's own. */
static bool record_number(struct verdicts *v, struct str record, uint32_t *ret)
{
    uintptr_t known = (uintptr_t)map_get(&v->numbers, record);
    if (!known && v->only_known)
        return false;
    if (!known) {
        *vec_push(v->mem, &v->records) = record;
        known = v->records.n;
        *map_put(&v->numbers, record) = (void *)known;
    }
    *ret = (uint32_t)(known - 1);
    return true;
}

static enum rc add_subject(struct rematch *r, uint32_t component, struct str ecosystem, struct str name)
{
    struct subject_new *n = vec_push(r->v.mem, &r->v.subjects);
    n->component = component;
    return subject_number(&r->row, r->s, ecosystem, name, &n->number);
}

static enum rc judge_subject(struct rematch *r, uint32_t component, const struct subject *s)
{
    struct findings f = {0};
    TRY(add_subject(r, component, s->ecosystem, s->name));
    if (s->binary.n)
        TRY(add_subject(r, component, s->ecosystem, s->binary));
    TRY(match_find(&r->row, &r->look, s, &f));
    vec_each(const struct finding, one, &f.list) {
        uint32_t record;
        if (record_number(&r->v, one->id, &record))
            *vec_push(r->v.mem, &r->v.news) = (struct finding_new){record, component, (uint8_t)one->state};
    }
    return RC_OK;
}

static enum rc judge_row(struct rematch *r, const struct component_row *row)
{
    struct subject s;
    enum rc rc = match_subject(&r->row, &row->c, &s);
    r->result.components++;
    *vec_push(r->v.mem, &r->v.judged) = row->id;
    if (rc == RC_OK)
        return judge_subject(r, row->id, &s);
    if (rc == RC_INVALID) { /* a purl that is none: no record can name it */
        op_clear(&r->row);
        return RC_OK;
    }
    if (rc != RC_NOTFOUND)
        return rc;
    *vec_push(r->v.mem, &r->v.subjects) = (struct subject_new){0, row->id};
    for (size_t i = 0; match_subject_upstream(r->row.mem, &row->c, i, &s); i++)
        TRY(judge_subject(r, row->id, &s));
    return RC_OK;
}

/* ---- many ---- */

static enum rc flush(struct rematch *r)
{
    struct verdicts *v = &r->v;
    struct finding_change c = {&v->judged, v->records.at, v->records.n, v->news.at, v->news.n, v->subjects.at, v->subjects.n, r->now};
    TRY(finding_write(r->op, r->s, &c, &r->result.found));
    verdicts_clear(v);
    return RC_OK;
}

/* The rows after this one. With `write` they are written batch by batch. */
static enum rc judge_after(struct rematch *r, uint32_t last, bool write)
{
    struct component_list rows;
    do {
        rows = (struct component_list){0};
        arena_reset(r->row.mem);
        TRY(component_after(&r->row, r->s, last, &rows));
        for (size_t i = 0; i < rows.n; i++)
            TRY(judge_row(r, &rows.at[i]));
        last = rows.n ? rows.at[rows.n - 1].id : last;
        if (write && (r->v.news.n >= BATCH || r->v.subjects.n >= BATCH))
            TRY(flush(r));
    } while (rows.n);
    return RC_OK;
}

static int by_id(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void sort_once(struct id_list *l)
{
    size_t n = 0;
    if (l->n > 1)
        qsort(l->at, l->n, sizeof *l->at, by_id);
    for (size_t i = 0; i < l->n; i++)
        if (n == 0 || l->at[n - 1] != l->at[i])
            l->at[n++] = l->at[i];
    l->n = n;
}

static enum rc judge_these(struct rematch *r, const struct id_list *ids)
{
    for (size_t i = 0; i < ids->n; i++) {
        struct component_row row = {.id = ids->at[i]};
        if (i % 1024 == 0)
            arena_reset(r->row.mem);
        TRY(component_get(&r->row, r->s, row.id, &row.c));
        TRY(judge_row(r, &row));
    }
    return RC_OK;
}

/* ---- what is judged by ---- */

static enum rc key_of(struct op *op, const struct advindex *ix, struct str *ret)
{
    struct str mark;
    TRY(advindex_mark(op, ix, &mark));
    *ret = str_join(op->mem, str_print(op->mem, "%d muster " MUSTER_VERSION " %llx ", JUDGING, (unsigned long long)match_corrections()),
                    identity_table_version(), STR(" "), mark);
    return RC_OK;
}

static void rematch_open(struct rematch *r, struct op *op, struct session *s, const struct advindex *ix)
{
    *r = (struct rematch){.op = op, .s = s->store, .ix = ix, .row = *op, .now = s->now};
    r->row.mem = arena_child(op->mem);
    advindex_lookup(ix, &r->look);
    verdicts_open(&r->v, op->mem);
}

static enum rc rematch_close(struct rematch *r, enum rc rc)
{
    if (rc != RC_OK && r->op->err.rc == RC_OK)
        fail(r->op, rc, STR_FMT, STR_ARG(r->row.err.text));
    arena_close(r->v.mem);
    arena_close(r->row.mem);
    return rc;
}

static enum rc judge_all(struct rematch *r)
{
    r->result.whole = true;
    TRY(finding_forget_begin(r->op, r->s));
    TRY(judge_after(r, 0, true));
    TRY(flush(r));
    return finding_forget_end(r->op, r->s);
}

/* ---- two indexes ---- */

static enum rc note_record(struct op *op, void *arg, const struct advisory_view *v)
{
    uint32_t number;
    (void)op;
    record_number(arg, v->id, &number);
    return RC_OK;
}

/* The records that either index has of a name; the components that were judged under it. */
static enum rc gather_change(struct rematch *r, const struct advisory_lookup *was, const struct advindex_change *c, struct id_list *ids)
{
    int64_t number;
    TRY(was->find(was->arg, r->op, c->ecosystem, c->name, note_record, &r->v));
    TRY(r->look.find(r->look.arg, r->op, c->ecosystem, c->name, note_record, &r->v));
    TRY(subject_number(&r->row, r->s, c->ecosystem, c->name, &number));
    return subject_components(r->op, r->s, number, ids);
}

static enum rc judge_changes(struct rematch *r, const struct advindex *old, const struct advindex_changes *changes)
{
    struct advisory_lookup was;
    struct id_list ids = {NULL, 0, 0};
    advindex_lookup(old, &was);
    vec_each(const struct advindex_change, c, &changes->list)
        TRY(gather_change(r, &was, c, &ids));
    sort_once(&ids);
    r->result.names = changes->list.n;
    r->v.only_known = true;
    TRY(judge_these(r, &ids));
    r->v.subjects.n = 0; /* they are what they were */
    return flush(r);
}

/* One transaction: `old` NULL, or what was judged by something else: all of it. */
static enum rc catch_up(struct rematch *r, const struct advindex *old, const struct advindex_changes *changes)
{
    struct finding_basis b;
    struct str key, old_key = STR("");
    TRY(key_of(r->op, r->ix, &key));
    TRY(finding_basis(r->op, r->s, &b));
    if (old)
        TRY(key_of(r->op, old, &old_key));
    if (str_eq(b.key, key) && b.through == b.last)
        return RC_OK;
    if (str_eq(b.key, key) || (old && str_eq(b.key, old_key))) {
        if (!str_eq(b.key, key))
            TRY(judge_changes(r, old, changes));
        TRY(judge_after(r, b.through, true));
        TRY(flush(r));
    } else {
        TRY(judge_all(r));
    }
    return finding_basis_set(r->op, r->s, key, b.last);
}

static enum rc catch_up_alone(struct op *op, struct session *s, const struct advindex *ix, const struct advindex *old,
                              const struct advindex_changes *changes, struct rematch_result *ret)
{
    struct rematch r;
    rematch_open(&r, op, s, ix);
    enum rc rc = store_begin(op, s->store, STORE_WRITING);
    if (rc == RC_OK)
        rc = store_end(op, s->store, catch_up(&r, old, changes));
    if (rc == RC_OK && ret)
        *ret = r.result;
    return rematch_close(&r, rc);
}

/* ---- when ---- */

static enum rc open_quietly(struct op *op, const struct session *s, struct advindex **ret)
{
    enum rc rc = advisories_open(op, s, ret);
    op_clear(op);
    return rc;
}

enum rc rematch_commit(struct op *op, struct session *s, struct advindex_writer *w, struct rematch_result *ret)
{
    struct advindex *old = NULL, *new = NULL;
    struct advindex_changes changes = {{NULL, 0, 0}};
    struct op own = *op;
    own.mem = arena_child(op->mem);
    enum rc had = open_quietly(&own, s, &old);
    TRY(advindex_commit(op, w, s->now));
    if (open_quietly(&own, s, &new) == RC_OK) {
        if (had == RC_OK && advindex_diff(&own, old, new, &changes) != RC_OK) {
            op_clear(&own);
            had = RC_INVALID; /* what cannot be compared is as good as none */
        }
        (void)!catch_up_alone(&own, s, new, had == RC_OK ? old : NULL, &changes, ret);
    }
    arena_close(own.mem);
    return RC_OK;
}

static enum rc is_due(struct op *op, struct session *s, const struct advindex *ix, bool *ret)
{
    struct finding_basis b;
    struct str key;
    TRY(key_of(op, ix, &key));
    TRY(finding_basis(op, s->store, &b));
    *ret = !str_eq(b.key, key) || b.through < b.last;
    return RC_OK;
}

void rematch_before(struct op *op, struct session *s, const struct advindex *ix)
{
    struct op own = *op;
    bool due = false;
    own.mem = arena_child(op->mem);
    if (is_due(&own, s, ix, &due) == RC_OK && due)
        (void)!catch_up_alone(&own, s, ix, NULL, NULL, NULL);
    arena_close(own.mem);
}

void rematch_new(struct op *op, struct session *s)
{
    struct op own = *op;
    struct advindex *ix;
    own.mem = arena_child(op->mem);
    if (open_quietly(&own, s, &ix) == RC_OK)
        rematch_before(&own, s, ix);
    arena_close(own.mem);
}

/* ---- asking ---- */

struct judged {
    struct rematch r;
    bool stored;                   /* the store's findings are of this index */
    struct finding_list *extra;    /* of each record of r.v: judged for this question */
    struct id_list extra_unmatched;
};

static int by_component(const void *a, const void *b)
{
    const struct finding_said *x = a, *y = b;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    return x->state < y->state ? -1 : x->state > y->state;
}

/* The time that the store knows, where it was so before. */
static enum rc lend_times(struct judged *j, struct str record, struct finding_list *l)
{
    struct finding_list was = {{NULL, 0, 0}};
    size_t i = 0;
    TRY(finding_of(j->r.op, j->r.s, record, &was));
    vec_each(struct finding_said, f, &l->list) {
        while (i < was.list.n && was.list.at[i].component < f->component)
            i++;
        bool same = i < was.list.n && was.list.at[i].component == f->component
            && (was.list.at[i].state < FINDING_CLOSED) == (f->state < FINDING_CLOSED);
        if (same)
            f->since = was.list.at[i].since;
    }
    return RC_OK;
}

static void keep_worst(struct finding_list *l)
{
    size_t n = 0;
    qsort(l->list.at, l->list.n, sizeof *l->list.at, by_component);
    for (size_t i = 0; i < l->list.n; i++)
        if (n == 0 || l->list.at[n - 1].component != l->list.at[i].component)
            l->list.at[n++] = l->list.at[i];
    l->list.n = n;
}

static enum rc judge_extra(struct judged *j, uint32_t after)
{
    struct verdicts *v = &j->r.v;
    TRY(judge_after(&j->r, after, false));
    j->extra = arena_array(v->mem, v->records.n, sizeof *j->extra);
    vec_each(const struct finding_new, n, &v->news)
        *vec_push(v->mem, &j->extra[n->record].list) = (struct finding_said){n->component, n->state, j->r.now};
    for (size_t i = 0; i < v->records.n; i++) {
        keep_worst(&j->extra[i]);
        if (!j->stored)
            TRY(lend_times(j, v->records.at[i], &j->extra[i]));
    }
    vec_each(const struct subject_new, s, &v->subjects)
        if (s->number == 0)
            *vec_push(v->mem, &j->extra_unmatched) = s->component;
    return RC_OK;
}

enum rc judged_open(struct op *op, struct session *s, const struct advindex *ix, struct judged **ret)
{
    struct judged *j = arena_alloc(op->mem, sizeof *j);
    struct finding_basis b;
    struct str key;
    TRY(key_of(op, ix, &key));
    rematch_open(&j->r, op, s, ix);
    TRY(finding_basis(op, s->store, &b));
    j->stored = str_eq(b.key, key);
    if (!j->stored || b.through < b.last) {
        enum rc rc = judge_extra(j, j->stored ? b.through : 0);
        if (rc != RC_OK && op->err.rc == RC_OK)
            return fail(op, rc, STR_FMT, STR_ARG(j->r.row.err.text));
        TRY(rc);
    }
    *ret = j;
    return RC_OK;
}

enum rc judged_all(struct op *op, struct judged *j, finding_visit *visit, void *arg)
{
    if (j->stored)
        TRY(finding_all(op, j->r.s, visit, arg));
    for (size_t i = 0; j->extra && i < j->r.v.records.n; i++)
        TRY(visit(op, arg, j->r.v.records.at[i], &j->extra[i]));
    return RC_OK;
}

enum rc judged_of(struct op *op, struct judged *j, struct str record, struct finding_list *ret)
{
    struct finding_list l = {{NULL, 0, 0}};
    uintptr_t extra = (uintptr_t)map_get(&j->r.v.numbers, record);
    if (j->stored)
        TRY(finding_of(op, j->r.s, record, &l));
    if (j->extra && extra)
        vec_each(const struct finding_said, f, &j->extra[extra - 1].list)
            *vec_push(op->mem, &l.list) = *f;
    *ret = l;
    return RC_OK;
}

enum rc judged_unmatched(struct op *op, struct judged *j, struct id_list *ret)
{
    if (j->stored)
        TRY(subject_components(op, j->r.s, 0, ret));
    for (size_t i = 0; i < j->extra_unmatched.n; i++)
        *vec_push(op->mem, ret) = j->extra_unmatched.at[i];
    return RC_OK;
}
