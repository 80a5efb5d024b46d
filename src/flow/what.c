/* Reading WHAT, and deciding whether a component is it. */
#include "flow/what.h"

#include <stdlib.h>
#include "base/buf.h"
#include "base/glob.h"
#include "base/hash.h"
#include "identity/identity.h"

/* An advisory's id: its database, a dash and a number: CVE-2024-3094, GHSA-rxwq-x6h5-x02j, DEBIAN-CVE-2024-3094. A package may
 * begin so too: go-jose, cve-bin-tool. */
static bool is_finding(struct str s)
{
    static const char *const prefixes[] = {
        "CVE-",   "MAL-",   "DSA-",  "DLA-",  "USN-",  "RHSA-", "OSV-",  "PYSEC-", "RUSTSEC-", "GO-",      "ALSA-",        "RLSA-",
        "ELSA-",  "RHBA-",  "DTSA-", "BIT-",  "HSEC-", "PSF-",  "RSEC-", "GSD-",   "CGA-",     "DEBIAN-CVE-", "UBUNTU-CVE-", "ALPINE-CVE-",
        "SUSE-SU-", "openSUSE-SU-", "JLSEC-", "EEF-CVE-", "OSEC-",
    };
    if (str_find(s, STR("@")) != STR_NONE)
        return false;
    if (s.n == 19 && str_ieq(str_upto(s, 5), STR("GHSA-")) && s.p[9] == '-' && s.p[14] == '-')
        return true;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        struct str p = str_of(prefixes[i]);
        if (s.n > p.n && str_ieq(str_upto(s, p.n), p) && is_digit(s.p[p.n]))
            return true;
    }
    return false;
}

/* The last @ that is not the first character parts name and version. */
static void split(struct str text, struct str *ret_name, struct str *ret_version)
{
    if (!str_rsplit(text, '@', ret_name, ret_version) || ret_name->n == 0) {
        *ret_name = text;
        *ret_version = (struct str){NULL, 0};
    }
}

static bool is_one_version(const struct range *r)
{
    if (r->prefix || r->intervals.n != 1 || r->except.n)
        return false;
    const struct interval *i = &r->intervals.at[0];
    return i->low.p && i->high.p && !i->low_open && !i->high_open && str_eq(i->low, i->high);
}

static const struct version_scheme *upstream_scheme(struct str name)
{
    const struct version_scheme *s = str_eq(name, STR("openssl")) ? version_scheme_find(name) : NULL;
    return s ? s : version_scheme_find(STR("generic"));
}

static enum rc set_range(struct op *op, const struct version_scheme *scheme, struct str version, struct what *w)
{
    if (!version.p)
        return RC_OK;
    if (version.n == 0)
        return fail(op, RC_INVALID, "'" STR_FMT "': nothing after the @; expected a version or a range", STR_ARG(w->text));
    w->has_range = true;
    TRY(range_parse(op, scheme, version, &w->range));
    w->one_version = is_one_version(&w->range);
    return RC_OK;
}

static enum rc parse_purl(struct op *op, struct what *w)
{
    struct str name, version;
    split(w->text, &name, &version);
    /* A purl without a version may hold an unencoded npm scope: pkg:npm/@scope/name. */
    if (version.p && str_chr(version, '/') != STR_NONE && !str_starts(version, STR("vers:"))) {
        name = w->text;
        version = (struct str){NULL, 0};
    }
    struct str qualifiers;
    if (version.p && str_split(version, '?', &version, &qualifiers))
        name = str_join(op->mem, name, STR("?"), qualifiers);
    TRY(component_parse(op, name, &w->purl));
    w->kind = WHAT_PURL;
    w->purl.version = (struct str){"", 0};
    w->name = component_name(op->mem, &w->purl);
    w->typed_name = name;
    const struct version_scheme *scheme = version_scheme_find(w->purl.type);
    if (version.p && str_chr(version, '%') != STR_NONE) {
        struct component c;
        TRY(component_parse(op, str_join(op->mem, STR("pkg:generic/x@"), version), &c));
        version = c.version;
    }
    return set_range(op, scheme ? scheme : version_scheme_find(STR("generic")), version, w);
}

