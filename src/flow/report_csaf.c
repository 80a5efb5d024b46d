/* CSAF 2.0, VEX profile: products by purl, and where each stands to each flaw. With nothing to say it is a document of the
 * base profile, because a VEX needs a vulnerability. */
#include "flow/report.h"

#include "base/time.h"

struct csaf {
    struct op *op;
    struct json_out *w;
    const struct report *groups;
};

static void product_id(const struct csaf *x, size_t product)
{
    json_out_str(x->w, str_print(x->op->mem, "CSAFPID-%04zu", product + 1));
}

static void product_ids(const struct csaf *x, const char *name, size_t product)
{
    json_out_name(x->w, name);
    json_out_array(x->w);
    product_id(x, product);
    json_out_end_array(x->w);
}

/* ---- document ---- */

static void write_tracking(const struct csaf *x, const struct check_result *r, const struct report_about *a)
{
    struct json_out *w = x->w;
    struct str date = time_print(x->op->mem, a->now);
    json_out_name(w, "tracking");
    json_out_object(w);
    json_out_member(w, "current_release_date", date);
    json_out_name(w, "generator");
    json_out_object(w);
    json_out_name(w, "engine");
    json_out_object(w);
    json_out_member(w, "name", STR("muster"));
    json_out_member(w, "version", STR(MUSTER_VERSION));
    json_out_end_object(w);
    json_out_end_object(w);
    json_out_member(w, "id", str_join(x->op->mem, STR("muster-"), str_from(report_urn(x->op, "csaf", r, a), strlen("urn:uuid:"))));
    json_out_member(w, "initial_release_date", date);
    json_out_name(w, "revision_history");
    json_out_array(w);
    json_out_object(w);
    json_out_member(w, "date", date);
    json_out_member(w, "number", STR("1"));
    json_out_member(w, "summary", STR("generated from the components and the published advisories"));
    json_out_end_object(w);
    json_out_end_array(w);
    json_out_member(w, "status", STR("final"));
    json_out_member(w, "version", STR("1"));
    json_out_end_object(w);
}

static void note(struct json_out *w, const char *category, struct str text)
{
    json_out_object(w);
    json_out_member(w, "category", str_of(category));
    json_out_member(w, "text", text);
    json_out_end_object(w);
}

static void write_document(const struct csaf *x, const struct check_result *r, const struct report_about *a)
{
    struct json_out *w = x->w;
    json_out_name(w, "document");
    json_out_object(w);
    json_out_member(w, "category", x->groups->flaws.n ? STR("csaf_vex") : STR("csaf_base"));
    json_out_member(w, "csaf_version", STR("2.0"));
    json_out_member(w, "lang", STR("en"));
    json_out_name(w, "notes");
    json_out_array(w);
    note(w, "general", report_coverage(x->op->mem, r));
    json_out_end_array(w);
    json_out_name(w, "publisher");
    json_out_object(w);
    json_out_member(w, "category", STR("user"));
    json_out_member(w, "name", a->author);
    json_out_member(w, "namespace", report_urn_of(x->op, a->author));
    json_out_end_object(w);
    json_out_member(w, "title", STR("What is published about the components in use"));
    write_tracking(x, r, a);
    json_out_end_object(w);
}

static void write_products(const struct csaf *x)
{
    struct json_out *w = x->w;
    json_out_name(w, "product_tree");
    json_out_object(w);
    json_out_name(w, "full_product_names");
    json_out_array(w);
    for (size_t i = 0; i < x->groups->products.n; i++) {
        const struct report_product *p = &x->groups->products.at[i];
        json_out_object(w);
        json_out_member(w, "name", str_trim(str_join(x->op->mem, component_name(x->op->mem, p->component), STR(" "), p->component->version)));
        json_out_name(w, "product_id");
        product_id(x, i);
        json_out_name(w, "product_identification_helper");
        json_out_object(w);
        json_out_member(w, "purl", p->purl);
        json_out_end_object(w);
        json_out_end_object(w);
    }
    json_out_end_array(w);
    json_out_end_object(w);
}

