/* Sources: where bytes come from → a tree of files. One file per kind here, one line in list.def.
 * A source walks and reads; it does not know what the files mean. It never leaves its root, follows no link
 * out of it, opens no device, and turns whatever it could not read into a gap. */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include "base/vec.h"
#include "model/asset.h"
#include "model/bom.h"

/* What is to be opened. Inside the sandbox no path can be opened that is not below `fd`. */
struct source_ref {
    struct str text; /* as the person wrote it, without prefix: for names and errors */
    struct str kind; /* forced by a prefix ("oci", "dir", …), else empty */
    int fd;          /* the file or folder itself, open for reading; the caller closes it */
    bool is_folder;
    int spill_fd;        /* an empty unlinked file to put inflated content in, or -1 when there is none */
    struct str platform; /* "linux/amd64", empty: this machine's */
    bool one_file_system;
    const struct str *excludes; /* globs of paths not to read (each becomes a gap); p NULL at the end; or NULL */
};

enum entry_kind { ENTRY_FILE, ENTRY_FOLDER, ENTRY_LINK, ENTRY_HARDLINK, ENTRY_OTHER };

/* Something met on the walk. Slices are valid during the visit only. */
struct tree_entry {
    struct str path;   /* relative, no leading slash or "./" */
    struct str target; /* of a link, as written */
    struct str head;   /* first bytes of a file (up to 64), only when the visitor had asked WANT_HEAD; else p NULL */
    uint64_t size;     /* in a folder size and executable are not known before WANT_HEAD: 0 and false */
    uint32_t layer;
    uint32_t gone_in; /* second pass over an image: the layer that hid it; else LAYER_NONE */
    enum entry_kind kind;
    bool executable;
};

/* What the visitor wants of a file; for other kinds the answer is ignored. */
enum want {
    WANT_NO,
    WANT_HEAD,  /* call again with the first bytes */
    WANT_KEEP,  /* make it a node: it will be read after the walk */
    WANT_LATER, /* perhaps: offer it again in the second pass (streams that cannot be read twice cheaply) */
};

struct visitor {
    enum want (*visit)(struct op *op, void *arg, const struct tree_entry *e);
    void *arg;
};

/* A file that was kept: one per path and layer in which it appeared. */
struct tree_node {
    struct str path;
    uint64_t size;
    uint32_t layer;   /* LAYER_NONE outside images */
    uint32_t gone_in; /* layer that removed or replaced it; LAYER_NONE: it is in the final tree */
    bool executable;
    int where;       /* the source's own: which descriptor or archive holds the bytes */
    uint64_t offset; /* … and where in it */
};

struct tree {
    struct str kind;         /* "dir", "root", "docker-archive", "oci", "file" */
    struct str name;         /* default name of the asset */
    VEC(struct str) names;   /* other names it goes by: all RepoTags, ref names */
    VEC(struct str) digests; /* manifest, config, index, layer digests: all that finds this asset */
    struct str platform;
    VEC(struct layer) layers;
    VEC(struct tree_node) nodes; /* sorted by path, then layer, after each walk */
    VEC(struct gap) gaps;
    const struct source *source;
    void *state;
    struct arena *mem;
};

/* A walk offers every entry to the visitor, in two passes, so that databases that say what is owned are known
 * before the rest is judged. A folder offers its database folders first and then everything else; an archive
 * offers everything in the first pass and in the second only what was answered WANT_LATER: first by path alone (a
 * layer of which nothing is wanted any more is not read again), then, when the answer was WANT_HEAD, with its head.
 * Both passes must be made: digests of layers are checked while others work, and it is the second walk that waits
 * for them and says RC_INVALID. Hard links are offered as files; their size may be 0 until they are read. */
enum pass { PASS_FIRST, PASS_SECOND };

struct source {
    const char *name;
    const char *help;
    /* Is this one of mine? Looks at the bytes (or the folder's content). */
    bool (*knows)(struct op *op, const struct source_ref *ref);
    /* Adds one tree per asset (several images in one archive are several). RC_INVALID when the container is not
     * what it claims to be: cut, a digest that does not match. */
    enum rc (*open)(struct op *op, const struct source_ref *ref, struct tree *ret_trees, size_t most, size_t *ret_n);
    enum rc (*walk)(struct op *op, struct tree *t, const struct visitor *v, enum pass pass);
    /* All bytes of a node, valid until `mem` is closed or reset; mapped when large. Shorter or longer than when
     * it was met: RC_INVALID. */
    enum rc (*read)(struct op *op, struct tree *t, const struct tree_node *n, struct arena *mem, struct str *ret);
};

extern const struct source *const sources[]; /* NULL at the end */

/* The source for this reference: the one that ref->kind names, else the first that knows it. RC_INVALID. */
MUST_USE enum rc source_find(struct op *op, const struct source_ref *ref, const struct source **ret);

/* The node of the final tree at this path, or NULL. */
const struct tree_node *tree_find(const struct tree *t, struct str path);

/* Notes what was not read; both slices are copied. After many of them it only says that there are more. */
void tree_gap(struct tree *t, struct str path, struct str why);

/* Is a wanted file past op->limits->file_bytes? Then that becomes a gap. */
bool tree_too_large(struct op *op, struct tree *t, struct str path, uint64_t size);

#endif
