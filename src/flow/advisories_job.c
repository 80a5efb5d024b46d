/* In the worker: a folder, an archive or one document → feeds → items on the wire. A document that breaks its schema is
 * reported and the rest goes on. */
#include "base/guard.h"
#include "base/inflate.h"
#include "base/io.h"
#include "flow/advisories.h"
#include "flow/feed_wire.h"
#include "flow/pack.h"
#include "flow/survey.h"
#include "source/archive.h"
#include "source/source.h"

enum { OUT_AT = 256 << 10, ITEM_MOST = 120 << 20, DOCUMENT_MOST = 1 << 30, NEST = 3 };

struct reading {
    struct op *op;
    int out_fd;
    struct buf out;
    uint64_t documents, items;
    uint64_t inflated;
    bool packed_allowed; /* it is one file: a packed one may be among the documents of no folder */
    struct str first_refusal; /* name and reason */
};

static enum rc flush(struct reading *r)
{
    struct str bytes;
    TRY(buf_done(r->op, &r->out, &bytes));
    TRY(io_write(r->op, r->out_fd, STR("worker output"), bytes));
    buf_clear(&r->out);
    return RC_OK;
}

static enum rc emit(struct op *op, void *arg, const struct feed_item *item)
{
    struct reading *r = arg;
    (void)op;
    r->items++;
    size_t at = record_begin(&r->out, FEED_RECORD_ITEM);
    feed_item_pack(&r->out, item);
    record_end(&r->out, at);
    return r->out.n >= OUT_AT || r->out.full ? flush(r) : RC_OK;
}

static enum rc refuse(struct reading *r, struct str name, struct str why)
{
    if (!r->first_refusal.p)
        r->first_refusal = str_join(r->op->mem, str_escape(r->op->mem, name), STR(": "), why);
    size_t at = record_begin(&r->out, FEED_RECORD_REFUSED);
    pack_text(&r->out, name);
    pack_text(&r->out, why);
    record_end(&r->out, at);
    return r->out.n >= OUT_AT ? flush(r) : RC_OK;
}

/* ---- one document ---- */

struct parse_call {
    struct op *op;
    struct reading *r;
    const struct feed *feed;
    struct str name, bytes;
    enum rc rc;
};

static void call_parse(void *p)
{
    struct parse_call *c = p;
    c->rc = c->feed->parse(c->op, c->name, c->bytes, emit, c->r);
}

static enum rc document(struct reading *r, struct op *op, struct str name, struct str bytes)
{
    struct parse_call c = {op, r, feed_find(name, bytes), name, bytes, RC_OK};
    r->documents++;
    op_progress(r->op, 1, bytes.n);
    if (!c.feed)
        return refuse(r, name, STR("no known feed format"));
    if (!guard_run(call_parse, &c))
        return refuse(r, name, STR("changed while it was read"));
    if (c.rc == RC_IO)
        return fail(r->op, c.rc, STR_FMT, STR_ARG(op->err.text));
    enum rc rc = c.rc == RC_OK ? RC_OK : refuse(r, name, op->err.text);
    op_clear(op);
    return rc;
}

/* ---- packed advisories ---- */

static enum rc packed_source(struct op *op, void *arg, const struct pack_source *s)
{
    struct reading *r = arg;
    (void)op;
    size_t at = record_begin(&r->out, FEED_RECORD_SOURCE);
    pack_text(&r->out, s->name);
    pack_signed(&r->out, s->imported_at);
    pack_signed(&r->out, s->as_of);
    record_end(&r->out, at);
    return r->out.n >= OUT_AT ? flush(r) : RC_OK;
}

static enum rc packed_item(struct op *op, void *arg, struct str fields)
{
    struct reading *r = arg;
    (void)op;
    r->items++;
    size_t at = record_begin(&r->out, FEED_RECORD_ITEM);
    buf_add(&r->out, fields);
    record_end(&r->out, at);
    return r->out.n >= OUT_AT || r->out.full ? flush(r) : RC_OK;
}

struct packed_call {
    struct op *op;
    struct reading *r;
    struct str name, bytes;
    enum rc rc;
};

static void call_pack(void *p)
{
    struct packed_call *c = p;
    const struct pack_taker t = {packed_source, packed_item, c->r};
    c->rc = pack_read(c->op, c->name, c->bytes, &t);
}

static enum rc packed(struct reading *r, struct op *op, struct str name, struct str bytes)
{
    struct packed_call c = {op, r, name, bytes, RC_OK};
    r->documents++;
    if (!guard_run(call_pack, &c))
        return fail(r->op, RC_INVALID, STR_FMT ": changed while it was read", STR_ARG(name));
    return c.rc == RC_OK ? RC_OK : fail(r->op, c.rc, STR_FMT, STR_ARG(op->err.text));
}

/* ---- archives, also in archives ---- */

struct level {
    struct reading *r;
    struct str name;
    unsigned depth;
    struct arena *mem;
};

static enum rc file_or_archive(struct reading *r, struct op *op, struct str name, struct str bytes, unsigned depth);

static enum want visit(struct op *op, void *arg, const struct tree_entry *e)
{
    (void)op;
    (void)arg;
    return e->kind == ENTRY_FILE ? WANT_KEEP : WANT_NO;
}

static enum rc member(struct op *op, void *arg, const struct tree_entry *e, struct str bytes)
{
    struct level *l = arg;
    struct op inner = *op;
    inner.mem = l->mem;
    op_clear(&inner);
    enum rc rc = file_or_archive(l->r, &inner, e->path, bytes, l->depth + 1);
    arena_reset(l->mem);
    return rc;
}

