/* What the documents share: grouping by flaw and product, the words of VEX, ids out of the content. */
#include "flow/report.h"

#include "base/hash.h"
#include "base/map.h"
#include "flow/vex.h"

#define REPORT(n) extern const struct report_form report_form_##n;
#include "flow/report.def"
#undef REPORT

const struct report_form *const report_forms[] = {
#define REPORT(n) &report_form_##n,
#include "flow/report.def"
#undef REPORT
    NULL,
};

const char *const report_names[] = {
#define REPORT(n) #n,
#include "flow/report.def"
#undef REPORT
    NULL,
};

const struct report_form *report_find(struct str name)
{
    for (size_t i = 0; report_forms[i]; i++)
        if (str_eq(name, str_of(report_forms[i]->name)))
            return report_forms[i];
    return NULL;
}

/* ---- grouping ---- */

static size_t product_of(struct op *op, struct report *r, struct map *by_purl, const struct check_finding *f)
{
    bool is_new;
    struct str purl = component_purl(op->mem, f->component);
    void **at = map_add(by_purl, purl, &is_new);
    if (is_new) {
        struct report_product *p = vec_push(op->mem, &r->products);
        p->purl = purl;
        p->component = f->component;
        *at = (void *)(uintptr_t)r->products.n;
    }
    size_t i = (size_t)(uintptr_t)*at - 1;
    *vec_push(op->mem, &r->products.at[i].findings) = f;
    return i;
}

static size_t flaw_of(struct op *op, struct report *r, struct map *by_id, const struct check_finding *f)
{
    bool is_new;
    struct str cve = report_cve(f), id = cve.n ? cve : f->flaw.id;
    void **at = map_add(by_id, id, &is_new);
    if (is_new) {
        vec_push(op->mem, &r->flaws)->id = id;
        *at = (void *)(uintptr_t)r->flaws.n;
    }
    return (size_t)(uintptr_t)*at - 1;
}

void report_group(struct op *op, const struct check_result *r, struct report *ret)
{
    struct map by_purl, by_id, by_pair;
    *ret = (struct report){.flaws = {NULL, 0, 0}};
    map_open(&by_purl, op->mem);
    map_open(&by_id, op->mem);
    map_open(&by_pair, op->mem);
    vec_each(const struct check_finding, f, &r->findings) {
        bool is_new;
        if (report_status(f) == STATUS_NONE)
            continue;
        size_t product = product_of(op, ret, &by_purl, f), flaw = flaw_of(op, ret, &by_id, f);
        void **at = map_add(&by_pair, str_print(op->mem, "%zu %zu", flaw, product), &is_new);
        if (is_new) {
            *vec_push(op->mem, &ret->flaws.at[flaw].pairs) = (struct report_pair){product, f};
            *at = (void *)(uintptr_t)ret->flaws.at[flaw].pairs.n;
            continue;
        }
        struct report_pair *pair = &ret->flaws.at[flaw].pairs.at[(uintptr_t)*at - 1];
        if (f->state < pair->finding->state)
            pair->finding = f;
    }
}

/* ---- words ---- */

enum report_status report_status(const struct check_finding *f)
{
    enum match_rule rule = f->decided.rule;
    switch (f->state) {
    case FINDING_AFFECTED: return STATUS_AFFECTED;
    case FINDING_POSSIBLE:
    case FINDING_UNKNOWN: return STATUS_INVESTIGATED;
    case FINDING_FIXED: return STATUS_FIXED;
    case FINDING_NOT_AFFECTED: break;
    }
    return rule == RULE_WITHDRAWN || rule == RULE_OTHER_RELEASE || rule == RULE_MODULE || rule == RULE_NOTHING ? STATUS_NONE : STATUS_NOT_AFFECTED;
}

/* OpenVEX's and CSAF's words beside those of CycloneDX that mean the same; the other way round, the first that fits. Facts:
 * the enumerations of OpenVEX 0.2.0, CSAF 2.0 §3.2.3.5 and CycloneDX 1.6 impactAnalysisJustification. */
static const struct {
    const char *vex, *cyclonedx;
} words[] = {
    {"vulnerable_code_not_present", "code_not_present"},
    {"component_not_present", "code_not_present"},
    {"vulnerable_code_not_in_execute_path", "code_not_reachable"},
    {"inline_mitigations_already_exist", "protected_by_mitigating_control"},
    {"inline_mitigations_already_exist", "protected_by_compiler"},
    {"inline_mitigations_already_exist", "protected_at_runtime"},
    {"inline_mitigations_already_exist", "protected_at_perimeter"},
    {"vulnerable_code_cannot_be_controlled_by_adversary", NULL},
    {NULL, "requires_configuration"},
    {NULL, "requires_dependency"},
    {NULL, "requires_environment"},
};

/* The statement's word, or that of the rule. */
static struct str said(const struct check_finding *f)
{
    enum match_rule rule = f->decided.rule;
    if (report_status(f) != STATUS_NOT_AFFECTED)
        return STR("");
    if (f->said)
        return f->said->justification;
    return rule == RULE_NOT_AFFECTED || rule == RULE_HEADERS ? STR("vulnerable_code_not_present") : STR("");
}

