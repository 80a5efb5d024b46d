/* Two walks with one face: zip by its directory, tar as a stream. */
#include "source/archive.h"

#include "base/guard.h"
#include "format/zip.h"
#include "source/overlay.h"
#include "source/tarwalk.h"

enum { HEAD_BYTES = 64 };

static bool zip_likely(struct str bytes)
{
    if (str_starts(bytes, STR("PK\3\4")) || str_starts(bytes, STR("PK\5\6")))
        return zip_is(bytes);
    /* A launcher in front: of an executable jar, of a self-extracting archive. */
    return (str_starts(bytes, STR("#!")) || str_starts(bytes, STR("MZ"))) && zip_is(bytes);
}

static bool inflates_to_tar(struct op *op, struct str bytes, enum codec codec)
{
    struct arena *mem = arena_child(op->mem);
    struct op sub = {.mem = mem, .limits = op->limits};
    struct extent e = {.fd = -1, .mem = bytes.p, .size = bytes.n};
    struct inflater *f;
    char block[STREAM_BLOCK];
    size_t n = 0;
    bool yes = inflater_open(&sub, mem, &e, STR("archive"), codec, &f) == RC_OK
               && inflater_fill(&sub, f, block, sizeof block, &n) == RC_OK && n == sizeof block && block[0]
               && tar_header_valid(block);
    arena_close(mem);
    return yes;
}

enum archive_kind archive_kind(struct op *op, struct str bytes)
{
    if (zip_likely(bytes))
        return ARCHIVE_ZIP;
    if (bytes.n >= STREAM_BLOCK && bytes.p[0] && tar_header_valid(bytes.p))
        return ARCHIVE_TAR;
    enum codec codec = codec_of(bytes);
    return codec != CODEC_NONE && inflates_to_tar(op, bytes, codec) ? ARCHIVE_TAR : ARCHIVE_NONE;
}

/* One archive being walked. */
struct inside {
    struct str name;
    const struct archive_visitor *v;
    uint64_t entries;
};

/* A failure inside one member becomes a gap; what concerns the whole scan ends the walk. */
static enum rc trouble(struct op *op, const struct inside *i, struct str path, enum rc rc)
{
    if (rc == RC_OK || rc == RC_IO)
        return rc;
    struct str why = op->err.text;
    i->v->gap(op, i->v->arg, path, why);
    op_clear(op);
    return RC_OK;
}

/* The member's own failures are told in the memory of members. */
static enum rc from_sub(struct op *op, struct op *sub, enum rc rc)
{
    if (rc != RC_OK && sub->err.rc != RC_OK && op->err.rc == RC_OK) {
        op->err = sub->err;
        op->err.text = str_dup(op->mem, sub->err.text);
    }
    return rc;
}

static enum rc count(struct op *op, struct inside *i)
{
    if (++i->entries > op->limits->entries)
        return fail(op, RC_LIMIT, STR_FMT ": more than %llu entries", STR_ARG(i->name), (unsigned long long)op->limits->entries);
    return RC_OK;
}

static bool too_large(struct op *op, const struct inside *i, const struct tree_entry *e)
{
    if (e->size <= op->limits->file_bytes)
        return false;
    i->v->gap(op, i->v->arg, e->path,
              str_print(op->mem, "%llu bytes, more than the limit of %llu", (unsigned long long)e->size,
                        (unsigned long long)op->limits->file_bytes));
    return true;
}

static enum rc spend(struct op *op, const struct inside *i, uint64_t n)
{
    *i->v->inflated += n;
    if (*i->v->inflated > op->limits->inflated_bytes)
        return fail(op, RC_LIMIT, STR_FMT ": more than %llu bytes inflated in all", STR_ARG(i->name),
                    (unsigned long long)op->limits->inflated_bytes);
    return RC_OK;
}

/* ---- zip ---- */

static enum rc zip_content(struct op *op, const struct inside *i, const struct zip *z, const struct zip_entry *ze,
                           const struct tree_entry *e)
{
    struct op sub = *op;
    struct str bytes;
    if (too_large(op, i, e))
        return RC_OK;
    if (ze->method != ZIP_STORED)
        TRY(spend(op, i, ze->size));
    sub.mem = i->v->mem;
    enum rc rc = from_sub(op, &sub, zip_read(&sub, z, ze, op->limits->file_bytes, &bytes));
    if (rc != RC_OK)
        return trouble(op, i, e->path, rc);
    return i->v->file(op, i->v->arg, e, bytes);
}

