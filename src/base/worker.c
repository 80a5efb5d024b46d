/* The zygote: one socket to its maker. A request carries the call and its descriptors; the answers are the
 * worker's pid and, later, how it ended. If the maker dies, the zygote dies, and its workers with it. */
#include "base/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/hash.h"
#include "base/io.h"
#include "base/time.h"

volatile int worker_interrupted;

struct zygote {
    int fd;
    pid_t pid;
};

/* On the wire between us and ourselves. fds follow as SCM_RIGHTS: out_fd first, then those that are not -1. */
struct request {
    size_t job;
    size_t arg_n;
    struct limits limits;
    enum sandbox_kind kind;
    int root_at;             /* which of fds is the root, or -1 */
    bool present[WORKER_FDS]; /* which of fds are given */
};

enum { ANSWER_STARTED = 1, ANSWER_ENDED = 2 };

struct answer {
    int what;
    int pid;
    int status; /* as of waitpid; of ANSWER_STARTED: errno of fork */
};

/* ---- in the zygote and its workers ---- */

static NORETURN void work(const struct request *rq, const char *arg, const int *fds, size_t n, worker_job *job)
{
    struct worker_call call = {.arg = {arg, rq->arg_n}, .out_fd = fds[0]};
    size_t at = 1;
    for (size_t i = 0; i < WORKER_FDS; i++)
        call.fds[i] = rq->present[i] && at < n ? fds[at++] : -1;
    struct op op = {.mem = arena_open((size_t)rq->limits.worker_bytes), .limits = &rq->limits};
    struct sandbox box = {rq->kind, rq->root_at >= 0 ? call.fds[rq->root_at] : -1};
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() == 1)
        _exit(1);
    enum rc rc = sandbox_enter(&op, &box, &call.landlock);
    if (rc == RC_OK)
        rc = job(&op, &call);
    /* No exit handlers: they belong to the maker. */
    _exit(rc == RC_OK ? 0 : 64 + (int)rc);
}

static ssize_t receive(int fd, void *to, size_t n, int *fds, size_t *ret_fds)
{
    char control[CMSG_SPACE(sizeof(int) * (WORKER_FDS + 1))];
    struct iovec iov = {to, n};
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t got;
    do
        got = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    *ret_fds = 0;
    struct cmsghdr *c = got > 0 ? CMSG_FIRSTHDR(&m) : NULL;
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
        *ret_fds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(fds, CMSG_DATA(c), *ret_fds * sizeof(int));
    }
    return got;
}

static bool answer(int fd, int what, int pid, int status)
{
    struct answer a = {what, pid, status};
    return send(fd, &a, sizeof a, MSG_NOSIGNAL) == (ssize_t)sizeof a;
}

static bool serve(int fd, worker_job *const *jobs, size_t n_jobs, char *message)
{
    struct request rq;
    int fds[WORKER_FDS + 1];
    size_t n;
    ssize_t got = receive(fd, message, sizeof rq + WORKER_ARG_MOST, fds, &n);
    if (got < (ssize_t)sizeof rq)
        return false;
    memcpy(&rq, message, sizeof rq);
    if (rq.job >= n_jobs || rq.arg_n > WORKER_ARG_MOST || n == 0)
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        close(fd);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        work(&rq, message + sizeof rq, fds, n, jobs[rq.job]);
    }
    for (size_t i = 0; i < n; i++)
        close(fds[i]);
    return answer(fd, ANSWER_STARTED, (int)pid, pid < 0 ? errno : 0);
}

static NORETURN void zygote_run(int fd, worker_job *const *jobs, size_t n_jobs)
{
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigaddset(&child, SIGINT); /* the maker decides what an interrupt means */
    sigprocmask(SIG_BLOCK, &child, NULL);
    sigdelset(&child, SIGINT);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    prctl(PR_SET_NAME, "muster-zygote", 0, 0, 0);
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing >= 0) {
        dup2(nothing, STDIN_FILENO);
        dup2(nothing, STDOUT_FILENO);
        close(nothing);
    }
    /* Primed here, since a worker can open neither: file names of archives need a UTF-8 locale. */
    setlocale(LC_CTYPE, "C.UTF-8");
    unsigned char digest[SHA256_BYTES];
    sha256_of(STR("prime"), digest);
    int ended = signalfd(-1, &child, SFD_CLOEXEC);
    char *message = malloc(sizeof(struct request) + WORKER_ARG_MOST);
    struct pollfd polled[2] = {{.fd = fd, .events = POLLIN}, {.fd = ended, .events = POLLIN}};
    while (message && ended >= 0 && poll(polled, 2, -1) >= 0) {
        if (polled[0].revents && !serve(fd, jobs, n_jobs, message))
            break;
        if (polled[1].revents) {
            struct signalfd_siginfo info;
            int status;
            pid_t pid;
            if (read(ended, &info, sizeof info) < 0)
                break;
            while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
                answer(fd, ANSWER_ENDED, (int)pid, status);
        }
    }
    _exit(0);
}

/* ---- in the maker ---- */

