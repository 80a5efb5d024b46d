/* The first pass over an image: each layer once, from the lowest; whiteouts, replacements and hard links sorted out as
 * they pass; digests checked on the way. */
#include "source/layers.h"

#include <stdlib.h>

#define WHITEOUT ".wh."
#define OPAQUE ".wh..wh..opq"

enum rc layer_open(struct op *op, struct layer_walk *w, uint32_t k, bool verify)
{
    const struct image_layer *l = &w->i->layers[k];
    struct container *c = w->i->c;
    w->layer = k;
    w->ordinal = 0;
    arena_reset(w->mem);
    TRY(stream_open(op, &w->in, w->mem, &l->blob, l->name, c->ring, verify ? l->diff_id : (struct str){"", 0}, &c->inflated));
    tar_open(&w->tar, &w->in, w->mem);
    return RC_OK;
}

enum want layer_ask(struct op *op, const struct layer_walk *w, const struct version *v, struct str head)
{
    struct tree_entry e = {.path = v->path,
                           .head = head,
                           .size = v->size,
                           .layer = v->layer,
                           .gone_in = v->gone_in,
                           .kind = ENTRY_FILE,
                           .executable = v->executable};
    return w->v->visit(op, w->v->arg, &e);
}

enum rc layer_trouble(struct op *op, const struct layer_walk *w, enum rc rc)
{
    if (rc == RC_IO || (rc == RC_INVALID && w->in.broken))
        return rc;
    tree_gap(w->t, str_print(op->mem, "layer %u", w->layer + 1), op->err.text);
    op_clear(op);
    return RC_OK;
}

enum rc layer_keep(struct op *op, struct layer_walk *w, struct version *v)
{
    const struct image_layer *l = &w->i->layers[w->layer];
    const struct tar_member *m = &w->tar.now;
    v->state = VERSION_DROPPED;
    v->size = m->size;
    if (tree_too_large(op, w->t, v->path, v->size))
        return RC_OK;
    if (w->in.inflater || m->sparse) {
        TRY(tar_keep(op, &w->tar, &w->i->c->spill, &v->at));
        v->where = v->at.fd < 0 ? WHERE_MEMORY : WHERE_SPILL;
    } else {
        if (m->at > l->blob.size || m->size > l->blob.size - m->at)
            return fail(op, RC_INVALID, STR_FMT ": ends within " STR_FMT, STR_ARG(l->name), STR_ARG(v->path));
        v->at = extent_part(&l->blob, m->at, m->size);
        v->where = (int)w->layer;
    }
    v->state = VERSION_KEPT;
    return RC_OK;
}

static struct version *add(struct op *op, struct layer_walk *w, const struct version *like, enum version_state state,
                           enum want want)
{
    size_t n;
    overlay_versions(w->i->overlay, &n);
    if (state != VERSION_KEPT && n >= LATER_MOST) {
        tree_gap(w->t, like->path, STR("too many files to be looked at again"));
        return NULL;
    }
    struct version *v = overlay_add(w->i->overlay, like->path, w->layer);
    v->target = like->target.n ? str_dup(op->mem, like->target) : like->target;
    v->size = like->size;
    v->executable = like->executable;
    v->ordinal = w->ordinal;
    v->state = state;
    v->want = want;
    return v;
}

static enum rc file(struct op *op, struct layer_walk *w, const struct version *met)
{
    struct str head;
    enum want want = layer_ask(op, w, met, (struct str){NULL, 0});
    if (want == WANT_HEAD) {
        TRY(tar_peek(op, &w->tar, HEAD_BYTES, &head));
        want = layer_ask(op, w, met, head);
    }
    if (want == WANT_LATER)
        add(op, w, met, VERSION_LATER, want);
    if (want != WANT_KEEP || tree_too_large(op, w->t, met->path, met->size))
        return RC_OK;
    return layer_keep(op, w, add(op, w, met, VERSION_KEPT, want));
}

/* A hard link is the file it points to. That file comes before it, in this layer or a lower one; when nobody wanted it
 * under its own name its bytes must be looked for again. */
