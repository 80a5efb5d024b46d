/* Component rows: each distinct component once, for all assets. Questions by name give the candidate rows; which
 * versions count is for the caller to decide. */
#ifndef STORE_COMPONENT_H
#define STORE_COMPONENT_H

#include "model/component.h"
#include "store/asset.h"

struct component_row {
    uint32_t id;
    struct component c; /* slices in the op->mem of the call */
};

struct component_list {
    struct component_row *at;
    size_t n, cap;
};

MUST_USE enum rc component_get(struct op *op, struct store *s, uint32_t id, struct component *ret);

/* All rows: of this upstream; of this package (any version); of this package as its ecosystem writes it
 * ("@babel/core", "org.x:y"; any type); equal to a parsed purl, whose empty version or qualifiers match any; with this
 * digest. An empty list is RC_OK. A component whose assets were all forgotten may still be listed. */
MUST_USE enum rc component_by_upstream(struct op *op, struct store *s, struct str upstream, struct component_list *ret);
MUST_USE enum rc component_by_package(struct op *op, struct store *s, struct str type, struct str ns, struct str name, struct component_list *ret);
MUST_USE enum rc component_by_label(struct op *op, struct store *s, struct str label, struct component_list *ret);
MUST_USE enum rc component_by_purl(struct op *op, struct store *s, const struct component *purl, struct component_list *ret);
MUST_USE enum rc component_by_digest(struct op *op, struct store *s, struct str digest, struct component_list *ret);

/* Rows of OS packages that come from this source package, and all of that type and namespace whose source only a purl's
 * `upstream` qualifier says: the caller looks again. A package that has its source's name may have no source of its own. */
MUST_USE enum rc component_by_source(struct op *op, struct store *s, struct str type, struct str ns, struct str source,
                                     struct component_list *ret);

/* As component_by_label, in any ASCII case. Reads all names. */
MUST_USE enum rc component_by_folded(struct op *op, struct store *s, struct str label, struct component_list *ret);

/* The purl types there are; the namespaces of a type; the ids of a type (ns NULL: in any namespace). */
MUST_USE enum rc component_types(struct op *op, struct store *s, struct str_list *ret);
MUST_USE enum rc component_namespaces(struct op *op, struct store *s, struct str type, struct str_list *ret);
MUST_USE enum rc component_of_kind(struct op *op, struct store *s, struct str type, const struct str *ns, struct id_list *ret);

/* The next rows with greater ids, at most a thousand, in order: for walking them all. */
MUST_USE enum rc component_after(struct op *op, struct store *s, uint32_t id, struct component_list *ret);

/* Rows whose upstream, or name as the ecosystem writes it, matches: * any bytes (also '/'), ? one character, [set]. */
MUST_USE enum rc component_by_glob(struct op *op, struct store *s, struct str glob, struct component_list *ret);

/* Rows whose package is called so but comes from another upstream (npm's xz, when xz is asked for). */
MUST_USE enum rc component_namesakes(struct op *op, struct store *s, struct str upstream, struct component_list *ret);

/* "Did you mean": up to five names of upstreams and packages near to one never seen, nearest first. */
MUST_USE enum rc component_suggest(struct op *op, struct store *s, struct str name, struct str_list *ret);

/* Sets c->upstream and c->upstream_version from the rest: identity_fill. */
typedef void component_identify(struct arena *mem, struct component *c);

/* Derives the upstream of every row again when the store was derived with another version of the alias table; a
 * store opened for reading stays as it is. Costs one look-up when nothing changed. */
MUST_USE enum rc component_derive(struct op *op, struct store *s, struct str table_version, component_identify *identify);

#endif
