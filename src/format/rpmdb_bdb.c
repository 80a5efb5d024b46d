/* Berkeley DB's hash table, either endianness: not looked up but walked, page by page. Values too long for a page lie in
 * chains of overflow pages; each such page is followed at most once, which ends every loop. */
#include "format/rpmdb.h"

enum {
    PAGE_HEAD = 26,
    PAGE_LEAST = 512,
    PAGE_MOST = 65536,
    PAGE_HASH_UNSORTED = 2,
    PAGE_OVERFLOW = 7,
    PAGE_HASH_META = 8,
    PAGE_HASH = 13,
    ITEM_INLINE = 1,
    ITEM_OFFPAGE = 3,
    HEADER_LEAST = 64, /* no rpm header is as short; counters are */
    BLOB_MOST = 256 << 20,
};

struct bdb {
    struct op *op;
    struct str name;
    struct str bytes;
    const struct rpmdb_visitor *v;
    bool swapped;
    uint32_t page_bytes;
    uint32_t pages; /* that are there */
    unsigned char *followed; /* bit per page */
    struct arena *mem;       /* of one value */
    size_t bad;
};

static uint32_t u32(const struct bdb *db, const char *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    return db->swapped ? __builtin_bswap32(v) : v;
}

static uint32_t u16(const struct bdb *db, const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return db->swapped ? (uint32_t)u[0] << 8 | u[1] : (uint32_t)u[1] << 8 | u[0];
}

static COLD void bad(struct bdb *db, uint32_t page, const char *why)
{
    db->bad++;
    fail(db->op, RC_INVALID, STR_FMT ": page %u: %s", STR_ARG(db->name), page, why);
}

static const char *page_at(const struct bdb *db, uint32_t n)
{
    return db->bytes.p + (size_t)n * db->page_bytes;
}

/* Follows a chain of overflow pages into *ret, `n` bytes long. */
static const char *chain(struct bdb *db, uint32_t page, uint32_t n, struct str *ret)
{
    if (n > BLOB_MOST || n > db->bytes.n)
        return "a value that is longer than the file";
    char *to = arena_alloc(db->mem, n);
    uint32_t have = 0;
    while (have < n) {
        if (page == 0 || page >= db->pages)
            return "an overflow chain that leads out of the file";
        if (db->followed[page / 8] & 1 << page % 8)
            return "an overflow page that two chains share";
        db->followed[page / 8] |= (unsigned char)(1 << page % 8);
        const char *p = page_at(db, page);
        uint32_t part = u16(db, p + 22);
        if (p[25] != PAGE_OVERFLOW)
            return "an overflow chain that leads to another kind of page";
        if (part == 0 || part > db->page_bytes - PAGE_HEAD || part > n - have)
            return "an overflow page with a wrong length";
        memcpy(to + have, p + PAGE_HEAD, part);
        have += part;
        page = u32(db, p + 16);
    }
    *ret = (struct str){to, n};
    return NULL;
}

/* The value at an offset in the page, which reaches to `end` when it is stored in line. */
static void value(struct bdb *db, uint32_t page, uint32_t at, uint32_t end)
{
    const char *item = page_at(db, page) + at;
    struct str blob;
    if (item[0] == ITEM_INLINE) {
        if (end > at + 1 && end - at - 1 >= HEADER_LEAST)
            db->v->header(db->op, db->v->arg, (struct str){item + 1, end - at - 1});
        return;
    }
    if (item[0] != ITEM_OFFPAGE || db->page_bytes - at < 12) {
        bad(db, page, "a value of an unknown kind");
        return;
    }
    const char *why = chain(db, u32(db, item + 4), u32(db, item + 8), &blob);
    if (why)
        bad(db, page, why);
    else
        db->v->header(db->op, db->v->arg, blob);
    arena_reset(db->mem);
}

/* Keys and values in turn, their offsets in front, the items themselves from the end of the page downwards. */
static void hash_page(struct bdb *db, uint32_t page)
{
    const char *p = page_at(db, page);
    uint32_t n = u16(db, p + 20), end = db->page_bytes;
    if (n > (db->page_bytes - PAGE_HEAD) / 2) {
        bad(db, page, "more entries than fit");
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = u16(db, p + PAGE_HEAD + 2 * i);
        if (at < PAGE_HEAD + 2 * n || at >= end) {
            bad(db, page, "an entry outside its page");
            return;
        }
        if (i % 2)
            value(db, page, at, end);
        end = at;
    }
}

static enum rc open_meta(struct bdb *db)
{
    const char *p = db->bytes.p;
    if (db->bytes.n < PAGE_LEAST)
        return fail(db->op, RC_INVALID, STR_FMT ": ends within its first page", STR_ARG(db->name));
    db->swapped = p[12] == 0;
    db->page_bytes = u32(db, p + 20);
    if (db->page_bytes < PAGE_LEAST || db->page_bytes > PAGE_MOST || (db->page_bytes & (db->page_bytes - 1)))
        return fail(db->op, RC_INVALID, STR_FMT ": page size %u", STR_ARG(db->name), db->page_bytes);
    if (p[24] != 0)
        return fail(db->op, RC_INVALID, STR_FMT ": encrypted", STR_ARG(db->name));
    if (p[25] != PAGE_HASH_META)
        return fail(db->op, RC_INVALID, STR_FMT ": not a hash table", STR_ARG(db->name));
    uint64_t there = db->bytes.n / db->page_bytes, said = (uint64_t)u32(db, p + 32) + 1;
    db->pages = (uint32_t)(there < said ? there : said);
    if (there < said) {
        db->bad++;
        fail(db->op, RC_INVALID, STR_FMT ": %llu pages of %llu", STR_ARG(db->name), (unsigned long long)there,
            (unsigned long long)said);
    }
    return RC_OK;
}

enum rc rpmdb_bdb_read(struct op *op, struct str name, struct str bytes, const struct rpmdb_visitor *v)
{
    struct bdb db = {.op = op, .name = name, .bytes = bytes, .v = v};
    TRY(open_meta(&db));
    db.followed = arena_alloc(op->mem, db.pages / 8 + 1);
    db.mem = arena_child(op->mem);
    for (uint32_t page = 1; page < db.pages; page++) {
        char type = page_at(&db, page)[25];
        if (type == PAGE_HASH || type == PAGE_HASH_UNSORTED)
            hash_page(&db, page);
    }
    arena_close(db.mem);
    return db.bad ? RC_INVALID : RC_OK;
}
