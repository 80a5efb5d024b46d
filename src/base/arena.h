/* Memory by lifetime: what an operation allocates lives until its arena is closed, then dies at once.
 * Allocation never returns NULL. Reaching the ceiling, or real exhaustion, ends the process with status
 * ARENA_EXIT_STATUS (hostile bytes are parsed in worker processes, so that costs one input), unless a
 * handler was set: tests and fuzzers leave by longjmp. Not thread-safe: one arena, one thread. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>
#include "base/attr.h"

struct arena;

enum { ARENA_EXIT_STATUS = 86 };

/* Opens a root arena that refuses to hold more than `ceiling_bytes` (with all its children together). */
struct arena *arena_open(size_t ceiling_bytes);

/* Opens an arena that counts against its parent's ceiling and is closed with it at the latest. */
struct arena *arena_child(struct arena *parent);

/* Runs the deferred calls last-first, frees everything. NULL is fine. Children are closed first. */
void arena_close(struct arena *a);

/* As closing and opening again, but keeps one block: for loops with a round's memory. */
void arena_reset(struct arena *a);

/* Zeroed bytes, aligned to 16. `bytes` may be 0: a valid pointer comes back. */
void *arena_alloc(struct arena *a, size_t bytes);

/* `count` zeroed elements of `bytes` each; an overflow of the product counts as reaching the ceiling. */
void *arena_array(struct arena *a, size_t count, size_t bytes);

/* Grows `old` (NULL, or from this arena) to `new_bytes`: in place when it was the last allocation, else by
 * copy. The new part is zeroed. */
void *arena_grow(struct arena *a, void *old, size_t old_bytes, size_t new_bytes);

/* Calls fn(arg) when the arena is closed or reset. */
void arena_defer(struct arena *a, void (*fn)(void *), void *arg);

/* Bytes handed out so far, with those of the children; the highest value it ever had. */
size_t arena_used(const struct arena *a);
size_t arena_peak(const struct arena *a);

/* Called instead of ending the process when a ceiling is reached. Must not return. NULL: the default. */
void arena_on_limit(void (*handler)(void));

#endif
