/* NDB: pages of slots in front, blobs behind them in units of 16 bytes; always little-endian. */
#include "format/rpmdb.h"

enum { PAGE = 4096, SLOT = 16, UNIT = 16, HEAD = 16, FIRST_SLOT = 2 /* the file's header takes the place of two */ };

static uint32_t le32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[3] << 24 | (uint32_t)u[2] << 16 | (uint32_t)u[1] << 8 | u[0];
}

/* `slot`: magic, package index, offset and size of its blob in units. NULL when it is well, else what is wrong. */
static const char *blob_of(struct str bytes, const char *slot, struct str *ret)
{
    uint32_t package = le32(slot + 4);
    size_t at = (size_t)le32(slot + 8) * UNIT, room = (size_t)le32(slot + 12) * UNIT;
    if (memcmp(slot, "Slot", 4) != 0)
        return "a slot without its mark";
    if (at > bytes.n || bytes.n - at < HEAD || room < HEAD)
        return "a slot that leads out of the file";
    const char *head = bytes.p + at;
    size_t n = le32(head + 12);
    if (memcmp(head, "BlbS", 4) != 0 || le32(head + 4) != package)
        return "a slot that leads to no blob of its package";
    if (n > room - HEAD || n > bytes.n - at - HEAD)
        return "a blob that is longer than its place";
    *ret = (struct str){head + HEAD, n};
    return NULL;
}

enum rc rpmdb_ndb_read(struct op *op, struct str name, struct str bytes, const struct rpmdb_visitor *v)
{
    if (bytes.n < 32 || le32(bytes.p + 4) != 0)
        return fail(op, RC_INVALID, STR_FMT ": an NDB header of version 0 was expected", STR_ARG(name));
    uint64_t pages = le32(bytes.p + 12), slots = pages * (PAGE / SLOT), whole = bytes.n / SLOT, given = 0;
    size_t bad = 0;
    struct str blob;
    if (slots > whole) {
        fail(op, RC_INVALID, STR_FMT ": ends within its %llu slot pages", STR_ARG(name), (unsigned long long)pages);
        slots = whole;
        bad++;
    }
    for (uint64_t i = FIRST_SLOT; i < slots; i++) {
        const char *slot = bytes.p + i * SLOT;
        if (le32(slot + 8) == 0) /* free */
            continue;
        const char *why = blob_of(bytes, slot, &blob);
        if (why) {
            bad++;
            fail(op, RC_INVALID, STR_FMT ": slot %llu: %s", STR_ARG(name), (unsigned long long)i, why);
            continue;
        }
        /* Blobs do not overlap, so together they cannot be longer than the file. */
        given += blob.n;
        if (given > bytes.n)
            return fail(op, RC_INVALID, STR_FMT ": slot %llu: blobs overlap", STR_ARG(name), (unsigned long long)i);
        v->header(op, v->arg, blob);
    }
    return bad ? RC_INVALID : RC_OK;
}
