/* Random scans, renames and forgetting, folded now and then, against a naive memory of every state: who has it, what has
 * it, now and at random times. The seed is fixed; another can be given as the second argument. */
#include "kit.h"
#include "tests/lib/tap.h"
#include <stdio.h>
#include <stdlib.h>

enum { ASSETS = 12, COMPONENTS = 24, STATES = 400, ROUNDS = 400, ABSENT = 255 };

/* One state of one asset, from a time on. */
struct remembered {
    int64_t from;
    uint8_t ranks[COMPONENTS];
    bool complete;
};

struct memory {
    uint32_t id; /* 0: never scanned, or forgotten */
    size_t n;
    struct remembered states[STATES];
};

struct world {
    struct kit k;
    struct memory assets[ASSETS];
    uint32_t component_ids[COMPONENTS];
    uint64_t random;
    int64_t now;
};

static unsigned dice(struct world *w, unsigned sides)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return (unsigned)(w->random >> 33) % sides;
}

static struct component component(struct arena *mem, unsigned i)
{
    struct str name = str_print(mem, "pkg%u", i / 3), version = str_print(mem, "1.%u", i % 3);
    return (struct component){.type = STR("deb"), .name = name, .version = version, .upstream = name, .upstream_version = version};
}

static const struct remembered *state_at(const struct memory *m, int64_t at)
{
    const struct remembered *found = NULL;
    for (size_t i = 0; i < m->n && m->states[i].from <= at; i++)
        found = &m->states[i];
    return found;
}

static bool scan_one(struct world *w, struct op *op, unsigned which)
{
    struct memory *m = &w->assets[which];
    struct scan scan = kit_scan(str_print(op->mem, "asset%u", which).p, w->now);
    struct remembered next = {.from = w->now, .complete = dice(w, 4) != 0};
    const struct remembered *last = m->n ? &m->states[m->n - 1] : NULL;
    struct bom bom;
    uint8_t ranks[COMPONENTS];
    struct scan_result r;
    unsigned churn = dice(w, 3) ? 3 : 20;
    bom_open(&bom, op->mem);
    memset(next.ranks, ABSENT, sizeof next.ranks);
    for (unsigned i = 0; i < COMPONENTS; i++) {
        bool there = last ? (dice(w, churn) == 0) != (last->ranks[i] != ABSENT) : dice(w, 2);
        if (!there)
            continue;
        struct component c = component(op->mem, i);
        uint32_t at = bom_add(&bom, &c);
        ranks[at] = next.ranks[i] = (uint8_t)(last && last->ranks[i] != ABSENT && dice(w, 6) ? last->ranks[i] : dice(w, 7));
        bom_note(&bom, at, SCOPE_INSTALLED, str_print(op->mem, "p%u", dice(w, 2)), LAYER_NONE);
    }
    scan.complete = next.complete;
    scan.ranks = ranks;
    if (scan_write(op, w->k.s, &scan, &bom, &r) != RC_OK)
        return false;
    for (unsigned i = 0; i < COMPONENTS && last && !scan.complete; i++)
        if (last->ranks[i] != ABSENT && (next.ranks[i] == ABSENT || next.ranks[i] < last->ranks[i]))
            next.ranks[i] = last->ranks[i];
    m->id = r.asset;
    if (m->n == STATES)
        return false;
    m->states[m->n++] = next;
    return r.outcome == (last ? r.outcome : SCAN_NEW);
}

static bool learn_ids(struct world *w, struct op *op)
{
    for (unsigned i = 0; i < COMPONENTS; i++) {
        struct component c = component(op->mem, i);
        struct component_list l;
        if (component_by_purl(op, w->k.s, &c, &l) != RC_OK)
            return false;
        w->component_ids[i] = l.n ? l.at[0].id : 0;
    }
    return true;
}

struct asked {
    struct world *w;
    uint8_t seen[ASSETS][COMPONENTS]; /* rank */
    unsigned last_rank;
    bool good;
};

static enum rc heard(struct op *op, void *arg, const struct presence *p)
{
    struct asked *q = arg;
    (void)op;
    q->good = q->good && p->rank <= q->last_rank;
    q->last_rank = p->rank;
    for (unsigned a = 0; a < ASSETS; a++)
        for (unsigned c = 0; c < COMPONENTS && q->w->assets[a].id == p->asset; c++)
            if (q->w->component_ids[c] == p->component) {
                q->good = q->good && q->seen[a][c] == ABSENT;
                q->seen[a][c] = p->rank;
                return RC_OK;
            }
    q->good = false;
    return RC_OK;
}

