/* Pax records and the maps of sparse files. */
#include "source/tarwalk.h"

enum { GNU_MAP = 386, GNU_MAP_N = 4, GNU_MORE = 482, GNU_NEXT_N = 21, GNU_NEXT_MORE = 504, PIECES_MOST = 1 << 16 };

static enum rc bad(struct op *op, const struct tar *t, const char *what)
{
    return fail(op, RC_INVALID, STR_FMT ": %s before byte %llu", STR_ARG(t->in->name), what, (unsigned long long)t->in->at);
}

static enum rc piece(struct op *op, struct tar *t, uint64_t at, uint64_t n)
{
    if (t->pieces.n == PIECES_MOST)
        return bad(op, t, "a sparse file in more than 65536 pieces");
    if (n == 0)
        return RC_OK;
    *vec_push(t->scratch, &t->pieces) = (struct tar_piece){at, n};
    return RC_OK;
}

/* "offset,length,offset,length,…": pax 0.1. */
static enum rc map_text(struct op *op, struct tar *t, struct str text)
{
    struct str head;
    uint64_t v[2];
    unsigned i = 0;
    while (str_cut(&text, ',', &head)) {
        if (!str_num(head, &v[i]))
            return bad(op, t, "a malformed map of a sparse file");
        if (i == 1)
            TRY(piece(op, t, v[0], v[1]));
        i ^= 1;
    }
    return i == 0 ? RC_OK : bad(op, t, "a malformed map of a sparse file");
}

struct pair {
    uint64_t at;
    bool open; /* an offset without its length (pax 0.0) */
};

static enum rc sparse_pair(struct op *op, struct tar *t, struct str key, struct str value, struct pair *p)
{
    uint64_t v;
    if (!str_num(value, &v))
        return bad(op, t, "a malformed map of a sparse file");
    if (str_eq(key, STR("GNU.sparse.offset"))) {
        *p = (struct pair){v, true};
        return RC_OK;
    }
    if (!p->open)
        return bad(op, t, "a malformed map of a sparse file");
    p->open = false;
    return piece(op, t, p->at, v);
}

static enum rc number(struct op *op, const struct tar *t, struct str value, uint64_t *ret)
{
    return str_num(value, ret) && *ret <= INT64_MAX ? RC_OK : bad(op, t, "a malformed number in a pax record");
}

static enum rc sparse_key(struct op *op, struct tar *t, struct str key, struct str value, struct tar_extra *x, struct pair *p)
{
    uint64_t v;
    x->sparse = true;
    if (str_eq(key, STR("GNU.sparse.name"))) {
        x->path = value;
    } else if (str_eq(key, STR("GNU.sparse.size")) || str_eq(key, STR("GNU.sparse.realsize"))) {
        TRY(number(op, t, value, &x->real_size));
        x->has_real_size = true;
    } else if (str_eq(key, STR("GNU.sparse.major"))) {
        TRY(number(op, t, value, &v));
        x->sparse_major = v == 1;
    } else if (str_eq(key, STR("GNU.sparse.map"))) {
        x->has_map = true;
        return map_text(op, t, value);
    } else if (str_eq(key, STR("GNU.sparse.offset")) || str_eq(key, STR("GNU.sparse.numbytes"))) {
        x->has_map = true;
        return sparse_pair(op, t, key, value, p);
    }
    return RC_OK;
}

static enum rc key_value(struct op *op, struct tar *t, struct str key, struct str value, struct tar_extra *x, struct pair *p)
{
    if (str_eq(key, STR("path"))) {
        if (!x->sparse) /* GNU.sparse.name says more than the stand-in in path */
            x->path = value;
    } else if (str_eq(key, STR("linkpath"))) {
        x->target = value;
    } else if (str_eq(key, STR("size"))) {
        TRY(number(op, t, value, &x->size));
        x->has_size = true;
    } else if (str_starts(key, STR("GNU.sparse."))) {
        return sparse_key(op, t, key, value, x, p);
    }
    return RC_OK;
}

