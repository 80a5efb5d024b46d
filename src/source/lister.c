/* A folder is read to its end, the names of its folders put on a stack; then these are entered one by one. The descriptors of
 * the OPEN_MOST deepest levels stay open; others are opened again by their names when the walk comes back to them. Nothing
 * is closed here: whoever takes the records closes what they no longer name. */
#include "source/lister.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "base/glob.h"
#include "source/below.h"
#include "source/handover.h"
#include "source/mounts.h"

enum {
    OPEN_MOST = 128,
    REOPEN_KEEP = 64,
    DEPTH_MOST = 1024,
    LIST_BYTES = 64 << 10,
    CLOSED_MOST = 32,  /* descriptors in one slot that wait to be closed */
    THREAD_FROM = 256, /* folders; fewer are listed sooner than a thread is made */
};

struct level {
    int fd;                /* -1: closed for now */
    size_t path_n;         /* its path is that much of lister.path */
    size_t subs, subs_end; /* its folders not entered yet, in lister.names */
    uint64_t dev, ino;
};

/* What is handed over; then the name and the reason, each with its NUL. */
struct record {
    uint8_t kind, type;
    uint16_t name_n;
    int fd;
    uint32_t cut;
};

_Static_assert(sizeof(struct record) + sizeof(uint32_t) + 1 <= offsetof(struct dirent64, d_name) + 1, "records outgrow entries");

struct lister {
    const struct folder_walk *w;
    struct arena *mem; /* of the lister alone */
    struct op op;      /* in memory that is emptied at each error */
    struct handover *handover;
    VEC(struct level) levels;
    VEC(char) path;
    VEC(char) names; /* NUL-terminated, one after another */
    size_t opened;   /* levels below this index are closed, but for the root */
    char *list;      /* one batch of directory entries */
    unsigned folders; /* taken */
    unsigned closed;
    bool flat, listing;
};

/* ---- records ---- */

static void put(struct lister *l, enum listed_kind kind, struct record r, struct str name, struct str why, bool now)
{
    char bytes[sizeof r + 1024];
    r.kind = (uint8_t)kind;
    name = str_upto(name, 255);
    why = str_upto(why, 700);
    r.name_n = (uint16_t)name.n;
    size_t n = sizeof r;
    memcpy(bytes, &r, sizeof r);
    memcpy(bytes + n, name.p, name.n);
    n += name.n;
    bytes[n++] = 0;
    if (why.n) {
        memcpy(bytes + n, why.p, why.n);
        n += why.n;
        bytes[n++] = 0;
    }
    handover_put(l->handover, bytes, n, now);
}

static const struct str none = {"", 0};

static void gap(struct lister *l, size_t cut, const char *name, struct str why)
{
    put(l, LISTED_GAP, (struct record){.cut = (uint32_t)cut}, str_of(name), why, false);
}

static void gap_of_error(struct lister *l, size_t cut, const char *name, enum rc rc)
{
    struct str why = l->op.err.text, prefix = str_join(l->op.mem, str_escape(l->op.mem, str_of(name)), STR(": "));
    str_take(&why, prefix);
    gap(l, cut, name, rc == RC_NOTFOUND ? STR("vanished during the scan") : why);
    op_clear(&l->op);
    arena_reset(l->op.mem);
}

/* To be closed when all records before this one are done with. */
static void close_level(struct lister *l, struct level *level)
{
    if (level->fd >= 0)
        put(l, LISTED_CLOSE, (struct record){.fd = level->fd}, none, none, ++l->closed % CLOSED_MOST == 0);
    level->fd = -1;
}

/* ---- paths and names ---- */

/* Makes path the level's own, followed by /name (or name, at the root). */
static void set_path(struct lister *k, const struct level *l, const char *name)
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

static void push_name(struct lister *k, const char *name)
{
    size_t n = strlen(name) + 1, need = k->names.n + n;
    if (k->names.cap < need) {
        k->names.at = arena_grow(k->mem, k->names.at, k->names.cap, need * 2);
        k->names.cap = need * 2;
    }
    memcpy(k->names.at + k->names.n, name, n);
    k->names.n += n;
}

static bool excluded(const struct lister *l)
{
    struct str path = {l->path.at, l->path.n};
    for (const struct str *x = l->w->excludes; x && x->p; x++)
        if (glob_match(*x, path))
            return true;
    return false;
}

static bool skipped(const struct lister *l)
{
    struct str path = {l->path.at, l->path.n};
    for (const struct str *s = l->w->skip; s && s->p; s++)
        if (str_eq(*s, path))
            return true;
    return false;
}

/* ---- one folder ---- */

