/* Second looks into layers: for the bytes of hard links whose targets nobody had wanted, and for what was put off until
 * the package databases had been read. A layer of which nothing is wanted is not opened. */
#include "source/layers.h"

/* The links that wait for one target. */
struct waiting {
    VEC(size_t) ids;
    bool found;
};

/* Is it wanted, now that the bytes are there? */
static bool still_wanted(struct op *op, const struct layer_walk *w, const struct version *v, struct str head)
{
    return v->want == WANT_KEEP || (v->want == WANT_HEAD && layer_ask(op, w, v, head) == WANT_KEEP);
}

/* tar.now is the file that these links mean: its bytes are put down at most once. */
static enum rc give(struct op *op, struct layer_walk *w, struct version *versions, const struct waiting *links)
{
    const struct version *first = NULL;
    for (size_t k = 0; k < links->ids.n; k++) {
        struct version *v = &versions[links->ids.at[k]];
        struct str head;
        v->state = VERSION_DROPPED;
        v->size = w->tar.now.size;
        if (first) {
            /* The head can no longer be peeked at: the first one was read from the same bytes. */
            char bytes[HEAD_BYTES];
            size_t n = first->size < sizeof bytes ? (size_t)first->size : sizeof bytes;
            TRY(extent_read(op, &first->at, first->path, 0, bytes, n));
            if (!still_wanted(op, w, v, (struct str){bytes, n}))
                continue;
            v->at = first->at;
            v->where = first->where;
            v->state = VERSION_KEPT;
            continue;
        }
        TRY(tar_peek(op, &w->tar, HEAD_BYTES, &head));
        if (!still_wanted(op, w, v, head))
            continue;
        TRY(layer_keep(op, w, v));
        if (v->state == VERSION_KEPT)
            first = v;
    }
    return RC_OK;
}

/* Reads one layer for the targets; *left counts those not found yet. */
static enum rc look(struct op *op, struct layer_walk *w, uint32_t in, const struct map *targets, size_t *left)
{
    size_t n;
    struct version *versions = overlay_versions(w->i->overlay, &n);
    TRY(layer_open(op, w, in, false));
    while (*left) {
        struct str path;
        enum rc rc = tar_next(op, &w->tar);
        if (rc == RC_NOTFOUND)
            return RC_OK;
        TRY(rc);
        if (w->tar.now.kind != ENTRY_FILE)
            continue;
        w->tar.dirty = true;
        if (!path_clean(w->tar.scratch, w->tar.now.path, &path))
            continue;
        struct waiting *links = map_get(targets, path);
        if (!links || links->found)
            continue;
        links->found = true;
        --*left;
        TRY(give(op, w, versions, links));
    }
    return RC_OK;
}

/* The newest version of the target that layer k can see and whose bytes are known already. */
static struct version *known(const struct map *kept, struct version *versions, const struct version *link)
{
    const struct waiting *at = map_get(kept, link->target);
    for (size_t k = at ? at->ids.n : 0; k-- > 0;) {
        struct version *v = &versions[at->ids.at[k]];
        if (v->layer < link->layer || (v->layer == link->layer && v->ordinal < link->ordinal))
            return v;
    }
    return NULL;
}

static struct waiting *waiting_at(struct arena *mem, struct map *m, struct str key)
{
    void **at = map_put(m, key);
    if (!*at)
        *at = arena_alloc(mem, sizeof(struct waiting));
    return *at;
}

static enum rc share(struct op *op, const struct layer_walk *w, struct version *v, const struct version *from)
{
    char bytes[HEAD_BYTES];
    size_t n = from->size < sizeof bytes ? (size_t)from->size : sizeof bytes;
    TRY(extent_read(op, &from->at, from->path, 0, bytes, n));
    v->size = from->size;
    v->at = from->at;
    v->where = from->where;
    v->state = still_wanted(op, w, v, (struct str){bytes, n}) ? VERSION_KEPT : VERSION_DROPPED;
    return RC_OK;
}

/* Which links wait, by target; those whose target was kept under its own name are served at once. */
static enum rc collect(struct op *op, struct layer_walk *w, struct arena *mem, uint32_t k, enum version_state state,
                       struct map *targets)
{
    size_t n;
    struct map kept;
    struct version *versions = overlay_versions(w->i->overlay, &n);
    map_open(&kept, mem);
    map_open(targets, mem);
    bool any = false;
    for (size_t id = 0; id < n; id++)
        any |= versions[id].layer == k && versions[id].state == state && versions[id].target.n;
    for (size_t id = 0; any && id < n; id++)
        if (versions[id].state == VERSION_KEPT)
            *vec_push(mem, &waiting_at(mem, &kept, versions[id].path)->ids) = id;
    for (size_t id = 0; any && id < n; id++) {
        struct version *v = &versions[id];
        if (v->layer != k || v->state != state || v->target.n == 0)
            continue;
        const struct version *from = known(&kept, versions, v);
        if (from)
            TRY(share(op, w, v, from));
        else
            *vec_push(mem, &waiting_at(mem, targets, v->target)->ids) = id;
    }
    return RC_OK;
}

