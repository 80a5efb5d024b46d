/* The components of one asset at one moment: each once, with where it was found (occurrences), what depends on
 * what (edges), and what could not be read (gaps). Catalogers add; flow, store and the SBOM writers read.
 * All slices given to it are copied into its memory unless said otherwise. */
#ifndef MODEL_BOM_H
#define MODEL_BOM_H

#include "base/vec.h"
#include "model/component.h"

/* How a component is there; a greater value is the stronger one. */
enum scope { SCOPE_TEST, SCOPE_BUILD, SCOPE_DECLARED, SCOPE_BUNDLED, SCOPE_INSTALLED };
const char *scope_name(enum scope s);
bool scope_parse(struct str name, enum scope *ret);

/* Which kinds of evidence a scan reads; see docs. A cataloger says to which it belongs. */
enum profile { PROFILE_INSTALLED = 1, PROFILE_DECLARED = 2, PROFILE_ALL = 3 };
const char *profile_name(unsigned profile);

enum edge_kind { EDGE_RUNTIME, EDGE_DEV, EDGE_OPTIONAL, EDGE_PEER, EDGE_BUILD, EDGE_CONTAINS };

#define LAYER_NONE UINT32_MAX
#define COMPONENT_NONE UINT32_MAX

struct occurrence {
    uint32_t component;
    uint32_t layer;     /* index into the tree's layers: the last that changed it; or LAYER_NONE */
    uint32_t gone_in;   /* layer that hid it (only with --all-layers), or LAYER_NONE */
    enum scope scope;
    struct str path;    /* relative to the root, "!/" between an archive and its member */
    struct str evidence; /* what was seen, when it is not the path alone: "soname liblzma.so.5; …" ; may be empty */
};

struct edge {
    uint32_t from, to;
    enum edge_kind kind;
    bool exact; /* resolved to this very entry, not guessed by name */
};

/* Something of the target that was not read; the asset is incomplete. */
struct gap {
    struct str path;
    struct str why;
};

struct bom {
    struct arena *mem;
    VEC(struct component) components;
    VEC(struct occurrence) occurrences;
    VEC(struct edge) edges;
    VEC(struct gap) gaps;
    uint32_t *slots; /* index + 1 by component_hash */
    size_t slot_count;
};

/* Starts an empty bom whose content lives in `mem`. */
void bom_open(struct bom *b, struct arena *mem);

/* The id of this component: found, or added (its slices are copied). Source, upstream and digest of the first
 * one stay; empty ones are filled from later ones. */
uint32_t bom_add(struct bom *b, const struct component *c);

/* As bom_add, but the slices already live as long as the bom: nothing is copied. For documents of 20,000
 * entries that are held in the bom's memory anyway. */
uint32_t bom_add_borrowed(struct bom *b, const struct component *c);

/* The id of this component, or COMPONENT_NONE. */
uint32_t bom_find(const struct bom *b, const struct component *c);

/* Says where a component was found. The path is copied. */
struct occurrence *bom_note(struct bom *b, uint32_t component, enum scope scope, struct str path, uint32_t layer);

void bom_edge(struct bom *b, uint32_t from, uint32_t to, enum edge_kind kind, bool exact);
void bom_gap(struct bom *b, struct str path, struct str why);

/* Removes repeated edges and occurrences and puts all in a stable order (components by purl). Ids change. */
void bom_sort(struct bom *b);

#endif
