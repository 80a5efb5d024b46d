/* Writing a scan: find the asset, see whether anything differs, else write its new state, what changed, and the
 * note for the next fold. One short transaction; everything slow about a scan was done before. */
#include "store/scan.h"

#include "store/asset.h"
#include "store/blob.h"
#include "store/state.h"

static const struct query q_asset = {"SELECT id, kind, owner, tags, last_scan, profile, scan, members FROM asset WHERE name = ?"};
static const struct query q_asset_add = {
    "INSERT INTO asset (name, kind, owner, tags, target, tool, first_seen, last_scan, profile, complete, members, scan)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9, ?10, 0)"};
static const struct query q_asset_scan = {"UPDATE asset SET scan = ? WHERE id = ?"};
static const struct query q_asset_now = {
    "UPDATE asset SET kind = ?, owner = ?, tags = ?, target = ?, tool = ?, last_scan = ?, profile = ?, complete = ?, members = ?, scan = ?"
    " WHERE id = ?"};
static const struct query q_asset_again = {"UPDATE asset SET kind = ?, owner = ?, tags = ?, target = ?, tool = ?, last_scan = ? WHERE id = ?"};
static const struct query q_bom = {"SELECT seen, members, detail FROM bom WHERE asset = ?"};
static const struct query q_bom_set = {"INSERT INTO bom (asset, seen, members, detail) VALUES (?, ?, ?, ?) ON CONFLICT (asset)"
                                       " DO UPDATE SET seen = excluded.seen, members = excluded.members, detail = excluded.detail"};
static const struct query q_again = {"UPDATE scan SET until = ?, target = ?, tool = ? WHERE id = ?"};
static const struct query q_add = {
    "INSERT INTO scan (asset, since, until, profile, complete, members, added, removed, target, tool, gaps, layers, undo)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
static const struct query q_change = {
    "INSERT INTO change (bucket, component, asset, scan, at, rank_was, rank_is) VALUES (?, ?, ?, ?, ?, ?, ?)"};
static const struct query q_alias_end = {"UPDATE alias SET until = ? WHERE asset = ? AND text = ? AND until = 0"};
static const struct query q_alias_add = {"INSERT INTO alias (text, asset, since, until, kind) VALUES (?, ?, ?, 0, ?)"
                                         " ON CONFLICT (text, asset, since) DO UPDATE SET until = 0"};
static const struct query q_pending = {"SELECT count(*) FROM pending"};

/* The asset as it is before this scan. */
struct before {
    bool is_new;
    uint32_t id, scan;
    struct str kind, owner;
    struct str_list tags;
    int64_t last_scan;
    unsigned profile;
    uint32_t members;
};

static enum rc read_asset(struct op *op, struct store *s, const struct scan *scan, struct before *ret)
{
    struct before b = {.is_new = true};
    struct rows r;
    enum rc rc = db_row(op, s->db, &q_asset, ARGS(of_text(scan->name)), &r);
    if (rc == RC_OK) {
        b = (struct before){false, row_u32(&r, 0), row_u32(&r, 6), row_dup(op->mem, &r, 1), row_dup(op->mem, &r, 2), {NULL, 0, 0},
                            row_int(&r, 4), row_u32(&r, 5), row_u32(&r, 7)};
        struct str tags = row_str(&r, 3);
        TRY(row_ok(op, &r));
        if (!blob_list(op->mem, tags, &b.tags))
            return fail(op, RC_INVALID, "asset " STR_FMT ": damaged: its tags are no list", STR_ARG(scan->name));
    } else if (rc != RC_NOTFOUND) {
        return rc;
    }
    *ret = b;
    return RC_OK;
}

static enum rc allowed(struct op *op, const struct scan *scan, const struct before *b)
{
    if (scan->name.n == 0)
        return fail(op, RC_INVALID, "an asset needs a name");
    if (b->is_new || scan->replace || scan->profile == b->profile)
        return RC_OK;
    return fail(op, RC_DENIED,
                STR_FMT " was scanned with profile %s, this scan has %s: use --replace to give it this one, or --as for another asset",
                STR_ARG(scan->name), profile_name(b->profile), profile_name(scan->profile));
}

static enum rc ask_allowed(struct op *op, struct store *s, const struct scan *scan)
{
    struct before b;
    TRY(read_asset(op, s, scan, &b));
    return allowed(op, scan, &b);
}

enum rc scan_allowed(struct op *op, struct store *s, const struct scan *scan)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, ask_allowed(op, s, scan));
}

static enum rc list_bytes(struct op *op, const struct str_list *l, struct str *ret)
{
    struct buf b;
    buf_open(&b, op->mem, "list", 64 << 20);
    put_list(&b, l);
    return buf_done(op, &b, ret);
}

