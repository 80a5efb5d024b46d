/* Header after header; what stands before a member and belongs to it (pax, long names) is gathered on the way. */
#include "source/tarwalk.h"

enum {
    NAME = 0,
    NAME_N = 100,
    MODE = 100,
    SIZE = 124,
    SUM = 148,
    TYPE = 156,
    LINK = 157,
    MAGIC = 257,
    PREFIX = 345,
    PREFIX_N = 155,
    GNU_REAL_SIZE = 483,
};

bool tar_number(const char *field, size_t n, uint64_t *ret)
{
    uint64_t v = 0;
    unsigned char first = (unsigned char)field[0];
    if (first & 0x80) {
        if (first & 0x40) /* negative */
            return false;
        v = first & 0x3f;
        for (size_t i = 1; i < n; i++) {
            if (v >> 55)
                return false;
            v = v << 8 | (unsigned char)field[i];
        }
        *ret = v;
        return v >> 63 == 0;
    }
    size_t i = 0;
    while (i < n && (field[i] == ' ' || field[i] == 0))
        i++;
    for (; i < n && field[i] != ' ' && field[i] != 0; i++) {
        if (field[i] < '0' || field[i] > '7' || v >> 60)
            return false;
        v = v << 3 | (uint64_t)(field[i] - '0');
    }
    *ret = v;
    return true;
}

/* Sums of all bytes, the checksum's own field taken as spaces. Old writers summed signed bytes. */
bool tar_header_valid(const char block[STREAM_BLOCK])
{
    uint64_t said;
    if (!tar_number(block + SUM, 8, &said))
        return false;
    uint32_t sum = 8 * ' ', high = 0;
    for (size_t i = 0; i < STREAM_BLOCK; i++) {
        uint32_t b = (unsigned char)block[i];
        sum += b;
        high += b >> 7;
    }
    for (size_t i = SUM; i < SUM + 8; i++) {
        sum -= (unsigned char)block[i];
        high -= (unsigned char)block[i] >> 7;
    }
    return said == sum || said == sum - 256 * (uint64_t)high;
}

static bool zero(const char *block)
{
    uint64_t any = 0;
    for (size_t i = 0; i < STREAM_BLOCK; i += 8) {
        uint64_t v;
        memcpy(&v, block + i, 8);
        any |= v;
    }
    return any == 0;
}

void tar_open(struct tar *t, struct stream *in, struct arena *mem)
{
    *t = (struct tar){.in = in, .mem = mem, .scratch = arena_child(mem)};
}

static enum rc bad(struct op *op, const struct tar *t, const char *what)
{
    return fail(op, RC_INVALID, STR_FMT ": %s at byte %llu", STR_ARG(t->in->name), what, (unsigned long long)t->in->at);
}

/* Takes one block: *ret is NULL at the end of the stream. */
static enum rc block(struct op *op, struct tar *t, const char **ret)
{
    struct str some;
    TRY(stream_some(op, t->in, STREAM_BLOCK, &some));
    if (some.n != 0 && some.n != STREAM_BLOCK)
        return bad(op, t, "the archive ends within a header");
    *ret = some.n ? some.p : NULL;
    return RC_OK;
}

static struct str field(const char *p, size_t n)
{
    const char *end = memchr(p, 0, n);
    return (struct str){p, end ? (size_t)(end - p) : n};
}

/* The body of a record that describes the next member; `n` was checked. */
static enum rc record(struct op *op, struct tar *t, uint64_t n, struct str *ret)
{
    if (n > TAR_EXTRA_MOST)
        return bad(op, t, "a name or pax record of more than a megabyte");
    char *p = arena_alloc(t->scratch, (size_t)n + 1);
    t->dirty = true;
    TRY(stream_read(op, t->in, p, (size_t)n));
    TRY(stream_skip(op, t->in, -n % STREAM_BLOCK));
    *ret = (struct str){p, (size_t)n};
    return RC_OK;
}

static struct str until_nul(struct str s)
{
    size_t end = str_chr(s, 0);
    return end == STR_NONE ? s : str_upto(s, end);
}

