/* CycloneDX 1.6: the components with findings, one vulnerability per flaw and component. An analysis is somebody's word:
 * it is given only when a VEX statement decided. */
#include "flow/report.h"

#include "base/time.h"

enum { VERSION_MOST = 1024 }; /* SPEC: CycloneDX 1.6, definitions/version */

static void property(struct json_out *w, const char *name, struct str value)
{
    json_out_object(w);
    json_out_member(w, "name", str_of(name));
    json_out_member(w, "value", value);
    json_out_end_object(w);
}

static void write_metadata(struct op *op, struct json_out *w, const struct check_result *r, const struct report_about *a)
{
    json_out_name(w, "metadata");
    json_out_object(w);
    json_out_member(w, "timestamp", time_print(op->mem, a->now));
    json_out_name(w, "tools");
    json_out_object(w);
    json_out_name(w, "components");
    json_out_array(w);
    json_out_object(w);
    json_out_member(w, "type", STR("application"));
    json_out_member(w, "name", STR("muster"));
    json_out_member(w, "version", STR(MUSTER_VERSION));
    json_out_end_object(w);
    json_out_end_array(w);
    json_out_end_object(w);
    json_out_name(w, "authors");
    json_out_array(w);
    json_out_object(w);
    json_out_member(w, "name", a->author);
    json_out_end_object(w);
    json_out_end_array(w);
    json_out_name(w, "properties");
    json_out_array(w);
    property(w, "muster:coverage", report_coverage(op->mem, r));
    property(w, "muster:incomplete", r->incomplete ? STR("true") : STR("false"));
    json_out_end_array(w);
    json_out_end_object(w);
}

static void write_component(struct json_out *w, const struct report_product *p)
{
    const struct component *c = p->component;
    const struct check_finding *last = NULL;
    json_out_object(w);
    json_out_member(w, "type", STR("library"));
    json_out_member(w, "bom-ref", p->purl);
    if (c->ns.n)
        json_out_member(w, "group", c->ns);
    json_out_member(w, "name", c->name);
    if (c->version.n && c->version.n <= VERSION_MOST)
        json_out_member(w, "version", c->version);
    json_out_member(w, "purl", p->purl);
    json_out_name(w, "evidence");
    json_out_object(w);
    json_out_name(w, "occurrences");
    json_out_array(w);
    for (size_t i = 0; i < p->findings.n; i++) {
        const struct check_finding *f = p->findings.at[i];
        bool again = f->path.n == 0 || (last && str_eq(last->asset, f->asset) && str_eq(last->path, f->path));
        if (again)
            continue;
        json_out_object(w);
        json_out_member(w, "location", f->path);
        json_out_member(w, "additionalContext", f->asset);
        json_out_end_object(w);
        last = f;
    }
    json_out_end_array(w);
    json_out_end_object(w);
    json_out_end_object(w);
}

static const char *method(struct str vector)
{
    struct cvss cvss;
    if (!cvss_read(vector, &cvss))
        return NULL;
    return cvss.version == 20 ? "CVSSv2" : cvss.version == 30 ? "CVSSv3" : cvss.version == 31 ? "CVSSv31" : "CVSSv4";
}

static void write_rating(struct json_out *w, const struct check_finding *f)
{
    const char *how = method(f->vector);
    json_out_name(w, "ratings");
    json_out_array(w);
    json_out_object(w);
    if (f->tenths >= 0) {
        json_out_name(w, "score");
        json_out_decimal(w, f->tenths, 1);
    }
    json_out_member(w, "severity", str_of(f->informational ? "info" : severity_name(f->severity)));
    if (how) {
        json_out_member(w, "method", str_of(how));
        json_out_member(w, "vector", f->vector);
    }
    json_out_end_object(w);
    json_out_end_array(w);
}

static void write_affects(struct json_out *w, const struct check_finding *f, struct str purl)
{
    struct str version = f->component->version;
    enum report_status s = report_status(f);
    bool settled = s == STATUS_FIXED || s == STATUS_NOT_AFFECTED;
    json_out_name(w, "affects");
    json_out_array(w);
    json_out_object(w);
    json_out_member(w, "ref", purl);
    if (version.n && version.n <= VERSION_MOST) {
        json_out_name(w, "versions");
        json_out_array(w);
        json_out_object(w);
        json_out_member(w, "version", version);
        json_out_member(w, "status", s == STATUS_AFFECTED ? STR("affected") : settled ? STR("unaffected") : STR("unknown"));
        json_out_end_object(w);
        json_out_end_array(w);
    }
    json_out_end_object(w);
    json_out_end_array(w);
}

