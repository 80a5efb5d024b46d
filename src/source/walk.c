/* What the lister names is offered to the visitor, and opened when the visitor wants to see more of it. What cannot be read
 * becomes a gap. */
#include "source/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/glob.h"
#include "base/io.h"
#include "source/below.h"
#include "source/lister.h"

enum { HEAD_BYTES = 64 };

struct walk {
    struct folder_walk *w;
    struct arena *mem;
    int fd; /* of the folder it starts in */
    VEC(char) path;
};

static void gap(const struct walk *k, const char *why)
{
    tree_gap(k->w->t, (struct str){k->path.at, k->path.n}, str_of(why));
}

/* The path says which one: the error's text need not. */
static void gap_of_error(struct op *op, const struct walk *k, const char *name, enum rc rc)
{
    struct str why = op->err.text, prefix = str_join(op->mem, str_escape(op->mem, str_of(name)), STR(": "));
    str_take(&why, prefix);
    tree_gap(k->w->t, (struct str){k->path.at, k->path.n}, rc == RC_NOTFOUND ? STR("vanished during the scan") : why);
    op_clear(op);
}

/* Keeps the first `cut` bytes of the path and adds /name (or name, at the root). */
static void set_path(struct walk *k, size_t cut, const char *name)
{
    size_t n = strlen(name), need = cut + n + 2;
    if (k->path.cap < need) {
        k->path.at = arena_grow(k->mem, k->path.at, k->path.cap, need * 2);
        k->path.cap = need * 2;
    }
    k->path.n = cut;
    if (cut && n)
        k->path.at[k->path.n++] = '/';
    memcpy(k->path.at + k->path.n, name, n);
    k->path.n += n;
}

/* ---- files ---- */

static void keep(struct op *op, struct walk *k, const struct tree_entry *e)
{
    struct tree *t = k->w->t;
    if (tree_too_large(op, t, e->path, e->size))
        return;
    *vec_push(t->mem, &t->nodes) = (struct tree_node){.path = str_dup(t->mem, e->path),
                                                      .size = e->size,
                                                      .layer = LAYER_NONE,
                                                      .gone_in = LAYER_NONE,
                                                      .executable = e->executable};
}

static void fill(struct tree_entry *e, const struct stat *st)
{
    e->size = (uint64_t)st->st_size;
    e->executable = (st->st_mode & 0111) != 0;
}

/* Opens it for its first bytes and asks again. */
static enum want ask_with_head(struct op *op, struct walk *k, int fd, const char *name, struct tree_entry *e)
{
    char head[HEAD_BYTES];
    struct stat st;
    int file;
    enum rc rc = below_step(op, fd, name, false, &file);
    if (rc != RC_OK) {
        gap_of_error(op, k, name, rc);
        return WANT_NO;
    }
    ssize_t n = fstat(file, &st) == 0 ? pread(file, head, sizeof head, 0) : -1;
    if (n < 0)
        gap(k, strerror(errno));
    close(file);
    if (n < 0)
        return WANT_NO;
    fill(e, &st);
    e->head = (struct str){head, (size_t)n};
    enum want want = k->w->v->visit(op, k->w->v->arg, e);
    e->head = (struct str){NULL, 0};
    return want;
}

static void file(struct op *op, struct walk *k, int fd, const char *name, struct tree_entry *e)
{
    struct stat st;
    enum want want = k->w->v->visit(op, k->w->v->arg, e);
    if (want == WANT_HEAD)
        want = ask_with_head(op, k, fd, name, e);
    else if (want != WANT_NO) {
        if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
            gap(k, errno == ENOENT ? "vanished during the scan" : strerror(errno));
            return;
        }
        if (!S_ISREG(st.st_mode))
            return;
        fill(e, &st);
    }
    /* Later is now: every file of a folder can be read again at any time. */
    if (want == WANT_KEEP || want == WANT_LATER)
        keep(op, k, e);
}

static void offer_link(struct op *op, struct walk *k, int fd, const char *name, struct tree_entry *e)
{
    char target[4096];
    ssize_t n = readlinkat(fd, name, target, sizeof target);
    if (n < 0) {
        gap(k, errno == ENOENT ? "vanished during the scan" : strerror(errno));
        return;
    }
    e->target = (struct str){target, (size_t)n};
    k->w->v->visit(op, k->w->v->arg, e);
}

