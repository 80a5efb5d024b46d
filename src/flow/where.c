/* The question, in sets: exposed ones from the postings; of the rest, those about which absence proves nothing. */
#include "flow/where.h"

#include <stdlib.h>
#include "base/buf.h"
#include "base/time.h"

const char *rank_name(int rank)
{
    static const char *const names[] = {"declared", "installed", "loadable", "loaded", "listening", "beyond loopback", "as root"};
    return rank < 0 ? "" : names[rank < 7 ? rank : 6];
}

static enum rc unknown_asset(struct op *op, struct store *s, struct str text)
{
    struct str_list near = {0};
    TRY(asset_suggest(op, s, text, &near));
    if (near.n)
        return fail(op, RC_NOTFOUND, "no asset is called '" STR_FMT "'; did you mean '" STR_FMT "'?", STR_ARG(text), STR_ARG(near.at[0]));
    return fail(op, RC_NOTFOUND, "no asset is called '" STR_FMT "'; `muster assets` lists them", STR_ARG(text));
}

enum rc asset_meant(struct op *op, struct store *s, struct str text, struct asset *ret)
{
    struct asset_list found = {0};
    enum rc rc = asset_find(op, s, text, &found);
    if (rc == RC_NOTFOUND || (rc == RC_OK && found.n == 0))
        return unknown_asset(op, s, text);
    TRY(rc);
    if (found.n > 1)
        return fail(op, RC_INVALID, "'" STR_FMT "' names %zu assets; the first are '" STR_FMT "' and '" STR_FMT "': use the name", STR_ARG(text),
                    found.n, STR_ARG(found.at[0].name), STR_ARG(found.at[1].name));
    *ret = found.at[0];
    return RC_OK;
}

/* ---- sets of assets ---- */

/* A component of which it cannot be told in that asset, whatever holds elsewhere. */
struct local_doubt {
    struct presence presence;
    struct str text;
};

/* What is known so far about each asset that is asked about; ids are dense enough for a table. */
struct asking {
    struct op *op;
    struct session *session;
    const struct where_query *q;
    struct where_answer *ret;
    bool everything;    /* all assets there are are asked about, and positions are ids */
    uint32_t last;      /* the greatest of them */
    struct id_list ids; /* otherwise: those that are, sorted */
    uint32_t *line;     /* index + 1 into ret->lines, per position */
    bool unsure;        /* the pass over candidates of which it cannot be told */
    struct advised **advised; /* per WHAT; NULL where it is no advisory's id */
    struct finding_locals locals;
    VEC(struct local_doubt) doubts;
};

static int id_compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Position of the asset among those asked about, or STR_NONE. */
static size_t place(const struct asking *k, uint32_t asset)
{
    if (k->everything)
        return asset <= k->last ? asset : STR_NONE;
    const uint32_t *at = k->ids.n ? bsearch(&asset, k->ids.at, k->ids.n, sizeof asset, id_compare) : NULL;
    return at ? (size_t)(at - k->ids.at) : STR_NONE;
}

static struct where_line *line_add(struct asking *k, size_t at, enum exposure state, int rank)
{
    struct where_line *l = vec_push(k->op->mem, &k->ret->lines);
    *l = (struct where_line){.state = state, .rank = rank, .asset = k->everything ? (uint32_t)at : k->ids.at[at]};
    k->line[at] = (uint32_t)k->ret->lines.n;
    return l;
}

/* The component is there: the greatest rank of an asset leads its line. */
static void meet_one(struct asking *k, const struct presence *p, const struct component *c, struct str why)
{
    size_t at = place(k, p->asset);
    struct where_line *l = at != STR_NONE && k->line[at] ? &k->ret->lines.at[k->line[at] - 1] : NULL;
    if (at == STR_NONE)
        return;
    if (l) {
        bool same = (l->state == EXPOSURE_UNKNOWN) == k->unsure;
        l->more += same;
        if (!same || p->rank <= l->rank)
            return;
    } else {
        l = line_add(k, at, k->unsure ? EXPOSURE_UNKNOWN : EXPOSURE_EXPOSED, p->rank);
    }
    l->rank = p->rank;
    l->component_id = p->component;
    l->component = c;
    l->why = why;
    if (k->unsure && why.n == 0)
        l->why = c && c->version.n ? STR("its version cannot be read") : STR("its version is not known");
}

