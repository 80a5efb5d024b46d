/* Is everything what it should be? The database's own check first; then every blob decodes, every id leads somewhere,
 * and the postings say just what the assets' members say, less what is pending: compared by counts and sums of hashes,
 * so that fifty million presences need no memory. */
#include "store/finding.h"
#include "store/inside.h"
#include "store/posting.h"
#include "store/state.h"

static const struct query q_boms = {"SELECT b.asset, b.members, b.detail, coalesce(a.members, -1), p.gained, p.lost FROM bom b"
                                    " LEFT JOIN asset a ON a.id = b.asset LEFT JOIN pending p ON p.asset = b.asset ORDER BY b.asset"};
static const struct query q_forgotten = {
    "SELECT p.asset, p.gained, p.lost FROM pending p LEFT JOIN bom b ON b.asset = p.asset WHERE b.asset IS NULL"};
static const struct query q_postings = {"SELECT bucket, component, rank, n, assets FROM posting"};
static const struct query q_undos = {"SELECT id, undo FROM scan WHERE length(undo) > 0"};
static const struct query q_findings = {"SELECT record, said FROM finding"};
static const struct query q_components = {"SELECT coalesce(max(id), 0), count(*) FROM component"};

/* Each gives the ids of rows that should not be. */
static const struct {
    struct query q;
    const char *what;
} strays[] = {
    {{"SELECT a.id FROM asset a LEFT JOIN bom b ON b.asset = a.id WHERE b.asset IS NULL LIMIT 10"}, "asset without components"},
    {{"SELECT a.id FROM asset a LEFT JOIN scan s ON s.id = a.scan WHERE s.asset IS NOT a.id LIMIT 10"}, "asset without its scan"},
    {{"SELECT s.id FROM scan s LEFT JOIN asset a ON a.id = s.asset WHERE a.id IS NULL LIMIT 10"}, "scan without its asset"},
    {{"SELECT s.id FROM scan s WHERE s.since > s.until LIMIT 10"}, "scan that ends before it starts"},
    {{"SELECT c.scan FROM change c LEFT JOIN scan s ON s.id = c.scan WHERE s.asset IS NOT c.asset LIMIT 10"}, "change without its scan"},
    {{"SELECT c.asset FROM change c WHERE c.bucket <> c.asset >> 16 LIMIT 10"}, "change in another's bucket, asset"},
    {{"SELECT c.id FROM component c LEFT JOIN name n ON n.id = c.upstream LEFT JOIN name m ON m.id = c.label"
      " WHERE n.id IS NULL OR m.id IS NULL LIMIT 10"}, "component without its name"},
    {{"SELECT s.component FROM subject s LEFT JOIN component c ON c.id = s.component WHERE c.id IS NULL LIMIT 10"},
     "subject without its component"},
    {{"SELECT l.asset FROM alias l LEFT JOIN asset a ON a.id = l.asset WHERE a.id IS NULL LIMIT 10"}, "alias without its asset"},
};

struct totals {
    struct str_list *problems;
    uint64_t n;
    uint64_t sum_a, sum_b;
    int64_t last_component;
};

#define problem(op, t, ...) (*vec_push((op)->mem, (t)->problems) = str_print((op)->mem, __VA_ARGS__))

static uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static void total_add(struct totals *t, uint32_t asset, const struct member *m)
{
    uint64_t h = mix(mix((uint64_t)asset << 32 | m->component) + m->rank);
    t->n++;
    t->sum_a += h;
    t->sum_b += mix(h ^ 0x9e3779b97f4a7c15u);
}

/* Runs one step; damage becomes a line, other trouble ends the check. */
static enum rc note(struct op *op, struct totals *t, enum rc rc)
{
    if (rc != RC_INVALID)
        return rc;
    *vec_push(op->mem, t->problems) = op->err.text;
    op_clear(op);
    return RC_OK;
}

