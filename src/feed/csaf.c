/* CSAF 2.0 documents, and 2.1 as far as it reads the same: security advisories and the VEX profile (CSAF 2.0, 4.4 and 4.5),
 * Red Hat's and SUSE's among them. A statement for each vulnerability and product of its product_status (3.2.3.9); for rpm
 * packages of distributions also one advisory a document.
 *
 * A product that a relationship makes of a component and a platform (3.2.2.4) is said of as that: the statement's product is
 * the platform, by CPE where it has no purl, and its subcomponent the component. "kernel of release 8" must not speak of
 * "kernel of release 9", though both have the same purl. Products that are ranges of versions keep the document's own
 * id. Read twice: once for the document and its products, once for the vulnerabilities. */
#include "base/time.h"
#include "feed/csaf_record.h"
#include "feed/csaf_tree.h"

enum { SEVERITIES_MOST = 64, STEPS_MOST = 64 << 20 };

struct listed {
    VEC(struct csaf_product *) list;
};

struct reader {
    struct json j;
    struct op *op;
    struct csaf_tree tree;
    struct csaf_record record;
    struct vex_statement base;
    struct str title, host, severity; /* host: of the publisher's namespace, "redhat" */
    int64_t released;
    bool has_version;
    size_t vulnerabilities;
    uint32_t round; /* the vulnerability's number, from 1 */
    struct arena *scratch;
    size_t steps;   /* spent on looking groups up */
    feed_emit *emit;
    void *arg;
    struct faults faults;
    enum rc rc;
};

static int bid(struct str name, struct str bytes)
{
    (void)name;
    if (!looks_like_object(bytes) || str_find(bytes, STR("\"csaf_version\"")) == STR_NONE)
        return 0;
    return str_find(bytes, STR("\"tracking\"")) != STR_NONE ? 98 : 50;
}

/* ---- the document ---- */

/* "https://www.redhat.com" → "redhat". */
static struct str host_of(struct str url)
{
    size_t scheme = str_find(url, STR("://"));
    if (scheme != STR_NONE)
        url = str_from(url, scheme + 3);
    str_take(&url, STR("www."));
    size_t n = 0;
    while (n < url.n && n < 64 && (is_alnum(url.p[n]) || url.p[n] == '-'))
        n++;
    return str_upto(url, n);
}

static void tracking(struct reader *r)
{
    struct json *j = &r->j;
    if (!json_object(j))
        return;
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("id")))
            r->base.document = json_string(j);
        else if (str_eq(key, STR("current_release_date")) && !json_moment(j, &r->base.at))
            json_fail(j, "tracking: current_release_date: expected a time as in RFC 3339");
        else if (str_eq(key, STR("initial_release_date")) && !json_moment(j, &r->released))
            json_fail(j, "tracking: initial_release_date: expected a time as in RFC 3339");
    }
}

static void document(struct reader *r)
{
    struct json *j = &r->j;
    if (!json_object(j))
        return;
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("csaf_version"))) {
            r->has_version = json_string(j).n > 0;
        } else if (str_eq(key, STR("title"))) {
            r->title = json_string(j);
        } else if (str_eq(key, STR("tracking"))) {
            tracking(r);
        } else if (str_eq(key, STR("publisher")) && json_object(j)) {
            for (struct str inner; json_key(j, &inner);) {
                if (str_eq(inner, STR("name")))
                    r->base.author = json_string(j);
                else if (str_eq(inner, STR("namespace")))
                    r->host = host_of(json_string(j));
            }
        } else if (str_eq(key, STR("aggregate_severity")) && json_object(j)) {
            for (struct str inner; json_key(j, &inner);)
                if (str_eq(inner, STR("text")))
                    r->severity = json_string(j);
        }
    }
}

static void head(void *arg)
{
    struct reader *r = arg;
    struct json *j = &r->j;
    if (json_object(j))
        for (struct str key; json_key(j, &key);) {
            if (str_eq(key, STR("document")))
                document(r);
            else if (str_eq(key, STR("product_tree")))
                csaf_tree_read(&r->tree, j);
            else if (str_eq(key, STR("vulnerabilities")) && json_array(j))
                while (json_item(j))
                    r->vulnerabilities++;
        }
    if (!r->has_version)
        json_fail(j, "expected an object with document and csaf_version");
    else if (r->base.document.n == 0)
        json_fail(j, "document: tracking: no id");
    csaf_record_open(&r->record, r->op, r->vulnerabilities == 1);
}

/* ---- one vulnerability ---- */

/* Which of two contradicting states (6.1.6) is the worse. */
static int badness(enum vex_state s)
{
    return s == VEX_AFFECTED ? 3 : s == VEX_UNDER_INVESTIGATION ? 2 : s == VEX_FIXED ? 1 : 0;
}