/* ---- one vulnerability ---- */

static void write_ids(struct json_out *w, const struct report_flaw *flaw)
{
    const struct check_finding *f = flaw->pairs.at[0].finding;
    struct str cve = report_cve(f);
    if (cve.n)
        json_out_member(w, "cve", cve);
    if (cve.n && f->flaw.ids.n < 2)
        return;
    json_out_name(w, "ids");
    json_out_array(w);
    vec_each(struct str, id, &f->flaw.ids) {
        if (str_eq(*id, cve))
            continue;
        json_out_object(w);
        json_out_member(w, "system_name", report_numberer(*id));
        json_out_member(w, "text", *id);
        json_out_end_object(w);
    }
    json_out_end_array(w);
}

static void write_status(const struct csaf *x, const struct report_flaw *flaw)
{
    static const struct {
        enum report_status status;
        const char *name;
    } lists[] = {{STATUS_FIXED, "fixed"}, {STATUS_AFFECTED, "known_affected"}, {STATUS_NOT_AFFECTED, "known_not_affected"},
                 {STATUS_INVESTIGATED, "under_investigation"}};
    json_out_name(x->w, "product_status");
    json_out_object(x->w);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        bool any = false;
        vec_each(struct report_pair, pair, &flaw->pairs) {
            if (report_status(pair->finding) != lists[i].status)
                continue;
            if (!any) {
                json_out_name(x->w, lists[i].name);
                json_out_array(x->w);
            }
            any = true;
            product_id(x, pair->product);
        }
        if (any)
            json_out_end_array(x->w);
    }
    json_out_end_object(x->w);
}

static size_t count(const struct report_flaw *flaw, enum report_status s)
{
    size_t n = 0;
    vec_each(struct report_pair, pair, &flaw->pairs)
        n += report_status(pair->finding) == s;
    return n;
}

static const char *remedy(const struct check_finding *f)
{
    if (f->malicious || f->fix.kind == FIX_REMOVE)
        return "mitigation";
    return f->fix.kind == FIX_UPGRADE || f->fix.kind == FIX_PART ? "vendor_fix" : "none_available";
}

static void write_remediations(const struct csaf *x, const struct report_flaw *flaw)
{
    if (count(flaw, STATUS_AFFECTED) == 0)
        return;
    json_out_name(x->w, "remediations");
    json_out_array(x->w);
    vec_each(struct report_pair, pair, &flaw->pairs) {
        if (report_status(pair->finding) != STATUS_AFFECTED)
            continue;
        json_out_object(x->w);
        json_out_member(x->w, "category", str_of(remedy(pair->finding)));
        json_out_member(x->w, "details", report_action(x->op->mem, pair->finding));
        product_ids(x, "product_ids", pair->product);
        json_out_end_object(x->w);
    }
    json_out_end_array(x->w);
}

static void threat(const struct csaf *x, const char *category, struct str details, size_t product)
{
    json_out_object(x->w);
    json_out_member(x->w, "category", str_of(category));
    json_out_member(x->w, "details", details);
    product_ids(x, "product_ids", product);
    json_out_end_object(x->w);
}

/* Why a product is not affected, and whether the flaw is exploited. */
static void write_threats(const struct csaf *x, const struct report_flaw *flaw)
{
    bool exploited = false;
    vec_each(struct report_pair, pair, &flaw->pairs)
        exploited |= pair->finding->exploited;
    if (!exploited && count(flaw, STATUS_NOT_AFFECTED) == 0)
        return;
    json_out_name(x->w, "threats");
    json_out_array(x->w);
    vec_each(struct report_pair, pair, &flaw->pairs) {
        if (report_status(pair->finding) == STATUS_NOT_AFFECTED)
            threat(x, "impact", report_why(x->op->mem, pair->finding), pair->product);
        if (pair->finding->exploited)
            threat(x, "exploit_status", STR("known to be exploited"), pair->product);
    }
    json_out_end_array(x->w);
}

