/* The config of an image: its platform, the digests of its layers, and what made them. */
#ifndef SOURCE_CONFIG_H
#define SOURCE_CONFIG_H

#include "source/layers.h"

/* What a manifest says of one image, whatever kind of manifest it is. */
struct image_parts {
    struct str config;        /* its bytes */
    struct str config_digest; /* of these bytes, checked */
    VEC(struct image_blob) blobs;
};

struct image_blob {
    struct str path;   /* in the container */
    struct str digest; /* usable digest of the stored bytes, or empty: nothing was promised */
    uint64_t size;     /* promised, or UINT64_MAX */
    bool foreign;      /* its bytes may be kept elsewhere */
};

/* Reads the config and finds the layers: fills kind-independent parts of the tree, and its state. The checking of the
 * layers' digests begins. RC_INVALID when config and manifest do not fit together or a layer is missing. */
MUST_USE enum rc image_open(struct op *op, struct container *c, const struct image_parts *parts, struct tree *t);

/* The platform a config names, "linux/arm64/v8". */
MUST_USE enum rc config_platform(struct op *op, struct str config, struct str *ret);

#endif
