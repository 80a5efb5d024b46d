/* SQLite: one file, write-ahead log, statements prepared at their first use. The file may come from anybody, so
 * nothing of its schema is trusted, and every value is checked by who takes it. */
#include "store/driver.h"
#include "base/buf.h"
#include "store/schema.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MS = 10000, STATEMENTS = 512, APPLICATION = 0x4d535452 };

struct statement {
    const struct query *query;
    sqlite3_stmt *stmt;
    unsigned turn;
    bool active;
};

struct sqlite_db {
    struct db db; /* first */
    sqlite3 *handle;
    struct statement statements[STATEMENTS]; /* by the address of the query; more than half free */
    unsigned count;
    bool in_txn;
};

static struct sqlite_db *self(struct db *db)
{
    return (struct sqlite_db *)(void *)db;
}

/* What an error of SQLite means to the caller. */
static COLD enum rc broken(struct op *op, struct sqlite_db *d, int code)
{
    const char *why = d->handle ? sqlite3_errmsg(d->handle) : sqlite3_errstr(code);
    struct str name = d->db.name;
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail(op, RC_IO, STR_FMT ": locked by another process for more than %d s", STR_ARG(name), BUSY_MS / 1000);
    case SQLITE_FULL: return fail(op, RC_IO, STR_FMT ": no space left on the disk; the store is as before", STR_ARG(name));
    case SQLITE_IOERR:
        return fail(op, RC_IO, STR_FMT ": %s%s%s", STR_ARG(name), why, errno ? ": " : "", errno ? strerror(errno) : "");
    case SQLITE_CANTOPEN: return fail(op, RC_IO, STR_FMT ": cannot be opened: %s", STR_ARG(name), strerror(errno));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: return fail(op, RC_DENIED, STR_FMT ": not writable: %s", STR_ARG(name), why);
    case SQLITE_NOTADB: return fail(op, RC_INVALID, STR_FMT ": not a store: %s", STR_ARG(name), why);
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG: return fail(op, RC_LIMIT, STR_FMT ": %s", STR_ARG(name), why);
    case SQLITE_CORRUPT:
    case SQLITE_CONSTRAINT:
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_SCHEMA: return fail(op, RC_INVALID, STR_FMT ": damaged: %s", STR_ARG(name), why);
    default: return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(name), why);
    }
}

static enum rc prepare(struct op *op, struct sqlite_db *d, const struct query *q, struct statement **ret)
{
    size_t at = ((uintptr_t)q / sizeof *q * 0x9e3779b1u >> 7) % STATEMENTS;
    while (d->statements[at].query && d->statements[at].query != q)
        at = (at + 1) % STATEMENTS;
    struct statement *s = &d->statements[at];
    if (!s->query) {
        assert(d->count < STATEMENTS / 2);
        int code = sqlite3_prepare_v3(d->handle, q->sql, -1, SQLITE_PREPARE_PERSISTENT, &s->stmt, NULL);
        if (code != SQLITE_OK)
            return broken(op, d, code);
        s->query = q;
        d->count++;
    }
    *ret = s;
    return RC_OK;
}