static enum rc parse_name(struct op *op, struct what *w)
{
    struct str version;
    split(w->text, &w->typed_name, &version);
    if (glob_is(w->typed_name)) {
        w->kind = WHAT_GLOB;
        w->name = w->typed_name;
        return set_range(op, version_scheme_find(STR("generic")), version, w);
    }
    w->kind = WHAT_UPSTREAM;
    w->name = w->exact ? w->typed_name : identity_upstream(w->typed_name);
    w->known = identity_knows(w->name);
    return set_range(op, upstream_scheme(w->name), version, w);
}

enum rc what_parse(struct op *op, struct str text, bool exact, struct what *ret)
{
    struct what w = {.text = text, .exact = exact};
    if (text.n == 0)
        return fail(op, RC_INVALID, "nothing to look for; expected a name, a purl, a digest or an advisory's id");
    struct str lower = str_lower(op->mem, text);
    if (str_starts(lower, STR("sha256:")) || str_starts(lower, STR("sha512:")) || str_starts(lower, STR("sha1:"))) {
        if (!digest_valid(lower))
            return fail(op, RC_INVALID, "'" STR_FMT "': not a digest; expected sha256: and 64 hex digits", STR_ARG(text));
        w.kind = WHAT_DIGEST;
        w.name = w.typed_name = lower;
    } else if (str_starts(text, STR("pkg:"))) {
        TRY(parse_purl(op, &w));
    } else if (is_finding(text)) {
        w.kind = WHAT_FINDING;
        w.name = w.typed_name = text;
    } else {
        TRY(parse_name(op, &w));
    }
    *ret = w;
    return RC_OK;
}

static enum answer in_range(const struct what *w, struct str version)
{
    if (!w->has_range)
        return ANSWER_YES;
    return version.n ? range_contains(&w->range, version) : ANSWER_UNKNOWN;
}

static bool qualifiers_fit(struct op *op, const struct component *asked, const struct component *c)
{
    struct str rest = asked->qualifiers, one, key, value;
    if (rest.n == 0)
        return true;
    while (str_cut(&rest, '&', &one))
        if (str_split(one, '=', &key, &value)
            && !str_eq(component_qualifier(op->mem, c, str_cstr(op->mem, key)), component_qualifier(op->mem, asked, str_cstr(op->mem, key))))
            return false;
    return true;
}

enum answer what_is(struct op *op, const struct what *w, const struct component *c)
{
    switch (w->kind) {
    case WHAT_DIGEST: return c->digest.n && str_eq(c->digest, w->name) ? ANSWER_YES : ANSWER_NO;
    case WHAT_FINDING: return ANSWER_NO;
    case WHAT_PURL:
        if (!str_eq(c->type, w->purl.type) || !str_eq(c->name, w->purl.name) || !str_eq(c->ns, w->purl.ns) || !qualifiers_fit(op, &w->purl, c))
            return ANSWER_NO;
        return in_range(w, c->version);
    case WHAT_GLOB:
        if (!glob_match(w->name, c->upstream) && !glob_match(w->name, component_name(op->mem, c)))
            return ANSWER_NO;
        return in_range(w, c->upstream_version);
    case WHAT_UPSTREAM:
        if (!str_eq(w->exact ? component_name(op->mem, c) : c->upstream, w->name))
            return ANSWER_NO;
        return in_range(w, c->upstream_version);
    }
    return ANSWER_NO;
}

/* ---- the store's candidates ---- */

static enum rc rows_of(struct op *op, struct store *s, const struct what *w, struct component_list *ret)
{
    switch (w->kind) {
    case WHAT_DIGEST: return component_by_digest(op, s, w->name, ret);
    case WHAT_FINDING: return RC_OK;
    case WHAT_PURL: return component_by_purl(op, s, &w->purl, ret);
    case WHAT_GLOB: return component_by_glob(op, s, w->name, ret);
    case WHAT_UPSTREAM: return w->exact ? component_by_label(op, s, w->name, ret) : component_by_upstream(op, s, w->name, ret);
    }
    return RC_OK;
}