static void give_up(struct op *op, struct layer_walk *w, const struct map *targets)
{
    size_t n;
    struct version *versions = overlay_versions(w->i->overlay, &n);
    vec_each(struct map_entry, e, &targets->entries)
    {
        const struct waiting *links = e->value;
        for (size_t k = 0; !links->found && k < links->ids.n; k++) {
            struct version *v = &versions[links->ids.at[k]];
            v->state = VERSION_DROPPED;
            tree_gap(w->t, v->path, str_print(op->mem, "a hard link to " STR_FMT ", which was not found", STR_ARG(v->target)));
        }
    }
}

enum rc links_resolve(struct op *op, struct layer_walk *w, uint32_t k, enum version_state state)
{
    struct arena *mem = arena_child(op->mem);
    struct map targets;
    enum rc rc = collect(op, w, mem, k, state, &targets);
    size_t left = targets.entries.n;
    for (uint32_t in = k + 1; rc == RC_OK && left && in-- > 0;) {
        rc = look(op, w, in, &targets, &left);
        if (rc != RC_OK)
            rc = layer_trouble(op, w, rc);
    }
    give_up(op, w, &targets);
    arena_close(mem);
    return rc;
}

/* ---- the second pass ---- */

/* By path alone: whose answer is no costs nothing more. */
static void ask_again(struct op *op, const struct layer_walk *w)
{
    size_t n;
    struct version *versions = overlay_versions(w->i->overlay, &n);
    for (size_t id = 0; id < n; id++) {
        struct version *v = &versions[id];
        if (v->state != VERSION_LATER)
            continue;
        v->want = layer_ask(op, w, v, (struct str){NULL, 0});
        if (v->want != WANT_KEEP && v->want != WANT_HEAD)
            v->state = VERSION_DROPPED;
    }
}

/* The next version of this layer that is still wanted from `from` on, or n. */
static size_t next_wanted(const struct version *versions, size_t n, size_t from, uint32_t layer)
{
    while (from < n && versions[from].layer <= layer
           && !(versions[from].layer == layer && versions[from].state == VERSION_LATER && versions[from].target.n == 0))
        from++;
    return from < n && versions[from].layer == layer ? from : n;
}

/* Versions of a layer stand in the order of its members. */
static enum rc reread(struct op *op, struct layer_walk *w, uint32_t k, size_t id)
{
    size_t n;
    struct version *versions = overlay_versions(w->i->overlay, &n);
    TRY(layer_open(op, w, k, false));
    for (; id < n; id = next_wanted(versions, n, id + 1, k)) {
        struct version *v = &versions[id];
        struct str head;
        while (w->ordinal < v->ordinal) {
            TRY(tar_next(op, &w->tar));
            w->ordinal++;
        }
        v->state = VERSION_DROPPED;
        TRY(tar_peek(op, &w->tar, HEAD_BYTES, &head));
        if (still_wanted(op, w, v, head))
            TRY(layer_keep(op, w, v));
    }
    return RC_OK;
}

static void drop_rest(struct op *op, const struct layer_walk *w, uint32_t k)
{
    size_t n;
    struct version *versions = overlay_versions(w->i->overlay, &n);
    for (size_t id = 0; id < n; id++)
        if (versions[id].layer == k && versions[id].state == VERSION_LATER) {
            versions[id].state = VERSION_DROPPED;
            tree_gap(w->t, versions[id].path, str_print(op->mem, "layer %u could not be read again", k + 1));
        }
}

enum rc image_walk_later(struct op *op, struct tree *t, const struct visitor *v)
{
    struct image *i = t->state;
    size_t n;
    if (!i->overlay)
        return RC_OK;
    struct layer_walk w = {.t = t, .i = i, .v = v, .mem = arena_child(op->mem)};
    ask_again(op, &w);
    for (uint32_t k = 0; k < i->n; k++) {
        const struct version *versions = overlay_versions(i->overlay, &n);
        size_t id = next_wanted(versions, n, 0, k);
        enum rc rc = id < n ? reread(op, &w, k, id) : RC_OK;
        if (rc != RC_OK) {
            rc = rc == RC_NOTFOUND ? fail(op, RC_INVALID, "layer %u: ends early", k + 1) : rc;
            TRY(layer_trouble(op, &w, rc));
        }
        TRY(links_resolve(op, &w, k, VERSION_LATER));
        drop_rest(op, &w, k);
    }
    arena_close(w.mem);
    return RC_OK;
}