static bool state_of(struct str key, enum vex_state *ret)
{
    static const struct {
        const char *key;
        enum vex_state state;
    } lists[] = {
        {"fixed", VEX_FIXED},
        {"first_fixed", VEX_FIXED},
        {"recommended", VEX_FIXED},
        {"known_affected", VEX_AFFECTED},
        {"first_affected", VEX_AFFECTED},
        {"last_affected", VEX_AFFECTED},
        {"known_not_affected", VEX_NOT_AFFECTED},
        {"under_investigation", VEX_UNDER_INVESTIGATION},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (str_eq(key, str_of(lists[i].key))) {
            *ret = lists[i].state;
            return true;
        }
    return false;
}

static void list(struct reader *r, struct listed *all, enum vex_state state)
{
    struct json *j = &r->j;
    if (!json_array(j))
        return;
    while (json_item(j)) {
        struct str id = json_string(j);
        if (id.n == 0)
            continue;
        struct csaf_product *p = csaf_product(&r->tree, id);
        struct csaf_marks *m = csaf_marks(&p->marks, r->round);
        if (!p->defined)
            fault(&r->faults, "product_status: '" STR_FMT "' is not in the product_tree", STR_ARG(id));
        if (m->listed && m->state != state)
            fault(&r->faults, "product_status: '" STR_FMT "' has two states", STR_ARG(id));
        if (!m->listed)
            *vec_push(r->scratch, &all->list) = p;
        if (!m->listed || badness(state) > badness(m->state))
            m->state = state;
        m->listed = true;
    }
}

static void statuses(struct reader *r, struct listed *all)
{
    enum vex_state state;
    if (!json_object(&r->j))
        return;
    for (struct str key; json_key(&r->j, &key);)
        if (state_of(key, &state))
            list(r, all, state);
}

/* flags, remediations and threats (3.2.3.5, 3.2.3.12, 3.2.3.14) have one shape: a text, and whom it is about. */
enum remark_kind { REMARK_FLAG, REMARK_REMEDY, REMARK_THREAT };

struct remark {
    enum remark_kind kind;
    struct str text;
};

static void remember(const struct remark *k, struct csaf_marks *m)
{
    struct str *where = k->kind == REMARK_FLAG ? &m->justification : k->kind == REMARK_REMEDY ? &m->action : &m->impact;
    if (where->n == 0)
        *where = k->text;
}

static void remark_ids(struct reader *r, const struct remark *k, bool groups)
{
    struct json *j = &r->j;
    if (!json_array(j))
        return;
    while (json_item(j)) {
        struct str id = json_string(j);
        if (id.n == 0)
            continue;
        struct csaf_marks *m = groups ? &csaf_group(&r->tree, id)->marks : &csaf_product(&r->tree, id)->marks;
        remember(k, csaf_marks(m, r->round));
    }
}

/* Red Hat writes a severity where CSAF wants to know what the flaw does to the product. */
static bool is_severity(struct str text)
{
    static const char *const words[] = {"Low", "Moderate", "Important", "Critical"};
    bool found = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        found |= str_eq(text, str_of(words[i]));
    return found;
}

/* Its text first, then whom it is about: read twice, for the keys come in any order. `all` is for those of nobody. */
static void remark(struct reader *r, enum remark_kind kind, struct csaf_marks *all)
{
    struct json *j = &r->j;
    struct str category = STR(""), details = STR(""), label = STR("");
    if (json_kind(j) != JSON_OBJECT)
        return;
    struct json again = *j;
    bool somebody = false;
    json_object(j);
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("label")))
            label = json_string(j);
        else if (str_eq(key, STR("category")))
            category = json_string(j);
        else if (str_eq(key, STR("details")))
            details = json_string(j);
        else
            somebody |= str_eq(key, STR("product_ids")) || str_eq(key, STR("group_ids"));
    }
    if (j->rc != RC_OK || (kind == REMARK_THREAT && (!str_eq(category, STR("impact")) || is_severity(details))))
        return;
    struct remark k = {kind, kind == REMARK_FLAG ? label : details};
    if (kind == REMARK_REMEDY && category.n)
        k.text = str_join(r->op->mem, category, STR(": "), details);
    if (!somebody)
        remember(&k, all);
    *j = again;
    json_object(j);
    for (struct str key; json_key(j, &key);)
        if (str_eq(key, STR("product_ids")) || str_eq(key, STR("group_ids")))
            remark_ids(r, &k, str_eq(key, STR("group_ids")));
}

static void remarks(struct reader *r, enum remark_kind kind, struct csaf_marks *all)
{
    if (json_array(&r->j))
        while (json_item(&r->j))
            remark(r, kind, all);
}

