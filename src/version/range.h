/* Sets of versions under one scheme: VERS, the CLI's own forms, and the native syntax of the ecosystems. */
#ifndef VERSION_RANGE_H
#define VERSION_RANGE_H

#include "base/vec.h"
#include "version/version.h"

struct pep440_clause;

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

/* One interval; an end that is absent has p NULL. */
struct interval {
    struct str low, high;
    bool low_open, high_open;      /* exclusive */
    struct str released;           /* Cargo: of versions that begin with these numbers, no pre-release is in it */
    size_t except_at, except_count; /* these of the range's exceptions are not in it */
};

struct range {
    const struct version_scheme *scheme;
    VEC(struct interval) intervals; /* any of them */
    VEC(struct str) except;         /* !=, see interval */
    size_t except_all;              /* the first of them hold for all intervals */
    size_t except_spent;            /* those that hold for all or belong to an interval */
    bool prefix;                    /* "5.6.*": see prefix_of */
    struct str prefix_of;
    bool core_only;   /* npm, Cargo: a pre-release counts only where an end of its interval has one of the same numbers */
    bool any_release; /* rpm: an end without a release means every release of it */
    struct pep440_clause *clauses; /* PEP 440: all of these, besides */
    size_t clause_count;
};

/* "5.6.1" (exactly), "5.6.*", "5.6.0..5.6.1", ">=5.6.0,<5.6.2", "vers:generic/>=5.6.0|<5.6.2".
 * The range borrows from `text`. RC_INVALID. */
MUST_USE enum rc range_parse(struct op *op, const struct version_scheme *scheme, struct str text, struct range *ret);

/* The ecosystem's own syntax, as `version contains` takes it; falls back to the forms above. A scheme named by
 * "vers:" decides, except that "vers:generic" leaves it to the caller's. RC_INVALID. */
MUST_USE enum rc range_parse_native(struct op *op, const struct version_scheme *scheme, struct str text, struct range *ret);

/* Unknown when the version is empty or the scheme calls it invalid (but the very text of an exact form is in). */
enum answer range_contains(const struct range *r, struct str version);

#endif
