/* The feeds that can be fetched (data/feeds.tsv), and what is known of the downloads: a folder `<store>.feeds` beside the
 * index keeps each document as it came, and one small table says where each was got, when, and what it was then. */
#ifndef FLOW_FEEDS_H
#define FLOW_FEEDS_H

#include "flow/session.h"

struct feed_place {
    struct str name, path, url; /* url "-": only a mirror has it */
    bool always;
};

/* The i-th of the table, by name bytewise; false after the last. By its name. */
bool feed_place_at(size_t i, struct feed_place *ret);
bool feed_place_find(struct str name, struct feed_place *ret);

/* One download. */
struct feed_state {
    struct str name;
    bool part;                  /* on its way: not yet in the index, perhaps not complete */
    bool complete;
    struct str url;             /* where it was got */
    struct str etag, modified;  /* as that said */
    struct str sha256;          /* of the whole: "sha256:…" */
    uint64_t bytes;
    int64_t checked_at;         /* when it was last confirmed to be what the place has */
    int64_t as_of;              /* the moment of which it tells the state of things; 0: of its newest record */
};

struct feed_states {
    VEC(struct feed_state) list;
};

/* Reads the table: empty when there is none, or it cannot be read (all is then fetched again). */
void feed_states_read(struct op *op, const struct session *s, struct feed_states *ret);
MUST_USE enum rc feed_states_write(struct op *op, const struct session *s, const struct feed_states *all);

/* NULL when there is none; feed_state_put makes one with all texts empty. */
struct feed_state *feed_state_get(const struct feed_states *all, struct str name, bool part);
struct feed_state *feed_state_put(struct op *op, struct feed_states *all, struct str name, bool part);
void feed_state_drop(struct feed_states *all, struct str name, bool part);

/* The folder of the downloads; the file of one feed, or of the part that is on its way. */
struct str feeds_folder(struct op *op, const struct session *s);
struct str feed_file(struct op *op, const struct session *s, const struct feed_place *p, bool part);

/* Makes the folder; and locks them until op->mem is closed: RC_IO when another process has them. */
MUST_USE enum rc feeds_folder_make(struct op *op, const struct session *s);
MUST_USE enum rc feeds_lock(struct op *op, const struct session *s);

#endif
