/* A semantic version taken apart, for the schemes built on it; inside src/version only. */
#ifndef VERSION_SEMVER_PARTS_H
#define VERSION_SEMVER_PARTS_H

#include "version/version.h"

struct semver {
    struct str numbers; /* "1.2.3"; of any count in a lenient version */
    struct str pre;     /* behind the hyphen; empty when there is none */
    struct str build;   /* behind the plus */
    enum version_class class;
};

/* Reads the strict grammar, else leniently: a prefix v, V or =, missing or extra parts, leading zeros, a pre-release
 * without its hyphen. INVALID when no number comes first or odd bytes are in it. */
struct semver semver_read(struct str v);

/* The n-th number of a dotted list: "0" when it has fewer. */
struct str semver_number(struct str numbers, size_t n);

int semver_compare_numbers(struct str a, struct str b);

/* One identifier: numbers below text. */
int semver_compare_id(struct str a, struct str b);

/* Dotted identifiers, each by a function of one's own; fewer below more, an empty list below all. */
int semver_compare_lists(struct str a, struct str b, int (*compare_id)(struct str a, struct str b));

/* Dotted identifiers: numbers below text, fewer below more; an empty list is below all. */
int semver_compare_ids(struct str a, struct str b);

/* Pre-releases: none is above any. */
int semver_compare_pre(struct str a, struct str b);

enum version_class semver_valid(struct str v);

/* What an ecosystem takes beside the strict grammar. */
struct semver_grammar {
    size_t least; /* numbers, of three */
    bool zeros;   /* 01.2.3 and 1.2.3-01 */
    bool prefix;  /* v1.2.3 */
    bool open;    /* 1.2-, 1.2+ and 1.2rc1 */
};
enum version_class semver_valid_like(struct str v, const struct semver_grammar *g);

int semver_compare(struct str a, struct str b);
int semver_compare_with_build(struct str a, struct str b);

#endif
