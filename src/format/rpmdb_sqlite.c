/* SQLite through its library, over a private copy of the image: nothing in the file's schema is trusted, and no file is
 * opened. */
#include "format/rpmdb.h"

#include <sqlite3.h>

enum { BLOB_MOST = 256 << 20, STEPS_BETWEEN = 1000, STEPS_MOST = 20000 /* × STEPS_BETWEEN instructions */ };

struct image {
    struct op *op;
    struct arena *mem; /* of the copy */
    struct str name;
    sqlite3 *db;
    unsigned steps;
};

static int progress(void *arg)
{
    struct image *im = arg;
    return ++im->steps > STEPS_MOST;
}

static void close_image(void *arg)
{
    sqlite3_close_v2(arg);
}

static enum rc trouble(struct image *im, int rc)
{
    enum rc ours = rc == SQLITE_INTERRUPT || rc == SQLITE_TOOBIG || rc == SQLITE_NOMEM ? RC_LIMIT : RC_INVALID;
    return fail(im->op, ours, STR_FMT ": sqlite: %s", STR_ARG(im->name), sqlite3_errmsg(im->db));
}

static int harden(sqlite3 *db)
{
    static const struct {
        int option, value;
    } options[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
    };
    int rc = SQLITE_OK;
    for (size_t i = 0; i < sizeof options / sizeof *options && rc == SQLITE_OK; i++)
        rc = sqlite3_db_config(db, options[i].option, options[i].value, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, BLOB_MOST);
    sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 100000);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
    return rc;
}

static enum rc open_image(struct image *im, struct str bytes)
{
    enum { WRITE_VERSION = 18, READ_VERSION = 19, HEAD = 100 };
    if (bytes.n < HEAD)
        return fail(im->op, RC_INVALID, STR_FMT ": ends within its header", STR_ARG(im->name));
    unsigned char *copy = arena_alloc(im->mem, bytes.n);
    memcpy(copy, bytes.p, bytes.n);
    copy[WRITE_VERSION] = copy[READ_VERSION] = 1; /* else an image in WAL mode is refused, as it has no log beside it */
    int rc = sqlite3_open_v2(":memory:", &im->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, NULL);
    arena_defer(im->mem, close_image, im->db);
    rc = rc == SQLITE_OK ? harden(im->db) : rc;
    if (rc == SQLITE_OK)
        rc = sqlite3_deserialize(im->db, "main", copy, (sqlite3_int64)bytes.n, (sqlite3_int64)bytes.n,
            SQLITE_DESERIALIZE_READONLY);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(im->db, "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-4096;", NULL, NULL, NULL);
    sqlite3_progress_handler(im->db, STEPS_BETWEEN, progress, im);
    return rc == SQLITE_OK ? RC_OK : trouble(im, rc);
}

/* Runs a query that gives one number. */
static enum rc number(struct image *im, const char *sql, int *ret)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(im->db, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return rc == SQLITE_ROW ? RC_OK : trouble(im, rc);
}

/* `Packages` must be one ordinary table whose column `blob` is stored, not computed. */
static enum rc check_schema(struct image *im)
{
    int tables = 0, all = 0, columns = 0;
    TRY(number(im, "SELECT count(*) FROM sqlite_schema WHERE name='Packages' COLLATE NOCASE", &all));
    TRY(number(im, "SELECT count(*) FROM sqlite_schema WHERE name='Packages' COLLATE NOCASE AND type='table' AND rootpage>0",
        &tables));
    if (tables != 1 || all != 1)
        return fail(im->op, RC_INVALID, STR_FMT ": sqlite: Packages is not a table", STR_ARG(im->name));
    TRY(number(im, "SELECT count(*) FROM pragma_table_xinfo('Packages') WHERE name='blob' AND hidden=0", &columns));
    if (columns != 1)
        return fail(im->op, RC_INVALID, STR_FMT ": sqlite: Packages has no column blob", STR_ARG(im->name));
    return RC_OK;
}

/* Gives the rows. Their blobs do not overlap, so together they cannot be longer than the file: pages that claim to belong to many
 * of them end here. */
static enum rc rows(struct image *im, sqlite3_stmt *stmt, size_t most, const struct rpmdb_visitor *v)
{
    size_t given = 0;
    int rc;
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        const char *blob = sqlite3_column_blob(stmt, 0);
        int n = sqlite3_column_bytes(stmt, 0);
        given += (size_t)n;
        if (given > most)
            return fail(im->op, RC_INVALID, STR_FMT ": sqlite: more bytes in rows than in the file", STR_ARG(im->name));
        if (blob && n > 0)
            v->header(im->op, v->arg, (struct str){blob, (size_t)n});
    }
    return rc == SQLITE_DONE ? RC_OK : trouble(im, rc);
}

static enum rc read_image(struct image *im, struct str bytes, const struct rpmdb_visitor *v)
{
    sqlite3_stmt *stmt = NULL;
    TRY(open_image(im, bytes));
    TRY(check_schema(im));
    if (sqlite3_prepare_v2(im->db, "SELECT blob FROM Packages", -1, &stmt, NULL) != SQLITE_OK)
        return trouble(im, SQLITE_ERROR);
    enum rc rc = rows(im, stmt, bytes.n, v);
    sqlite3_finalize(stmt);
    return rc;
}

enum rc rpmdb_sqlite_read(struct op *op, struct str name, struct str bytes, const struct rpmdb_visitor *v)
{
    struct arena *mem = arena_child(op->mem);
    struct image im = {.op = op, .mem = mem, .name = name};
    enum rc rc = read_image(&im, bytes, v);
    arena_close(mem);
    return rc;
}
