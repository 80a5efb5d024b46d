/* The store as a whole: what is in it, rewriting it, copying it. */
#include "store/fold.h"
#include "store/inside.h"

static const struct query q_counts = {
    "SELECT (SELECT count(*) FROM asset), (SELECT count(*) FROM asset WHERE complete = 0), (SELECT count(*) FROM component),"
    " (SELECT count(*) FROM scan), (SELECT count(*) FROM pending), (SELECT coalesce(min(last_scan), 0) FROM asset),"
    " (SELECT coalesce(max(last_scan), 0) FROM asset), (SELECT coalesce(sum(members), 0) FROM asset)"};
static const struct query q_tables[] = {
    {"SELECT count(*) FROM alias"}, {"SELECT count(*) FROM asset"}, {"SELECT count(*) FROM block"},
    {"SELECT count(*) FROM bom"}, {"SELECT count(*) FROM change"}, {"SELECT count(*) FROM component"},
    {"SELECT count(*) FROM finding"}, {"SELECT count(*) FROM meta"}, {"SELECT count(*) FROM name"}, {"SELECT count(*) FROM own_statement"},
    {"SELECT count(*) FROM pending"}, {"SELECT count(*) FROM posting"}, {"SELECT count(*) FROM scan"},
    {"SELECT count(*) FROM statement"}, {"SELECT count(*) FROM subject"}};
static const char *const table_names[] = {
    "alias", "asset", "block", "bom", "change", "component", "finding", "meta", "name", "own_statement",
    "pending", "posting", "scan", "statement", "subject"};

static enum rc count_tables(struct op *op, struct store *s, struct store_info *info)
{
    for (size_t i = 0; i < sizeof q_tables / sizeof *q_tables; i++) {
        struct rows r;
        TRY(db_row(op, s->db, &q_tables[i], NO_ARGS, &r));
        *vec_push(op->mem, &info->tables) = (struct store_table){str_of(table_names[i]), (uint64_t)row_int(&r, 0), 0};
        TRY(row_ok(op, &r));
    }
    return RC_OK;
}

static enum rc gather(struct op *op, struct store *s, bool tables, struct store_info *ret)
{
    struct store_info info = {.path = str_dup(op->mem, s->path)};
    struct value identity;
    struct rows r;
    TRY(db_row(op, s->db, &q_counts, NO_ARGS, &r));
    info.assets = (uint64_t)row_int(&r, 0);
    info.incomplete = (uint64_t)row_int(&r, 1);
    info.components = (uint64_t)row_int(&r, 2);
    info.scans = (uint64_t)row_int(&r, 3);
    info.pending = (uint64_t)row_int(&r, 4);
    info.oldest_scan = row_int(&r, 5);
    info.newest_scan = row_int(&r, 6);
    info.presences = (uint64_t)row_int(&r, 7);
    TRY(row_ok(op, &r));
    enum rc rc = meta_get(op, s, "identity", &identity);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    info.identity = rc == RC_OK ? identity.s : STR("");
    if (tables)
        TRY(count_tables(op, s, &info));
    TRY(s->db->driver->verb(op, s->db, DB_SIZES, &info));
    *ret = info;
    return RC_OK;
}

enum rc store_info(struct op *op, struct store *s, bool tables, struct store_info *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, gather(op, s, tables, ret));
}

enum rc store_compact(struct op *op, struct store *s)
{
    TRY(store_fold(op, s, true));
    return s->db->driver->verb(op, s->db, DB_COMPACT, NULL);
}

enum rc store_backup(struct op *op, struct store *s, struct str path)
{
    return s->db->driver->verb(op, s->db, DB_BACKUP, &path);
}
