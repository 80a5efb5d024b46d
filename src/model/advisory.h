/* What is published about versions of components: advisories, and the statements and figures beside them. Two
 * shapes: as a feed's document says it (struct advisory, in an arena), and as the index holds it (struct
 * advisory_view, borrowed from the mapped file, ready to be compared without allocation). */
#ifndef MODEL_ADVISORY_H
#define MODEL_ADVISORY_H

#include "base/vec.h"
#include "model/component.h"

/* ---- as a document says it ---- */

enum event_kind { EVENT_INTRODUCED, EVENT_FIXED, EVENT_LAST_AFFECTED, EVENT_LIMIT };

struct advisory_event {
    enum event_kind kind;
    struct str version; /* "0" of EVENT_INTRODUCED is below everything */
};

enum range_kind { RANGE_ECOSYSTEM, RANGE_SEMVER, RANGE_GIT, RANGE_OTHER };

struct advisory_range {
    enum range_kind kind;
    struct str repo; /* RANGE_GIT */
    VEC(struct advisory_event) events; /* in the file's order */
};

struct severity {
    struct str type;  /* "CVSS_V2", "CVSS_V3", "CVSS_V4", "Ubuntu", … */
    struct str score; /* a vector, or a word */
};

/* One entry of `affected`: judged by itself. */
struct affected {
    struct str ecosystem; /* with its suffix: "Debian:12"; empty: only a repository is named */
    struct str name;      /* as published */
    struct str purl;      /* as published; may be empty */
    VEC(struct advisory_range) ranges;
    VEC(struct str) versions;
    VEC(struct severity) severities;
    struct str urgency;   /* a distribution's word for it: "unimportant", "end-of-life", "not-affected" …; may be empty */
};

enum advisory_flags {
    ADVISORY_MALICIOUS = 1,     /* the package is an attack: never "upgrade to" */
    ADVISORY_INFORMATIONAL = 2, /* a notice: unmaintained, unsound */
    ADVISORY_CORRECTED = 4,     /* data/corrections.tsv changed it */
};

struct advisory {
    struct str id;
    int64_t modified, published, withdrawn; /* 0 when absent */
    VEC(struct str) aliases;  /* the same flaw: symmetric, transitive */
    VEC(struct str) upstream; /* a distribution's record → what it is about: one way */
    VEC(struct str) related;  /* neither */
    VEC(struct severity) severities;
    VEC(struct affected) affected;
    struct str summary;
    unsigned flags;
    struct str whole; /* the record's bytes as published: kept for `advisories show` */
};

/* ---- beside advisories ---- */

enum vex_state { VEX_NOT_AFFECTED, VEX_AFFECTED, VEX_FIXED, VEX_UNDER_INVESTIGATION };

/* Somebody says how a product stands to a flaw. */
struct vex_statement {
    struct str vulnerability; /* CVE-…, GHSA-… */
    struct str product;       /* purl, digest, or the document's own product id */
    struct str subcomponent;  /* purl inside the product; may be empty */
    enum vex_state state;
    struct str justification, impact, action;
    struct str author;        /* who says so */
    int64_t at;
    struct str document;      /* its id */
};

struct known_exploited {
    struct str id;
    int64_t added, due;
    bool ransomware;
};

struct exploit_score { /* EPSS */
    struct str id;
    double probability, percentile; /* 0..1 */
    int64_t at;
};

struct end_of_life {
    struct str product, cycle; /* "debian", "12" */
    int64_t support_until, security_until; /* 0: not known */
};

/* CISA's decision points of SSVC for one flaw. */
enum ssvc_exploitation { SSVC_NONE, SSVC_POC, SSVC_ACTIVE };

struct ssvc_points {
    struct str id;
    enum ssvc_exploitation exploitation;
    bool automatable, total; /* total: the technical impact; else partial */
    int64_t at;
};

/* What CISA's table decides for these, by what the flaw means for the reader's mission: "track", "track*", "attend", "act". */
enum ssvc_mission { SSVC_LOW, SSVC_MEDIUM, SSVC_HIGH };
const char *ssvc_decision(const struct ssvc_points *p, enum ssvc_mission mission);
const char *ssvc_exploitation_name(enum ssvc_exploitation e);

/* ---- as the index holds it ---- */

