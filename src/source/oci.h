/* An OCI image layout, in a folder or an archive. */
#ifndef SOURCE_OCI_H
#define SOURCE_OCI_H

#include "source/container.h"

/* The images of a layout that is already open: one tree for each ref name, for this platform. */
MUST_USE enum rc oci_open(struct op *op, struct container *c, const struct source_ref *ref, struct tree *ret_trees, size_t most,
                          size_t *ret_n);

/* A docker archive may be a layout at the same time: adds the digests (and names) by which that knows the image with
 * this config. Does nothing when there is no readable index. */
MUST_USE enum rc oci_digests(struct op *op, struct container *c, struct str config_digest, struct tree *t);

#endif