/* Kind, owner and tags as they are after this scan. */
static enum rc labels(struct op *op, const struct scan *scan, struct before *b, struct str *ret_tags)
{
    if (scan->kind.n)
        b->kind = scan->kind;
    if (scan->owner.n)
        b->owner = scan->owner;
    if (b->kind.n == 0)
        b->kind = STR("unknown");
    for (size_t i = 0; i < scan->tags.n; i++)
        *vec_push(op->mem, &b->tags) = scan->tags.at[i];
    list_sort(&b->tags);
    return list_bytes(op, &b->tags, ret_tags);
}

static enum rc gap_bytes(struct op *op, const struct bom *bom, struct str *ret)
{
    struct buf b;
    buf_open(&b, op->mem, "gaps", 256 << 20);
    put_int(&b, bom->gaps.n);
    vec_each(const struct gap, g, &bom->gaps) {
        put_str(&b, g->path);
        put_str(&b, g->why);
    }
    return buf_done(op, &b, ret);
}

/* Names and digests it no longer goes by end; new ones begin. */
static enum rc write_aliases(struct op *op, struct store *s, const struct scan *scan, uint32_t asset, int64_t at)
{
    struct str_list names, digests;
    const struct str_list *now[] = {&scan->names, &scan->digests}, *was[] = {&names, &digests};
    TRY(asset_aliases(op, s, asset, &names, &digests));
    for (int kind = 0; kind < 2; kind++) {
        for (size_t i = 0; i < was[kind]->n; i++)
            if (!list_has(now[kind], was[kind]->at[i]))
                TRY(db_do(op, s->db, &q_alias_end, ARGS(of_int(at), of_int(asset), of_text(was[kind]->at[i]))));
        for (size_t i = 0; i < now[kind]->n; i++)
            if (!list_has(was[kind], now[kind]->at[i]))
                TRY(db_do(op, s->db, &q_alias_add, ARGS(of_text(now[kind]->at[i]), of_int(asset), of_int(at), of_int(kind))));
    }
    return RC_OK;
}

static enum rc write_changes(struct op *op, struct store *s, uint32_t asset, uint32_t scan, int64_t at, const struct state *was,
                             const struct state *now)
{
    struct member_set gained, lost;
    members_diff(op->mem, &was->members, &now->members, &gained, &lost);
    size_t i = 0, j = 0;
    while (i < gained.n || j < lost.n) {
        uint32_t c = i == gained.n || (j < lost.n && lost.at[j].component < gained.at[i].component) ? lost.at[j].component
                                                                                                     : gained.at[i].component;
        int before = -1, after = -1;
        if (j < lost.n && lost.at[j].component == c)
            before = lost.at[j++].rank;
        if (i < gained.n && gained.at[i].component == c)
            after = gained.at[i++].rank;
        TRY(db_do(op, s->db, &q_change,
                  ARGS(of_int(asset >> 16), of_int(c), of_int(asset), of_int(scan), of_int(at), of_int(before), of_int(after))));
    }
    return RC_OK;
}

static void count_changes(const struct state *was, const struct state *now, struct scan_result *ret)
{
    for (size_t i = 0; i < now->members.n; i++)
        ret->added += members_find(&was->members, now->members.at[i].component) == NULL;
    for (size_t i = 0; i < was->members.n; i++)
        ret->removed += members_find(&now->members, was->members.at[i].component) == NULL;
}

/* The scan's row; its id. */
static enum rc write_row(struct op *op, struct store *s, const struct scan *scan, const struct bom *bom, int64_t at,
                         const struct state *was, const struct state *now, const struct scan_result *result, uint32_t *ret)
{
    struct detail undo;
    struct str gaps, layers, undo_bytes = {"", 0};
    detail_undo(op->mem, &was->detail, &now->detail, &undo);
    if (result->outcome != SCAN_NEW && (undo.entries.n || undo.has_links))
        TRY(detail_put(op, s, &undo, &undo_bytes));
    TRY(gap_bytes(op, bom, &gaps));
    TRY(list_bytes(op, &scan->layers, &layers));
    return db_insert(op, s->db, &q_add,
                     ARGS(of_int(result->asset), of_int(at), of_int(at), of_int(scan->profile), of_int(scan->complete),
                          of_int(result->members), of_int(result->added), of_int(result->removed), of_text(scan->target),
                          of_text(scan->tool), of_blob(gaps), of_blob(layers), of_blob(undo_bytes)),
                     ret);
}

static enum rc write_bom(struct op *op, struct store *s, uint32_t asset, struct hash128 seen, const struct state *now)
{
    struct buf b;
    struct str members, detail;
    buf_open(&b, op->mem, "members", 1 << 30);
    members_put(&b, &now->members);
    TRY(buf_done(op, &b, &members));
    TRY(detail_put(op, s, &now->detail, &detail));
    return db_do(op, s->db, &q_bom_set,
                 ARGS(of_int(asset), of_blob((struct str){(const char *)&seen, sizeof seen}), of_blob(members), of_blob(detail)));
}

