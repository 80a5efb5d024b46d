/* How an ecosystem orders its versions: one file per scheme, one line in list.def. Pure: no allocation, no
 * locale, no integer that can overflow. compare is a total order over all byte strings. */
#ifndef VERSION_VERSION_H
#define VERSION_VERSION_H

#include "base/op.h"

enum version_class {
    VERSION_VALID,
    VERSION_LENIENT, /* outside the grammar, but ordered by the documented fallback: security data contain such */
    VERSION_INVALID,
};

/* How an ecosystem writes a set of versions; see range_parse_native. */
enum version_syntax {
    SYNTAX_COMPARATORS, /* >=1.0, <2; nothing of its own */
    SYNTAX_RELATION,    /* deb, rpm, apk, pacman: >= 1.0, << 2.0; a bound without a revision means any */
    SYNTAX_NPM,
    SYNTAX_CARGO,
    SYNTAX_PEP440,
    SYNTAX_MAVEN, /* [1,2),[3,]; NuGet too */
    SYNTAX_GEM,
    SYNTAX_COMPOSER,
    SYNTAX_HEX,
    SYNTAX_PUB,
    SYNTAX_CONAN,
};

struct version_scheme {
    const char *name;
    const char *help;                /* a sentence: whose definition it follows */
    enum version_syntax syntax;
    const char *const *ecosystems;   /* purl types, OSV ecosystem names and VERS scheme names it serves */
    enum version_class (*valid)(struct str v);
    int (*compare)(struct str a, struct str b); /* <0, 0, >0 */
    /* Of two versions that differ: does the package manager call them the same all the same? Its answer about a pair,
     * which no order can give. NULL: never. */
    bool (*same)(struct str a, struct str b);
    /* The upstream project's version inside a packaging version (matching.md 7.2): a slice of v or of `mem`.
     * {NULL,0} when it cannot be read. NULL function: the version itself. */
    struct str (*upstream)(struct arena *mem, struct str v);
};

extern const struct version_scheme *const version_schemes[]; /* NULL at the end */

/* By purl type, OSV ecosystem ("Debian:12" too) or VERS scheme, in any case; NULL when there is none. */
const struct version_scheme *version_scheme_find(struct str name);

#endif
