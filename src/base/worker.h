/* Worker processes for hostile bytes: forked from a zygote that was made before anything was loaded, so that a
 * worker holds no secret, no database and no descriptor but those it is given. */
#ifndef BASE_WORKER_H
#define BASE_WORKER_H

#include "base/sandbox.h"

struct zygote;

enum { WORKER_FDS = 4, WORKER_ARG_MOST = 64 << 10 };

/* What a worker is to do. It runs in the sandbox, reads `arg`, and writes its result to `out_fd`. */
struct worker_call {
    struct str arg;       /* the request, as the caller wrote it: trusted, it comes from our own process */
    int fds[WORKER_FDS];  /* inherited descriptors, -1 where there is none */
    int out_fd;
    bool landlock;        /* Landlock is on */
};

typedef enum rc worker_job(struct op *op, const struct worker_call *call);

/* Forks the zygote; `jobs` is what its workers can run, by index. Call early, with one thread. */
MUST_USE enum rc zygote_open(struct op *op, worker_job *const *jobs, size_t n, struct zygote **ret);
void zygote_close(struct zygote *z);

struct worker_spec {
    size_t job;
    struct sandbox sandbox; /* root_fd: one of fds */
    struct str arg;         /* at most WORKER_ARG_MOST bytes */
    int fds[WORKER_FDS];    /* -1 where there is none */
    struct limits limits;
};

struct worker {
    struct zygote *zygote;
    int out_fd; /* what it writes; ends when it ends */
    int pid;
    int64_t deadline_ms; /* on time_monotonic_ms's clock */
};

/* Starts one worker; one at a time per zygote. */
MUST_USE enum rc worker_start(struct op *op, struct zygote *z, const struct worker_spec *spec, struct worker *ret);

/* The next bytes it wrote, up to n: *ret_n is 0 at its end. RC_LIMIT when its time is over (it is killed then),
 * RC_DENIED when the person interrupted (worker_interrupted). */
MUST_USE enum rc worker_read(struct op *op, struct worker *w, char *ret, size_t n, size_t *ret_n);

/* Waits for its end: RC_OK when it ended by itself with RC_OK; else the rc and a text saying how it ended. */
MUST_USE enum rc worker_wait(struct op *op, struct worker *w);

void worker_kill(struct worker *w);

/* Set by a signal handler (see cmd): workers are stopped at the next read. */
extern volatile int worker_interrupted;

#endif