static void vector(struct reader *r, const char *type)
{
    struct json *j = &r->j;
    struct advisory *a = &r->record.advisory;
    if (!json_object(j))
        return;
    for (struct str key; json_key(j, &key);) {
        if (!str_eq(key, STR("vectorString")))
            continue;
        struct severity s = {str_of(type), json_string(j)};
        bool there = s.score.n == 0 || a->severities.n >= SEVERITIES_MOST;
        for (size_t i = 0; i < a->severities.n; i++)
            there |= str_eq(a->severities.at[i].score, s.score);
        if (!there)
            *vec_push(r->op->mem, &a->severities) = s;
    }
}

static void cvss(struct reader *r, struct str key)
{
    if (str_eq(key, STR("cvss_v2")))
        vector(r, "CVSS_V2");
    else if (str_eq(key, STR("cvss_v3")))
        vector(r, "CVSS_V3");
    else if (str_eq(key, STR("cvss_v4")))
        vector(r, "CVSS_V4");
}

/* One of scores (3.2.3.13), or in 2.1 of metrics, which hold them in `content`. */
static void score(struct reader *r)
{
    struct json *j = &r->j;
    if (!json_object(j))
        return;
    for (struct str key, inner; json_key(j, &key);) {
        if (!str_eq(key, STR("content")))
            cvss(r, key);
        else if (json_object(j))
            while (json_key(j, &inner))
                cvss(r, inner);
    }
}

static void scores(struct reader *r)
{
    if (json_array(&r->j))
        while (json_item(&r->j))
            score(r);
}

/* The first of ids (3.2.3.6), for what has no CVE. */
static struct str other_id(struct json *j)
{
    struct str id = STR("");
    if (json_array(j))
        while (json_item(j)) {
            struct str text = STR("");
            if (json_object(j))
                for (struct str key; json_key(j, &key);)
                    if (str_eq(key, STR("text")))
                        text = json_string(j);
            id = id.n ? id : text;
        }
    return id;
}

static void vulnerability(struct reader *r, struct listed *all, struct csaf_marks *rest, struct str *ret_id)
{
    struct json *j = &r->j;
    struct str cve = STR(""), other = STR("");
    if (json_object(j))
        for (struct str key; json_key(j, &key);) {
            if (str_eq(key, STR("cve")))
                cve = json_string(j);
            else if (str_eq(key, STR("ids")))
                other = other_id(j);
            else if (str_eq(key, STR("product_status")))
                statuses(r, all);
            else if (str_eq(key, STR("flags")))
                remarks(r, REMARK_FLAG, rest);
            else if (str_eq(key, STR("remediations")))
                remarks(r, REMARK_REMEDY, rest);
            else if (str_eq(key, STR("threats")))
                remarks(r, REMARK_THREAT, rest);
            else if (str_eq(key, STR("scores")) || str_eq(key, STR("metrics")))
                scores(r);
        }
    *ret_id = cve.n ? cve : other;
}

/* ---- what is said of a product ---- */

/* By a purl, or by the document's own id: a range of versions has no other name. */
static struct str part_name(const struct csaf_product *p, const struct csaf_product *part)
{
    if (part->range)
        return part->id;
    return p->names.purl.n ? p->names.purl : names_best(&part->names);
}

/* An image by its digest is the same wherever it runs. */
static bool stands_alone(struct str name)
{
    return str_starts(name, STR("pkg:oci/")) && str_find(name, STR("@sha256")) != STR_NONE;
}

static bool name_product(struct reader *r, struct csaf_product *p, struct vex_statement *s)
{
    const struct csaf_product *part = csaf_part(p), *whole = csaf_whole(p);
    if (!part || (p->whole && !whole)) {
        fault(&r->faults, "relationships of '" STR_FMT "' go round in circles", STR_ARG(p->id));
        return false;
    }
    s->subcomponent = STR("");
    if (!whole) {
        s->product = p->range ? p->id : names_best(&p->names);
        return true;
    }
    s->product = whole->range ? whole->id : names_best(&whole->names);
    s->subcomponent = part_name(p, part);
    if (stands_alone(s->subcomponent)) {
        s->product = s->subcomponent;
        s->subcomponent = STR("");
    }
    return true;
}

static void first_of(struct str *text, struct str other)
{
    if (text->n == 0)
        *text = other;
}