/* What the postings should say of one asset. */
static enum rc folded(struct op *op, struct totals *t, uint32_t asset, const struct member_set *now, struct str gained_bytes,
                      struct str lost_bytes)
{
    struct member_set gained, lost, was;
    TRY(members_get(op, "pending", gained_bytes, &gained));
    TRY(members_get(op, "pending", lost_bytes, &lost));
    for (size_t i = 0; i < gained.n; i++) {
        const struct member *m = members_find(now, gained.at[i].component);
        if (!m || m->rank != gained.at[i].rank)
            return fail(op, RC_INVALID, "asset %u: its pending note gained what it does not have", asset);
    }
    members_apply(op->mem, now, &gained, &lost, &was);
    for (size_t i = 0; i < was.n; i++)
        total_add(t, asset, &was.at[i]);
    return RC_OK;
}

static enum rc check_bom(struct op *op, struct store *s, struct totals *t, struct rows *r)
{
    uint32_t asset = row_u32(r, 0);
    struct str members = row_str(r, 1), detail = row_str(r, 2), none = STR("");
    bool noted = r->at[4].kind != VALUE_NULL;
    struct str gained = noted ? row_str(r, 4) : none, lost = noted ? row_str(r, 5) : none;
    int64_t n = row_int(r, 3);
    struct member_set m;
    struct detail d;
    TRY(row_ok(op, r));
    TRY(members_get(op, "members", members, &m));
    TRY(folded(op, t, asset, &m, gained, lost));
    if (n != (int64_t)m.n)
        return fail(op, RC_INVALID, "asset %u: has %zu components, its row says %lld", asset, m.n, (long long)n);
    if (m.n && m.at[m.n - 1].component > t->last_component)
        return fail(op, RC_INVALID, "asset %u: there is no component %u", asset, m.at[m.n - 1].component);
    TRY(detail_get(op, s, detail, NULL, &d));
    bool same = d.entries.n == m.n;
    for (size_t i = 0; same && i < m.n; i++)
        same = d.entries.at[i].component == m.at[i].component;
    return same ? RC_OK : fail(op, RC_INVALID, "asset %u: its places are of other components than it has", asset);
}

static enum rc check_forgotten(struct op *op, struct totals *t, struct rows *r)
{
    struct member_set none = {NULL, 0, 0};
    uint32_t asset = row_u32(r, 0);
    struct str gained = row_str(r, 1), lost = row_str(r, 2);
    TRY(row_ok(op, r));
    return folded(op, t, asset, &none, gained, lost);
}

static enum rc check_posting(struct op *op, struct totals *t, struct rows *r, uint16_t *room)
{
    uint32_t bucket = row_u32(r, 0), n = row_u32(r, 3), rank = row_u32(r, 2);
    struct member m = {row_u32(r, 1), (uint8_t)rank};
    struct str bytes = row_str(r, 4);
    TRY(row_ok(op, r));
    if (bucket >= BUCKET_SIZE || rank >= RANKS || n == 0)
        return fail(op, RC_INVALID, "posting: component %u at rank %u in bucket %u: no such list", m.component, rank, bucket);
    TRY(posting_get(op, bytes, n, room));
    for (uint32_t i = 0; i < n; i++)
        total_add(t, bucket << BUCKET_BITS | room[i], &m);
    return RC_OK;
}

static enum rc check_undo(struct op *op, struct store *s, struct rows *r)
{
    struct detail d;
    uint32_t id = row_u32(r, 0);
    struct str bytes = row_str(r, 1);
    TRY(row_ok(op, r));
    if (detail_get(op, s, bytes, NULL, &d) == RC_OK)
        return RC_OK;
    op_clear(op);
    return fail(op, RC_INVALID, "scan %u: damaged: its undo", id);
}

