/* Components × advisories → findings. Pure: reads advisories through a table of functions, knows no store. The rules
 * are those of OSV's evaluation, per affected entry, with the distributions' own on top; each decision carries the
 * rule that made it. */
#ifndef MATCH_MATCH_H
#define MATCH_MATCH_H

#include "model/advisory.h"
#include "model/distro.h"
#include "version/version.h"

enum finding_state {
    FINDING_AFFECTED,
    FINDING_POSSIBLE,     /* by upstream name and version only */
    FINDING_UNKNOWN,      /* no version, no release, a scheme that cannot order it, commits only */
    FINDING_FIXED,
    FINDING_NOT_AFFECTED,
};

/* Which rule decided; each has a sentence in match_rule_text. */
enum match_rule {
    RULE_ENUMERATED,      /* the version is in versions[] */
    RULE_IN_RANGE,
    RULE_OUT_OF_RANGE,    /* below the first introduced, or between ranges */
    RULE_FIXED,           /* at or above the fix of the range it would be in */
    RULE_MALICIOUS,
    RULE_WITHDRAWN,
    RULE_OTHER_RELEASE,   /* of another release of the distribution */
    RULE_NOT_AFFECTED,    /* the distribution says so (fixed in "0", not-affected) */
    RULE_UNIMPORTANT,
    RULE_NO_VERSION,
    RULE_NO_RELEASE,
    RULE_UNREADABLE,
    RULE_COMMITS_ONLY,
    RULE_DEVELOPMENT,     /* (devel), pseudo-version of a main module, editable */
    RULE_OWNED,           /* a language package that an OS package owns: the distribution's verdict stands */
    RULE_UPSTREAM,        /* matched by upstream name and version */
    RULE_NOTHING,         /* the entry has neither ranges nor versions */
    RULE_HEADERS,         /* the kernel's headers or documentation: no kernel */
    RULE_MODULE,          /* an rpm module's build against one that is none, or the other way round */
    RULE_UNDETERMINED,    /* the distribution says that it does not know */
    RULE_VEX,             /* a statement decided; finding.statement says which */
    RULE_IN_COMMITS,      /* by ancestry in a clone (commits.h), these six */
    RULE_NOT_IN_COMMITS,
    RULE_COMMIT_FIXED,
    RULE_COMMIT_LACKING,  /* the clone has not got a commit that would decide */
    RULE_COMMIT_UNCLEAR,  /* its history is cut off or cannot be read */
    RULE_NO_COMMIT,       /* the version is no commit, and no one tag */
    RULE_COUNT,
};

struct finding {
    enum finding_state state;
    enum match_rule rule;
    uint32_t record;      /* in the index */
    struct str id;
    unsigned flags;       /* enum advisory_flags */
    struct str ecosystem, name; /* of the entry that decided */
    struct str compared;  /* the component's version that was compared (source version of OS packages) */
    struct str low, high; /* of the interval that decided; may be empty */
    bool high_inclusive;
    struct str fixed;     /* the smallest version of this entry that is fixed and above `compared`; empty: none known */
    bool lenient;         /* a version outside its grammar was ordered by the scheme's fallback */
    struct str commit;    /* by ancestry: the one that decided; empty */
    struct str trouble;   /* what stood in the way of ancestry; empty */
    uint32_t statement;   /* with RULE_VEX: index of the statement */
};

/* How this ecosystem's versions are to be compared beyond its scheme; set by match_subject. */
enum subject_rules {
    SUBJECT_LOCAL = 1,    /* PEP 440: a local part counts only against a bound that has one */
    SUBJECT_RPM = 2,      /* releases only when both have one; module tags */
    SUBJECT_NO_EPOCH = 4, /* the epoch of the source package is not known: it is left out on both sides */
    SUBJECT_GO = 8,
    SUBJECT_COMPOSER = 16,
    SUBJECT_NPM = 32,
    SUBJECT_EQUALS = 64,  /* enumerated versions are equal when compare says 0 */
};

/* What a component is to advisories: which ecosystem, name, version, release. */
struct subject {
    struct str ecosystem; /* "Debian", "npm", …; empty: none */
    struct str release;   /* suffix to compare: "12", "v3.19", "22.04:LTS"; empty: unknown or without releases */
    struct str name;      /* in normal form */
    struct str version;
    bool distribution;    /* releases count */
    const struct version_scheme *scheme; /* NULL: cannot be ordered */
    /* Distributions that publish by binary name too: what to look up beside the source package; empty: nothing. */
    struct str binary, binary_version;
    unsigned rules;       /* enum subject_rules */
    bool headers;         /* of a kernel's source package, but no kernel */
    bool possible;        /* name and version are the upstream's: what matches is only possible */
    bool main_module;     /* set by the caller: the asset's own Go module, whose v0.0.0- version is none */
    bool (*same_release)(struct str ours, struct str theirs); /* NULL: equal bytes */
};