static void write_flags(const struct csaf *x, const struct report_flaw *flaw)
{
    bool any = false;
    vec_each(struct report_pair, pair, &flaw->pairs) {
        struct str label = report_justification(pair->finding);
        if (report_status(pair->finding) != STATUS_NOT_AFFECTED || label.n == 0)
            continue;
        if (!any) {
            json_out_name(x->w, "flags");
            json_out_array(x->w);
        }
        any = true;
        json_out_object(x->w);
        json_out_member(x->w, "label", label);
        product_ids(x, "product_ids", pair->product);
        json_out_end_object(x->w);
    }
    if (any)
        json_out_end_array(x->w);
}

/* The format knows CVSS 2.0, 3.0 and 3.1; a score of another kind is not in it. */
static bool has_score(const struct check_finding *f, struct cvss *ret)
{
    return cvss_read(f->vector, ret) && ret->version < 40 && f->vector.p[0] != '(' && report_status(f) == STATUS_AFFECTED;
}

static void write_score(const struct csaf *x, const struct report_pair *pair, const struct cvss *c)
{
    struct json_out *w = x->w;
    json_out_object(w);
    json_out_name(w, c->version == 20 ? "cvss_v2" : "cvss_v3");
    json_out_object(w);
    json_out_member(w, "version", c->version == 20 ? STR("2.0") : c->version == 30 ? STR("3.0") : STR("3.1"));
    json_out_member(w, "vectorString", pair->finding->vector);
    json_out_name(w, "baseScore");
    json_out_decimal(w, c->base, 1);
    if (c->version != 20) {
        const char *word = severity_name(c->level);
        char upper[16] = {0};
        for (size_t i = 0; word[i] && i + 1 < sizeof upper; i++)
            upper[i] = (char)(word[i] & ~0x20);
        json_out_member(w, "baseSeverity", str_of(upper));
    }
    json_out_end_object(w);
    product_ids(x, "products", pair->product);
    json_out_end_object(w);
}

static void write_scores(const struct csaf *x, const struct report_flaw *flaw)
{
    bool any = false;
    vec_each(struct report_pair, pair, &flaw->pairs) {
        struct cvss c;
        if (!has_score(pair->finding, &c))
            continue;
        if (!any) {
            json_out_name(x->w, "scores");
            json_out_array(x->w);
        }
        any = true;
        write_score(x, pair, &c);
    }
    if (any)
        json_out_end_array(x->w);
}

static void write_vulnerability(const struct csaf *x, const struct report_flaw *flaw)
{
    struct str summary = flaw->pairs.at[0].finding->summary;
    json_out_object(x->w);
    write_ids(x->w, flaw);
    write_flags(x, flaw);
    json_out_name(x->w, "notes");
    json_out_array(x->w);
    note(x->w, "summary", summary.n ? summary : flaw->id);
    json_out_end_array(x->w);
    write_status(x, flaw);
    write_remediations(x, flaw);
    write_scores(x, flaw);
    write_threats(x, flaw);
    json_out_end_object(x->w);
}

static enum rc write(struct op *op, const struct check_result *r, const struct report_about *a, struct buf *ret)
{
    struct json_out w;
    struct report groups;
    struct csaf x = {op, &w, &groups};
    report_group(op, r, &groups);
    json_out_open(&w, ret);
    json_out_object(&w);
    write_document(&x, r, a);
    if (groups.flaws.n) {
        write_products(&x);
        json_out_name(&w, "vulnerabilities");
        json_out_array(&w);
        vec_each(struct report_flaw, flaw, &groups.flaws)
            write_vulnerability(&x, flaw);
        json_out_end_array(&w);
    }
    json_out_end_object(&w);
    return RC_OK;
}

const struct report_form report_form_csaf = {
    .name = "csaf",
    .help = "CSAF 2.0, VEX profile.",
    .write = write,
};