/* Is the header one that only describes the next member? Then its content went into *x. */
static enum rc describing(struct op *op, struct tar *t, char type, uint64_t size, struct tar_extra *x, bool *ret)
{
    struct str text;
    *ret = type == 'x' || type == 'g' || type == 'L' || type == 'K' || type == 'X';
    if (!*ret)
        return RC_OK;
    if (type == 'g') /* says things about all that follow; none that matters here */
        return stream_skip(op, t->in, size + (-size % STREAM_BLOCK));
    TRY(record(op, t, size, &text));
    if (type == 'L')
        x->path = until_nul(text);
    else if (type == 'K')
        x->target = until_nul(text);
    else
        TRY(tar_extra_read(op, t, text, x));
    return RC_OK;
}

static enum entry_kind kind_of(char type, struct str path)
{
    switch (type) {
    case 0:
    case '0': return str_ends(path, STR("/")) ? ENTRY_FOLDER : ENTRY_FILE;
    case '7':
    case 'S': return ENTRY_FILE;
    case '1': return ENTRY_HARDLINK;
    case '2': return ENTRY_LINK;
    case '5':
    case 'D': return ENTRY_FOLDER;
    default: return ENTRY_OTHER;
    }
}

/* Links, folders, devices and pipes have no body, whatever their size says. */
static bool has_body(char type)
{
    return !(type >= '1' && type <= '6');
}

static struct str name(struct tar *t, const char *h)
{
    struct str last = field(h + NAME, NAME_N), first = field(h + PREFIX, PREFIX_N);
    if (memcmp(h + MAGIC, "ustar\0", 6) == 0 && first.n) {
        t->dirty = true;
        return str_join(t->scratch, first, STR("/"), last);
    }
    return last;
}

static enum rc sparse(struct op *op, struct tar *t, const char *h, const struct tar_extra *x)
{
    struct tar_member *m = &t->now;
    m->sparse = true;
    t->dirty = true;
    if (h[TYPE] == 'S') {
        if (!tar_number(h + GNU_REAL_SIZE, 12, &m->size))
            return bad(op, t, "a malformed size");
        TRY(tar_gnu_map_read(op, t, h));
    } else {
        if (x->has_real_size)
            m->size = x->real_size;
        if (x->sparse_major == 1)
            TRY(tar_map_read(op, t));
        else if (!x->has_map)
            return bad(op, t, "a sparse file without a map");
    }
    return tar_map_check(op, t);
}

/* Fills t->now from its own header. `h` lies in the stream's window: names are copied before it moves on. */
static enum rc member(struct op *op, struct tar *t, const char *h, uint64_t size, const struct tar_extra *x)
{
    struct tar_member *m = &t->now;
    uint64_t mode = 0;
    char type = h[TYPE];
    bool mode_ok = tar_number(h + MODE, 8, &mode);
    *m = (struct tar_member){.path = x->path.p ? x->path : name(t, h), .target = x->target};
    m->kind = kind_of(type, m->path);
    m->executable = mode_ok && (mode & 0111) != 0;
    if (!m->target.p && (m->kind == ENTRY_LINK || m->kind == ENTRY_HARDLINK))
        m->target = field(h + LINK, NAME_N);
    bool is_sparse = type == 'S' || (x->sparse && m->kind == ENTRY_FILE);
    m->stored = !has_body(type) ? 0 : x->has_size ? x->size : size;
    m->size = m->kind == ENTRY_FILE ? m->stored : 0;
    if (m->stored > INT64_MAX)
        return bad(op, t, "a size out of range");
    t->left = m->stored;
    t->padding = (unsigned)(-m->stored % STREAM_BLOCK);
    if (is_sparse) {
        m->path = str_dup(t->scratch, m->path);
        TRY(sparse(op, t, h, x));
    }
    m->at = t->in->at;
    return RC_OK;
}

