/* One row a record: sections of a state, a time, and the components, as rising differences. Some two bytes a finding. */
#include "store/finding.h"

#include <stdlib.h>
#include "store/blob.h"
#include "store/inside.h"

enum { SAID_BYTES = 1 << 30 };

static const struct query q_of = {"SELECT said, was FROM finding WHERE record = ?"};
static const struct query q_all = {"SELECT record, said FROM finding WHERE length(said) > 0"};
static const struct query q_set = {"INSERT INTO finding (record, said, was) VALUES (?, ?, ?) ON CONFLICT (record)"
                                   " DO UPDATE SET said = excluded.said"};
static const struct query q_drop = {"DELETE FROM finding WHERE record = ?"};
static const struct query q_aside = {"UPDATE finding SET was = said, said = x''"};
static const struct query q_aside_end[] = {{"DELETE FROM finding WHERE length(said) = 0"}, {"UPDATE finding SET was = x'' WHERE length(was) > 0"}};
static const struct query q_subject = {"SELECT component FROM subject WHERE key = ?"};
static const struct query q_subject_add = {"INSERT OR IGNORE INTO subject (key, component) VALUES (?, ?)"};
static const struct query q_subject_none = {"DELETE FROM subject"};
static const struct query q_last = {"SELECT coalesce(max(id), 0) FROM component"};

/* ---- bytes ---- */

static int by_section(const void *a, const void *b)
{
    const struct finding_said *x = a, *y = b;
    if (x->state != y->state)
        return x->state < y->state ? -1 : 1;
    if (x->since != y->since)
        return x->since < y->since ? -1 : 1;
    return x->component < y->component ? -1 : x->component > y->component;
}

static int by_component(const void *a, const void *b)
{
    const struct finding_said *x = a, *y = b;
    return x->component < y->component ? -1 : x->component > y->component;
}

/* Sorts the list by section. */
static void put_said(struct buf *b, struct finding_list *l)
{
    size_t n = l->list.n;
    const struct finding_said *at = l->list.at;
    if (n)
        qsort(l->list.at, n, sizeof *l->list.at, by_section);
    for (size_t i = 0, end; i < n; i = end) {
        uint32_t next = 0;
        for (end = i; end < n && at[end].state == at[i].state && at[end].since == at[i].since; end++)
            ;
        buf_byte(b, (char)at[i].state);
        put_int(b, (uint64_t)at[i].since);
        put_int(b, end - i);
        for (size_t k = i; k < end; k++) {
            put_int(b, at[k].component - next);
            next = at[k].component + 1;
        }
    }
}

enum rc finding_read(struct op *op, struct str record, struct str bytes, struct finding_list *ret)
{
    struct blob b = blob_of(bytes);
    ret->list.n = 0;
    while (!b.bad && !blob_ended(&b)) {
        uint8_t state = (uint8_t)blob_byte(&b);
        int64_t since = (int64_t)blob_int(&b);
        size_t n = blob_count(&b);
        uint64_t id = 0;
        for (size_t i = 0; i < n && !b.bad; i++) {
            id += blob_u32(&b);
            b.bad |= id > UINT32_MAX || state >= FINDING_STATES;
            *vec_push(op->mem, &ret->list) = (struct finding_said){(uint32_t)id++, state, since};
        }
    }
    if (b.bad)
        return fail(op, RC_INVALID, "finding: damaged: what " STR_FMT " says of components", STR_ARG(record));
    if (ret->list.n > 1)
        qsort(ret->list.at, ret->list.n, sizeof *ret->list.at, by_component);
    return RC_OK;
}

static const struct finding_said *said_of(const struct finding_list *l, uint32_t component)
{
    struct finding_said key = {.component = component};
    return l->list.n ? bsearch(&key, l->list.at, l->list.n, sizeof key, by_component) : NULL;
}

/* ---- asking ---- */

