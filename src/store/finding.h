/* Findings: what the advisories that were imported say of component rows, whatever assets have them. Kept by record, with
 * the time since when each stands; and by which index all of it was judged, for how many components. What a state means is
 * the caller's; this only remembers. */
#ifndef STORE_FINDING_H
#define STORE_FINDING_H

#include "store/asset.h"

/* States below FINDING_CLOSED ask for something; the others say that all is well. */
enum { FINDING_CLOSED = 3, FINDING_STATES = 8 };

struct finding_said {
    uint32_t component;
    uint8_t state;
    int64_t since; /* when it came to be open, or closed: without a break */
};

struct finding_list {
    VEC(struct finding_said) list; /* by component */
};

/* What the findings rest on: judged by what `key` stands for, for the components up to `through`. */
struct finding_basis {
    struct str key; /* empty: nothing was judged yet */
    uint32_t through, last; /* last: of the component rows that there are */
};
MUST_USE enum rc finding_basis(struct op *op, struct store *s, struct finding_basis *ret);

/* One record's; an empty list when there are none. */
MUST_USE enum rc finding_of(struct op *op, struct store *s, struct str record, struct finding_list *ret);

/* From a row's bytes: RC_INVALID. */
MUST_USE enum rc finding_read(struct op *op, struct str record, struct str bytes, struct finding_list *ret);

/* All records', each borrowed during the call. The visitor asks the store nothing. */
typedef enum rc finding_visit(struct op *op, void *arg, struct str record, const struct finding_list *said);
MUST_USE enum rc finding_all(struct op *op, struct store *s, finding_visit *visit, void *arg);

/* The number that stands for a name of an ecosystem in this store: never 0, which stands for "no ecosystem". Two names may
 * share one. Inside a transaction. */
MUST_USE enum rc subject_number(struct op *op, struct store *s, struct str ecosystem, struct str name, int64_t *ret);

/* The components that were judged under it. */
MUST_USE enum rc subject_components(struct op *op, struct store *s, int64_t number, struct id_list *ret);

/* One verdict. `record` is an index into the records of the change. */
struct finding_new {
    uint32_t record, component;
    uint8_t state;
};

struct subject_new {
    int64_t number;
    uint32_t component;
};

/* The outcome of judging components again. */
struct finding_change {
    const struct id_list *judged; /* those whose verdicts these records' take the place of; rise */
    const struct str *records;    /* each once */
    size_t n_records;
    struct finding_new *news;     /* is sorted here */
    size_t n_news;
    struct subject_new *subjects; /* is sorted here */
    size_t n_subjects;
    int64_t at;
};

/* In a transaction of the caller's that writes: takes over what is said of the `judged` by these records; what others say of
 * them stays. *ret_new: how many open findings there are that were not open before. */
MUST_USE enum rc finding_write(struct op *op, struct store *s, const struct finding_change *c, uint64_t *ret_new);

/* Around judging everything again, in the same transaction: what was said is set aside, and only lends its times. */
MUST_USE enum rc finding_forget_begin(struct op *op, struct store *s);
MUST_USE enum rc finding_forget_end(struct op *op, struct store *s);

MUST_USE enum rc finding_basis_set(struct op *op, struct store *s, struct str key, uint32_t through);

#endif
