/* Records between the thread that lists folders and the one that looks at their files: a ring of slots, filled and emptied
 * in order. Without a second thread the same slots are filled when they are asked for. */
#ifndef SOURCE_HANDOVER_H
#define SOURCE_HANDOVER_H

#include "base/op.h"

struct handover;

/* Adds records (handover_put) for one small piece of work, at most HANDOVER_STEP bytes of them; false when there is no
 * more. Runs on one thread at a time. */
typedef bool handover_fill(void *arg);

enum { HANDOVER_STEP = 80 << 10 };

struct handover *handover_open(struct arena *mem, handover_fill *fill, void *arg);

/* Called by the filler. With `now` the slot is not held back to hold more. */
void handover_put(struct handover *h, const void *record, size_t n, bool now);

/* The next record, valid until the next call; NULL at the end. */
const void *handover_take(struct handover *h, size_t *ret_n);

/* From now on a thread fills ahead, when one can be had. */
void handover_start(struct handover *h);

/* The filler makes no more steps; what it had put can still be taken. */
void handover_stop(struct handover *h);

#endif
