/* OpenVEX 0.2.0, and 0.0.1 where products and vulnerabilities are plain strings ("Statement Fields", "Product Data
 * Structure" and "Inheritance Flow" of the OpenVEX specification). The document is read twice: once for what statements
 * inherit from it, once for the statements. A statement that breaks the format is passed over and reported once all
 * others were emitted. */
#include "base/str.h"
#include "feed/parts.h"

enum { STATEMENTS_MOST = 4 << 20 }; /* products times subcomponents: a short document could ask for billions */

/* A product or a subcomponent. */
struct part {
    struct str name;
    size_t subs, n_subs; /* its own subcomponents, in claim.subs */
};

struct claim {
    struct vex_statement base; /* without product and subcomponent */
    VEC(struct part) products;
    VEC(struct str) subs;      /* of all products, each one's in a row */
    VEC(struct str) shared;    /* 0.0.1: of the statement, for each product */
    bool has_status;
    const char *wrong;         /* NULL: nothing */
};

struct reader {
    struct json j;
    struct arena *round; /* of one statement */
    struct vex_statement base; /* what is inherited */
    bool has_statements;
    feed_emit *emit;
    void *arg;
    size_t emitted;
    struct faults faults;
    enum rc rc;
};

static int bid(struct str name, struct str bytes)
{
    (void)name;
    struct str head = str_upto(bytes, 64 << 10);
    if (!looks_like_object(head) || str_find(head, STR("openvex.dev/ns")) == STR_NONE)
        return 0;
    return str_find(head, STR("\"statements\"")) != STR_NONE ? 97 : 60;
}

static void head(void *arg)
{
    struct reader *r = arg;
    struct json *j = &r->j;
    if (!json_object(j)) {
        json_fail(j, "expected an object");
        return;
    }
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("@id")))
            r->base.document = json_string(j);
        else if (str_eq(key, STR("author")))
            r->base.author = json_string(j);
        else if (str_eq(key, STR("timestamp")) && !json_moment(j, &r->base.at))
            json_fail(j, "timestamp: expected a time as in RFC 3339");
        else if (str_eq(key, STR("statements")))
            r->has_statements = json_kind(j) == JSON_ARRAY;
    }
    if (!r->has_statements)
        json_fail(j, "no statements");
}

/* ---- products ---- */

static void identifiers(struct json *j, struct names *n)
{
    struct str cpe22 = STR("");
    if (!json_object(j))
        return;
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("purl")))
            n->purl = json_string(j);
        else if (str_eq(key, STR("cpe23")))
            n->cpe = json_string(j);
        else if (str_eq(key, STR("cpe22")))
            cpe22 = json_string(j);
    }
    if (n->cpe.n == 0)
        n->cpe = cpe22;
}

static void hashes(struct json *j, struct arena *mem, struct names *n)
{
    if (json_object(j))
        for (struct str key; json_key(j, &key);)
            if (str_ieq(key, STR("sha-256")))
                n->digest = sha256_named(mem, json_string(j));
}

static void named(struct names *n)
{
    if (n->purl.n == 0 && str_starts(n->own, STR("pkg:")))
        n->purl = n->own;
}

/* A component that holds no others; empty when nothing identifies it. */
static struct str component(struct reader *r)
{
    struct json *j = &r->j;
    struct names n = {STR(""), STR(""), STR(""), STR("")};
    if (json_kind(j) == JSON_STRING)
        return json_string(j);
    if (!json_object(j))
        return STR("");
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("@id")))
            n.own = json_string(j);
        else if (str_eq(key, STR("identifiers")))
            identifiers(j, &n);
        else if (str_eq(key, STR("hashes")))
            hashes(j, j->op->mem, &n);
    }
    named(&n);
    return names_best(&n);
}

/* Subcomponents narrow a statement: one that cannot be read must not be left out. */
static void sub(struct reader *r, struct claim *c, bool shared)
{
    struct str one = component(r);
    if (one.n == 0)
        c->wrong = "a subcomponent without @id, identifiers and hashes";
    else if (shared)
        *vec_push(r->round, &c->shared) = one;
    else
        *vec_push(r->round, &c->subs) = one;
}

static void subs(struct reader *r, struct claim *c, bool shared)
{
    struct json *j = &r->j;
    if (json_kind(j) == JSON_NULL)
        return;
    if (!json_array(j)) {
        c->wrong = "subcomponents: expected an array";
        return;
    }
    while (json_item(j))
        sub(r, c, shared);
}

static void product(struct reader *r, struct claim *c)
{
    struct json *j = &r->j;
    struct names n = {STR(""), STR(""), STR(""), STR("")};
    struct part p = {STR(""), c->subs.n, 0};
    if (json_kind(j) == JSON_STRING) {
        p.name = json_string(j);
    } else if (json_object(j)) {
        for (struct str key; json_key(j, &key);) {
            if (str_eq(key, STR("@id")))
                n.own = json_string(j);
            else if (str_eq(key, STR("identifiers")))
                identifiers(j, &n);
            else if (str_eq(key, STR("hashes")))
                hashes(j, j->op->mem, &n);
            else if (str_eq(key, STR("subcomponents")))
                subs(r, c, false);
        }
        named(&n);
        p.name = names_best(&n);
    }
    p.n_subs = c->subs.n - p.subs;
    if (p.name.n == 0)
        c->wrong = "a product without @id, identifiers and hashes";
    else
        *vec_push(r->round, &c->products) = p;
}