static enum rc hard_link(struct op *op, struct layer_walk *w, struct version *met)
{
    const struct version *to = overlay_get(w->i->overlay, met->target);
    struct version found = to ? *to : (struct version){.state = VERSION_DROPPED};
    met->size = found.size;
    if (found.target.n && found.state != VERSION_KEPT)
        met->target = found.target;
    enum want want = layer_ask(op, w, met, (struct str){NULL, 0});
    if (want == WANT_HEAD && found.state == VERSION_KEPT) {
        char head[HEAD_BYTES];
        size_t n = found.size < sizeof head ? (size_t)found.size : sizeof head;
        TRY(extent_read(op, &found.at, found.path, 0, head, n));
        want = layer_ask(op, w, met, (struct str){head, n});
    }
    if (want == WANT_NO)
        return RC_OK;
    if (found.state == VERSION_KEPT && want == WANT_KEEP) {
        struct version *v = add(op, w, met, VERSION_KEPT, want);
        v->at = found.at;
        v->where = found.where;
        return RC_OK;
    }
    add(op, w, met, want == WANT_KEEP ? VERSION_NEEDED : VERSION_LATER, want);
    return RC_OK;
}

static void whiteout(struct layer_walk *w, struct str path)
{
    struct str base = str_base(path), folder = str_dir(path);
    if (str_eq(base, STR(OPAQUE))) {
        overlay_opaque(w->i->overlay, folder, w->layer);
        return;
    }
    if (str_starts(base, STR(WHITEOUT WHITEOUT))) /* bookkeeping of aufs */
        return;
    struct str name = str_from(base, sizeof WHITEOUT - 1);
    if (name.n == 0 || str_eq(name, STR(".")) || str_eq(name, STR(".."))) {
        tree_gap(w->t, path, STR("a whiteout of no possible name"));
        return;
    }
    w->tar.dirty = true;
    overlay_whiteout(w->i->overlay, folder.n ? str_join(w->tar.scratch, folder, STR("/"), name) : name, w->layer);
}

/* A clean path, which may live in the memory of this member. */
static bool clean(struct layer_walk *w, struct str raw, struct str *ret)
{
    if (!path_clean(w->tar.scratch, raw, ret))
        return false;
    w->tar.dirty |= ret->p < raw.p || ret->p > raw.p + raw.n;
    return true;
}

static void offer(struct op *op, const struct layer_walk *w, struct str path)
{
    const struct tar_member *m = &w->tar.now;
    struct tree_entry e = {.path = path, .target = m->target, .layer = w->layer, .gone_in = LAYER_NONE, .kind = m->kind};
    w->v->visit(op, w->v->arg, &e);
}

static enum rc link_or_file(struct op *op, struct layer_walk *w, struct version *met)
{
    const struct tar_member *m = &w->tar.now;
    if (m->kind == ENTRY_HARDLINK) {
        if (!clean(w, m->target, &met->target) || met->target.n == 0) {
            tree_gap(w->t, met->path, str_print(op->mem, "a hard link to " STR_FMT ", which is outside", STR_ARG(m->target)));
            overlay_replace(w->i->overlay, met->path, w->layer);
            return RC_OK;
        }
        if (str_eq(met->path, met->target))
            return RC_OK;
    }
    overlay_replace(w->i->overlay, met->path, w->layer);
    return m->kind == ENTRY_HARDLINK ? hard_link(op, w, met) : file(op, w, met);
}

static enum rc member(struct op *op, struct layer_walk *w)
{
    const struct tar_member *m = &w->tar.now;
    struct str path;
    if (!clean(w, m->path, &path)) {
        tree_gap(w->t, str_upto(m->path, 256), STR("an impossible name: not read"));
        return RC_OK;
    }
    if (path.n == 0)
        return RC_OK;
    if (str_starts(str_base(path), STR(WHITEOUT))) {
        whiteout(w, path);
        return RC_OK;
    }
    if (str_starts(path, STR(WHITEOUT WHITEOUT)) || str_find(path, STR("/" WHITEOUT WHITEOUT)) != STR_NONE)
        return RC_OK;
    op_progress(op, 1, m->size);
    if (m->kind == ENTRY_FILE || m->kind == ENTRY_HARDLINK) {
        struct version met = {
            .path = path, .size = m->size, .layer = w->layer, .gone_in = LAYER_NONE, .executable = m->executable};
        return link_or_file(op, w, &met);
    }
    if (m->kind == ENTRY_FOLDER)
        overlay_folder(w->i->overlay, path, w->layer);
    else
        overlay_replace(w->i->overlay, path, w->layer);
    offer(op, w, path);
    return RC_OK;
}