static enum rc basis(struct op *op, struct store *s, struct finding_basis *ret)
{
    struct value key, through;
    struct rows r;
    struct finding_basis b = {.key = STR("")};
    enum rc rc = meta_get(op, s, "judged by", &key);
    if (rc == RC_OK)
        rc = meta_get(op, s, "judged through", &through);
    if (rc == RC_OK && key.kind == VALUE_BLOB && through.kind == VALUE_INT && through.i >= 0 && through.i <= UINT32_MAX)
        b = (struct finding_basis){.key = key.s, .through = (uint32_t)through.i};
    else if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    TRY(db_row(op, s->db, &q_last, NO_ARGS, &r));
    b.last = row_u32(&r, 0);
    TRY(row_ok(op, &r));
    *ret = b;
    return RC_OK;
}

enum rc finding_basis(struct op *op, struct store *s, struct finding_basis *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, basis(op, s, ret));
}

enum rc finding_basis_set(struct op *op, struct store *s, struct str key, uint32_t through)
{
    TRY(meta_set(op, s, "judged by", of_blob(key)));
    return meta_set(op, s, "judged through", of_int(through));
}

/* With `ret_was` also what was set aside. */
static enum rc row_of(struct op *op, struct store *s, struct str record, struct finding_list *ret, struct finding_list *ret_was)
{
    struct rows r;
    TRY(db_row(op, s->db, &q_of, ARGS(of_text(record)), &r));
    struct str said = row_dup(op->mem, &r, 0), was = row_dup(op->mem, &r, 1);
    TRY(row_ok(op, &r));
    TRY(finding_read(op, record, said, ret));
    return ret_was ? finding_read(op, record, was, ret_was) : RC_OK;
}

enum rc finding_of(struct op *op, struct store *s, struct str record, struct finding_list *ret)
{
    struct finding_list l = {{NULL, 0, 0}};
    TRY(store_begin(op, s, STORE_READING));
    enum rc rc = store_end(op, s, row_of(op, s, record, &l, NULL));
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    *ret = l;
    return RC_OK;
}

static enum rc visit_all(struct op *op, struct store *s, finding_visit *visit, void *arg)
{
    struct finding_list l = {{NULL, 0, 0}};
    struct rows r;
    enum rc rc;
    TRY(db_run(op, s->db, &q_all, NO_ARGS, &r));
    while ((rc = db_next(op, &r)) == RC_OK) {
        struct str record = row_str(&r, 0), said = row_str(&r, 1);
        TRY(row_ok(op, &r));
        TRY(finding_read(op, record, said, &l));
        TRY(visit(op, arg, record, &l));
    }
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

enum rc finding_all(struct op *op, struct store *s, finding_visit *visit, void *arg)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, visit_all(op, s, visit, arg));
}

/* ---- subjects ---- */

enum rc subject_number(struct op *op, struct store *s, struct str ecosystem, struct str name, int64_t *ret)
{
    TRY(store_key(op, s));
    int64_t number = (int64_t)key_hash(s->key, str_join(op->mem, ecosystem, STR("\n"), name)).a;
    *ret = number ? number : 1;
    return RC_OK;
}

static enum rc components_under(struct op *op, struct store *s, int64_t number, struct id_list *ret)
{
    struct rows r;
    enum rc rc;
    TRY(db_run(op, s->db, &q_subject, ARGS(of_int(number)), &r));
    while ((rc = db_next(op, &r)) == RC_OK)
        *vec_push(op->mem, ret) = row_u32(&r, 0);
    return rc == RC_NOTFOUND ? row_ok(op, &r) : rc;
}

enum rc subject_components(struct op *op, struct store *s, int64_t number, struct id_list *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, components_under(op, s, number, ret));
}

static int by_number(const void *a, const void *b)
{
    const struct subject_new *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return x->component < y->component ? -1 : x->component > y->component;
}

static enum rc write_subjects(struct op *op, struct store *s, const struct finding_change *c)
{
    if (c->n_subjects)
        qsort(c->subjects, c->n_subjects, sizeof *c->subjects, by_number);
    for (size_t i = 0; i < c->n_subjects; i++)
        TRY(db_do(op, s->db, &q_subject_add, ARGS(of_int(c->subjects[i].number), of_int(c->subjects[i].component))));
    return RC_OK;
}

