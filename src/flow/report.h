/* What check found, as documents of others' formats: for code scanning, SBOM tools and readers of VEX. A writer is a
 * function of the result, the moment and the author: the same input gives the same bytes. One file per format, named in
 * report.def. Nothing here judges. */
#ifndef FLOW_REPORT_H
#define FLOW_REPORT_H

#include "base/buf.h"
#include "base/json.h"
#include "flow/check.h"

struct report_about {
    int64_t now;       /* the document's date */
    struct str author; /* who issues it; never empty */
};

struct report_form {
    const char *name; /* after --output */
    const char *help;
    /* Appends the document to `ret`. RC_NOTFOUND when the format cannot say "nothing". */
    enum rc (*write)(struct op *op, const struct check_result *r, const struct report_about *a, struct buf *ret);
};

extern const struct report_form *const report_forms[]; /* NULL at the end */
extern const char *const report_names[];               /* the same, names only */

/* The form of that name, or NULL. */
const struct report_form *report_find(struct str name);

/* ---- for the writers ---- */

/* One flaw and one product, whatever assets and paths hold it: the finding with the worst state speaks. */
struct report_pair {
    size_t product;
    const struct check_finding *finding;
};

struct report_flaw {
    struct str id; /* the CVE where there is one, else the id shown */
    VEC(struct report_pair) pairs;
};

struct report_product {
    struct str purl;
    const struct component *component;
    VEC(const struct check_finding *) findings;
};

struct report {
    VEC(struct report_flaw) flaws; /* in order of first appearance, as are the products */
    VEC(struct report_product) products;
};

/* Groups the findings about which report_status has a word. All in op->mem. */
void report_group(struct op *op, const struct check_result *r, struct report *ret);

/* What VEX calls it. STATUS_NONE: nothing may be said about the product (the record was withdrawn, or is about another
 * release): not the same as "not affected". */
enum report_status { STATUS_NONE, STATUS_AFFECTED, STATUS_NOT_AFFECTED, STATUS_FIXED, STATUS_INVESTIGATED };
enum report_status report_status(const struct check_finding *f);

/* VEX's justification word (OpenVEX's and CSAF's) for a product that is not affected: the statement's where one decided;
 * empty when only a sentence can be given. */
struct str report_justification(const struct check_finding *f);

/* The same in CycloneDX's words. */
struct str report_analysis_word(const struct check_finding *f);

/* Which rule decided, as a sentence; who said so, where a statement did. */
struct str report_why(struct arena *mem, const struct check_finding *f);

/* What to do, as a sentence: "upgrade to 1.2.3", or what the statement that decided advises. Never an upgrade for what is
 * malicious. */
struct str report_action(struct arena *mem, const struct check_finding *f);

/* What was judged and what was not, as a sentence. */
struct str report_coverage(struct arena *mem, const struct check_result *r);

/* The first id of the flaw that is a CVE number; empty: none. */
struct str report_cve(const struct check_finding *f);

/* "GHSA" of GHSA-…: who numbers such ids. */
struct str report_numberer(struct str id);

/* "urn:uuid:…" out of a digest of the result, the moment, the author and `what` (UUID version 8). */
struct str report_urn(struct op *op, const char *what, const struct check_result *r, const struct report_about *a);

/* The same out of one text. */
struct str report_urn_of(struct op *op, struct str text);

#endif
