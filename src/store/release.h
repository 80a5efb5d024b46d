/* Which releases of distributions the packages of the store belong to. */
#ifndef STORE_RELEASE_H
#define STORE_RELEASE_H

#include "model/component.h"
#include "store/asset.h"

/* Packages of an operating system that differ in name and version alone. */
struct package_kind {
    struct component sample; /* type, namespace and qualifiers are those of all */
};
struct package_kinds {
    VEC(struct package_kind) list;
};

/* Of all component rows, which are not read. */
MUST_USE enum rc release_kinds(struct op *op, struct store *s, struct package_kinds *ret);

/* The components of a kind; rise. */
MUST_USE enum rc release_components(struct op *op, struct store *s, const struct package_kind *k, struct id_list *ret);

#endif
