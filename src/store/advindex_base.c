/* An import of one source takes the others from the index there is: compressed blocks as they are, tables row by row. */
#include <stdlib.h>

#include "store/advindex_read.h"
#include "store/advindex_writer.h"

/* Where an entry stands in the old index: entries are kept by key there, and wanted by record here. */
struct old_entry {
    uint32_t record, at;
    struct packed_text name;
};

struct base {
    struct advindex_writer *w;
    const struct advindex *ix;
    const struct str *except; /* sources that are not taken over */
    size_t n_except;
    uint32_t *source; /* old number → new; DROPPED */
    uint32_t *block;  /* old number + 1 → new, 0: not yet */
    struct arena *mem;
    VEC(struct old_entry) entries;
};
#define DROPPED SOURCE_DROPPED

static int by_record(const void *pa, const void *pb)
{
    const struct old_entry *a = pa, *b = pb;
    int c = (a->record > b->record) - (a->record < b->record);
    return c ? c : (a->at > b->at) - (a->at < b->at);
}

static enum rc gather(struct op *op, struct base *b)
{
    const struct advindex *ix = b->ix;
    const struct advindex_key *key = index_rows(ix, SECTION_KEYS, struct advindex_key);
    struct advisory_view v;
    struct str name;
    for (size_t i = 0; i < index_count(ix, SECTION_KEYS, struct advindex_key); i++) {
        if (!index_text(ix, key[i].name, &name) || key[i].entries_at > ix->section[SECTION_ENTRIES].n)
            return index_damaged(op, ix, "keys");
        struct blob in = blob_of(str_from(ix->section[SECTION_ENTRIES], key[i].entries_at));
        for (uint32_t n = 0; n < key[i].n_entries; n++) {
            uint32_t at = (uint32_t)((const char *)in.p - ix->section[SECTION_ENTRIES].p);
            if (!index_entry(ix, &in, name, &v))
                return index_damaged(op, ix, "entries");
            *vec_push(b->mem, &b->entries) = (struct old_entry){v.record, at, key[i].name};
        }
    }
    if (b->entries.n)
        qsort(b->entries.at, b->entries.n, sizeof *b->entries.at, by_record);
    return RC_OK;
}

static bool excepted(const struct base *b, struct str source)
{
    for (size_t i = 0; i < b->n_except; i++)
        if (str_eq(source, b->except[i]))
            return true;
    return false;
}

static enum rc sources(struct op *op, struct base *b)
{
    const struct advindex_source_row *row = index_rows(b->ix, SECTION_SOURCES, struct advindex_source_row);
    size_t n = index_count(b->ix, SECTION_SOURCES, struct advindex_source_row);
    struct str name;
    b->source = arena_array(b->mem, n, sizeof *b->source);
    for (size_t i = 0; i < n; i++) {
        b->source[i] = DROPPED;
        if (!index_text(b->ix, row[i].name, &name))
            return index_damaged(op, b->ix, "sources");
        if (excepted(b, name))
            continue;
        size_t known = b->w->sources.n;
        b->source[i] = writer_source(b->w, name);
        if (b->source[i] == known)
            b->w->sources.at[known].imported_at = row[i].imported_at;
    }
    return RC_OK;
}

static enum rc block(struct op *op, struct base *b, uint32_t old, uint32_t *ret)
{
    struct advindex_block row;
    struct str packed;
    if (!index_block(b->ix, old, &row, &packed))
        return index_damaged(op, b->ix, "blocks");
    if (!b->block[old]) {
        row.at = b->w->file_at;
        *vec_push(b->w->mem, &b->w->blocks) = row;
        b->block[old] = (uint32_t)b->w->blocks.n;
        TRY(writer_append(op, b->w, packed));
    }
    *ret = b->block[old] - 1;
    return RC_OK;
}

static struct packed_text repack(struct base *b, struct packed_text t)
{
    struct str s = {"", 0};
    (void)index_text(b->ix, t, &s); /* index_entry has looked at it */
    return writer_pack(b->w, s);
}

