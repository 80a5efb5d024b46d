/* Opening and closing a store, and its transactions: nested ones join the outermost. */
#include "store/inside.h"

#include <assert.h>
#include <errno.h>
#include <sys/stat.h>
#include <zstd.h>

enum { STORE_BYTES = 512 << 20 };

static const struct query q_meta = {"SELECT value FROM meta WHERE key = ?"};
static const struct query q_meta_set = {"INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"};
static const struct query q_buckets = {"SELECT coalesce(max(id), 0) FROM asset"};

/* Makes the folders above the file; what cannot be made shows when the file is created. */
static void make_folders(struct op *op, struct str path)
{
    const char *name = str_cstr(op->mem, path);
    if (!name)
        return;
    char *part = arena_alloc(op->mem, path.n + 1);
    for (size_t i = 1; i < path.n; i++)
        if (name[i] == '/') {
            memcpy(part, name, i);
            part[i] = 0;
            mkdir(part, 0700);
        }
}

static void free_zip(void *p)
{
    ZSTD_freeCCtx(((struct store *)p)->zip);
    ZSTD_freeDCtx(((struct store *)p)->unzip);
}

enum rc store_open(struct op *op, struct str path, unsigned flags, struct store **ret)
{
    struct arena *mem = arena_open(STORE_BYTES);
    struct store *s = arena_alloc(mem, sizeof *s);
    s->mem = mem;
    s->path = str_dup(mem, path);
    s->flags = flags;
    s->known_mem = arena_child(mem);
    arena_defer(mem, free_zip, s);
    if (flags & STORE_CREATE)
        make_folders(op, path);
    enum rc rc = drivers[0]->open(op, mem, path, flags, &s->db);
    if (rc != RC_OK) {
        arena_close(mem);
        return rc;
    }
    s->db->driver = drivers[0];
    *ret = s;
    return RC_OK;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    struct op op = {.mem = s->mem};
    if (s->depth)
        (void)!s->db->driver->verb(&op, s->db, DB_ROLLBACK, NULL);
    (void)!s->db->driver->verb(&op, s->db, DB_CLOSE, NULL);
    arena_close(s->mem);
}

enum rc store_begin(struct op *op, struct store *s, enum store_mode mode)
{
    if (mode == STORE_WRITING && !(s->flags & STORE_WRITE))
        return fail(op, RC_DENIED, STR_FMT ": opened for reading only", STR_ARG(s->path));
    if (s->depth == 0) {
        TRY(s->db->driver->verb(op, s->db, mode == STORE_WRITING ? DB_BEGIN_WRITE : DB_BEGIN_READ, NULL));
        s->mode = mode;
        s->broken = RC_OK;
        s->last_component = s->last_name = -1;
    }
    assert(mode == STORE_READING || s->mode == STORE_WRITING);
    s->depth++;
    return RC_OK;
}

enum rc store_end(struct op *op, struct store *s, enum rc rc)
{
    assert(s->depth > 0);
    bool good = rc == RC_OK || rc == RC_NOTFOUND;
    if (!good && s->broken == RC_OK)
        s->broken = rc;
    if (--s->depth)
        return rc;
    if (s->broken != RC_OK) {
        component_forget_known(s);
        (void)!s->db->driver->verb(op, s->db, DB_ROLLBACK, NULL);
        return good ? fail(op, s->broken, STR_FMT ": a part of the work failed, all of it was taken back", STR_ARG(s->path)) : rc;
    }
    enum rc committed = s->db->driver->verb(op, s->db, DB_COMMIT, NULL);
    if (committed != RC_OK)
        component_forget_known(s);
    return committed != RC_OK ? committed : rc;
}

enum rc meta_get(struct op *op, struct store *s, const char *key, struct value *ret)
{
    struct rows r;
    TRY(db_row(op, s->db, &q_meta, ARGS(of_text(str_of(key))), &r));
    *ret = r.at[0];
    ret->s = str_dup(op->mem, r.at[0].kind == VALUE_INT || r.at[0].kind == VALUE_NULL ? STR("") : r.at[0].s);
    return RC_OK;
}

enum rc meta_set(struct op *op, struct store *s, const char *key, struct value v)
{
    return db_do(op, s->db, &q_meta_set, ARGS(of_text(str_of(key)), v));
}

/* Drawn at the first write; a store that has none yet has no hashes to compare with. */
enum rc store_key(struct op *op, struct store *s)
{
    struct value v;
    if (s->has_key)
        return RC_OK;
    enum rc rc = meta_get(op, s, "hash key", &v);
    if (rc == RC_NOTFOUND) {
        if (!key_draw(s->key))
            return fail(op, RC_IO, "no random bytes: %s", strerror(errno));
        TRY(meta_set(op, s, "hash key", of_blob((struct str){(const char *)s->key, KEY_BYTES})));
        return RC_OK; /* not has_key: the transaction may yet be taken back */
    }
    TRY(rc);
    if (v.kind != VALUE_BLOB || v.s.n != KEY_BYTES)
        return fail(op, RC_INVALID, STR_FMT ": damaged: no hash key", STR_ARG(s->path));
    memcpy(s->key, v.s.p, KEY_BYTES);
    s->has_key = true;
    return RC_OK;
}

enum rc bucket_count(struct op *op, struct store *s, uint32_t *ret)
{
    struct rows r;
    TRY(db_row(op, s->db, &q_buckets, NO_ARGS, &r));
    uint32_t most = row_u32(&r, 0);
    TRY(row_ok(op, &r));
    *ret = (most >> 16) + 1;
    return RC_OK;
}
