/* The product_tree of a CSAF document. Sections are those of CSAF 2.0. */
#include "feed/csaf_tree.h"

enum { CHAIN_MOST = 8 }; /* relationships of relationships: a package of a module of a product are two */

struct branch {
    struct str category;
    struct csaf_product *product;
};

struct reader {
    struct csaf_tree *tree;
    struct json *j;
    struct branch open[JSON_DEPTH];
};

void csaf_tree_open(struct csaf_tree *t, struct op *op)
{
    t->op = op;
    map_open(&t->products, op->mem);
    map_open(&t->groups, op->mem);
}

struct csaf_product *csaf_product(struct csaf_tree *t, struct str id)
{
    const struct str none = STR("");
    bool is_new;
    void **at = map_add(&t->products, id, &is_new);
    if (is_new) {
        struct csaf_product *p = arena_alloc(t->op->mem, sizeof *p);
        p->id = id;
        p->name = none;
        p->names = (struct names){none, none, none, id};
        *at = p;
    }
    return *at;
}

struct csaf_group *csaf_group(struct csaf_tree *t, struct str id)
{
    bool is_new;
    void **at = map_add(&t->groups, id, &is_new);
    if (is_new)
        *at = arena_alloc(t->op->mem, sizeof(struct csaf_group));
    return *at;
}

struct csaf_marks *csaf_marks(struct csaf_marks *m, uint32_t round)
{
    if (m->round != round)
        *m = (struct csaf_marks){.round = round, .justification = STR(""), .impact = STR(""), .action = STR("")};
    return m;
}

struct csaf_product *csaf_part(struct csaf_product *p)
{
    for (int i = 0; p->part && i < CHAIN_MOST; i++)
        p = p->part;
    return p->part ? NULL : p;
}

struct csaf_product *csaf_whole(struct csaf_product *p)
{
    if (!p->whole)
        return NULL;
    for (int i = 0; p->whole && i < CHAIN_MOST; i++)
        p = p->whole;
    return p->whole ? NULL : p;
}

/* ---- reading ---- */

/* Several files are several digests: then none of them is the product. */
static void hashes(struct csaf_tree *t, struct json *j, struct names *n)
{
    size_t files = 0;
    if (!json_array(j))
        return;
    for (; json_item(j); files++) {
        if (!json_object(j))
            continue;
        for (struct str key; json_key(j, &key);)
            if (str_eq(key, STR("file_hashes")))
                names_hashes(j, t->op->mem, "algorithm", "value", "sha256", n);
    }
    if (files != 1)
        n->digest = STR("");
}

/* 3.1.3.3; 2.1 has `purls`, of which the first is taken. */
static void helper(struct csaf_tree *t, struct json *j, struct names *n)
{
    if (!json_object(j))
        return;
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("purl"))) {
            n->purl = json_string(j);
        } else if (str_eq(key, STR("cpe"))) {
            n->cpe = json_string(j);
        } else if (str_eq(key, STR("hashes"))) {
            hashes(t, j, n);
        } else if (str_eq(key, STR("purls")) && json_array(j)) {
            while (json_item(j)) {
                struct str one = json_string(j);
                n->purl = n->purl.n ? n->purl : one;
            }
        }
    }
}

/* 3.1.3, a full product name; NULL when it has no id. */
static struct csaf_product *full_name(struct csaf_tree *t, struct json *j)
{
    struct str id = STR(""), name = STR("");
    struct names names = {STR(""), STR(""), STR(""), STR("")};
    if (!json_object(j))
        return NULL;
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("product_id")))
            id = json_string(j);
        else if (str_eq(key, STR("name")))
            name = json_string(j);
        else if (str_eq(key, STR("product_identification_helper")))
            helper(t, j, &names);
    }
    if (id.n == 0)
        return NULL;
    struct csaf_product *p = csaf_product(t, id);
    if (p->defined) { /* 6.1.2: ids are defined once; what two say of it is not known */
        names = (struct names){STR(""), STR(""), STR(""), STR("")};
        p->part = p->whole = NULL;
    }
    names.own = id;
    p->defined = true;
    p->name = name;
    p->names = names;
    return p;
}

static void branch_begin(void *arg, unsigned depth)
{
    struct reader *r = arg;
    r->open[depth] = (struct branch){STR(""), NULL};
}

static void branch_member(void *arg, unsigned depth, struct str key)
{
    struct reader *r = arg;
    if (str_eq(key, STR("category")))
        r->open[depth].category = json_string(r->j);
    else if (str_eq(key, STR("product")))
        r->open[depth].product = full_name(r->tree, r->j);
}

static void branch_end(void *arg, unsigned depth)
{
    struct reader *r = arg;
    struct branch *b = &r->open[depth];
    if (b->product && str_eq(b->category, STR("product_version_range")))
        b->product->range = true;
}

/* 3.2.2.4 */
static void relationship(struct csaf_tree *t, struct json *j)
{
    struct str part = STR(""), whole = STR("");
    struct csaf_product *p = NULL;
    if (!json_object(j))
        return;
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("product_reference")))
            part = json_string(j);
        else if (str_eq(key, STR("relates_to_product_reference")))
            whole = json_string(j);
        else if (str_eq(key, STR("full_product_name")))
            p = full_name(t, j);
    }
    if (!p || part.n == 0 || whole.n == 0)
        return;
    p->part = csaf_product(t, part);
    p->whole = csaf_product(t, whole);
}

/* 3.2.2.3 */
static void group(struct csaf_tree *t, struct json *j)
{
    struct csaf_group *g = arena_alloc(t->op->mem, sizeof *g);
    struct str id = STR("");
    if (!json_object(j))
        return;
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("group_id"))) {
            id = json_string(j);
        } else if (str_eq(key, STR("product_ids")) && json_array(j)) {
            while (json_item(j)) {
                struct str product = json_string(j);
                if (product.n == 0)
                    continue;
                struct csaf_product *p = csaf_product(t, product);
                struct csaf_member *m = arena_alloc(t->op->mem, sizeof *m);
                *m = (struct csaf_member){g, p->groups};
                p->groups = m;
            }
        }
    }
    if (id.n)
        *map_put(&t->groups, id) = g;
}

void csaf_tree_read(struct csaf_tree *t, struct json *j)
{
    static const char *const nested[] = {"branches", NULL};
    static const struct nest nest = {nested, branch_begin, branch_member, branch_end};
    struct reader *r = arena_alloc(t->op->mem, sizeof *r);
    r->tree = t;
    r->j = j;
    if (!json_object(j))
        return;
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("branches")))
            nest_array(j, &nest, r);
        else if (str_eq(key, STR("full_product_names")) && json_array(j))
            while (json_item(j))
                full_name(t, j);
        else if (str_eq(key, STR("relationships")) && json_array(j))
            while (json_item(j))
                relationship(t, j);
        else if (str_eq(key, STR("product_groups")) && json_array(j))
            while (json_item(j))
                group(t, j);
    }
}
