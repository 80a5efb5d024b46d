/* O_NONBLOCK, so that a pipe put in a file's place cannot hold us; what was opened is looked at before it is read. */
#include "source/below.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static enum rc trouble(struct op *op, const char *name)
{
    switch (errno) {
    case ENOENT: return RC_NOTFOUND;
    case EACCES:
    case EPERM: return fail(op, RC_DENIED, "%s: permission denied", name);
    case ELOOP:
    case ENOTDIR: return fail(op, RC_INVALID, "%s: a link, or no folder: not followed", name);
    case EMFILE:
    case ENFILE: return fail(op, RC_LIMIT, "%s: too many open files", name);
    case ENXIO:
    case ENODEV: return fail(op, RC_INVALID, "%s: no regular file", name);
    default: return fail(op, RC_IO, "%s: %s", name, strerror(errno));
    }
}

enum rc below_step(struct op *op, int fd, const char *name, bool folder, int *ret)
{
    int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (folder ? O_DIRECTORY : 0);
    struct stat st;
    int got = openat(fd, name, flags);
    if (got < 0)
        return trouble(op, name);
    if (!folder && (fstat(got, &st) != 0 || !S_ISREG(st.st_mode))) {
        close(got);
        return fail(op, RC_INVALID, "%s: no regular file", name);
    }
    *ret = got;
    return RC_OK;
}

enum rc below_open(struct op *op, int fd, struct str path, bool folder, int *ret)
{
    struct str name;
    char text[256];
    int at = fd;
    while (str_cut(&path, '/', &name)) {
        bool last = path.p == NULL;
        int next = -1;
        enum rc rc = RC_NOTFOUND;
        if (name.n == 0 || name.n >= sizeof text || str_chr(name, 0) != STR_NONE || str_eq(name, STR(".."))
            || str_eq(name, STR("."))) {
            rc = fail(op, RC_INVALID, STR_FMT ": an impossible name", STR_ARG(name));
        } else {
            memcpy(text, name.p, name.n);
            text[name.n] = 0;
            rc = below_step(op, at, text, last ? folder : true, &next);
        }
        if (at != fd)
            close(at);
        TRY(rc);
        at = next;
    }
    *ret = at;
    return RC_OK;
}
