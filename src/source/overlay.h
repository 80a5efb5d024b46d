/* Which of the wanted files of an image's layers are in its final tree: what replaces, hides and removes what. It
 * remembers wanted files and the folders above them, nothing else: a layer of millions of files nobody wants costs no
 * memory. Layers come in order, from the lowest; entries of a layer in any order. */
#ifndef SOURCE_OVERLAY_H
#define SOURCE_OVERLAY_H

#include "source/source.h"
#include "source/extent.h"

enum version_state {
    VERSION_KEPT,    /* its bytes are known */
    VERSION_LATER,   /* to be offered again in the second pass */
    VERSION_NEEDED,  /* a hard link that was wanted, its target's bytes not known yet */
    VERSION_DROPPED, /* written twice in one layer, or not wanted after all */
};

/* One file as one layer has it. */
struct version {
    struct str path;
    struct str target; /* of a hard link whose bytes are those of another path; else empty */
    uint64_t size;
    uint64_t ordinal; /* which member of its layer */
    struct extent at; /* VERSION_KEPT */
    int where;        /* VERSION_KEPT: as in tree_node */
    uint32_t layer, gone_in;
    uint32_t place;
    enum version_state state;
    enum want want; /* VERSION_LATER: what the second pass is to do */
    bool executable;
};

struct overlay;

struct overlay *overlay_open(struct arena *mem);

/* All versions so far, by id. */
struct version *overlay_versions(struct overlay *o, size_t *ret_n);

/* Something that is no folder stands at `path` in this layer: what was there, and below it, is gone. */
void overlay_replace(struct overlay *o, struct str path, uint32_t layer);

/* A folder stands there: a file there is gone, what is below stays. */
void overlay_folder(struct overlay *o, struct str path, uint32_t layer);

/* A whiteout: what lower layers have at `path` and below it is gone. */
void overlay_whiteout(struct overlay *o, struct str path, uint32_t layer);

/* An opaque folder: what lower layers have below `folder` is gone. "" is the root. */
void overlay_opaque(struct overlay *o, struct str folder, uint32_t layer);

/* Adds a wanted file after overlay_replace; the path is copied. Its id is its index in overlay_versions. Pointers to
 * versions are good until the next call. */
struct version *overlay_add(struct overlay *o, struct str path, uint32_t layer);

/* The version of this path that is there now, or NULL. */
struct version *overlay_get(struct overlay *o, struct str path);

/* Makes a path relative and plain: no leading slash, no empty or "." components; "" is the root. False when it has ".."
 * or a NUL, is too long (4096 bytes: no kernel could have made it) or has nothing in it. Borrows from `raw` when it can. */
bool path_clean(struct arena *mem, struct str raw, struct str *ret);

#endif