static void add_text(struct op *op, struct str_list *l, struct str s)
{
    for (size_t i = 0; i < l->n; i++)
        if (str_eq(l->at[i], s))
            return;
    *vec_push(op->mem, l) = s;
}

static enum rc note_namesakes(struct op *op, struct store *s, const struct what *w, struct candidates *ret)
{
    struct component_list others = {0};
    if (w->kind != WHAT_UPSTREAM || w->exact)
        return RC_OK;
    TRY(component_namesakes(op, s, w->name, &others));
    for (size_t i = 0; i < others.n; i++)
        add_text(op, &ret->namesakes, str_join(op->mem, others.at[i].c.type, STR(" "), component_name(op->mem, &others.at[i].c)));
    return RC_OK;
}

/* "xz@5.6" while only 5.6.0 and 5.6.1 exist: say so. */
static void hint(struct op *op, const struct what *w, const struct component_list *rows, size_t yes, struct candidates *ret)
{
    struct buf b;
    size_t n = 0;
    if (!w->one_version || yes)
        return;
    struct str asked = str_join(op->mem, w->range.intervals.at[0].low, STR("."));
    buf_open(&b, op->mem, "hint", 4096);
    for (size_t i = 0; i < rows->n && n < 8; i++) {
        struct str v = w->kind == WHAT_PURL ? rows->at[i].c.version : rows->at[i].c.upstream_version;
        if (!str_starts(v, asked) || str_find(buf_str(&b), v) != STR_NONE)
            continue;
        buf_print(&b, "%s" STR_FMT, n++ ? ", " : "", STR_ARG(v));
    }
    if (n)
        add_text(op, &ret->hints, str_print(op->mem, STR_FMT " means exactly that version; there are " STR_FMT ": ask for " STR_FMT "@" STR_FMT "*",
                                            STR_ARG(w->text), STR_ARG(buf_str(&b)), STR_ARG(w->typed_name), STR_ARG(asked)));
}

enum rc what_find(struct op *op, struct store *s, const struct what *w, struct candidates *ret)
{
    struct component_list rows = {0};
    size_t yes = 0;
    TRY(rows_of(op, s, w, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        enum answer a = what_is(op, w, &rows.at[i].c);
        if (a == ANSWER_NO)
            continue;
        *vec_push(op->mem, &ret->rows) = rows.at[i];
        if (a == ANSWER_YES) {
            *vec_push(op->mem, &ret->yes) = rows.at[i].id;
            yes++;
        } else {
            *vec_push(op->mem, &ret->unknown) = rows.at[i].id;
        }
    }
    hint(op, w, &rows, yes, ret);
    return note_namesakes(op, s, w, ret);
}

static int id_compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static int row_compare(const void *a, const void *b)
{
    return id_compare(&((const struct component_row *)a)->id, &((const struct component_row *)b)->id);
}

static void unique(struct id_list *l, const struct id_list *without)
{
    size_t kept = 0;
    if (l->n)
        qsort(l->at, l->n, sizeof *l->at, id_compare);
    for (size_t i = 0; i < l->n; i++) {
        uint32_t id = l->at[i];
        bool seen = kept && l->at[kept - 1] == id;
        if (!seen && !(without && without->n && bsearch(&id, without->at, without->n, sizeof id, id_compare)))
            l->at[kept++] = id;
    }
    l->n = kept;
}

void candidates_sort(struct candidates *c)
{
    unique(&c->yes, NULL);
    unique(&c->unknown, &c->yes);
    if (c->rows.n)
        qsort(c->rows.at, c->rows.n, sizeof *c->rows.at, row_compare);
}

const struct component *candidate_get(const struct candidates *c, uint32_t id)
{
    struct component_row key = {.id = id};
    const struct component_row *row = c->rows.n ? bsearch(&key, c->rows.at, c->rows.n, sizeof key, row_compare) : NULL;
    return row ? &row->c : NULL;
}