static struct str in_words(struct str word, bool cyclonedx)
{
    for (size_t i = 0; word.n && i < sizeof words / sizeof *words; i++) {
        const char *own = cyclonedx ? words[i].cyclonedx : words[i].vex, *other = cyclonedx ? words[i].vex : words[i].cyclonedx;
        if (own && (str_eq(word, str_of(own)) || (other && str_eq(word, str_of(other)))))
            return str_of(own);
    }
    return STR("");
}

struct str report_justification(const struct check_finding *f)
{
    return in_words(said(f), false);
}

struct str report_analysis_word(const struct check_finding *f)
{
    return in_words(said(f), true);
}

struct str report_why(struct arena *mem, const struct check_finding *f)
{
    struct str rule = str_of(match_rule_text(f->decided.rule));
    return f->said ? str_join(mem, rule, STR(": "), vex_text(mem, f->said)) : rule;
}

struct str report_action(struct arena *mem, const struct check_finding *f)
{
    if (f->malicious || f->fix.kind == FIX_REMOVE)
        return STR("remove it: this version of the package is malicious");
    if (f->said && f->said->action.n)
        return str_join(mem, f->said->author.n ? f->said->author : STR("somebody"), STR(" advises: "), f->said->action);
    switch (f->fix.kind) {
    case FIX_UPGRADE: return str_join(mem, STR("upgrade to "), f->fix.version);
    case FIX_PART:
        return str_print(mem, "upgrade to " STR_FMT "; %zu of the component's findings have no fix there", STR_ARG(f->fix.version), f->fix.left);
    case FIX_NONE:
    case FIX_NOT_NEEDED:
    case FIX_REMOVE: break;
    }
    if (f->fix.elsewhere.n)
        return str_join(mem, STR("no fix is published for this release; there is one in "), f->fix.elsewhere);
    return STR("no fix is published: remove it or shield it");
}

struct str report_coverage(struct arena *mem, const struct check_result *r)
{
    return str_print(mem, "%zu components of %zu assets were judged; %zu are of kinds that no advisory speaks of%s", r->components, r->assets, r->unmatched,
                     r->incomplete ? "; part of the assets was not read" : "");
}

static bool is_cve(struct str id)
{
    struct str rest = id, year, number;
    if (!str_take(&rest, STR("CVE-")) || !str_split(rest, '-', &year, &number) || year.n != 4 || number.n < 4)
        return false;
    for (size_t i = 0; i < rest.n; i++)
        if (i != 4 && !is_digit(rest.p[i]))
            return false;
    return true;
}

struct str report_cve(const struct check_finding *f)
{
    struct str first = {NULL, 0};
    vec_each(struct str, id, &f->flaw.ids)
        if (is_cve(*id) && (first.n == 0 || str_cmp(*id, first) < 0))
            first = *id;
    return first;
}

struct str report_numberer(struct str id)
{
    size_t at = str_chr(id, '-');
    return at == STR_NONE || at == 0 ? id : str_upto(id, at);
}

/* ---- ids ---- */

static struct str urn(struct op *op, unsigned char d[SHA256_BYTES])
{
    char hex[33];
    d[6] = (unsigned char)((d[6] & 0x0f) | 0x80); /* SPEC: RFC 9562 §5.8 */
    d[8] = (unsigned char)((d[8] & 0x3f) | 0x80);
    for (size_t i = 0; i < 16; i++) {
        hex[2 * i] = "0123456789abcdef"[d[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[d[i] & 15];
    }
    return str_print(op->mem, "urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

/* Its length goes first, so that no two lists of parts are the same bytes. */
static void add(struct sha256 *h, struct str part)
{
    sha256_add(h, (struct str){(const char *)&(uint64_t){part.n}, sizeof(uint64_t)});
    sha256_add(h, part);
}

struct str report_urn(struct op *op, const char *what, const struct check_result *r, const struct report_about *a)
{
    unsigned char digest[SHA256_BYTES];
    struct sha256 *h = sha256_open(op->mem);
    add(h, str_of(what));
    add(h, a->author);
    add(h, str_print(op->mem, "%lld", (long long)a->now));
    add(h, report_coverage(op->mem, r));
    vec_each(const struct check_finding, f, &r->findings) {
        add(h, f->asset);
        add(h, component_purl(op->mem, f->component));
        add(h, f->path);
        add(h, str_of(finding_state_name(f->state)));
        add(h, f->flaw.id);
        add(h, report_action(op->mem, f));
        add(h, f->said ? report_why(op->mem, f) : STR(""));
        add(h, f->summary);
    }
    sha256_done(h, digest);
    return urn(op, digest);
}

struct str report_urn_of(struct op *op, struct str text)
{
    unsigned char digest[SHA256_BYTES];
    sha256_of(text, digest);
    return urn(op, digest);
}
