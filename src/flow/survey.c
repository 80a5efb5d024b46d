/* One target in a worker: open it, walk it twice (databases, then the rest), run the catalogers, send. */
#include "flow/survey_tree.h"

#include <stdlib.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/time.h"
#include "catalog/osrelease.h"
#include "source/archive.h"

enum { TREES_MOST = 256, TICK_MS = 100 };

/* The worker is one process with one job: what its last words go to when memory runs out. */
static struct wire *last_words;

static void out_of_memory(void)
{
    if (last_words)
        (void)!io_write(last_words->op, last_words->fd, STR("worker output"), buf_str(&last_words->out));
    _exit(ARENA_EXIT_STATUS);
}

/* ---- one file ---- */

struct file_call {
    struct op *op;
    struct survey_runs *r;
    const struct catalog_file *f;
    size_t at;
    enum rc rc;
};

static void call_file(void *p)
{
    struct file_call *c = p;
    c->rc = catalogers[c->at]->file(c->op, &c->r->runs[c->at], c->f, c->r->bom);
}

void survey_file(struct survey_runs *r, struct op *op, const struct catalog_file *f, uint64_t mask)
{
    for (; mask; mask &= mask - 1) {
        struct file_call c = {op, r, f, (size_t)__builtin_ctzll(mask), RC_OK};
        if (!guard_run(call_file, &c))
            bom_gap(r->bom, f->path, STR("changed while it was read"));
        else if (c.rc != RC_OK)
            bom_gap(r->bom, f->path, op->err.text.n ? op->err.text : str_of(rc_name(c.rc)));
        op_clear(op);
    }
}

void survey_done(struct survey_runs *r, uint64_t mask)
{
    struct arena *mem = arena_child(r->survey->op->mem);
    struct op op = *r->survey->op;
    op.mem = mem;
    for (; mask; mask &= mask - 1) {
        size_t i = (size_t)__builtin_ctzll(mask);
        if (!catalogers[i]->done)
            continue;
        if (catalogers[i]->done(&op, &r->runs[i], r->bom) != RC_OK)
            bom_gap(r->bom, STR(""), op.err.text);
        op_clear(&op);
    }
    arena_close(mem);
}

/* ---- the nodes of one state of the tree ---- */

bool survey_node_in(const struct tree_node *n, uint32_t state)
{
    if (state == LAYER_NONE)
        return n->gone_in == LAYER_NONE;
    return n->layer <= state && (n->gone_in == LAYER_NONE || n->gone_in > state);
}

