/* posix_spawn between two pipes. Nothing a child says is believed here or interpreted. */
#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/io.h"
#include "base/time.h"
#include "base/worker.h"

void program_end(struct program *p)
{
    if (p->to >= 0)
        close(p->to);
    if (p->from >= 0)
        close(p->from);
    if (p->pid > 0) {
        kill(p->pid, SIGKILL);
        waitpid(p->pid, NULL, 0);
    }
    *p = (struct program){.name = p->name, .to = -1, .from = -1};
}

static void end(void *arg)
{
    program_end(arg);
}

static enum rc spawn(struct op *op, const char *path, const char *const *argv, const char *const *environment, const int fds[2], pid_t *ret)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    if (posix_spawn_file_actions_init(&actions) != 0 || posix_spawnattr_init(&attributes) != 0)
        return fail(op, RC_IO, "%s: no memory to start it", path);
    int bad = posix_spawn_file_actions_adddup2(&actions, fds[0], STDIN_FILENO);
    bad |= posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
    bad |= posix_spawnattr_setsigmask(&attributes, &none);
    bad |= posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    if (!bad)
        bad = posix_spawn(ret, path, &actions, &attributes, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return bad ? fail(op, RC_UNSUPPORTED, "%s: cannot be started: %s", path, strerror(bad)) : RC_OK;
}

enum rc program_start(struct op *op, const char *path, const char *const *argv, const char *const *environment, struct program **ret)
{
    int in[2], out[2];
    pid_t pid = 0;
    if (pipe2(in, O_CLOEXEC) != 0)
        return fail(op, RC_IO, "%s: pipe: %s", path, strerror(errno));
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]);
        close(in[1]);
        return fail(op, RC_IO, "%s: pipe: %s", path, strerror(errno));
    }
    const int theirs[2] = {in[0], out[1]};
    enum rc rc = spawn(op, path, argv, environment, theirs, &pid);
    close(in[0]);
    close(out[1]);
    if (rc != RC_OK) {
        close(in[1]);
        close(out[0]);
        return rc;
    }
    struct program *p = arena_alloc(op->mem, sizeof *p);
    *p = (struct program){.name = argv[0], .to = in[1], .from = out[0], .pid = pid};
    arena_defer(op->mem, end, p);
    *ret = p;
    return RC_OK;
}

/* A child that died must not end us by a signal. */
enum rc program_tell(struct op *op, struct program *p, struct str bytes)
{
    struct sigaction before, ignore = {.sa_handler = SIG_IGN};
    if (p->to < 0)
        return fail(op, RC_IO, "%s is gone", p->name);
    sigaction(SIGPIPE, &ignore, &before);
    enum rc rc = io_write(op, p->to, str_of(p->name), bytes);
    sigaction(SIGPIPE, &before, NULL);
    return rc;
}

enum rc program_hear(struct op *op, struct program *p, int64_t deadline_ms, char *ret, size_t n, size_t *ret_n)
{
    for (;;) {
        struct pollfd one = {.fd = p->from, .events = POLLIN};
        if (worker_interrupted)
            return fail(op, RC_DENIED, "interrupted");
        if (p->from < 0 || time_monotonic_ms() > deadline_ms)
            return fail(op, RC_IO, "%s says nothing", p->name);
        if (poll(&one, 1, 200) <= 0)
            continue;
        ssize_t got = read(p->from, ret, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail(op, RC_IO, "%s ended without a word", p->name);
        *ret_n = (size_t)got;
        return RC_OK;
    }
}
