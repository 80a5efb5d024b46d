/* Feeds: advisory bytes → advisories, statements, figures. One file per format here, one line in list.def. Pure:
 * fetching, unpacking and storing are flow's; runs in the sandbox. */
#ifndef FEED_FEED_H
#define FEED_FEED_H

#include "model/advisory.h"

enum feed_item_kind { FEED_ADVISORY, FEED_STATEMENT, FEED_EXPLOITED, FEED_SCORE, FEED_END_OF_LIFE, FEED_SSVC };

/* One thing a document says. Slices are valid during the call of emit. */
struct feed_item {
    enum feed_item_kind kind;
    union {
        struct advisory advisory;
        struct vex_statement statement;
        struct known_exploited exploited;
        struct exploit_score score;
        struct end_of_life end_of_life;
        struct ssvc_points ssvc;
    };
};

typedef enum rc feed_emit(struct op *op, void *arg, const struct feed_item *item);

struct feed {
    const char *name;
    const char *help;
    const char *const *ecosystems; /* that it speaks of; NULL at the end; or NULL */
    /* How sure is it that these bytes are its own, 0..100; name is the file's. */
    int (*bid)(struct str name, struct str bytes);
    /* Emits every item. A record that breaks the schema ends with RC_INVALID and a text that says where; what was
     * emitted before stands. */
    enum rc (*parse)(struct op *op, struct str name, struct str bytes, feed_emit *emit, void *arg);
};

extern const struct feed *const feeds[]; /* NULL at the end */

/* The feed that bids most for these bytes; NULL when none bids. */
const struct feed *feed_find(struct str name, struct str bytes);

#endif
