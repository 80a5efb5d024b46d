/* The product_tree of a CSAF document (CSAF 2.0, 3.2.2): products by id, what relationships join, and groups. For csaf.c
 * and csaf_record.c. */
#ifndef FEED_CSAF_TREE_H
#define FEED_CSAF_TREE_H

#include "base/map.h"
#include "feed/parts.h"

/* What one vulnerability says of a product or of a group; of another one when `round` is not its number. */
struct csaf_marks {
    uint32_t round;
    bool listed; /* in product_status */
    enum vex_state state;
    struct str justification, impact, action;
};

struct csaf_group {
    struct csaf_marks marks;
};

struct csaf_member {
    struct csaf_group *group;
    struct csaf_member *next;
};

struct csaf_product {
    struct str id, name;
    struct names names;
    bool defined; /* not only mentioned */
    bool range;   /* a branch of category product_version_range: many versions, whatever its purl says */
    /* Of a relationship: the component and what it is part of (installed on, with …); else NULL. */
    struct csaf_product *part, *whole;
    struct csaf_member *groups;
    struct csaf_marks marks;
    unsigned recorded;    /* bit per enum vex_state: csaf_record.c has seen it as that */
    struct str ecosystem; /* of what it is part of, once csaf_record.c has asked; p NULL before */
};

struct csaf_tree {
    struct op *op;
    struct map products, groups;
};

void csaf_tree_open(struct csaf_tree *t, struct op *op);

/* Reads the value of product_tree, which is ahead. */
void csaf_tree_read(struct csaf_tree *t, struct json *j);

/* The product of this id; made, and not `defined`, when there is none. */
struct csaf_product *csaf_product(struct csaf_tree *t, struct str id);
struct csaf_group *csaf_group(struct csaf_tree *t, struct str id);

/* The marks of this round, cleared when they are another's. */
struct csaf_marks *csaf_marks(struct csaf_marks *m, uint32_t round);

/* Follows relationships of relationships to the component, and to what it is all part of (NULL when it is no relationship). NULL
 * from the first when they go round in circles. */
struct csaf_product *csaf_part(struct csaf_product *p);
struct csaf_product *csaf_whole(struct csaf_product *p);

#endif
