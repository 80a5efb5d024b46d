/* The named files that images are made of: the members of an archive (indexed once, by its headers), or the files of a
 * folder. With what all images of one container share: the digest checkers, the spill, the count of inflated bytes. */
#ifndef SOURCE_CONTAINER_H
#define SOURCE_CONTAINER_H

#include "base/map.h"
#include "source/digest.h"
#include "source/source.h"

enum { DOCUMENT_MOST = 16 << 20 }; /* bytes of a manifest, index or config */

struct container {
    struct arena *mem;
    struct str name;
    bool is_folder;
    int fd;              /* of a folder */
    struct extent whole; /* of an archive: the tar, inflated if it was compressed */
    struct map members;  /* path → struct container_file */
    struct spill spill;
    uint64_t inflated;
    struct digest_pool *pool;
    struct ring *ring;
};

struct container_file {
    struct str path;
    struct extent bytes;
    struct str link; /* a link inside an archive: where it points, relative to the archive's root; else p NULL */
};

/* Does this file look like an archive of an image? Reads its first headers, inflating one block if need be. */
bool container_likely(struct op *op, const struct source_ref *ref);

/* Lives in op->mem. RC_INVALID when it is no archive, or cut. */
MUST_USE enum rc container_open(struct op *op, const struct source_ref *ref, struct container **ret);

/* RC_NOTFOUND when there is no such file. Links between members are followed, links in a folder are not. */
MUST_USE enum rc container_find(struct op *op, struct container *c, struct str path, const struct container_file **ret);

/* All of a small file. RC_NOTFOUND, or RC_INVALID when it has more than DOCUMENT_MOST bytes. */
MUST_USE enum rc container_read(struct op *op, struct container *c, struct str path, struct str *ret);

/* "blobs/sha256/…" of a digest. */
struct str container_blob_path(struct arena *mem, struct str digest);

#endif