/* ---- writing ---- */

static int by_record(const void *a, const void *b)
{
    const struct finding_new *x = a, *y = b;
    if (x->record != y->record)
        return x->record < y->record ? -1 : 1;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    return x->state < y->state ? -1 : x->state > y->state;
}

static bool has_id(const struct id_list *l, uint32_t id)
{
    size_t low = 0, high = l->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (l->at[mid] < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < l->n && l->at[low] == id;
}

static bool is_open(uint8_t state)
{
    return state < FINDING_CLOSED;
}

/* What one record says now: of others as before, of the judged what is new, with the time at which it came to be so. */
static void merge(struct op *op, const struct finding_change *c, const struct finding_list *before, const struct finding_list *aside,
                  const struct finding_new *news, size_t n, struct finding_list *ret, uint64_t *ret_new)
{
    vec_each(const struct finding_said, f, &before->list)
        if (!has_id(c->judged, f->component))
            *vec_push(op->mem, &ret->list) = *f;
    for (size_t i = 0; i < n; i++) {
        if (i && news[i].component == news[i - 1].component)
            continue; /* the worst came first */
        const struct finding_said *was = said_of(before, news[i].component);
        was = was ? was : said_of(aside, news[i].component);
        bool same = was && is_open(was->state) == is_open(news[i].state);
        *vec_push(op->mem, &ret->list) = (struct finding_said){news[i].component, news[i].state, same ? was->since : c->at};
        *ret_new += is_open(news[i].state) && !same;
    }
}

static enum rc write_record(struct op *op, struct store *s, const struct finding_change *c, uint32_t record, const struct finding_new *news,
                            size_t n, uint64_t *ret_new)
{
    struct finding_list before = {{NULL, 0, 0}}, aside = {{NULL, 0, 0}}, now = {{NULL, 0, 0}};
    struct str name = c->records[record], bytes;
    struct buf b;
    enum rc rc = row_of(op, s, name, &before, &aside);
    if (rc == RC_NOTFOUND && n == 0)
        return RC_OK;
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    merge(op, c, &before, &aside, news, n, &now, ret_new);
    if (now.list.n == 0 && aside.list.n == 0)
        return db_do(op, s->db, &q_drop, ARGS(of_text(name)));
    buf_open(&b, op->mem, "findings", SAID_BYTES);
    put_said(&b, &now);
    TRY(buf_done(op, &b, &bytes));
    return db_do(op, s->db, &q_set, ARGS(of_text(name), of_blob(bytes), of_blob(STR(""))));
}

enum rc finding_write(struct op *op, struct store *s, const struct finding_change *c, uint64_t *ret_new)
{
    struct op round = *op;
    enum rc rc = RC_OK;
    round.mem = arena_child(op->mem);
    if (c->n_news)
        qsort(c->news, c->n_news, sizeof *c->news, by_record);
    for (size_t r = 0, i = 0, end; rc == RC_OK && r < c->n_records; r++, i = end) {
        for (end = i; end < c->n_news && c->news[end].record == r; end++)
            ;
        arena_reset(round.mem);
        rc = write_record(&round, s, c, (uint32_t)r, c->news + i, end - i, ret_new);
    }
    if (rc != RC_OK && op->err.rc == RC_OK)
        fail(op, rc, STR_FMT, STR_ARG(round.err.text));
    arena_close(round.mem);
    TRY(rc);
    return write_subjects(op, s, c);
}

enum rc finding_forget_begin(struct op *op, struct store *s)
{
    TRY(db_do(op, s->db, &q_subject_none, NO_ARGS));
    return db_do(op, s->db, &q_aside, NO_ARGS);
}

enum rc finding_forget_end(struct op *op, struct store *s)
{
    for (size_t i = 0; i < sizeof q_aside_end / sizeof *q_aside_end; i++)
        TRY(db_do(op, s->db, &q_aside_end[i], NO_ARGS));
    return RC_OK;
}
