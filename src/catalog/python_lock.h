/* What poetry.lock and uv.lock have in common: packages, and wishes for packages by name. */
#ifndef CATALOG_PYTHON_LOCK_H
#define CATALOG_PYTHON_LOCK_H

#include "base/map.h"
#include "base/toml.h"
#include "catalog/catalog.h"

#define PYTHON_NONE UINT32_MAX

struct python_package {
    struct str name; /* its normal form */
    struct str version;
    struct str source;   /* kind and address: "git https://…", "registry https://…"; empty when not said */
    struct str evidence;
    enum scope scope;
    bool own;      /* of the project itself */
    bool reached;  /* by what is not for development (uv) */
    uint32_t id;   /* in the bom */
    uint32_t next; /* of the same name, or PYTHON_NONE */
};

struct python_wish {
    uint32_t from; /* index of a package, or PYTHON_NONE: the project */
    enum edge_kind kind;
    struct str name;            /* its normal form */
    struct str version, source; /* empty when any will do */
};

struct python_lock {
    struct op *op;
    struct bom *bom;
    const struct catalog_file *file;
    struct str doc; /* the file's bytes, in the bom's memory */
    VEC(struct python_package) packages;
    VEC(struct python_wish) wishes;
    struct map names; /* normal name → index + 1 of the first package, as a pointer */
    size_t nameless;
};

void python_lock_open(struct python_lock *l, struct op *op, struct bom *bom, const struct catalog_file *f);

/* The text in the bom's memory. */
struct str python_lock_keep(struct python_lock *l, struct str s);

/* Puts all named packages into the table of names. */
void python_lock_index(struct python_lock *l);

/* Calls `each` for every package that a wish can mean; `exact` when it is the only one. */
void python_lock_resolve(struct python_lock *l, const struct python_wish *w,
                         void (*each)(struct python_lock *l, const struct python_wish *w, struct python_package *to, bool exact));

/* Adds the packages and the edges between them; `root` is the project's component, or COMPONENT_NONE. */
void python_lock_add(struct python_lock *l);
void python_lock_edges(struct python_lock *l, uint32_t root);

#endif
