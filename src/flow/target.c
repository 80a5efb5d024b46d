/* Prefixes, and the few opens by path that the program makes on somebody's word. */
#include "flow/target.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"

static const struct {
    const char *prefix, *kind;
} kinds[] = {
    {"dir:", "dir"}, {"root:", "root"}, {"docker-archive:", "docker-archive"}, {"oci:", "oci"}, {"file:", "file"},
};

static const char *const later[] = {"sbom:", "registry:"};

static bool exists(struct op *op, struct str path)
{
    const char *p = str_cstr(op->mem, path);
    struct stat st;
    return p && stat(p, &st) == 0;
}

enum rc target_parse(struct op *op, struct str text, struct target *ret)
{
    struct target t = {.text = text};
    struct str rest = text;
    if (text.n == 0)
        return fail(op, RC_INVALID, "the target is empty; name a path, an archive or an asset");
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (str_starts(text, str_of(later[i])))
            return fail(op, RC_UNSUPPORTED, "%s targets cannot be read by this version; see `muster formats`", later[i]);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_take(&rest, str_of(kinds[i].prefix))) {
            t.kind = str_of(kinds[i].kind);
            t.path = rest;
            *ret = t;
            return rest.n ? RC_OK : fail(op, RC_INVALID, "'%s' is followed by no path", kinds[i].prefix);
        }
    if (str_eq(text, STR("-"))) {
        t.standard_input = true;
    } else if (str_take(&rest, STR("asset:"))) {
        t.asset = rest;
    } else if (exists(op, text)) {
        t.path = text;
    } else if (str_eq(text, STR("host"))) {
        t.host = true;
        t.kind = STR("root");
        t.path = STR("/");
    } else {
        t.asset = text;
    }
    *ret = t;
    return RC_OK;
}

static int unlinked(const char *folder)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    char name[PATH_MAX];
    if ((size_t)snprintf(name, sizeof name, "%s/muster.XXXXXX", folder) >= sizeof name)
        return -1;
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    return fd;
}

int target_spill(struct op *op)
{
    const char *asked = getenv("TMPDIR");
    const char *const folders[] = {asked && *asked ? asked : "/var/tmp", "/var/tmp", "/tmp"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        int fd = unlinked(folders[i]);
        if (fd >= 0) {
            io_close_later(op->mem, fd);
            return fd;
        }
    }
    return -1;
}

static enum rc copy_input(struct op *op, struct target_file *ret)
{
    enum { STEP = 256 << 10 };
    struct arena *mem = arena_child(op->mem);
    char *bytes = arena_alloc(mem, STEP);
    size_t n;
    int fd = target_spill(op);
    if (fd < 0)
        return fail(op, RC_IO, "standard input: no folder to keep it in; set TMPDIR to one that can be written");
    do {
        TRY(io_read(op, STDIN_FILENO, STR("standard input"), bytes, STEP, &n));
        TRY(io_write(op, fd, STR("the copy of standard input"), (struct str){bytes, n}));
        op_progress(op, 0, n);
    } while (n);
    arena_close(mem);
    *ret = (struct target_file){fd, false, STR("-")};
    return RC_OK;
}

static enum rc open_failed(struct op *op, const struct target *t, int error)
{
    enum rc rc = error == ENOENT || error == ENOTDIR ? RC_NOTFOUND : error == EACCES || error == EPERM ? RC_DENIED : RC_IO;
    return fail(op, rc, STR_FMT ": %s", STR_ARG(t->text), strerror(error));
}

enum rc target_open(struct op *op, const struct target *t, struct target_file *ret)
{
    if (t->standard_input)
        return copy_input(op, ret);
    const char *path = str_cstr(op->mem, t->path);
    struct stat st;
    if (!path)
        return fail(op, RC_INVALID, STR_FMT ": a path holds no NUL", STR_ARG(t->text));
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st) != 0)
        return open_failed(op, t, errno);
    io_close_later(op->mem, fd);
    if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
        return fail(op, RC_INVALID, STR_FMT ": neither a file nor a folder", STR_ARG(t->text));
    char *real = realpath(path, NULL);
    if (!real)
        return open_failed(op, t, errno);
    *ret = (struct target_file){fd, S_ISDIR(st.st_mode), str_dup(op->mem, str_of(real))};
    free(real);
    return RC_OK;
}

struct str target_host_name(struct op *op)
{
    char host[256] = "localhost";
    char id[33] = "";
    gethostname(host, sizeof host - 1);
    int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, id, 32) : 0;
    if (fd >= 0)
        close(fd);
    id[n > 0 ? n : 0] = '\0';
    struct str machine = str_trim(str_of(id));
    return machine.n ? str_join(op->mem, str_of(host), STR("-"), machine) : str_dup(op->mem, str_of(host));
}
