/* The vulnerabilities of a CycloneDX document (JSON, 1.4 to 1.6: "vulnerabilities[].analysis" and "affects[]" of its
 * schema) as statements. Read twice: once for what `ref` may point at, once for the vulnerabilities. An entry without an
 * analysis is a scanner's finding, no statement, and emits nothing.
 *
 * What is said of a component holds inside of the document's own product only: the statement's product is that product,
 * its subcomponent the component. A BOM-Link (urn:cdx:serial/version#ref) points into another BOM: that BOM is the product
 * then. Ranges of versions are judged where the component has a version; otherwise the statement keeps the range in the
 * name of its product, which is no purl and matches nothing by itself. */
#include "base/map.h"
#include "base/utf8.h"
#include "feed/parts.h"
#include "version/range.h"

enum { TEXT_MOST = 1 << 10 }; /* of a ref, and of the responses together: they are copied for each version */

/* Something a bom-ref stands for. */
struct thing {
    struct str ref, name, version;
    struct names names;
    bool ambiguous; /* two have this bom-ref */
};

struct reader {
    struct json j;
    struct op *op;
    struct map things;        /* bom-ref → struct thing */
    struct thing open[JSON_DEPTH];
    struct thing *whole;      /* metadata.component; NULL */
    struct str whole_name;    /* of what the document's components lie in; empty when nothing says */
    bool in_metadata;
    struct str serial;        /* "urn:uuid:…" */
    struct str version;       /* of the document */
    struct str supplier, maker, author;
    struct vex_statement base;
    struct arena *round;      /* of one vulnerability */
    struct op one;            /* of one statement: its memory, its error that nobody sees */
    feed_emit *emit;
    void *arg;
    struct faults faults;
    enum rc rc;
};

static int bid(struct str name, struct str bytes)
{
    (void)name;
    if (!looks_like_object(bytes) || str_find(bytes, STR("\"CycloneDX\"")) == STR_NONE)
        return 0;
    return str_find(bytes, STR("\"vulnerabilities\"")) != STR_NONE ? 90 : 0;
}

/* ---- what refs point at ---- */

static void thing_begin(void *arg, unsigned depth)
{
    struct reader *r = arg;
    const struct str none = STR("");
    r->open[depth] = (struct thing){none, none, none, {none, none, none, none}, false};
}

static void thing_member(void *arg, unsigned depth, struct str key)
{
    struct reader *r = arg;
    struct thing *t = &r->open[depth];
    struct json *j = &r->j;
    if (str_eq(key, STR("bom-ref")))
        t->ref = json_string(j);
    else if (str_eq(key, STR("purl")))
        t->names.purl = json_string(j);
    else if (str_eq(key, STR("cpe")))
        t->names.cpe = json_string(j);
    else if (str_eq(key, STR("name")))
        t->name = json_string(j);
    else if (str_eq(key, STR("version")))
        t->version = json_string(j);
    else if (str_eq(key, STR("hashes")))
        names_hashes(j, r->op->mem, "alg", "content", "SHA-256", &t->names);
}

static void thing_end(void *arg, unsigned depth)
{
    struct reader *r = arg;
    struct thing *t = &r->open[depth];
    bool whole = r->in_metadata && depth == 0, is_new = true;
    void **at = t->ref.n ? map_add(&r->things, t->ref, &is_new) : NULL;
    if (!is_new)
        ((struct thing *)*at)->ambiguous = true;
    if (!whole && (!is_new || !at))
        return;
    t->names.own = t->ref.n ? t->ref : t->version.n ? str_join(r->op->mem, t->name, STR("@"), t->version) : t->name;
    struct thing *kept = arena_alloc(r->op->mem, sizeof *kept);
    *kept = *t;
    if (at && is_new)
        *at = kept;
    if (whole)
        r->whole = kept;
}

static const char *const nested[] = {"components", "services", NULL};
static const struct nest nest = {nested, thing_begin, thing_member, thing_end};