static void write_analysis(struct op *op, struct json_out *w, const struct check_finding *f)
{
    static const char *const states[] = {
        [STATUS_NONE] = "in_triage", [STATUS_AFFECTED] = "exploitable", [STATUS_NOT_AFFECTED] = "not_affected",
        [STATUS_FIXED] = "resolved", [STATUS_INVESTIGATED] = "in_triage",
    };
    struct str word = report_analysis_word(f);
    if (f->decided.rule != RULE_VEX)
        return;
    json_out_name(w, "analysis");
    json_out_object(w);
    json_out_member(w, "state", str_of(states[report_status(f)]));
    if (word.n)
        json_out_member(w, "justification", word);
    json_out_member(w, "detail", report_why(op->mem, f));
    json_out_end_object(w);
}

static void write_references(struct json_out *w, const struct check_finding *f, struct str shown)
{
    if (f->flaw.ids.n < 2)
        return;
    json_out_name(w, "references");
    json_out_array(w);
    vec_each(struct str, id, &f->flaw.ids) {
        if (str_eq(*id, shown))
            continue;
        json_out_object(w);
        json_out_member(w, "id", *id);
        json_out_name(w, "source");
        json_out_object(w);
        json_out_member(w, "name", report_numberer(*id));
        json_out_end_object(w);
        json_out_end_object(w);
    }
    json_out_end_array(w);
}

static void write_vulnerability(struct op *op, struct json_out *w, struct str id, const struct check_finding *f, struct str purl)
{
    json_out_object(w);
    json_out_member(w, "id", id);
    write_references(w, f, id);
    write_rating(w, f);
    if (f->summary.n)
        json_out_member(w, "description", f->summary);
    if (f->state == FINDING_AFFECTED)
        json_out_member(w, "recommendation", report_action(op->mem, f));
    write_analysis(op, w, f);
    write_affects(w, f, purl);
    json_out_name(w, "properties");
    json_out_array(w);
    property(w, "muster:state", str_of(finding_state_name(f->state)));
    property(w, "muster:rule", str_of(match_rule_text(f->decided.rule)));
    property(w, "muster:malicious", f->malicious ? STR("true") : STR("false"));
    property(w, "muster:exploited", f->exploited ? STR("true") : STR("false"));
    json_out_end_array(w);
    json_out_end_object(w);
}

static enum rc write(struct op *op, const struct check_result *r, const struct report_about *a, struct buf *ret)
{
    struct json_out w;
    struct report groups;
    report_group(op, r, &groups);
    json_out_open(&w, ret);
    json_out_object(&w);
    json_out_member(&w, "$schema", STR("http://cyclonedx.org/schema/bom-1.6.schema.json"));
    json_out_member(&w, "bomFormat", STR("CycloneDX"));
    json_out_member(&w, "specVersion", STR("1.6"));
    json_out_member(&w, "serialNumber", report_urn(op, "cyclonedx", r, a));
    json_out_name(&w, "version");
    json_out_int(&w, 1);
    write_metadata(op, &w, r, a);
    json_out_name(&w, "components");
    json_out_array(&w);
    vec_each(struct report_product, p, &groups.products)
        write_component(&w, p);
    json_out_end_array(&w);
    json_out_name(&w, "vulnerabilities");
    json_out_array(&w);
    vec_each(struct report_flaw, flaw, &groups.flaws)
        vec_each(struct report_pair, pair, &flaw->pairs)
            write_vulnerability(op, &w, flaw->id, pair->finding, groups.products.at[pair->product].purl);
    json_out_end_array(&w);
    json_out_end_object(&w);
    return RC_OK;
}

const struct report_form report_form_cyclonedx = {
    .name = "cyclonedx",
    .help = "CycloneDX 1.6, components and vulnerabilities.",
    .write = write,
};
