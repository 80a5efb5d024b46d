/* A worker really cannot: open outside its target, create, chmod, rename, connect, execute, look at others. Each
 * attempt runs in a worker of its own; the worker reports what errno it got. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "base/io.h"
#include "base/worker.h"
#include "tests/lib/tap.h"

static int attempt_result(long got)
{
    return got < 0 ? errno : 0;
}

/* One attempt by name; 0 when it worked. fd is the target. */
static int attempt(struct str what, int fd)
{
    char *const argv[] = {(char *)(uintptr_t)"true", NULL};
    if (str_eq(what, STR("open /etc/passwd")))
        return attempt_result(open("/etc/passwd", O_RDONLY));
    if (str_eq(what, STR("open /etc/passwd from the target, nofollow")))
        return attempt_result(openat(fd, "/etc/passwd", O_RDONLY | O_NOFOLLOW));
    if (str_eq(what, STR("open .. of the target")))
        return attempt_result(openat(fd, "../secret", O_RDONLY | O_NOFOLLOW));
    if (str_eq(what, STR("follow a link out of the target")))
        return attempt_result(openat(fd, "out", O_RDONLY));
    if (str_eq(what, STR("create in the target")))
        return attempt_result(openat(fd, "new", O_CREAT | O_WRONLY | O_NOFOLLOW, 0600));
    if (str_eq(what, STR("write to a file of the target")))
        return attempt_result(openat(fd, "inside", O_RDWR | O_NOFOLLOW));
    if (str_eq(what, STR("truncate a file of the target")))
        return attempt_result(openat(fd, "inside", O_RDONLY | O_TRUNC | O_NOFOLLOW));
    if (str_eq(what, STR("chmod")))
        return attempt_result(fchmodat(fd, "inside", 0777, 0));
    if (str_eq(what, STR("fchmod")))
        return attempt_result(fchmod(fd, 0777));
    if (str_eq(what, STR("chown")))
        return attempt_result(fchownat(fd, "inside", 1, 1, 0));
    if (str_eq(what, STR("rename")))
        return attempt_result(renameat(fd, "inside", fd, "other"));
    if (str_eq(what, STR("unlink")))
        return attempt_result(unlinkat(fd, "inside", 0));
    if (str_eq(what, STR("mkdir")))
        return attempt_result(mkdirat(fd, "folder", 0700));
    if (str_eq(what, STR("symlink")))
        return attempt_result(symlinkat("x", fd, "link"));
    if (str_eq(what, STR("utimes")))
        return attempt_result(futimens(fd, NULL));
    if (str_eq(what, STR("set an attribute")))
        return attempt_result(fsetxattr(fd, "user.x", "x", 1, 0));
    if (str_eq(what, STR("a TCP socket")))
        return attempt_result(socket(AF_INET, SOCK_STREAM, 0));
    if (str_eq(what, STR("a Unix socket")))
        return attempt_result(socket(AF_UNIX, SOCK_STREAM, 0));
    if (str_eq(what, STR("execute")))
        return attempt_result(execve("/bin/true", argv, argv));
    if (str_eq(what, STR("fork")))
        return attempt_result(syscall(SYS_fork));
    if (str_eq(what, STR("read another process")))
        return attempt_result(syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
    if (str_eq(what, STR("ptrace its parent")))
        return attempt_result(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
    if (str_eq(what, STR("kill its parent")))
        return attempt_result(kill(getppid(), SIGKILL));
    if (str_eq(what, STR("open /proc of its parent")))
        return attempt_result(openat(fd, "/proc/1/environ", O_RDONLY | O_NOFOLLOW));
    if (str_eq(what, STR("make memory executable")))
        return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0;
    if (str_eq(what, STR("mount")))
        return attempt_result(syscall(SYS_mount, "x", "/", "tmpfs", 0, NULL));
    if (str_eq(what, STR("bpf")))
        return attempt_result(syscall(SYS_bpf, 0, NULL, 0));
    if (str_eq(what, STR("io_uring")))
        return attempt_result(syscall(SYS_io_uring_setup, 1, NULL));
    if (str_eq(what, STR("become root again")))
        return attempt_result(setuid(0));
    if (str_eq(what, STR("read a file of the target"))) {
        char c;
        int in = openat(fd, "inside", O_RDONLY | O_NOFOLLOW);
        return in >= 0 && read(in, &c, 1) == 1 ? 0 : errno;
    }
    if (str_eq(what, STR("read the descriptor it was given"))) {
        char c;
        return pread(fd, &c, 1, 0) == 1 ? 0 : errno;
    }
    return -1;
}

static enum rc job_attempt(struct op *op, const struct worker_call *call)
{
    struct str answer = str_print(op->mem, "%d %d", attempt(call->arg, call->fds[0]), call->landlock);
    return io_write(op, call->out_fd, STR("answer"), answer);
}

static enum rc job_memory(struct op *op, const struct worker_call *call)
{
    (void)call;
    while (op)
        memset(arena_alloc(op->mem, 1 << 20), 1, 1 << 20);
    return RC_OK;
}

static enum rc job_sleep(struct op *op, const struct worker_call *call)
{
    (void)call;
    while (op)
        usleep(10000);
    return RC_OK;
}

static enum rc job_crash(struct op *op, const struct worker_call *call)
{
    (void)op;
    (void)call;
    raise(SIGKILL);
    abort();
}

static worker_job *const jobs[] = {job_attempt, job_memory, job_sleep, job_crash};

static enum rc run(struct op *op, struct zygote *z, size_t job, enum sandbox_kind kind, int fd, const char *arg, struct limits limits, char *out, size_t n)
{
    struct worker_spec spec = {.job = job, .sandbox = {kind, fd}, .arg = str_of(arg), .fds = {fd, -1, -1, -1}, .limits = limits};
    struct worker w;
    size_t got = 1, have = 0;
    TRY(worker_start(op, z, &spec, &w));
    enum rc rc = RC_OK;
    while (rc == RC_OK && got && have < n) {
        rc = worker_read(op, &w, out + have, n - 1 - have, &got);
        have += rc == RC_OK ? got : 0;
    }
    out[have] = '\0';
    enum rc end = worker_wait(op, &w);
    return rc != RC_OK ? rc : end;
}

static const char *const denied[] = {
    "open /etc/passwd", "open /etc/passwd from the target, nofollow", "open .. of the target", "follow a link out of the target", "create in the target",
    "write to a file of the target", "truncate a file of the target", "chmod", "fchmod", "chown", "rename", "unlink", "mkdir", "symlink", "utimes",
    "set an attribute", "a TCP socket", "a Unix socket", "execute", "fork", "read another process", "ptrace its parent", "kill its parent",
    "open /proc of its parent", "make memory executable", "mount", "bpf", "io_uring", "become root again",
};

/* Opening by an absolute path or by .. is refused by Landlock alone; without it only the path walk's discipline is left. */
static bool needs_landlock(const char *what)
{
    return strstr(what, "/etc/passwd from the target") || strstr(what, "..") || strstr(what, "/proc");
}

/* A fetcher connects; apart from that it is held like a reader, and reads the files of name resolution alone. */
static void fetcher(struct op *op, struct zygote *z, int file)
{
    char out[64];
    for (size_t i = 0; i < sizeof denied / sizeof *denied; i++) {
        int error = -1, landlock = 0;
        if (strcmp(denied[i], "a TCP socket") == 0)
            continue;
        enum rc rc = run(op, z, 0, SANDBOX_FETCH, file, denied[i], limits_default, out, sizeof out);
        sscanf(out, "%d %d", &error, &landlock);
        if (!landlock && (needs_landlock(denied[i]) || strstr(denied[i], "/etc/passwd")))
            tap_skip("this kernel has no Landlock", "a fetcher cannot: %s", denied[i]);
        else
            tap_ok(rc == RC_OK && error > 0, "a fetcher cannot: %s (errno %d)", denied[i], error);
        op_clear(op);
    }
    tap_ok(run(op, z, 0, SANDBOX_FETCH, file, "a TCP socket", limits_default, out, sizeof out) == RC_OK && out[0] == '0' && out[1] == ' ',
           "a fetcher can make a TCP socket");
    op_clear(op);
}

/* A repository reader opens what it likes below its folder, and nothing else anywhere. */
static void repository_reader(struct op *op, struct zygote *z, int folder)
{
    char out[64];
    enum rc rc = run(op, z, 0, SANDBOX_REPOSITORY, folder, "read a file of the target", limits_default, out, sizeof out);
    bool landlock = !(rc == RC_UNSUPPORTED && str_find(op->err.text, STR("Landlock")) != STR_NONE);
    op_clear(op);
    if (landlock)
        tap_ok(rc == RC_OK && out[0] == '0' && out[1] == ' ', "a repository reader can read a file of its folder");
    for (size_t i = 0; i < sizeof denied / sizeof *denied; i++) {
        int error = -1;
        if (!landlock) {
            tap_skip("this kernel has no Landlock", "a repository reader cannot: %s", denied[i]);
            continue;
        }
        rc = run(op, z, 0, SANDBOX_REPOSITORY, folder, denied[i], limits_default, out, sizeof out);
        sscanf(out, "%d", &error);
        tap_ok(rc == RC_OK && error > 0, "a repository reader cannot: %s (errno %d)", denied[i], error);
        op_clear(op);
    }
}

static void attempts(struct op *op, struct zygote *z, int folder, int file)
{
    char out[64];
    for (int kind = SANDBOX_READER; kind <= SANDBOX_TREE; kind++) {
        int fd = kind == SANDBOX_TREE ? folder : file;
        const char *name = kind == SANDBOX_TREE ? "tree reader" : "reader";
        for (size_t i = 0; i < sizeof denied / sizeof *denied; i++) {
            int error = -1, landlock = 0;
            enum rc rc = run(op, z, 0, (enum sandbox_kind)kind, fd, denied[i], limits_default, out, sizeof out);
            sscanf(out, "%d %d", &error, &landlock);
            if (kind == SANDBOX_TREE && !landlock && needs_landlock(denied[i]))
                tap_skip("this kernel has no Landlock", "a %s cannot: %s", name, denied[i]);
            else
                tap_ok(rc == RC_OK && error > 0, "a %s cannot: %s (errno %d)", name, denied[i], error);
            op_clear(op);
        }
    }
    run(op, z, 0, SANDBOX_TREE, folder, "read a file of the target", limits_default, out, sizeof out);
    tap_ok(out[0] == '0' && out[1] == ' ', "a tree reader can read a file of its target");
    run(op, z, 0, SANDBOX_READER, file, "read the descriptor it was given", limits_default, out, sizeof out);
    tap_ok(out[0] == '0' && out[1] == ' ', "a reader can read what it was given");
    tap_ok(run(op, z, 0, SANDBOX_READER, folder, "read a file of the target", limits_default, out, sizeof out) == RC_OK && out[0] != '0',
           "a reader cannot open a file even below a folder it was given");
    op_clear(op);
}

static void ends(struct op *op, struct zygote *z, int file)
{
    char out[64];
    struct limits small = limits_default;
    small.worker_bytes = 16 << 20;
    tap_ok(run(op, z, 1, SANDBOX_READER, file, "", small, out, sizeof out) == RC_LIMIT && str_find(op->err.text, STR("memory")) != STR_NONE,
           "a worker that wants too much memory is stopped, and it is said why");
    op_clear(op);
    small = limits_default;
    small.time_s = 1;
    tap_ok(run(op, z, 2, SANDBOX_READER, file, "", small, out, sizeof out) == RC_LIMIT, "a worker that takes too long is stopped");
    op_clear(op);
    tap_ok(run(op, z, 3, SANDBOX_READER, file, "", limits_default, out, sizeof out) == RC_LIMIT && str_find(op->err.text, STR("signal 9")) != STR_NONE,
           "a worker that is killed is noticed");
    op_clear(op);
    tap_ok(run(op, z, 0, SANDBOX_READER, file, "read the descriptor it was given", limits_default, out, sizeof out) == RC_OK, "the zygote goes on after all that");
}

int main(void)
{
    struct op op = {.mem = arena_open((size_t)1 << 30), .limits = &limits_default};
    struct zygote *z;
    char folder[] = "/tmp/muster-sandbox.XXXXXX", path[64];
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/target", folder);
    mkdir(path, 0755);
    int root = open(path, O_RDONLY | O_DIRECTORY), above = open(folder, O_RDONLY | O_DIRECTORY);
    close(openat(above, "secret", O_CREAT | O_WRONLY, 0644));
    int inside = openat(root, "inside", O_CREAT | O_RDWR, 0644);
    if (write(inside, "x", 1) != 1 || symlinkat("../secret", root, "out") != 0)
        return 1;
    if (zygote_open(&op, jobs, sizeof jobs / sizeof *jobs, &z) != RC_OK)
        return 1;
    int file = openat(root, "inside", O_RDONLY);
    attempts(&op, z, root, file);
    repository_reader(&op, z, root);
    fetcher(&op, z, file);
    ends(&op, z, file);
    struct stat st;
    tap_ok(fstatat(root, "inside", &st, 0) == 0 && st.st_size == 1 && (st.st_mode & 0777) == 0644 && fstatat(root, "new", &st, 0) != 0,
           "the target is as it was");
    zygote_close(z);
    unlinkat(root, "inside", 0);
    unlinkat(root, "out", 0);
    unlinkat(above, "secret", 0);
    unlinkat(above, "target", AT_REMOVEDIR);
    rmdir(folder);
    arena_close(op.mem);
    return tap_done();
}
