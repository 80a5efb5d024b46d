/* The asking side: one child process, a pipe to it and a pipe back. Nothing it says is believed but its framing. */
#include "http/http.h"

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

enum { HELD_MOST = 4 << 20, STEP = 256 << 10 };

struct http_fetcher {
    int to, from; /* -1: closed */
    pid_t pid;
    struct buf held;
    char *step;
};

static void end(void *arg)
{
    struct http_fetcher *f = arg;
    if (f->to >= 0)
        close(f->to);
    if (f->from >= 0)
        close(f->from);
    if (f->pid > 0) {
        kill(f->pid, SIGKILL); /* it holds nothing that could be lost */
        waitpid(f->pid, NULL, 0);
    }
    *f = (struct http_fetcher){.to = -1, .from = -1};
}

static enum rc start(struct op *op, const char *path, const char *const *environment, const int in[2], const int out[2], pid_t *ret)
{
    char *const argv[] = {(char *)(uintptr_t)"muster-fetch", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    if (posix_spawn_file_actions_init(&actions) != 0 || posix_spawnattr_init(&attributes) != 0)
        return fail(op, RC_IO, "muster-fetch: no memory to start it");
    int bad = posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    bad |= posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    bad |= posix_spawnattr_setsigmask(&attributes, &none);
    bad |= posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    /* Every descriptor of this program closes itself: it inherits the two pipes and stderr. */
    if (!bad)
        bad = posix_spawn(ret, path, &actions, &attributes, argv, (char *const *)(uintptr_t)environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return bad ? fail(op, RC_UNSUPPORTED, "%s: cannot be started: %s", path, strerror(bad)) : RC_OK;
}

enum rc http_open(struct op *op, const char *path, const char *const *environment, struct http_fetcher **ret)
{
    int in[2], out[2];
    pid_t pid = 0;
    if (pipe2(in, O_CLOEXEC) != 0)
        return fail(op, RC_IO, "muster-fetch: pipe: %s", strerror(errno));
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]);
        close(in[1]);
        return fail(op, RC_IO, "muster-fetch: pipe: %s", strerror(errno));
    }
    enum rc rc = start(op, path, environment, in, out, &pid);
    close(in[0]);
    close(out[1]);
    if (rc != RC_OK) {
        close(in[1]);
        close(out[0]);
        return rc;
    }
    struct http_fetcher *f = arena_alloc(op->mem, sizeof *f);
    *f = (struct http_fetcher){.to = in[1], .from = out[0], .pid = pid};
    arena_defer(op->mem, end, f);
    buf_open(&f->held, op->mem, "fetcher output", HELD_MOST);
    f->step = arena_alloc(op->mem, STEP);
    *ret = f;
    return RC_OK;
}

/* A fetcher that died must not end the program by a signal. */
static enum rc ask(struct op *op, struct http_fetcher *f, const struct http_request *rq)
{
    struct sigaction before, ignore = {.sa_handler = SIG_IGN};
    struct arena *mem = arena_child(op->mem);
    struct buf b;
    buf_open(&b, mem, "request", 1 << 20);
    size_t at = record_begin(&b, HTTP_REQUEST);
    http_request_pack(&b, rq);
    record_end(&b, at);
    sigaction(SIGPIPE, &ignore, &before);
    enum rc rc = f->to < 0 ? fail(op, RC_IO, "muster-fetch is gone") : io_write(op, f->to, STR("muster-fetch"), buf_str(&b));
    sigaction(SIGPIPE, &before, NULL);
    arena_close(mem);
    return rc;
}

/* The next bytes it says; its own limits end a transfer sooner than the deadline here does. */
static enum rc hear(struct op *op, struct http_fetcher *f, int64_t deadline_ms, size_t *ret_n)
{
    for (;;) {
        struct pollfd p = {.fd = f->from, .events = POLLIN};
        if (worker_interrupted)
            return fail(op, RC_DENIED, "interrupted");
        if (time_monotonic_ms() > deadline_ms)
            return fail(op, RC_IO, "muster-fetch says nothing");
        if (poll(&p, 1, 200) <= 0)
            continue;
        ssize_t got = read(f->from, f->step, STEP);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail(op, RC_IO, "muster-fetch ended without a word");
        *ret_n = (size_t)got;
        return RC_OK;
    }
}

struct answer {
    const struct http_taker *taker;
    uint64_t most, taken;
    bool wanted, headed, ended;
};

static enum rc take_end(struct op *op, struct unpack *u)
{
    enum rc rc = (enum rc)unpack_below(u, RC_IO + 1);
    struct str text = unpack_text(u);
    if (u->bad || u->rest.n)
        return fail(op, RC_IO, "muster-fetch: a record that cannot be right");
    return rc == RC_OK ? RC_OK : fail(op, rc, STR_FMT, STR_ARG(str_escape(op->mem, text)));
}

static enum rc take(struct op *op, struct answer *a, int type, struct unpack *u)
{
    struct http_head h;
    switch (type) {
    case HTTP_HEAD:
        if (a->headed || !http_head_unpack(u, &h))
            break;
        a->headed = true;
        return a->taker->head(op, a->taker->arg, &h, &a->wanted);
    case HTTP_DATA:
        a->taken += u->rest.n;
        if (!a->headed || a->taken > a->most)
            break;
        op_progress(op, 0, u->rest.n);
        return a->wanted ? a->taker->body(op, a->taker->arg, u->rest) : RC_OK;
    case HTTP_END:
        a->ended = true;
        return take_end(op, u);
    default:
        break;
    }
    return fail(op, RC_IO, "muster-fetch: a record that cannot be right");
}

static enum rc take_all(struct op *op, struct http_fetcher *f, struct answer *a)
{
    struct str rest = buf_str(&f->held);
    struct unpack u;
    int type;
    bool bad = false;
    while (!a->ended && record_cut(&rest, &type, &u, &bad))
        TRY(take(op, a, type, &u));
    if (bad || f->held.full)
        return fail(op, RC_IO, "muster-fetch: a record that cannot be right");
    if (rest.n)
        memmove(f->held.p, rest.p, rest.n);
    f->held.n = rest.n;
    return RC_OK;
}

enum rc http_get(struct op *op, struct http_fetcher *f, const struct http_request *rq, const struct http_taker *t)
{
    struct answer a = {.taker = t, .most = rq->most};
    enum rc rc = ask(op, f, rq);
    int64_t patience_ms = ((int64_t)rq->stall_s * 12 + 10) * 1000; /* redirects, each with a connection of its own */
    while (rc == RC_OK && !a.ended) {
        size_t n;
        rc = hear(op, f, time_monotonic_ms() + patience_ms, &n);
        if (rc == RC_OK) {
            buf_add(&f->held, (struct str){f->step, n});
            rc = take_all(op, f, &a);
        }
    }
    if (!a.ended)
        end(f); /* it may be in the middle of an answer: nobody asks it again */
    return rc;
}
