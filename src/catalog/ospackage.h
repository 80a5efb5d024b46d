/* What the package database catalogers share: one root file system with its distribution, its packages' coordinates, and
 * who provides which name. It reads no format. */
#ifndef CATALOG_OSPACKAGE_H
#define CATALOG_OSPACKAGE_H

#include "base/map.h"
#include "catalog/catalog.h"

enum { OS_PROVIDERS_MOST = 8 };

/* The scanned root, or a root file system inside an archive of it. */
struct os_root {
    struct os_root *next;
    struct arena *mem;
    struct str prefix;    /* "", or "rootfs.tar!/" */
    struct distro distro; /* of this root; all empty when unknown */
    enum scope scope;     /* installed, or bundled when it lies in an archive */
    struct map providers; /* name → struct os_provider */
    void *state;          /* the cataloger's own; NULL at first */
    struct os_marks {
        uint64_t *at;
        size_t n;
    } marks; /* by component: the edge that os_edges added to it last */
};

/* One package that answers to a name. */
struct os_provider {
    struct os_provider *next; /* in order of appearance */
    uint32_t component;
    struct str arch;
    struct str version; /* that it provides the name at; may be empty */
    bool any_arch; /* serves packages of other architectures too */
    bool real;     /* the name is its own, not one that it provides */
};

/* The root that this file belongs to: found, or made and filed in run->state. Its distribution is the scan's, or read from the
 * os-release beside it inside an archive. */
struct os_root *os_root_of(struct op *op, struct catalog_run *run, struct str path);

/* Fills namespace and the qualifiers arch and distro. `ns` is used when the distribution is unknown. */
void os_coordinates(const struct os_root *root, struct arena *mem, struct component *c, struct str ns, struct str arch);

/* The file at this path (from the root, with or without a leading slash) belongs to the component; a folder for
 * catalog_own_in; which component owns the file? */
void os_own(const struct os_root *root, const struct catalog_run *run, struct str path, uint32_t component);
struct catalog_folder os_folder(const struct os_root *root, struct str path);
bool os_owner(const struct os_root *root, const struct catalog_run *run, struct str path, uint32_t *ret_component);

/* Files `p` under `name`; both slices must live as long as the root. The same component under one name counts once. */
void os_provide(struct os_root *root, struct str name, struct os_provider p);

struct os_answer {
    uint32_t components[OS_PROVIDERS_MOST];
    size_t n;
};

/* What a package asks for. */
struct os_query {
    struct str name;
    struct str arch;    /* of the package that asks; empty: any will do */
    struct str version; /* exactly this; empty: any will do */
};

/* Who of the installed packages answers: those of that name, else those that provide it; of these the ones at the version,
 * if there are such; of these the ones of the same architecture, if there are such. No more than OS_PROVIDERS_MOST. */
void os_find(const struct os_root *root, const struct os_query *q, struct os_answer *ret);

/* An edge to each of them: exact when there is only one and the caller is sure. What is asked for again is not added again, if
 * all requirements of one package are given in a row. */
void os_edges(struct os_root *root, struct bom *bom, uint32_t from, const struct os_answer *to, bool sure);

/* No blanks, no control bytes, not empty: fit to be a package's name or version. */
bool os_word(struct str s);

#endif
