/* The pull reader: one pass for UTF-8, then tokens on demand. Duplicate keys are found by their keyed 64-bit
 * hashes: a few compared in line, many in a table per depth that is used again for the next object there. */
#include "base/json.h"

#include "base/hash.h"
#include "base/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { FEW_KEYS = 16 };

struct json_frame {
    bool array;
    uint32_t count;
    uint64_t few[FEW_KEYS];
    uint64_t *table; /* 0 is free */
    uint32_t size;   /* a power of two; in use once count > FEW_KEYS */
};

static COLD enum rc broken(struct json *j, enum rc rc, const char *what)
{
    if (j->rc != RC_OK)
        return j->rc;
    size_t line = 1;
    const char *from = j->start;
    for (const char *p = j->start; p < j->p && p < j->end; p++)
        if (*p == '\n') {
            line++;
            from = p + 1;
        }
    j->rc = fail(j->op, rc, STR_FMT ":%zu:%zu: %s", STR_ARG(j->name), line, (size_t)(j->p - from) + 1, what);
    j->p = j->end;
    return j->rc;
}

enum rc json_fail(struct json *j, const char *what)
{
    return broken(j, RC_INVALID, what);
}

void json_open(struct json *j, struct op *op, struct str name, struct str bytes, unsigned flags)
{
    str_take(&bytes, STR("\xef\xbb\xbf"));
    *j = (struct json){.op = op, .name = name, .start = bytes.p, .p = bytes.p, .end = bytes.p + bytes.n, .flags = flags, .value_due = true};
    j->frames = arena_array(op->mem, JSON_DEPTH, sizeof *j->frames);
    size_t bad = utf8_invalid(bytes);
    if (bad != STR_NONE) {
        j->p = j->start + bad;
        broken(j, RC_INVALID, "not valid UTF-8");
    }
}

static void space(struct json *j)
{
    const char *p = j->p, *end = j->end;
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r'))
        p++;
    j->p = p;
}

enum json_kind json_kind(struct json *j)
{
    if (j->rc != RC_OK || !j->value_due)
        return JSON_NONE;
    space(j);
    if (j->p == j->end) {
        broken(j, RC_INVALID, "expected a value, found the end");
        return JSON_NONE;
    }
    switch (*j->p) {
    case '{': return JSON_OBJECT;
    case '[': return JSON_ARRAY;
    case '"': return JSON_STRING;
    case 't': return JSON_TRUE;
    case 'f': return JSON_FALSE;
    case 'n': return JSON_NULL;
    default:
        if (*j->p == '-' || is_digit(*j->p))
            return JSON_NUMBER;
        broken(j, RC_INVALID, "expected a value");
        return JSON_NONE;
    }
}

static bool enter(struct json *j, bool array)
{
    if (j->depth == JSON_DEPTH) {
        broken(j, RC_LIMIT, "nested too deep");
        return false;
    }
    struct json_frame *f = &j->frames[j->depth++];
    f->array = array;
    if (f->count > FEW_KEYS)
        memset(f->table, 0, f->size * sizeof *f->table);
    f->count = 0;
    j->p++;
    j->value_due = false;
    j->first = true;
    return true;
}

bool json_object(struct json *j)
{
    if (json_kind(j) == JSON_OBJECT)
        return enter(j, false);
    json_skip(j);
    return false;
}

bool json_array(struct json *j)
{
    if (json_kind(j) == JSON_ARRAY)
        return enter(j, true);
    json_skip(j);
    return false;
}

static void leave(struct json *j)
{
    j->p++;
    j->depth--;
    j->first = false;
    j->value_due = false;
}

/* Before the next member or item: false when the container ended here. */
static bool next(struct json *j, char closing)
{
    if (j->value_due)
        json_skip(j);
    if (j->rc != RC_OK)
        return false;
    space(j);
    if (j->p == j->end)
        return broken(j, RC_INVALID, closing == '}' ? "object not closed" : "array not closed") == RC_OK;
    if (*j->p == closing) {
        leave(j);
        return false;
    }
    if (!j->first) {
        if (*j->p != ',')
            return broken(j, RC_INVALID, closing == '}' ? "expected , or }" : "expected , or ]") == RC_OK;
        j->p++;
        space(j);
        if ((j->flags & JSON_TRAILING_COMMA) && j->p < j->end && *j->p == closing) {
            leave(j);
            return false;
        }
    }
    j->first = false;
    return true;
}

bool json_item(struct json *j)
{
    if (!next(j, ']'))
        return false;
    j->value_due = true;
    return true;
}

/* Is this hash new in the frame? */
static bool table_add(uint64_t *table, uint32_t size, uint64_t h)
{
    uint32_t i = (uint32_t)h & (size - 1);
    for (; table[i]; i = (i + 1) & (size - 1))
        if (table[i] == h)
            return false;
    table[i] = h;
    return true;
}

