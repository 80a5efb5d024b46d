/* The small tables beside records: when releases end, and CISA's decision points. Kept sorted, searched by halves. */
#include "store/advindex_read.h"
#include "store/advindex_writer.h"

#include <stdlib.h>

/* ---- writing ---- */

enum rc advindex_add_life(struct op *op, struct advindex_writer *w, struct str source, const struct end_of_life *e)
{
    uint32_t number = writer_fresh_source(w, source);
    *vec_push(w->mem, &w->lives) = (struct advindex_life){writer_pack(w, e->product), writer_pack(w, e->cycle), e->support_until,
                                                          e->security_until, number};
    return writer_full(op, w);
}

enum rc advindex_add_ssvc(struct op *op, struct advindex_writer *w, struct str source, const struct ssvc_points *p)
{
    uint32_t number = writer_fresh_source(w, source);
    uint32_t points = (uint32_t)p->exploitation | (p->automatable ? SSVC_AUTOMATABLE : 0) | (p->total ? SSVC_TOTAL : 0);
    *vec_push(w->mem, &w->ssvc) = (struct advindex_ssvc){writer_pack(w, p->id), points, number, p->at};
    return writer_full(op, w);
}

enum rc advindex_source_at(struct op *op, struct advindex_writer *w, struct str source, int64_t imported_at)
{
    uint32_t number = writer_fresh_source(w, source);
    w->sources.at[number].stated_at = imported_at;
    return writer_full(op, w);
}

static int by_text(const struct advindex_writer *w, struct packed_text a, struct packed_text b)
{
    return a.at == b.at && a.n == b.n ? 0 : str_cmp(writer_text(w, a), writer_text(w, b));
}

/* Of several sources the latest end comes first: a release has data as long as anybody has some. */
static int by_life(const void *pa, const void *pb, void *arg)
{
    const struct advindex_life *a = pa, *b = pb;
    int c = by_text(arg, a->product, b->product);
    c = c ? c : by_text(arg, a->cycle, b->cycle);
    c = c ? c : (a->source > b->source) - (a->source < b->source);
    return c ? c : (a->security_until < b->security_until) - (a->security_until > b->security_until);
}

static int by_ssvc(const void *pa, const void *pb, void *arg)
{
    const struct advindex_ssvc *a = pa, *b = pb;
    int c = by_text(arg, a->id, b->id);
    c = c ? c : (a->at < b->at) - (a->at > b->at);
    c = c ? c : (a->source > b->source) - (a->source < b->source);
    return c ? c : (a->points < b->points) - (a->points > b->points);
}

/* What one source said twice of the same counts once. */
void writer_order_facts(struct advindex_writer *w)
{
    size_t n = 0;
    if (w->lives.n)
        qsort_r(w->lives.at, w->lives.n, sizeof *w->lives.at, by_life, w);
    for (size_t i = 0; i < w->lives.n; i++) {
        const struct advindex_life *last = n ? &w->lives.at[n - 1] : NULL, *this = &w->lives.at[i];
        if (last && last->source == this->source && by_text(w, last->product, this->product) == 0 && by_text(w, last->cycle, this->cycle) == 0)
            continue;
        writer_count(w, this->source, 0);
        w->lives.at[n++] = *this;
    }
    w->lives.n = n;
    n = 0;
    if (w->ssvc.n)
        qsort_r(w->ssvc.at, w->ssvc.n, sizeof *w->ssvc.at, by_ssvc, w);
    for (size_t i = 0; i < w->ssvc.n; i++) {
        const struct advindex_ssvc *last = n ? &w->ssvc.at[n - 1] : NULL, *this = &w->ssvc.at[i];
        if (last && last->source == this->source && by_text(w, last->id, this->id) == 0)
            continue;
        writer_count(w, this->source, this->at);
        w->ssvc.at[n++] = *this;
    }
    w->ssvc.n = n;
}

/* The text of another index in ours; false when it points outside. */
static bool repack(struct advindex_writer *w, const struct advindex *ix, struct packed_text *t)
{
    struct str s;
    bool inside = index_text(ix, *t, &s);
    if (inside)
        *t = writer_pack(w, s);
    return inside;
}

enum rc writer_take_facts(struct op *op, struct advindex_writer *w, const struct advindex *ix, const uint32_t *sources)
{
    const struct advindex_life *l = index_rows(ix, SECTION_LIVES, struct advindex_life);
    const struct advindex_ssvc *p = index_rows(ix, SECTION_SSVC, struct advindex_ssvc);
    size_t sources_n = index_count(ix, SECTION_SOURCES, struct advindex_source_row);
    for (size_t i = 0; i < index_count(ix, SECTION_LIVES, struct advindex_life); i++) {
        struct advindex_life one = l[i];
        if (one.source >= sources_n || !repack(w, ix, &one.product) || !repack(w, ix, &one.cycle))
            return index_damaged(op, ix, "ends of life");
        one.source = sources[one.source];
        if (one.source != SOURCE_DROPPED)
            *vec_push(w->mem, &w->lives) = one;
    }
    for (size_t i = 0; i < index_count(ix, SECTION_SSVC, struct advindex_ssvc); i++) {
        struct advindex_ssvc one = p[i];
        if (one.source >= sources_n || !repack(w, ix, &one.id))
            return index_damaged(op, ix, "decision points");
        one.source = sources[one.source];
        if (one.source != SOURCE_DROPPED)
            *vec_push(w->mem, &w->ssvc) = one;
    }
    return RC_OK;
}

