/* The table of feeds, and which of them a document belongs to. */
#include "feed/feed.h"

#define FEED(n) extern const struct feed feed_##n;
#include "feed/list.def"
#undef FEED

const struct feed *const feeds[] = {
#define FEED(n) &feed_##n,
#include "feed/list.def"
#undef FEED
    NULL,
};

const struct feed *feed_find(struct str name, struct str bytes)
{
    const struct feed *best = NULL;
    int most = 0;
    for (const struct feed *const *f = feeds; *f; f++) {
        int bid = (*f)->bid(name, bytes);
        if (bid > most) {
            most = bid;
            best = *f;
        }
    }
    return best;
}
