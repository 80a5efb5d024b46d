/* The slower questions: the whole text of a record, the sources, a search by text, and whether all of it is sound. */
#include "store/advindex_read.h"

#include <stdlib.h>
#include <zstd.h>

/* ---- whole records ---- */

struct whole {
    const struct advindex *ix;
    uint32_t record;
    struct str bytes;
};

static enum rc whole_run(struct op *op, void *arg)
{
    struct whole *w = arg;
    struct index_details d;
    struct advindex_block block;
    struct str packed;
    if (w->record >= index_count(w->ix, SECTION_RECORDS, uint32_t))
        return RC_NOTFOUND;
    if (!index_details(w->ix, w->record, false, &d) || !index_block(w->ix, d.block, &block, &packed)
        || block.checksum != advindex_checksum(packed) || ZSTD_getFrameContentSize(packed.p, packed.n) != block.plain_bytes
        || d.at > block.plain_bytes || d.n > block.plain_bytes - d.at)
        return index_damaged(op, w->ix, "blocks");
    struct arena *mem = arena_child(op->mem);
    char *plain = arena_alloc(mem, block.plain_bytes);
    if (ZSTD_decompress(plain, block.plain_bytes, packed.p, packed.n) != block.plain_bytes)
        return index_damaged(op, w->ix, "blocks");
    w->bytes = str_dup(op->mem, (struct str){plain + d.at, d.n});
    arena_close(mem);
    return RC_OK;
}

enum rc advindex_whole(struct op *op, const struct advindex *ix, uint32_t record, struct str *ret)
{
    struct whole w = {ix, record, {NULL, 0}};
    TRY(index_guarded(op, ix, whole_run, &w));
    *ret = w.bytes;
    return RC_OK;
}

/* ---- sources ---- */

struct source_list {
    const struct advindex *ix;
    struct advindex_source *list;
    size_t n;
};

static int by_source_name(const void *a, const void *b)
{
    return str_cmp(((const struct advindex_source *)a)->name, ((const struct advindex_source *)b)->name);
}

static enum rc sources_run(struct op *op, void *arg)
{
    struct source_list *s = arg;
    const struct advindex_source_row *rows = index_rows(s->ix, SECTION_SOURCES, struct advindex_source_row);
    s->n = index_count(s->ix, SECTION_SOURCES, struct advindex_source_row);
    s->list = arena_array(op->mem, s->n, sizeof *s->list);
    for (size_t i = 0; i < s->n; i++) {
        s->list[i] = (struct advindex_source){{"", 0}, rows[i].count, rows[i].newest, rows[i].imported_at};
        if (!index_text(s->ix, rows[i].name, &s->list[i].name))
            return index_damaged(op, s->ix, "sources");
    }
    qsort(s->list, s->n, sizeof *s->list, by_source_name);
    return RC_OK;
}

enum rc advindex_sources(struct op *op, const struct advindex *ix, struct advindex_source **ret, size_t *ret_n)
{
    struct source_list s = {ix, NULL, 0};
    TRY(index_guarded(op, ix, sources_run, &s));
    *ret = s.list;
    *ret_n = s.n;
    return RC_OK;
}

/* ---- search ---- */

enum hit { HIT_NONE, HIT_PART, HIT_EXACT };

struct search {
    const struct advindex *ix;
    struct str text;     /* in lower case */
    unsigned char *hits; /* enum hit per record */
    unsigned char hit;   /* of the key whose entries are visited */
};

static bool begins(struct str s, struct str lower)
{
    for (size_t i = 0; i < lower.n; i++)
        if (to_lower(s.p[i]) != lower.p[i])
            return false;
    return true;
}

static enum hit hit_in(struct str s, struct str lower)
{
    for (; s.n >= lower.n; s = str_from(s, 1)) {
        if (begins(s, lower))
            return HIT_PART;
    }
    return HIT_NONE;
}

static enum hit hit_name(struct str s, struct str lower)
{
    return s.n == lower.n && begins(s, lower) ? HIT_EXACT : hit_in(s, lower);
}

static void note(struct search *s, uint32_t record, enum hit hit)
{
    if (record < index_count(s->ix, SECTION_RECORDS, uint32_t) && hit > s->hits[record])
        s->hits[record] = (unsigned char)hit;
}

static enum rc note_entry(struct op *op, void *arg, const struct advisory_view *v)
{
    struct search *s = arg;
    (void)op;
    note(s, v->record, s->hit);
    return RC_OK;
}

