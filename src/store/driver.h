/* A database, narrowly: open it, run a constant query, take its rows, and look after the file. It knows nothing
 * of assets or components. A backend is one file and one line in list.def; the queries live with their nouns. */
#ifndef STORE_DRIVER_H
#define STORE_DRIVER_H

#include "store/store.h"

enum value_kind { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BLOB };

struct value {
    enum value_kind kind;
    int64_t i;
    struct str s;
};

static inline struct value of_int(int64_t i)
{
    return (struct value){VALUE_INT, i, {NULL, 0}};
}
static inline struct value of_text(struct str s)
{
    return (struct value){VALUE_TEXT, 0, s};
}
static inline struct value of_blob(struct str s)
{
    return (struct value){VALUE_BLOB, 0, s};
}

/* One SQL text, a constant: prepared at its first use in a store and kept under its address. */
struct query {
    const char *sql;
};

enum { ROW_COLUMNS = 20 };

/* The rows of a running query. A query that is run again takes over from the run before. */
struct rows {
    struct db *db;
    void *statement;
    unsigned turn; /* which run of the statement: a mix-up is our own mistake */
    unsigned n;
    struct value at[ROW_COLUMNS]; /* of the row taken last: borrowed until the next one */
    bool bad;                     /* a value was not of the kind asked for: sticky */
};

enum db_verb {
    DB_BEGIN_READ,
    DB_BEGIN_WRITE,
    DB_COMMIT,
    DB_ROLLBACK,
    DB_CHECK,   /* arg: struct str_list * of problems */
    DB_COMPACT, /* outside transactions */
    DB_BACKUP,  /* arg: const struct str * path of a file that does not exist */
    DB_SIZES,   /* arg: struct store_info *: schema, bytes, journal_bytes and the names and bytes of the tables */
    DB_CLOSE,
};

struct db {
    const struct driver *driver;
    struct str name; /* for errors */
    struct arena *mem;
};

struct driver {
    const char *name;
    const char *help;
    enum rc (*open)(struct op *op, struct arena *mem, struct str where, unsigned flags, struct db **ret);
    /* Starts a query: inside a transaction only. */
    enum rc (*run)(struct op *op, struct db *db, const struct query *q, const struct value *args, size_t n, struct rows *ret);
    /* The next row; RC_NOTFOUND after the last. */
    enum rc (*next)(struct op *op, struct rows *rows);
    enum rc (*verb)(struct op *op, struct db *db, enum db_verb verb, void *arg);
};

extern const struct driver *const drivers[];

/* The arguments of a query: ARGS(of_int(1), of_text(s)). */
#define ARGS(...) (const struct value[]){__VA_ARGS__}, sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value)
#define NO_ARGS NULL, 0

/* Runs a query for its rows. */
MUST_USE enum rc db_run(struct op *op, struct db *db, const struct query *q, const struct value *args, size_t n, struct rows *ret);

/* Runs a query that gives no rows. */
MUST_USE enum rc db_do(struct op *op, struct db *db, const struct query *q, const struct value *args, size_t n);

/* Runs a query and takes its first row: RC_NOTFOUND when there is none. Its texts are borrowed until the same
 * query runs again or the transaction ends. */
MUST_USE enum rc db_row(struct op *op, struct db *db, const struct query *q, const struct value *args, size_t n, struct rows *ret);

/* Runs an INSERT of one row, for the id it was given. */
MUST_USE enum rc db_insert(struct op *op, struct db *db, const struct query *q, const struct value *args, size_t n, uint32_t *ret_id);

/* The next row; RC_NOTFOUND after the last. */
MUST_USE enum rc db_next(struct op *op, struct rows *rows);

/* Columns of the row taken last. Another kind, or a number out of range, marks the rows as bad. */
int64_t row_int(struct rows *r, unsigned column);
uint32_t row_u32(struct rows *r, unsigned column);
struct str row_str(struct rows *r, unsigned column);                    /* text or blob, borrowed */
struct str row_dup(struct arena *mem, struct rows *r, unsigned column); /* … copied */

/* RC_INVALID when a column was not what it should be. */
MUST_USE enum rc row_ok(struct op *op, const struct rows *r);

#endif
