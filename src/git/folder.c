/* Which folder holds the repository, and the three files of it that are read without libgit2: a few lines each, so that no
 * include, alias or setting of a hostile configuration can mean anything. */
#include "git/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/io.h"

enum { POINTER_MOST = 2 * PATH_MAX, CONFIG_MOST = 1 << 20, SHALLOW_MOST = 64 << 20, REMOTES_MOST = 256 };

/* ---- finding it ---- */

/* A small regular file below fd. */
static enum rc read_file(struct op *op, int fd, const char *name, uint64_t most, struct str *ret)
{
    struct stat st;
    int file = openat(fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
        return RC_NOTFOUND;
    if (file < 0)
        return fail(op, RC_IO, "%s: %s", name, strerror(errno));
    enum rc rc = fstat(file, &st) == 0 && S_ISREG(st.st_mode) ? io_slurp(op, file, str_of(name), most, ret) : RC_NOTFOUND;
    close(file);
    return rc;
}

static bool has_folder(int fd, const char *name)
{
    struct stat st;
    return fstatat(fd, name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

static bool has_file(int fd, const char *name)
{
    struct stat st;
    return fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode));
}

static int open_folder(int at, const char *path)
{
    return openat(at, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Replaces *fd by the folder that the file below it names; nothing happens when there is no such file. */
static enum rc follow(struct op *op, int *fd, const char *name, struct str before)
{
    struct str text, line;
    enum rc rc = read_file(op, *fd, name, POINTER_MOST, &text);
    if (rc == RC_NOTFOUND)
        return RC_OK;
    if (rc == RC_LIMIT)
        return RC_INVALID;
    TRY(rc);
    if (!str_line(&text, &line) || !str_take(&line, before))
        return fail(op, RC_INVALID, "%s: does not say where the repository is", name);
    const char *path = str_cstr(op->mem, str_trim(line));
    int next = path && *path ? open_folder(*fd, path) : -1;
    if (next < 0)
        return fail(op, RC_INVALID, "%s: names a folder that cannot be opened", name);
    io_close_later(op->mem, next);
    *fd = next;
    return RC_OK;
}

enum rc folder_find(struct op *op, const char *named, struct repo_folder *ret)
{
    char link[64], path[PATH_MAX];
    int fd = open_folder(AT_FDCWD, named);
    if (fd < 0)
        return fail(op, RC_NOTFOUND, "%s: %s", named, strerror(errno));
    io_close_later(op->mem, fd);
    if (has_folder(fd, ".git")) {
        int inner = open_folder(fd, ".git");
        if (inner < 0)
            return fail(op, RC_IO, "%s/.git: %s", named, strerror(errno));
        io_close_later(op->mem, inner);
        fd = inner;
    } else {
        TRY(follow(op, &fd, ".git", STR("gitdir:")));
    }
    TRY(follow(op, &fd, "commondir", STR("")));
    if (!has_folder(fd, "objects") || !has_folder(fd, "refs") || !has_file(fd, "HEAD"))
        return fail(op, RC_INVALID, "%s: not a git repository", named);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path);
    if (n <= 0 || n == (ssize_t)sizeof path)
        return fail(op, RC_IO, "%s: its path cannot be told", named);
    *ret = (struct repo_folder){.fd = fd, .path = str_dup(op->mem, (struct str){path, (size_t)n})};
    return RC_OK;
}

/* ---- its configuration ---- */

/* The value as git reads it: without quotes, escapes and what follows # or ; outside of quotes. */
static struct str config_value(struct arena *mem, struct str raw)
{
    char *out = arena_alloc(mem, raw.n + 1);
    size_t n = 0, spaces = 0;
    bool quoted = false;
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.p[i];
        if (!quoted && (c == '#' || c == ';'))
            break;
        if (c == '"') {
            quoted = !quoted;
            continue;
        }
        if (c == '\\' && i + 1 < raw.n)
            c = raw.p[++i];
        spaces = !quoted && is_space(c) ? spaces + 1 : 0;
        out[n++] = c;
    }
    return (struct str){out, n - spaces};
}

/* Of `[remote "origin"]` the word, and whether it has a name. */
static struct str section_word(struct str line, bool *ret_named)
{
    struct str inside = str_from(line, 1), word;
    size_t end = str_chr(inside, ']');
    *ret_named = str_chr(inside, '"') != STR_NONE;
    inside = str_upto(inside, end == STR_NONE ? inside.n : end);
    return str_word(&inside, &word) ? word : STR("");
}

static enum rc read_config(struct op *op, struct repo_folder *f, struct str text)
{
    struct str line, section = STR(""), key, value;
    bool named = false;
    while (str_line(&text, &line)) {
        line = str_trim(line);
        if (str_starts(line, STR("["))) {
            section = section_word(line, &named);
            continue;
        }
        if (!str_split(line, '=', &key, &value))
            continue;
        key = str_trim(key);
        value = config_value(op->mem, str_trim(value));
        if (named && str_ieq(section, STR("remote")) && str_ieq(key, STR("url")) && f->remotes.n < REMOTES_MOST)
            *vec_push(op->mem, &f->remotes) = value;
        if (!str_ieq(section, STR("extensions")))
            continue;
        if (str_ieq(key, STR("objectformat")) && !str_ieq(value, STR("sha1")))
            return fail(op, RC_UNSUPPORTED, "commits named by another hash than SHA-1");
        if (str_ieq(key, STR("refstorage")) && !str_ieq(value, STR("files")))
            return fail(op, RC_UNSUPPORTED, "references in another format than files");
    }
    return RC_OK;
}

enum rc folder_file(struct op *op, const struct repo_folder *f, const char *name, uint64_t most, struct str *ret)
{
    return read_file(op, f->fd, name, most, ret);
}

enum rc folder_read(struct op *op, struct repo_folder *f)
{
    struct str text, line;
    enum rc rc = folder_file(op, f, "config", CONFIG_MOST, &text);
    TRY(rc == RC_OK ? read_config(op, f, text) : rc == RC_NOTFOUND ? RC_OK : rc);
    rc = folder_file(op, f, "shallow", SHALLOW_MOST, &text);
    if (rc != RC_OK)
        return rc == RC_NOTFOUND ? RC_OK : rc;
    while (str_line(&text, &line))
        if (repo_is_hash(str_trim(line)))
            *vec_push(op->mem, &f->shallow) = str_trim(line);
    return RC_OK;
}
