/* The folders of an npm installation: which package lies where, and which one a package gets when it asks for a
 * name. Nodes are packages (below a node_modules) and plain folders; each but the root has one parent. */
#ifndef CATALOG_NPM_TREE_H
#define CATALOG_NPM_TREE_H

#include "base/json.h"
#include "model/bom.h"

enum { NPM_ROOT = 0, NPM_DEEPEST = 64 };
#define NPM_NONE UINT32_C(0xffffffff)

struct npm_node {
    struct str name; /* "@scope/x" for a package, one path component for a folder */
    uint64_t hash;
    uint32_t parent;
    uint32_t component; /* what lies here, or COMPONENT_NONE */
    uint32_t link;      /* the node that this is a link to, or NPM_NONE */
    uint16_t depth;
    bool package;
    bool holds; /* packages lie in a node_modules of its own */
};

/* `from` asks for the package whose name has this keyed hash. */
struct npm_wish {
    uint64_t name_hash;
    uint32_t from;
    enum edge_kind kind;
};

struct npm_tree {
    struct arena *mem;
    VEC(struct npm_node) nodes;
    VEC(struct npm_wish) wishes;
    uint64_t *slots;
    size_t slot_count;
};

/* Starts a tree that holds the root alone; `text_bytes` is the size of the text it will be read from, 0 when not known. */
void npm_tree_open(struct npm_tree *t, struct arena *mem, size_t text_bytes);

/* The package of this name directly in the node_modules of `parent`: found or made. NPM_NONE past NPM_DEEPEST. The
 * name must live as long as the tree. */
uint32_t npm_tree_package(struct npm_tree *t, uint32_t parent, struct str name);

/* The node of a path such as "a/node_modules/@s/b", found or made; NPM_NONE past NPM_DEEPEST. The path must live as
 * long as the tree. */
uint32_t npm_tree_place(struct npm_tree *t, struct str path);

/* Notes everything in the object ahead of j (name → range) as asked for by `from`. */
void npm_tree_wishes(struct npm_tree *t, struct json *j, uint32_t from, enum edge_kind kind);

/* "dependencies", "devDependencies" …: the kind of edge that such a member of package.json or a lock stands for. */
bool npm_wish_kind(struct str member, enum edge_kind *ret);

/* Answers all wishes as node would, walking up from who asks, and adds the edges. */
void npm_tree_edges(const struct npm_tree *t, struct bom *bom);

/* A component of type npm; the name is split into scope and rest, all borrowed. */
struct component npm_component(struct str name, struct str version);

/* Does this look like a version, and not like an address or an alias? */
bool npm_is_version(struct str s);

#endif
