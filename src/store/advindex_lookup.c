/* What matching asks: entries of a name, a record, records of an id, exploitation. Binary searches over the mapping;
 * nothing is allocated but what index_record gives back. */
#include "store/advindex_read.h"

/* The first of n rows, sorted by the packed text they begin with, whose text is not below `text`. A text that points
 * outside counts as empty: the search then ends somewhere, and what is there is checked again. */
static size_t first_not_below(const struct advindex *ix, const void *rows, size_t n, size_t stride, struct str text)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        struct packed_text t;
        struct str s = {"", 0};
        memcpy(&t, (const char *)rows + mid * stride, sizeof t);
        (void)index_text(ix, t, &s);
        if (str_cmp(s, text) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static bool is_at(const struct advindex *ix, const struct packed_text *t, struct str text)
{
    struct str s;
    return index_text(ix, *t, &s) && str_eq(s, text);
}

/* ---- entries of a name ---- */

struct find {
    const struct advindex *ix;
    struct str ecosystem, name;
    index_visit *visit;
    void *arg;
};

static enum rc find_in(struct op *op, const struct find *f, const struct advindex_ecosystem *e, unsigned table)
{
    const struct advindex_key *keys;
    uint32_t n;
    if (!index_keys(f->ix, e, table, &keys, &n))
        return index_damaged(op, f->ix, "keys");
    size_t i = first_not_below(f->ix, keys, n, sizeof *keys, f->name);
    if (i == n || !is_at(f->ix, &keys[i].name, f->name))
        return RC_OK;
    return index_entries(op, f->ix, &keys[i], f->visit, f->arg);
}

static enum rc find_run(struct op *op, void *arg)
{
    const struct find *f = arg;
    const struct advindex_ecosystem *all = index_rows(f->ix, SECTION_ECOSYSTEMS, struct advindex_ecosystem);
    size_t n = index_count(f->ix, SECTION_ECOSYSTEMS, struct advindex_ecosystem);
    size_t i = first_not_below(f->ix, all, n, sizeof *all, f->ecosystem);
    if (i == n || !is_at(f->ix, &all[i].name, f->ecosystem))
        return RC_OK;
    TRY(find_in(op, f, &all[i], TABLE_MALICIOUS));
    return find_in(op, f, &all[i], TABLE_VULNERABLE);
}

static enum rc find(void *arg, struct op *op, struct str ecosystem, struct str name, index_visit *visit, void *visit_arg)
{
    struct find f = {arg, ecosystem, name, visit, visit_arg};
    return index_guarded(op, f.ix, find_run, &f);
}

/* ---- a record ---- */

struct one_record {
    const struct advindex *ix;
    uint32_t number;
    struct index_details details;
};

static enum rc record_run(struct op *op, void *arg)
{
    struct one_record *r = arg;
    return index_record(op, r->ix, r->number, &r->details);
}

static enum rc record(void *arg, struct op *op, uint32_t number, struct record_view *ret)
{
    struct one_record r = {.ix = arg, .number = number};
    TRY(index_guarded(op, r.ix, record_run, &r));
    *ret = r.details.view;
    return RC_OK;
}

/* ---- records of an id ---- */

struct ids {
    const struct advindex *ix;
    enum advindex_section section;
    struct str id;
    uint32_t *records;
    size_t most, n;
};

static enum rc ids_run(struct op *op, void *arg)
{
    struct ids *s = arg;
    const struct advindex_name *all = index_rows(s->ix, s->section, struct advindex_name);
    size_t n = index_count(s->ix, s->section, struct advindex_name);
    for (size_t i = first_not_below(s->ix, all, n, sizeof *all, s->id);
         i < n && is_at(s->ix, &all[i].text, s->id) && s->n < s->most; i++) {
        if (all[i].record >= advindex_records(s->ix))
            return index_damaged(op, s->ix, "ids");
        s->records[s->n++] = all[i].record;
    }
    return s->n ? RC_OK : RC_NOTFOUND;
}

static enum rc by_id(void *arg, struct op *op, struct str id, uint32_t *ret_records, size_t most, size_t *ret_n)
{
    struct ids s = {arg, SECTION_IDS, id, ret_records, most, 0};
    TRY(index_guarded(op, s.ix, ids_run, &s));
    *ret_n = s.n;
    return RC_OK;
}

enum rc advindex_about(struct op *op, const struct advindex *ix, struct str id, uint32_t *ret_records, size_t most, size_t *ret_n)
{
    struct ids s = {ix, SECTION_UPSTREAM, id, ret_records, most, 0};
    TRY(index_guarded(op, ix, ids_run, &s));
    *ret_n = s.n;
    return RC_OK;
}

/* ---- exploitation ---- */

struct figure {
    const struct advindex *ix;
    struct str id, text;
    struct advindex_exploited exploited;
    struct advindex_score score;
};

static enum rc exploited_run(struct op *op, void *arg)
{
    struct figure *f = arg;
    const struct advindex_exploited *all = index_rows(f->ix, SECTION_EXPLOITED, struct advindex_exploited);
    size_t n = index_count(f->ix, SECTION_EXPLOITED, struct advindex_exploited);
    size_t i = first_not_below(f->ix, all, n, sizeof *all, f->id);
    (void)op;
    if (i == n || !is_at(f->ix, &all[i].id, f->id) || !index_text(f->ix, all[i].id, &f->text))
        return RC_NOTFOUND;
    f->exploited = all[i];
    return RC_OK;
}

static bool exploited(void *arg, struct str id, struct known_exploited *ret)
{
    struct figure f = {.ix = arg, .id = id};
    enum rc rc;
    if (!index_guarded_quietly(NULL, f.ix, exploited_run, &f, &rc) || rc != RC_OK)
        return false;
    if (ret)
        *ret = (struct known_exploited){f.text, f.exploited.added, f.exploited.due, f.exploited.ransomware != 0};
    return true;
}

static enum rc score_run(struct op *op, void *arg)
{
    struct figure *f = arg;
    const struct advindex_score *all = index_rows(f->ix, SECTION_SCORES, struct advindex_score);
    size_t n = index_count(f->ix, SECTION_SCORES, struct advindex_score);
    size_t i = first_not_below(f->ix, all, n, sizeof *all, f->id);
    (void)op;
    if (i == n || !is_at(f->ix, &all[i].id, f->id))
        return RC_NOTFOUND;
    f->score = all[i];
    return RC_OK;
}

static double probability(void *arg, struct str id)
{
    struct figure f = {.ix = arg, .id = id};
    enum rc rc;
    if (!index_guarded_quietly(NULL, f.ix, score_run, &f, &rc) || rc != RC_OK)
        return -1;
    return f.score.probability >= 0 && f.score.probability <= 1 ? f.score.probability : -1;
}

void advindex_lookup(const struct advindex *ix, struct advisory_lookup *ret)
{
    *ret = (struct advisory_lookup){(void *)(uintptr_t)ix, find, record, by_id, exploited, probability};
}

uint32_t advindex_records(const struct advindex *ix)
{
    return (uint32_t)index_count(ix, SECTION_RECORDS, uint32_t);
}

uint64_t advindex_bytes(const struct advindex *ix)
{
    return ix->map.n;
}
