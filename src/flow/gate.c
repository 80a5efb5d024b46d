/* Blocks × components → reasons → one decision. No data never reads as "allowed". */
#include "flow/gate.h"

#include "base/time.h"
#include "flow/findings.h"
#include "flow/inventory.h"
#include "flow/where.h"

/* ---- the list ---- */

static enum rc parse_all(struct op *op, const struct str_list *texts, struct what *ret)
{
    for (size_t i = 0; i < texts->n; i++)
        TRY(what_parse(op, texts->at[i], false, &ret[i]));
    return RC_OK;
}

/* An exception lets components through that are known by name; what an advisory says of them may change. */
static enum rc parse_excepts(struct op *op, const struct str_list *texts, struct what *ret)
{
    TRY(parse_all(op, texts, ret));
    for (size_t i = 0; i < texts->n; i++)
        if (ret[i].kind == WHAT_FINDING)
            return fail(op, RC_UNSUPPORTED, STR_FMT ": an advisory cannot be an exception; name the component and its versions",
                        STR_ARG(texts->at[i]));
    return RC_OK;
}

static bool excepted(struct op *op, const struct what *except, size_t n, const struct component *c)
{
    bool found = false;
    for (size_t k = 0; k < n; k++)
        found |= what_is(op, &except[k], c) == ANSWER_YES;
    return found;
}

/* Assets that hold something, each once. */
struct holding {
    struct session *session;
    const struct finding_locals *locals;
    struct bits seen;
    uint64_t n;
};

static enum rc hold(struct op *op, void *arg, const struct presence *p)
{
    struct holding *h = arg;
    enum answer answer = ANSWER_YES;
    struct str text;
    if (finding_locals_get(h->locals, p->component))
        TRY(finding_locals_judge(op, h->session, h->locals, p->component, p->asset, true, &answer, &text));
    h->n += answer == ANSWER_YES && bits_add(op->mem, &h->seen, p->asset);
    return RC_OK;
}

/* `a`: what the advisory named says; NULL when none is. Within a transaction. */
static enum rc holders(struct op *op, struct session *s, const struct what *w, struct advised *a, const struct what *except, size_t n,
                       uint64_t *ret)
{
    struct candidates c = {0};
    struct finding_whys whys = {0};
    struct finding_locals locals = {0};
    struct id_list ids = {0};
    TRY(a ? findings_find(op, s, a, &c, &whys, &locals) : what_find(op, s->store, w, &c));
    candidates_sort(&c);
    finding_locals_sort(&locals);
    for (size_t i = 0; i < c.yes.n; i++)
        if (!excepted(op, except, n, candidate_get(&c, c.yes.at[i])))
            *vec_push(op->mem, &ids) = c.yes.at[i];
    vec_each(const struct finding_local, l, &locals.list)
        if (!excepted(op, except, n, &l->c))
            *vec_push(op->mem, &ids) = l->component;
    struct holding h = {.session = s, .locals = &locals};
    if (ids.n)
        TRY(presence_find(op, s->store, ids.at, ids.n, STORE_NOW, hold, &h));
    *ret = h.n;
    return RC_OK;
}

enum rc block_make(struct op *op, struct session *s, const struct block_request *rq, struct block_result *ret)
{
    struct what *whats = arena_array(op->mem, rq->whats.n, sizeof *whats);
    struct what *excepts = arena_array(op->mem, rq->excepts.n, sizeof *excepts);
    TRY(parse_all(op, &rq->whats, whats));
    struct advised **advised = arena_array(op->mem, rq->whats.n, sizeof *advised);
    struct vex_run *vex = NULL;
    TRY(parse_excepts(op, &rq->excepts, excepts));
    for (size_t i = 0; i < rq->whats.n; i++)
        if (whats[i].kind == WHAT_FINDING)
            TRY(findings_open(op, s, whats[i].name, &vex, &advised[i]));
    TRY(session_store(op, s, true, true));
    for (size_t i = 0; i < rq->whats.n; i++) {
        struct block b = {.what = rq->whats.at[i], .except = rq->excepts, .reason = rq->reason, .who = rq->who, .at = s->now, .until = rq->until};
        struct block_made *m = vec_push(op->mem, &ret->made);
        m->what = b.what;
        TRY(block_add(op, s->store, &b, &m->number, &m->is_new));
        if (advised[i])
            findings_ready(op, s, advised[i]);
        TRY(store_begin(op, s->store, STORE_READING));
        TRY(store_end(op, s->store, holders(op, s, &whats[i], advised[i], excepts, rq->excepts.n, &m->holders)));
    }
    return RC_OK;
}

