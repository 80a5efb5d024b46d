/* What several feeds of JSON documents share. */
#include "feed/parts.h"

#include "base/hash.h"
#include "base/time.h"

#include <stdarg.h>
#include <stdio.h>

void fault(struct faults *f, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    if (f->n++)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    f->first = str_escape(f->op->mem, str_of(text));
}

enum rc faults_end(const struct faults *f)
{
    if (f->n == 0)
        return RC_OK;
    if (f->n == 1)
        return fail(f->op, RC_INVALID, STR_FMT ": " STR_FMT, STR_ARG(f->name), STR_ARG(f->first));
    return fail(f->op, RC_INVALID, STR_FMT ": " STR_FMT "; %zu more like it", STR_ARG(f->name), STR_ARG(f->first), f->n - 1);
}

static bool is_nested(const struct nest *n, struct str key)
{
    for (const char *const *name = n->nested; *name; name++)
        if (str_eq(key, str_of(*name)))
            return true;
    return false;
}

/* `depth` counts objects and the arrays around them; the walk ends when the outermost is left. */
static void walk(struct json *j, const struct nest *n, void *arg, bool in_object, bool bare)
{
    unsigned depth = 1;
    struct str key;
    while (depth) {
        if (!in_object) {
            if (!json_item(j)) {
                depth--;
                in_object = true;
            } else if (json_object(j)) {
                n->begin(arg, depth - 1);
                in_object = true;
            }
        } else if (!json_key(j, &key)) {
            n->end(arg, depth - 1);
            in_object = false;
            if (bare && depth == 1)
                return;
        } else if (!is_nested(n, key)) {
            n->member(arg, depth - 1, key);
        } else if (json_array(j)) {
            depth++;
            in_object = false;
        }
    }
}

void nest_array(struct json *j, const struct nest *n, void *arg)
{
    if (json_array(j))
        walk(j, n, arg, false, false);
}

void nest_object(struct json *j, const struct nest *n, void *arg)
{
    if (!json_object(j))
        return;
    n->begin(arg, 0);
    walk(j, n, arg, true, true);
}

struct str names_best(const struct names *n)
{
    if (n->purl.n)
        return n->purl;
    if (n->digest.n)
        return n->digest;
    return n->cpe.n ? n->cpe : n->own;
}

struct str sha256_named(struct arena *mem, struct str hex)
{
    if (hex.n != 2 * (size_t)SHA256_BYTES)
        return STR("");
    struct str s = str_join(mem, STR("sha256:"), str_lower(mem, hex));
    return digest_valid(s) ? s : STR("");
}

void names_hashes(struct json *j, struct arena *mem, const char *kind, const char *value, const char *sha256, struct names *n)
{
    if (!json_array(j))
        return;
    while (json_item(j)) {
        struct str how = STR(""), digits = STR("");
        if (!json_object(j))
            continue;
        for (struct str key; json_key(j, &key);) {
            if (str_eq(key, str_of(kind)))
                how = json_string(j);
            else if (str_eq(key, str_of(value)))
                digits = json_string(j);
        }
        if (str_eq(how, str_of(sha256)))
            n->digest = sha256_named(mem, digits);
    }
}

enum rc read_twice(struct op *op, struct str name, struct str bytes, const struct twice *t)
{
    struct str list = str_of(t->list);
    json_open(t->j, op, name, bytes, 0);
    t->head(t->arg);
    TRY(json_close(t->j));
    json_open(t->j, op, name, bytes, 0);
    if (json_object(t->j))
        for (struct str key; *t->rc == RC_OK && json_key(t->j, &key);)
            if (str_eq(key, list))
                t->body(t->arg);
    TRY(*t->rc);
    return json_close(t->j);
}

bool purl_read(struct op *op, struct str text, struct component *ret)
{
    struct op inner = *op;
    op_clear(&inner);
    return str_starts(text, STR("pkg:")) && component_parse(&inner, text, ret) == RC_OK;
}

/* Most texts need no escapes. */
static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 0x20 || s.p[i] == 0x7f || s.p[i] == '"' || s.p[i] == '\\')
            return false;
    return true;
}

void buf_quote(struct buf *b, struct str s)
{
    struct json_out w;
    if (is_plain(s)) {
        buf_byte(b, '"');
        buf_add(b, s);
        buf_byte(b, '"');
        return;
    }
    json_out_open(&w, b);
    json_out_str(&w, s);
}

struct vex_statement statement_empty(void)
{
    const struct str none = STR("");
    return (struct vex_statement){.vulnerability = none, .product = none, .subcomponent = none, .justification = none,
        .impact = none, .action = none, .author = none, .document = none};
}

bool json_moment(struct json *j, int64_t *ret)
{
    if (json_kind(j) == JSON_NULL) {
        json_skip(j);
        return true;
    }
    return time_parse(json_string(j), ret);
}

static char first_byte(struct str bytes)
{
    str_take(&bytes, STR("\xef\xbb\xbf"));
    for (size_t i = 0; i < bytes.n; i++)
        if (!is_space(bytes.p[i]))
            return bytes.p[i];
    return 0;
}

bool looks_like_object(struct str bytes)
{
    return first_byte(bytes) == '{';
}

bool looks_like_array(struct str bytes)
{
    return first_byte(bytes) == '[';
}

struct advisory_range *affected_range(struct arena *mem, struct affected *a, struct str introduced, struct str fixed)
{
    struct advisory_range *r = vec_push(mem, &a->ranges);
    *r = (struct advisory_range){.kind = RANGE_ECOSYSTEM, .repo = STR("")};
    *vec_push(mem, &r->events) = (struct advisory_event){EVENT_INTRODUCED, introduced};
    if (fixed.n)
        *vec_push(mem, &r->events) = (struct advisory_event){EVENT_FIXED, fixed};
    return r;
}

struct affected affected_empty(void)
{
    return (struct affected){.ecosystem = STR(""), .name = STR(""), .purl = STR(""), .urgency = STR("")};
}

struct advisory advisory_empty(void)
{
    return (struct advisory){.id = STR(""), .summary = STR(""), .whole = STR("")};
}