/* One entry of the folder open at fd; k->path is its path. */
static void offer(struct op *op, struct walk *k, int fd, const char *name, unsigned char type)
{
    struct tree_entry e = {.path = {k->path.at, k->path.n}, .layer = LAYER_NONE, .gone_in = LAYER_NONE};
    op_progress(op, 1, 0);
    switch (type) {
    case DT_DIR:
        e.kind = ENTRY_FOLDER;
        k->w->v->visit(op, k->w->v->arg, &e);
        return;
    case DT_REG:
        e.kind = ENTRY_FILE;
        file(op, k, fd, name, &e);
        return;
    case DT_LNK:
        e.kind = ENTRY_LINK;
        offer_link(op, k, fd, name, &e);
        return;
    case DT_UNKNOWN: gap(k, "vanished during the scan"); return;
    default:
        e.kind = ENTRY_OTHER;
        k->w->v->visit(op, k->w->v->arg, &e);
        return;
    }
}

static bool excluded(struct walk *k)
{
    struct str path = {k->path.at, k->path.n};
    for (const struct str *x = k->w->excludes; x && x->p; x++)
        if (glob_match(*x, path)) {
            gap(k, "excluded");
            return true;
        }
    return false;
}

/* ---- the walk ---- */

/* False when the limit of entries is reached. */
static bool room_for_one(struct op *op, struct walk *k)
{
    if (k->w->entries++ < op->limits->entries)
        return true;
    gap(k, "the limit of entries was reached: nothing from here on was read");
    return false;
}

static void go(struct op *op, struct walk *k, struct lister *l, bool links_only)
{
    struct listed x;
    for (lister_next(l, &x); x.kind != LISTED_END; lister_next(l, &x)) {
        if (x.kind == LISTED_CLOSE) {
            close(x.fd);
            continue;
        }
        set_path(k, x.cut, x.name);
        if (x.kind == LISTED_GAP)
            gap(k, x.why);
        if (x.kind == LISTED_GAP || x.kind == LISTED_FOLDER || (links_only && x.type != DT_LNK))
            continue;
        if (!room_for_one(op, k))
            break;
        if (x.kind == LISTED_EXCLUDED)
            gap(k, "excluded");
        else if (x.kind == LISTED_ENTRY)
            offer(op, k, x.fd, x.name, x.type);
    }
}

/* Opens the folder at `path`. */
static enum rc begin(struct op *op, struct folder_walk *w, struct arena *mem, struct str path, struct walk *k)
{
    *k = (struct walk){.w = w, .mem = mem, .fd = w->root_fd};
    k->path.at = arena_alloc(mem, path.n + 256);
    k->path.cap = path.n + 256;
    if (path.n == 0)
        return RC_OK;
    enum rc rc = below_open(op, w->root_fd, path, true, &k->fd);
    if (rc == RC_INVALID)
        op_clear(op);
    TRY(rc == RC_INVALID ? RC_NOTFOUND : rc);
    io_close_later(mem, k->fd);
    memcpy(k->path.at, path.p, path.n);
    k->path.n = path.n;
    return RC_OK;
}

/* What could not be opened is a gap, unless it is the root itself. */
static enum rc as_gap(struct op *op, struct folder_walk *w, struct str path, enum rc rc)
{
    if (rc == RC_OK || rc == RC_NOTFOUND || path.n == 0)
        return rc;
    tree_gap(w->t, path, op->err.text);
    op_clear(op);
    return RC_OK;
}

static enum rc walk(struct op *op, struct folder_walk *w, struct str path, bool links_only)
{
    struct arena *mem = arena_child(op->mem);
    struct lister *l;
    struct walk k;
    enum rc rc = begin(op, w, mem, path, &k);
    if (rc == RC_OK)
        rc = lister_open(op, mem, w, k.fd, path, links_only, &l);
    if (rc == RC_OK)
        go(op, &k, l, links_only);
    arena_close(mem);
    return as_gap(op, w, path, rc);
}

enum rc walk_below(struct op *op, struct folder_walk *w, struct str path)
{
    return walk(op, w, path, false);
}

enum rc walk_links(struct op *op, struct folder_walk *w, struct str path)
{
    return walk(op, w, path, true);
}

enum rc walk_entry(struct op *op, struct folder_walk *w, struct str path)
{
    struct arena *mem = arena_child(op->mem);
    const char *name = str_cstr(mem, str_base(path));
    struct walk k;
    enum rc rc = begin(op, w, mem, str_dir(path), &k);
    if (rc == RC_OK) {
        unsigned char type = listed_type(k.fd, name);
        set_path(&k, k.path.n, name);
        if (type != DT_UNKNOWN && type != DT_DIR && !excluded(&k))
            offer(op, &k, k.fd, name, type);
    }
    arena_close(mem);
    return as_gap(op, w, path, rc);
}
