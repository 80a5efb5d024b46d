/* A helper program of ours as a child: one pipe to it, one back, no shell, no environment but what is given. */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include "base/op.h"

struct program {
    const char *name; /* argv[0], for what is told of it */
    int to, from; /* -1: closed */
    int pid;      /* 0: gone */
};

/* Starts the file at `path`; argv and environment end with NULL. It inherits the two pipes and stderr, nothing else (every
 * descriptor of ours closes itself). Ended with op->mem. RC_UNSUPPORTED when it cannot be started. */
MUST_USE enum rc program_start(struct op *op, const char *path, const char *const *argv, const char *const *environment,
                               struct program **ret);

/* Writes all of it; RC_IO when the child is gone. */
MUST_USE enum rc program_tell(struct op *op, struct program *p, struct str bytes);

/* Up to n bytes as soon as there are some: RC_IO when it ended or said nothing until the deadline (time_monotonic_ms's
 * clock), RC_DENIED when the person interrupted. */
MUST_USE enum rc program_hear(struct op *op, struct program *p, int64_t deadline_ms, char *ret, size_t n, size_t *ret_n);

/* Kills it: it holds nothing that could be lost. */
void program_end(struct program *p);

#endif
