/* The end record, found from the back; the directory it points to; the local headers the directory points to. */
#include "format/zip.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include "base/inflate.h"

enum { END_N = 22, END64_N = 56, LOCATOR_N = 20, CENTRAL_N = 46, LOCAL_N = 30, COMMENT_MOST = 0xffff };

static uint16_t u16(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint16_t)(b[0] | b[1] << 8);
}

static uint32_t u32(const char *p)
{
    return u16(p) | (uint32_t)u16(p + 2) << 16;
}

static uint64_t u64(const char *p)
{
    return u32(p) | (uint64_t)u32(p + 4) << 32;
}

static bool signed_at(struct str bytes, uint64_t at, const char *signature)
{
    return at <= bytes.n && bytes.n - at >= 4 && memcmp(bytes.p + at, signature, 4) == 0;
}

/* The end record whose comment ends with the bytes; failing that, the last one whose comment fits. */
static bool find_end(struct str bytes, uint64_t *ret)
{
    bool found = false;
    if (bytes.n < END_N)
        return false;
    uint64_t last = bytes.n - END_N, stop = last > COMMENT_MOST ? last - COMMENT_MOST : 0;
    for (uint64_t at = last;; at--) {
        if (bytes.p[at] == 'P' && signed_at(bytes, at, "PK\5\6")) {
            uint64_t comment = u16(bytes.p + at + 20);
            if (comment == last - at) {
                *ret = at;
                return true;
            }
            if (!found && comment < last - at) {
                *ret = at;
                found = true;
            }
        }
        if (at == stop)
            return found;
    }
}

bool zip_is(struct str bytes)
{
    uint64_t at;
    return find_end(bytes, &at);
}

struct end {
    uint64_t at; /* of the end record, the 64-bit one if there is one */
    uint64_t entries, size, offset;
};

static bool end64(struct str bytes, uint64_t end_at, struct end *e)
{
    if (end_at < LOCATOR_N || !signed_at(bytes, end_at - LOCATOR_N, "PK\6\7"))
        return false;
    uint64_t near = end_at - LOCATOR_N, at = u64(bytes.p + near + 8);
    /* Its offset counts from the archive's start, which may lie behind a launcher. */
    if (near >= END64_N && signed_at(bytes, near - END64_N, "PK\6\6"))
        at = near - END64_N;
    if (!signed_at(bytes, at, "PK\6\6") || bytes.n - at < END64_N)
        return false;
    const char *p = bytes.p + at;
    *e = (struct end){at, u64(p + 32), u64(p + 40), u64(p + 48)};
    return true;
}

static enum rc bad(struct op *op, const struct zip *z, const char *what)
{
    return fail(op, RC_INVALID, STR_FMT ": %s", STR_ARG(z->name), what);
}

struct range {
    uint64_t start, end;
};

