/* Windows of a stream between the thread that fills them and the one that hashes them: both go round at their own
 * speed, at most RING_SLOTS apart. */
#include <openssl/evp.h>
#include <pthread.h>
#include "source/digest.h"

struct ring {
    struct arena *mem;
    char *slots[RING_SLOTS];
    size_t filled[RING_SLOTS];
    uint64_t put, hashed; /* counts of windows */
    struct str digest;
    EVP_MD_CTX *ctx;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    bool running, stop;
};

static void *run(void *arg)
{
    struct ring *r = arg;
    pthread_mutex_lock(&r->lock);
    for (;;) {
        while (r->hashed == r->put && !r->stop)
            pthread_cond_wait(&r->changed, &r->lock);
        if (r->hashed == r->put)
            break;
        size_t i = r->hashed % RING_SLOTS;
        size_t n = r->filled[i];
        pthread_mutex_unlock(&r->lock);
        EVP_DigestUpdate(r->ctx, r->slots[i], n);
        pthread_mutex_lock(&r->lock);
        r->hashed++;
        pthread_cond_signal(&r->changed);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

static void join(struct ring *r)
{
    if (!r->running)
        return;
    pthread_mutex_lock(&r->lock);
    r->stop = true;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    r->running = false;
}

static void close_ring(void *arg)
{
    struct ring *r = arg;
    join(r);
    EVP_MD_CTX_free(r->ctx);
    pthread_cond_destroy(&r->changed);
    pthread_mutex_destroy(&r->lock);
}

struct ring *ring_open(struct arena *mem)
{
    struct ring *r = arena_alloc(mem, sizeof *r);
    r->mem = mem;
    r->ctx = EVP_MD_CTX_new();
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->changed, NULL);
    arena_defer(mem, close_ring, r);
    return r;
}

void ring_reopen(struct ring *r, struct str digest)
{
    join(r);
    r->put = r->hashed = 0;
    r->stop = false;
    r->digest = digest;
    if (digest.n == 0)
        return;
    EVP_DigestInit_ex(r->ctx, str_starts(digest, STR("sha512:")) ? EVP_sha512() : EVP_sha256(), NULL);
    r->running = pthread_create(&r->thread, NULL, run, r) == 0;
}

char *ring_room(struct ring *r)
{
    if (r->running) {
        pthread_mutex_lock(&r->lock);
        while (r->put - r->hashed == RING_SLOTS)
            pthread_cond_wait(&r->changed, &r->lock);
        pthread_mutex_unlock(&r->lock);
    }
    char **slot = &r->slots[r->put % RING_SLOTS];
    if (!*slot)
        *slot = arena_alloc(r->mem, RING_SLOT_BYTES);
    return *slot;
}

void ring_put(struct ring *r, size_t n)
{
    size_t i = r->put % RING_SLOTS;
    if (!r->running) {
        if (r->digest.n)
            EVP_DigestUpdate(r->ctx, r->slots[i], n);
        r->put++;
        return;
    }
    pthread_mutex_lock(&r->lock);
    r->filled[i] = n;
    r->put++;
    pthread_cond_signal(&r->changed);
    pthread_mutex_unlock(&r->lock);
}

bool ring_done(struct ring *r)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    join(r);
    return r->digest.n == 0 || (EVP_DigestFinal_ex(r->ctx, sum, &n) == 1 && digest_is(r->digest, sum, n));
}