/* The state before, and whether the last scan said just the same. */
static enum rc read_before(struct op *op, struct store *s, uint32_t asset, struct hash128 seen, bool *ret_same, struct state *ret)
{
    struct rows r;
    TRY(db_row(op, s->db, &q_bom, ARGS(of_int(asset)), &r));
    struct str hash = row_str(&r, 0);
    *ret_same = hash.n == sizeof seen && memcmp(hash.p, &seen, sizeof seen) == 0;
    if (*ret_same)
        return row_ok(op, &r);
    struct str members = row_dup(op->mem, &r, 1), detail = row_dup(op->mem, &r, 2);
    TRY(row_ok(op, &r));
    TRY(members_get(op, "members", members, &ret->members));
    return detail_get(op, s, detail, NULL, &ret->detail);
}

static enum rc write_again(struct op *op, struct store *s, const struct scan *scan, struct before *b, int64_t at)
{
    struct str tags;
    TRY(labels(op, scan, b, &tags));
    TRY(db_do(op, s->db, &q_again, ARGS(of_int(at), of_text(scan->target), of_text(scan->tool), of_int(b->scan))));
    return db_do(op, s->db, &q_asset_again,
                 ARGS(of_text(b->kind), of_text(b->owner), of_blob(tags), of_text(scan->target), of_text(scan->tool), of_int(at),
                      of_int(b->id)));
}

static enum rc write_state(struct op *op, struct store *s, const struct scan *scan, const struct bom *bom, struct before *b, int64_t at,
                           struct hash128 seen, const struct state *was, const struct state *now, struct scan_result *result)
{
    struct str tags;
    uint32_t id = 0;
    TRY(labels(op, scan, b, &tags));
    result->members = (uint32_t)now->members.n;
    if (b->is_new)
        TRY(db_insert(op, s->db, &q_asset_add,
                      ARGS(of_text(scan->name), of_text(b->kind), of_text(b->owner), of_blob(tags), of_text(scan->target),
                           of_text(scan->tool), of_int(at), of_int(scan->profile), of_int(scan->complete), of_int(result->members)),
                      &b->id));
    result->asset = b->id;
    TRY(write_row(op, s, scan, bom, at, was, now, result, &id));
    if (!b->is_new)
        TRY(write_changes(op, s, b->id, id, at, was, now));
    TRY(write_bom(op, s, b->id, seen, now));
    TRY(pending_note(op, s, b->id, &was->members, &now->members));
    TRY(write_aliases(op, s, scan, b->id, at));
    if (b->is_new)
        return db_do(op, s->db, &q_asset_scan, ARGS(of_int(id), of_int(b->id)));
    return db_do(op, s->db, &q_asset_now,
                 ARGS(of_text(b->kind), of_text(b->owner), of_blob(tags), of_text(scan->target), of_text(scan->tool), of_int(at),
                      of_int(scan->profile), of_int(scan->complete), of_int(result->members), of_int(id), of_int(b->id)));
}

static enum rc write_scan(struct op *op, struct store *s, const struct scan *scan, const struct bom *bom, struct scan_result *ret)
{
    struct before b;
    struct state was = {.members = {NULL, 0, 0}}, now = {.members = {NULL, 0, 0}};
    struct scan_result result = {.outcome = SCAN_CHANGED};
    struct heard heard;
    bool same = false;
    TRY(store_key(op, s));
    TRY(read_asset(op, s, scan, &b));
    TRY(allowed(op, scan, &b));
    int64_t at = scan->at > b.last_scan || b.is_new ? scan->at : b.last_scan;
    heard_read(op, s, scan, bom, &heard);
    if (!b.is_new)
        TRY(read_before(op, s, b.id, heard.seen, &same, &was));
    if (same) {
        TRY(write_again(op, s, scan, &b, at));
        result.outcome = SCAN_UNCHANGED;
        result.asset = b.id;
        result.members = b.members;
    } else {
        TRY(state_build(op, s, scan, bom, &heard, &now));
        if (!b.is_new && !scan->complete && !scan->replace)
            state_join(op->mem, &now, &was, b.last_scan, &result.unreached);
        result.outcome = b.is_new ? SCAN_NEW : SCAN_CHANGED;
        count_changes(&was, &now, &result);
        TRY(write_state(op, s, scan, bom, &b, at, heard.seen, &was, &now, &result));
    }
    struct rows r;
    TRY(db_row(op, s->db, &q_pending, NO_ARGS, &r));
    result.pending = row_u32(&r, 0);
    TRY(row_ok(op, &r));
    *ret = result;
    return RC_OK;
}

enum rc scan_write(struct op *op, struct store *s, const struct scan *scan, const struct bom *bom, struct scan_result *ret)
{
    TRY(store_begin(op, s, STORE_WRITING));
    return store_end(op, s, write_scan(op, s, scan, bom, ret));
}