static int by_start(const void *a, const void *b)
{
    const struct range *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

/* Reads the whole directory once for the places alone. */
static enum rc check_overlap(struct op *op, struct zip z)
{
    struct arena *mem = arena_child(op->mem);
    size_t most = z.rest.n / CENTRAL_N, n = 0;
    struct range *r = arena_array(mem, most + 1, sizeof *r);
    struct zip_entry e;
    enum rc rc = RC_OK;
    while (n < most && (rc = zip_next(op, &z, &e)) == RC_OK)
        if (e.at < z.directory_at && e.packed <= z.directory_at - e.at)
            r[n++] = (struct range){e.at, e.at + LOCAL_N + e.path.n + e.packed};
    /* A malformed directory is met, and told, when it is read. */
    if (rc == RC_INVALID)
        op_clear(op);
    if (n)
        qsort(r, n, sizeof *r, by_start);
    bool overlap = false;
    for (size_t i = 1; i < n; i++)
        overlap |= r[i].start < r[i - 1].end;
    arena_close(mem);
    return overlap ? bad(op, &z, "entries that share bytes") : RC_OK;
}

enum rc zip_open(struct op *op, struct str name, struct str bytes, struct zip *ret)
{
    struct zip z = {.name = name, .bytes = bytes};
    uint64_t at;
    if (!find_end(bytes, &at))
        return bad(op, &z, "no zip directory at its end");
    const char *p = bytes.p + at;
    struct end e = {at, u16(p + 10), u32(p + 12), u32(p + 16)};
    if (e.entries == 0xffff || e.size == 0xffffffff || e.offset == 0xffffffff)
        end64(bytes, at, &e);
    if (e.size > e.at || e.offset > e.at - e.size)
        return bad(op, &z, "its zip directory does not fit");
    z.directory_at = e.at - e.size;
    z.before = z.directory_at - e.offset;
    if (e.size && !signed_at(bytes, z.directory_at, "PK\1\2")) {
        z.directory_at = e.offset;
        z.before = 0;
        if (!signed_at(bytes, z.directory_at, "PK\1\2"))
            return bad(op, &z, "no zip directory where it must be");
    }
    z.rest = (struct str){bytes.p + z.directory_at, (size_t)e.size};
    z.left = e.entries;
    TRY(check_overlap(op, z));
    *ret = z;
    return RC_OK;
}

/* The 64-bit values, for the fields that say they are elsewhere. */
static bool extra64(struct str extra, struct zip_entry *e)
{
    uint64_t *fields[] = {&e->size, &e->packed, &e->at};
    while (extra.n >= 4) {
        uint16_t id = u16(extra.p), n = u16(extra.p + 2);
        if (n > extra.n - 4)
            return false;
        struct str body = str_upto(str_from(extra, 4), n);
        for (size_t i = 0; id == 1 && i < 3; i++) {
            if (*fields[i] != 0xffffffff)
                continue;
            if (body.n < 8)
                return false;
            *fields[i] = u64(body.p);
            body = str_from(body, 8);
        }
        if (id == 1)
            return true;
        extra = str_from(extra, 4 + (size_t)n);
    }
    return false;
}

static void attributes(const char *p, struct zip_entry *e)
{
    uint32_t mode = u32(p + 38) >> 16;
    bool unix_made = p[5] == 3;
    e->executable = unix_made && (mode & 0111) != 0;
    e->is_link = unix_made && (mode & 0170000) == 0120000;
    e->is_folder = str_ends(e->path, STR("/"));
}

enum rc zip_next(struct op *op, struct zip *z, struct zip_entry *ret)
{
    struct zip_entry e = {0};
    const char *p = z->rest.p;
    /* The directory's size counts: its number of entries is 16 bits in archives that have more. */
    if (z->rest.n < CENTRAL_N || !signed_at(z->rest, 0, "PK\1\2")) {
        z->rest.n = 0;
        uint64_t missing = z->left;
        z->left = 0;
        return missing ? bad(op, z, "its zip directory is cut") : RC_NOTFOUND;
    }
    size_t name_n = u16(p + 28), extra_n = u16(p + 30), comment_n = u16(p + 32);
    size_t all = CENTRAL_N + name_n + extra_n + comment_n;
    if (all > z->rest.n) {
        z->rest.n = 0;
        z->left = 0;
        return bad(op, z, "its zip directory is cut");
    }
    e.path = (struct str){p + CENTRAL_N, name_n};
    e.encrypted = (u16(p + 8) & 1) != 0;
    e.method = u16(p + 10);
    e.crc = u32(p + 16);
    e.packed = u32(p + 20);
    e.size = u32(p + 24);
    e.at = u32(p + 42);
    if (e.size == 0xffffffff || e.packed == 0xffffffff || e.at == 0xffffffff)
        extra64((struct str){p + CENTRAL_N + name_n, extra_n}, &e);
    /* A place out of reach is found out when the entry is read: others may be well. */
    e.at = e.at > UINT64_MAX / 2 ? UINT64_MAX / 2 : e.at + z->before;
    attributes(p, &e);
    z->rest = str_from(z->rest, all);
    if (z->left)
        z->left--;
    *ret = e;
    return RC_OK;
}

enum rc zip_packed(struct op *op, const struct zip *z, const struct zip_entry *e, struct str *ret)
{
    if (e->at > z->directory_at || z->directory_at - e->at < LOCAL_N || !signed_at(z->bytes, e->at, "PK\3\4"))
        return fail(op, RC_INVALID, STR_FMT "!/" STR_FMT ": no local header", STR_ARG(z->name), STR_ARG(e->path));
    const char *p = z->bytes.p + e->at;
    uint64_t head = LOCAL_N + (uint64_t)u16(p + 26) + u16(p + 28), room = z->directory_at - e->at;
    if (head > room || e->packed > room - head)
        return fail(op, RC_INVALID, STR_FMT "!/" STR_FMT ": reaches past the entries", STR_ARG(z->name), STR_ARG(e->path));
    if (!str_eq((struct str){p + LOCAL_N, u16(p + 26)}, e->path) || u16(p + 8) != e->method)
        return fail(op, RC_INVALID, STR_FMT "!/" STR_FMT ": directory and local header disagree", STR_ARG(z->name),
                    STR_ARG(e->path));
    *ret = (struct str){p + head, (size_t)e->packed};
    return RC_OK;
}

static enum rc readable(struct op *op, const struct zip *z, const struct zip_entry *e)
{
    if (e->encrypted)
        return fail(op, RC_UNSUPPORTED, STR_FMT "!/" STR_FMT ": encrypted", STR_ARG(z->name), STR_ARG(e->path));
    if (e->method != ZIP_STORED && e->method != ZIP_DEFLATED)
        return fail(op, RC_UNSUPPORTED, STR_FMT "!/" STR_FMT ": compressed by method %u", STR_ARG(z->name), STR_ARG(e->path),
                    e->method);
    return RC_OK;
}

static enum rc wrong_size(struct op *op, const struct zip *z, const struct zip_entry *e)
{
    return fail(op, RC_INVALID, STR_FMT "!/" STR_FMT ": not the size that the directory says", STR_ARG(z->name),
                STR_ARG(e->path));
}

enum rc zip_read(struct op *op, const struct zip *z, const struct zip_entry *e, uint64_t most_bytes, struct str *ret)
{
    struct str packed, content;
    TRY(readable(op, z, e));
    TRY(zip_packed(op, z, e, &packed));
    if (e->size > most_bytes)
        return fail(op, RC_LIMIT, STR_FMT "!/" STR_FMT ": %llu bytes, more than the limit of %llu", STR_ARG(z->name),
                    STR_ARG(e->path), (unsigned long long)e->size, (unsigned long long)most_bytes);
    if (e->method == ZIP_STORED) {
        content = packed;
    } else {
        enum rc rc = inflate_bytes(op, e->path, INFLATE_RAW, packed, e->size, &content);
        if (rc == RC_LIMIT && e->size <= op->limits->ratio_from_bytes && e->size < op->limits->inflated_bytes) {
            op_clear(op);
            return wrong_size(op, z, e);
        }
        TRY(rc);
    }
    if (content.n != e->size)
        return wrong_size(op, z, e);
    if (crc32_gzip_refl(0, (const unsigned char *)content.p, content.n) != e->crc)
        return fail(op, RC_INVALID, STR_FMT "!/" STR_FMT ": wrong checksum", STR_ARG(z->name), STR_ARG(e->path));
    *ret = content;
    return RC_OK;
}

enum rc zip_head(struct op *op, const struct zip *z, const struct zip_entry *e, char *out, size_t n, size_t *ret_n)
{
    struct str packed;
    TRY(readable(op, z, e));
    TRY(zip_packed(op, z, e, &packed));
    if (e->method == ZIP_STORED) {
        *ret_n = packed.n < n ? packed.n : n;
        memcpy(out, packed.p, *ret_n);
        return RC_OK;
    }
    struct arena *scratch = arena_child(op->mem);
    struct inflate_state *s = arena_alloc(scratch, sizeof *s);
    isal_inflate_init(s);
    s->next_in = (uint8_t *)(uintptr_t)packed.p;
    s->avail_in = (uint32_t)(packed.n > UINT32_MAX ? UINT32_MAX : packed.n);
    s->next_out = (uint8_t *)out;
    s->avail_out = (uint32_t)n;
    int rc = isal_inflate(s);
    *ret_n = n - s->avail_out;
    arena_close(scratch);
    if (rc != ISAL_DECOMP_OK && rc != ISAL_END_INPUT)
        return fail(op, RC_INVALID, STR_FMT "!/" STR_FMT ": damaged compressed data", STR_ARG(z->name), STR_ARG(e->path));
    return RC_OK;
}
