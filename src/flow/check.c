/* Components → subjects → findings → flaws; severity, exploitation and the mending version beside each. */
#include "flow/check_inside.h"

#include <stdlib.h>
#include "flow/ages.h"
#include "flow/inventory.h"
#include "flow/where.h"

enum rc check_open(struct checking *k, struct session *s)
{
    struct feed_ages ages = {0};
    k->session = s;
    TRY(advisories_open(k->op, s, &k->ix));
    advindex_lookup(k->ix, &k->look);
    if (!k->ret->vex)
        TRY(vex_load(k->op, s, &k->ret->vex));
    k->vex = k->ret->vex;
    if (!k->ret->clones && k->options->clones.list.n)
        TRY(clones_open(k->op, &k->look, &k->options->clones, &k->ret->clones));
    TRY(feed_ages(k->op, s, k->ix, &ages));
    vec_each(const struct feed_age, a, &ages.list)
        k->ret->newest = a->source.newest > k->ret->newest ? a->source.newest : k->ret->newest;
    k->ret->oldest = ages.stalest ? ages.stalest->as_of : 0;
    k->ret->stalest = ages.stalest ? str_dup(k->op->mem, ages.stalest->source.name) : STR("");
    return RC_OK;
}

void check_release(struct checking *k, const struct subject *s, size_t n)
{
    struct release *r = release_of(k->op, k->ix, s, k->session->now, &k->ret->releases);
    if (r)
        r->components += n;
}

bool check_is_silent(const struct check_result *r)
{
    bool silent = false;
    vec_each(const struct release, one, &r->releases.list)
        silent |= one->state != RELEASE_COVERED;
    return silent;
}

/* ---- one component ---- */

/* The vector of the record that has this score; of several the newest version of CVSS. */
static struct str vector_of(const struct record_view *r, int tenths)
{
    struct str found = {NULL, 0};
    unsigned newest = 0;
    for (size_t i = 0; i < r->n_severities; i++) {
        struct cvss c;
        if (cvss_read(r->severities[i].score, &c) && (int)c.score == tenths && c.version > newest) {
            newest = c.version;
            found = r->severities[i].score;
        }
    }
    return found;
}

static void weigh(struct checking *k, const struct findings *f, struct check_finding *c)
{
    c->severity = SEVERITY_UNKNOWN;
    c->tenths = -1;
    c->probability = -1;
    vec_each(uint32_t, m, &c->flaw.members) {
        struct record_view r;
        int tenths;
        if (k->look.record(k->look.arg, k->op, f->list.at[*m].record, &r) != RC_OK) {
            op_clear(k->op);
            continue;
        }
        enum severity_level level = severity_of(r.severities, r.n_severities, &tenths);
        if (level > c->severity)
            c->severity = level;
        if (tenths > c->tenths) {
            c->tenths = tenths;
            c->vector = vector_of(&r, tenths);
        }
        if (c->summary.n == 0)
            c->summary = r.summary;
    }
    for (size_t i = 0; i < c->flaw.ids.n + c->flaw.about.n; i++) {
        struct str id = i < c->flaw.ids.n ? c->flaw.ids.at[i] : c->flaw.about.at[i - c->flaw.ids.n];
        struct known_exploited e;
        double p = k->look.probability(k->look.arg, id);
        c->exploited |= k->look.exploited(k->look.arg, id, &e);
        c->probability = p > c->probability ? p : c->probability;
        c->has_ssvc = c->has_ssvc || advindex_ssvc(k->ix, id, &c->ssvc);
    }
}

bool check_lists(const struct checking *k, enum finding_state s)
{
    return k->options->all_states || s == FINDING_AFFECTED || s == FINDING_POSSIBLE || s == FINDING_UNKNOWN;
}

static void decide(const struct checking *k, const struct findings *f, struct check_finding *out)
{
    vec_each(uint32_t, m, &out->flaw.members)
        if (f->list.at[*m].state == out->state) {
            out->decided = f->list.at[*m];
            break;
        }
    const struct statement_row *row = vex_decided(k->vex, &out->decided);
    out->said = row ? &row->said : NULL;
    out->vendor = row && k->vex->sources[out->decided.statement].origin == VEX_VENDOR;
}