/* Its own remarks, then those of its groups, then those of nobody in particular. */
static enum rc fill(struct reader *r, const struct csaf_product *p, const struct csaf_marks *rest, struct vex_statement *s)
{
    s->state = p->marks.state;
    s->justification = p->marks.justification;
    s->impact = p->marks.impact;
    s->action = p->marks.action;
    for (const struct csaf_member *m = p->groups; m; m = m->next) {
        if (++r->steps > STEPS_MOST)
            return fail(r->op, RC_LIMIT, STR_FMT ": too many products in too many groups", STR_ARG(r->j.name));
        if (m->group->marks.round != r->round)
            continue;
        first_of(&s->justification, m->group->marks.justification);
        first_of(&s->impact, m->group->marks.impact);
        first_of(&s->action, m->group->marks.action);
    }
    first_of(&s->justification, rest->justification);
    first_of(&s->impact, rest->impact);
    first_of(&s->action, rest->action);
    if (s->state != VEX_NOT_AFFECTED)
        s->justification = s->impact = STR(""); /* they say why it is not affected; elsewhere an impact is a severity */
    return RC_OK;
}

/* The worst last: of statements that turn out to name the same, the last one counts. */
static enum rc say_all(struct reader *r, const struct listed *all, const struct csaf_marks *rest, struct str id)
{
    static const enum vex_state order[] = {VEX_NOT_AFFECTED, VEX_FIXED, VEX_UNDER_INVESTIGATION, VEX_AFFECTED};
    for (size_t o = 0; o < sizeof order / sizeof *order; o++)
        for (size_t i = 0; i < all->list.n; i++) {
            struct csaf_product *p = all->list.at[i];
            struct feed_item item = {.kind = FEED_STATEMENT, .statement = r->base};
            if (p->marks.state != order[o])
                continue;
            csaf_record_add(&r->record, p, order[o]);
            if (!name_product(r, p, &item.statement))
                continue;
            item.statement.vulnerability = id;
            TRY(fill(r, p, rest, &item.statement));
            TRY(r->emit(r->op, r->arg, &item));
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
    while (r->rc == RC_OK && json_item(j)) {
        struct listed all = {{NULL, 0, 0}};
        struct csaf_marks rest = {.round = 0};
        struct str id;
        if (++r->round == UINT32_MAX)
            break;
        vulnerability(r, &all, csaf_marks(&rest, r->round), &id);
        if (j->rc != RC_OK)
            break;
        if (id.n == 0)
            fault(&r->faults, "vulnerabilities[%u]: neither cve nor ids", r->round - 1);
        else
            r->rc = say_all(r, &all, &rest, id);
        if (id.n)
            *vec_push(r->op->mem, &r->record.advisory.upstream) = id;
        arena_reset(r->scratch);
    }
}

/* A document about one CVE may bear its name: then the publisher's is put before it, for others have such documents, too. */
static enum rc say_record(struct reader *r, struct str bytes)
{
    struct feed_item item = {.kind = FEED_ADVISORY, .advisory = r->record.advisory};
    struct advisory *a = &item.advisory;
    struct str base, suffix;
    if (a->affected.n == 0)
        return RC_OK;
    a->id = r->base.document;
    if (str_starts(a->id, STR("CVE-"))) {
        char *upper = arena_alloc(r->op->mem, r->host.n + 1);
        for (size_t i = 0; i < r->host.n; i++)
            upper[i] = r->host.p[i] >= 'a' && r->host.p[i] <= 'z' ? (char)(r->host.p[i] & ~0x20) : r->host.p[i];
        a->id = str_join(r->op->mem, r->host.n ? (struct str){upper, r->host.n} : STR("CSAF"), STR("-"), a->id);
    }
    base = advisory_ecosystem(a->affected.at[0].ecosystem, &suffix);
    if (r->severity.n)
        *vec_push(r->op->mem, &a->severities) = (struct severity){base, r->severity};
    a->published = r->released;
    a->modified = r->base.at;
    a->summary = r->title;
    a->whole = bytes;
    return r->emit(r->op, r->arg, &item);
}

static enum rc parse(struct op *op, struct str name, struct str bytes, feed_emit *emit, void *arg)
{
    struct reader r = {.op = op, .base = statement_empty(), .title = STR(""), .host = STR(""), .severity = STR(""),
        .emit = emit, .arg = arg, .faults = {.op = op, .name = name}};
    r.scratch = arena_child(op->mem);
    csaf_tree_open(&r.tree, op);
    TRY(read_twice(op, name, bytes, &(struct twice){&r.j, head, "vulnerabilities", vulnerabilities, &r, &r.rc}));
    TRY(say_record(&r, bytes));
    return faults_end(&r.faults);
}

static const char *const ecosystems[] = {"Red Hat", "SUSE", "openSUSE", "AlmaLinux", "Rocky Linux", "openEuler", NULL};

const struct feed feed_csaf = {
    .name = "csaf",
    .help = "Advisories and statements in the Common Security Advisory Framework (CSAF 2.0)",
    .ecosystems = ecosystems,
    .bid = bid,
    .parse = parse,
};