static enum rc met(struct op *op, void *arg, const struct presence *p)
{
    struct asking *k = arg;
    (void)op;
    meet_one(k, p, candidate_get(&k->ret->candidates, p->component), finding_why(&k->ret->findings, p->component));
    return RC_OK;
}

/* One whose verdict depends on the asset. */
static enum rc met_local(struct op *op, void *arg, const struct presence *p)
{
    struct asking *k = arg;
    enum answer answer = ANSWER_NO;
    struct str text = STR("");
    if (place(k, p->asset) == STR_NONE)
        return RC_OK;
    TRY(finding_locals_judge(op, k->session, &k->locals, p->component, p->asset, k->q->at == STORE_NOW, &answer, &text));
    if (answer == ANSWER_YES)
        meet_one(k, p, finding_locals_get(&k->locals, p->component), text);
    else if (answer == ANSWER_UNKNOWN)
        *vec_push(op->mem, &k->doubts) = (struct local_doubt){*p, text};
    return RC_OK;
}

/* All of these assets become unknown, unless they are exposed; with `even_exposed`, also then. */
static void doubt(struct asking *k, const struct id_list *ids, struct str why, bool even_exposed)
{
    for (size_t i = 0; i < ids->n; i++) {
        size_t at = place(k, ids->at[i]);
        if (at == STR_NONE)
            continue;
        struct where_line *l = k->line[at] ? &k->ret->lines.at[k->line[at] - 1] : line_add(k, at, EXPOSURE_UNKNOWN, -1);
        if (l->state == EXPOSURE_EXPOSED && !even_exposed)
            continue;
        if (l->state == EXPOSURE_EXPOSED)
            l->why = str_join(k->op->mem, why, STR("; it had it then"));
        else if (l->why.n == 0)
            l->why = why;
        l->state = EXPOSURE_UNKNOWN;
    }
}

/* ---- the reasons to doubt ---- */

/* Only an installed profile sees what a distribution packages or what lies unpackaged on disk. */
static bool needs_installed(const struct what *w)
{
    if (w->kind == WHAT_PURL)
        return str_eq(w->purl.type, STR("deb")) || str_eq(w->purl.type, STR("rpm")) || str_eq(w->purl.type, STR("apk"))
            || str_eq(w->purl.type, STR("generic"));
    return w->kind == WHAT_UPSTREAM && w->known;
}

static enum rc doubt_profiles(struct asking *k, struct store *s)
{
    struct id_list blind = {0};
    bool ask = false;
    for (size_t i = 0; i < k->q->whats.n; i++)
        ask |= k->advised[i] ? findings_need_installed(k->advised[i]) : needs_installed(&k->q->whats.at[i]);
    if (!ask)
        return RC_OK;
    TRY(asset_of_profile(k->op, s, PROFILE_DECLARED, &blind));
    doubt(k, &blind, STR("scanned with the profile 'declared', which does not see installed software"), false);
    return RC_OK;
}

/* Digests of files are taken only when the scan was told to. */
static enum rc doubt_digests(struct asking *k, struct store *s)
{
    struct asset_list all = {0};
    struct id_list blind = {0};
    bool ask = false;
    vec_each(struct what, w, &k->q->whats)
        ask |= w->kind == WHAT_DIGEST;
    if (!ask)
        return RC_OK;
    TRY(asset_list(k->op, s, &k->q->filter, &all));
    for (size_t i = 0; i < all.n; i++)
        if (!str_ends(all.at[i].tool, STR("--digests")))
            *vec_push(k->op->mem, &blind) = all.at[i].id;
    doubt(k, &blind, STR("digests of its files were not taken; scan it with --digests"), false);
    return RC_OK;
}

