/* Fetching first, all of it; then one import of what changed. A document moves into its place in the cache only after the
 * index that has it stands: whatever is interrupted is done again, from the cache. */
#include "flow/update.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include "flow/download.h"

struct updating {
    struct op *op;
    struct session *s;
    const struct update_options *o;
    struct update_result *ret;
    struct downloads d;
    struct feed_states states;
    struct advindex_source *sources; /* of the old index */
    size_t n_sources;
    bool no_index;                   /* there is none that can be read: all is built from the cache */
    VEC(struct feed_place) places;   /* one a line of ret */
    VEC(uint32_t) imported;          /* lines, as they stand in the list to import */
    struct import_list from;
};

static bool index_has(const struct updating *u, struct str name)
{
    for (size_t i = 0; i < u->n_sources; i++)
        if (str_eq(u->sources[i].name, name))
            return true;
    return false;
}

/* The names of the old index's sources. One that cannot be read has none. */
static void look_at_index(struct updating *u)
{
    struct op sub = *u->op;
    struct advindex *ix;
    op_clear(&sub);
    if (advisories_open(&sub, u->s, &ix) != RC_OK || advindex_sources(&sub, ix, &u->sources, &u->n_sources) != RC_OK)
        u->no_index = true;
    for (size_t i = 0; i < u->n_sources; i++)
        u->sources[i].name = str_dup(u->op->mem, u->sources[i].name);
    if (!u->no_index)
        advindex_close(ix);
}

/* ---- which feeds ---- */

static void want(struct updating *u, const struct feed_place *p)
{
    for (size_t i = 0; i < u->places.n; i++)
        if (str_eq(u->places.at[i].name, p->name))
            return;
    *vec_push(u->op->mem, &u->places) = *p;
    *vec_push(u->op->mem, &u->ret->lines) = (struct update_line){.name = p->name, .why = STR("")};
}

static enum rc choose(struct updating *u)
{
    struct feed_place p;
    for (size_t i = 0; i < u->o->feeds.n; i++) {
        struct str name = u->o->feeds.at[i];
        if (!feed_place_find(name, &p))
            return fail(u->op, RC_INVALID, "no feed is called '" STR_FMT "'; `muster advisories feeds` lists them", STR_ARG(name));
        want(u, &p);
    }
    for (size_t i = 0; u->o->feeds.n == 0 && feed_place_at(i, &p); i++)
        if ((p.always || index_has(u, p.name)) && !mirror_lacks(&u->d.mirror, &p))
            want(u, &p);
    return RC_OK;
}

/* ---- fetching ---- */

static void note_failure(struct updating *u, struct update_line *line)
{
    line->state = UPDATE_FAILED;
    line->rc = u->op->err.rc;
    line->why = u->op->err.text;
    op_clear(u->op);
}

static void add_import(struct updating *u, size_t line, bool part)
{
    struct str path = feed_file(u->op, u->s, &u->places.at[line], part);
    *vec_push(u->op->mem, &u->imported) = (uint32_t)line;
    *vec_push(u->op->mem, &u->from.list) = (struct import_from){path, u->places.at[line].name};
    u->ret->lines.at[line].state = UPDATE_NEW;
}

static enum rc fetch_all(struct updating *u)
{
    for (size_t i = 0; i < u->places.n; i++) {
        struct update_line *line = &u->ret->lines.at[i];
        struct downloaded got = {0};
        enum rc rc = download(u->op, &u->d, &u->places.at[i], &got);
        line->fetched = got.fetched;
        if (rc == RC_DENIED)
            return rc;
        if (rc != RC_OK)
            note_failure(u, line);
        else if (got.changed)
            add_import(u, i, true);
        else if (u->no_index || !index_has(u, line->name))
            add_import(u, i, false);
        u->ret->fenced &= !u->d.fetcher || u->d.fenced;
    }
    return RC_OK;
}

/* What an index that is gone or damaged had, as far as the cache has it: also of feeds that nobody asked for now, and of
 * those that failed. */
static void add_cached(struct updating *u)
{
    struct feed_place p;
    for (size_t i = 0; i < u->states.list.n; i++) {
        const struct feed_state *f = &u->states.list.at[i];
        bool there = false;
        for (size_t k = 0; k < u->from.list.n; k++)
            there |= str_eq(u->from.list.at[k].source, f->name);
        if (there || f->part || !feed_place_find(f->name, &p) || access(feed_file(u->op, u->s, &p, false).p, R_OK) != 0)
            continue;
        size_t line = 0;
        while (line < u->places.n && !str_eq(u->places.at[line].name, p.name))
            line++;
        if (line == u->places.n)
            want(u, &p);
        bool failed = u->ret->lines.at[line].state == UPDATE_FAILED;
        add_import(u, line, false);
        u->ret->lines.at[line].state = failed ? UPDATE_FAILED : UPDATE_NEW;
    }
}

