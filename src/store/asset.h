/* Assets: what holds components and what somebody owns. Ids are never used again. */
#ifndef STORE_ASSET_H
#define STORE_ASSET_H

#include "store/store.h"

/* All slices live in the op->mem of the call that gave it. */
struct asset {
    uint32_t id;
    struct str name, kind, owner; /* kind: host, image, repository, application, vendor-product …; owner may be empty */
    struct str_list tags;         /* sorted */
    struct str target;            /* what was scanned last, as it was written */
    struct str tool;              /* name and version of what scanned it last */
    int64_t first_seen;           /* its first scan */
    int64_t last_scan;            /* its latest scan: last confirmation of all that it reached */
    unsigned profile;             /* PROFILE_… */
    bool complete;                /* false: something was not read (scan_at gives the gaps), so absence proves nothing */
    uint32_t members;             /* components */
};

struct asset_list {
    struct asset *at;
    size_t n, cap;
};

/* Empty members do not filter. `tag`: has this tag. `name`: exact, or a glob (* ? [). */
struct asset_filter {
    struct str kind, owner, tag, name;
};

/* All that pass the filter (NULL: all), by name. */
MUST_USE enum rc asset_list(struct op *op, struct store *s, const struct asset_filter *f, struct asset_list *ret);
MUST_USE enum rc asset_count(struct op *op, struct store *s, const struct asset_filter *f, uint64_t *ret);

/* Only the ids, sorted: for joining with presences. */
struct id_list {
    uint32_t *at;
    size_t n, cap;
};
MUST_USE enum rc asset_ids(struct op *op, struct store *s, const struct asset_filter *f, struct id_list *ret);

/* How many assets there are, and the greatest id. */
MUST_USE enum rc asset_extent(struct op *op, struct store *s, uint64_t *ret_n, uint32_t *ret_last);

/* One asset by id, by exact name; RC_NOTFOUND. */
MUST_USE enum rc asset_get(struct op *op, struct store *s, uint32_t id, struct asset *ret);
MUST_USE enum rc asset_named(struct op *op, struct store *s, struct str name, struct asset *ret);

/* What a person typed: the asset of that name; else those that go by that other name or digest now, else those that
 * ever did. RC_NOTFOUND when none; more than one: the caller asks which. */
MUST_USE enum rc asset_find(struct op *op, struct store *s, struct str text, struct asset_list *ret);

/* The assets that had this digest (image manifest, config, index, layer) at the time; STORE_NOW: have it. */
MUST_USE enum rc asset_by_digest(struct op *op, struct store *s, struct str digest, int64_t at, struct id_list *ret);

/* Other names and digests the asset goes by now. */
MUST_USE enum rc asset_aliases(struct op *op, struct store *s, uint32_t id, struct str_list *ret_names, struct str_list *ret_digests);

/* "Did you mean": up to five names near to a name never seen, nearest first. */
MUST_USE enum rc asset_suggest(struct op *op, struct store *s, struct str name, struct str_list *ret);

/* Assets about which absence proves nothing (sorted ids; cost nothing when there are none): those whose state at the
 * time is incomplete; those last scanned before `before`; those first scanned after `after`. */
MUST_USE enum rc asset_incomplete(struct op *op, struct store *s, int64_t at, struct id_list *ret);
MUST_USE enum rc asset_stale(struct op *op, struct store *s, int64_t before, struct id_list *ret);
MUST_USE enum rc asset_younger(struct op *op, struct store *s, int64_t after, struct id_list *ret);

/* Those last scanned under just this profile: with PROFILE_DECLARED, all that never look at installed software. */
MUST_USE enum rc asset_of_profile(struct op *op, struct store *s, unsigned profile, struct id_list *ret);

/* The oldest of all last scans; RC_NOTFOUND when there is no asset. */
MUST_USE enum rc asset_oldest_scan(struct op *op, struct store *s, int64_t *ret);

/* What `asset set` changes; NULL members stay as they are. */
struct asset_change {
    const struct str *name, *kind, *owner;
    const struct str_list *tags; /* replaces all tags */
};

/* RC_NOTFOUND when there is no such asset, RC_DENIED when the new name is taken. */
MUST_USE enum rc asset_set(struct op *op, struct store *s, uint32_t id, const struct asset_change *c);

/* Forgets the asset with its scans and history. RC_NOTFOUND. */
MUST_USE enum rc asset_forget(struct op *op, struct store *s, uint32_t id);

#endif