enum rc check_add(struct checking *k, const struct component *c, struct str path, const struct subject *s, struct findings *f)
{
    struct flaws flaws = {0};
    struct fix fix = {0};
    TRY(match_group(k->op, &k->look, s, f, &flaws));
    vec_each(struct flaw, flaw, &flaws.list)
        vex_spread(k->vex, flaw, f);
    TRY(match_fix(k->op, &k->look, s, f, &fix));
    vec_each(struct flaw, flaw, &flaws.list) {
        if (!check_lists(k, flaw->state) || !check_is_new(k, f, flaw) || (k->options->only_fixable && fix.kind != FIX_UPGRADE && fix.kind != FIX_PART))
            continue;
        struct check_finding *out = vec_push(k->op->mem, &k->ret->findings);
        out->asset = k->asset;
        out->component = c;
        out->path = path;
        out->state = flaw->state;
        out->flaw = *flaw;
        out->fix = fix;
        out->malicious = flaw->flags & ADVISORY_MALICIOUS;
        out->informational = flaw->flags & ADVISORY_INFORMATIONAL;
        decide(k, f, out);
        weigh(k, f, out);
    }
    return RC_OK;
}

static enum rc apply_owner(struct checking *k, const struct component *owner, const struct subject *s, struct findings *f)
{
    struct subject subject;
    struct findings owners = {0};
    struct vex_about about = {.component = owner, .within = k->within};
    if (match_subject(k->op, owner, &subject) != RC_OK) {
        op_clear(k->op);
        return RC_OK;
    }
    TRY(match_find(k->op, &k->look, &subject, &owners));
    TRY(vex_judge(k->op, k->vex, &k->look, &about, &owners));
    return match_owned(k->op, &k->look, s, f, &subject, &owners);
}

enum rc check_settle(struct checking *k, const struct owned *o, const struct subject *s, struct findings *f)
{
    struct vex_about about = {o->component, o->owners, o->n_owners, k->within};
    for (size_t i = 0; i < o->n_owners && f->list.n; i++)
        TRY(apply_owner(k, &o->owners[i], s, f));
    return vex_judge(k->op, k->vex, &k->look, &about, f);
}

static enum rc settle(struct checking *k, const struct bom *bom, uint32_t id, const struct subject *s, struct findings *f)
{
    VEC(struct component) owners = {0};
    for (size_t i = 0; i < bom->edges.n; i++) {
        const struct edge *e = &bom->edges.at[i];
        if (e->to == id && e->kind == EDGE_CONTAINS)
            *vec_push(k->op->mem, &owners) = bom->components.at[e->from];
    }
    return check_settle(k, &(struct owned){&bom->components.at[id], owners.at, owners.n}, s, f);
}

enum rc check_upstream(struct checking *k, const struct component *c, struct str path)
{
    struct subject s;
    for (size_t i = 0; match_subject_upstream(k->op->mem, c, i, &s); i++) {
        struct findings f = {0};
        TRY(match_find(k->op, &k->look, &s, &f));
        clones_judge(k->op, k->ret->clones, c, &s, &f);
        if (f.list.n == 0)
            continue;
        TRY(check_settle(k, &(struct owned){.component = c}, &s, &f));
        TRY(check_add(k, c, path, &s, &f));
    }
    return RC_OK;
}

/* Of no ecosystem, but with a repository: what the clones tell of it, then its upstream's name. */
static enum rc check_repository(struct checking *k, const struct component *c, struct str path, const struct subject *s)
{
    struct findings f = {0};
    clones_judge(k->op, k->ret->clones, c, s, &f);
    if (f.list.n) {
        TRY(check_settle(k, &(struct owned){.component = c}, s, &f));
        TRY(check_add(k, c, path, s, &f));
    }
    return check_upstream(k, c, path);
}

/* All that tells one stored component from another. */
static struct str stored_key(struct op *op, const struct component *c)
{
    return str_join(op->mem, component_purl(op->mem, c), STR("\n"), c->source, STR("\n"), c->source_version, STR("\n"), c->digest);
}

static enum rc check_component(struct checking *k, const struct bom *bom, const struct scan_line *l)
{
    struct subject s;
    struct findings f = {0};
    struct str path = l->paths.n ? l->paths.at[0] : STR("");
    uint32_t id = (uint32_t)(l->component - bom->components.at);
    k->ret->components++;
    k->id = k->stored ? (uint32_t)(uintptr_t)map_get(k->stored, stored_key(k->op, l->component)) : 0;
    enum rc rc = match_subject(k->op, l->component, &s);
    if (rc == RC_NOTFOUND) {
        k->ret->unmatched++;
        return k->ret->clones && clones_subject(k->op, l->component, &s) ? check_repository(k, l->component, path, &s)
                                                                         : check_upstream(k, l->component, path);
    }
    if (rc == RC_INVALID) {
        op_clear(k->op);
        return RC_OK;
    }
    TRY(rc);
    check_release(k, &s, 1);
    TRY(match_find(k->op, &k->look, &s, &f));
    clones_judge(k->op, k->ret->clones, l->component, &s, &f);
    if (f.list.n == 0)
        return RC_OK;
    TRY(settle(k, bom, id, &s, &f));
    return check_add(k, l->component, path, &s, &f);
}