/* Offset and length in the index's text; {0,0} is empty. */
struct packed_text {
    uint32_t at, n;
};

enum interval_flags {
    INTERVAL_FROM_ZERO = 1,
    INTERVAL_OPEN_END = 2,
    INTERVAL_INCLUSIVE_END = 4,
    INTERVAL_LIMIT = 8,
    /* An entry over commits (ADVISORY_GIT) has an event in each: `low` is the commit. */
    INTERVAL_NEXT_RANGE = 16, /* it begins another range */
    INTERVAL_INTRODUCED = 32,
    INTERVAL_FIXED = 64,
    INTERVAL_LAST_AFFECTED = 128,
    INTERVAL_BELOW_LIMIT = 256,
};

/* [low, high) or, with INTERVAL_INCLUSIVE_END, [low, high]; FROM_ZERO: no low end; OPEN_END: no high end;
 * LIMIT: what ends it is no fix. */
struct packed_interval {
    struct packed_text low, high;
    uint32_t flags;
};

/* One affected entry as mapped: all pointers borrow from the index. */
struct advisory_view {
    uint32_t record;          /* index of its record: advisory_lookup.record */
    struct str id;
    unsigned flags;           /* enum advisory_flags */
    int64_t withdrawn;        /* 0: stands */
    struct str ecosystem;     /* with its suffix */
    struct str name;
    struct str urgency;
    const char *text;         /* what packed_text offsets count from */
    const struct packed_interval *intervals; /* of all ECOSYSTEM and SEMVER ranges together */
    uint32_t n_intervals;
    const struct packed_text *versions; /* enumerated ones, sorted bytewise */
    uint32_t n_versions;
    bool git_only;            /* has ranges, but only over commits, and enumerates nothing */
};

static inline struct str view_text(const struct advisory_view *v, struct packed_text t)
{
    return (struct str){v->text + t.at, t.n};
}

/* Ranges over commits are entries of their own, under this ecosystem and their repository: its suffix is the package's ecosystem
 * and the name the package's, both empty when the record names none; git_only: the package's entry has no range over versions. */
#define ADVISORY_GIT "GIT"

static inline bool advisory_is_commits(const struct advisory_view *v)
{
    return str_starts(v->ecosystem, STR(ADVISORY_GIT)) && (v->ecosystem.n == sizeof ADVISORY_GIT - 1 || v->ecosystem.p[sizeof ADVISORY_GIT - 1] == ':');
}

/* The record behind a view. */
struct record_view {
    struct str id, summary, source; /* source: the feed's name */
    int64_t modified, published, withdrawn;
    unsigned flags;
    struct str *aliases, *upstream, *related; /* in the caller's arena */
    size_t n_aliases, n_upstream, n_related;
    struct severity *severities;
    size_t n_severities;
};

/* How matching reads advisories: implemented by the store's index, by an array in tests. */
struct advisory_lookup {
    void *arg;
    /* Calls visit for each entry of (ecosystem without suffix, name in its normal form); the view is valid during
     * the call. Malicious-package records are entries like any other, with their flag. */
    enum rc (*find)(void *arg, struct op *op, struct str ecosystem, struct str name, enum rc (*visit)(struct op *, void *, const struct advisory_view *), void *visit_arg);
    /* By number; by id or alias (several records may share an alias). RC_NOTFOUND. */
    enum rc (*record)(void *arg, struct op *op, uint32_t record, struct record_view *ret);
    enum rc (*by_id)(void *arg, struct op *op, struct str id, uint32_t *ret_records, size_t most, size_t *ret_n);
    /* Whether the id is known to be exploited; its EPSS probability (-1: not known). */
    bool (*exploited)(void *arg, struct str id, struct known_exploited *ret);
    double (*probability)(void *arg, struct str id);
};

/* The name as its ecosystem compares it: PEP 503 for PyPI, lower case for NuGet and Packagist, no scheme and no .git for
 * SwiftURL, host and path of a repository for GIT. Borrowed when nothing changes. */
struct str advisory_name(struct arena *mem, struct str ecosystem, struct str name);

/* The ecosystem without its suffix: "Debian:12" → "Debian"; and the suffix, empty when there is none. */
struct str advisory_ecosystem(struct str ecosystem, struct str *ret_suffix);

#endif
