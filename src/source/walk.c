/* A folder is read to its end, its files offered, the names of its folders put on a stack; then these are entered one by
 * one. The descriptors of the OPEN_MOST deepest levels stay open; others are opened again by their names when the walk
 * comes back to them. */
#include "source/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "base/glob.h"
#include "base/io.h"
#include "source/below.h"
#include "source/mounts.h"

enum { OPEN_MOST = 128, REOPEN_KEEP = 64, DEPTH_MOST = 1024, LIST_BYTES = 64 << 10, HEAD_BYTES = 64 };

struct level {
    int fd;                /* -1: closed for now */
    size_t path_n;         /* its path is that much of walk.path */
    size_t subs, subs_end; /* its folders not entered yet, in walk.names */
    uint64_t dev, ino;
};

struct walk {
    struct folder_walk *w;
    struct arena *mem;
    VEC(struct level) levels;
    VEC(char) path;
    VEC(char) names; /* NUL-terminated, one after another */
    size_t opened;   /* levels below this index are closed, but for the root */
    char *list;      /* one batch of directory entries */
    bool full;
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

/* Makes path the level's own, followed by /name (or name, at the root). */
static void set_path(struct walk *k, const struct level *l, const char *name)
{
    size_t n = strlen(name), need = l->path_n + n + 2;
    if (k->path.cap < need) {
        k->path.at = arena_grow(k->mem, k->path.at, k->path.cap, need * 2);
        k->path.cap = need * 2;
    }
    k->path.n = l->path_n;
    if (l->path_n)
        k->path.at[k->path.n++] = '/';
    memcpy(k->path.at + k->path.n, name, n);
    k->path.n += n;
}

static void push_name(struct walk *k, const char *name)
{
    size_t n = strlen(name) + 1, need = k->names.n + n;
    if (k->names.cap < need) {
        k->names.at = arena_grow(k->mem, k->names.at, k->names.cap, need * 2);
        k->names.cap = need * 2;
    }
    memcpy(k->names.at + k->names.n, name, n);
    k->names.n += n;
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

static unsigned char type_of(int fd, const char *name)
{
    struct stat st;
    if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return DT_UNKNOWN;
    return (unsigned char)IFTODT(st.st_mode);
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

static bool skipped(const struct walk *k)
{
    struct str path = {k->path.at, k->path.n};
    for (const struct str *s = k->w->skip; s && s->p; s++)
        if (str_eq(*s, path))
            return true;
    return false;
}

/* One entry of the folder open at fd; k->path is its path. True: a folder, to be entered later. */
static bool offer(struct op *op, struct walk *k, int fd, const char *name, unsigned char type)
{
    struct tree_entry e = {.path = {k->path.at, k->path.n}, .layer = LAYER_NONE, .gone_in = LAYER_NONE};
    if (type == DT_UNKNOWN)
        type = type_of(fd, name);
    op_progress(op, 1, 0);
    switch (type) {
    case DT_DIR:
        e.kind = ENTRY_FOLDER;
        k->w->v->visit(op, k->w->v->arg, &e);
        return true;
    case DT_REG:
        e.kind = ENTRY_FILE;
        file(op, k, fd, name, &e);
        return false;
    case DT_LNK:
        e.kind = ENTRY_LINK;
        offer_link(op, k, fd, name, &e);
        return false;
    case DT_UNKNOWN: gap(k, "vanished during the scan"); return false;
    default:
        e.kind = ENTRY_OTHER;
        k->w->v->visit(op, k->w->v->arg, &e);
        return false;
    }
}

/* ---- one folder ---- */

static bool is_dots(const char *name)
{
    return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0));
}

static void one(struct op *op, struct walk *k, size_t level, const struct dirent64 *d, bool links_only)
{
    const struct level *l = &k->levels.at[level];
    if (is_dots(d->d_name) || k->full || (links_only && d->d_type != DT_LNK))
        return;
    set_path(k, l, d->d_name);
    if (k->w->entries++ >= op->limits->entries) {
        gap(k, "the limit of entries was reached: nothing from here on was read");
        k->full = true;
        return;
    }
    if (skipped(k) || excluded(k))
        return;
    if (offer(op, k, l->fd, d->d_name, d->d_type))
        push_name(k, d->d_name);
}

/* Reads the folder of the last level to its end. */
static void list(struct op *op, struct walk *k, bool links_only)
{
    size_t level = k->levels.n - 1;
    int fd = k->levels.at[level].fd;
    for (;;) {
        ssize_t n = getdents64(fd, k->list, LIST_BYTES);
        if (n < 0 && errno != ENOENT) { /* ENOENT: removed meanwhile */
            int why = errno;
            set_path(k, &k->levels.at[level], "");
            gap(k, strerror(why));
        }
        if (n <= 0 || k->full)
            break;
        for (ssize_t at = 0; at < n;) {
            const struct dirent64 *d = (const struct dirent64 *)(const void *)(k->list + at);
            one(op, k, level, d, links_only);
            at += d->d_reclen;
        }
    }
    k->levels.at[level].subs_end = k->names.n;
}

/* ---- going down and up ---- */

static void close_level(struct level *l)
{
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
}

static void push(struct walk *k, int fd, uint64_t dev, uint64_t ino)
{
    *vec_push(k->mem, &k->levels) =
        (struct level){.fd = fd, .path_n = k->path.n, .subs = k->names.n, .subs_end = k->names.n, .dev = dev, .ino = ino};
    /* The root's descriptor (level 0) is never closed here. */
    while (k->levels.n - k->opened > OPEN_MOST) {
        if (k->opened > 0)
            close_level(&k->levels.at[k->opened]);
        k->opened++;
    }
}

static void pop(struct walk *k)
{
    struct level *l = &k->levels.at[--k->levels.n];
    k->names.n = l->subs;
    if (k->levels.n > 0)
        close_level(l);
    if (k->opened > k->levels.n)
        k->opened = k->levels.n;
}

static uint64_t dev_of(const struct statx *st)
{
    return makedev(st->stx_dev_major, st->stx_dev_minor);
}

static bool look_at(int fd, const char *name, int flags, struct statx *ret)
{
    return statx(fd, name, flags | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO, ret) == 0;
}

/* Opens level `to` again, and the levels just above it with it, from the nearest one that is open. */
static bool reopen(struct op *op, struct walk *k, size_t to)
{
    size_t from = to;
    while (k->levels.at[from].fd < 0)
        from--;
    for (size_t i = from + 1; i <= to; i++) {
        struct level *l = &k->levels.at[i];
        struct str path = {k->path.at, l->path_n};
        struct str name = str_base(path);
        struct statx st;
        char text[256];
        int fd;
        memcpy(text, name.p, name.n);
        text[name.n] = 0;
        enum rc rc = below_step(op, k->levels.at[i - 1].fd, text, true, &fd);
        if (i - 1 != from && to - (i - 1) > REOPEN_KEEP)
            close_level(&k->levels.at[i - 1]);
        if (rc != RC_OK) {
            op_clear(op);
            return false;
        }
        l->fd = fd;
        if (!look_at(fd, "", AT_EMPTY_PATH, &st) || st.stx_ino != l->ino || dev_of(&st) != l->dev)
            return false;
    }
    k->opened = to > REOPEN_KEEP ? to - REOPEN_KEEP : 0;
    return true;
}

/* A folder on another file system: may it be entered? */
static bool may_cross(struct op *op, struct walk *k, int fd, const char *name)
{
    struct statfs fs;
    struct str label;
    int at = openat(fd, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
    bool ok = at >= 0 && fstatfs(at, &fs) == 0;
    int why = errno;
    if (at >= 0)
        close(at);
    if (!ok) {
        gap(k, strerror(why));
        return false;
    }
    enum mount_kind kind = mount_kind(op->mem, (uint64_t)fs.f_type, &label);
    struct str path = {k->path.at, k->path.n};
    /* devtmpfs gives tmpfs's number; what is mounted at these two places of a running system is made at each start. */
    bool volatile_place = str_eq(label, STR("tmpfs")) && k->w->is_root && (str_eq(path, STR("dev")) || str_eq(path, STR("run")));
    if (kind == MOUNT_KERNEL || volatile_place)
        return false;
    if (kind == MOUNT_LOCAL && !k->w->one_file_system)
        return true;
    struct str why_not = kind == MOUNT_LOCAL
                             ? str_print(op->mem, "another file system (" STR_FMT "), not to be crossed", STR_ARG(label))
                             : str_print(op->mem, "a mount of " STR_FMT ", not read", STR_ARG(label));
    tree_gap(k->w->t, path, why_not);
    return false;
}

/* Enters the folder `name` of the last level. */
static void enter(struct op *op, struct walk *k, const char *name)
{
    const struct level *l = &k->levels.at[k->levels.n - 1];
    struct statx st;
    int fd;
    set_path(k, l, name);
    /* No program opens a path that long by its name; and where Landlock is on, the kernel climbs to the root at every open. */
    if (k->levels.n >= DEPTH_MOST) {
        gap(k, "folders nested too deep");
        return;
    }
    if (!look_at(l->fd, name, 0, &st)) {
        gap(k, errno == ENOENT ? "vanished during the scan" : strerror(errno));
        return;
    }
    bool other = dev_of(&st) != l->dev || (st.stx_attributes & STATX_ATTR_AUTOMOUNT);
    if (other && !may_cross(op, k, l->fd, name))
        return;
    enum rc rc = below_step(op, l->fd, name, true, &fd);
    if (rc != RC_OK) {
        gap_of_error(op, k, name, rc);
        return;
    }
    push(k, fd, dev_of(&st), st.stx_ino);
    list(op, k, false);
}

static void go(struct op *op, struct walk *k)
{
    while (k->levels.n && !k->full) {
        size_t last = k->levels.n - 1;
        struct level *l = &k->levels.at[last];
        if (l->subs == l->subs_end) {
            pop(k);
            continue;
        }
        if (l->fd < 0 && !reopen(op, k, last)) {
            set_path(k, l, "");
            gap(k, "changed during the scan");
            pop(k);
            continue;
        }
        /* The stack of names may move while the folder is read. */
        const char *name = k->names.at + l->subs;
        size_t n = strlen(name) + 1;
        char text[256];
        memcpy(text, name, n);
        l->subs += n;
        enter(op, k, text);
    }
}

static void close_all(void *arg)
{
    struct walk *k = arg;
    for (size_t i = 1; i < k->levels.n; i++)
        close_level(&k->levels.at[i]);
}

/* The walk over what is below `path`, opened at fd. */
static enum rc begin(struct op *op, struct folder_walk *w, struct arena *mem, struct str path, struct walk *k)
{
    struct statx st;
    int fd = w->root_fd;
    *k = (struct walk){.w = w, .mem = mem, .list = arena_alloc(mem, LIST_BYTES)};
    k->path.at = arena_alloc(mem, path.n + 256);
    k->path.cap = path.n + 256;
    arena_defer(mem, close_all, k);
    if (path.n) {
        enum rc rc = below_open(op, w->root_fd, path, true, &fd);
        if (rc == RC_INVALID)
            op_clear(op);
        TRY(rc == RC_INVALID ? RC_NOTFOUND : rc);
        io_close_later(mem, fd);
        memcpy(k->path.at, path.p, path.n);
        k->path.n = path.n;
    }
    if (lseek(fd, 0, SEEK_SET) != 0 || !look_at(fd, "", AT_EMPTY_PATH, &st))
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(w->t->name), strerror(errno));
    push(k, fd, dev_of(&st), st.stx_ino);
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

enum rc walk_below(struct op *op, struct folder_walk *w, struct str path)
{
    struct arena *mem = arena_child(op->mem);
    struct walk *k = arena_alloc(mem, sizeof *k);
    enum rc rc = begin(op, w, mem, path, k);
    if (rc == RC_OK) {
        list(op, k, false);
        go(op, k);
    }
    arena_close(mem);
    return as_gap(op, w, path, rc);
}

enum rc walk_links(struct op *op, struct folder_walk *w, struct str path)
{
    struct arena *mem = arena_child(op->mem);
    struct walk *k = arena_alloc(mem, sizeof *k);
    enum rc rc = begin(op, w, mem, path, k);
    if (rc == RC_OK)
        list(op, k, true);
    arena_close(mem);
    return as_gap(op, w, path, rc);
}

enum rc walk_entry(struct op *op, struct folder_walk *w, struct str path)
{
    struct arena *mem = arena_child(op->mem);
    struct walk *k = arena_alloc(mem, sizeof *k);
    const char *name = str_cstr(mem, str_base(path));
    enum rc rc = begin(op, w, mem, str_dir(path), k);
    if (rc == RC_OK) {
        int fd = k->levels.at[0].fd;
        unsigned char type = type_of(fd, name);
        set_path(k, &k->levels.at[0], name);
        if (type != DT_UNKNOWN && type != DT_DIR && !excluded(k))
            offer(op, k, fd, name, type);
    }
    arena_close(mem);
    return as_gap(op, w, path, rc);
}
