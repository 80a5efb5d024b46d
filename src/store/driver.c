/* The table of drivers, and what callers of every driver share: taking rows and checking their values. */
#include "store/driver.h"

#define DRIVER(n) extern const struct driver driver_##n;
#include "store/list.def"
#undef DRIVER
const struct driver *const drivers[] = {
#define DRIVER(n) &driver_##n,
#include "store/list.def"
#undef DRIVER
    NULL};

enum rc db_run(struct op *op, struct db *db, const struct query *q, const struct value *args, size_t n, struct rows *ret)
{
    return db->driver->run(op, db, q, args, n, ret);
}

enum rc db_next(struct op *op, struct rows *rows)
{
    return rows->db->driver->next(op, rows);
}

enum rc db_do(struct op *op, struct db *db, const struct query *q, const struct value *args, size_t n)
{
    struct rows rows;
    TRY(db_run(op, db, q, args, n, &rows));
    enum rc rc = db_next(op, &rows);
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

enum rc db_row(struct op *op, struct db *db, const struct query *q, const struct value *args, size_t n, struct rows *ret)
{
    TRY(db_run(op, db, q, args, n, ret));
    return db_next(op, ret);
}

/* Asked for afterwards: a third cheaper than having it returned, for which SQLite makes a table each time. */
enum rc db_insert(struct op *op, struct db *db, const struct query *q, const struct value *args, size_t n, uint32_t *ret_id)
{
    static const struct query q_id = {"SELECT last_insert_rowid()"};
    struct rows rows;
    TRY(db_do(op, db, q, args, n));
    TRY(db_row(op, db, &q_id, NO_ARGS, &rows));
    uint32_t id = row_u32(&rows, 0);
    TRY(row_ok(op, &rows));
    *ret_id = id;
    return RC_OK;
}

int64_t row_int(struct rows *r, unsigned column)
{
    if (column < r->n && r->at[column].kind == VALUE_INT)
        return r->at[column].i;
    r->bad = true;
    return 0;
}

uint32_t row_u32(struct rows *r, unsigned column)
{
    int64_t i = row_int(r, column);
    if (i >= 0 && i <= UINT32_MAX)
        return (uint32_t)i;
    r->bad = true;
    return 0;
}

struct str row_str(struct rows *r, unsigned column)
{
    if (column < r->n && (r->at[column].kind == VALUE_TEXT || r->at[column].kind == VALUE_BLOB))
        return r->at[column].s;
    r->bad = true;
    return (struct str){"", 0};
}

struct str row_dup(struct arena *mem, struct rows *r, unsigned column)
{
    return str_dup(mem, row_str(r, column));
}

enum rc row_ok(struct op *op, const struct rows *r)
{
    if (r->bad)
        return fail(op, RC_INVALID, STR_FMT ": damaged: a value is not of its column's kind", STR_ARG(r->db->name));
    return RC_OK;
}