/* Packages about which nothing was imported. */
static enum rc doubt_advisories(struct asking *k, struct store *s)
{
    for (size_t i = 0; i < k->q->whats.n; i++) {
        struct id_list blind = {0};
        struct str_list ecosystems = {0};
        struct buf names;
        if (!k->advised[i])
            continue;
        TRY(findings_blind(k->op, s, k->advised[i], &blind, &ecosystems));
        buf_open(&names, k->op->mem, "ecosystems", 4096);
        for (size_t n = 0; n < ecosystems.n; n++)
            buf_print(&names, "%s" STR_FMT, n ? ", " : "", STR_ARG(ecosystems.at[n]));
        doubt(k, &blind, str_join(k->op->mem, STR("it has packages of which no advisories were imported: "), buf_str(&names)), false);
    }
    return RC_OK;
}

static void doubt_silent(void *arg, const struct id_list *assets, struct str text)
{
    doubt(arg, assets, text, false);
}

/* Packages about which nobody publishes any more, or here. */
static enum rc doubt_releases(struct asking *k, struct session *s)
{
    for (size_t i = 0; i < k->q->whats.n; i++)
        if (k->advised[i] && findings_numbered(k->advised[i]))
            return findings_silent(k->op, s, k->advised[i], doubt_silent, k);
    return RC_OK;
}

static enum rc doubt_all(struct asking *k, struct session *s)
{
    struct id_list ids = {0};
    int64_t at = k->q->at, then = at == STORE_NOW ? s->now : at;
    if (at != STORE_NOW) {
        TRY(asset_younger(k->op, s->store, at, &ids));
        for (size_t i = 0; i < ids.n; i++) {
            struct asset a;
            struct id_list one = {&ids.at[i], 1, 1};
            if (place(k, ids.at[i]) == STR_NONE)
                continue;
            TRY(asset_get(k->op, s->store, ids.at[i], &a));
            doubt(k, &one, str_join(k->op->mem, STR("first scanned on "), time_print(k->op->mem, a.first_seen)), false);
        }
    } else {
        ids = (struct id_list){0};
        TRY(asset_stale(k->op, s->store, then - k->q->max_age_s, &ids));
        doubt(k, &ids, str_join(k->op->mem, STR("last scanned more than "), duration_print(k->op->mem, k->q->max_age_s), STR(" ago")), true);
    }
    ids = (struct id_list){0};
    TRY(asset_incomplete(k->op, s->store, at, &ids));
    doubt(k, &ids, STR("its scan was incomplete; `muster show` lists what was not read"), false);
    TRY(doubt_profiles(k, s->store));
    TRY(doubt_advisories(k, s->store));
    TRY(doubt_releases(k, s));
    return doubt_digests(k, s->store);
}

/* ---- the answer ---- */

static int line_compare(const void *va, const void *vb)
{
    const struct where_line *a = va, *b = vb;
    if (a->state != b->state)
        return a->state > b->state ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank > b->rank ? -1 : 1;
    return a->asset < b->asset ? -1 : a->asset > b->asset;
}

static void count(struct asking *k)
{
    struct where_answer *r = k->ret;
    if (k->q->all || k->q->asset.n)
        for (size_t i = 0; i < k->ids.n; i++)
            if (!k->line[i])
                line_add(k, i, EXPOSURE_NOT, -1);
    vec_each(struct where_line, l, &r->lines) {
        r->exposed += l->state == EXPOSURE_EXPOSED;
        r->unknown += l->state == EXPOSURE_UNKNOWN;
    }
    r->not_exposed = r->asked - r->exposed - r->unknown;
    if (r->lines.n)
        qsort(r->lines.at, r->lines.n, sizeof *r->lines.at, line_compare);
}