static void table_grow(struct json *j, struct json_frame *f)
{
    uint32_t size = f->size ? f->size * 2 : 4 * FEW_KEYS;
    uint64_t *table = arena_array(j->op->mem, size, sizeof *table);
    for (uint32_t i = 0; i < f->size; i++)
        if (f->table[i])
            table_add(table, size, f->table[i]);
    f->table = table;
    f->size = size;
}

static bool key_is_new(struct json *j, struct str key)
{
    struct json_frame *f = &j->frames[j->depth - 1];
    uint64_t h = hash64(key) | 1;
    if (f->count < FEW_KEYS) {
        for (uint32_t i = 0; i < f->count; i++)
            if (f->few[i] == h)
                return false;
        f->few[f->count++] = h;
        return true;
    }
    if (f->count == FEW_KEYS) {
        if (!f->size)
            table_grow(j, f);
        for (uint32_t i = 0; i < FEW_KEYS; i++)
            table_add(f->table, f->size, f->few[i]);
    } else if (f->count * 2 >= f->size) {
        table_grow(j, f);
    }
    f->count++;
    return table_add(f->table, f->size, h);
}

/* First byte at or after p that ends or complicates a string: a quote, a backslash or a control. */
static const char *plain_end(const char *p, const char *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), last = _mm_set1_epi8(0x1f);
    for (; p + 16 <= end; p += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, last), v);
        int m = _mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash))));
        if (m)
            return p + __builtin_ctz((unsigned)m);
    }
#endif
    while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
        p++;
    return p;
}

