/* What the sources said, taken out again as feeds emit it: for a file that another index is made from. Intervals come back as
 * ranges of two events; ids of products that matching does not read are in the record's own bytes only. */
#include "store/advindex_read.h"

#include <stdlib.h>
#include <zstd.h>

/* Where an entry stands. */
struct place {
    uint32_t record, at;
    struct packed_text name;
};

struct exporting {
    const struct advindex *ix;
    uint32_t number; /* of the source at hand */
    const struct advindex_export *out;
    struct arena *mem, *round;
    VEC(struct place) places; /* by record */
    uint32_t block;           /* that `plain` is of */
    struct str plain;
    struct arena *plain_mem;
};

static int by_record(const void *pa, const void *pb)
{
    const struct place *a = pa, *b = pb;
    int c = (a->record > b->record) - (a->record < b->record);
    return c ? c : (a->at > b->at) - (a->at < b->at);
}

static enum rc find_places(struct op *op, struct exporting *x)
{
    const struct advindex *ix = x->ix;
    const struct advindex_key *key = index_rows(ix, SECTION_KEYS, struct advindex_key);
    size_t budget = ix->section[SECTION_ENTRIES].n;
    struct advisory_view v;
    struct str name;
    for (size_t i = 0; i < index_count(ix, SECTION_KEYS, struct advindex_key); i++) {
        if (!index_text(ix, key[i].name, &name) || key[i].entries_at > ix->section[SECTION_ENTRIES].n || key[i].n_entries > budget)
            return index_damaged(op, ix, "keys");
        budget -= key[i].n_entries;
        struct blob in = blob_of(str_from(ix->section[SECTION_ENTRIES], key[i].entries_at));
        for (uint32_t n = 0; n < key[i].n_entries; n++) {
            uint32_t at = (uint32_t)((const char *)in.p - ix->section[SECTION_ENTRIES].p);
            if (!index_entry(ix, &in, name, &v))
                return index_damaged(op, ix, "entries");
            *vec_push(x->mem, &x->places) = (struct place){v.record, at, key[i].name};
        }
    }
    if (x->places.n)
        qsort(x->places.at, x->places.n, sizeof *x->places.at, by_record);
    return RC_OK;
}

/* Records of one source follow one another in a block: it is opened once. */
static enum rc whole(struct op *op, struct exporting *x, const struct index_details *d, struct str *ret)
{
    struct advindex_block block;
    struct str packed;
    if (!index_block(x->ix, d->block, &block, &packed) || block.checksum != advindex_checksum(packed)
        || ZSTD_getFrameContentSize(packed.p, packed.n) != block.plain_bytes || d->at > block.plain_bytes || d->n > block.plain_bytes - d->at)
        return index_damaged(op, x->ix, "blocks");
    if (x->block != d->block + 1) {
        arena_reset(x->plain_mem);
        char *plain = arena_alloc(x->plain_mem, block.plain_bytes);
        if (ZSTD_decompress(plain, block.plain_bytes, packed.p, packed.n) != block.plain_bytes)
            return index_damaged(op, x->ix, "blocks");
        x->plain = (struct str){plain, block.plain_bytes};
        x->block = d->block + 1;
    }
    *ret = str_upto(str_from(x->plain, d->at), d->n);
    return RC_OK;
}

static void range(struct arena *mem, const struct advisory_view *v, const struct packed_interval *i, struct advisory_range *r)
{
    enum event_kind end = i->flags & INTERVAL_LIMIT ? EVENT_LIMIT : i->flags & INTERVAL_INCLUSIVE_END ? EVENT_LAST_AFFECTED : EVENT_FIXED;
    *r = (struct advisory_range){.kind = RANGE_ECOSYSTEM, .repo = STR("")};
    *vec_push(mem, &r->events) =
        (struct advisory_event){EVENT_INTRODUCED, i->flags & INTERVAL_FROM_ZERO ? STR("0") : view_text(v, i->low)};
    if (!(i->flags & INTERVAL_OPEN_END))
        *vec_push(mem, &r->events) = (struct advisory_event){end, view_text(v, i->high)};
}