static bool room_for_one(struct op *op, struct layer_walk *w)
{
    if (w->i->entries++ < op->limits->entries)
        return true;
    if (!w->i->full)
        tree_gap(w->t, str_print(op->mem, "layer %u", w->layer + 1),
                 str_print(op->mem, "more than %llu entries", (unsigned long long)op->limits->entries));
    w->i->full = true;
    return false;
}

static enum rc members(struct op *op, struct layer_walk *w)
{
    enum rc rc = RC_OK;
    while (!w->i->full && (rc = tar_next(op, &w->tar)) == RC_OK) {
        w->ordinal++;
        if (!room_for_one(op, w))
            break;
        TRY(member(op, w));
    }
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

static enum rc first_look(struct op *op, struct layer_walk *w, uint32_t k)
{
    TRY(layer_open(op, w, k, true));
    enum rc rc = members(op, w);
    if (rc != RC_OK)
        TRY(layer_trouble(op, w, rc));
    if (rc != RC_LIMIT) {
        rc = stream_finish(op, &w->in);
        if (rc == RC_INVALID)
            return rc;
        if (rc != RC_OK)
            TRY(layer_trouble(op, w, rc));
    }
    return links_resolve(op, w, k, VERSION_NEEDED);
}

static int by_path(const void *a, const void *b)
{
    const struct tree_node *x = a, *y = b;
    int c = str_cmp(x->path, y->path);
    return c ? c : x->layer < y->layer ? -1 : x->layer > y->layer;
}

static void gather(struct tree *t, struct image *i)
{
    size_t n;
    const struct version *v = overlay_versions(i->overlay, &n);
    t->nodes.n = 0;
    for (size_t k = 0; k < n; k++)
        if (v[k].state == VERSION_KEPT)
            *vec_push(t->mem, &t->nodes) =
                (struct tree_node){.path = v[k].path,
                                   .size = v[k].size,
                                   .layer = v[k].layer,
                                   .gone_in = v[k].gone_in,
                                   .executable = v[k].executable,
                                   .where = v[k].where,
                                   .offset = v[k].where == WHERE_MEMORY ? (uint64_t)(uintptr_t)v[k].at.mem : v[k].at.offset};
    if (t->nodes.n)
        qsort(t->nodes.at, t->nodes.n, sizeof *t->nodes.at, by_path);
}

enum rc image_walk(struct op *op, struct tree *t, const struct visitor *v, enum pass pass)
{
    struct image *i = t->state;
    if (pass == PASS_SECOND) {
        TRY(image_walk_later(op, t, v));
        gather(t, i);
        return digest_pool_wait(op, i->c->pool);
    }
    struct layer_walk w = {.t = t, .i = i, .v = v, .mem = arena_child(op->mem)};
    i->overlay = overlay_open(t->mem);
    i->entries = 0;
    i->full = false;
    for (uint32_t k = 0; k < i->n; k++)
        TRY(first_look(op, &w, k));
    arena_close(w.mem);
    gather(t, i);
    return RC_OK;
}

enum rc image_read(struct op *op, struct tree *t, const struct tree_node *n, struct arena *mem, struct str *ret)
{
    const struct image *i = t->state;
    struct extent e = {.fd = i->c->spill.fd, .offset = n->offset, .size = n->size};
    if (n->where == WHERE_MEMORY) {
        e = (struct extent){.fd = -1, .mem = (const char *)(uintptr_t)n->offset, .size = n->size};
    } else if (n->where >= 0) {
        const struct extent *blob = &i->layers[n->where].blob;
        e.fd = blob->fd;
        if (blob->fd < 0)
            e.mem = blob->mem + (n->offset - blob->offset);
    }
    return extent_bytes(op, &e, n->path, mem, ret);
}