/* ---- statements ---- */

static bool state_of(struct str word, enum vex_state *ret)
{
    static const char *const words[] = {"not_affected", "affected", "fixed", "under_investigation"};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(word, str_of(words[i]))) {
            *ret = i; /* the order of enum vex_state */
            return true;
        }
    return false;
}

static struct str vulnerability(struct json *j)
{
    struct str name = STR("");
    if (json_kind(j) == JSON_STRING)
        return json_string(j);
    if (json_object(j))
        for (struct str key; json_key(j, &key);)
            if (str_eq(key, STR("name")))
                name = json_string(j);
    return name;
}

static void products(struct reader *r, struct claim *c)
{
    if (!json_array(&r->j)) {
        c->wrong = "products: expected an array";
        return;
    }
    while (json_item(&r->j))
        product(r, c);
}

static void texts(struct json *j, struct str key, struct vex_statement *s)
{
    if (str_eq(key, STR("justification")))
        s->justification = json_string(j);
    else if (str_eq(key, STR("impact_statement")))
        s->impact = json_string(j);
    else if (str_eq(key, STR("action_statement")))
        s->action = json_string(j);
}

static void claim(struct reader *r, struct claim *c)
{
    struct json *j = &r->j;
    int64_t updated = 0;
    if (!json_object(j)) {
        c->wrong = "expected an object";
        return;
    }
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("vulnerability")))
            c->base.vulnerability = vulnerability(j);
        else if (str_eq(key, STR("products")))
            products(r, c);
        else if (str_eq(key, STR("subcomponents")))
            subs(r, c, true);
        else if (str_eq(key, STR("status")))
            c->has_status = state_of(json_string(j), &c->base.state);
        else if (str_eq(key, STR("timestamp")))
            c->wrong = json_moment(j, &c->base.at) ? c->wrong : "timestamp: expected a time as in RFC 3339";
        else if (str_eq(key, STR("last_updated")))
            c->wrong = json_moment(j, &updated) ? c->wrong : "last_updated: expected a time as in RFC 3339";
        else
            texts(j, key, &c->base);
    }
    if (updated > c->base.at)
        c->base.at = updated;
    if (!c->has_status)
        c->wrong = "status: expected not_affected, affected, fixed or under_investigation";
    else if (c->base.vulnerability.n == 0)
        c->wrong = "no vulnerability";
    else if (c->products.n == 0 && !c->wrong)
        c->wrong = "no products";
}

static enum rc say(struct reader *r, const struct claim *c, struct str name, struct str subcomponent)
{
    struct feed_item item = {.kind = FEED_STATEMENT, .statement = c->base};
    if (++r->emitted > STATEMENTS_MOST)
        return fail(r->j.op, RC_LIMIT, STR_FMT ": more than %d statements", STR_ARG(r->j.name), STATEMENTS_MOST);
    item.statement.product = name;
    item.statement.subcomponent = subcomponent;
    return r->emit(r->j.op, r->arg, &item);
}

static enum rc say_all(struct reader *r, const struct claim *c)
{
    for (size_t i = 0; i < c->products.n; i++) {
        const struct part *p = &c->products.at[i];
        const struct str *of = p->n_subs ? c->subs.at + p->subs : c->shared.at;
        size_t n = p->n_subs ? p->n_subs : c->shared.n;
        for (size_t k = 0; k < n; k++)
            TRY(say(r, c, p->name, of[k]));
        if (n == 0)
            TRY(say(r, c, p->name, STR("")));
    }
    return RC_OK;
}

static void statements(void *arg)
{
    struct reader *r = arg;
    struct json *j = &r->j;
    if (!json_array(j))
        return;
    for (size_t n = 0; r->rc == RC_OK && json_item(j); n++) {
        struct claim c = {.base = r->base};
        claim(r, &c);
        if (c.wrong)
            fault(&r->faults, "statements[%zu] (" STR_FMT "): %s", n, STR_ARG(c.base.vulnerability), c.wrong);
        else if (j->rc == RC_OK)
            r->rc = say_all(r, &c);
        arena_reset(r->round);
    }
}

static enum rc parse(struct op *op, struct str name, struct str bytes, feed_emit *emit, void *arg)
{
    struct reader r = {.base = statement_empty(), .emit = emit, .arg = arg, .faults = {.op = op, .name = name}};
    r.round = arena_child(op->mem);
    TRY(read_twice(op, name, bytes, &(struct twice){&r.j, head, "statements", statements, &r, &r.rc}));
    return faults_end(&r.faults);
}

const struct feed feed_openvex = {
    .name = "openvex",
    .help = "Statements about products in the OpenVEX format (0.0.1 and 0.2.0)",
    .bid = bid,
    .parse = parse,
};