/* Ranges over commits come back as they were said, under the repository's normal name. */
static void commits(struct arena *mem, const struct advisory_view *v, struct str repository, struct affected *e)
{
    static const uint32_t kinds[] = {INTERVAL_INTRODUCED, INTERVAL_FIXED, INTERVAL_LAST_AFFECTED, INTERVAL_BELOW_LIMIT};
    struct advisory_range *r = NULL;
    for (uint32_t i = 0; i < v->n_intervals; i++) {
        const struct packed_interval *one = &v->intervals[i];
        if (!r || one->flags & INTERVAL_NEXT_RANGE) {
            r = vec_push(mem, &e->ranges);
            *r = (struct advisory_range){.kind = RANGE_GIT, .repo = repository};
        }
        for (unsigned k = 0; k < sizeof kinds / sizeof *kinds; k++)
            if (one->flags & kinds[k])
                *vec_push(mem, &r->events) = (struct advisory_event){(enum event_kind)k, view_text(v, one->low)};
    }
    if (!v->git_only)
        *vec_push(mem, &e->ranges) = (struct advisory_range){.kind = RANGE_ECOSYSTEM, .repo = STR("")};
}

static enum rc entry(struct op *op, struct exporting *x, const struct place *p, struct advisory *a)
{
    struct advisory_view v;
    struct blob in = blob_of(str_from(x->ix->section[SECTION_ENTRIES], p->at));
    struct str key;
    if (!index_text(x->ix, p->name, &key) || !index_entry(x->ix, &in, key, &v))
        return index_damaged(op, x->ix, "entries");
    struct affected *e = vec_push(x->round, &a->affected);
    *e = (struct affected){.ecosystem = v.ecosystem, .name = v.name, .purl = STR(""), .urgency = v.urgency};
    for (uint32_t i = 0; i < v.n_versions; i++)
        *vec_push(x->round, &e->versions) = view_text(&v, v.versions[i]);
    if (advisory_is_commits(&v)) {
        commits(x->round, &v, key, e);
        return RC_OK;
    }
    for (uint32_t i = 0; i < v.n_intervals; i++)
        range(x->round, &v, &v.intervals[i], vec_push(x->round, &e->ranges));
    if (v.git_only)
        *vec_push(x->round, &e->ranges) = (struct advisory_range){.kind = RANGE_GIT, .repo = STR("")};
    return RC_OK;
}

#define SET_LIST(mem, to, from, count)         \
    for (size_t i_ = 0; i_ < (count); i_++)    \
        *vec_push(mem, to) = (from)[i_]

static enum rc records(struct op *op, struct exporting *x)
{
    size_t n = index_count(x->ix, SECTION_RECORDS, uint32_t), next = 0;
    struct op sub = *op;
    sub.mem = x->round;
    for (uint32_t i = 0; i < n; i++) {
        struct index_details d;
        if (!index_details(x->ix, i, false, &d))
            return index_damaged(op, x->ix, "records");
        if (d.source != x->number)
            continue;
        arena_reset(x->round);
        if (index_record(&sub, x->ix, i, &d) != RC_OK)
            return index_damaged(op, x->ix, "records");
        const struct record_view *v = &d.view;
        struct advisory a = {.id = v->id, .modified = v->modified, .published = v->published, .withdrawn = v->withdrawn,
                             .summary = v->summary, .flags = v->flags};
        SET_LIST(x->round, &a.aliases, v->aliases, v->n_aliases);
        SET_LIST(x->round, &a.upstream, v->upstream, v->n_upstream);
        SET_LIST(x->round, &a.related, v->related, v->n_related);
        SET_LIST(x->round, &a.severities, v->severities, v->n_severities);
        TRY(whole(op, x, &d, &a.whole));
        while (next < x->places.n && x->places.at[next].record < i)
            next++;
        for (; next < x->places.n && x->places.at[next].record == i; next++)
            TRY(entry(op, x, &x->places.at[next], &a));
        TRY(x->out->advisory(op, x->out->arg, &a));
    }
    return RC_OK;
}