/* From a component's purl, source package and distribution qualifier (`distro=debian-12`). RC_NOTFOUND when advisories
 * have no ecosystem for its type. */
MUST_USE enum rc match_subject(struct op *op, const struct component *c, struct subject *ret);

/* From the words of `advisories match`: an OSV ecosystem (with release), a name, a version. */
MUST_USE enum rc match_subject_of(struct op *op, struct str ecosystem, struct str name, struct str version, struct subject *ret);

/* For what no ecosystem speaks of (unowned binaries, bundled copies): the i-th ecosystem whose names are upstream
 * projects', to be asked with upstream name and version; findings are FINDING_POSSIBLE. False after the last, and when
 * the component has no upstream. */
bool match_subject_upstream(struct arena *mem, const struct component *c, size_t i, struct subject *ret);

/* Judges one entry. Allocates nothing. The slices of the result borrow from the view and the subject. */
void match_entry(const struct subject *s, const struct advisory_view *v, struct finding *ret);

/* Compares two versions as the subject's ecosystem does in advisories. */
int match_compare(const struct subject *s, struct str a, struct str b);

struct findings {
    VEC(struct finding) list;
};

/* Every entry that names the subject, judged; by record: the worst of its entries (affected before unknown before fixed
 * before not affected). Slices borrow from the index. */
MUST_USE enum rc match_find(struct op *op, const struct advisory_lookup *look, const struct subject *s, struct findings *ret);

/* ---- what to do (fix.c) ---- */

enum fix_kind {
    FIX_NOT_NEEDED, /* nothing is affected */
    FIX_UPGRADE,    /* to `version`, which no advisory in the index affects */
    FIX_PART,       /* `version` fixes some; `left` findings have no fix */
    FIX_NONE,
    FIX_REMOVE,     /* malicious: never an upgrade */
};

struct fix {
    enum fix_kind kind;
    struct str version;
    size_t left;          /* affected findings that remain at `version` (at the present one with FIX_NONE) */
    struct str elsewhere; /* another release of the distribution has a fix for one of those: "12", "v3.21"; may be empty */
};

/* The smallest named version that fixes all that can be fixed of the findings of match_find for this subject, tried
 * against the index again (a fix may lie in the range of another record). */
MUST_USE enum rc match_fix(struct op *op, const struct advisory_lookup *look, const struct subject *s, const struct findings *f,
                           struct fix *ret);

/* ---- one flaw, many records (group.c) ---- */

/* Findings whose records are aliases of each other. */
struct flaw {
    struct str id;               /* shown first */
    VEC(struct str) ids;         /* all names of the flaw, `id` first, then bytewise */
    VEC(struct str) about;       /* upstream of its records, transitive: what a distribution's record is about */
    VEC(uint32_t) members;       /* indexes into the findings */
    enum finding_state state;    /* the worst of its members */
    unsigned flags;              /* of all its records that stand */
};

struct flaws {
    VEC(struct flaw) list; /* in order of first appearance */
};

/* Groups findings of one component. Aliases count both ways and through records that did not match; upstream and related
 * never merge. All slices live in op->mem or the index. */
MUST_USE enum rc match_group(struct op *op, const struct advisory_lookup *look, const struct subject *s, const struct findings *f,
                             struct flaws *ret);

/* A language package whose files an OS package owns: where the distribution has settled the same flaw (fixed, not
 * affected), its verdict replaces the language finding's. `own` are the language package's, `owner` the OS package's. */
MUST_USE enum rc match_owned(struct op *op, const struct advisory_lookup *look, const struct subject *own_subject,
                             struct findings *own, const struct subject *owner_subject, const struct findings *owner);

/* ---- what advisories get wrong (correct.c) ---- */

/* Applies data/corrections.tsv to a record as it is imported: true, and ADVISORY_CORRECTED set, when it changed. New texts
 * are the table's own and live as long as the program. */
bool match_correct(struct advisory *a);

/* A number that stands for the table as it is now. */
uint64_t match_corrections(void);

const char *finding_state_name(enum finding_state s);
const char *match_rule_text(enum match_rule r);

#endif
