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
};

/* What a component is to advisories: which ecosystem, name, version, release. */
struct subject {
    struct str ecosystem; /* "Debian", "npm", …; empty: none */
    struct str release;   /* suffix to compare: "12", "v3.19", "22.04:LTS"; empty: unknown or without releases */
    struct str name;      /* in normal form */
    struct str version;
    bool distribution;    /* releases count */
    const struct version_scheme *scheme; /* NULL: cannot be ordered */
};

/* From a component's purl, source package and distribution qualifier (`distro=debian-12`). RC_NOTFOUND when advisories
 * have no ecosystem for its type. */
MUST_USE enum rc match_subject(struct op *op, const struct component *c, struct subject *ret);

/* From the words of `advisories match`: an OSV ecosystem (with release), a name, a version. */
MUST_USE enum rc match_subject_of(struct op *op, struct str ecosystem, struct str name, struct str version, struct subject *ret);

/* Judges one entry. Allocates nothing. */
void match_entry(const struct subject *s, const struct advisory_view *v, struct finding *ret);

struct findings {
    VEC(struct finding) list;
};

/* Every entry that names the subject, judged; by record: the worst of its entries (affected before unknown before fixed
 * before not affected). Slices borrow from the index. */
MUST_USE enum rc match_find(struct op *op, const struct advisory_lookup *look, const struct subject *s, struct findings *ret);

const char *finding_state_name(enum finding_state s);
const char *match_rule_text(enum match_rule r);

#endif