/* ---- importing ---- */

/* One that is no feed is left out, and the rest tried again. */
static enum rc leave_out(struct updating *u, size_t at)
{
    size_t line = u->imported.at[at];
    struct update_line *l = &u->ret->lines.at[line];
    note_failure(u, l);
    feed_state_drop(&u->states, l->name, true);
    for (size_t i = at + 1; i < u->from.list.n; i++) {
        u->from.list.at[i - 1] = u->from.list.at[i];
        u->imported.at[i - 1] = u->imported.at[i];
    }
    u->from.list.n--;
    u->imported.n--;
    return feed_states_write(u->op, u->s, &u->states);
}

static enum rc import_all(struct updating *u)
{
    while (u->from.list.n) {
        struct import_result *r = &u->ret->import;
        struct op sub = *u->op;
        sub.mem = arena_child(u->op->mem);
        *r = (struct import_result){.records = 0};
        enum rc rc = advisories_import(&sub, u->s, &u->from, r);
        if (rc == RC_OK) {
            u->ret->switched = true;
            return RC_OK; /* its memory stays: the reports are in it */
        }
        struct str text = str_dup(u->op->mem, sub.err.text);
        size_t at = r->reading;
        bool one = (rc == RC_INVALID || rc == RC_LIMIT) && at < u->from.list.n;
        arena_close(sub.mem);
        *r = (struct import_result){.records = 0};
        rc = fail(u->op, rc, STR_FMT, STR_ARG(text));
        if (!one)
            return rc;
        TRY(leave_out(u, at));
    }
    return RC_OK;
}

/* The new index stands: the documents that are in it take their places. */
static enum rc settle(struct updating *u)
{
    for (size_t i = 0; i < u->imported.n; i++) {
        uint32_t line = u->imported.at[i];
        const struct feed_place *p = &u->places.at[line];
        struct feed_state *part = feed_state_get(&u->states, p->name, true);
        u->ret->lines.at[line].report = &u->ret->import.reports.at[i];
        if (!part || !part->complete || u->ret->lines.at[line].state != UPDATE_NEW)
            continue;
        if (rename(feed_file(u->op, u->s, p, true).p, feed_file(u->op, u->s, p, false).p) != 0)
            return fail(u->op, RC_IO, STR_FMT ": %s", STR_ARG(feed_file(u->op, u->s, p, false)), strerror(errno));
        struct feed_state whole = *part;
        whole.part = false;
        feed_state_drop(&u->states, p->name, true);
        *feed_state_put(u->op, &u->states, p->name, false) = whole;
    }
    return feed_states_write(u->op, u->s, &u->states);
}

enum rc advisories_update(struct op *op, struct session *s, const struct update_options *o, struct update_result *ret)
{
    struct updating u = {.op = op, .s = s, .o = o, .ret = ret};
    u.d = (struct downloads){.session = s, .states = &u.states, .most = o->most ? o->most : op->limits->file_bytes,
                             .stall_s = o->stall_s ? o->stall_s : 60};
    ret->fenced = true;
    TRY(session_workers(op, s)); /* before anything is open */
    TRY(session_store(op, s, true, true));
    TRY(feeds_lock(op, s));
    feed_states_read(op, s, &u.states);
    look_at_index(&u);
    if (o->mirror.n)
        TRY(mirror_open(op, &u.d, o->mirror));
    TRY(choose(&u));
    TRY(fetch_all(&u));
    if (u.no_index)
        add_cached(&u);
    TRY(import_all(&u));
    return ret->switched ? settle(&u) : RC_OK;
}

enum rc advisories_import_files(struct op *op, struct session *s, const struct str_list *paths, struct import_result *ret)
{
    struct import_list from = {0};
    struct feed_states states = {0};
    for (size_t i = 0; i < paths->n; i++)
        *vec_push(op->mem, &from.list) = (struct import_from){paths->at[i], STR("")};
    TRY(advisories_import(op, s, &from, ret));
    feed_states_read(op, s, &states);
    bool differs = false;
    vec_each(struct import_report, r, &ret->reports) {
        differs |= r->as_of || feed_state_get(&states, r->source, false) || feed_state_get(&states, r->source, true);
        feed_state_drop(&states, r->source, true);
        feed_state_drop(&states, r->source, false);
        if (r->as_of)
            feed_state_put(op, &states, r->source, false)->as_of = r->as_of;
    }
    if (!differs)
        return RC_OK;
    TRY(feeds_folder_make(op, s));
    return feed_states_write(op, s, &states);
}
