/* SARIF 2.1.0: one rule per flaw, one result per finding, at the path where the component was found. */
#include "flow/report.h"

#include "base/hash.h"
#include "base/map.h"
#include "base/time.h"

struct rule {
    const struct check_finding *finding; /* the first of that id */
    int tenths;
    bool malicious, exploited;
};

struct rules {
    VEC(struct rule) list;
    struct map by_id; /* → index + 1 */
};

static void rules_of(struct op *op, const struct check_result *r, struct rules *ret)
{
    *ret = (struct rules){.list = {NULL, 0, 0}};
    map_open(&ret->by_id, op->mem);
    vec_each(const struct check_finding, f, &r->findings) {
        bool is_new;
        void **at = map_add(&ret->by_id, f->flaw.id, &is_new);
        if (is_new) {
            *vec_push(op->mem, &ret->list) = (struct rule){.finding = f, .tenths = -1};
            *at = (void *)(uintptr_t)ret->list.n;
        }
        struct rule *rule = &ret->list.at[(uintptr_t)*at - 1];
        rule->tenths = f->tenths > rule->tenths ? f->tenths : rule->tenths;
        rule->malicious |= f->malicious;
        rule->exploited |= f->exploited;
    }
}

static void text_object(struct json_out *w, const char *name, struct str text)
{
    json_out_name(w, name);
    json_out_object(w);
    json_out_member(w, "text", text);
    json_out_end_object(w);
}

/* SPEC: SARIF 2.1.0 §3.11.5, §3.11.6: braces are placeholders and brackets links. */
static struct str message_escape(struct op *op, struct str s)
{
    struct buf b;
    buf_open(&b, op->mem, "a message", 16 << 20);
    for (size_t i = 0; i < s.n; i++) {
        if (strchr("[]\\", s.p[i]) && s.p[i])
            buf_byte(&b, '\\');
        if (s.p[i] == '{' || s.p[i] == '}')
            buf_byte(&b, s.p[i]);
        buf_byte(&b, s.p[i]);
    }
    return buf_str(&b);
}

static void write_rule(struct op *op, struct json_out *w, const struct rule *rule)
{
    const struct check_finding *f = rule->finding;
    struct buf names;
    buf_open(&names, op->mem, "a rule's names", 1 << 20);
    buf_add(&names, STR("Known as"));
    vec_each(struct str, id, &f->flaw.ids) {
        buf_add(&names, STR(" "));
        buf_add(&names, *id);
    }
    json_out_object(w);
    json_out_member(w, "id", f->flaw.id);
    text_object(w, "shortDescription", message_escape(op, f->summary.n ? f->summary : f->flaw.id));
    text_object(w, "help", message_escape(op, buf_str(&names)));
    json_out_name(w, "properties");
    json_out_object(w);
    if (rule->tenths >= 0)
        json_out_member(w, "security-severity", str_print(op->mem, "%d.%d", rule->tenths / 10, rule->tenths % 10));
    json_out_name(w, "tags");
    json_out_array(w);
    json_out_str(w, STR("security"));
    if (rule->malicious)
        json_out_str(w, STR("malicious"));
    if (rule->exploited)
        json_out_str(w, STR("exploited"));
    json_out_end_array(w);
    json_out_end_object(w);
    json_out_end_object(w);
}

/* What is settled is no failure, and only failures have a level (SPEC: SARIF 2.1.0 §3.27.10). */
static const char *level(const struct check_finding *f)
{
    if (f->state == FINDING_FIXED || f->state == FINDING_NOT_AFFECTED)
        return "none";
    if (f->state != FINDING_AFFECTED)
        return "note";
    if (f->malicious || f->exploited)
        return "error";
    if (f->informational)
        return "note";
    return f->severity >= SEVERITY_HIGH ? "error" : f->severity == SEVERITY_MEDIUM ? "warning" : "note";
}

static struct str message(struct op *op, const struct check_finding *f, struct str purl)
{
    struct buf b;
    buf_open(&b, op->mem, "a message", 1 << 20);
    buf_print(&b, "%s%s: ", f->malicious && f->state == FINDING_AFFECTED ? "malicious" : finding_state_name(f->state), f->exploited ? ", exploited" : "");
    buf_add(&b, component_name(op->mem, f->component));
    if (f->component->version.n)
        buf_byte(&b, ' ');
    buf_add(&b, f->component->version);
    buf_add(&b, STR(" ("));
    buf_add(&b, purl);
    buf_add(&b, STR(") in "));
    buf_add(&b, f->asset);
    buf_add(&b, STR(": "));
    buf_add(&b, report_why(op->mem, f));
    if (f->state == FINDING_AFFECTED) {
        buf_add(&b, STR("; "));
        buf_add(&b, report_action(op->mem, f));
    }
    return message_escape(op, buf_str(&b));
}

/* A relative reference: what RFC 3986 does not keep for itself stands as it is; a colon in the first segment would be a
 * scheme. */
static struct str path_uri(struct op *op, struct str path)
{
    struct buf b;
    buf_open(&b, op->mem, "a path", 1 << 20);
    for (size_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.p[i];
        if (is_alnum((char)c) || (c && strchr("-._~/!$&'()*+,;=@", c)))
            buf_byte(&b, (char)c);
        else
            buf_print(&b, "%%%02X", c);
    }
    return buf_str(&b);
}

