/* check: what is published about the components of a target or an asset, one finding per component and flaw, worst
 * first, with the version that mends it. Depends on the index alone: nothing is scanned again for stored assets. */
#ifndef FLOW_CHECK_H
#define FLOW_CHECK_H

#include "flow/advisories.h"
#include "flow/clone.h"
#include "flow/releases.h"
#include "flow/scan.h"
#include "match/cvss.h"
#include "match/match.h"
#include "store/statement.h"

struct check_finding {
    struct str asset;
    const struct component *component;
    struct str path;
    enum finding_state state;
    struct flaw flaw;        /* its ids */
    struct finding decided;  /* the member that decided */
    const struct vex_statement *said; /* that decided, with RULE_VEX; else NULL */
    bool vendor;             /* it is the maker's */
    enum severity_level severity;
    int tenths;              /* CVSS score × 10; -1: none */
    struct str vector;       /* that the score is of; may be empty */
    bool malicious, informational, exploited;
    double probability;      /* EPSS; -1: not known */
    bool has_ssvc;
    struct ssvc_points ssvc; /* CISA's decision points */
    struct fix fix;          /* of the component, all its findings together */
    struct str summary;
};

struct check_result {
    VEC(struct check_finding) findings; /* affected, possible and unknown; with `all_states` the others too */
    size_t components, unmatched;       /* how many were judged; how many no advisories exist for */
    size_t assets;
    bool incomplete;                    /* something of a target was not read */
    int64_t newest, oldest;             /* newest record of all feeds; the moment of which the stalest feed tells */
    struct str stalest;                 /* that feed */
    struct releases releases;           /* of the distributions whose packages were judged */
    int64_t oldest_scan;                /* of stored assets; 0 */
    struct clones *clones;              /* opened for the whole run; NULL: none were named */
    struct vex_run *vex;                /* the statements of the whole run; of flow/vex.h */
    size_t statements;                  /* after check_statements: how many were asked, and which spoke of nothing */
    VEC(const struct statement_row *) unmatched_statements;
};

struct check_options {
    bool only_fixable;
    bool all_states;
    struct clones_named clones; /* commits are judged in them */
    int64_t since; /* only flaws of which a record was published or changed after it; 0: all */
};

/* Judges one target (read without storing) or one stored asset; adds to `ret`. */
MUST_USE enum rc check_target(struct op *op, struct session *s, const struct target *t, const struct scan_options *o, const struct check_options *c,
                              struct check_result *ret);

/* Judges every stored asset: each distinct component once, then where it is. */
MUST_USE enum rc check_all(struct op *op, struct session *s, const struct check_options *c, struct check_result *ret);

/* Puts the findings in order: malicious, exploited, by severity, score, name. */
void check_sort(struct check_result *r);

/* Whether packages were judged of a release that nobody publishes about (any more): silence says nothing of them. */
bool check_is_silent(const struct check_result *r);

/* Says which statements spoke of no finding: once, after all targets. */
void check_statements(struct op *op, struct check_result *r);

/* `--fail-on`: a comma-separated list of critical, high, medium, low, any, kev, malicious, possible, unknown. False for a
 * word that is none of these. */
bool check_fails(const struct check_result *r, struct str fail_on, bool *ret_known_word);

/* How one record was judged for one component: every entry that names it. */
struct explained {
    struct finding finding;
    struct record_view record;
    const struct statement_row *said; /* that decided; else NULL */
};
struct explanation {
    struct subject subject;
    VEC(struct explained) entries;
    bool no_ecosystem;
    struct clones *clones; /* NULL: none were named */
};
MUST_USE enum rc check_explain(struct op *op, struct session *s, struct str id, struct str purl, const struct clones_named *clones,
                               struct explanation *ret);

#endif
