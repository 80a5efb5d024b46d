/* The writer: commas, names and escapes are its business; unbalanced calls are a bug of ours. */
#include <assert.h>
#include "base/json.h"
#include "base/utf8.h"

enum { OUT_DEPTH = 256 };

void json_out_open(struct json_out *w, struct buf *buf)
{
    *w = (struct json_out){.buf = buf};
}

static void before(struct json_out *w)
{
    uint64_t *word = &w->some[w->depth / 64], bit = (uint64_t)1 << w->depth % 64;
    if (w->named)
        w->named = false;
    else if (*word & bit)
        buf_byte(w->buf, ',');
    *word |= bit;
}

static void open_container(struct json_out *w, char c)
{
    before(w);
    buf_byte(w->buf, c);
    w->depth++;
    assert(w->depth < OUT_DEPTH);
    w->some[w->depth / 64] &= ~((uint64_t)1 << w->depth % 64);
}

static void close_container(struct json_out *w, char c)
{
    assert(w->depth > 0 && !w->named);
    w->depth--;
    buf_byte(w->buf, c);
}

void json_out_object(struct json_out *w) { open_container(w, '{'); }
void json_out_array(struct json_out *w) { open_container(w, '['); }
void json_out_end_object(struct json_out *w) { close_container(w, '}'); }
void json_out_end_array(struct json_out *w) { close_container(w, ']'); }

static void quoted(struct buf *b, struct str s)
{
    static const char hex[] = "0123456789abcdef";
    buf_byte(b, '"');
    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i];
        size_t len = utf8_len(str_from(s, i));
        if (c == '"' || c == '\\') {
            buf_byte(b, '\\');
            buf_byte(b, (char)c);
        } else if (c < 0x20 || c == 0x7f) {
            char esc[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
            buf_add(b, (struct str){esc, 6});
        } else if (len == 0) {
            buf_add(b, STR("\xef\xbf\xbd"));
        } else {
            buf_add(b, str_upto(str_from(s, i), len));
        }
        i += len ? len : 1;
    }
    buf_byte(b, '"');
}

void json_out_name(struct json_out *w, const char *name)
{
    before(w);
    quoted(w->buf, str_of(name));
    buf_byte(w->buf, ':');
    w->named = true;
}

void json_out_str(struct json_out *w, struct str s)
{
    before(w);
    quoted(w->buf, s);
}

void json_out_int(struct json_out *w, int64_t v)
{
    before(w);
    buf_print(w->buf, "%lld", (long long)v);
}

void json_out_decimal(struct json_out *w, int64_t v, unsigned places)
{
    uint64_t scale = 1, whole = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    assert(places > 0 && places <= 18);
    for (unsigned i = 0; i < places; i++)
        scale *= 10;
    before(w);
    buf_print(w->buf, "%s%llu.%0*llu", v < 0 ? "-" : "", (unsigned long long)(whole / scale), (int)places, (unsigned long long)(whole % scale));
}

void json_out_bool(struct json_out *w, bool v)
{
    before(w);
    buf_add(w->buf, v ? STR("true") : STR("false"));
}

void json_out_null(struct json_out *w)
{
    before(w);
    buf_add(w->buf, STR("null"));
}

void json_out_member(struct json_out *w, const char *name, struct str s)
{
    json_out_name(w, name);
    json_out_str(w, s);
}

void json_out_opt(struct json_out *w, const char *name, struct str s)
{
    json_out_name(w, name);
    if (s.n)
        json_out_str(w, s);
    else
        json_out_null(w);
}
