/* An image: layers of a container, laid over one another. What docker_archive.c and oci.c have in common. */
#ifndef SOURCE_LAYERS_H
#define SOURCE_LAYERS_H

#include "source/container.h"
#include "source/overlay.h"
#include "source/tarwalk.h"

enum { WHERE_SPILL = -1, WHERE_MEMORY = -2, LAYERS_MOST = 512, HEAD_BYTES = 64, LATER_MOST = 300000 };

struct image_layer {
    struct extent blob;
    struct str name;    /* of the blob, for errors */
    struct str diff_id; /* usable digest of the inflated bytes */
};

struct image {
    struct container *c;
    struct image_layer *layers;
    uint32_t n;
    struct overlay *overlay;
    uint64_t entries; /* met so far */
    bool full;        /* a limit was reached: nothing more is walked */
};

/* The functions of a source whose tree->state is a struct image. */
MUST_USE enum rc image_walk(struct op *op, struct tree *t, const struct visitor *v, enum pass pass);
MUST_USE enum rc image_read(struct op *op, struct tree *t, const struct tree_node *n, struct arena *mem, struct str *ret);

/* ---- between layers.c and later.c ---- */

/* One layer being read. */
struct layer_walk {
    struct tree *t;
    struct image *i;
    const struct visitor *v;
    struct arena *mem; /* ends with the layer */
    struct stream in;
    struct tar tar;
    uint32_t layer;
    uint64_t ordinal; /* of the member in tar.now, from 1 */
};

/* Opens layer k; with `verify` its content's digest is checked by stream_finish. */
MUST_USE enum rc layer_open(struct op *op, struct layer_walk *w, uint32_t k, bool verify);

/* Asks the visitor about a file. `head` is p NULL the first time. */
enum want layer_ask(struct op *op, const struct layer_walk *w, const struct version *v, struct str head);

/* Puts the bytes of the member in tar.now down and makes the version theirs. */
MUST_USE enum rc layer_keep(struct op *op, struct layer_walk *w, struct version *v);

/* Whatever went wrong inside layer k becomes a gap, and is forgotten; RC_IO and what makes the container invalid stay. */
MUST_USE enum rc layer_trouble(struct op *op, const struct layer_walk *w, enum rc rc);

/* Finds the bytes of the hard links of layer k that are in the given state; those that are found nowhere become gaps. */
MUST_USE enum rc links_resolve(struct op *op, struct layer_walk *w, uint32_t k, enum version_state state);

/* The second pass. */
MUST_USE enum rc image_walk_later(struct op *op, struct tree *t, const struct visitor *v);

#endif
