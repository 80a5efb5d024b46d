/* The three databases that rpm has kept its headers in, each read from bytes in memory: SQLite (rpmdb.sqlite), NDB (Packages.db)
 * and Berkeley DB's hash (Packages). They yield blobs for rpmheader.h and know nothing of what those say. */
#ifndef FORMAT_RPMDB_H
#define FORMAT_RPMDB_H

#include "base/op.h"

enum rpmdb_kind { RPMDB_NONE, RPMDB_SQLITE, RPMDB_NDB, RPMDB_BDB };

/* By the first bytes. */
enum rpmdb_kind rpmdb_kind(struct str bytes);
const char *rpmdb_kind_name(enum rpmdb_kind kind);

/* Called for each header; the blob is valid during the call. */
struct rpmdb_visitor {
    void (*header)(struct op *op, void *arg, struct str blob);
    void *arg;
};

/* Gives all headers that can be made out. RC_INVALID when some, or the whole, cannot; RC_LIMIT when a bound was reached.
 * `name` is for the error. */
MUST_USE enum rc rpmdb_read(struct op *op, struct str name, struct str bytes, const struct rpmdb_visitor *v);

/* One per kind; each in its own file. */
MUST_USE enum rc rpmdb_sqlite_read(struct op *op, struct str name, struct str bytes, const struct rpmdb_visitor *v);
MUST_USE enum rc rpmdb_ndb_read(struct op *op, struct str name, struct str bytes, const struct rpmdb_visitor *v);
MUST_USE enum rc rpmdb_bdb_read(struct op *op, struct str name, struct str bytes, const struct rpmdb_visitor *v);

#endif
