/* Package URLs (ECMA-427): canonical text out, any spelling in. */
#include "base/buf.h"
#include "base/vec.h"
#include "model/component.h"

enum { PURL_MOST = 64 << 10 };

/* ECMA-427 §5.4: letters, digits, . - _ ~ and the colon stand for themselves. */
static bool plain(char c)
{
    return is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '~' || c == ':';
}

static void encode(struct buf *b, struct str s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (plain(s.p[i])) {
            buf_byte(b, s.p[i]);
        } else {
            char esc[3] = {'%', hex[c >> 4], hex[c & 15]};
            buf_add(b, (struct str){esc, 3});
        }
    }
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    c = to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct str decode(struct arena *mem, struct str s)
{
    if (str_chr(s, '%') == STR_NONE)
        return s;
    char *out = arena_alloc(mem, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        int hi = i + 2 < s.n + 0 && s.p[i] == '%' ? hex_value(s.p[i + 1]) : -1;
        int lo = hi >= 0 ? hex_value(s.p[i + 2]) : -1;
        if (lo >= 0) {
            out[n++] = (char)(hi << 4 | lo);
            i += 2;
        } else {
            out[n++] = s.p[i];
        }
    }
    return (struct str){out, n};
}

/* An rpm's version is "epoch:version-release" to us and to rpm; a purl holds the epoch as a qualifier. */
static struct str without_epoch(const struct component *c)
{
    struct str epoch, rest, all = c->qualifiers, one, key, value;
    uint64_t number;
    if (!str_eq(c->type, STR("rpm")) || !str_split(c->version, ':', &epoch, &rest) || rest.n == 0 || str_chr(rest, ':') != STR_NONE)
        return c->version;
    while (str_cut(&all, '&', &one))
        if (str_split(one, '=', &key, &value) && str_eq(key, STR("epoch")))
            return str_eq(value, epoch) && str_num(value, &number) && number > 0 ? rest : c->version;
    return c->version;
}

static void with_epoch(struct arena *mem, struct component *c)
{
    struct str epoch = component_qualifier(mem, c, "epoch");
    uint64_t number;
    if (str_num(epoch, &number) && number > 0 && c->version.n && str_chr(c->version, ':') == STR_NONE)
        c->version = str_join(mem, epoch, STR(":"), c->version);
}

static bool type_valid(struct str t)
{
    for (size_t i = 0; i < t.n; i++)
        if (!is_alnum(t.p[i]) && t.p[i] != '.' && t.p[i] != '-' && t.p[i] != '+')
            return false;
    return t.n > 0 && is_alpha(t.p[0]);
}

struct str component_purl(struct arena *mem, const struct component *c)
{
    struct buf b;
    buf_open(&b, mem, "purl", PURL_MOST * 4);
    buf_add(&b, STR("pkg:"));
    if (type_valid(c->type)) /* a plus is not encoded there */
        buf_add(&b, c->type);
    else
        encode(&b, c->type);
    buf_byte(&b, '/');
    struct str rest = c->ns, part;
    if (c->ns.n)
        while (str_cut(&rest, '/', &part)) {
            encode(&b, part);
            buf_byte(&b, '/');
        }
    encode(&b, c->name);
    if (c->version.n) {
        buf_byte(&b, '@');
        encode(&b, without_epoch(c));
    }
    if (c->qualifiers.n) {
        buf_byte(&b, '?');
        buf_add(&b, c->qualifiers);
    }
    return buf_str(&b);
}

struct pair {
    struct str key, value; /* value encoded */
};

struct pairs {
    VEC(struct pair) list;
};

static void pairs_read(struct arena *mem, struct str text, struct pairs *ret)
{
    struct str rest = text, one;
    if (text.n == 0)
        return;
    while (str_cut(&rest, '&', &one)) {
        struct pair p;
        if (str_split(one, '=', &p.key, &p.value) && p.key.n && p.value.n)
            *vec_push(mem, &ret->list) = p;
    }
}

static struct str pairs_write(struct arena *mem, struct pairs *ps)
{
    struct buf b;
    buf_open(&b, mem, "qualifiers", PURL_MOST * 4);
    /* Few and mostly sorted: insertion sort. */
    for (size_t i = 1; i < ps->list.n; i++)
        for (size_t j = i; j > 0 && str_cmp(ps->list.at[j - 1].key, ps->list.at[j].key) > 0; j--) {
            struct pair t = ps->list.at[j];
            ps->list.at[j] = ps->list.at[j - 1];
            ps->list.at[j - 1] = t;
        }
    vec_each(struct pair, p, &ps->list) {
        if (p != ps->list.at)
            buf_byte(&b, '&');
        buf_add(&b, p->key);
        buf_byte(&b, '=');
        buf_add(&b, p->value);
    }
    return buf_str(&b);
}

