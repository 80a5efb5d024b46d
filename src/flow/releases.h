/* Whether anybody publishes about a release of a distribution. A package of a release that has ended, or that no feed covers, is
 * unknown where no record speaks of it: silence says nothing there. Other releases never stand in. */
#ifndef FLOW_RELEASES_H
#define FLOW_RELEASES_H

#include "match/match.h"
#include "store/advindex.h"
#include "store/asset.h"

enum release_state {
    RELEASE_COVERED,
    RELEASE_ENDED,     /* its end has passed: no data since */
    RELEASE_UNCOVERED, /* no record of the index is about it */
};

struct release {
    struct str ecosystem, name; /* "Debian", "8"; name empty: it has none */
    enum release_state state;
    int64_t ended;     /* with RELEASE_ENDED; 0: the day is not known */
    size_t components; /* as the caller counts them */
};

struct releases {
    VEC(struct release) list; /* each once */
};

/* Looks the subject's release up, or gives the one that is there; NULL when it is of no distribution, or its release cannot be
 * told (match says so of each finding). Texts are copied. */
struct release *release_of(struct op *op, const struct advindex *ix, const struct subject *s, int64_t now, struct releases *all);

/* The store's packages of releases that ended or that no feed covers: `meet` for each kind of package (store/release.h), with the
 * ids of its components. Within a transaction. Anything but RC_OK stops and is returned. */
typedef enum rc release_meet(struct op *op, void *arg, const struct release *r, const struct subject *s, const struct id_list *components);
MUST_USE enum rc releases_silent(struct op *op, struct store *s, const struct advindex *ix, int64_t now, release_meet *meet, void *arg);

/* "Debian 8 ended on 2020-06-30: no data since", or why else silence says nothing. Empty for a covered one. */
struct str release_text(struct arena *mem, const struct release *r);

/* By OSV's name, "Debian:8": RC_NOTFOUND when that is no distribution's release. *ret_until: when it ends, 0 unknown. */
MUST_USE enum rc release_named(struct op *op, const struct advindex *ix, struct str text, int64_t now, struct release *ret, int64_t *ret_until);

const char *release_state_name(enum release_state s);

#endif