static void write_location(struct op *op, struct json_out *w, const struct check_finding *f)
{
    json_out_name(w, "locations");
    json_out_array(w);
    json_out_object(w);
    if (f->path.n) {
        json_out_name(w, "physicalLocation");
        json_out_object(w);
        json_out_name(w, "artifactLocation");
        json_out_object(w);
        json_out_member(w, "uri", path_uri(op, f->path));
        json_out_end_object(w);
        json_out_end_object(w);
    }
    json_out_name(w, "logicalLocations");
    json_out_array(w);
    json_out_object(w);
    json_out_member(w, "fullyQualifiedName", f->asset);
    json_out_member(w, "kind", STR("asset"));
    json_out_end_object(w);
    json_out_end_array(w);
    json_out_end_object(w);
    json_out_end_array(w);
}

static struct str fingerprint(struct op *op, const struct check_finding *f, struct str purl)
{
    unsigned char digest[SHA256_BYTES];
    sha256_of(str_print(op->mem, "%zu " STR_FMT "%zu " STR_FMT "%zu " STR_FMT STR_FMT, f->asset.n, STR_ARG(f->asset), f->flaw.id.n, STR_ARG(f->flaw.id),
                        purl.n, STR_ARG(purl), STR_ARG(f->path)),
              digest);
    return str_from(sha256_text(op->mem, digest), 7);
}

static void write_result(struct op *op, struct json_out *w, const struct check_finding *f, size_t rule, struct str purl, struct str print)
{
    bool settled = f->state == FINDING_FIXED || f->state == FINDING_NOT_AFFECTED;
    json_out_object(w);
    json_out_member(w, "ruleId", f->flaw.id);
    json_out_name(w, "ruleIndex");
    json_out_int(w, (int64_t)rule);
    if (settled)
        json_out_member(w, "kind", report_status(f) == STATUS_NONE ? STR("notApplicable") : STR("pass"));
    json_out_member(w, "level", str_of(level(f)));
    text_object(w, "message", message(op, f, purl));
    write_location(op, w, f);
    json_out_name(w, "partialFingerprints");
    json_out_object(w);
    json_out_member(w, "musterFinding/v1", print);
    json_out_end_object(w);
    json_out_name(w, "properties");
    json_out_object(w);
    json_out_member(w, "asset", f->asset);
    json_out_member(w, "purl", purl);
    json_out_member(w, "state", str_of(finding_state_name(f->state)));
    if (f->state == FINDING_AFFECTED)
        json_out_member(w, "fix", report_action(op->mem, f));
    json_out_end_object(w);
    json_out_end_object(w);
}

static void write_results(struct op *op, struct json_out *w, const struct check_result *r, const struct rules *rules)
{
    struct map seen;
    map_open(&seen, op->mem);
    json_out_name(w, "results");
    json_out_array(w);
    vec_each(const struct check_finding, f, &r->findings) {
        bool is_new;
        struct str purl = component_purl(op->mem, f->component), print = fingerprint(op, f, purl);
        map_add(&seen, print, &is_new);
        if (is_new)
            write_result(op, w, f, (size_t)(uintptr_t)map_get(&rules->by_id, f->flaw.id) - 1, purl, print);
    }
    json_out_end_array(w);
}

static void write_invocation(struct op *op, struct json_out *w, const struct check_result *r, const struct report_about *a)
{
    json_out_name(w, "invocations");
    json_out_array(w);
    json_out_object(w);
    json_out_name(w, "executionSuccessful");
    json_out_bool(w, true);
    json_out_member(w, "endTimeUtc", time_print(op->mem, a->now));
    json_out_name(w, "toolExecutionNotifications");
    json_out_array(w);
    json_out_object(w);
    json_out_member(w, "level", r->incomplete ? STR("warning") : STR("note"));
    text_object(w, "message", report_coverage(op->mem, r));
    json_out_end_object(w);
    json_out_end_array(w);
    json_out_end_object(w);
    json_out_end_array(w);
}

static enum rc write(struct op *op, const struct check_result *r, const struct report_about *a, struct buf *ret)
{
    struct json_out w;
    struct rules rules;
    rules_of(op, r, &rules);
    json_out_open(&w, ret);
    json_out_object(&w);
    json_out_member(&w, "$schema", STR("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"));
    json_out_member(&w, "version", STR("2.1.0"));
    json_out_name(&w, "runs");
    json_out_array(&w);
    json_out_object(&w);
    json_out_name(&w, "tool");
    json_out_object(&w);
    json_out_name(&w, "driver");
    json_out_object(&w);
    json_out_member(&w, "name", STR("muster"));
    json_out_member(&w, "version", STR(MUSTER_VERSION));
    json_out_name(&w, "rules");
    json_out_array(&w);
    vec_each(struct rule, rule, &rules.list)
        write_rule(op, &w, rule);
    json_out_end_array(&w);
    json_out_end_object(&w);
    json_out_end_object(&w);
    write_invocation(op, &w, r, a);
    write_results(op, &w, r, &rules);
    json_out_end_object(&w);
    json_out_end_array(&w);
    json_out_end_object(&w);
    return RC_OK;
}

const struct report_form report_form_sarif = {
    .name = "sarif",
    .help = "SARIF 2.1.0, for code scanning.",
    .write = write,
};
