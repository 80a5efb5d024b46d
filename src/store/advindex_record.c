/* From a record to what it says is affected. Entries are kept by name, so those of a record are found by passing over all
 * others: a few varints each, once for all records that are asked about. */
#include "store/advindex_read.h"

#include <stdlib.h>

enum { ENTRY_LEAST = 7 }; /* bytes of the shortest entry */

struct asked {
    const struct advindex *ix;
    const uint32_t *records; /* sorted */
    size_t n;
    size_t budget; /* entries there can be: keys that share them are damage */
    index_visit *visit;
    void *arg;
};

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Takes one entry off the blob, looking at nothing but its record. */
static uint32_t pass(struct blob *b)
{
    uint32_t record = blob_u32(b), flags = blob_u32(b);
    unsigned more = 5 + (flags & ENTRY_NAME ? 2 : 0) + (flags & ENTRY_URGENCY ? 1 : 0);
    while (more--)
        (void)blob_int(b);
    return record;
}

static bool is_asked(const struct asked *a, uint32_t record)
{
    if (record < a->records[0] || record > a->records[a->n - 1])
        return false;
    return bsearch(&record, a->records, a->n, sizeof record, by_number) != NULL;
}

static enum rc entries_of_key(struct op *op, struct asked *a, const struct advindex_key *key)
{
    struct str name, all = a->ix->section[SECTION_ENTRIES];
    struct advisory_view v;
    if (!index_text(a->ix, key->name, &name) || key->entries_at > all.n || key->n_entries == 0 || key->n_entries > a->budget)
        return index_damaged(op, a->ix, "keys");
    a->budget -= key->n_entries;
    struct blob b = blob_of(str_from(all, key->entries_at));
    for (uint32_t i = 0; i < key->n_entries; i++) {
        struct blob start = b;
        uint32_t record = pass(&b);
        if (b.bad)
            return index_damaged(op, a->ix, "entries");
        if (!is_asked(a, record))
            continue;
        if (!index_entry(a->ix, &start, name, &v))
            return index_damaged(op, a->ix, "entries");
        TRY(a->visit(op, a->arg, &v));
    }
    return RC_OK;
}

static enum rc entries_run(struct op *op, void *arg)
{
    struct asked *a = arg;
    const struct advindex_ecosystem *all = index_rows(a->ix, SECTION_ECOSYSTEMS, struct advindex_ecosystem);
    size_t n = index_count(a->ix, SECTION_ECOSYSTEMS, struct advindex_ecosystem);
    a->budget = a->ix->section[SECTION_ENTRIES].n / ENTRY_LEAST;
    for (size_t i = 0; i < n; i++) {
        struct str name;
        if (!index_text(a->ix, all[i].name, &name))
            return index_damaged(op, a->ix, "ecosystems");
        for (unsigned table = 0; table < TABLE_SUPERSEDED && !str_eq(name, STR(ADVISORY_GIT)); table++) {
            const struct advindex_key *keys;
            uint32_t n_keys;
            if (!index_keys(a->ix, &all[i], table, &keys, &n_keys))
                return index_damaged(op, a->ix, "keys");
            for (uint32_t k = 0; k < n_keys; k++)
                TRY(entries_of_key(op, a, &keys[k]));
        }
    }
    return RC_OK;
}

enum rc advindex_entries(struct op *op, const struct advindex *ix, const uint32_t *records, size_t n, advindex_visit *visit,
                         void *arg)
{
    if (n == 0)
        return RC_OK;
    struct arena *mem = arena_child(op->mem);
    uint32_t *sorted = arena_array(mem, n, sizeof *sorted);
    for (size_t i = 0; i < n; i++)
        sorted[i] = records[i];
    qsort(sorted, n, sizeof *sorted, by_number);
    struct asked a = {.ix = ix, .records = sorted, .n = n, .visit = visit, .arg = arg};
    TRY(index_guarded(op, ix, entries_run, &a));
    arena_close(mem);
    return RC_OK;
}

/* ---- ecosystems ---- */

struct ecosystem_list {
    const struct advindex *ix;
    struct str *list;
    size_t n;
};

static enum rc ecosystems_run(struct op *op, void *arg)
{
    struct ecosystem_list *l = arg;
    const struct advindex_ecosystem *all = index_rows(l->ix, SECTION_ECOSYSTEMS, struct advindex_ecosystem);
    size_t n = index_count(l->ix, SECTION_ECOSYSTEMS, struct advindex_ecosystem);
    l->list = arena_array(op->mem, n, sizeof *l->list);
    for (size_t i = 0; i < n; i++) {
        if (all[i].n[TABLE_VULNERABLE] == 0 && all[i].n[TABLE_MALICIOUS] == 0)
            continue;
        if (!index_text(l->ix, all[i].name, &l->list[l->n]))
            return index_damaged(op, l->ix, "ecosystems");
        l->n += !str_eq(l->list[l->n], STR(ADVISORY_GIT)); /* repositories are no packages */
    }
    return RC_OK;
}

enum rc advindex_ecosystems(struct op *op, const struct advindex *ix, struct str **ret, size_t *ret_n)
{
    struct ecosystem_list l = {ix, NULL, 0};
    TRY(index_guarded(op, ix, ecosystems_run, &l));
    *ret = l.list;
    *ret_n = l.n;
    return RC_OK;
}
