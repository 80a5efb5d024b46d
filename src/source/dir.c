/* A folder: a project, or the root of a system. Files stay where they are and are opened again, by their path, when they
 * are read. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "source/below.h"
#include "source/extent.h"
#include "source/walk.h"

enum { DATABASES = 6 };

/* What says which packages own what, and which system this is: read before all else, and left out of the second pass. The
 * first DATABASES are folders. */
static const struct str first[] = {
    {"var/lib/dpkg", 12},
    {"lib/apk", 7},
    {"usr/lib/apk", 11},
    {"var/lib/rpm", 11},
    {"usr/lib/sysimage/rpm", 20},
    {"usr/share/rpm", 13},
    {"etc/os-release", 14},
    {"usr/lib/os-release", 18},
    {"etc/alpine-release", 18},
    {"etc/debian_version", 18},
    {NULL, 0},
};

struct folder {
    int fd;
    struct folder_walk walk;
    /* The folder last read from: files are read in the order of their paths. */
    struct str last;
    int last_fd;
    struct arena *last_mem;
};

extern const struct source source_dir;

static bool knows(struct op *op, const struct source_ref *ref)
{
    (void)op;
    return ref->is_folder;
}

static bool there(struct op *op, int fd, struct str path)
{
    struct stat st;
    int folder = fd;
    struct arena *mem = arena_child(op->mem);
    struct op sub = {.mem = mem, .limits = op->limits};
    bool yes = below_open(&sub, fd, str_dir(path), true, &folder) == RC_OK;
    if (yes) {
        yes = fstatat(folder, str_cstr(mem, str_base(path)), &st, AT_SYMLINK_NOFOLLOW) == 0;
        close(folder);
    }
    arena_close(mem);
    return yes;
}

static bool is_root(struct op *op, const struct source_ref *ref)
{
    static const struct str marks[] = {
        {"etc/os-release", 14},      {"usr/lib/os-release", 18},
        {"var/lib/dpkg/status", 19}, {"var/lib/dpkg/status.d", 21},
        {"lib/apk/db", 10},          {"usr/lib/apk/db", 14},
        {"var/lib/rpm", 11},         {"usr/lib/sysimage/rpm", 20},
        {"usr/share/rpm", 13},       {NULL, 0},
    };
    for (const struct str *m = marks; m->p; m++)
        if (there(op, ref->fd, *m))
            return true;
    return str_eq(ref->kind, STR("root"));
}

static void close_last(void *arg)
{
    struct folder *f = arg;
    if (f->last_fd >= 0)
        close(f->last_fd);
}

static enum rc open_trees(struct op *op, const struct source_ref *ref, struct tree *ret_trees, size_t most, size_t *ret_n)
{
    struct folder *f = arena_alloc(op->mem, sizeof *f);
    if (most == 0)
        return fail(op, RC_LIMIT, STR_FMT ": no room for a tree", STR_ARG(ref->text));
    if (!ref->is_folder)
        return fail(op, RC_INVALID, STR_FMT ": no folder", STR_ARG(ref->text));
    bool root = is_root(op, ref);
    *f = (struct folder){.fd = ref->fd, .last_fd = -1, .last_mem = arena_child(op->mem)};
    f->walk = (struct folder_walk){
        .root_fd = ref->fd, .one_file_system = ref->one_file_system, .is_root = root, .excludes = ref->excludes};
    arena_defer(op->mem, close_last, f);
    *ret_trees = (struct tree){
        .kind = root ? STR("root") : STR("dir"), .name = ref->text, .source = &source_dir, .state = f, .mem = op->mem};
    *ret_n = 1;
    return RC_OK;
}

static int by_path(const void *a, const void *b)
{
    return str_cmp(((const struct tree_node *)a)->path, ((const struct tree_node *)b)->path);
}

static enum rc unless_missing(enum rc rc)
{
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

static enum rc first_pass(struct op *op, struct folder_walk *w)
{
    w->skip = NULL;
    w->entries = 0;
    /* lib → usr/lib and the like, here or one level down: without them owned paths would not be known again. */
    TRY(walk_links(op, w, STR("")));
    TRY(unless_missing(walk_links(op, w, STR("usr"))));
    for (size_t i = DATABASES; first[i].p; i++)
        TRY(unless_missing(walk_entry(op, w, first[i])));
    for (size_t i = 0; i < DATABASES; i++)
        TRY(unless_missing(walk_below(op, w, first[i])));
    return RC_OK;
}

static enum rc walk(struct op *op, struct tree *t, const struct visitor *v, enum pass pass)
{
    struct folder *f = t->state;
    f->walk.t = t;
    f->walk.v = v;
    if (pass == PASS_FIRST) {
        t->nodes.n = 0;
        TRY(first_pass(op, &f->walk));
    } else {
        f->walk.skip = first;
        TRY(walk_below(op, &f->walk, STR("")));
    }
    if (t->nodes.n)
        qsort(t->nodes.at, t->nodes.n, sizeof *t->nodes.at, by_path);
    return RC_OK;
}

/* The descriptor of the folder that holds the node. */
static enum rc holder(struct op *op, struct folder *f, struct str folder, int *ret)
{
    if (folder.n == 0) {
        *ret = f->fd;
        return RC_OK;
    }
    if (f->last_fd >= 0 && str_eq(f->last, folder)) {
        *ret = f->last_fd;
        return RC_OK;
    }
    close_last(f);
    f->last_fd = -1;
    TRY(below_open(op, f->fd, folder, true, &f->last_fd));
    arena_reset(f->last_mem);
    f->last = str_dup(f->last_mem, folder);
    *ret = f->last_fd;
    return RC_OK;
}

static enum rc read_open(struct op *op, int fd, const struct tree_node *n, struct arena *mem, struct str *ret)
{
    struct stat st;
    struct extent all = {.fd = fd, .size = n->size};
    if (fstat(fd, &st) != 0)
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(n->path), strerror(errno));
    if ((uint64_t)st.st_size != n->size)
        return fail(op, RC_INVALID, STR_FMT ": changed its size during the scan", STR_ARG(n->path));
    return extent_bytes(op, &all, n->path, mem, ret);
}

static enum rc read_node(struct op *op, struct tree *t, const struct tree_node *n, struct arena *mem, struct str *ret)
{
    int folder, fd;
    const char *name = str_cstr(mem, str_base(n->path));
    enum rc rc = holder(op, t->state, str_dir(n->path), &folder);
    if (rc == RC_OK)
        rc = below_step(op, folder, name, false, &fd);
    if (rc == RC_NOTFOUND)
        return fail(op, RC_INVALID, STR_FMT ": vanished during the scan", STR_ARG(n->path));
    TRY(rc);
    rc = read_open(op, fd, n, mem, ret);
    close(fd); /* a mapping stays */
    return rc;
}

const struct source source_dir = {
    .name = "dir",
    .help = "A folder: the root of a system when it has an os-release or a package database, else a project.",
    .knows = knows,
    .open = open_trees,
    .walk = walk,
    .read = read_node,
};
