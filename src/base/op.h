/* One operation: the first argument of everything that can fail or allocate. It carries the memory, the
 * limits, the first error, the progress and the log of one command, request or document; it is passed
 * down, never stored. It replaces errno, a global allocator and a thread-local last error. */
#ifndef BASE_OP_H
#define BASE_OP_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/str.h"

/* What the caller can do about it; what happened is in op->err. */
enum rc {
    RC_OK,
    RC_NOTFOUND,    /* an answer, not a failure: no text is set */
    RC_INVALID,     /* the input is not what it claims to be */
    RC_LIMIT,       /* a limit was reached: part of the input was not read */
    RC_DENIED,      /* not permitted */
    RC_UNSUPPORTED, /* understood, but not by this version */
    RC_IO,          /* disk, kernel or network; may work another time */
};

/* Ceilings for work on bytes from outside; 0 is never "unlimited". */
struct limits {
    uint64_t inflated_bytes; /* all that decompression yields in one scan */
    uint64_t file_bytes;     /* one file of a tree */
    uint64_t ratio;          /* output to input of one decompression, once past ratio_from_bytes of output */
    uint64_t ratio_from_bytes;
    uint64_t entries;      /* files, folders and links of one tree */
    unsigned depth;        /* archives in archives */
    unsigned time_s;       /* wall clock of one worker */
    uint64_t worker_bytes; /* memory of one worker */
};

extern const struct limits limits_default;

struct op_error {
    enum rc rc;
    struct str text; /* lower case, one line, names the input and the place in it */
    const char *file;
    int line;
};

/* Counters shown while long work runs; `tick` may be NULL and is called often: it decides when to draw. */
struct progress {
    uint64_t files;
    uint64_t bytes;
    void (*tick)(struct progress *);
    void *arg;
};

struct op {
    struct arena *mem;
    const struct limits *limits;
    struct op_error err;
    struct progress *progress; /* may be NULL */
    int log_level;             /* enum log_level */
};

/* Records the error unless one is there already (the first is the cause) and returns rc. */
#define fail(op, rc, ...) op_fail(op, rc, __FILE__, __LINE__, __VA_ARGS__)
enum rc op_fail(struct op *op, enum rc rc, const char *file, int line, const char *fmt, ...) FORMAT(5, 6);

/* Forgets the error: for loops that note it and go on with the next item. */
static inline void op_clear(struct op *op)
{
    op->err = (struct op_error){RC_OK, {NULL, 0}, NULL, 0};
}

/* The one macro that hides a return. Safe because a function owns nothing that an arena does not close. */
#define TRY(expr)                 \
    do {                          \
        enum rc try_rc_ = (expr); \
        if (try_rc_ != RC_OK)     \
            return try_rc_;       \
    } while (0)

/* "ok", "invalid", ...: for logs and tests. */
const char *rc_name(enum rc rc);

static inline void op_progress(struct op *op, uint64_t files, uint64_t bytes)
{
    if (op->progress) {
        op->progress->files += files;
        op->progress->bytes += bytes;
        if (op->progress->tick)
            op->progress->tick(op->progress);
    }
}

#endif