static void gap(struct op *op, void *arg, struct str path, struct str why)
{
    struct level *l = arg;
    (void)op;
    (void)!refuse(l->r, path, why);
}

struct gzip_call {
    struct op *op;
    struct str name, bytes, plain;
    enum rc rc;
};

static void call_gzip(void *p)
{
    struct gzip_call *c = p;
    c->rc = inflate_bytes(c->op, c->name, INFLATE_GZIP, c->bytes, DOCUMENT_MOST, &c->plain);
}

/* One document in gzip: EPSS comes so. */
static enum rc gzipped(struct reading *r, struct op *op, struct str name, struct str bytes, unsigned depth)
{
    struct gzip_call c = {op, name, bytes, {NULL, 0}, RC_OK};
    r->documents++;
    if (!guard_run(call_gzip, &c))
        return refuse(r, name, STR("changed while it was read"));
    if (c.rc != RC_OK) {
        enum rc rc = refuse(r, name, op->err.text);
        op_clear(op);
        return rc;
    }
    r->documents--;
    return file_or_archive(r, op, str_ends(name, STR(".gz")) ? str_but(name, 3) : name, c.plain, depth + 1);
}

static enum rc file_or_archive(struct reading *r, struct op *op, struct str name, struct str bytes, unsigned depth)
{
    if (depth == 0 && r->packed_allowed && pack_is(bytes))
        return packed(r, op, name, bytes);
    if (depth >= NEST)
        return document(r, op, name, bytes);
    if (archive_kind(op, bytes) == ARCHIVE_NONE)
        return str_starts(bytes, STR("\x1f\x8b")) ? gzipped(r, op, name, bytes, depth) : document(r, op, name, bytes);
    struct level l = {r, name, depth, arena_child(op->mem)};
    struct archive_visitor v = {visit, member, gap, &l, arena_child(op->mem), &r->inflated};
    enum rc rc = archive_walk(op, name, bytes, depth, &v);
    if (rc == RC_INVALID || rc == RC_LIMIT) {
        /* A cut download is no feed: the whole import fails, so that the old index stays. */
        return depth == 0 ? fail(r->op, RC_INVALID, STR_FMT, STR_ARG(op->err.text)) : refuse(r, name, op->err.text);
    }
    return rc == RC_OK ? RC_OK : fail(r->op, rc, STR_FMT, STR_ARG(op->err.text));
}

/* ---- the target ---- */

static enum want keep_all(struct op *op, void *arg, const struct tree_entry *e)
{
    (void)op;
    (void)arg;
    return e->kind == ENTRY_FILE ? WANT_KEEP : WANT_NO;
}

static enum rc read_tree(struct reading *r, struct tree *t)
{
    const struct visitor v = {keep_all, NULL};
    struct arena *mem = arena_child(r->op->mem);
    TRY(t->source->walk(r->op, t, &v, PASS_FIRST));
    TRY(t->source->walk(r->op, t, &v, PASS_SECOND));
    for (size_t i = 0; i < t->nodes.n; i++) {
        struct op op = *r->op;
        struct str bytes;
        op.mem = mem;
        enum rc rc = t->source->read(&op, t, &t->nodes.at[i], mem, &bytes);
        TRY(rc == RC_OK ? file_or_archive(r, &op, t->nodes.at[i].path, bytes, 0) : refuse(r, t->nodes.at[i].path, op.err.text));
        arena_reset(mem);
    }
    vec_each(struct gap, g, &t->gaps)
        TRY(refuse(r, g->path, g->why));
    return RC_OK;
}

static enum rc read_target(struct reading *r, const struct worker_call *call, const struct survey_request *rq)
{
    struct source_ref ref = {.text = rq->text, .kind = rq->is_folder ? STR("dir") : STR("file"), .fd = call->fds[SURVEY_FD_TARGET],
                             .is_folder = rq->is_folder, .spill_fd = -1, .platform = STR("")};
    const struct source *source;
    struct tree *tree = arena_alloc(r->op->mem, sizeof *tree);
    size_t n;
    r->packed_allowed = !rq->is_folder;
    TRY(source_find(r->op, &ref, &source));
    TRY(source->open(r->op, &ref, tree, 1, &n));
    TRY(read_tree(r, tree));
    if (r->documents == 0)
        return fail(r->op, RC_INVALID, STR_FMT ": holds no document", STR_ARG(rq->text));
    /* One file of which nothing can be read is no feed: it must not take the place of one. */
    if (r->items == 0 && r->first_refusal.p && !rq->is_folder)
        return fail(r->op, RC_INVALID, STR_FMT, STR_ARG(r->first_refusal));
    return RC_OK;
}

enum rc advisories_job(struct op *op, const struct worker_call *call)
{
    struct survey_request *rq = arena_alloc(op->mem, sizeof *rq);
    struct reading r = {.op = op, .out_fd = call->out_fd};
    buf_open(&r.out, op->mem, "worker output", (size_t)2 * ITEM_MOST);
    enum rc rc = survey_request_read(op, call->arg, rq);
    if (rc == RC_OK)
        rc = read_target(&r, call, rq);
    struct str text = op->err.text;
    op_clear(op);
    size_t at = record_begin(&r.out, FEED_RECORD_END);
    pack_number(&r.out, (uint64_t)rc);
    pack_text(&r.out, text);
    record_end(&r.out, at);
    return flush(&r);
}