static enum rc entry(struct op *op, struct base *b, const struct old_entry *old)
{
    struct arena *mem = b->w->scratch;
    struct advisory_view v;
    struct blob in = blob_of(str_from(b->ix->section[SECTION_ENTRIES], old->at));
    struct writer_entry_parts e;
    struct str key;
    if (!index_text(b->ix, old->name, &key) || !index_entry(b->ix, &in, key, &v))
        return index_damaged(op, b->ix, "entries");
    struct packed_interval *intervals = arena_array(mem, v.n_intervals, sizeof *intervals);
    struct packed_text *versions = arena_array(mem, v.n_versions, sizeof *versions);
    for (uint32_t i = 0; i < v.n_intervals; i++)
        intervals[i] =
            (struct packed_interval){repack(b, v.intervals[i].low), repack(b, v.intervals[i].high), v.intervals[i].flags};
    for (uint32_t i = 0; i < v.n_versions; i++)
        versions[i] = repack(b, v.versions[i]);
    e = (struct writer_entry_parts){v.ecosystem, v.name,        key,          v.urgency, intervals,
                                    versions,    v.n_intervals, v.n_versions, v.git_only};
    writer_entry(b->w, &e);
    return RC_OK;
}

static enum rc records(struct op *op, struct base *b)
{
    size_t n = index_count(b->ix, SECTION_RECORDS, uint32_t), next = 0;
    struct arena *mem = b->w->scratch;
    struct op sub = *op;
    sub.mem = mem;
    for (uint32_t i = 0; i < n; i++) {
        struct index_details d;
        struct record_place place;
        arena_reset(mem);
        if (index_record(&sub, b->ix, i, &d) != RC_OK)
            return index_damaged(op, b->ix, "records");
        while (next < b->entries.n && b->entries.at[next].record < i)
            next++;
        if (b->source[d.source] == DROPPED)
            continue;
        place = (struct record_place){0, d.at, d.n};
        TRY(block(op, b, d.block, &place.block));
        writer_record(b->w, &d.view, b->source[d.source], place);
        for (; next < b->entries.n && b->entries.at[next].record == i; next++)
            TRY(entry(op, b, &b->entries.at[next]));
        TRY(writer_full(op, b->w));
    }
    return RC_OK;
}

static enum rc figures(struct op *op, struct base *b)
{
    const struct advindex_exploited *k = index_rows(b->ix, SECTION_EXPLOITED, struct advindex_exploited);
    const struct advindex_score *s = index_rows(b->ix, SECTION_SCORES, struct advindex_score);
    size_t sources_n = index_count(b->ix, SECTION_SOURCES, struct advindex_source_row);
    for (size_t i = 0; i < index_count(b->ix, SECTION_EXPLOITED, struct advindex_exploited); i++) {
        if (k[i].source >= sources_n)
            return index_damaged(op, b->ix, "exploited");
        if (b->source[k[i].source] != DROPPED)
            *vec_push(b->w->mem, &b->w->exploited) =
                (struct advindex_exploited){repack(b, k[i].id), k[i].added, k[i].due, k[i].ransomware, b->source[k[i].source]};
    }
    for (size_t i = 0; i < index_count(b->ix, SECTION_SCORES, struct advindex_score); i++) {
        if (s[i].source >= sources_n)
            return index_damaged(op, b->ix, "scores");
        if (b->source[s[i].source] != DROPPED)
            *vec_push(b->w->mem, &b->w->scores) =
                (struct advindex_score){repack(b, s[i].id), s[i].probability, s[i].percentile, s[i].at, b->source[s[i].source]};
    }
    return RC_OK;
}

static enum rc copy(struct op *op, void *arg)
{
    struct base *b = arg;
    TRY(sources(op, b));
    TRY(gather(op, b));
    TRY(records(op, b));
    TRY(figures(op, b));
    return writer_take_facts(op, b->w, b->ix, b->source);
}

enum rc advindex_writer_base(struct op *op, struct advindex_writer *w, const struct advindex *ix, const struct str *except,
                             size_t n_except)
{
    struct base b = {.w = w, .ix = ix, .except = except, .n_except = n_except, .mem = arena_child(op->mem)};
    TRY(advindex_check(op, ix));
    TRY(writer_flush(op, w)); /* blocks are numbered as they are written */
    b.block = arena_array(b.mem, index_count(ix, SECTION_BLOCKS, struct advindex_block), sizeof *b.block);
    TRY(index_guarded(op, ix, copy, &b));
    arena_close(b.mem);
    return RC_OK;
}
