/* Sets of (component, rank): what an asset has. Sorted by component, each component once; stored as one section a rank,
 * greatest rank first: rank, count, bytes that follow, delta varints; under two bytes a member. */
#ifndef STORE_MEMBER_H
#define STORE_MEMBER_H

#include "store/blob.h"

enum { RANKS = 8 };

struct member {
    uint32_t component;
    uint8_t rank;
};

struct member_set {
    struct member *at;
    size_t n, cap;
};

/* Sorts by component; of repeats the greatest rank stays. */
void members_sort(struct member_set *m);

void members_put(struct buf *b, const struct member_set *m);

/* The same set in four bytes a member, behind a byte that says so: for what is read often and kept for a short time. All that reads
 * stored bytes knows both. */
void members_put_flat(struct buf *b, const struct member_set *m);
enum { MEMBERS_FLAT = 0xff }; /* no rank */

/* RC_INVALID when the bytes are no such set; `what` names them in the text. */
MUST_USE enum rc members_get(struct op *op, const char *what, struct str bytes, struct member_set *ret);

/* The place of a component, or NULL. */
const struct member *members_find(const struct member_set *m, uint32_t component);

/* What is in `now` and not in `was` with that rank, and the other way round. */
void members_diff(struct arena *mem, const struct member_set *was, const struct member_set *now, struct member_set *ret_gained,
                  struct member_set *ret_lost);

/* The set without the components of `out`, and with all of `in`, which it must not hold otherwise. */
void members_apply(struct arena *mem, const struct member_set *m, const struct member_set *out, const struct member_set *in,
                   struct member_set *ret);

/* Walks stored bytes without building the set, section by section: for looking up a few components in many. */
struct member_walk {
    struct blob b;
    size_t left;                  /* in this section */
    const unsigned char *section; /* its end; NULL before the first */
    bool flat;
    struct member at;
};
static inline struct member_walk members_walk(struct str bytes)
{
    bool flat = bytes.n && (unsigned char)bytes.p[0] == MEMBERS_FLAT;
    return (struct member_walk){blob_of(flat ? str_from(bytes, 1) : bytes), 0, NULL, flat, {0, 0}};
}
/* False at the end or when damaged (w->b.bad). Components rise within a rank; ranks fall. */
bool members_next(struct member_walk *w);

/* Calls hit(arg, rank, i) for each of the n wanted components, which rise, that is in the stored bytes; what comes after
 * the last wanted one of a section is passed over unread. False when damaged. */
bool members_meet(struct str bytes, const uint32_t *wanted, size_t n, void (*hit)(void *arg, uint8_t rank, size_t i), void *arg);

#endif