static enum rc check_finding(struct op *op, struct totals *t, struct rows *r)
{
    struct finding_list l = {{NULL, 0, 0}};
    struct str record = row_str(r, 0), bytes = row_str(r, 1);
    TRY(row_ok(op, r));
    TRY(finding_read(op, record, bytes, &l));
    vec_each(const struct finding_said, f, &l.list)
        if (f->component == 0 || f->component > t->last_component)
            return fail(op, RC_INVALID, "finding: " STR_FMT " is about component %u, which there is not", STR_ARG(record), f->component);
    return RC_OK;
}

enum part { PART_BOM, PART_FORGOTTEN, PART_POSTING, PART_UNDO, PART_FINDING };

static enum rc check_part(struct op *op, struct store *s, enum part part, struct totals *t)
{
    static const struct query *const queries[] = {&q_boms, &q_forgotten, &q_postings, &q_undos, &q_findings};
    struct op round = *op;
    uint16_t *room = arena_array(op->mem, BUCKET_SIZE, sizeof *room);
    struct rows r;
    enum rc rc;
    TRY(db_run(op, s->db, queries[part], NO_ARGS, &r));
    round.mem = arena_child(op->mem);
    while ((rc = db_next(op, &r)) == RC_OK) {
        arena_reset(round.mem);
        switch (part) {
        case PART_BOM: rc = check_bom(&round, s, t, &r); break;
        case PART_FORGOTTEN: rc = check_forgotten(&round, t, &r); break;
        case PART_POSTING: rc = check_posting(&round, t, &r, room); break;
        case PART_UNDO: rc = check_undo(&round, s, &r); break;
        case PART_FINDING: rc = check_finding(&round, t, &r); break;
        }
        r.bad = false;
        if (rc == RC_INVALID)
            problem(op, t, STR_FMT, STR_ARG(round.err.text));
        else if (rc != RC_OK)
            break;
        op_clear(&round);
    }
    if (rc != RC_NOTFOUND && op->err.rc == RC_OK)
        fail(op, rc, STR_FMT, STR_ARG(round.err.text));
    arena_close(round.mem);
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

static enum rc check_strays(struct op *op, struct store *s, struct totals *t, size_t i)
{
    struct rows r;
    enum rc rc;
    TRY(db_run(op, s->db, &strays[i].q, NO_ARGS, &r));
    while ((rc = db_next(op, &r)) == RC_OK)
        problem(op, t, "%s: %lld", strays[i].what, (long long)row_int(&r, 0));
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

static enum rc check_all(struct op *op, struct store *s, struct str_list *problems)
{
    struct totals said = {.problems = problems}, meant = {.problems = problems};
    struct rows r;
    TRY(s->db->driver->verb(op, s->db, DB_CHECK, problems));
    enum rc rc = db_row(op, s->db, &q_components, NO_ARGS, &r);
    TRY(note(op, &meant, rc));
    if (rc == RC_OK)
        meant.last_component = row_int(&r, 0);
    TRY(note(op, &meant, check_part(op, s, PART_BOM, &meant)));
    TRY(note(op, &meant, check_part(op, s, PART_FORGOTTEN, &meant)));
    TRY(note(op, &said, check_part(op, s, PART_POSTING, &said)));
    TRY(note(op, &said, check_part(op, s, PART_UNDO, &said)));
    TRY(note(op, &meant, check_part(op, s, PART_FINDING, &meant)));
    for (size_t i = 0; i < sizeof strays / sizeof *strays; i++)
        TRY(note(op, &said, check_strays(op, s, &said, i)));
    if (said.n != meant.n)
        problem(op, &said, "postings: %llu presences, the assets have %llu", (unsigned long long)said.n, (unsigned long long)meant.n);
    else if (said.sum_a != meant.sum_a || said.sum_b != meant.sum_b)
        problem(op, &said, "postings: other presences than the assets have");
    return RC_OK;
}

enum rc store_check(struct op *op, struct store *s, struct str_list *ret_problems)
{
    struct str_list problems = {NULL, 0, 0};
    TRY(store_begin(op, s, STORE_READING));
    TRY(store_end(op, s, check_all(op, s, &problems)));
    *ret_problems = problems;
    return RC_OK;
}