static enum rc find_advised(struct asking *k, struct session *s, size_t i)
{
    struct where_answer *r = k->ret;
    r->present_only = false;
    r->stalest_feed = findings_stalest(k->advised[i]);
    return findings_find(k->op, s, k->advised[i], &r->candidates, &r->findings, &k->locals);
}

/* What advisories say, and that every component is judged by it: before the question, for it may write. */
static enum rc open_advised(struct asking *k, struct session *s)
{
    struct vex_run *vex = NULL;
    k->advised = arena_array(k->op->mem, k->q->whats.n, sizeof *k->advised);
    for (size_t i = 0; i < k->q->whats.n; i++) {
        if (k->q->whats.at[i].kind != WHAT_FINDING)
            continue;
        TRY(findings_open(k->op, s, k->q->whats.at[i].name, &vex, &k->advised[i]));
        findings_ready(k->op, s, k->advised[i]);
    }
    return RC_OK;
}

/* Names like it, when nothing at all goes by this one. */
static enum rc suggest(struct asking *k, struct store *s, const struct what *w)
{
    struct component_list rows = {0};
    if (k->ret->candidates.rows.n || w->kind != WHAT_UPSTREAM || w->known)
        return RC_OK;
    TRY(component_by_upstream(k->op, s, w->name, &rows));
    return rows.n ? RC_OK : component_suggest(k->op, s, w->typed_name, &k->ret->suggestions);
}

static enum rc find_candidates(struct asking *k, struct session *s)
{
    struct where_answer *r = k->ret;
    r->present_only = true;
    for (size_t i = 0; i < k->q->whats.n; i++) {
        const struct what *w = &k->q->whats.at[i];
        if (w->kind == WHAT_FINDING) {
            TRY(find_advised(k, s, i));
            continue;
        }
        r->present_only &= !w->has_range && w->kind != WHAT_DIGEST;
        TRY(what_find(k->op, s->store, w, &r->candidates));
        TRY(suggest(k, s->store, w));
    }
    candidates_sort(&r->candidates);
    finding_whys_sort(&r->findings);
    finding_locals_sort(&k->locals);
    return RC_OK;
}

/* Images found by the digest of a manifest, config or layer. */
static enum rc meet_digests(struct asking *k, struct store *s)
{
    vec_each(struct what, w, &k->q->whats) {
        struct id_list ids = {0};
        if (w->kind != WHAT_DIGEST)
            continue;
        TRY(asset_by_digest(k->op, s, w->name, k->q->at, &ids));
        for (size_t i = 0; i < ids.n; i++) {
            size_t at = place(k, ids.at[i]);
            if (at != STR_NONE && !k->line[at])
                line_add(k, at, EXPOSURE_EXPOSED, 1)->why = STR("the digest is that of the image or of one of its layers");
        }
    }
    return RC_OK;
}