/* The name of an organisation or a person; of the first when there are several. */
static struct str who(struct json *j)
{
    struct str name = STR("");
    if (json_kind(j) == JSON_ARRAY) {
        json_array(j);
        while (json_item(j)) {
            struct str one = STR("");
            if (json_object(j))
                for (struct str key; json_key(j, &key);)
                    if (str_eq(key, STR("name")))
                        one = json_string(j);
            name = name.n ? name : one;
        }
    } else if (json_object(j)) {
        for (struct str key; json_key(j, &key);)
            if (str_eq(key, STR("name")))
                name = json_string(j);
    }
    return name;
}

static void metadata(struct reader *r)
{
    struct json *j = &r->j;
    if (!json_object(j))
        return;
    r->in_metadata = true;
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("component")))
            nest_object(j, &nest, r);
        else if (str_eq(key, STR("timestamp")) && !json_moment(j, &r->base.at))
            json_fail(j, "metadata: timestamp: expected a time as in RFC 3339");
        else if (str_eq(key, STR("supplier")))
            r->supplier = who(j);
        else if (str_eq(key, STR("manufacturer")) || str_eq(key, STR("manufacture")))
            r->maker = who(j);
        else if (str_eq(key, STR("authors")))
            r->author = who(j);
    }
    r->in_metadata = false;
}

/* How the whole is called in which the document's components lie: its product, else the BOM itself. */
static struct str whole_of(const struct reader *r)
{
    struct str uuid = r->serial;
    if (r->whole)
        return names_best(&r->whole->names);
    if (!str_take(&uuid, STR("urn:uuid:")))
        return STR("");
    return str_join(r->op->mem, STR("urn:cdx:"), uuid, STR("/"), r->version.n ? r->version : STR("1"));
}

static void head(void *arg)
{
    struct reader *r = arg;
    struct json *j = &r->j;
    bool ours = false;
    if (json_object(j))
        for (struct str key; json_key(j, &key);) {
            if (str_eq(key, STR("bomFormat")))
                ours = str_eq(json_string(j), STR("CycloneDX"));
            else if (str_eq(key, STR("serialNumber")))
                r->serial = json_string(j);
            else if (str_eq(key, STR("version")))
                r->version = json_scalar(j);
            else if (str_eq(key, STR("metadata")))
                metadata(r);
            else if (str_eq(key, STR("components")) || str_eq(key, STR("services")))
                nest_array(j, &nest, r);
        }
    if (!ours)
        json_fail(j, "expected an object with bomFormat CycloneDX");
    r->whole_name = whole_of(r);
    r->base.document = r->serial;
    r->base.author = r->supplier.n ? r->supplier : r->maker.n ? r->maker : r->author;
}

/* ---- what a ref means ---- */

struct target {
    struct str product, subcomponent;
    struct str ref;
    const struct thing *thing; /* NULL: not in this document */
};

static int hex(char c)
{
    c = to_lower(c);
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Without %XX; what is no UTF-8 then stays as it was. */
static struct str decoded(struct arena *mem, struct str s)
{
    if (str_chr(s, '%') == STR_NONE)
        return s;
    char *out = arena_alloc(mem, s.n);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        bool coded = s.p[i] == '%' && s.n - i > 2 && hex(s.p[i + 1]) >= 0 && hex(s.p[i + 2]) >= 0;
        int value = coded ? hex(s.p[i + 1]) << 4 | hex(s.p[i + 2]) : s.p[i];
        out[n++] = (char)value;
        i += coded ? 2 : 0;
    }
    struct str result = {out, n};
    return utf8_invalid(result) == STR_NONE ? result : s;
}

/* Does a BOM-Link's first part name this document? Some write urn:uuid: where urn:cdx: belongs. */
static bool is_own(const struct reader *r, struct str bom)
{
    struct str serial = r->serial, version;
    if (!str_take(&bom, STR("urn:cdx:")) && !str_take(&bom, STR("urn:uuid:")))
        return false;
    if (!str_take(&serial, STR("urn:uuid:")) || !str_split(bom, '/', &bom, &version))
        return false;
    return str_ieq(bom, serial) && (r->version.n == 0 || str_eq(version, r->version));
}