static enum rc search_keys(struct op *op, struct search *s, const struct advindex_ecosystem *e, unsigned table)
{
    const struct advindex_key *keys;
    uint32_t n;
    struct str name;
    if (!index_keys(s->ix, e, table, &keys, &n))
        return index_damaged(op, s->ix, "keys");
    for (uint32_t i = 0; i < n; i++) {
        if (!index_text(s->ix, keys[i].name, &name))
            return index_damaged(op, s->ix, "keys");
        s->hit = (unsigned char)hit_name(name, s->text);
        if (s->hit)
            TRY(index_entries(op, s->ix, &keys[i], note_entry, s));
    }
    return RC_OK;
}

static enum rc search_run(struct op *op, void *arg)
{
    struct search *s = arg;
    struct index_details d;
    struct str text;
    size_t records = index_count(s->ix, SECTION_RECORDS, uint32_t), ids = index_count(s->ix, SECTION_IDS, struct advindex_name);
    const struct advindex_name *id = index_rows(s->ix, SECTION_IDS, struct advindex_name);
    const struct advindex_ecosystem *e = index_rows(s->ix, SECTION_ECOSYSTEMS, struct advindex_ecosystem);
    for (uint32_t i = 0; i < records; i++) {
        if (!index_details(s->ix, i, false, &d))
            return index_damaged(op, s->ix, "records");
        note(s, i, hit_in(d.view.summary, s->text));
    }
    for (size_t i = 0; i < ids; i++) {
        if (!index_text(s->ix, id[i].text, &text))
            return index_damaged(op, s->ix, "ids");
        note(s, id[i].record, hit_name(text, s->text));
    }
    for (size_t i = 0; i < index_count(s->ix, SECTION_ECOSYSTEMS, struct advindex_ecosystem); i++)
        for (unsigned table = 0; table < TABLE_SUPERSEDED; table++)
            TRY(search_keys(op, s, &e[i], table));
    return RC_OK;
}

enum rc advindex_search(struct op *op, const struct advindex *ix, struct str text, size_t most, uint32_t **ret, size_t *ret_n)
{
    struct arena *mem = arena_child(op->mem);
    size_t records = advindex_records(ix), n = 0;
    struct search s = {.ix = ix, .text = str_lower(mem, text), .hits = arena_alloc(mem, records)};
    uint32_t *list = arena_array(op->mem, most < records ? most : records, sizeof *list);
    if (text.n)
        TRY(index_guarded(op, ix, search_run, &s));
    for (unsigned hit = HIT_EXACT; hit > HIT_NONE; hit--)
        for (uint32_t i = 0; i < records && n < most; i++)
            if (s.hits[i] == hit && !index_superseded(ix, i))
                list[n++] = i;
    arena_close(mem);
    *ret = list;
    *ret_n = n;
    return RC_OK;
}

/* ---- soundness ---- */

static bool zeros(const struct advindex *ix, uint64_t from, uint64_t to)
{
    for (; from < to && from < ix->map.n; from++)
        if (ix->map.p[from])
            return false;
    return true;
}

static bool padded(const struct advindex *ix, uint64_t end)
{
    return zeros(ix, end, (end + ADVINDEX_ALIGN - 1) / ADVINDEX_ALIGN * ADVINDEX_ALIGN);
}

static enum rc check_run(struct op *op, void *arg)
{
    const struct advindex *ix = arg;
    uint64_t end = ADVINDEX_HEADER;
    struct advindex_block block;
    struct str packed;
    if (!zeros(ix, sizeof(struct advindex_header), ADVINDEX_HEADER))
        return index_damaged(op, ix, "header");
    for (int i = 0; i < SECTION_COUNT; i++) {
        const struct advindex_span *s = &ix->header.section[i];
        if (s->checksum != advindex_checksum(ix->section[i]) || !padded(ix, s->at + s->bytes))
            return index_damaged(op, ix, "tables");
    }
    for (uint32_t i = 0; i < index_count(ix, SECTION_BLOCKS, struct advindex_block); i++) {
        if (!index_block(ix, i, &block, &packed) || block.at != end || block.checksum != advindex_checksum(packed))
            return index_damaged(op, ix, "blocks");
        end = block.at + block.packed_bytes;
    }
    return padded(ix, end) ? RC_OK : index_damaged(op, ix, "blocks");
}

enum rc advindex_check(struct op *op, const struct advindex *ix)
{
    return index_guarded(op, ix, check_run, (void *)(uintptr_t)ix);
}