/* Names that stay in the window are good until the next call on the stream: peeking at the body may move it. */
static void settle(struct tar *t, const struct tar_extra *x)
{
    struct tar_member *m = &t->now;
    if (t->in->rest.n != 0 || m->kind == ENTRY_FOLDER || m->sparse)
        return;
    t->dirty = true;
    if (!x->path.p)
        m->path = str_dup(t->scratch, m->path);
    if (!x->target.p && m->target.p)
        m->target = str_dup(t->scratch, m->target);
}

/* A block of zeros: two of them, or one and the end of the stream, end the archive. */
static enum rc at_zeros(struct op *op, struct tar *t)
{
    const char *h = NULL;
    TRY(block(op, t, &h));
    if (h && !zero(h))
        return bad(op, t, "a single block of zeros");
    t->ended = true;
    return RC_NOTFOUND;
}

/* Some writers leave out the last body's padding and the blocks of zeros after it: the end of the stream will do. */
static enum rc skip_padding(struct op *op, struct tar *t)
{
    while (t->padding) {
        struct str some;
        TRY(stream_some(op, t->in, t->padding, &some));
        t->padding = some.n ? t->padding - (unsigned)some.n : 0;
    }
    return RC_OK;
}

enum rc tar_next(struct op *op, struct tar *t)
{
    struct tar_extra x = {0};
    if (t->ended)
        return RC_NOTFOUND;
    TRY(stream_skip(op, t->in, t->left));
    TRY(skip_padding(op, t));
    t->left = 0;
    if (t->dirty) {
        arena_reset(t->scratch);
        t->dirty = false;
    }
    t->pieces.n = t->pieces.cap = 0;
    t->pieces.at = NULL;
    for (;;) {
        const char *h = NULL;
        uint64_t size;
        bool more;
        TRY(block(op, t, &h));
        if (!h) {
            t->ended = true;
            return RC_NOTFOUND;
        }
        if (zero(h))
            return at_zeros(op, t);
        if (!tar_header_valid(h) || !tar_number(h + SIZE, 12, &size))
            return bad(op, t, "not a tar header before");
        TRY(describing(op, t, h[TYPE], size, &x, &more));
        if (more)
            continue;
        TRY(member(op, t, h, size, &x));
        settle(t, &x);
        return RC_OK;
    }
}

enum rc tar_some(struct op *op, struct tar *t, struct str *ret)
{
    *ret = (struct str){"", 0};
    if (t->left == 0)
        return RC_OK;
    TRY(stream_some(op, t->in, t->left, ret));
    if (ret->n == 0)
        return bad(op, t, "the archive ends within a file");
    t->left -= ret->n;
    return RC_OK;
}

enum rc tar_peek(struct op *op, struct tar *t, size_t most, struct str *ret)
{
    *ret = (struct str){"", 0};
    if (t->left == 0)
        return RC_OK;
    TRY(stream_peek(op, t->in, ret));
    if (ret->n == 0)
        return bad(op, t, "the archive ends within a file");
    *ret = str_upto(*ret, t->left < most ? (size_t)t->left : most);
    return RC_OK;
}

static enum rc keep_pieces(struct op *op, struct tar *t, struct spill *spill)
{
    uint64_t at = 0;
    vec_each(struct tar_piece, piece, &t->pieces)
    {
        TRY(spill_zeros(op, spill, piece->at - at));
        for (uint64_t left = piece->n; left;) {
            struct str some;
            TRY(stream_some(op, t->in, left, &some));
            if (some.n == 0)
                return bad(op, t, "the archive ends within a file");
            TRY(spill_add(op, spill, some));
            left -= some.n;
            t->left -= some.n;
        }
        at = piece->at + piece->n;
    }
    return spill_zeros(op, spill, t->now.size - at);
}

enum rc tar_keep(struct op *op, struct tar *t, struct spill *spill, struct extent *ret)
{
    spill_begin(spill, t->now.size);
    if (t->now.sparse)
        TRY(keep_pieces(op, t, spill));
    while (t->left && !t->now.sparse) {
        struct str some;
        TRY(tar_some(op, t, &some));
        TRY(spill_add(op, spill, some));
    }
    *ret = spill_done(spill);
    return RC_OK;
}