static bool ask_who(struct world *w, struct op *op, int64_t at)
{
    struct asked q = {.w = w, .last_rank = 7, .good = true};
    uint32_t ids[COMPONENTS];
    size_t n = 0;
    bool wanted[COMPONENTS] = {false};
    memset(q.seen, ABSENT, sizeof q.seen);
    for (unsigned i = 0; i < COMPONENTS; i++)
        if (w->component_ids[i] && dice(w, 2)) {
            wanted[i] = true;
            ids[n++] = w->component_ids[i];
        }
    if (presence_find(op, w->k.s, ids, n, at, heard, &q) != RC_OK)
        return false;
    for (unsigned a = 0; a < ASSETS; a++) {
        const struct remembered *then = w->assets[a].id ? state_at(&w->assets[a], at) : NULL;
        for (unsigned c = 0; c < COMPONENTS; c++)
            if (q.seen[a][c] != (wanted[c] && then ? then->ranks[c] : ABSENT))
                return false;
    }
    return q.good;
}

static bool ask_what(struct world *w, struct op *op, unsigned which, int64_t at)
{
    const struct memory *m = &w->assets[which];
    const struct remembered *then = m->id ? state_at(m, at) : NULL;
    struct members got;
    enum rc rc = m->id ? asset_members(op, w->k.s, m->id, at, &got) : RC_NOTFOUND;
    if (!then || rc != RC_OK)
        return !then && rc == RC_NOTFOUND;
    size_t n = 0;
    for (unsigned c = 0; c < COMPONENTS; c++)
        n += then->ranks[c] != ABSENT;
    if (got.bom->components.n != n || got.scan.complete != then->complete)
        return false;
    for (size_t i = 0; i < n; i++)
        for (unsigned c = 0; c < COMPONENTS; c++)
            if (w->component_ids[c] == got.ids[i] && (then->ranks[c] != got.ranks[i] || got.last_confirmed[i] > (at < w->now ? at : w->now)))
                return false;
    return got.bom->occurrences.n >= n;
}

static bool ask_incomplete(struct world *w, struct op *op, int64_t at)
{
    struct id_list l;
    size_t n = 0;
    if (asset_incomplete(op, w->k.s, at, &l) != RC_OK)
        return false;
    for (unsigned a = 0; a < ASSETS; a++) {
        const struct remembered *then = w->assets[a].id ? state_at(&w->assets[a], at) : NULL;
        n += then && !then->complete;
    }
    return l.n == n;
}

static bool round_of(struct world *w, struct op *op)
{
    unsigned which = dice(w, ASSETS);
    bool good = true;
    w->now += 1 + dice(w, 3);
    if (dice(w, 25) == 0 && w->assets[which].id) {
        good = asset_forget(op, w->k.s, w->assets[which].id) == RC_OK;
        w->assets[which].id = 0;
        w->assets[which].n = 0;
    } else {
        good = scan_one(w, op, which);
    }
    if (good && dice(w, 12) == 0)
        good = store_fold(op, w->k.s, true) == RC_OK;
    good = good && learn_ids(w, op) && ask_who(w, op, STORE_NOW) && ask_what(w, op, dice(w, ASSETS), STORE_NOW);
    int64_t then = 1000 + dice(w, (unsigned)(w->now - 990));
    return good && ask_who(w, op, then) && ask_what(w, op, dice(w, ASSETS), then) && ask_incomplete(w, op, dice(w, 2) ? then : STORE_NOW);
}

int main(int argc, char **argv)
{
    struct world *w = calloc(1, sizeof *w);
    unsigned i = 0;
    bool good = true;
    w->random = argc > 2 ? strtoull(argv[2], NULL, 10) : 20240329;
    w->now = 1000;
    kit_open(&w->k, true);
    for (i = 0; good && i < ROUNDS; i++) {
        struct op op = w->k.op;
        op.mem = arena_child(w->k.op.mem);
        good = round_of(w, &op);
        if (!good)
            tap_say("round %u: " STR_FMT, i, STR_ARG(op.err.text));
        if (good && i % 100 == 99)
            good = kit_sound(&w->k);
        arena_close(op.mem);
    }
    tap_ok(good, "%u rounds agree with a naive memory", i);
    tap_ok(kit_sound(&w->k), "sound at the end");
    tap_ok(store_compact(&w->k.op, w->k.s) == RC_OK && kit_sound(&w->k), "and after compacting");
    kit_close(&w->k);
    free(w);
    return tap_done();
}