static void inside(struct target *t, struct str whole, struct str part)
{
    t->product = whole.n ? whole : part;
    t->subcomponent = whole.n ? part : STR("");
}

static struct target resolve(struct reader *r, struct str ref)
{
    struct target t = {ref, STR(""), ref, NULL};
    struct str bom, fragment;
    bool link = str_starts(ref, STR("urn:")) && str_split(ref, '#', &bom, &fragment);
    if (link && !is_own(r, bom)) {
        struct str part = decoded(r->op->mem, fragment);
        if (str_starts(part, STR("pkg:")))
            inside(&t, bom, part);
        return t;
    }
    if (link)
        t.ref = ref = decoded(r->op->mem, fragment);
    t.thing = map_get(&r->things, ref);
    if (t.thing && t.thing->ambiguous)
        t.thing = NULL;
    else if (t.thing && r->whole && str_eq(ref, r->whole->ref))
        t.product = names_best(&r->whole->names);
    else if (t.thing)
        inside(&t, r->whole_name, names_best(&t.thing->names));
    else if (str_starts(ref, STR("pkg:")))
        inside(&t, r->whole_name, ref);
    return t;
}

/* ---- the vulnerabilities ---- */

enum status { STATUS_AFFECTED, STATUS_UNAFFECTED, STATUS_UNKNOWN, STATUS_WRONG };

struct version_status {
    struct str version, range;
    enum status status;
    bool said; /* not by default */
};

struct affects {
    struct str ref;
    size_t versions, n_versions; /* in entry.versions */
};

struct entry {
    struct vex_statement base;
    VEC(struct affects) affects;
    VEC(struct version_status) versions;
    bool has_state;
    const char *wrong;
};

static bool state_of(struct str word, enum vex_state *ret)
{
    static const struct {
        const char *word;
        enum vex_state state;
    } words[] = {
        {"resolved", VEX_FIXED},           {"resolved_with_pedigree", VEX_FIXED},  {"exploitable", VEX_AFFECTED},
        {"in_triage", VEX_UNDER_INVESTIGATION}, {"false_positive", VEX_NOT_AFFECTED}, {"not_affected", VEX_NOT_AFFECTED},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(word, str_of(words[i].word))) {
            *ret = words[i].state;
            return true;
        }
    return false;
}

static struct str joined(struct reader *r)
{
    struct buf b;
    buf_open(&b, r->round, "response", TEXT_MOST);
    if (json_array(&r->j))
        while (json_item(&r->j)) {
            buf_add(&b, b.n ? STR(", ") : STR(""));
            buf_add(&b, json_string(&r->j));
        }
    return buf_str(&b);
}

static void analysis(struct reader *r, struct entry *e)
{
    struct json *j = &r->j;
    struct str state = STR("");
    int64_t issued = 0, updated = 0;
    if (!json_object(j))
        return;
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("state")))
            state = json_string(j);
        else if (str_eq(key, STR("justification")))
            e->base.justification = json_string(j);
        else if (str_eq(key, STR("detail")))
            e->base.impact = json_string(j);
        else if (str_eq(key, STR("response")))
            e->base.action = joined(r);
        else if (str_eq(key, STR("firstIssued")) && !json_moment(j, &issued))
            e->wrong = "analysis: firstIssued: expected a time as in RFC 3339";
        else if (str_eq(key, STR("lastUpdated")) && !json_moment(j, &updated))
            e->wrong = "analysis: lastUpdated: expected a time as in RFC 3339";
    }
    e->has_state = state_of(state, &e->base.state);
    if (state.n && !e->has_state)
        e->wrong = "analysis: state: not one of the schema's words";
    if (str_eq(state, STR("false_positive")) && e->base.justification.n == 0)
        e->base.justification = state; /* the state's own word says why */
    e->base.at = updated ? updated : issued ? issued : e->base.at;
}