static int bind(sqlite3_stmt *stmt, int at, const struct value *v)
{
    switch (v->kind) {
    case VALUE_NULL: return sqlite3_bind_null(stmt, at);
    case VALUE_INT: return sqlite3_bind_int64(stmt, at, v->i);
    case VALUE_TEXT: return sqlite3_bind_text64(stmt, at, v->s.p ? v->s.p : "", v->s.n, SQLITE_STATIC, SQLITE_UTF8);
    case VALUE_BLOB: return sqlite3_bind_blob64(stmt, at, v->s.p ? v->s.p : "", v->s.n, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

/* The bytes of the arguments are borrowed while the statement runs: the first step follows at once, and no
 * query of ours reads its arguments' bytes after the caller has let go of them. */
static enum rc run(struct op *op, struct db *db, const struct query *q, const struct value *args, size_t n, struct rows *ret)
{
    struct sqlite_db *d = self(db);
    struct statement *s = NULL;
    assert(d->in_txn);
    TRY(prepare(op, d, q, &s));
    if (s->active)
        sqlite3_reset(s->stmt);
    s->active = true;
    s->turn++;
    assert(sqlite3_bind_parameter_count(s->stmt) == (int)n);
    for (size_t i = 0; i < n; i++) {
        int code = bind(s->stmt, (int)i + 1, &args[i]);
        if (code != SQLITE_OK)
            return broken(op, d, code);
    }
    ret->db = db;
    ret->statement = s;
    ret->turn = s->turn;
    ret->n = 0;
    ret->bad = false;
    return RC_OK;
}

static void column(sqlite3_stmt *stmt, int i, struct value *ret)
{
    switch (sqlite3_column_type(stmt, i)) {
    case SQLITE_INTEGER: *ret = of_int(sqlite3_column_int64(stmt, i)); break;
    case SQLITE_TEXT:
        ret->kind = VALUE_TEXT;
        ret->s.p = (const char *)sqlite3_column_text(stmt, i);
        ret->s.n = (size_t)sqlite3_column_bytes(stmt, i);
        break;
    case SQLITE_BLOB:
        ret->kind = VALUE_BLOB;
        ret->s.p = sqlite3_column_blob(stmt, i);
        ret->s.n = (size_t)sqlite3_column_bytes(stmt, i);
        break;
    default: ret->kind = VALUE_NULL; break;
    }
}

static enum rc next(struct op *op, struct rows *rows)
{
    struct sqlite_db *d = self(rows->db);
    struct statement *s = rows->statement;
    assert(s->active && s->turn == rows->turn);
    errno = 0;
    int code = sqlite3_step(s->stmt);
    if (code == SQLITE_ROW) {
        int n = sqlite3_data_count(s->stmt);
        rows->n = (unsigned)(n < ROW_COLUMNS ? n : ROW_COLUMNS);
        for (unsigned i = 0; i < rows->n; i++)
            column(s->stmt, (int)i, &rows->at[i]);
        return RC_OK;
    }
    enum rc rc = code == SQLITE_DONE ? RC_NOTFOUND : broken(op, d, code);
    sqlite3_reset(s->stmt);
    s->active = false;
    return rc;
}

static void reset_all(struct sqlite_db *d)
{
    for (size_t i = 0; i < STATEMENTS; i++)
        if (d->statements[i].active) {
            sqlite3_reset(d->statements[i].stmt);
            d->statements[i].active = false;
        }
}

/* A constant text outside the kept statements: pragmas, schema. */
static enum rc script(struct op *op, struct sqlite_db *d, const char *sql)
{
    errno = 0;
    int code = sqlite3_exec(d->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? RC_OK : broken(op, d, code);
}

static enum rc number(struct op *op, struct sqlite_db *d, const char *sql, int64_t *ret)
{
    sqlite3_stmt *stmt = NULL;
    errno = 0;
    int code = sqlite3_prepare_v2(d->handle, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    int64_t value = code == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
    enum rc rc = code == SQLITE_ROW || code == SQLITE_DONE ? RC_OK : broken(op, d, code);
    sqlite3_finalize(stmt);
    if (rc == RC_OK)
        *ret = value;
    return rc;
}

static const struct query q_begin = {"BEGIN"}, q_begin_write = {"BEGIN IMMEDIATE"}, q_commit = {"COMMIT"};

/* What comes with every transaction is kept as other statements are. */
static enum rc step(struct op *op, struct sqlite_db *d, const struct query *q)
{
    struct statement *s = NULL;
    TRY(prepare(op, d, q, &s));
    errno = 0;
    int code = sqlite3_step(s->stmt);
    enum rc rc = code == SQLITE_DONE ? RC_OK : broken(op, d, code);
    sqlite3_reset(s->stmt);
    return rc;
}

static enum rc begin(struct op *op, struct sqlite_db *d, const struct query *q)
{
    TRY(step(op, d, q));
    d->in_txn = true;
    return RC_OK;
}

static enum rc finish(struct op *op, struct sqlite_db *d)
{
    reset_all(d);
    enum rc rc = step(op, d, &q_commit);
    if (rc != RC_OK && !sqlite3_get_autocommit(d->handle))
        sqlite3_exec(d->handle, "ROLLBACK", NULL, NULL, NULL);
    d->in_txn = false;
    return rc;
}

/* SQLite has often rolled back by itself already (a full disk): that is no second error. */
static enum rc rollback(struct sqlite_db *d)
{
    reset_all(d);
    if (!sqlite3_get_autocommit(d->handle))
        sqlite3_exec(d->handle, "ROLLBACK", NULL, NULL, NULL);
    d->in_txn = false;
    return RC_OK;
}

static enum rc check(struct op *op, struct sqlite_db *d, struct str_list *problems)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(d->handle, "PRAGMA integrity_check(100)", -1, &stmt, NULL);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(stmt);
        const char *text = code == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
        if (text && strcmp(text, "ok") != 0)
            *vec_push(op->mem, problems) = str_dup(op->mem, str_of(text));
    }
    if ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB || code == SQLITE_ERROR) {
        *vec_push(op->mem, problems) = str_dup(op->mem, str_of(sqlite3_errmsg(d->handle)));
        code = SQLITE_DONE;
    }
    enum rc rc = code == SQLITE_DONE ? RC_OK : broken(op, d, code);
    sqlite3_finalize(stmt);
    return rc;
}

/* Makes an empty file that only its owner can read: SQLite's log and index take their mode from it. */
static enum rc create(struct op *op, const char *path, int flags)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | flags, 0600);
    if (fd < 0)
        return fail(op, errno == EEXIST || errno == EACCES || errno == EPERM || errno == EROFS ? RC_DENIED : RC_IO, "%s: %s", path,
                    strerror(errno));
    close(fd);
    return RC_OK;
}

