/* VEX applied: the stored statements, opened once for a run, against the findings of one component at a time. What was said
 * of nothing, and what contradicts, is kept to be told. */
#ifndef FLOW_VEX_H
#define FLOW_VEX_H

#include "flow/scan.h"
#include "flow/session.h"
#include "match/vex.h"
#include "store/statement.h"

/* Two statements of which `kept` prevailed. */
struct vex_contradiction {
    const struct statement_row *kept, *against;
    bool tie; /* nothing ranked one above the other */
};

struct vex_run {
    struct statement_list said;
    struct vex_source *sources; /* one for each of `said` */
    struct vex_table table;
    bool raises;                /* some say affected or under investigation: they may bring findings up */
    struct map products;        /* their text, or type, namespace and name of their purl */
    struct map pairs;           /* contradictions met, "kept against" */
    VEC(struct vex_contradiction) contradictions; /* the first thousand */
};

/* Reads all statements of the store; none when there is no store. Lives in op->mem. */
MUST_USE enum rc vex_load(struct op *op, struct session *s, struct vex_run **ret);

/* How statements may name an asset: its names, its digests, and for each digest the purl of an image of that name. */
void vex_within(struct op *op, struct str name, const struct str_list *names, const struct str_list *digests,
                struct str_list *ret);

/* The same for what was scanned and is not stored. */
void vex_within_scanned(struct op *op, const struct scanned *a, struct str_list *ret);

/* Is any statement about a whole of one of these names? */
bool vex_names(struct op *op, const struct vex_run *v, const struct str_list *within);

/* Whose findings. */
struct vex_about {
    const struct component *component;
    const struct component *owners; /* the packages it lies in */
    size_t n_owners;
    const struct str_list *within;  /* names of the asset, of vex_within; may be NULL */
};

/* Applies what speaks of these findings. The platform's CPE is taken from the component's `distro` qualifier. */
MUST_USE enum rc vex_judge(struct op *op, struct vex_run *v, const struct advisory_lookup *look, const struct vex_about *about,
                           struct findings *f);

/* What was said of one record of a flaw was said of all its records: those that still stand take the same state,
 * and the flaw the worst of its records'. */
void vex_spread(const struct vex_run *v, struct flaw *flaw, struct findings *f);

/* The statement that decided; NULL when none did. */
const struct statement_row *vex_decided(const struct vex_run *v, const struct finding *f);

/* VEX_VENDOR when the author, or the host in the document's id, bears the name of the product's or component's maker
 * (vex_origin.c); else VEX_THIRD_PARTY. */
enum vex_origin vex_origin_of(struct op *op, const struct vex_statement *s);

const char *vex_state_name(enum vex_state s);
const char *vex_origin_name(enum vex_origin o);

/* "Example Ltd in VEX-1: vulnerable_code_not_in_execute_path: never called" */
struct str vex_text(struct arena *mem, const struct vex_statement *s);

/* "CVE-2024-1 not affected: pkg:oci/app: pkg:npm/qs" */
struct str vex_claim(struct arena *mem, const struct vex_statement *s);

#endif