/* ---- asking ---- */

struct asked {
    const struct advindex *ix;
    struct str first, second;
    bool (*same)(struct str ours, struct str theirs);
    struct end_of_life life;
    struct ssvc_points points;
};

/* A text that points outside counts as empty: what is found is looked at again. */
static struct str text_of(const struct advindex *ix, struct packed_text t)
{
    struct str s = {"", 0};
    (void)index_text(ix, t, &s);
    return s;
}

static enum rc life_run(struct op *op, void *arg)
{
    struct asked *a = arg;
    const struct advindex_life *all = index_rows(a->ix, SECTION_LIVES, struct advindex_life);
    size_t low = 0, high = index_count(a->ix, SECTION_LIVES, struct advindex_life), end = high;
    (void)op;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = str_cmp(text_of(a->ix, all[mid].product), a->first);
        c = c ? c : str_cmp(text_of(a->ix, all[mid].cycle), a->second);
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    bool found = false;
    for (; low < end && str_eq(text_of(a->ix, all[low].product), a->first) && str_eq(text_of(a->ix, all[low].cycle), a->second); low++) {
        bool later = !found || all[low].security_until == 0 || (a->life.security_until && all[low].security_until > a->life.security_until);
        if (later)
            a->life = (struct end_of_life){text_of(a->ix, all[low].product), text_of(a->ix, all[low].cycle), all[low].support_until,
                                           all[low].security_until};
        found = true;
    }
    return found ? RC_OK : RC_NOTFOUND;
}

bool advindex_life(const struct advindex *ix, struct str product, struct str cycle, struct end_of_life *ret)
{
    struct asked a = {.ix = ix, .first = product, .second = cycle};
    enum rc rc;
    if (!index_guarded_quietly(NULL, ix, life_run, &a, &rc) || rc != RC_OK)
        return false;
    *ret = a.life;
    return true;
}

static enum rc ssvc_run(struct op *op, void *arg)
{
    struct asked *a = arg;
    const struct advindex_ssvc *all = index_rows(a->ix, SECTION_SSVC, struct advindex_ssvc);
    size_t low = 0, high = index_count(a->ix, SECTION_SSVC, struct advindex_ssvc), n = high;
    (void)op;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (str_cmp(text_of(a->ix, all[mid].id), a->first) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == n || !str_eq(text_of(a->ix, all[low].id), a->first) || (all[low].points & 3) > SSVC_ACTIVE)
        return RC_NOTFOUND;
    a->points = (struct ssvc_points){text_of(a->ix, all[low].id), (enum ssvc_exploitation)(all[low].points & 3),
                                     (all[low].points & SSVC_AUTOMATABLE) != 0, (all[low].points & SSVC_TOTAL) != 0, all[low].at};
    return RC_OK;
}

bool advindex_ssvc(const struct advindex *ix, struct str id, struct ssvc_points *ret)
{
    struct asked a = {.ix = ix, .first = id};
    enum rc rc;
    if (!index_guarded_quietly(NULL, ix, ssvc_run, &a, &rc) || rc != RC_OK)
        return false;
    *ret = a.points;
    return true;
}

/* Ecosystems with their suffixes are words; words are few. */
static enum rc covers_run(struct op *op, void *arg)
{
    struct asked *a = arg;
    const struct packed_text *words = index_rows(a->ix, SECTION_WORDS, struct packed_text);
    (void)op;
    for (size_t i = 0; i < index_count(a->ix, SECTION_WORDS, struct packed_text); i++) {
        struct str suffix, word = text_of(a->ix, words[i]);
        if (!str_eq(advisory_ecosystem(word, &suffix), a->first))
            continue;
        if (a->second.n == 0 || (a->same ? a->same(a->second, suffix) : str_eq(a->second, suffix)))
            return RC_OK;
    }
    return RC_NOTFOUND;
}

bool advindex_covers(const struct advindex *ix, struct str ecosystem, struct str release, bool (*same)(struct str ours, struct str theirs))
{
    struct asked a = {.ix = ix, .first = ecosystem, .second = release, .same = same};
    enum rc rc;
    return index_guarded_quietly(NULL, ix, covers_run, &a, &rc) && rc == RC_OK;
}
