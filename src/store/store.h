/* What muster remembers: one database with assets, their components and scans, and the block list. This header
 * opens it and looks after it as a whole; each noun has its own: asset.h, scan.h, component.h, presence.h,
 * members.h, history.h, block.h, fold.h. Nothing here orders versions or knows a file format: questions by range are asked
 * with the ids of components that flow has chosen.
 *
 * Errors of every function: RC_IO (locked for more than 10 s, disk full, unreadable; the store is as before),
 * RC_INVALID (what is stored is damaged, or is no store), RC_DENIED (opened for reading, or no permission). */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/op.h"
#include "base/vec.h"

struct store;

enum { STORE_READ = 1, STORE_WRITE = 2, STORE_CREATE = 4 };

/* "Now" where a function takes a time. */
#define STORE_NOW INT64_MAX

/* A list of texts, for tags, digests, names. */
struct str_list {
    struct str *at;
    size_t n, cap;
};

/* Opens the store at this path. With STORE_CREATE a missing one is made (mode 0600, its folders 0700); without, a
 * missing one is RC_NOTFOUND. With STORE_WRITE an older schema is brought up to date; a newer one is RC_UNSUPPORTED.
 * The caller closes it; it outlives `op`. */
MUST_USE enum rc store_open(struct op *op, struct str path, unsigned flags, struct store **ret);
void store_close(struct store *s);

/* Makes what follows one transaction, until store_end with the rc of the work: all of it is kept when that is
 * RC_OK or RC_NOTFOUND, none otherwise. May be nested; the outermost decides. Reading sees one state of the store. */
enum store_mode { STORE_READING, STORE_WRITING };
MUST_USE enum rc store_begin(struct op *op, struct store *s, enum store_mode mode);
MUST_USE enum rc store_end(struct op *op, struct store *s, enum rc rc);

struct store_table {
    struct str name;
    uint64_t rows;
    uint64_t bytes; /* pages it takes, with its indexes; 0 when the database cannot say */
};

struct store_info {
    struct str path;
    unsigned schema;
    uint64_t bytes;         /* of the file, without its journal */
    uint64_t journal_bytes; /* of the write-ahead log */
    uint64_t assets, incomplete, components, scans, presences; /* presences: of the folded assets */
    uint64_t pending;       /* assets not yet folded */
    int64_t oldest_scan, newest_scan; /* 0 when there is none */
    struct str identity;    /* version of the alias table that upstreams were derived with; may be empty */
    struct {
        struct store_table *at;
        size_t n, cap;
    } tables;
};

/* Counts and sizes, in op->mem. With `tables` the whole file is read for them. */
MUST_USE enum rc store_info(struct op *op, struct store *s, bool tables, struct store_info *ret);

/* Reads everything and says what is wrong, a line each: nothing means sound. */
MUST_USE enum rc store_check(struct op *op, struct store *s, struct str_list *ret_problems);

/* Folds all that is pending, rewrites the file without holes. */
MUST_USE enum rc store_compact(struct op *op, struct store *s);

/* Writes a copy of the present state to a new file (mode 0600). RC_DENIED when the file exists. */
MUST_USE enum rc store_backup(struct op *op, struct store *s, struct str path);

#endif
