/* WHAT: the thing a question is about, as a person writes it (CLI.md "WHAT"). */
#ifndef FLOW_WHAT_H
#define FLOW_WHAT_H

#include "model/component.h"
#include "store/component.h"
#include "version/range.h"

enum what_kind { WHAT_UPSTREAM, WHAT_PURL, WHAT_DIGEST, WHAT_FINDING, WHAT_GLOB };

struct what {
    enum what_kind kind;
    struct str text;        /* as typed */
    struct str name;        /* upstream's name (aliases resolved unless exact), digest, id of the finding, or glob */
    struct str typed_name;  /* the part before the version, as typed */
    struct component purl;  /* WHAT_PURL; its version is empty, see range */
    bool exact;             /* aliases are off: the component's own name */
    bool known;             /* the name is a project of the alias table */
    bool has_range;
    bool one_version;       /* the range is a single version: worth a hint when only longer ones exist */
    struct range range;
};

/* RC_INVALID with what was expected. */
MUST_USE enum rc what_parse(struct op *op, struct str text, bool exact, struct what *ret);

/* Is it this component? Unknown when name fits and the version is missing or cannot be read. Findings and the
 * digests of whole assets are not decided here: always no. */
enum answer what_is(struct op *op, const struct what *w, const struct component *c);

/* The store's components that are, or may be, what is asked. Several WHAT may be gathered into one. */
struct candidates {
    struct id_list yes, unknown;
    struct component_list rows; /* of all of those */
    struct str_list namesakes;  /* "npm xz": called so, but another project */
    struct str_list hints;      /* "only 5.6.0, 5.6.1 exist; 5.6.* means all of them" */
};
MUST_USE enum rc what_find(struct op *op, struct store *s, const struct what *w, struct candidates *ret);

/* After the last what_find: ids sorted, each once, a sure one no longer among the unknown. */
void candidates_sort(struct candidates *c);

/* The row of a candidate, after candidates_sort; NULL when it is none. */
const struct component *candidate_get(const struct candidates *c, uint32_t id);

#endif
