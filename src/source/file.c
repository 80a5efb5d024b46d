/* A single file: a tree of one node, named by its base name. */
#include <errno.h>
#include <sys/stat.h>
#include "source/extent.h"
#include "source/source.h"

static bool knows(struct op *op, const struct source_ref *ref)
{
    struct stat st;
    (void)op;
    return !ref->is_folder && fstat(ref->fd, &st) == 0 && S_ISREG(st.st_mode);
}

extern const struct source source_file;

struct single {
    int fd;
    struct stat st;
};

static enum rc open_trees(struct op *op, const struct source_ref *ref, struct tree *ret_trees, size_t most, size_t *ret_n)
{
    struct single *s = arena_alloc(op->mem, sizeof *s);
    s->fd = ref->fd;
    if (most == 0)
        return fail(op, RC_LIMIT, STR_FMT ": no room for a tree", STR_ARG(ref->text));
    if (fstat(ref->fd, &s->st) != 0)
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(ref->text), strerror(errno));
    if (!S_ISREG(s->st.st_mode))
        return fail(op, RC_INVALID, STR_FMT ": no regular file", STR_ARG(ref->text));
    struct str base = str_base(ref->text);
    *ret_trees =
        (struct tree){.kind = STR("file"), .name = base.n ? base : ref->text, .source = &source_file, .state = s, .mem = op->mem};
    *ret_n = 1;
    return RC_OK;
}

static struct tree_entry entry(const struct tree *t, const struct single *s)
{
    return (struct tree_entry){.path = t->name,
                               .size = (uint64_t)s->st.st_size,
                               .layer = LAYER_NONE,
                               .gone_in = LAYER_NONE,
                               .kind = ENTRY_FILE,
                               .executable = (s->st.st_mode & 0111) != 0};
}

static enum rc walk(struct op *op, struct tree *t, const struct visitor *v, enum pass pass)
{
    enum { HEAD = 64 };
    const struct single *s = t->state;
    struct tree_entry e = entry(t, s);
    struct extent all = {.fd = s->fd, .size = e.size};
    char head[HEAD];
    /* As a folder does it: what is no package database is met in the second pass. */
    if (pass == PASS_FIRST)
        return RC_OK;
    enum want want = v->visit(op, v->arg, &e);
    if (want == WANT_HEAD) {
        e.head = (struct str){head, e.size < HEAD ? (size_t)e.size : HEAD};
        TRY(extent_read(op, &all, t->name, 0, head, e.head.n));
        want = v->visit(op, v->arg, &e);
    }
    op_progress(op, 1, e.size);
    if (want != WANT_KEEP || tree_too_large(op, t, t->name, e.size))
        return RC_OK;
    t->nodes.n = 0;
    *vec_push(t->mem, &t->nodes) = (struct tree_node){
        .path = t->name, .size = e.size, .layer = LAYER_NONE, .gone_in = LAYER_NONE, .executable = e.executable};
    return RC_OK;
}

static enum rc read_node(struct op *op, struct tree *t, const struct tree_node *n, struct arena *mem, struct str *ret)
{
    const struct single *s = t->state;
    struct stat now;
    struct extent all = {.fd = s->fd, .size = n->size};
    if (fstat(s->fd, &now) != 0 || now.st_size != s->st.st_size)
        return fail(op, RC_INVALID, STR_FMT ": changed its size during the scan", STR_ARG(t->name));
    return extent_bytes(op, &all, t->name, mem, ret);
}

const struct source source_file = {
    .name = "file",
    .help = "A single file: a package, an archive, a program, a lockfile.",
    .knows = knows,
    .open = open_trees,
    .walk = walk,
    .read = read_node,
};