unsigned char listed_type(int fd, const char *name)
{
    struct stat st;
    if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return DT_UNKNOWN;
    return (unsigned char)IFTODT(st.st_mode);
}

static bool is_dots(const char *name)
{
    return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0));
}

static void one(struct lister *l, const struct level *level, const struct dirent64 *d)
{
    unsigned char type = d->d_type;
    if (is_dots(d->d_name))
        return;
    set_path(l, level, d->d_name);
    enum listed_kind kind = skipped(l) ? LISTED_SKIPPED : excluded(l) ? LISTED_EXCLUDED : LISTED_ENTRY;
    if (type == DT_UNKNOWN && kind == LISTED_ENTRY)
        type = listed_type(level->fd, d->d_name);
    put(l, kind, (struct record){.type = type, .fd = level->fd, .cut = (uint32_t)level->path_n}, str_of(d->d_name), none, false);
    if (kind == LISTED_ENTRY && type == DT_DIR && !l->flat)
        push_name(l, d->d_name);
}

/* Reads on in the folder of the last level. */
static void list(struct lister *l)
{
    struct level *level = &l->levels.at[l->levels.n - 1];
    ssize_t n = getdents64(level->fd, l->list, LIST_BYTES);
    if (n < 0 && errno != ENOENT) /* ENOENT: removed meanwhile */
        gap(l, level->path_n, "", str_of(strerror(errno)));
    for (ssize_t at = 0; at < n;) {
        const struct dirent64 *d = (const struct dirent64 *)(const void *)(l->list + at);
        one(l, level, d);
        at += d->d_reclen;
    }
    if (n <= 0) {
        level->subs_end = l->names.n;
        l->listing = false;
    }
}

/* ---- going down and up ---- */

static void push(struct lister *l, int fd, uint64_t dev, uint64_t ino)
{
    *vec_push(l->mem, &l->levels) =
        (struct level){.fd = fd, .path_n = l->path.n, .subs = l->names.n, .subs_end = l->names.n, .dev = dev, .ino = ino};
    /* The root's descriptor (level 0) is never closed here. */
    while (l->levels.n - l->opened > OPEN_MOST) {
        if (l->opened > 0)
            close_level(l, &l->levels.at[l->opened]);
        l->opened++;
    }
    l->listing = true;
}

