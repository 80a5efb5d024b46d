/* Tags: one file each below refs/tags, or a line of packed-refs. Read without libgit2: it would want the configuration first. */
#include "git/inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PACKED_MOST = 256 << 20, TAGS_MOST = 1 << 20, NAME_MOST = 1024};

static int by_name(const void *va, const void *vb)
{
    const struct repo_ref *a = va, *b = vb;
    return str_cmp(a->name, b->name);
}

static void sort(struct repo_tags *t)
{
    if (t->list.n)
        qsort(t->list.at, t->list.n, sizeof *t->list.at, by_name);
}

static void add(struct op *op, struct repo_tags *t, struct str name, struct str hash)
{
    if (repo_is_hash(hash) && name.n && name.n <= NAME_MOST && t->list.n < TAGS_MOST)
        *vec_push(op->mem, &t->list) = (struct repo_ref){name, hash};
}

/* "hash refs/tags/name"; lines that begin with ^ or # are git's notes for itself. */
static enum rc packed(struct op *op, const struct repo_folder *f, struct repo_tags *t)
{
    struct str text, line, hash, name;
    enum rc rc = folder_file(op, f, "packed-refs", PACKED_MOST, &text);
    if (rc != RC_OK)
        return rc == RC_NOTFOUND ? RC_OK : rc;
    while (str_line(&text, &line))
        if (str_split(line, ' ', &hash, &name) && str_take(&name, STR("refs/tags/")))
            add(op, t, name, hash);
    return RC_OK;
}

/* ---- loose ones ---- */

struct folders {
    VEC(struct str) list; /* below the git folder, still to be read */
};

static void loose_file(struct op *op, const struct repo_folder *f, struct repo_tags *t, struct str path)
{
    char text[REPO_HASH + 1];
    int fd = openat(f->fd, path.p, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text) : -1;
    if (fd >= 0)
        close(fd);
    if (n >= REPO_HASH)
        add(op, t, str_from(path, sizeof "refs/tags/" - 1), str_dup(op->mem, (struct str){text, REPO_HASH}));
}

static void loose_folder(struct op *op, const struct repo_folder *f, struct repo_tags *t, struct str path, struct folders *more)
{
    int fd = openat(f->fd, path.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (!dir) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (struct dirent *e; (e = readdir(dir)) != NULL && more->list.n + t->list.n < TAGS_MOST;) {
        struct stat st;
        struct str one = str_join(op->mem, path, STR("/"), str_of(e->d_name));
        if (e->d_name[0] == '.' || one.n > NAME_MOST || fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (S_ISDIR(st.st_mode))
            *vec_push(op->mem, &more->list) = one;
        else if (S_ISREG(st.st_mode))
            loose_file(op, f, t, one);
    }
    closedir(dir);
}

/* A loose tag hides a packed one of the same name. */
static void merge(struct op *op, const struct repo_tags *loose, struct repo_tags *all)
{
    struct repo_tags out = {0};
    vec_each(const struct repo_ref, r, &all->list)
        if (!tags_find(loose, r->name))
            *vec_push(op->mem, &out.list) = *r;
    vec_each(const struct repo_ref, r, &loose->list)
        *vec_push(op->mem, &out.list) = *r;
    sort(&out);
    *all = out;
}

enum rc tags_read(struct op *op, const struct repo_folder *f, struct repo_tags *ret)
{
    struct repo_tags loose = {0};
    struct folders folders = {0};
    TRY(packed(op, f, ret));
    *vec_push(op->mem, &folders.list) = STR("refs/tags");
    for (size_t i = 0; i < folders.list.n && i < TAGS_MOST; i++)
        loose_folder(op, f, &loose, folders.list.at[i], &folders);
    sort(&loose);
    merge(op, &loose, ret);
    return RC_OK;
}

const struct repo_ref *tags_find(const struct repo_tags *t, struct str name)
{
    struct repo_ref key = {.name = name};
    return t->list.n ? bsearch(&key, t->list.at, t->list.n, sizeof key, by_name) : NULL;
}
