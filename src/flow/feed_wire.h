/* Items of feeds on their way from the worker that parsed them to the parent that stores them. Both ends are the same
 * program; the parent believes no field. */
#ifndef FLOW_FEED_WIRE_H
#define FLOW_FEED_WIRE_H

#include "base/pack.h"
#include "feed/feed.h"

enum feed_record {
    FEED_RECORD_ITEM = 1,
    FEED_RECORD_REFUSED,
    FEED_RECORD_PROGRESS,
    FEED_RECORD_END,
    FEED_RECORD_SOURCE, /* of packed advisories: name, imported at, as of; what follows is this source's */
};

/* The fields of an item, appended. */
void feed_item_pack(struct buf *b, const struct feed_item *item);

/* The item in these fields; slices borrow from them, lists live in `mem`. False when they cannot be right. */
bool feed_item_unpack(struct arena *mem, struct unpack *u, struct feed_item *ret);

#endif
