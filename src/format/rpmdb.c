/* Which of the three databases is it? */
#include "format/rpmdb.h"

enum rpmdb_kind rpmdb_kind(struct str bytes)
{
    if (str_starts(bytes, (struct str){"SQLite format 3", 16}))
        return RPMDB_SQLITE;
    if (str_starts(bytes, STR("RpmP")))
        return RPMDB_NDB;
    struct str magic = str_upto(str_from(bytes, 12), 4);
    if (str_eq(magic, STR("\x61\x15\x06\x00")) || str_eq(magic, STR("\x00\x06\x15\x61")))
        return RPMDB_BDB;
    return RPMDB_NONE;
}

const char *rpmdb_kind_name(enum rpmdb_kind kind)
{
    static const char *const names[] = {"unknown", "sqlite", "ndb", "bdb"};
    return names[kind];
}

enum rc rpmdb_read(struct op *op, struct str name, struct str bytes, const struct rpmdb_visitor *v)
{
    switch (rpmdb_kind(bytes)) {
    case RPMDB_SQLITE: return rpmdb_sqlite_read(op, name, bytes, v);
    case RPMDB_NDB: return rpmdb_ndb_read(op, name, bytes, v);
    case RPMDB_BDB: return rpmdb_bdb_read(op, name, bytes, v);
    case RPMDB_NONE: break;
    }
    return fail(op, RC_INVALID, STR_FMT ": no rpm database of a known kind", STR_ARG(name));
}
