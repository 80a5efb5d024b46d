/* Digests as texts ("sha256:…", "sha512:…"), and their checking on other threads while the first one reads on: a
 * pool takes extents whole, a ring takes a stream's windows as they are made. */
#ifndef SOURCE_DIGEST_H
#define SOURCE_DIGEST_H

#include "source/extent.h"

/* Can this program compute it? (sha256 and sha512; digest_valid also knows others.) */
bool digest_usable(struct str digest);

/* Is this sum, n bytes, what it says? */
bool digest_is(struct str digest, const unsigned char *sum, unsigned n);

/* Does it name these bytes? The digest must be usable. */
bool digest_matches(struct str digest, struct str bytes);

/* ---- whole extents ---- */

struct digest_pool;

/* Starts no thread yet. */
struct digest_pool *digest_pool_open(struct arena *mem);

/* Will have the extent read and compared; `digest` (usable), `name` and the extent's file live as long as the pool. The
 * same extent and digest again costs nothing. */
void digest_pool_add(struct digest_pool *p, const struct extent *e, struct str name, struct str digest);

/* Begins with what was added, the largest first: begun last, it would be waited for alone. */
void digest_pool_start(struct digest_pool *p);

/* Waits for all that was added, helping: RC_INVALID when some extent is not what its digest says. */
MUST_USE enum rc digest_pool_wait(struct op *op, struct digest_pool *p);

/* ---- a stream ---- */

enum { RING_SLOTS = 8, RING_SLOT_BYTES = 128 << 10 };

struct ring;

/* A ring of windows; with a digest (usable) a thread hashes them, with an empty one nobody does. The memory is used
 * again for the next stream. */
struct ring *ring_open(struct arena *mem);
void ring_reopen(struct ring *r, struct str digest);

/* The next window to fill: waits until it is free. */
char *ring_room(struct ring *r);
/* It holds n bytes now; they must stay as they are, and may be read, until ring_room has been called RING_SLOTS - 1
 * times more. */
void ring_put(struct ring *r, size_t n);

/* After the last window: does the digest name all that was put? True when there was none. */
bool ring_done(struct ring *r);

#endif
