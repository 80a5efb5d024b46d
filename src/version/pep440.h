/* A Python version taken apart as PEP 440 says; inside src/version only. */
#ifndef VERSION_PEP440_H
#define VERSION_PEP440_H

#include "version/version.h"

enum pep440_pre { PRE_A, PRE_B, PRE_RC, PRE_NONE };

/* Slices are runs of digits, "" counting as 0. */
struct pep440 {
    struct str epoch;
    struct str release; /* "1.2.3" */
    enum pep440_pre pre;
    struct str pre_number;
    bool has_post, has_dev;
    struct str post, dev;
    struct str local; /* behind the plus; empty when there is none */
};

/* False when v is not in the grammar. */
bool pep440_read(struct str v, struct pep440 *ret);

/* The order of PEP 440; the public one leaves the local part out. */
int pep440_compare_read(const struct pep440 *a, const struct pep440 *b);
int pep440_compare_public(const struct pep440 *a, const struct pep440 *b);

/* Epoch and release only. */
int pep440_compare_release(const struct pep440 *a, const struct pep440 *b);

/* One specifier: "~=1.4", "==1.*", "===x". False when it is none. */
struct pep440_clause {
    struct str op; /* ==, !=, <=, >=, <, >, ~= or === */
    bool prefix;   /* ==1.* and !=1.* */
    struct str text;
    struct pep440 version;
};
bool pep440_clause_read(struct str text, struct pep440_clause *ret);
/* `v` is NULL when the text is no version; only === can hold then. */
bool pep440_clause_holds(const struct pep440_clause *c, struct str text, const struct pep440 *v);

#endif