/* Each record is "LENGTH KEY=VALUE\n", the length counting all of itself. */
enum rc tar_extra_read(struct op *op, struct tar *t, struct str records, struct tar_extra *x)
{
    struct pair p = {0};
    struct str length, rest, key, value;
    while (records.n) {
        uint64_t n;
        if (records.p[0] == 0) /* some writers pad with zeros */
            break;
        if (!str_split(str_upto(records, 24), ' ', &length, &rest) || !str_num(length, &n) || n > records.n || n < length.n + 3)
            return bad(op, t, "a malformed pax record");
        rest = str_from(str_upto(records, (size_t)n), length.n + 1);
        if (rest.p[rest.n - 1] != '\n' || !str_split(str_but(rest, 1), '=', &key, &value))
            return bad(op, t, "a malformed pax record");
        TRY(key_value(op, t, key, value, x, &p));
        records = str_from(records, (size_t)n);
    }
    return RC_OK;
}

static enum rc map_line(struct op *op, struct tar *t, uint64_t *used, uint64_t *ret)
{
    uint64_t v = 0;
    for (unsigned digits = 0;; digits++) {
        char c;
        if (t->left == 0 || digits > 19)
            return bad(op, t, "a malformed map of a sparse file");
        TRY(stream_read(op, t->in, &c, 1));
        t->left--;
        ++*used;
        if (c == '\n' && digits)
            break;
        if (!is_digit(c) || v > UINT64_MAX / 16)
            return bad(op, t, "a malformed map of a sparse file");
        v = v * 10 + (uint64_t)(c - '0');
    }
    *ret = v;
    return RC_OK;
}

/* Decimal lines: their number, then an offset and a length each; filled up to a block. */
enum rc tar_map_read(struct op *op, struct tar *t)
{
    uint64_t count, used = 0;
    TRY(map_line(op, t, &used, &count));
    if (count > PIECES_MOST)
        return bad(op, t, "a sparse file in more than 65536 pieces");
    for (uint64_t i = 0; i < count; i++) {
        uint64_t at, n;
        TRY(map_line(op, t, &used, &at));
        TRY(map_line(op, t, &used, &n));
        TRY(piece(op, t, at, n));
    }
    uint64_t fill = -used % STREAM_BLOCK;
    if (fill > t->left)
        return bad(op, t, "a malformed map of a sparse file");
    TRY(stream_skip(op, t->in, fill));
    t->left -= fill;
    t->now.stored = t->left;
    return RC_OK;
}

static enum rc gnu_pieces(struct op *op, struct tar *t, const char *p, unsigned count)
{
    for (unsigned i = 0; i < count; i++, p += 24) {
        uint64_t at, n;
        if (p[0] == 0)
            break;
        if (!tar_number(p, 12, &at) || !tar_number(p + 12, 12, &n))
            return bad(op, t, "a malformed map of a sparse file");
        TRY(piece(op, t, at, n));
    }
    return RC_OK;
}

enum rc tar_gnu_map_read(struct op *op, struct tar *t, const char header[STREAM_BLOCK])
{
    bool more = header[GNU_MORE] != 0;
    TRY(gnu_pieces(op, t, header + GNU_MAP, GNU_MAP_N));
    while (more) {
        char next[STREAM_BLOCK];
        TRY(stream_read(op, t->in, next, sizeof next));
        TRY(gnu_pieces(op, t, next, GNU_NEXT_N));
        more = next[GNU_NEXT_MORE] != 0;
    }
    return RC_OK;
}

enum rc tar_map_check(struct op *op, const struct tar *t)
{
    uint64_t at = 0, stored = 0;
    vec_each(struct tar_piece, piece, &t->pieces)
    {
        if (piece->at < at || piece->at > t->now.size || piece->n > t->now.size - piece->at)
            return bad(op, t, "a sparse file whose pieces overlap or lie outside");
        at = piece->at + piece->n;
        stored += piece->n;
    }
    return stored <= t->left ? RC_OK : bad(op, t, "a sparse file with fewer bytes than its map says");
}
