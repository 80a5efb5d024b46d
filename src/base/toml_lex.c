/* Strings, numbers, dates and booleans of TOML 1.0, each checked to its grammar and range. */
#include "base/toml_lex.h"

#include "base/utf8.h"

static bool wrong(struct toml *t, const char *at, const char *what)
{
    t->p = at;
    toml_fail(t, RC_INVALID, what);
    return false;
}

/* ---- strings ---- */

static bool hex(const char *p, const char *end, int digits, uint32_t *ret)
{
    uint32_t v = 0;
    if (end - p < digits)
        return false;
    for (int i = 0; i < digits; i++) {
        char c = to_lower(p[i]);
        if (!is_digit(c) && !(c >= 'a' && c <= 'f'))
            return false;
        v = v << 4 | (uint32_t)(is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    *ret = v;
    return true;
}

/* One escape, p after its backslash; writes through *out. NULL when there is no such escape. */
static const char *escape(const char *p, const char *end, char **out)
{
    static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
    if (p == end)
        return NULL;
    if (*p == 'u' || *p == 'U') {
        int digits = *p == 'u' ? 4 : 8;
        uint32_t c;
        if (!hex(p + 1, end, digits, &c) || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
            return NULL;
        *out += utf8_write(c, *out);
        return p + 1 + digits;
    }
    const char *at = memchr(from, *p, sizeof from - 1);
    if (!at)
        return NULL;
    *(*out)++ = to[at - from];
    return p + 1;
}

/* A backslash at the end of a line eats all white space up to the next text. p is after the backslash; NULL when
 * the line does not end there. */
static const char *joined_line(const char *p, const char *end)
{
    bool seen = false;
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    for (; p < end && (*p == ' ' || *p == '\t' || *p == '\n' || (*p == '\r' && p + 1 < end && p[1] == '\n')); p++)
        seen |= *p == '\n';
    return seen ? p : NULL;
}

static bool control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

struct quoted {
    char quote;
    bool many;    /* three quotes: may span lines */
    bool escapes; /* the basic kind, in which a backslash counts */
};

/* The end of the string that starts at p, the opening quotes passed: at the closing quotes; NULL after an error. */
static const char *string_end(struct toml *t, const char *p, struct quoted q, bool *ret_plain)
{
    const char *end = t->end;
    *ret_plain = true;
    for (; p < end; p++) {
        if (*p == q.quote) {
            if (!q.many)
                return p;
            size_t run = 1;
            while (run < 5 && p + run < end && p[run] == q.quote)
                run++;
            if (run >= 3)
                return p + run - 3;
            p += run - 1;
        } else if (*p == '\\' && q.escapes) {
            *ret_plain = false;
            if (++p == end)
                break;
        } else if (control(*p)) {
            bool newline = *p == '\n' || (*p == '\r' && p + 1 < end && p[1] == '\n');
            if (!q.many || !newline) {
                wrong(t, p, newline || *p == '\n' ? "string not closed on its line" : "control character in a string");
                return NULL;
            }
        }
    }
    wrong(t, end, "string not closed");
    return NULL;
}

static bool unescape(struct toml *t, struct str raw, bool many, struct str *ret)
{
    char *out = arena_alloc(t->op->mem, raw.n + 1), *at = out;
    const char *p = raw.p, *end = raw.p + raw.n;
    while (p < end) {
        if (*p != '\\') {
            *at++ = *p++;
            continue;
        }
        const char *next = many ? joined_line(p + 1, end) : NULL;
        if (!next)
            next = escape(p + 1, end, &at);
        if (!next)
            return wrong(t, p, "no such escape");
        p = next;
    }
    *ret = (struct str){out, (size_t)(at - out)};
    return true;
}

bool toml_lex_string(struct toml *t, bool line, struct str *ret)
{
    struct str rest = {t->p, (size_t)(t->end - t->p)};
    struct quoted q = {.quote = *t->p, .escapes = *t->p == '"'};
    q.many = rest.n >= 3 && rest.p[1] == q.quote && rest.p[2] == q.quote;
    if (q.many && line)
        return wrong(t, t->p, "a key cannot span lines");
    const char *p = t->p + (q.many ? 3 : 1);
    if (q.many) {
        if (p < t->end && *p == '\n')
            p++;
        else if (t->end - p >= 2 && p[0] == '\r' && p[1] == '\n')
            p += 2;
    }
    bool plain;
    const char *end = string_end(t, p, q, &plain);
    if (!end)
        return false;
    *ret = (struct str){p, (size_t)(end - p)};
    if (!plain && !unescape(t, *ret, q.many, ret))
        return false;
    t->p = end + (q.many ? 3 : 1);
    return true;
}

/* ---- numbers ---- */

static bool digit_of(char c, unsigned base)
{
    char l = to_lower(c);
    return base == 16 ? is_digit(c) || (l >= 'a' && l <= 'f') : c >= '0' && c < (char)('0' + base);
}

/* Digits with single underscores between them, to the end of s or to the first other byte. */
static bool digits(struct str *s, unsigned base)
{
    size_t i = 0;
    bool last_digit = false;
    for (; i < s->n; i++) {
        if (digit_of(s->p[i], base))
            last_digit = true;
        else if (s->p[i] == '_' && last_digit && i + 1 < s->n && digit_of(s->p[i + 1], base))
            last_digit = false;
        else
            break;
    }
    *s = str_from(*s, i);
    return last_digit;
}

static bool fits(struct str s, unsigned base, bool minus)
{
    uint64_t v = 0, most = (uint64_t)INT64_MAX + minus;
    for (size_t i = 0; i < s.n; i++) {
        char c = to_lower(s.p[i]);
        if (c == '_')
            continue;
        uint64_t d = (uint64_t)(is_digit(c) ? c - '0' : c - 'a' + 10);
        if (__builtin_mul_overflow(v, (uint64_t)base, &v) || __builtin_add_overflow(v, d, &v) || v > most)
            return false;
    }
    return true;
}

static bool is_integer(struct str s)
{
    static const struct {
        struct str prefix;
        unsigned base;
    } bases[] = {{{"0x", 2}, 16}, {{"0o", 2}, 8}, {{"0b", 2}, 2}};
    for (size_t i = 0; i < 3; i++)
        if (str_take(&s, bases[i].prefix)) {
            struct str rest = s;
            return digits(&rest, bases[i].base) && rest.n == 0 && fits(s, bases[i].base, false);
        }
    bool minus = str_take(&s, STR("-"));
    if (!minus)
        str_take(&s, STR("+"));
    struct str rest = s;
    return digits(&rest, 10) && rest.n == 0 && (s.p[0] != '0' || s.n == 1) && fits(s, 10, minus);
}

static bool is_float(struct str s)
{
    if (!str_take(&s, STR("-")))
        str_take(&s, STR("+"));
    if (str_eq(s, STR("inf")) || str_eq(s, STR("nan")))
        return true;
    struct str whole = s;
    if (!digits(&s, 10) || (whole.p[0] == '0' && whole.n - s.n > 1))
        return false;
    bool more = str_take(&s, STR("."));
    if (more && !digits(&s, 10))
        return false;
    if (str_take(&s, STR("e")) || str_take(&s, STR("E"))) {
        more = true;
        if (!str_take(&s, STR("-")))
            str_take(&s, STR("+"));
        if (!digits(&s, 10))
            return false;
    }
    return more && s.n == 0;
}

/* ---- dates ---- */

/* Takes exactly n digits that make a number in the range. */
static bool field(struct str *s, size_t n, unsigned from, unsigned to, unsigned *ret)
{
    uint64_t v;
    if (s->n < n || !str_num(str_upto(*s, n), &v) || v < from || v > to)
        return false;
    *ret = (unsigned)v;
    *s = str_from(*s, n);
    return true;
}

static bool date(struct str *s)
{
    static const unsigned char days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned y, m, d;
    if (!field(s, 4, 0, 9999, &y) || !str_take(s, STR("-")) || !field(s, 2, 1, 12, &m) || !str_take(s, STR("-"))
        || !field(s, 2, 1, days[m - 1], &d))
        return false;
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return m != 2 || d < 29 || leap;
}

static bool clock_time(struct str *s)
{
    unsigned v;
    if (!field(s, 2, 0, 23, &v) || !str_take(s, STR(":")) || !field(s, 2, 0, 59, &v) || !str_take(s, STR(":"))
        || !field(s, 2, 0, 60, &v))
        return false;
    if (!str_take(s, STR(".")))
        return true;
    size_t n = 0;
    while (n < s->n && is_digit(s->p[n]))
        n++;
    *s = str_from(*s, n);
    return n > 0;
}

static bool offset(struct str *s)
{
    unsigned v;
    if (s->n == 0 || str_take(s, STR("Z")) || str_take(s, STR("z")))
        return true;
    if (!str_take(s, STR("+")) && !str_take(s, STR("-")))
        return false;
    return field(s, 2, 0, 23, &v) && str_take(s, STR(":")) && field(s, 2, 0, 59, &v);
}

static bool is_date(struct str s)
{
    struct str clock = s;
    if (clock_time(&clock) && clock.n == 0)
        return true;
    if (!date(&s))
        return false;
    if (s.n == 0)
        return true;
    if (s.p[0] != 'T' && s.p[0] != 't' && s.p[0] != ' ')
        return false;
    s = str_from(s, 1);
    return clock_time(&s) && offset(&s) && s.n == 0;
}

/* ---- all of these ---- */

static bool bare_byte(char c)
{
    return is_alnum(c) || c == '+' || c == '-' || c == '_' || c == '.' || c == ':';
}

bool toml_lex_bare(struct toml *t, struct str *ret, enum toml_kind *ret_kind)
{
    const char *p = t->p;
    while (p < t->end && bare_byte(*p))
        p++;
    /* A date and a time may stand apart by one space. */
    if (p - t->p == 10 && t->p[4] == '-' && t->end - p >= 3 && p[0] == ' ' && is_digit(p[1]) && is_digit(p[2]))
        for (p++; p < t->end && bare_byte(*p); p++)
            ;
    struct str s = {t->p, (size_t)(p - t->p)};
    enum toml_kind kind = TOML_NONE;
    if (str_eq(s, STR("true")) || str_eq(s, STR("false")))
        kind = TOML_BOOL;
    else if (s.n && is_integer(s))
        kind = TOML_INTEGER;
    else if (is_date(s))
        kind = TOML_DATE;
    else if (s.n && is_float(s))
        kind = TOML_FLOAT;
    if (kind == TOML_NONE)
        return wrong(t, t->p, "expected a value");
    t->p = p;
    *ret = s;
    *ret_kind = kind;
    return true;
}