enum rc block_lift(struct op *op, struct session *s, uint32_t number, struct str who, struct str reason)
{
    enum rc rc = session_store(op, s, true, false);
    if (rc == RC_OK)
        rc = block_end(op, s->store, number, who, reason, s->now);
    if (rc == RC_NOTFOUND)
        return fail(op, RC_NOTFOUND, "there is no block %u; `muster blocks --all` lists them", number);
    return rc;
}

enum rc block_all(struct op *op, struct session *s, bool ended_too, struct block_list *ret)
{
    enum rc rc = session_store(op, s, false, false);
    if (rc == RC_NOTFOUND)
        return RC_OK; /* no store: no blocks */
    TRY(rc);
    return block_list(op, s->store, ended_too ? 0 : s->now, ret);
}

/* ---- the gate ---- */

struct standing {
    const struct block *block;
    struct what what;
    struct what *excepts;
    struct advised *advised; /* what the advisory that it names says; NULL when it names none */
};

struct judging {
    struct op *op;
    struct standing *blocks;
    size_t n;
    struct vex_run *vex;
    const struct bom *bom;   /* at hand */
    struct str_list within;  /* how statements may name what it belongs to */
    struct gate_decision *ret;
};

static struct gate_reason *reason_add(struct judging *j, enum gate_word word, const struct standing *b, struct str text)
{
    struct gate_reason *r = vec_push(j->op->mem, &j->ret->reasons);
    r->word = word;
    r->reason = text;
    if (b) {
        r->block = b->block->number;
        r->blocked = b->block->what;
    }
    if (word == GATE_DENY || (word == GATE_UNKNOWN && j->ret->word == GATE_ALLOW))
        j->ret->word = word;
    return r;
}

static struct finding_place place_of(struct judging *j, const struct component *c)
{
    struct {
        VEC(struct component) list;
    } owners = {{NULL, 0, 0}};
    uint32_t id = (uint32_t)(c - j->bom->components.at);
    vec_each(const struct edge, e, &j->bom->edges)
        if (e->kind == EDGE_CONTAINS && e->to == id && e->from < j->bom->components.n)
            *vec_push(j->op->mem, &owners.list) = j->bom->components.at[e->from];
    return (struct finding_place){owners.list.at, owners.list.n, &j->within};
}

static enum rc judge_advised(struct judging *j, struct advised *a, const struct component *c, struct finding *ret)
{
    TRY(findings_judge(j->op, a, c, NULL, ret));
    if (!findings_place_counts(a, c, ret))
        return RC_OK;
    struct finding_place place = place_of(j, c);
    return findings_judge(j->op, a, c, &place, ret);
}

/* `ret_why`: what makes it unknown. */
static enum answer blocked(struct judging *j, const struct standing *b, const struct component *c, struct str *ret_why)
{
    struct op *op = j->op;
    enum answer a = b->advised ? ANSWER_UNKNOWN : what_is(op, &b->what, c);
    struct finding f;
    *ret_why = c->version.n ? STR("its version cannot be read") : STR("its version is not known");
    if (b->advised && judge_advised(j, b->advised, c, &f) == RC_OK) {
        a = finding_answer(&f);
        *ret_why = a == ANSWER_UNKNOWN ? finding_text(op, b->advised, &f) : *ret_why;
    } else if (b->advised) {
        *ret_why = op->err.text;
        op_clear(op);
    }
    return a != ANSWER_NO && excepted(op, b->excepts, b->block->except.n, c) ? ANSWER_NO : a;
}

static void judge_line(struct judging *j, const struct scan_line *l)
{
    for (size_t i = 0; i < j->n; i++) {
        const struct standing *b = &j->blocks[i];
        struct str why;
        enum answer a = blocked(j, b, l->component, &why);
        if (a == ANSWER_NO)
            continue;
        struct gate_reason *r = a == ANSWER_YES ? reason_add(j, GATE_DENY, b, b->block->reason) : reason_add(j, GATE_UNKNOWN, b, why);
        r->component = l->component;
        r->path = l->paths.n ? l->paths.at[0] : STR("");
        r->layer = l->layer;
    }
}

/* Packages of an ecosystem of which no advisories were imported: silence about them is no "no". Said once an entry. */
static void judge_blindness(struct judging *j, const struct standing *b, const struct scan_lines *lines)
{
    struct str said = STR("");
    vec_each(const struct scan_line, l, &lines->list) {
        struct str ecosystem = l->hidden ? STR("") : findings_blind_to(j->op, b->advised, l->component);
        if (ecosystem.n && str_find(said, ecosystem) == STR_NONE)
            said = said.n ? str_join(j->op->mem, said, STR(", "), ecosystem) : ecosystem;
    }
    if (said.n)
        reason_add(j, GATE_UNKNOWN, b, str_join(j->op->mem, STR("it has packages of which no advisories were imported: "), said));
}

