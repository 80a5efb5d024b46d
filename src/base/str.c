/* Slices: cutting, searching, copying into an arena. */
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include "base/arena.h"
#include "base/utf8.h"

bool str_ieq(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (to_lower(a.p[i]) != to_lower(b.p[i]))
            return false;
    return true;
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    if (c)
        return c;
    return a.n < b.n ? -1 : a.n > b.n;
}

size_t str_chr(struct str s, char c)
{
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? (size_t)(at - s.p) : STR_NONE;
}

size_t str_find(struct str s, struct str what)
{
    if (what.n == 0)
        return 0;
    const char *at = s.n ? memmem(s.p, s.n, what.p, what.n) : NULL;
    return at ? (size_t)(at - s.p) : STR_NONE;
}

bool str_cut(struct str *rest, char c, struct str *ret_head)
{
    if (!rest->p)
        return false;
    size_t at = str_chr(*rest, c);
    if (at == STR_NONE) {
        *ret_head = *rest;
        *rest = (struct str){NULL, 0};
        return true;
    }
    *ret_head = (struct str){rest->p, at};
    *rest = (struct str){rest->p + at + 1, rest->n - at - 1};
    return true;
}

bool str_line(struct str *rest, struct str *ret_line)
{
    if (rest->n == 0 || !str_cut(rest, '\n', ret_line))
        return false;
    if (ret_line->n && ret_line->p[ret_line->n - 1] == '\r')
        ret_line->n--;
    return true;
}

bool str_split(struct str s, char c, struct str *ret_before, struct str *ret_after)
{
    size_t at = str_chr(s, c);
    if (at == STR_NONE)
        return false;
    *ret_before = str_upto(s, at);
    *ret_after = str_from(s, at + 1);
    return true;
}

bool str_rsplit(struct str s, char c, struct str *ret_before, struct str *ret_after)
{
    const char *at = s.n ? memrchr(s.p, c, s.n) : NULL;
    if (!at)
        return false;
    *ret_before = str_upto(s, (size_t)(at - s.p));
    *ret_after = str_from(s, (size_t)(at - s.p) + 1);
    return true;
}

bool str_word(struct str *rest, struct str *ret_word)
{
    size_t i = 0;
    while (i < rest->n && (rest->p[i] == ' ' || rest->p[i] == '\t'))
        i++;
    size_t start = i;
    while (i < rest->n && rest->p[i] != ' ' && rest->p[i] != '\t')
        i++;
    if (i == start)
        return false;
    *ret_word = (struct str){rest->p + start, i - start};
    *rest = str_from(*rest, i);
    return true;
}

bool str_take(struct str *s, struct str prefix)
{
    if (!str_starts(*s, prefix))
        return false;
    *s = str_from(*s, prefix.n);
    return true;
}

struct str str_trim(struct str s)
{
    while (s.n && is_space(s.p[0]))
        s.p++, s.n--;
    while (s.n && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool str_num(struct str s, uint64_t *ret_value)
{
    uint64_t v = 0;
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit(s.p[i]) || __builtin_mul_overflow(v, (uint64_t)10, &v)
            || __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
            return false;
    }
    *ret_value = v;
    return true;
}

struct str str_dup(struct arena *mem, struct str s)
{
    char *p = arena_alloc(mem, s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    return (struct str){p, s.n};
}

struct str str_lower(struct arena *mem, struct str s)
{
    char *p = arena_alloc(mem, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        p[i] = to_lower(s.p[i]);
    return (struct str){p, s.n};
}

struct str str_join_(struct arena *mem, const struct str *pieces)
{
    size_t n = 0;
    for (const struct str *s = pieces; s->p; s++)
        n += s->n;
    char *p = arena_alloc(mem, n + 1), *at = p;
    for (const struct str *s = pieces; s->p; s++) {
        memcpy(at, s->p, s->n);
        at += s->n;
    }
    return (struct str){p, n};
}

struct str str_print(struct arena *mem, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    size_t len = n < 0 ? 0 : (size_t)n;
    char *p = arena_alloc(mem, len + 1);
    vsnprintf(p, len + 1, fmt, again);
    va_end(again);
    return (struct str){p, len};
}

const char *str_cstr(struct arena *mem, struct str s)
{
    if (str_chr(s, '\0') != STR_NONE)
        return NULL;
    return str_dup(mem, s).p;
}

struct str str_escape(struct arena *mem, struct str s)
{
    static const char hex[] = "0123456789abcdef";
    char *out = arena_alloc(mem, s.n * 4 + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i];
        size_t len = utf8_len(str_from(s, i));
        if (len == 0 || c < 0x20 || c == 0x7f) {
            out[n++] = '\\';
            out[n++] = 'x';
            out[n++] = hex[c >> 4];
            out[n++] = hex[c & 15];
            i++;
            continue;
        }
        memcpy(out + n, s.p + i, len);
        n += len;
        i += len;
    }
    return (struct str){out, n};
}

struct str str_base(struct str path)
{
    const char *at = path.n ? memrchr(path.p, '/', path.n) : NULL;
    return at ? str_from(path, (size_t)(at - path.p) + 1) : path;
}

struct str str_dir(struct str path)
{
    const char *at = path.n ? memrchr(path.p, '/', path.n) : NULL;
    return at ? str_upto(path, (size_t)(at - path.p)) : str_upto(path, 0);
}