void component_qualify(struct arena *mem, struct component *c, const char *key, struct str value)
{
    struct pairs ps = {0};
    struct buf b;
    bool there = false;
    buf_open(&b, mem, "qualifier", PURL_MOST * 4);
    encode(&b, value);
    pairs_read(mem, c->qualifiers, &ps);
    for (size_t i = 0; i < ps.list.n; i++)
        if (str_eq(ps.list.at[i].key, str_of(key))) {
            ps.list.at[i].value = buf_str(&b);
            there = true;
            if (value.n == 0)
                ps.list.at[i] = ps.list.at[--ps.list.n];
            break;
        }
    if (!there && value.n)
        *vec_push(mem, &ps.list) = (struct pair){str_of(key), buf_str(&b)};
    c->qualifiers = pairs_write(mem, &ps);
}

struct str component_qualifier(struct arena *mem, const struct component *c, const char *key)
{
    struct pairs ps = {0};
    pairs_read(mem, c->qualifiers, &ps);
    vec_each(struct pair, p, &ps.list)
        if (str_eq(p->key, str_of(key)))
            return decode(mem, p->value);
    return (struct str){"", 0};
}

static bool key_valid(struct str k)
{
    for (size_t i = 0; i < k.n; i++)
        if (!is_alnum(k.p[i]) && k.p[i] != '.' && k.p[i] != '-' && k.p[i] != '_')
            return false;
    return true;
}

/* Lower keys, re-encoded values, sorted. More than 64 of them is no purl anybody means. */
static enum rc qualifiers_parse(struct op *op, struct str text, struct str *ret)
{
    struct pairs in = {0}, out = {0};
    pairs_read(op->mem, text, &in);
    if (in.list.n > 64)
        return fail(op, RC_INVALID, "purl: more than 64 qualifiers");
    vec_each(struct pair, p, &in.list) {
        struct buf b;
        if (!key_valid(p->key))
            return fail(op, RC_INVALID, "purl: '" STR_FMT "' is no key of a qualifier", STR_ARG(p->key));
        buf_open(&b, op->mem, "qualifier", PURL_MOST * 4);
        encode(&b, decode(op->mem, p->value));
        *vec_push(op->mem, &out.list) = (struct pair){str_lower(op->mem, p->key), buf_str(&b)};
    }
    *ret = pairs_write(op->mem, &out);
    return RC_OK;
}

static struct str trim_slashes(struct str s)
{
    while (str_take(&s, STR("/"))) {}
    while (str_ends(s, STR("/")))
        s = str_but(s, 1);
    return s;
}

static enum rc path_parse(struct op *op, struct str purl, struct str path, struct component *c)
{
    struct str ns, name;
    path = trim_slashes(path);
    if (!str_rsplit(path, '/', &ns, &name)) {
        ns = str_upto(path, 0);
        name = path;
    }
    c->ns = decode(op->mem, trim_slashes(ns));
    c->name = decode(op->mem, name);
    if (c->name.n == 0)
        return fail(op, RC_INVALID, "purl '" STR_FMT "': no name", STR_ARG(purl));
    return RC_OK;
}

/* The normal forms of the types' own definitions. */
static void normalise(struct arena *mem, struct component *c)
{
    if (str_eq(c->type, STR("alpine")))
        c->type = STR("apk");
    if (str_eq(c->type, STR("pypi")))
        c->name = pypi_name(mem, c->name);
    bool os = str_eq(c->type, STR("deb")) || str_eq(c->type, STR("apk")) || str_eq(c->type, STR("rpm"));
    if (os)
        c->ns = str_lower(mem, c->ns);
    bool lower = str_eq(c->type, STR("deb")) || str_eq(c->type, STR("apk")) || str_eq(c->type, STR("github")) || str_eq(c->type, STR("composer"));
    if (lower)
        c->name = str_lower(mem, c->name);
    if (str_eq(c->type, STR("rpm")))
        with_epoch(mem, c);
}

enum rc component_parse(struct op *op, struct str purl, struct component *ret)
{
    struct component c = {0};
    struct str s = purl, cut;
    if (purl.n > PURL_MOST)
        return fail(op, RC_INVALID, "purl: longer than %d bytes", PURL_MOST);
    if (!str_take(&s, STR("pkg:")))
        return fail(op, RC_INVALID, "'" STR_FMT "' is not a purl: it does not start with pkg:", STR_ARG(purl));
    str_rsplit(s, '#', &s, &cut); /* the subpath says nothing about identity */
    struct str qualifiers = {"", 0};
    if (str_rsplit(s, '?', &s, &cut))
        TRY(qualifiers_parse(op, cut, &qualifiers));
    s = trim_slashes(s);
    if (!str_split(s, '/', &c.type, &s) || !type_valid(c.type))
        return fail(op, RC_INVALID, "purl '" STR_FMT "': expected pkg:type/name", STR_ARG(purl));
    /* The version's @ is the last one behind the last slash; a leading one belongs to an unencoded npm scope. */
    size_t slash = str_base(s).n;
    struct str tail = str_from(s, s.n - slash), name;
    if (str_rsplit(tail, '@', &name, &cut) && name.n) {
        c.version = decode(op->mem, cut);
        s = str_upto(s, s.n - slash + name.n);
    }
    c.type = str_lower(op->mem, c.type);
    TRY(path_parse(op, purl, s, &c));
    c.qualifiers = qualifiers;
    normalise(op->mem, &c);
    *ret = c;
    return RC_OK;
}