static void judge_bom(struct judging *j, const struct bom *bom, const struct layer *layers, size_t n_layers)
{
    struct scan_lines lines = {0};
    j->bom = bom;
    scan_lines(j->op, bom, layers, n_layers, &lines);
    vec_each(struct scan_line, l, &lines.list)
        if (!l->hidden)
            judge_line(j, l);
    for (size_t i = 0; i < j->n; i++)
        if (j->blocks[i].advised)
            judge_blindness(j, &j->blocks[i], &lines);
    j->ret->components += lines.list.n;
    for (size_t i = 0; i < bom->gaps.n; i++)
        reason_add(j, GATE_UNKNOWN, NULL, bom->gaps.at[i].why)->path = bom->gaps.at[i].path;
}

static void judge_digest(struct judging *j, struct str digest)
{
    for (size_t i = 0; i < j->n; i++)
        if (j->blocks[i].what.kind == WHAT_DIGEST && str_eq(j->blocks[i].what.name, digest))
            reason_add(j, GATE_DENY, &j->blocks[i], j->blocks[i].block->reason);
}

static enum rc judge_target(struct judging *j, struct session *s, const struct target *t, const struct scan_options *o)
{
    struct scan_report report = {0};
    TRY(scan_read(j->op, s, t, o, &report));
    vec_each(struct scanned, a, &report.assets) {
        j->ret->asset = a->name;
        j->within = (struct str_list){0};
        vex_within_scanned(j->op, a, &j->within);
        judge_bom(j, &a->part->bom, a->part->facts.layers.at, a->part->facts.layers.n);
        vec_each(struct str, d, &a->part->facts.digests)
            judge_digest(j, *d);
    }
    return RC_OK;
}

static enum rc judge_asset(struct judging *j, struct session *s, const struct target *t, int64_t max_age_s)
{
    struct shown w = {0};
    TRY(inventory_show(j->op, s, t->asset, &w));
    j->ret->asset = w.asset.name;
    vex_within(j->op, w.asset.name, &w.names, &w.digests, &j->within);
    size_t n = w.members.scan.layers.n;
    struct layer *layers = arena_array(j->op->mem, n, sizeof *layers);
    for (size_t i = 0; i < n; i++)
        layers[i].diff_id = w.members.scan.layers.at[i];
    judge_bom(j, w.members.bom, layers, n);
    for (size_t i = 0; i < w.digests.n; i++)
        judge_digest(j, w.digests.at[i]);
    if (!w.members.scan.complete && w.members.bom->gaps.n == 0)
        reason_add(j, GATE_UNKNOWN, NULL, STR("its scan was incomplete"));
    if (w.asset.last_scan < s->now - max_age_s)
        reason_add(j, GATE_UNKNOWN, NULL, str_join(j->op->mem, STR("it was last scanned on "), time_print(j->op->mem, w.asset.last_scan)));
    return RC_OK;
}

/* The entries that stand, read once. An entry that this version cannot read makes the gate unsure, not open. */
static enum rc load_blocks(struct judging *j, struct session *s, const struct block_list *list)
{
    j->blocks = arena_array(j->op->mem, list->n, sizeof *j->blocks);
    for (size_t i = 0; i < list->n; i++) {
        struct standing *b = &j->blocks[j->n];
        b->block = &list->at[i];
        b->excepts = arena_array(j->op->mem, b->block->except.n, sizeof *b->excepts);
        if (what_parse(j->op, b->block->what, false, &b->what) != RC_OK || parse_excepts(j->op, &b->block->except, b->excepts) != RC_OK) {
            reason_add(j, GATE_UNKNOWN, b, STR("this version of muster cannot read the entry"));
            op_clear(j->op);
            continue;
        }
        if (b->what.kind == WHAT_FINDING && findings_open(j->op, s, b->what.name, &j->vex, &b->advised) != RC_OK) {
            reason_add(j, GATE_UNKNOWN, b, j->op->err.text);
            op_clear(j->op);
            continue;
        }
        j->ret->advised |= b->advised != NULL;
        j->n++;
    }
    j->ret->blocks = list->n;
    return RC_OK;
}

enum { STORED_MAX_AGE_S = 30 * 86400 };

enum rc gate_check(struct op *op, struct session *s, const struct target *t, const struct scan_options *o, struct gate_decision *ret)
{
    struct judging j = {.op = op, .ret = ret};
    struct block_list list = {0};
    TRY(session_workers(op, s));
    TRY(block_all(op, s, false, &list));
    TRY(load_blocks(&j, s, &list));
    return t->asset.n ? judge_asset(&j, s, t, STORED_MAX_AGE_S) : judge_target(&j, s, t, o);
}