static enum rc check_bom(struct checking *k, const struct bom *bom, const struct layer *layers, size_t n_layers)
{
    struct scan_lines lines = {0};
    scan_lines(k->op, bom, layers, n_layers, &lines);
    vec_each(struct scan_line, l, &lines.list)
        if (!l->hidden)
            TRY(check_component(k, bom, l));
    k->ret->assets++;
    k->ret->incomplete |= bom->gaps.n > 0;
    return RC_OK;
}

/* ---- targets and assets ---- */

/* Since when the findings of the asset's components are there, and which components those are. */
static enum rc read_times(struct checking *k, struct session *s, const struct members *m)
{
    struct bits wanted = {0};
    struct judged *j;
    k->stored = arena_alloc(k->op->mem, sizeof *k->stored);
    map_open(k->stored, k->op->mem);
    for (size_t i = 0; i < m->bom->components.n; i++) {
        *map_put(k->stored, stored_key(k->op, &m->bom->components.at[i])) = (void *)(uintptr_t)m->ids[i];
        bits_add(k->op->mem, &wanted, m->ids[i]);
    }
    rematch_before(k->op, s, k->ix);
    TRY(store_begin(k->op, s->store, STORE_READING));
    enum rc rc = judged_open(k->op, s, k->ix, &j);
    return store_end(k->op, s->store, rc == RC_OK ? check_times(k, j, &wanted) : rc);
}

static enum rc check_asset(struct checking *k, struct session *s, struct str name)
{
    struct shown *w = arena_alloc(k->op->mem, sizeof *w);
    TRY(inventory_show(k->op, s, name, w));
    struct str_list within = {0};
    k->asset = w->asset.name;
    vex_within(k->op, k->asset, &w->names, &w->digests, &within);
    k->within = &within;
    if (k->ret->oldest_scan == 0 || w->asset.last_scan < k->ret->oldest_scan)
        k->ret->oldest_scan = w->asset.last_scan;
    k->ret->incomplete |= !w->members.scan.complete;
    if (k->options->since)
        TRY(read_times(k, s, &w->members));
    bom_sort(w->members.bom);
    return check_bom(k, w->members.bom, NULL, 0);
}

enum rc check_target(struct op *op, struct session *s, const struct target *t, const struct scan_options *o, const struct check_options *c,
                     struct check_result *ret)
{
    struct checking k = {.op = op, .options = c, .ret = ret};
    struct scan_report report = {0};
    TRY(check_open(&k, s));
    if (t->asset.n)
        return check_asset(&k, s, t->asset);
    TRY(scan_read(op, s, t, o, &report));
    vec_each(struct scanned, a, &report.assets) {
        struct str_list within = {0};
        vex_within_scanned(op, a, &within);
        k.asset = a->name;
        k.within = &within;
        ret->incomplete |= !a->complete;
        TRY(check_bom(&k, &a->part->bom, a->part->facts.layers.at, a->part->facts.layers.n));
    }
    return RC_OK;
}

/* ---- the whole ---- */

static int compare(const void *va, const void *vb)
{
    const struct check_finding *a = va, *b = vb;
    if (a->malicious != b->malicious)
        return a->malicious ? -1 : 1;
    if (a->state != b->state)
        return a->state < b->state ? -1 : 1;
    if (a->exploited != b->exploited)
        return a->exploited ? -1 : 1;
    if (a->severity != b->severity)
        return a->severity > b->severity ? -1 : 1;
    if (a->tenths != b->tenths)
        return a->tenths > b->tenths ? -1 : 1;
    int c = str_cmp(a->asset, b->asset);
    c = c ? c : str_cmp(a->component->name, b->component->name);
    c = c ? c : str_cmp(a->component->version, b->component->version);
    return c ? c : str_cmp(a->flaw.id, b->flaw.id);
}

void check_sort(struct check_result *r)
{
    if (r->findings.n)
        qsort(r->findings.at, r->findings.n, sizeof *r->findings.at, compare);
}

void check_statements(struct op *op, struct check_result *r)
{
    r->statements = r->vex ? r->vex->said.n : 0;
    r->unmatched_statements.n = 0;
    for (size_t i = 0; i < r->statements; i++)
        if (vex_unmatched(&r->vex->table, i))
            *vec_push(op->mem, &r->unmatched_statements) = &r->vex->said.at[i];
}