static enum status status_of(struct str word)
{
    if (str_eq(word, STR("affected")))
        return STATUS_AFFECTED;
    if (str_eq(word, STR("unaffected")))
        return STATUS_UNAFFECTED;
    return str_eq(word, STR("unknown")) ? STATUS_UNKNOWN : STATUS_WRONG;
}

static void versions(struct reader *r, struct entry *e, struct affects *a)
{
    struct json *j = &r->j;
    a->versions = e->versions.n;
    if (!json_array(j))
        return;
    while (json_item(j)) {
        struct version_status v = {STR(""), STR(""), STATUS_AFFECTED, false};
        if (!json_object(j))
            continue;
        for (struct str key; json_key(j, &key);) {
            if (str_eq(key, STR("version"))) {
                v.version = json_string(j);
            } else if (str_eq(key, STR("range"))) {
                v.range = json_string(j);
            } else if (str_eq(key, STR("status"))) {
                v.status = status_of(json_string(j));
                v.said = true;
            }
        }
        if ((v.version.n == 0) == (v.range.n == 0))
            e->wrong = "affects: versions: expected version or range";
        else if (v.status == STATUS_WRONG)
            e->wrong = "affects: versions: status: expected affected, unaffected or unknown";
        else
            *vec_push(r->round, &e->versions) = v;
    }
    a->n_versions = e->versions.n - a->versions;
}

static void affects(struct reader *r, struct entry *e)
{
    struct json *j = &r->j;
    if (!json_array(j))
        return;
    while (json_item(j)) {
        struct affects a = {STR(""), 0, 0};
        if (!json_object(j))
            continue;
        for (struct str key; json_key(j, &key);) {
            if (str_eq(key, STR("ref")))
                a.ref = json_string(j);
            else if (str_eq(key, STR("versions")))
                versions(r, e, &a);
        }
        if (a.ref.n == 0 || a.ref.n > TEXT_MOST)
            e->wrong = a.ref.n ? "affects: ref: longer than 1024 bytes" : "affects: no ref";
        else
            *vec_push(r->round, &e->affects) = a;
    }
}

static void entry(struct reader *r, struct entry *e)
{
    struct json *j = &r->j;
    int64_t updated = 0;
    if (!json_object(j)) {
        e->wrong = "expected an object";
        return;
    }
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("id")))
            e->base.vulnerability = json_string(j);
        else if (str_eq(key, STR("updated")) && !json_moment(j, &updated))
            e->wrong = "updated: expected a time as in RFC 3339";
        else if (str_eq(key, STR("analysis")))
            analysis(r, e);
        else if (str_eq(key, STR("affects")))
            affects(r, e);
    }
    if (e->base.at == r->base.at && updated)
        e->base.at = updated;
    if (e->base.vulnerability.n == 0)
        e->wrong = "no id";
}

/* ---- statements ---- */

static enum rc say(struct reader *r, const struct entry *e, enum vex_state state, struct str product, struct str subcomponent)
{
    struct feed_item item = {.kind = FEED_STATEMENT, .statement = e->base};
    item.statement.state = state;
    item.statement.product = product;
    item.statement.subcomponent = subcomponent;
    enum rc rc = r->emit(r->op, r->arg, &item);
    arena_reset(r->one.mem);
    return rc;
}

/* The analysis says what the flaw does there; "affected" beside it only says that the flaw is in that version. */
static enum vex_state state_at(const struct entry *e, enum status status)
{
    bool harmless = e->has_state && (e->base.state == VEX_NOT_AFFECTED || e->base.state == VEX_FIXED);
    if (status == STATUS_UNKNOWN)
        return VEX_UNDER_INVESTIGATION;
    if (status == STATUS_UNAFFECTED)
        return harmless ? e->base.state : VEX_NOT_AFFECTED;
    return e->has_state ? e->base.state : VEX_AFFECTED;
}

