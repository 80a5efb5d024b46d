/* From a component to the id of its row. Ids already met are kept in memory under a keyed hash of all that identifies
 * them; otherwise its name and 64 bits of it find the row, and the row's own fields decide. */
#include "store/blob.h"
#include "store/inside.h"

enum { KNOWN_MOST = 1 << 20, KNOWN_LEAST = 1 << 10 };

static const struct query q_by_hash = {
    "SELECT id, type, ns, name, version, qualifiers, source, source_version, digest FROM component"
    " WHERE label = (SELECT id FROM name WHERE text = ?) AND hash = ?"};
static const struct query q_add = {
    "INSERT INTO component (id, hash, type, ns, name, version, qualifiers, source, source_version, digest, upstream_version, upstream,"
    " label) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
static const struct query q_last = {"SELECT coalesce(max(id), 0) FROM component"};
static const struct query q_name = {"SELECT id FROM name WHERE text = ?"};
static const struct query q_name_add = {"INSERT INTO name (id, text) VALUES (?, ?)"};
static const struct query q_name_last = {"SELECT coalesce(max(id), 0) FROM name"};

struct hash128 component_key(const struct store *s, struct buf *scratch, const struct component *c)
{
    const struct str parts[] = {c->type, c->ns, c->name, c->version, c->qualifiers, c->source, c->source_version, c->digest};
    enum { PARTS = sizeof parts / sizeof *parts };
    size_t room = PARTS * INT_MOST;
    for (size_t i = 0; i < PARTS; i++)
        room += parts[i].n;
    buf_clear(scratch);
    char *at = buf_room(scratch, room), *end = at;
    for (size_t i = 0; at && i < PARTS; i++)
        end = write_str(end, parts[i]);
    return key_hash(s->key, (struct str){at, (size_t)(end - at)});
}

void component_forget_known(struct store *s)
{
    arena_reset(s->known_mem);
    s->known = NULL;
    s->known_n = s->known_slots = 0;
}

static struct known *slot_of(struct store *s, uint64_t a, uint32_t b)
{
    size_t at = (size_t)a & (s->known_slots - 1);
    while (s->known[at].id && (s->known[at].a != a || s->known[at].b != b))
        at = (at + 1) & (s->known_slots - 1);
    return &s->known[at];
}

static void known_grow(struct store *s)
{
    struct known *old = s->known;
    size_t n = s->known_slots;
    struct arena *mem = arena_child(s->mem), *old_mem = s->known_mem;
    bool full = s->known_n >= KNOWN_MOST;
    s->known_mem = mem;
    s->known_slots = n == 0 || full ? KNOWN_LEAST : n * 2;
    s->known = arena_array(mem, s->known_slots, sizeof *s->known);
    for (size_t i = 0; !full && i < n; i++)
        if (old[i].id)
            *slot_of(s, old[i].a, old[i].b) = old[i];
    if (full)
        s->known_n = 0;
    arena_close(old_mem);
}

static void known_add(struct store *s, struct hash128 h, uint32_t id)
{
    if ((s->known_n + 1) * 2 > s->known_slots)
        known_grow(s);
    *slot_of(s, h.a, (uint32_t)h.b) = (struct known){h.a, (uint32_t)h.b, id};
    s->known_n++;
}

/* The next free id. A writing transaction has the table for itself, so the highest is asked once; naming ids ourselves
 * is a third faster than having them returned. */
static enum rc next_id(struct op *op, struct store *s, const struct query *q, int64_t *last, uint32_t *ret)
{
    if (*last < 0) {
        struct rows r;
        TRY(db_row(op, s->db, q, NO_ARGS, &r));
        *last = row_u32(&r, 0);
        TRY(row_ok(op, &r));
    }
    if (*last >= UINT32_MAX)
        return fail(op, RC_LIMIT, STR_FMT ": no more ids", STR_ARG(s->path));
    *ret = (uint32_t)++*last;
    return RC_OK;
}

static enum rc name_find(struct op *op, struct store *s, struct str text, uint32_t *ret)
{
    struct rows r;
    TRY(db_row(op, s->db, &q_name, ARGS(of_text(text)), &r));
    uint32_t id = row_u32(&r, 0);
    TRY(row_ok(op, &r));
    *ret = id;
    return RC_OK;
}

/* Names met share the table of components met: a byte before them keeps them apart. */
enum rc name_resolve(struct op *op, struct store *s, struct str text, uint32_t *ret)
{
    TRY(store_key(op, s));
    struct hash128 hash = key_hash(s->key, str_join(op->mem, STR("\xff"), text));
    const struct known *k = s->known_slots ? slot_of(s, hash.a, (uint32_t)hash.b) : NULL;
    if (k && k->id) {
        *ret = k->id;
        return RC_OK;
    }
    uint32_t id = 0;
    enum rc rc = name_find(op, s, text, &id);
    if (rc == RC_NOTFOUND) {
        TRY(next_id(op, s, &q_name_last, &s->last_name, &id));
        rc = db_do(op, s->db, &q_name_add, ARGS(of_int(id), of_text(text)));
    }
    TRY(rc);
    known_add(s, hash, id);
    *ret = id;
    return RC_OK;
}

static bool row_is(struct rows *r, const struct component *c)
{
    return str_eq(row_str(r, 1), c->type) && str_eq(row_str(r, 2), c->ns) && str_eq(row_str(r, 3), c->name) &&
           str_eq(row_str(r, 4), c->version) && str_eq(row_str(r, 5), c->qualifiers) && str_eq(row_str(r, 6), c->source) &&
           str_eq(row_str(r, 7), c->source_version) && str_eq(row_str(r, 8), c->digest);
}

static enum rc find(struct op *op, struct store *s, const struct component *c, struct str label, struct hash128 hash, uint32_t *ret)
{
    struct rows r;
    TRY(db_run(op, s->db, &q_by_hash, ARGS(of_text(label), of_int((int64_t)hash.a)), &r));
    for (;;) {
        TRY(db_next(op, &r));
        if (!row_is(&r, c))
            continue;
        uint32_t id = row_u32(&r, 0);
        TRY(row_ok(op, &r));
        *ret = id;
        return RC_OK;
    }
}

static enum rc add(struct op *op, struct store *s, const struct component *c, struct str name, struct hash128 hash, uint32_t *ret)
{
    uint32_t upstream = 0, label = 0, id = 0;
    TRY(name_resolve(op, s, c->upstream, &upstream));
    TRY(name_resolve(op, s, name, &label));
    TRY(next_id(op, s, &q_last, &s->last_component, &id));
    TRY(db_do(op, s->db, &q_add,
              ARGS(of_int(id), of_int((int64_t)hash.a), of_text(c->type), of_text(c->ns), of_text(c->name), of_text(c->version),
                   of_text(c->qualifiers), of_text(c->source), of_text(c->source_version), of_text(c->digest),
                   of_text(c->upstream_version), of_int(upstream), of_int(label))));
    *ret = id;
    return RC_OK;
}

enum rc component_resolve(struct op *op, struct store *s, const struct component *c, struct hash128 hash, uint32_t *ret)
{
    const struct known *k = s->known_slots ? slot_of(s, hash.a, (uint32_t)hash.b) : NULL;
    if (k && k->id) {
        *ret = k->id;
        return RC_OK;
    }
    uint32_t id = 0;
    struct str label = component_name(op->mem, c);
    enum rc rc = find(op, s, c, label, hash, &id);
    if (rc == RC_NOTFOUND)
        rc = add(op, s, c, label, hash, &id);
    TRY(rc);
    known_add(s, hash, id);
    *ret = id;
    return RC_OK;
}
