/* Slots change hands when they are full, or when the other side waits and they hold enough to be worth its waking. */
#include "source/handover.h"

#include <pthread.h>

enum { SLOTS = 8, ENOUGH = 2 << 10, FULL = 16 << 10, SLOT_BYTES = FULL + HANDOVER_STEP };

struct slot {
    char *p;
    size_t n, at;
};

struct handover {
    struct arena *mem;
    handover_fill *fill;
    void *arg;
    struct slot *taking; /* what is read from now; NULL: none */
    struct slot slots[SLOTS];
    bool now; /* the slot being filled is to be handed over */
    /* Shared from here on. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    uint64_t filled, taken; /* slots */
    _Atomic bool waiting, stop;
    bool running, ended;
};

static void close_handover(void *arg)
{
    struct handover *h = arg;
    handover_stop(h);
    pthread_cond_destroy(&h->changed);
    pthread_mutex_destroy(&h->lock);
}

struct handover *handover_open(struct arena *mem, handover_fill *fill, void *arg)
{
    struct handover *h = arena_alloc(mem, sizeof *h);
    h->fill = fill;
    h->arg = arg;
    h->mem = mem;
    h->slots[0].p = arena_alloc(mem, SLOT_BYTES);
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->changed, NULL);
    arena_defer(mem, close_handover, h);
    return h;
}

void handover_put(struct handover *h, const void *record, size_t n, bool now)
{
    struct slot *s = &h->slots[h->filled % SLOTS];
    uint32_t size = (uint32_t)n;
    memcpy(s->p + s->n, &size, sizeof size);
    memcpy(s->p + s->n + sizeof size, record, n);
    s->n += sizeof size + n;
    h->now |= now;
}

/* Works on one slot; false when there is no more. */
static bool fill_slot(struct handover *h, bool ahead)
{
    struct slot *s = &h->slots[h->filled % SLOTS];
    s->n = s->at = 0;
    h->now = false;
    while (!h->stop) {
        if (!h->fill(h->arg))
            return false;
        if (s->n >= FULL || h->now || (!ahead && s->n) || (s->n >= ENOUGH && h->waiting))
            return true;
    }
    return false;
}

static void *run(void *arg)
{
    struct handover *h = arg;
    bool more = true;
    while (more) {
        more = fill_slot(h, true);
        pthread_mutex_lock(&h->lock);
        h->filled++;
        h->ended = !more;
        pthread_cond_broadcast(&h->changed);
        while (h->filled - h->taken == SLOTS && !h->stop)
            pthread_cond_wait(&h->changed, &h->lock);
        more = more && !h->stop;
        h->ended = !more;
        pthread_mutex_unlock(&h->lock);
    }
    return NULL;
}

void handover_start(struct handover *h)
{
    if (h->running || h->ended)
        return;
    for (size_t i = 1; i < SLOTS; i++)
        if (!h->slots[i].p)
            h->slots[i].p = arena_alloc(h->mem, SLOT_BYTES);
    h->running = pthread_create(&h->thread, NULL, run, h) == 0;
}

/* Gives back the slot that was read to its end, and waits for the next one, or fills it; NULL when none comes. */
static struct slot *next_slot(struct handover *h)
{
    struct slot *s = NULL;
    pthread_mutex_lock(&h->lock);
    h->taken += h->taking != NULL;
    bool fill = !h->running && h->taken == h->filled && !h->ended;
    pthread_cond_broadcast(&h->changed);
    pthread_mutex_unlock(&h->lock);
    if (fill) {
        h->taken = h->filled = 0;
        h->ended = !fill_slot(h, false);
        h->filled++;
    }
    pthread_mutex_lock(&h->lock);
    while (h->taken == h->filled && !h->ended) {
        h->waiting = true;
        pthread_cond_wait(&h->changed, &h->lock);
    }
    h->waiting = false;
    if (h->taken < h->filled)
        s = &h->slots[h->taken % SLOTS];
    pthread_mutex_unlock(&h->lock);
    return s;
}

const void *handover_take(struct handover *h, size_t *ret_n)
{
    uint32_t size;
    while (!h->taking || h->taking->at == h->taking->n) {
        h->taking = next_slot(h);
        if (!h->taking)
            return NULL;
    }
    const char *record = h->taking->p + h->taking->at;
    memcpy(&size, record, sizeof size);
    h->taking->at += sizeof size + size;
    *ret_n = size;
    return record + sizeof size;
}

void handover_stop(struct handover *h)
{
    pthread_mutex_lock(&h->lock);
    h->stop = true;
    pthread_cond_broadcast(&h->changed);
    pthread_mutex_unlock(&h->lock);
    if (h->running)
        pthread_join(h->thread, NULL);
    h->running = false;
    h->ended = true;
}