static enum rc zip_member(struct op *op, const struct inside *i, const struct zip *z, const struct zip_entry *ze,
                          struct arena *mem)
{
    struct tree_entry e = {.size = ze->size, .layer = LAYER_NONE, .gone_in = LAYER_NONE, .executable = ze->executable};
    char head[HEAD_BYTES];
    size_t n;
    if (!path_clean(mem, ze->path, &e.path)) {
        i->v->gap(op, i->v->arg, str_upto(ze->path, 256), STR("an impossible name: not read"));
        return RC_OK;
    }
    e.kind = ze->is_folder ? ENTRY_FOLDER : ze->is_link ? ENTRY_LINK : ENTRY_FILE;
    if (e.path.n == 0)
        return RC_OK;
    enum want want = i->v->visit(op, i->v->arg, &e);
    if (e.kind != ENTRY_FILE || want == WANT_NO)
        return RC_OK;
    if (want == WANT_HEAD) {
        enum rc rc = zip_head(op, z, ze, head, sizeof head, &n);
        if (rc != RC_OK)
            return trouble(op, i, e.path, rc);
        e.head = (struct str){head, n};
        want = i->v->visit(op, i->v->arg, &e);
        e.head = (struct str){NULL, 0};
    }
    return want == WANT_KEEP || want == WANT_LATER ? zip_content(op, i, z, ze, &e) : RC_OK;
}

static enum rc walk_zip(struct op *op, struct inside *i, struct str bytes)
{
    struct zip z;
    struct zip_entry ze;
    enum rc rc = RC_OK;
    TRY(zip_open(op, i->name, bytes, &z));
    struct arena *mem = arena_child(op->mem);
    while (rc == RC_OK && (rc = zip_next(op, &z, &ze)) == RC_OK) {
        rc = count(op, i);
        if (rc == RC_OK)
            rc = zip_member(op, i, &z, &ze, mem);
    }
    arena_close(mem);
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

/* ---- tar ---- */

static enum rc tar_content(struct op *op, const struct inside *i, struct tar *t, const struct tree_entry *e)
{
    struct spill spill = {.fd = -1, .mem = i->v->mem};
    struct extent at;
    if (too_large(op, i, e))
        return RC_OK;
    TRY(tar_keep(op, t, &spill, &at));
    return i->v->file(op, i->v->arg, e, (struct str){at.mem ? at.mem : "", (size_t)at.size});
}

static enum rc tar_one(struct op *op, const struct inside *i, struct tar *t)
{
    const struct tar_member *m = &t->now;
    struct tree_entry e = {.target = m->target,
                           .size = m->size,
                           .layer = LAYER_NONE,
                           .gone_in = LAYER_NONE,
                           .kind = m->kind,
                           .executable = m->executable};
    struct str path;
    t->dirty = true;
    if (!path_clean(t->scratch, m->path, &path)) {
        i->v->gap(op, i->v->arg, str_upto(m->path, 256), STR("an impossible name: not read"));
        return RC_OK;
    }
    if (path.n == 0)
        return RC_OK;
    e.path = str_dup(t->scratch, path);
    enum want want = i->v->visit(op, i->v->arg, &e);
    if (e.kind != ENTRY_FILE || want == WANT_NO)
        return RC_OK;
    if (want == WANT_HEAD) {
        TRY(tar_peek(op, t, HEAD_BYTES, &e.head));
        want = i->v->visit(op, i->v->arg, &e);
        e.head = (struct str){NULL, 0};
    }
    return want == WANT_KEEP || want == WANT_LATER ? tar_content(op, i, t, &e) : RC_OK;
}

static enum rc walk_tar(struct op *op, struct inside *i, struct str bytes)
{
    struct arena *mem = arena_child(op->mem);
    struct extent e = {.fd = -1, .mem = bytes.p, .size = bytes.n};
    struct ring *ring = codec_of(bytes) == CODEC_NONE ? NULL : ring_open(mem);
    struct stream in;
    struct tar t;
    enum rc rc = stream_open(op, &in, mem, &e, i->name, ring, (struct str){"", 0}, i->v->inflated);
    if (rc == RC_OK)
        tar_open(&t, &in, mem);
    while (rc == RC_OK && (rc = tar_next(op, &t)) == RC_OK) {
        rc = count(op, i);
        if (rc == RC_OK)
            rc = tar_one(op, i, &t);
    }
    arena_close(mem);
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

struct call {
    struct op *op;
    struct inside *i;
    struct str bytes;
    enum rc rc;
};

static void walk(void *arg)
{
    struct call *c = arg;
    switch (archive_kind(c->op, c->bytes)) {
    case ARCHIVE_ZIP: c->rc = walk_zip(c->op, c->i, c->bytes); break;
    case ARCHIVE_TAR: c->rc = walk_tar(c->op, c->i, c->bytes); break;
    case ARCHIVE_NONE: c->rc = fail(c->op, RC_INVALID, STR_FMT ": no archive", STR_ARG(c->i->name)); break;
    }
}

enum rc archive_walk(struct op *op, struct str name, struct str bytes, unsigned depth, const struct archive_visitor *v)
{
    struct inside i = {.name = name, .v = v};
    struct call c = {op, &i, bytes, RC_OK};
    if (depth >= op->limits->depth)
        return fail(op, RC_LIMIT, STR_FMT ": archives nested more than %u deep", STR_ARG(name), op->limits->depth);
    /* Mapped bytes may go away while they are read. */
    if (!guard_run(walk, &c))
        return fail(op, RC_INVALID, STR_FMT ": changed while it was read", STR_ARG(name));
    return c.rc;
}
