/* Both passes of a walk, then every node read; every byte of it goes into a short digest. */
#include "tests/source/outcome.h"

#include <stdlib.h>
#include "base/glob.h"
#include "base/hash.h"
#include "source/archive.h"

enum { TREES = 8, SHOWN = 16 };

struct state {
    const struct answers *a;
    struct buf *out;
    enum pass pass;
    uint64_t inflated;
};

static struct str shown(struct arena *mem, struct str bytes)
{
    unsigned char sum[SHA256_BYTES];
    bool text = bytes.n <= SHOWN;
    for (size_t i = 0; text && i < bytes.n; i++)
        text = bytes.p[i] > ' ' && bytes.p[i] < 0x7f;
    if (text)
        return str_join(mem, STR("\""), bytes, STR("\""));
    sha256_of(bytes, sum);
    return str_print(mem, "sha256:%02x%02x%02x%02x", sum[0], sum[1], sum[2], sum[3]);
}

static enum want want_of(const struct state *s, const struct tree_entry *e)
{
    if (s->a->match.n && !glob_match(s->a->match, e->path))
        return WANT_NO;
    if (s->pass == PASS_SECOND && e->layer != LAYER_NONE) {
        if (s->a->second.n && !glob_match(s->a->second, e->path))
            return WANT_NO;
        return e->head.p ? WANT_KEEP : WANT_HEAD;
    }
    return s->a->files == WANT_HEAD && e->head.p ? WANT_KEEP : s->a->files;
}

static enum want visit(struct op *op, void *arg, const struct tree_entry *e)
{
    static const char *const kinds[] = {"file", "folder", "link", "hardlink", "other"};
    struct state *s = arg;
    if (e->kind == ENTRY_FILE)
        return want_of(s, e);
    if (s->a->show_visits)
        buf_print(s->out, "visit %s " STR_FMT "%s" STR_FMT "\n", kinds[e->kind], STR_ARG(str_escape(op->mem, e->path)),
                  e->target.n ? " -> " : "", STR_ARG(str_escape(op->mem, e->target)));
    return WANT_NO;
}

static struct str layer_text(struct arena *mem, uint32_t layer)
{
    return layer == LAYER_NONE ? STR("-") : str_print(mem, "%u", layer + 1);
}

static void show_nodes(struct op *op, struct tree *t, struct buf *out)
{
    for (size_t i = 0; i < t->nodes.n; i++) {
        const struct tree_node *n = &t->nodes.at[i];
        struct arena *mem = arena_child(op->mem);
        struct str bytes;
        enum rc rc = t->source->read(op, t, n, mem, &bytes);
        struct str content = rc == RC_OK ? shown(mem, bytes) : str_of(rc_name(rc));
        op_clear(op);
        buf_print(out, "node " STR_FMT " layer=" STR_FMT " gone=" STR_FMT " size=%llu%s " STR_FMT "\n",
                  STR_ARG(str_escape(mem, n->path)), STR_ARG(layer_text(mem, n->layer)), STR_ARG(layer_text(mem, n->gone_in)),
                  (unsigned long long)n->size, n->executable ? " x" : "", STR_ARG(content));
        if (rc == RC_OK && bytes.n != n->size)
            buf_print(out, "wrong size read\n");
        arena_close(mem);
    }
}

static void show_tree(struct op *op, struct tree *t, struct buf *out)
{
    buf_print(out, "tree " STR_FMT " " STR_FMT "%s" STR_FMT "\n", STR_ARG(t->kind), STR_ARG(t->name), t->platform.n ? " " : "",
              STR_ARG(t->platform));
    for (size_t i = 0; i < t->layers.n; i++)
        buf_print(out, "layer %zu " STR_FMT "%s" STR_FMT "\n", i + 1, STR_ARG(t->layers.at[i].diff_id),
                  t->layers.at[i].created_by.n ? " " : "", STR_ARG(t->layers.at[i].created_by));
    for (size_t i = 0; i < t->names.n; i++)
        buf_print(out, "name " STR_FMT "\n", STR_ARG(t->names.at[i]));
    for (size_t i = 0; i < t->digests.n; i++)
        buf_print(out, "digest " STR_FMT "\n", STR_ARG(t->digests.at[i]));
    for (size_t i = 0; i < t->gaps.n; i++)
        buf_print(out, "gap " STR_FMT ": " STR_FMT "\n", STR_ARG(str_escape(op->mem, t->gaps.at[i].path)),
                  STR_ARG(str_escape(op->mem, t->gaps.at[i].why)));
    show_nodes(op, t, out);
}

