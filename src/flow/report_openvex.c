/* OpenVEX 0.2.0: one statement per flaw and product. */
#include "flow/report.h"

#include "base/time.h"

static void write_vulnerability(struct json_out *w, const struct report_flaw *flaw, const struct check_finding *f)
{
    json_out_name(w, "vulnerability");
    json_out_object(w);
    json_out_member(w, "name", flaw->id);
    if (f->summary.n)
        json_out_member(w, "description", f->summary);
    if (f->flaw.ids.n > 1) {
        json_out_name(w, "aliases");
        json_out_array(w);
        vec_each(struct str, id, &f->flaw.ids)
            if (!str_eq(*id, flaw->id))
                json_out_str(w, *id);
        json_out_end_array(w);
    }
    json_out_end_object(w);
}

static void write_product(struct json_out *w, struct str purl)
{
    json_out_name(w, "products");
    json_out_array(w);
    json_out_object(w);
    json_out_member(w, "@id", purl);
    json_out_name(w, "identifiers");
    json_out_object(w);
    json_out_member(w, "purl", purl);
    json_out_end_object(w);
    json_out_end_object(w);
    json_out_end_array(w);
}

static void write_status(struct op *op, struct json_out *w, const struct check_finding *f)
{
    struct str why = report_why(op->mem, f), justification = report_justification(f);
    switch (report_status(f)) {
    case STATUS_AFFECTED:
        json_out_member(w, "status", STR("affected"));
        json_out_member(w, "status_notes", why);
        json_out_member(w, "action_statement", report_action(op->mem, f));
        break;
    case STATUS_NOT_AFFECTED:
        json_out_member(w, "status", STR("not_affected"));
        if (justification.n)
            json_out_member(w, "justification", justification);
        json_out_member(w, "impact_statement", why);
        break;
    case STATUS_FIXED:
        json_out_member(w, "status", STR("fixed"));
        json_out_member(w, "status_notes", why);
        break;
    case STATUS_INVESTIGATED:
        json_out_member(w, "status", STR("under_investigation"));
        json_out_member(w, "status_notes", why);
        break;
    case STATUS_NONE: break; /* left out by report_group */
    }
}

static enum rc write(struct op *op, const struct check_result *r, const struct report_about *a, struct buf *ret)
{
    struct json_out w;
    struct report groups;
    report_group(op, r, &groups);
    if (groups.flaws.n == 0)
        return RC_NOTFOUND; /* the schema wants at least one statement */
    json_out_open(&w, ret);
    json_out_object(&w);
    json_out_member(&w, "@context", STR("https://openvex.dev/ns/v0.2.0"));
    json_out_member(&w, "@id", report_urn(op, "openvex", r, a));
    json_out_member(&w, "author", a->author);
    json_out_member(&w, "timestamp", time_print(op->mem, a->now));
    json_out_name(&w, "version");
    json_out_int(&w, 1);
    json_out_member(&w, "tooling", str_join(op->mem, STR("muster " MUSTER_VERSION ": "), report_coverage(op->mem, r)));
    json_out_name(&w, "statements");
    json_out_array(&w);
    vec_each(struct report_flaw, flaw, &groups.flaws)
        vec_each(struct report_pair, pair, &flaw->pairs) {
            json_out_object(&w);
            write_vulnerability(&w, flaw, pair->finding);
            write_product(&w, groups.products.at[pair->product].purl);
            write_status(op, &w, pair->finding);
            json_out_end_object(&w);
        }
    json_out_end_array(&w);
    json_out_end_object(&w);
    return RC_OK;
}

const struct report_form report_form_openvex = {
    .name = "openvex",
    .help = "OpenVEX 0.2.0.",
    .write = write,
};
