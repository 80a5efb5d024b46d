/* What one run of the program holds while it answers: where the store is, the store once it is open, and the
 * zygote of the workers. */
#ifndef FLOW_SESSION_H
#define FLOW_SESSION_H

#include "base/worker.h"
#include "store/store.h"

struct session {
    struct str store_path;
    struct store *store;    /* NULL until session_store */
    struct zygote *zygote;  /* NULL until session_workers */
    int64_t now;            /* the moment of the question, seconds */
};

/* Starts the zygote; before session_store, so that workers inherit no database. */
MUST_USE enum rc session_workers(struct op *op, struct session *s);

/* Opens the store once. Without `create` a missing one is RC_NOTFOUND. A store that cannot be written is opened
 * for reading unless `write` is set. Upstreams are derived again when the alias table changed. */
MUST_USE enum rc session_store(struct op *op, struct session *s, bool write, bool create);

/* The path of a helper program of ours: beside this program (as built), else where it is installed. */
const char *session_helper(struct op *op, const char *name);

void session_close(struct session *s);

#endif