enum rc zygote_open(struct op *op, worker_job *const *jobs, size_t n, struct zygote **ret)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return fail(op, RC_IO, "worker: socketpair: %s", strerror(errno));
    pid_t pid = fork();
    if (pid < 0) {
        close(pair[0]);
        close(pair[1]);
        return fail(op, RC_IO, "worker: fork: %s", strerror(errno));
    }
    if (pid == 0) {
        close(pair[0]);
        zygote_run(pair[1], jobs, n);
    }
    close(pair[1]);
    struct zygote *z = arena_alloc(op->mem, sizeof *z);
    *z = (struct zygote){pair[0], pid};
    *ret = z;
    return RC_OK;
}

void zygote_close(struct zygote *z)
{
    if (!z || z->fd < 0)
        return;
    close(z->fd);
    z->fd = -1;
    waitpid(z->pid, NULL, 0);
}

static enum rc send_request(struct op *op, struct zygote *z, const struct worker_spec *spec, int out)
{
    struct request rq = {.job = spec->job, .arg_n = spec->arg.n, .limits = spec->limits, .kind = spec->sandbox.kind, .root_at = -1};
    int fds[WORKER_FDS + 1] = {out};
    size_t n = 1;
    if (spec->arg.n > WORKER_ARG_MOST)
        return fail(op, RC_INVALID, "worker: a request of %zu bytes; at most %d", spec->arg.n, (int)WORKER_ARG_MOST);
    for (int i = 0; i < WORKER_FDS; i++) {
        rq.present[i] = spec->fds[i] >= 0;
        if (rq.present[i])
            fds[n++] = spec->fds[i];
        if ((spec->sandbox.kind == SANDBOX_TREE || spec->sandbox.kind == SANDBOX_REPOSITORY) && rq.present[i] && spec->fds[i] == spec->sandbox.root_fd)
            rq.root_at = i;
    }
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof fds)];
    } control = {0};
    struct iovec iov[2] = {{&rq, sizeof rq}, {(void *)(uintptr_t)spec->arg.p, spec->arg.n}};
    struct msghdr m = {.msg_iov = iov, .msg_iovlen = 2, .msg_control = control.bytes, .msg_controllen = CMSG_SPACE(n * sizeof(int))};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(n * sizeof(int));
    memcpy(CMSG_DATA(c), fds, n * sizeof(int));
    if (sendmsg(z->fd, &m, MSG_NOSIGNAL) < 0)
        return fail(op, RC_IO, "worker: %s", strerror(errno));
    return RC_OK;
}

static enum rc next_answer(struct op *op, struct zygote *z, struct answer *ret)
{
    ssize_t got;
    do
        got = recv(z->fd, ret, sizeof *ret, 0);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof *ret)
        return fail(op, RC_IO, "worker: the zygote is gone");
    return RC_OK;
}

enum rc worker_start(struct op *op, struct zygote *z, const struct worker_spec *spec, struct worker *ret)
{
    int out[2];
    if (pipe2(out, O_CLOEXEC) != 0)
        return fail(op, RC_IO, "worker: pipe: %s", strerror(errno));
    enum rc rc = send_request(op, z, spec, out[1]);
    close(out[1]);
    struct answer a = {0};
    if (rc == RC_OK)
        rc = next_answer(op, z, &a);
    if (rc == RC_OK && (a.what != ANSWER_STARTED || a.pid < 0))
        rc = fail(op, RC_IO, "worker: fork: %s", strerror(a.status));
    if (rc != RC_OK) {
        close(out[0]);
        return rc;
    }
    int64_t now = time_monotonic_ms();
    *ret = (struct worker){z, out[0], a.pid, now + (int64_t)spec->limits.time_s * 1000};
    io_close_later(op->mem, out[0]);
    return RC_OK;
}

enum rc worker_read(struct op *op, struct worker *w, char *ret, size_t n, size_t *ret_n)
{
    for (;;) {
        int64_t left = w->deadline_ms - time_monotonic_ms();
        if (worker_interrupted) {
            worker_kill(w);
            return fail(op, RC_DENIED, "interrupted");
        }
        if (left <= 0) {
            worker_kill(w);
            return fail(op, RC_LIMIT, "stopped after its time limit");
        }
        struct pollfd p = {.fd = w->out_fd, .events = POLLIN};
        int ready = poll(&p, 1, left > 200 ? 200 : (int)left);
        if (ready <= 0)
            continue;
        ssize_t got = read(w->out_fd, ret, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(op, RC_IO, "worker: read: %s", strerror(errno));
        *ret_n = (size_t)got;
        return RC_OK;
    }
}

void worker_kill(struct worker *w)
{
    if (w->pid > 0)
        kill(w->pid, SIGKILL); /* ours until worker_wait has seen its end: the zygote reaps, the pid may be gone, not reused so soon */
}

enum rc worker_wait(struct op *op, struct worker *w)
{
    struct answer a;
    do
        TRY(next_answer(op, w->zygote, &a));
    while (a.what != ANSWER_ENDED || a.pid != w->pid);
    w->pid = -1;
    if (WIFSIGNALED(a.status)) {
        int sig = WTERMSIG(a.status);
        return fail(op, RC_LIMIT, "stopped by signal %d (%s)", sig, strsignal(sig));
    }
    int status = WEXITSTATUS(a.status);
    if (status == ARENA_EXIT_STATUS)
        return fail(op, RC_LIMIT, "stopped at its memory limit");
    if (status > 64 && status <= 64 + RC_IO)
        return fail(op, (enum rc)(status - 64), "ended: %s", rc_name((enum rc)(status - 64)));
    if (status)
        return fail(op, RC_IO, "ended with status %d", status);
    return RC_OK;
}