/* Of several versions of a path in this state, the newest: nodes are sorted by path, then layer. */
const struct tree_node *survey_node_at(const struct tree *t, struct str path, uint32_t state)
{
    size_t low = 0, high = t->nodes.n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (str_cmp(t->nodes.at[mid].path, path) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    const struct tree_node *found = NULL;
    for (; low < t->nodes.n && str_eq(t->nodes.at[low].path, path); low++)
        if (survey_node_in(&t->nodes.at[low], state))
            found = &t->nodes.at[low];
    return found;
}

static enum rc sibling(struct op *op, void *arg, struct str path, struct str *ret)
{
    struct survey_runs *r = arg;
    struct tree *t = r->survey->tree;
    const struct tree_node *n = survey_node_at(t, path, r->state);
    return n ? t->source->read(op, t, n, op->mem, ret) : RC_NOTFOUND;
}

void survey_runs_open(struct survey *s, struct survey_runs *r, struct bom *bom, uint32_t state)
{
    *r = (struct survey_runs){.bom = bom, .state = state, .survey = s};
    map_open(&r->digests, s->mem);
    r->scan = (struct catalog_scan){.distro = &s->distro, .profile = s->profile, .owners = s->owners, .sibling = sibling, .arg = r};
    for (size_t i = 0; catalogers[i]; i++)
        r->runs[i] = (struct catalog_run){.mem = s->mem, .scan = &r->scan};
}

void survey_digest(struct survey_runs *r, size_t first, struct op *op, struct str path, struct str bytes)
{
    unsigned char digest[SHA256_BYTES];
    if (!r->survey->rq->digests)
        return;
    sha256_of(bytes, digest);
    struct str *kept = arena_alloc(r->bom->mem, sizeof *kept);
    *kept = str_dup(r->bom->mem, sha256_text(op->mem, digest));
    for (size_t i = first; i < r->bom->components.n; i++)
        if (r->bom->components.at[i].digest.n == 0)
            r->bom->components.at[i].digest = *kept;
    *map_put(&r->digests, str_dup(r->bom->mem, path)) = kept;
}

/* Catalogers that join several files add their components at the end: those found in a file get its digest then. */
static void late_digests(struct survey_runs *r)
{
    for (size_t i = 0; i < r->bom->occurrences.n; i++) {
        const struct occurrence *o = &r->bom->occurrences.at[i];
        const struct str *digest = map_get(&r->digests, o->path);
        struct component *c = &r->bom->components.at[o->component];
        if (digest && c->digest.n == 0)
            c->digest = *digest;
    }
}

static void read_node(struct survey_runs *r, const struct tree_node *n, uint64_t mask, struct arena *mem)
{
    struct survey *s = r->survey;
    struct op op = *s->op;
    struct str bytes;
    op.mem = mem;
    uint64_t wants = catalog_wants(s->index, n->path) & mask;
    bool single = str_eq(s->tree->kind, STR("file"));
    bool archive = (single || survey_is_archive(n->path, false)) && (mask & s->rest);
    bool maybe_elf = (mask & s->elf) && !wants && (single || !archive);
    if (!wants && !archive && !maybe_elf)
        return;
    if (maybe_elf && survey_owned(s, n->path))
        return;
    if (s->tree->source->read(&op, s->tree, n, mem, &bytes) != RC_OK) {
        bom_gap(r->bom, n->path, op.err.text);
        return;
    }
    op_progress(s->op, 0, bytes.n);
    if (single && archive)
        archive = survey_is_archive(n->path, false) || archive_kind(&op, bytes) != ARCHIVE_NONE;
    struct catalog_file f = {.path = n->path, .bytes = bytes, .layer = n->layer, .executable = n->executable};
    if (maybe_elf && str_starts(bytes, STR("\x7f" "ELF")))
        wants = s->elf & mask;
    size_t first = r->bom->components.n;
    survey_file(r, &op, &f, wants);
    if (archive || maybe_elf)
        survey_digest(r, first, &op, f.path, bytes);
    if (archive && bytes.n)
        survey_inside(r, &op, &f);
}

void survey_nodes(struct survey_runs *r, uint64_t mask)
{
    struct survey *s = r->survey;
    struct arena *mem = arena_child(s->op->mem);
    for (size_t i = 0; i < s->tree->nodes.n; i++) {
        const struct tree_node *n = &s->tree->nodes.at[i];
        /* The newest version of the path in this state: the next node may be another one. */
        if (!survey_node_in(n, r->state) || (s->layered && survey_node_at(s->tree, n->path, r->state) != n))
            continue;
        if ((r->only_hidden && (n->layer != r->state || n->gone_in == LAYER_NONE)) || (r->packages_only && catalog_is_file_list(n->path)))
            continue;
        read_node(r, n, mask, mem);
        arena_reset(mem);
    }
    arena_close(mem);
}

/* ---- one tree ---- */

static void read_identity(struct survey *s)
{
    static const char *const paths[] = {"etc/os-release", "usr/lib/os-release"};
    struct op op = *s->op;
    op.mem = s->mem;
    for (size_t i = 0; i < 2 && s->distro.id.n == 0; i++) {
        const struct tree_node *n = survey_node_at(s->tree, str_of(paths[i]), LAYER_NONE);
        struct str bytes;
        if (!n)
            continue;
        if (s->tree->source->read(&op, s->tree, n, s->mem, &bytes) != RC_OK || osrelease_parse(&op, bytes, &s->distro) != RC_OK)
            bom_gap(&s->bom, n->path, op.err.text);
        op_clear(&op);
    }
}

/* A language package whose folder an OS package owns is judged by the distribution: say who owns it. */
static void note_owners(struct survey *s)
{
    for (size_t i = 0; i < s->bom.occurrences.n; i++) {
        const struct occurrence *o = &s->bom.occurrences.at[i];
        uint32_t owner;
        if (str_find(o->path, STR("!/")) == STR_NONE && catalog_owner(s->owners, o->path, &owner) && owner != COMPONENT_NONE
            && owner != o->component && owner < s->bom.components.n)
            bom_edge(&s->bom, owner, o->component, EDGE_CONTAINS, true);
    }
}

static void take_gaps(struct survey *s, size_t *seen)
{
    for (; *seen < s->tree->gaps.n; ++*seen)
        bom_gap(&s->bom, s->tree->gaps.at[*seen].path, s->tree->gaps.at[*seen].why);
}

static enum rc send_facts(struct survey *s, bool landlock)
{
    const struct tree *t = s->tree;
    struct asset_facts f = {.kind = t->kind, .name = t->name, .platform = t->platform, .distro = s->distro, .landlock = landlock};
    f.names.at = t->names.at;
    f.names.n = t->names.n;
    f.digests.at = t->digests.at;
    f.digests.n = t->digests.n;
    f.layers.at = t->layers.at;
    f.layers.n = t->layers.n;
    return wire_asset(s->wire, &f);
}

static void masks(struct survey *s)
{
    for (size_t i = 0; catalogers[i]; i++) {
        if (catalogers[i]->flags & CATALOG_DATABASE)
            s->databases |= UINT64_C(1) << i;
        else
            s->rest |= UINT64_C(1) << i;
        if (catalogers[i]->flags & CATALOG_ELF)
            s->elf_inside |= UINT64_C(1) << i;
        if (catalogers[i]->flags & CATALOG_ELF && catalogers[i]->profiles & s->profile)
            s->elf |= UINT64_C(1) << i;
    }
}

static enum rc survey_tree(struct survey *s, bool landlock)
{
    const struct visitor v = {survey_visit, s};
    struct survey_runs *r = arena_alloc(s->mem, sizeof *r);
    size_t gaps = 0;
    bom_open(&s->bom, s->mem);
    survey_runs_open(s, r, &s->bom, LAYER_NONE);
    r->inside = arena_alloc(s->mem, sizeof *r->inside);
    survey_runs_open(s, r->inside, &s->bom, LAYER_NONE);
    s->pass = PASS_FIRST;
    TRY(s->tree->source->walk(s->op, s->tree, &v, PASS_FIRST));
    read_identity(s);
    TRY(send_facts(s, landlock));
    survey_nodes(r, s->databases);
    survey_done(r, s->databases);
    if (s->layered)
        TRY(survey_layers(s, &s->bom));
    take_gaps(s, &gaps);
    TRY(wire_bom(s->wire, &s->bom));
    s->pass = PASS_SECOND;
    TRY(s->tree->source->walk(s->op, s->tree, &v, PASS_SECOND));
    survey_nodes(r, s->rest);
    survey_done(r, s->rest);
    survey_done(r->inside, s->databases);
    late_digests(r);
    note_owners(s);
    survey_hidden(s, &s->bom);
    take_gaps(s, &gaps);
    TRY(wire_bom(s->wire, &s->bom));
    return wire_asset_end(s->wire);
}

static unsigned profile_for(const struct survey_request *rq, const struct tree *t)
{
    if (rq->profile)
        return rq->profile;
    if (str_eq(t->kind, STR("file")))
        return PROFILE_ALL; /* a lock file by itself says what is declared, a program what is installed */
    return str_eq(t->kind, STR("dir")) ? PROFILE_DECLARED : PROFILE_INSTALLED;
}

/* ---- the job ---- */

struct ticker {
    struct wire *wire;
    int64_t last_ms;
    unsigned calls;
};

static void tick(struct progress *p)
{
    struct ticker *t = p->arg;
    if (++t->calls & 63)
        return;
    int64_t now = time_monotonic_ms();
    if (now - t->last_ms < TICK_MS)
        return;
    t->last_ms = now;
    (void)!wire_progress(t->wire, p->files, p->bytes);
}

static enum rc survey_all(struct op *op, const struct worker_call *call, const struct survey_request *rq, struct wire *wire)
{
    struct tree *trees = arena_array(op->mem, TREES_MOST, sizeof *trees);
    const struct source *source;
    size_t n = 0;
    *vec_push(op->mem, &((struct survey_request *)(uintptr_t)rq)->excludes) = (struct str){NULL, 0};
    struct source_ref ref = {
        .text = rq->text, .kind = rq->kind, .fd = call->fds[SURVEY_FD_TARGET], .is_folder = rq->is_folder,
        .spill_fd = call->fds[SURVEY_FD_SPILL], .platform = rq->platform, .one_file_system = rq->one_file_system,
        .excludes = rq->excludes.at,
    };
    TRY(source_find(op, &ref, &source));
    TRY(source->open(op, &ref, trees, TREES_MOST, &n));
    for (size_t i = 0; i < n; i++) {
        struct survey *s = arena_alloc(op->mem, sizeof *s);
        *s = (struct survey){.op = op, .wire = wire, .rq = rq, .tree = &trees[i], .mem = arena_child(op->mem)};
        s->profile = profile_for(rq, s->tree);
        s->layered = s->tree->layers.n > 0;
        s->index = catalog_index_open(s->mem, s->profile);
        s->inside = catalog_index_open(s->mem, s->profile | PROFILE_INSTALLED);
        s->owners = catalog_owners_open(s->mem);
        masks(s);
        TRY(survey_tree(s, call->landlock));
        arena_close(s->mem);
    }
    return RC_OK;
}

enum rc survey_job(struct op *op, const struct worker_call *call)
{
    struct survey_request *rq = arena_alloc(op->mem, sizeof *rq);
    struct wire wire;
    wire_open(&wire, op, call->out_fd);
    struct ticker ticker = {.wire = &wire};
    struct progress progress = {.tick = tick, .arg = &ticker};
    op->progress = &progress;
    last_words = &wire;
    arena_on_limit(out_of_memory);
    enum rc rc = survey_request_read(op, call->arg, rq);
    if (rc == RC_OK)
        rc = survey_all(op, call, rq, &wire);
    struct str text = op->err.text;
    op_clear(op);
    return wire_end(&wire, rc, text);
}
