/* Bump allocation in blocks that double; a shared budget for an arena and its children. */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_FIRST = 8 << 10, BLOCK_MOST = 1 << 20, ALIGN = 16 };

struct block {
    struct block *next;
    size_t size;
    size_t used;
    char pad[ALIGN - (3 * sizeof(void *)) % ALIGN];
    char data[];
};

struct deferred {
    struct deferred *next;
    void (*fn)(void *);
    void *arg;
};

/* Shared by a root and all below it. */
struct budget {
    size_t ceiling;
    size_t used;
    size_t peak;
};

struct arena {
    struct block *blocks; /* newest first */
    struct deferred *deferred;
    struct arena *parent;
    struct arena *children;
    struct arena *prev, *next; /* among its parent's children */
    struct budget *budget;
    struct budget own;
    size_t charged; /* what this arena took from the budget */
    size_t next_size;
};

static void (*limit_handler)(void);

void arena_on_limit(void (*handler)(void))
{
    limit_handler = handler;
}

static NORETURN COLD void out_of_memory(void)
{
    static const char text[] = "muster: memory limit reached\n";
    if (limit_handler)
        limit_handler();
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    _exit(ARENA_EXIT_STATUS);
}

static void charge(struct arena *a, size_t bytes)
{
    struct budget *b = a->budget;
    if (bytes > b->ceiling - b->used)
        out_of_memory();
    b->used += bytes;
    a->charged += bytes;
    if (b->used > b->peak)
        b->peak = b->used;
}

static struct block *block_add(struct arena *a, size_t bytes)
{
#ifdef ARENA_PLAIN
    size_t size = bytes;
#else
    size_t size = a->next_size;
    if (a->next_size < BLOCK_MOST)
        a->next_size *= 2;
    if (size < bytes)
        size = bytes;
#endif
    charge(a, sizeof(struct block) + size);
    struct block *b = calloc(1, sizeof *b + size);
    if (!b)
        out_of_memory();
    b->size = size;
    /* A block made for one large object goes second, so that the current one stays in use. */
    if (a->blocks && bytes > BLOCK_MOST / 2 && a->blocks->size - a->blocks->used > 256) {
        b->next = a->blocks->next;
        a->blocks->next = b;
    } else {
        b->next = a->blocks;
        a->blocks = b;
    }
    return b;
}

struct arena *arena_open(size_t ceiling_bytes)
{
    struct arena *a = calloc(1, sizeof *a);
    if (!a)
        out_of_memory();
    a->own.ceiling = ceiling_bytes;
    a->budget = &a->own;
    a->next_size = BLOCK_FIRST;
    return a;
}

struct arena *arena_child(struct arena *parent)
{
    struct arena *a = calloc(1, sizeof *a);
    if (!a)
        out_of_memory();
    a->budget = parent->budget;
    a->next_size = BLOCK_FIRST;
    a->parent = parent;
    a->next = parent->children;
    if (a->next)
        a->next->prev = a;
    parent->children = a;
    return a;
}

static void run_deferred(struct arena *a)
{
    while (a->deferred) {
        struct deferred *d = a->deferred;
        a->deferred = d->next;
        d->fn(d->arg);
    }
}

static void close_children(struct arena *a)
{
    while (a->children)
        arena_close(a->children);
}

void arena_close(struct arena *a)
{
    if (!a)
        return;
    run_deferred(a);
    close_children(a);
    for (struct block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    a->budget->used -= a->charged;
    if (a->prev)
        a->prev->next = a->next;
    else if (a->parent)
        a->parent->children = a->next;
    if (a->next)
        a->next->prev = a->prev;
    free(a);
}

void arena_reset(struct arena *a)
{
    run_deferred(a);
    close_children(a);
    struct block *keep = NULL;
    for (struct block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        if (!keep && b->size <= BLOCK_MOST) {
            keep = b;
            continue;
        }
        a->budget->used -= sizeof *b + b->size;
        a->charged -= sizeof *b + b->size;
        free(b);
    }
    if (keep) {
        memset(keep->data, 0, keep->used);
        keep->used = 0;
        keep->next = NULL;
    }
    a->blocks = keep;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
    if (bytes > SIZE_MAX / 2)
        out_of_memory();
    size_t need = (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (need == 0)
        need = ALIGN;
    struct block *b = a->blocks;
#ifdef ARENA_PLAIN
    b = NULL;
#endif
    if (!b || b->size - b->used < need)
        b = block_add(a, need);
    void *p = b->data + b->used;
    b->used += need;
    return p;
}

void *arena_array(struct arena *a, size_t count, size_t bytes)
{
    size_t total;
    if (__builtin_mul_overflow(count, bytes, &total))
        out_of_memory();
    return arena_alloc(a, total);
}

void *arena_grow(struct arena *a, void *old, size_t old_bytes, size_t new_bytes)
{
    struct block *b = a->blocks;
    size_t old_need = (old_bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (new_bytes <= old_need && old)
        return old;
    if (new_bytes > SIZE_MAX / 2)
        out_of_memory();
    size_t need = (new_bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (old && b && (char *)old + old_need == b->data + b->used && need - old_need <= b->size - b->used) {
        b->used += need - old_need;
        return old;
    }
    void *p = arena_alloc(a, new_bytes);
    if (old_bytes)
        memcpy(p, old, old_bytes);
    return p;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *arg)
{
    struct deferred *d = arena_alloc(a, sizeof *d);
    d->fn = fn;
    d->arg = arg;
    d->next = a->deferred;
    a->deferred = d;
}

size_t arena_used(const struct arena *a)
{
    return a->budget->used;
}

size_t arena_peak(const struct arena *a)
{
    return a->budget->peak;
}