/* The same thing at another version. */
static struct str at_version(struct reader *r, const struct target *t, struct str name, struct str version)
{
    struct component c;
    if (t->thing && str_eq(t->thing->version, version))
        return name;
    if (!str_starts(name, STR("pkg:")) || name.n > TEXT_MOST)
        return str_join(r->one.mem, t->ref, STR("@"), version);
    if (!purl_read(&r->one, name, &c) || str_eq(c.version, version))
        return name;
    c.version = version;
    return component_purl(r->one.mem, &c);
}

/* The thing itself when its version is known to lie in the range; else a name that is no purl. */
static struct str in_range(struct reader *r, const struct target *t, struct str name, struct str text)
{
    struct str version = t->thing ? t->thing->version : STR("");
    struct component c;
    struct range range;
    bool purl = purl_read(&r->one, name, &c);
    if (purl && c.version.n)
        version = c.version;
    const struct version_scheme *scheme = version_scheme_find(purl ? c.type : STR("generic"));
    op_clear(&r->one);
    bool readable = version.n && scheme && range_parse(&r->one, scheme, text, &range) == RC_OK;
    if (readable && range_contains(&range, version) == ANSWER_YES)
        return name;
    return str_join(r->one.mem, text, STR(" of "), t->ref);
}

static enum rc say_versions(struct reader *r, const struct entry *e, const struct affects *a, const struct target *t)
{
    struct str name = t->subcomponent.n ? t->subcomponent : t->product;
    for (size_t i = 0; i < a->n_versions; i++) {
        const struct version_status *v = &e->versions.at[a->versions + i];
        if (!e->has_state && !v->said)
            continue;
        struct str one = v->version.n ? at_version(r, t, name, v->version) : in_range(r, t, name, v->range);
        TRY(say(r, e, state_at(e, v->status), t->subcomponent.n ? t->product : one, t->subcomponent.n ? one : STR("")));
    }
    return RC_OK;
}

static enum rc say_all(struct reader *r, const struct entry *e)
{
    for (size_t i = 0; i < e->affects.n; i++) {
        const struct affects *a = &e->affects.at[i];
        struct target t = resolve(r, a->ref);
        if (a->n_versions)
            TRY(say_versions(r, e, a, &t));
        else if (e->has_state)
            TRY(say(r, e, e->base.state, t.product, t.subcomponent));
    }
    return RC_OK;
}

static void vulnerabilities(void *arg)
{
    struct reader *r = arg;
    struct json *j = &r->j;
    if (!json_array(j)) {
        json_fail(j, "vulnerabilities: expected an array");
        return;
    }
    for (size_t n = 0; r->rc == RC_OK && json_item(j); n++) {
        struct entry e = {.base = r->base};
        entry(r, &e);
        if (e.wrong)
            fault(&r->faults, "vulnerabilities[%zu] (" STR_FMT "): %s", n, STR_ARG(e.base.vulnerability), e.wrong);
        else if (j->rc == RC_OK)
            r->rc = say_all(r, &e);
        arena_reset(r->round);
    }
}

static enum rc parse(struct op *op, struct str name, struct str bytes, feed_emit *emit, void *arg)
{
    struct reader *r = arena_alloc(op->mem, sizeof *r);
    *r = (struct reader){.op = op, .base = statement_empty(), .emit = emit, .arg = arg, .faults = {.op = op, .name = name}};
    r->round = arena_child(op->mem);
    r->one = *op;
    r->one.mem = arena_child(op->mem);
    map_open(&r->things, op->mem);
    TRY(read_twice(op, name, bytes, &(struct twice){&r->j, head, "vulnerabilities", vulnerabilities, r, &r->rc}));
    return faults_end(&r->faults);
}

const struct feed feed_cyclonedx_vex = {
    .name = "cyclonedx_vex",
    .help = "Statements about products in CycloneDX documents (JSON, 1.4 to 1.6)",
    .bid = bid,
    .parse = parse,
};