static enum rc meet(struct asking *k, struct store *s, const struct id_list *ids, presence_visit *visit)
{
    if (ids->n == 0)
        return RC_OK;
    if (k->q->asset.n == 0)
        return presence_find(k->op, s, ids->at, ids->n, k->q->at, visit, k);
    enum rc rc = presence_in(k->op, s, k->ids.at[0], ids->at, ids->n, k->q->at, visit, k);
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

static enum rc meet_locals(struct asking *k, struct store *s)
{
    struct id_list ids = {NULL, 0, 0};
    vec_each(const struct finding_local, l, &k->locals.list)
        if (!candidate_get(&k->ret->candidates, l->component))
            *vec_push(k->op->mem, &ids) = l->component;
    return meet(k, s, &ids, met_local);
}

static enum rc meet_all(struct asking *k, struct store *s)
{
    TRY(meet_locals(k, s));
    TRY(meet(k, s, &k->ret->candidates.yes, met));
    TRY(meet_digests(k, s));
    k->unsure = true;
    TRY(meet(k, s, &k->ret->candidates.unknown, met));
    vec_each(const struct local_doubt, d, &k->doubts)
        meet_one(k, &d->presence, finding_locals_get(&k->locals, d->presence.component), d->text);
    return RC_OK;
}

/* Reading a hundred thousand ids takes longer than all the rest of a question. */
static enum rc ask_whom(struct asking *k, struct store *s)
{
    const struct asset_filter *f = &k->q->filter;
    k->everything = !k->q->all && !f->kind.n && !f->owner.n && !f->tag.n && !f->name.n;
    if (k->everything)
        return asset_extent(k->op, s, &k->ret->asked, &k->last);
    TRY(asset_ids(k->op, s, f, &k->ids));
    k->ret->asked = k->ids.n;
    return RC_OK;
}

static enum rc ask(struct asking *k, struct session *s)
{
    struct store *st = s->store;
    if (k->q->asset.n) {
        struct asset a;
        TRY(asset_meant(k->op, st, k->q->asset, &a));
        *vec_push(k->op->mem, &k->ids) = a.id;
        k->ret->asked = 1;
    } else {
        TRY(ask_whom(k, st));
    }
    k->line = arena_array(k->op->mem, k->everything ? (size_t)k->last + 1 : k->ids.n, sizeof *k->line);
    TRY(find_candidates(k, s));
    TRY(meet_all(k, st));
    TRY(doubt_all(k, s));
    enum rc rc = asset_oldest_scan(k->op, st, &k->ret->oldest_scan);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    count(k);
    return RC_OK;
}

enum rc where_ask(struct op *op, struct session *s, const struct where_query *q, struct where_answer *ret)
{
    struct asking k = {.op = op, .session = s, .q = q, .ret = ret};
    enum rc rc = session_store(op, s, false, false);
    if (rc == RC_NOTFOUND)
        return fail(op, RC_NOTFOUND, "nothing was scanned yet: there is no store at " STR_FMT, STR_ARG(s->store_path));
    TRY(rc);
    TRY(open_advised(&k, s));
    TRY(store_begin(op, s->store, STORE_READING));
    return store_end(op, s->store, ask(&k, s));
}

static enum rc component_detail(struct op *op, struct session *s, const struct where_query *q, const struct where_line *l, struct where_detail *d)
{
    struct presence_detail p = {0};
    struct buf b;
    uint32_t layer = LAYER_NONE;
    enum rc rc = presence_detail(op, s->store, l->asset, l->component_id, q->at, &p);
    if (rc == RC_NOTFOUND)
        return RC_OK;
    TRY(rc);
    buf_open(&b, op->mem, "paths", 1 << 20);
    for (size_t i = 0; i < p.occurrences.n; i++) {
        const struct occurrence *o = &p.occurrences.at[i];
        d->scope = i == 0 || o->scope > d->scope ? o->scope : d->scope;
        if (o->layer != LAYER_NONE && (layer == LAYER_NONE || o->layer > layer))
            layer = o->layer;
        buf_print(&b, "%s" STR_FMT, i ? ";" : "", STR_ARG(o->path));
    }
    d->path = buf_str(&b);
    if (layer < p.layers.n)
        d->layer = p.layers.at[layer];
    d->first_seen = p.first_seen;
    d->last_confirmed = p.last_confirmed;
    return RC_OK;
}

enum rc where_details_begin(struct op *op, struct session *s)
{
    return store_begin(op, s->store, STORE_READING);
}

enum rc where_details_end(struct op *op, struct session *s, enum rc rc)
{
    return store_end(op, s->store, rc);
}

enum rc where_detail(struct op *op, struct session *s, const struct where_query *q, const struct where_line *l, struct where_detail *ret)
{
    struct where_detail d = {0};
    TRY(asset_get(op, s->store, l->asset, &d.asset));
    if (l->component)
        TRY(component_detail(op, s, q, l, &d));
    *ret = d;
    return RC_OK;
}