enum rc outcome_of_source(struct op *op, const struct source_ref *ref, const struct answers *a, struct buf *out)
{
    struct tree trees[TREES] = {0};
    const struct source *source;
    size_t n = 0;
    struct state s = {.a = a, .out = out};
    struct visitor v = {visit, &s};
    TRY(source_find(op, ref, &source));
    TRY(source->open(op, ref, trees, TREES, &n));
    for (size_t i = 0; i < n; i++) {
        s.pass = PASS_FIRST;
        TRY(source->walk(op, &trees[i], &v, PASS_FIRST));
        s.pass = PASS_SECOND;
        TRY(source->walk(op, &trees[i], &v, PASS_SECOND));
        show_tree(op, &trees[i], out);
    }
    return RC_OK;
}

/* ---- archives inside ---- */

struct waiting {
    struct str name, bytes;
    unsigned depth;
};

struct inside {
    struct state s;
    struct arena *mem;
    struct str name;
    unsigned depth;
    VEC(struct waiting) stack;
};

static enum want visit_member(struct op *op, void *arg, const struct tree_entry *e)
{
    struct inside *i = arg;
    return visit(op, &i->s, e);
}

static enum rc member(struct op *op, void *arg, const struct tree_entry *e, struct str bytes)
{
    struct inside *i = arg;
    struct str path = str_join(i->mem, i->name, STR("!/"), e->path);
    buf_print(i->s.out, "node " STR_FMT " size=%llu%s " STR_FMT "\n", STR_ARG(str_escape(i->mem, path)),
              (unsigned long long)e->size, e->executable ? " x" : "", STR_ARG(shown(i->mem, bytes)));
    if (archive_kind(op, bytes) != ARCHIVE_NONE)
        *vec_push(i->mem, &i->stack) = (struct waiting){path, bytes, i->depth + 1};
    return RC_OK;
}

static void member_gap(struct op *op, void *arg, struct str path, struct str why)
{
    struct inside *i = arg;
    buf_print(i->s.out, "gap " STR_FMT "!/" STR_FMT ": " STR_FMT "\n", STR_ARG(i->name), STR_ARG(str_escape(op->mem, path)),
              STR_ARG(why));
}

enum rc outcome_of_archive(struct op *op, struct str bytes, const struct answers *a, struct buf *out)
{
    struct inside i = {.s = {.a = a, .out = out}, .mem = op->mem};
    struct archive_visitor v = {
        .visit = visit_member, .file = member, .gap = member_gap, .arg = &i, .mem = op->mem, .inflated = &i.s.inflated};
    i.name = STR("in");
    enum rc rc = archive_walk(op, i.name, bytes, 0, &v);
    while (i.stack.n) {
        struct waiting w = i.stack.at[--i.stack.n];
        i.name = w.name;
        i.depth = w.depth;
        enum rc inner = archive_walk(op, w.name, w.bytes, w.depth, &v);
        if (inner != RC_OK)
            buf_print(out, "gap " STR_FMT ": %s\n", STR_ARG(w.name), rc_name(inner));
        op_clear(op);
    }
    return rc;
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

struct str outcome_sorted(struct arena *mem, struct str text)
{
    VEC(struct str) lines = {NULL, 0, 0};
    struct str line;
    while (str_line(&text, &line))
        if (line.n)
            *vec_push(mem, &lines) = line;
    struct buf b;
    buf_open(&b, mem, "sorted", SIZE_MAX / 4);
    if (lines.n)
        qsort(lines.at, lines.n, sizeof *lines.at, by_text);
    for (size_t i = 0; i < lines.n; i++)
        buf_print(&b, STR_FMT "\n", STR_ARG(lines.at[i]));
    return buf_str(&b);
}