static bool hex4(const char *p, const char *end, uint32_t *ret)
{
    if (end - p < 4)
        return false;
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        char c = to_lower(p[i]);
        if (!is_digit(c) && !(c >= 'a' && c <= 'f'))
            return false;
        v = v << 4 | (uint32_t)(is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    *ret = v;
    return true;
}

/* \uXXXX (and the second half of a pair) at p, just after the 'u': the bytes after it, NULL when wrong. */
static const char *unicode(const char *p, const char *end, uint32_t *ret)
{
    uint32_t hi, lo;
    if (!hex4(p, end, &hi) || (hi >= 0xdc00 && hi <= 0xdfff))
        return NULL;
    p += 4;
    if (hi >= 0xd800 && hi <= 0xdbff) {
        if (end - p < 6 || p[0] != '\\' || p[1] != 'u' || !hex4(p + 2, end, &lo) || lo < 0xdc00 || lo > 0xdfff)
            return NULL;
        hi = 0x10000 + ((hi - 0xd800) << 10) + (lo - 0xdc00);
        p += 6;
    }
    *ret = hi;
    return p;
}

/* One escape at p, just after the backslash; writes its bytes to *out when out is not NULL. */
static const char *escape(const char *p, const char *end, char **out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char bytes[4];
    size_t n = 1;
    if (p == end)
        return NULL;
    if (*p == 'u') {
        uint32_t c;
        p = unicode(p + 1, end, &c);
        if (!p)
            return NULL;
        n = utf8_write(c, bytes);
    } else {
        const char *at = memchr(from, *p, sizeof from - 1);
        if (!at)
            return NULL;
        bytes[0] = to[at - from];
        p++;
    }
    if (out) {
        memcpy(*out, bytes, n);
        *out += n;
    }
    return p;
}

/* Passes over the string at p (on its opening quote): its inner bytes, and whether they hold escapes. */
static bool string_span(struct json *j, struct str *ret, bool *ret_escaped)
{
    const char *from = j->p + 1, *p = from;
    *ret_escaped = false;
    for (;;) {
        p = plain_end(p, j->end);
        if (p == j->end) {
            broken(j, RC_INVALID, "string not closed");
            return false;
        }
        if (*p == '"')
            break;
        const char *bad = p;
        p = *p == '\\' ? escape(p + 1, j->end, NULL) : NULL;
        if (!p) {
            j->p = bad;
            broken(j, RC_INVALID, *bad == '\\' ? "no such escape" : "control character in a string");
            return false;
        }
        *ret_escaped = true;
    }
    *ret = (struct str){from, (size_t)(p - from)};
    j->p = p + 1;
    return true;
}

static struct str unescape(struct json *j, struct str raw)
{
    char *out = arena_alloc(j->op->mem, raw.n + 1), *at = out;
    const char *p = raw.p, *end = raw.p + raw.n;
    while (p < end) {
        if (*p == '\\')
            p = escape(p + 1, end, &at);
        else
            *at++ = *p++;
    }
    return (struct str){out, (size_t)(at - out)};
}

static struct str string_here(struct json *j)
{
    struct str s;
    bool escaped;
    if (!string_span(j, &s, &escaped))
        return (struct str){NULL, 0};
    return escaped ? unescape(j, s) : s;
}

bool json_key(struct json *j, struct str *ret_key)
{
    if (!next(j, '}'))
        return false;
    if (j->p == j->end || *j->p != '"')
        return broken(j, RC_INVALID, "expected a key") == RC_OK;
    const char *at = j->p;
    struct str key = string_here(j);
    if (j->rc != RC_OK)
        return false;
    if (!key_is_new(j, key)) {
        j->p = at;
        return broken(j, RC_INVALID, "the same key twice in one object") == RC_OK;
    }
    space(j);
    if (j->p == j->end || *j->p != ':')
        return broken(j, RC_INVALID, "expected : after the key") == RC_OK;
    j->p++;
    j->value_due = true;
    *ret_key = key;
    return true;
}

struct str json_string(struct json *j)
{
    if (json_kind(j) != JSON_STRING) {
        json_skip(j);
        return (struct str){NULL, 0};
    }
    j->value_due = false;
    return string_here(j);
}

static const char *digits(const char *p, const char *end)
{
    while (p < end && is_digit(*p))
        p++;
    return p;
}

/* RFC 8259 §6: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)? */
static struct str number(struct json *j)
{
    const char *from = j->p, *p = from, *end = j->end, *q;
    if (*p == '-')
        p++;
    q = digits(p, end);
    bool ok = q > p && (*p != '0' || q == p + 1);
    p = q;
    if (ok && p < end && *p == '.') {
        q = digits(p + 1, end);
        ok = q > p + 1;
        p = q;
    }
    if (ok && p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        q = digits(p, end);
        ok = q > p;
        p = q;
    }
    if (!ok || (p < end && (is_alnum(*p) || *p == '.' || *p == '_'))) {
        broken(j, RC_INVALID, "not a number");
        return (struct str){NULL, 0};
    }
    j->p = p;
    return (struct str){from, (size_t)(p - from)};
}

static struct str literal(struct json *j, struct str word)
{
    struct str rest = {j->p, (size_t)(j->end - j->p)};
    if (!str_starts(rest, word) || (rest.n > word.n && is_alnum(rest.p[word.n]))) {
        broken(j, RC_INVALID, "expected a value");
        return (struct str){NULL, 0};
    }
    j->p += word.n;
    return word;
}

/* Takes the scalar ahead; containers are skipped. */
struct str json_scalar(struct json *j)
{
    enum json_kind kind = json_kind(j);
    struct str none = {NULL, 0};
    switch (kind) {
    case JSON_NONE: return none;
    case JSON_OBJECT:
    case JSON_ARRAY: json_skip(j); return none;
    case JSON_STRING: j->value_due = false; return string_here(j);
    case JSON_NUMBER: j->value_due = false; return number(j);
    case JSON_TRUE: j->value_due = false; return literal(j, STR("true"));
    case JSON_FALSE: j->value_due = false; return literal(j, STR("false"));
    case JSON_NULL: j->value_due = false; literal(j, STR("null")); return none;
    }
    return none;
}

bool json_int(struct json *j, int64_t *ret)
{
    if (json_kind(j) != JSON_NUMBER) {
        json_skip(j);
        return false;
    }
    struct str s = json_scalar(j);
    bool minus = str_take(&s, STR("-"));
    uint64_t v;
    if (!str_num(s, &v) || v > INT64_MAX)
        return false;
    *ret = minus ? -(int64_t)v : (int64_t)v;
    return true;
}

bool json_true(struct json *j)
{
    if (json_kind(j) != JSON_TRUE) {
        json_skip(j);
        return false;
    }
    return json_scalar(j).n == 4;
}

/* Passes over one scalar without decoding it. */
static void skip_scalar(struct json *j, enum json_kind kind)
{
    struct str s;
    bool escaped;
    if (kind == JSON_STRING) {
        j->value_due = false;
        string_span(j, &s, &escaped);
    } else {
        json_scalar(j);
    }
}

void json_skip(struct json *j)
{
    unsigned floor = j->depth;
    struct str key;
    enum json_kind kind = json_kind(j);
    if (kind == JSON_NONE)
        return;
    do {
        kind = j->value_due ? json_kind(j) : JSON_NONE;
        if (kind == JSON_OBJECT || kind == JSON_ARRAY)
            enter(j, kind == JSON_ARRAY);
        else if (kind != JSON_NONE)
            skip_scalar(j, kind);
        /* Go to the next value of the innermost container; a container that ended makes its own parent go on. */
        while (j->rc == RC_OK && j->depth > floor && !j->value_due) {
            unsigned before = j->depth;
            bool more = j->frames[before - 1].array ? json_item(j) : json_key(j, &key);
            if (!more && j->depth == before)
                break;
        }
    } while (j->rc == RC_OK && j->depth > floor);
}

struct str json_raw(struct json *j)
{
    if (json_kind(j) == JSON_NONE)
        return (struct str){NULL, 0};
    const char *from = j->p;
    json_skip(j);
    return j->rc == RC_OK ? (struct str){from, (size_t)(j->p - from)} : (struct str){NULL, 0};
}

enum rc json_close(struct json *j)
{
    struct str key;
    if (j->value_due)
        json_skip(j);
    while (j->rc == RC_OK && j->depth)
        (void)(j->frames[j->depth - 1].array ? json_item(j) : json_key(j, &key));
    if (j->rc != RC_OK)
        return j->rc;
    space(j);
    if (j->p != j->end)
        return broken(j, RC_INVALID, "something follows the document");
    return RC_OK;
}