static enum rc figures(struct op *op, struct exporting *x)
{
    const struct advindex_exploited *k = index_rows(x->ix, SECTION_EXPLOITED, struct advindex_exploited);
    const struct advindex_score *s = index_rows(x->ix, SECTION_SCORES, struct advindex_score);
    struct str id;
    for (size_t i = 0; i < index_count(x->ix, SECTION_EXPLOITED, struct advindex_exploited); i++) {
        if (k[i].source != x->number)
            continue;
        if (!index_text(x->ix, k[i].id, &id))
            return index_damaged(op, x->ix, "exploited");
        TRY(x->out->exploited(op, x->out->arg, &(struct known_exploited){id, k[i].added, k[i].due, k[i].ransomware != 0}));
    }
    for (size_t i = 0; i < index_count(x->ix, SECTION_SCORES, struct advindex_score); i++) {
        if (s[i].source != x->number)
            continue;
        if (!index_text(x->ix, s[i].id, &id))
            return index_damaged(op, x->ix, "scores");
        TRY(x->out->score(op, x->out->arg, &(struct exploit_score){id, s[i].probability, s[i].percentile, s[i].at}));
    }
    return RC_OK;
}

static enum rc facts(struct op *op, struct exporting *x)
{
    const struct advindex_life *l = index_rows(x->ix, SECTION_LIVES, struct advindex_life);
    const struct advindex_ssvc *p = index_rows(x->ix, SECTION_SSVC, struct advindex_ssvc);
    struct str text, other;
    for (size_t i = 0; i < index_count(x->ix, SECTION_LIVES, struct advindex_life); i++) {
        if (l[i].source != x->number)
            continue;
        if (!index_text(x->ix, l[i].product, &text) || !index_text(x->ix, l[i].cycle, &other))
            return index_damaged(op, x->ix, "ends of life");
        TRY(x->out->life(op, x->out->arg, &(struct end_of_life){text, other, l[i].support_until, l[i].security_until}));
    }
    for (size_t i = 0; i < index_count(x->ix, SECTION_SSVC, struct advindex_ssvc); i++) {
        if (p[i].source != x->number)
            continue;
        if (!index_text(x->ix, p[i].id, &text) || (p[i].points & 3) > SSVC_ACTIVE)
            return index_damaged(op, x->ix, "decision points");
        struct ssvc_points one = {text, (enum ssvc_exploitation)(p[i].points & 3), (p[i].points & SSVC_AUTOMATABLE) != 0,
                                  (p[i].points & SSVC_TOTAL) != 0, p[i].at};
        TRY(x->out->ssvc(op, x->out->arg, &one));
    }
    return RC_OK;
}

static uint32_t number_of(const struct advindex *ix, struct str source)
{
    const struct advindex_source_row *rows = index_rows(ix, SECTION_SOURCES, struct advindex_source_row);
    uint32_t n = (uint32_t)index_count(ix, SECTION_SOURCES, struct advindex_source_row), i = 0;
    struct str name;
    while (i < n && !(index_text(ix, rows[i].name, &name) && str_eq(name, source)))
        i++;
    return i;
}

static enum rc run(struct op *op, void *arg)
{
    struct exporting *x = arg;
    struct advindex_source *sources;
    size_t n;
    TRY(advindex_sources(op, x->ix, &sources, &n));
    TRY(find_places(op, x));
    for (size_t i = 0; i < n; i++) {
        x->number = number_of(x->ix, sources[i].name);
        TRY(x->out->source(op, x->out->arg, &sources[i]));
        TRY(records(op, x));
        TRY(figures(op, x));
        TRY(facts(op, x));
    }
    return RC_OK;
}

enum rc advindex_export(struct op *op, const struct advindex *ix, const struct advindex_export *e)
{
    struct exporting x = {.ix = ix, .out = e, .mem = arena_child(op->mem)};
    x.round = arena_child(x.mem);
    x.plain_mem = arena_child(x.mem);
    enum rc rc = index_guarded(op, ix, run, &x);
    arena_close(x.mem);
    return rc;
}