static bool meets(const struct check_finding *f, struct str word, bool *known)
{
    static const struct {
        const char *word;
        enum severity_level level;
    } levels[] = {{"critical", SEVERITY_CRITICAL}, {"high", SEVERITY_HIGH}, {"medium", SEVERITY_MEDIUM}, {"low", SEVERITY_LOW}};
    bool affected = f && f->state == FINDING_AFFECTED && !f->informational;
    *known = true;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (str_eq(word, str_of(levels[i].word)))
            return affected && f->severity >= levels[i].level;
    if (str_eq(word, STR("any")))
        return affected;
    if (str_eq(word, STR("kev")))
        return affected && f->exploited;
    if (str_eq(word, STR("malicious")))
        return f && f->malicious && f->state == FINDING_AFFECTED;
    if (str_eq(word, STR("possible")))
        return f && f->state == FINDING_POSSIBLE;
    if (str_eq(word, STR("unknown")))
        return f && f->state == FINDING_UNKNOWN;
    *known = false;
    return false;
}

bool check_fails(const struct check_result *r, struct str fail_on, bool *ret_known)
{
    struct str rest = fail_on, word;
    bool fails = false;
    *ret_known = true;
    while (str_cut(&rest, ',', &word)) {
        bool known;
        meets(NULL, word, &known);
        *ret_known &= known;
        vec_each(struct check_finding, f, &r->findings)
            fails |= meets(f, word, &known);
        fails |= str_eq(word, STR("unknown")) && check_is_silent(r);
    }
    return fails;
}

struct explaining {
    struct op *op;
    const struct subject *subject;
    const uint32_t *records;
    size_t n;
    struct explanation *ret;
    const struct advisory_lookup *look;
};

static bool is_asked(const struct explaining *x, uint32_t record)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->records[i] == record)
            return true;
    return false;
}

static enum rc explain_entry(struct op *op, void *arg, const struct advisory_view *v)
{
    struct explaining *x = arg;
    if (!is_asked(x, v->record))
        return RC_OK;
    struct explained *e = vec_push(x->op->mem, &x->ret->entries);
    match_entry(x->subject, v, &e->finding);
    return x->look->record(x->look->arg, op, v->record, &e->record);
}

/* By ancestry, where clones were named. */
static enum rc explain_commits(struct explaining *x, const struct component *c, struct findings *f)
{
    size_t kept = f->list.n;
    clones_judge(x->op, x->ret->clones, c, x->subject, f);
    for (size_t i = kept; i < f->list.n; i++) {
        struct finding one = f->list.at[i];
        if (!is_asked(x, one.record))
            continue;
        f->list.at[kept++] = one;
        TRY(x->look->record(x->look->arg, x->op, one.record, &vec_push(x->op->mem, &x->ret->entries)->record));
    }
    f->list.n = kept;
    return RC_OK;
}

/* As the whole check would: statements after records. */
static enum rc explain_statements(struct explaining *x, struct session *s, const struct component *c)
{
    struct vex_run *vex;
    struct findings f = {0};
    struct vex_about about = {.component = c};
    TRY(vex_load(x->op, s, &vex));
    vec_each(struct explained, e, &x->ret->entries)
        *vec_push(x->op->mem, &f.list) = e->finding;
    TRY(explain_commits(x, c, &f));
    TRY(vex_judge(x->op, vex, x->look, &about, &f));
    for (size_t i = 0; i < f.list.n; i++) {
        x->ret->entries.at[i].finding = f.list.at[i];
        x->ret->entries.at[i].said = vex_decided(vex, &f.list.at[i]);
    }
    return RC_OK;
}

enum rc check_explain(struct op *op, struct session *s, struct str id, struct str purl, const struct clones_named *clones,
                      struct explanation *ret)
{
    enum { MOST = 256 };
    struct advindex *ix;
    struct advisory_lookup look;
    struct component *c = arena_alloc(op->mem, sizeof *c);
    uint32_t records[2 * MOST];
    size_t n = 0, about = 0;
    TRY(component_parse(op, purl, c));
    TRY(advisories_open(op, s, &ix));
    advindex_lookup(ix, &look);
    enum rc rc = look.by_id(look.arg, op, id, records, MOST, &n);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    rc = advindex_about(op, ix, id, records + n, MOST, &about);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    if (n + about == 0)
        return fail(op, RC_NOTFOUND, "no advisory is called '" STR_FMT "'", STR_ARG(id));
    if (clones->list.n)
        TRY(clones_open(op, &look, clones, &ret->clones));
    rc = match_subject(op, c, &ret->subject);
    if (rc == RC_NOTFOUND && ret->clones && clones_subject(op, c, &ret->subject))
        rc = RC_OK;
    if (rc == RC_NOTFOUND) {
        ret->no_ecosystem = true;
        return RC_OK;
    }
    TRY(rc);
    struct explaining x = {op, &ret->subject, records, n + about, ret, &look};
    TRY(look.find(look.arg, op, ret->subject.ecosystem, ret->subject.name, explain_entry, &x));
    return explain_statements(&x, s, c);
}
