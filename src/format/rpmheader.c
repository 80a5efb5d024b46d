/* Header blobs: `u32 entries, u32 bytes of data, entries, data`. */
#include "format/rpmheader.h"

enum { ENTRY = 16, ENTRIES_MOST = 0x10000, DATA_MOST = 256 << 20 };
enum type { TYPE_INT32 = 4, TYPE_STRING = 6, TYPE_STRINGS = 8, TYPE_I18N = 9 };

static uint32_t be32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

enum rc rpmheader_open(struct op *op, struct str blob, struct rpmheader *ret)
{
    if (blob.n < 8)
        return fail(op, RC_INVALID, "rpm header: shorter than its two sizes");
    uint32_t entries = be32(blob.p), bytes = be32(blob.p + 4);
    if (entries == 0 || entries > ENTRIES_MOST || bytes > DATA_MOST)
        return fail(op, RC_INVALID, "rpm header: %u entries and %u bytes of data", entries, bytes);
    struct str rest = str_from(blob, 8);
    if ((size_t)entries * ENTRY + bytes > rest.n)
        return fail(op, RC_INVALID, "rpm header: ends before its data");
    ret->index = str_upto(rest, (size_t)entries * ENTRY);
    ret->data = str_upto(str_from(rest, ret->index.n), bytes);
    return RC_OK;
}

/* The last entry of this tag: its type, and its data from where it starts. */
static bool find(const struct rpmheader *h, enum rpm_tag tag, uint32_t *ret_type, struct rpmvalues *ret)
{
    for (size_t at = h->index.n; at >= ENTRY; at -= ENTRY) {
        const char *e = h->index.p + at - ENTRY;
        uint32_t offset = be32(e + 8);
        if (be32(e) != (uint32_t)tag)
            continue;
        if (offset >= h->data.n)
            return false;
        *ret_type = be32(e + 4);
        *ret = (struct rpmvalues){str_from(h->data, offset), be32(e + 12)};
        return ret->count != 0;
    }
    return false;
}

bool rpmheader_strings(const struct rpmheader *h, enum rpm_tag tag, struct rpmvalues *ret)
{
    uint32_t type;
    struct rpmvalues v;
    if (!find(h, tag, &type, &v) || (type != TYPE_STRING && type != TYPE_STRINGS && type != TYPE_I18N))
        return false;
    if (type == TYPE_STRING)
        v.count = 1;
    if (v.count > v.bytes.n) /* each has at least its NUL */
        return false;
    *ret = v;
    return true;
}

bool rpmheader_numbers(const struct rpmheader *h, enum rpm_tag tag, struct rpmvalues *ret)
{
    uint32_t type;
    struct rpmvalues v;
    if (!find(h, tag, &type, &v) || type != TYPE_INT32 || v.count > v.bytes.n / 4)
        return false;
    *ret = v;
    return true;
}

bool rpmheader_str(const struct rpmheader *h, enum rpm_tag tag, struct str *ret)
{
    struct rpmvalues v;
    return rpmheader_strings(h, tag, &v) && rpmvalues_next(&v, ret);
}

bool rpmheader_number(const struct rpmheader *h, enum rpm_tag tag, uint32_t *ret)
{
    struct rpmvalues v;
    if (!rpmheader_numbers(h, tag, &v))
        return false;
    *ret = rpmvalues_number(&v, 0);
    return true;
}

bool rpmvalues_next(struct rpmvalues *v, struct str *ret)
{
    size_t n = v->count ? str_chr(v->bytes, '\0') : STR_NONE;
    if (n == STR_NONE)
        return false;
    *ret = str_upto(v->bytes, n);
    v->bytes = str_from(v->bytes, n + 1);
    v->count--;
    return true;
}

uint32_t rpmvalues_number(const struct rpmvalues *v, uint32_t i)
{
    return be32(v->bytes.p + (size_t)i * 4);
}