static enum rc backup(struct op *op, struct sqlite_db *d, const struct str *where)
{
    const char *path = str_cstr(op->mem, *where);
    if (!path)
        return fail(op, RC_INVALID, STR_FMT ": a NUL in the name of a file", STR_ARG(*where));
    TRY(create(op, path, O_EXCL));
    sqlite3 *to = NULL;
    errno = 0;
    int code = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    sqlite3_backup *b = code == SQLITE_OK ? sqlite3_backup_init(to, "main", d->handle, "main") : NULL;
    if (b) {
        sqlite3_backup_step(b, -1);
        code = sqlite3_backup_finish(b);
    } else if (code == SQLITE_OK) {
        code = sqlite3_errcode(to);
    }
    enum rc rc = RC_OK;
    if (code != SQLITE_OK)
        rc = fail(op, RC_IO, "%s: %s", path, to ? sqlite3_errmsg(to) : sqlite3_errstr(code));
    if (sqlite3_close(to) != SQLITE_OK && rc == RC_OK)
        rc = fail(op, RC_IO, "%s: not closed", path);
    if (rc != RC_OK)
        unlink(path);
    return rc;
}

static uint64_t file_bytes(struct op *op, struct str path, const char *suffix)
{
    struct stat st;
    const char *name = str_cstr(op->mem, str_join(op->mem, path, str_of(suffix)));
    return name && stat(name, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* dbstat is an optional part of SQLite: without it the sizes stay 0. */
static enum rc sizes(struct op *op, struct sqlite_db *d, struct store_info *info)
{
    static const char sql[] = "SELECT s.tbl_name, sum(p.pgsize) FROM dbstat('main', 1) p JOIN sqlite_schema s ON s.name = p.name"
                              " GROUP BY 1 ORDER BY 1";
    sqlite3_stmt *stmt = NULL;
    int64_t schema = 0;
    TRY(number(op, d, "PRAGMA user_version", &schema));
    info->schema = (unsigned)schema;
    info->bytes = file_bytes(op, d->db.name, "");
    info->journal_bytes = file_bytes(op, d->db.name, "-wal");
    if (!info->tables.n || sqlite3_prepare_v2(d->handle, sql, -1, &stmt, NULL) != SQLITE_OK)
        return RC_OK;
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        struct str name = str_of((const char *)sqlite3_column_text(stmt, 0));
        vec_each(struct store_table, t, &info->tables)
            if (str_eq(t->name, name))
                t->bytes = (uint64_t)sqlite3_column_int64(stmt, 1);
    }
    sqlite3_finalize(stmt);
    return RC_OK;
}

static enum rc close_db(struct sqlite_db *d)
{
    for (size_t i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(d->statements[i].stmt);
    sqlite3_close(d->handle);
    d->handle = NULL;
    return RC_OK;
}

static enum rc verb(struct op *op, struct db *db, enum db_verb verb, void *arg)
{
    struct sqlite_db *d = self(db);
    switch (verb) {
    case DB_BEGIN_READ: return begin(op, d, &q_begin);
    case DB_BEGIN_WRITE: return begin(op, d, &q_begin_write);
    case DB_COMMIT: return finish(op, d);
    case DB_ROLLBACK: return rollback(d);
    case DB_CHECK: return check(op, d, arg);
    case DB_COMPACT: return script(op, d, "VACUUM; PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)");
    case DB_BACKUP: return backup(op, d, arg);
    case DB_SIZES: return sizes(op, d, arg);
    case DB_CLOSE: return close_db(d);
    }
    return RC_UNSUPPORTED;
}

/* Switching to the write-ahead log needs the file for itself and does not wait for it, so we do. */
static enum rc use_wal(struct op *op, struct sqlite_db *d)
{
    int64_t mode = 0;
    for (unsigned waited_ms = 0;; waited_ms += 20) {
        int code = sqlite3_exec(d->handle, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL", NULL, NULL, NULL);
        if (code == SQLITE_OK)
            return number(op, d, "PRAGMA user_version", &mode);
        if ((code & 0xff) != SQLITE_BUSY || waited_ms > BUSY_MS)
            return broken(op, d, code);
        sqlite3_sleep(20);
    }
}

static enum rc migrate(struct op *op, struct sqlite_db *d, int64_t newest)
{
    int64_t at = 0;
    TRY(begin(op, d, &q_begin_write));
    enum rc rc = number(op, d, "PRAGMA user_version", &at);
    for (; rc == RC_OK && at >= 0 && at < newest; at++)
        rc = script(op, d, schema_sqlite[at]);
    if (rc == RC_OK)
        rc = script(op, d, "PRAGMA application_id = 1297306706"); /* APPLICATION */
    if (rc == RC_OK) {
        const char *sql = str_cstr(op->mem, str_print(op->mem, "PRAGMA user_version = %d", (int)newest));
        rc = script(op, d, sql); /* a pragma takes no arguments; the number is our own */
    }
    if (rc != RC_OK) {
        rollback(d);
        return rc;
    }
    return finish(op, d);
}

struct marks {
    int64_t schema, application, objects;
};

/* Read as one state, since another process may just be making the store. */
static enum rc read_marks(struct op *op, struct sqlite_db *d, struct marks *ret)
{
    struct marks m = {0, 0, 0};
    TRY(begin(op, d, &q_begin));
    enum rc rc = number(op, d, "PRAGMA user_version", &m.schema);
    if (rc == RC_OK)
        rc = number(op, d, "PRAGMA application_id", &m.application);
    if (rc == RC_OK)
        rc = number(op, d, "SELECT count(*) FROM sqlite_schema", &m.objects);
    rollback(d);
    TRY(rc);
    *ret = m;
    return RC_OK;
}

static enum rc settle(struct op *op, struct sqlite_db *d, unsigned flags)
{
    struct marks m = {0, 0, 0};
    int64_t newest = 0;
    while (schema_sqlite[newest])
        newest++;
    TRY(script(op, d, "PRAGMA trusted_schema = 0; PRAGMA cell_size_check = 1; PRAGMA secure_delete = 0; PRAGMA synchronous = NORMAL;"
                      "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864;"
                      "PRAGMA wal_autocheckpoint = 4096"));
    TRY(read_marks(op, d, &m));
    if (m.application != APPLICATION && (m.objects || m.schema || m.application))
        return fail(op, RC_INVALID, STR_FMT ": a database, but not a store of muster", STR_ARG(d->db.name));
    if (m.schema > newest)
        return fail(op, RC_UNSUPPORTED, STR_FMT ": written by a newer muster (schema %lld, this program knows %lld): use that one",
                    STR_ARG(d->db.name), (long long)m.schema, (long long)newest);
    if (m.schema == newest)
        return RC_OK;
    if (m.schema < 0)
        return fail(op, RC_INVALID, STR_FMT ": damaged: its schema is %lld", STR_ARG(d->db.name), (long long)m.schema);
    if (!(flags & STORE_WRITE))
        return fail(op, RC_UNSUPPORTED, STR_FMT ": written by an older muster (schema %lld of %lld): open it once for writing",
                    STR_ARG(d->db.name), (long long)m.schema, (long long)newest);
    if (m.schema == 0)
        TRY(use_wal(op, d));
    return migrate(op, d, newest);
}

/* The log lies beside the file, so its folder counts too. */
static bool writable(struct op *op, const char *path)
{
    struct str folder = str_dir(str_of(path));
    const char *name = str_cstr(op->mem, folder.n ? folder : path[0] == '/' ? STR("/") : STR("."));
    return access(path, W_OK) == 0 && name && access(name, W_OK) == 0;
}

/* For reading, a file that cannot be written is taken as it is when no log lies beside it. */
static int open_handle(struct op *op, const char *path, sqlite3 **ret)
{
    if (writable(op, path))
        return sqlite3_open_v2(path, ret, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
    if (file_bytes(op, str_of(path), "-wal"))
        return sqlite3_open_v2(path, ret, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    struct buf uri;
    buf_open(&uri, op->mem, "uri", 1 << 16);
    buf_add(&uri, STR("file:"));
    for (const char *p = path; *p; p++)
        buf_print(&uri, is_alnum(*p) || *p == '/' || *p == '.' ? "%c" : "%%%02x", (unsigned char)*p);
    buf_add(&uri, STR("?immutable=1"));
    buf_byte(&uri, 0);
    if (uri.full)
        return SQLITE_CANTOPEN;
    return sqlite3_open_v2(uri.p, ret, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
}

static enum rc open_db(struct op *op, struct arena *mem, struct str where, unsigned flags, struct db **ret)
{
    const char *path = str_cstr(op->mem, where);
    if (!path || !*path)
        return fail(op, RC_INVALID, "'" STR_FMT "' is no name of a store", STR_ARG(where));
    if (access(path, F_OK) != 0) {
        if (errno == ENOENT && !(flags & STORE_CREATE))
            return RC_NOTFOUND;
        TRY(create(op, path, 0));
    }
    if ((flags & STORE_WRITE) && !writable(op, path))
        return fail(op, RC_DENIED, STR_FMT ": not writable", STR_ARG(where));
    struct sqlite_db *d = arena_alloc(mem, sizeof *d);
    d->db.name = str_dup(mem, where);
    d->db.mem = mem;
    d->db.driver = NULL;
    errno = 0;
    int code = open_handle(op, path, &d->handle);
    enum rc rc = code == SQLITE_OK ? RC_OK : broken(op, d, code);
    if (rc == RC_OK) {
        sqlite3_extended_result_codes(d->handle, 1);
        sqlite3_busy_timeout(d->handle, BUSY_MS);
        sqlite3_db_config(d->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(d->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
        sqlite3_db_config(d->handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
        rc = settle(op, d, flags);
    }
    if (rc != RC_OK) {
        close_db(d);
        return rc;
    }
    *ret = &d->db;
    return RC_OK;
}

const struct driver driver_sqlite = {
    .name = "sqlite",
    .help = "one file on this machine",
    .open = open_db,
    .run = run,
    .next = next,
    .verb = verb,
};