static void pop(struct lister *l)
{
    struct level *level = &l->levels.at[--l->levels.n];
    l->names.n = level->subs;
    if (l->levels.n > 0)
        close_level(l, level);
    if (l->opened > l->levels.n)
        l->opened = l->levels.n;
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
static bool reopen(struct lister *l, size_t to)
{
    size_t from = to;
    while (l->levels.at[from].fd < 0)
        from--;
    for (size_t i = from + 1; i <= to; i++) {
        struct level *at = &l->levels.at[i];
        struct str path = {l->path.at, at->path_n};
        struct str name = str_base(path);
        struct statx st;
        char text[256];
        int fd;
        memcpy(text, name.p, name.n);
        text[name.n] = 0;
        enum rc rc = below_step(&l->op, l->levels.at[i - 1].fd, text, true, &fd);
        if (i - 1 != from && to - (i - 1) > REOPEN_KEEP)
            close_level(l, &l->levels.at[i - 1]);
        if (rc != RC_OK) {
            op_clear(&l->op);
            arena_reset(l->op.mem);
            return false;
        }
        at->fd = fd;
        if (!look_at(fd, "", AT_EMPTY_PATH, &st) || st.stx_ino != at->ino || dev_of(&st) != at->dev)
            return false;
    }
    l->opened = to > REOPEN_KEEP ? to - REOPEN_KEEP : 0;
    return true;
}

/* A folder on another file system: may it be entered? */
static bool may_cross(struct lister *l, size_t cut, int fd, const char *name)
{
    struct statfs fs;
    struct str label;
    int at = openat(fd, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
    bool ok = at >= 0 && fstatfs(at, &fs) == 0;
    int why = errno;
    if (at >= 0)
        close(at);
    if (!ok) {
        gap(l, cut, name, str_of(strerror(why)));
        return false;
    }
    enum mount_kind kind = mount_kind(l->op.mem, (uint64_t)fs.f_type, &label);
    struct str path = {l->path.at, l->path.n};
    /* devtmpfs gives tmpfs's number; what is mounted at these two places of a running system is made at each start. */
    bool volatile_place = str_eq(label, STR("tmpfs")) && l->w->is_root && (str_eq(path, STR("dev")) || str_eq(path, STR("run")));
    if (kind == MOUNT_KERNEL || volatile_place)
        return false;
    if (kind == MOUNT_LOCAL && !l->w->one_file_system)
        return true;
    gap(l, cut, name,
        kind == MOUNT_LOCAL ? str_print(l->op.mem, "another file system (" STR_FMT "), not to be crossed", STR_ARG(label))
                            : str_print(l->op.mem, "a mount of " STR_FMT ", not read", STR_ARG(label)));
    return false;
}

/* Enters the folder `name` of the last level. */
static void enter(struct lister *l, const char *name)
{
    const struct level *level = &l->levels.at[l->levels.n - 1];
    size_t cut = level->path_n;
    struct statx st;
    int fd;
    set_path(l, level, name);
    /* No program opens a path that long by its name; and where Landlock is on, the kernel climbs to the root at every open. */
    if (l->levels.n >= DEPTH_MOST) {
        gap(l, cut, name, STR("folders nested too deep"));
        return;
    }
    if (!look_at(level->fd, name, 0, &st)) {
        gap(l, cut, name, errno == ENOENT ? STR("vanished during the scan") : str_of(strerror(errno)));
        return;
    }
    bool other = dev_of(&st) != level->dev || (st.stx_attributes & STATX_ATTR_AUTOMOUNT);
    if (other && !may_cross(l, cut, level->fd, name))
        return;
    enum rc rc = below_step(&l->op, level->fd, name, true, &fd);
    if (rc != RC_OK) {
        gap_of_error(l, cut, name, rc);
        return;
    }
    put(l, LISTED_FOLDER, (struct record){.fd = fd, .cut = (uint32_t)cut}, str_of(name), none, false);
    push(l, fd, dev_of(&st), st.stx_ino);
}

/* One batch of a folder, one folder entered, or one left. */
static bool step(void *arg)
{
    struct lister *l = arg;
    if (l->levels.n == 0)
        return false;
    size_t last = l->levels.n - 1;
    struct level *level = &l->levels.at[last];
    if (l->listing) {
        list(l);
    } else if (level->subs == level->subs_end) {
        pop(l);
    } else if (level->fd < 0 && !reopen(l, last)) {
        gap(l, level->path_n, "", STR("changed during the scan"));
        pop(l);
    } else {
        /* The stack of names may move. */
        const char *name = l->names.at + level->subs;
        size_t n = strlen(name) + 1;
        char text[256];
        memcpy(text, name, n);
        level->subs += n;
        enter(l, text);
    }
    return true;
}

/* ---- taking ---- */

static void close_lister(void *arg)
{
    struct lister *l = arg;
    struct listed x;
    handover_stop(l->handover);
    for (lister_next(l, &x); x.kind != LISTED_END; lister_next(l, &x))
        if (x.kind == LISTED_CLOSE)
            close(x.fd);
    for (size_t i = 1; i < l->levels.n; i++)
        if (l->levels.at[i].fd >= 0)
            close(l->levels.at[i].fd);
    arena_close(l->mem);
}

enum rc lister_open(struct op *op, struct arena *mem, const struct folder_walk *w, int fd, struct str path, bool flat,
                    struct lister **ret)
{
    struct statx st;
    if (lseek(fd, 0, SEEK_SET) != 0 || !look_at(fd, "", AT_EMPTY_PATH, &st))
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(w->t->name), strerror(errno));
    struct lister *l = arena_alloc(mem, sizeof *l);
    *l = (struct lister){.w = w, .flat = flat, .mem = arena_open((size_t)op->limits->worker_bytes)};
    l->op = (struct op){.mem = arena_child(l->mem), .limits = op->limits};
    l->handover = handover_open(mem, step, l);
    arena_defer(mem, close_lister, l);
    l->list = arena_alloc(l->mem, LIST_BYTES);
    l->path.cap = path.n + 256;
    l->path.at = arena_alloc(l->mem, l->path.cap);
    memcpy(l->path.at, path.n ? path.p : "", path.n);
    l->path.n = path.n;
    push(l, fd, dev_of(&st), st.stx_ino);
    *ret = l;
    return RC_OK;
}

void lister_next(struct lister *l, struct listed *ret)
{
    struct record r;
    size_t n;
    const char *bytes = handover_take(l->handover, &n);
    *ret = (struct listed){.kind = LISTED_END};
    if (!bytes)
        return;
    memcpy(&r, bytes, sizeof r);
    *ret = (struct listed){.kind = (enum listed_kind)r.kind, .type = r.type, .fd = r.fd, .cut = r.cut, .name = bytes + sizeof r};
    ret->why = ret->name + r.name_n + 1;
    if (r.kind == LISTED_FOLDER && ++l->folders == THREAD_FROM)
        handover_start(l->handover);
}
