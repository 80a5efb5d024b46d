/* The walk through a folder, however deep and wide: an explicit stack, few open descriptors, no link followed, other file
 * systems only as mounts.h allows. What cannot be read becomes a gap of the tree. */
#ifndef SOURCE_WALK_H
#define SOURCE_WALK_H

#include "source/source.h"

struct folder_walk {
    struct tree *t;
    const struct visitor *v;
    int root_fd;
    bool one_file_system, is_root;
    const struct str *excludes; /* as in source_ref; or NULL */
    /* Paths that are not offered (they were in the first pass); p NULL at the end; or NULL. */
    const struct str *skip;
    uint64_t entries; /* met so far, over all walks */
};

/* Everything below `path` ("" is the root itself). RC_NOTFOUND when there is no such folder; a link counts as none. */
MUST_USE enum rc walk_below(struct op *op, struct folder_walk *w, struct str path);

/* The one entry at this path, if it is there and no folder. */
MUST_USE enum rc walk_entry(struct op *op, struct folder_walk *w, struct str path);

/* Only the links directly in the folder at `path`. */
MUST_USE enum rc walk_links(struct op *op, struct folder_walk *w, struct str path);

#endif
