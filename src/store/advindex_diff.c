/* What differs between two indexes: names of which the entries are not the same. The order of records and where texts lie are
 * no difference: entries are compared by keyed hashes of all that matching reads, summed. */
#include "store/advindex_diff.h"

#include "store/advindex_read.h"
#include "store/key.h"

struct diffing {
    const struct advindex *was, *is;
    const unsigned char *key;
    struct arena *mem;   /* of the result */
    struct buf bytes;
    struct hash128 sum;
    struct advindex_changes *ret;
};

/* ---- one name ---- */

static void put_view(struct buf *b, const struct advisory_view *v)
{
    buf_clear(b);
    put_str(b, v->id);
    put_int(b, v->flags);
    put_int(b, (uint64_t)v->withdrawn);
    put_str(b, v->ecosystem);
    put_str(b, v->name);
    put_str(b, v->urgency);
    put_int(b, v->git_only);
    put_int(b, v->n_intervals);
    for (uint32_t i = 0; i < v->n_intervals; i++) {
        put_int(b, v->intervals[i].flags);
        put_str(b, view_text(v, v->intervals[i].low));
        put_str(b, view_text(v, v->intervals[i].high));
    }
    for (uint32_t i = 0; i < v->n_versions; i++)
        put_str(b, view_text(v, v->versions[i]));
}

static enum rc add_entry(struct op *op, void *arg, const struct advisory_view *v)
{
    struct diffing *d = arg;
    put_view(&d->bytes, v);
    if (d->bytes.full)
        return fail(op, RC_LIMIT, "an advisory's entry is too large to be compared");
    hash128_sum(&d->sum, key_hash(d->key, buf_str(&d->bytes)));
    return RC_OK;
}

static enum rc sum_of(struct op *op, struct diffing *d, const struct advindex *ix, const struct advindex_key *k, struct hash128 *ret)
{
    d->sum = (struct hash128){0, 0};
    TRY(index_entries(op, ix, k, add_entry, d));
    *ret = d->sum;
    return RC_OK;
}

/* ---- one ecosystem's table ---- */

struct side {
    const struct advindex *ix;
    struct str ecosystem;
    const struct advindex_key *at, *end;
    struct str name; /* of `at` */
};

static enum rc side_name(struct op *op, struct side *s)
{
    return s->at == s->end || index_text(s->ix, s->at->name, &s->name) ? RC_OK : index_damaged(op, s->ix, "keys");
}

static enum rc side_open(struct op *op, const struct advindex *ix, const struct advindex_ecosystem *e, unsigned table, struct side *ret)
{
    uint32_t n = 0;
    *ret = (struct side){.ix = ix, .name = {"", 0}};
    if (!e)
        return RC_OK;
    if (!index_text(ix, e->name, &ret->ecosystem) || !index_keys(ix, e, table, &ret->at, &n))
        return index_damaged(op, ix, "keys");
    ret->end = ret->at + n;
    return side_name(op, ret);
}

static void changed(struct diffing *d, const struct side *s)
{
    *vec_push(d->mem, &d->ret->list) = (struct advindex_change){s->ecosystem, s->name};
}

static enum rc step(struct op *op, struct side *s)
{
    s->at++;
    return side_name(op, s);
}

static enum rc diff_keys(struct op *op, struct diffing *d, struct side *was, struct side *is)
{
    while (was->at != was->end || is->at != is->end) {
        int c = was->at == was->end ? 1 : is->at == is->end ? -1 : str_cmp(was->name, is->name);
        if (c == 0) {
            struct hash128 a, b;
            TRY(sum_of(op, d, was->ix, was->at, &a));
            TRY(sum_of(op, d, is->ix, is->at, &b));
            if (a.a != b.a || a.b != b.b)
                changed(d, is);
        } else {
            changed(d, c < 0 ? was : is);
        }
        if (c <= 0)
            TRY(step(op, was));
        if (c >= 0)
            TRY(step(op, is));
    }
    return RC_OK;
}

/* ---- all ecosystems ---- */

static enum rc name_of(struct op *op, const struct advindex *ix, const struct advindex_ecosystem *e, struct str *ret)
{
    return index_text(ix, e->name, ret) ? RC_OK : index_damaged(op, ix, "ecosystems");
}

static enum rc diff_ecosystem(struct op *op, struct diffing *d, const struct advindex_ecosystem *was, const struct advindex_ecosystem *is)
{
    for (unsigned table = 0; table < TABLE_SUPERSEDED; table++) {
        struct side a, b;
        TRY(side_open(op, d->was, was, table, &a));
        TRY(side_open(op, d->is, is, table, &b));
        TRY(diff_keys(op, d, &a, &b));
    }
    return RC_OK;
}

static enum rc diff_run(struct op *op, void *arg)
{
    struct diffing *d = arg;
    const struct advindex_ecosystem *was = index_rows(d->was, SECTION_ECOSYSTEMS, struct advindex_ecosystem);
    const struct advindex_ecosystem *is = index_rows(d->is, SECTION_ECOSYSTEMS, struct advindex_ecosystem);
    size_t n = index_count(d->was, SECTION_ECOSYSTEMS, struct advindex_ecosystem), i = 0;
    size_t m = index_count(d->is, SECTION_ECOSYSTEMS, struct advindex_ecosystem), k = 0;
    while (i < n || k < m) {
        struct str a = {"", 0}, b = {"", 0};
        if (i < n)
            TRY(name_of(op, d->was, &was[i], &a));
        if (k < m)
            TRY(name_of(op, d->is, &is[k], &b));
        int c = i == n ? 1 : k == m ? -1 : str_cmp(a, b);
        TRY(diff_ecosystem(op, d, c <= 0 ? &was[i] : NULL, c >= 0 ? &is[k] : NULL));
        i += c <= 0;
        k += c >= 0;
    }
    return RC_OK;
}

static enum rc guard_other(struct op *op, void *arg)
{
    const struct diffing *d = arg;
    return index_guarded(op, d->is, diff_run, arg);
}

enum rc advindex_diff(struct op *op, const struct advindex *was, const struct advindex *is, struct advindex_changes *ret)
{
    static const unsigned char none[KEY_BYTES];
    unsigned char key[KEY_BYTES];
    struct diffing d = {.was = was, .is = is, .key = key_draw(key) ? key : none, .mem = op->mem, .ret = ret};
    struct arena *mem = arena_child(op->mem);
    buf_open(&d.bytes, mem, "an advisory's entry", (size_t)1 << 30);
    enum rc rc = index_guarded(op, was, guard_other, &d);
    arena_close(mem);
    return rc;
}

struct marking {
    const struct advindex *ix;
    struct str mark;
};

/* The header has the checksum of every section. */
static enum rc mark_run(struct op *op, void *arg)
{
    struct marking *m = arg;
    m->mark = str_dup(op->mem, str_upto(m->ix->map, ADVINDEX_HEADER));
    return RC_OK;
}

enum rc advindex_mark(struct op *op, const struct advindex *ix, struct str *ret)
{
    struct marking m = {.ix = ix};
    TRY(index_guarded(op, ix, mark_run, &m));
    *ret = m.mark;
    return RC_OK;
}
