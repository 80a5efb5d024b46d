/* Whole extents against their digests: a list of jobs, a few threads, and the caller when it has nothing else to do. */
#include "source/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/hash.h"
#include "base/vec.h"

enum { THREADS_MOST = 4, STEP = 128 << 10 };

static const EVP_MD *algorithm(struct str digest)
{
    if (str_starts(digest, STR("sha256:")))
        return EVP_sha256();
    return str_starts(digest, STR("sha512:")) ? EVP_sha512() : NULL;
}

bool digest_usable(struct str digest)
{
    return digest_valid(digest) && algorithm(digest) != NULL;
}

bool digest_is(struct str digest, const unsigned char *sum, unsigned n)
{
    static const char hex[] = "0123456789abcdef";
    struct str text = str_from(digest, 7);
    if (text.n != 2 * (size_t)n)
        return false;
    for (unsigned i = 0; i < n; i++)
        if (text.p[2 * i] != hex[sum[i] >> 4] || text.p[2 * i + 1] != hex[sum[i] & 15])
            return false;
    return true;
}

static bool finish(EVP_MD_CTX *ctx, struct str digest)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    return EVP_DigestFinal_ex(ctx, sum, &n) == 1 && digest_is(digest, sum, n);
}

bool digest_matches(struct str digest, struct str bytes)
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    return EVP_Digest(bytes.p ? bytes.p : "", bytes.n, sum, &n, algorithm(digest), NULL) == 1 && digest_is(digest, sum, n);
}

enum verdict { PENDING, RIGHT, WRONG, UNREAD };

struct job {
    struct extent e;
    struct str name, digest;
    enum verdict verdict;
};

struct hasher {
    struct digest_pool *pool;
    pthread_t thread;
    EVP_MD_CTX *ctx;
    char *buf;
};

struct digest_pool {
    struct arena *mem;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    VEC(struct job) jobs;
    size_t next;    /* the first that nobody took */
    size_t working; /* taken and not finished */
    _Atomic bool stop;
    struct hasher hashers[THREADS_MOST + 1]; /* the last one is the caller's */
    unsigned threads, threads_most;
};

static enum verdict judge(struct hasher *h, const struct job *j)
{
    if (EVP_DigestInit_ex(h->ctx, algorithm(j->digest), NULL) != 1)
        return UNREAD;
    if (j->e.fd < 0)
        return EVP_DigestUpdate(h->ctx, j->e.mem, j->e.size) == 1 && finish(h->ctx, j->digest) ? RIGHT : WRONG;
    for (uint64_t at = 0; at < j->e.size;) {
        size_t n = j->e.size - at < STEP ? (size_t)(j->e.size - at) : STEP;
        ssize_t got = pread(j->e.fd, h->buf, n, (off_t)(j->e.offset + at));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || h->pool->stop)
            return UNREAD;
        EVP_DigestUpdate(h->ctx, h->buf, (size_t)got);
        at += (uint64_t)got;
    }
    return finish(h->ctx, j->digest) ? RIGHT : WRONG;
}

/* Takes jobs until there are none; called and left with the lock held. */
static void work(struct hasher *h)
{
    struct digest_pool *p = h->pool;
    while (p->next < p->jobs.n && !p->stop) {
        size_t i = p->next++;
        struct job job = p->jobs.at[i];
        p->working++;
        pthread_mutex_unlock(&p->lock);
        enum verdict v = judge(h, &job);
        pthread_mutex_lock(&p->lock);
        p->jobs.at[i].verdict = v;
        p->working--;
        pthread_cond_broadcast(&p->changed);
    }
}

static void *run(void *arg)
{
    struct hasher *h = arg;
    pthread_mutex_lock(&h->pool->lock);
    while (!h->pool->stop) {
        work(h);
        if (!h->pool->stop)
            pthread_cond_wait(&h->pool->changed, &h->pool->lock);
    }
    pthread_mutex_unlock(&h->pool->lock);
    return NULL;
}

static void close_pool(void *arg)
{
    struct digest_pool *p = arg;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->threads; i++)
        pthread_join(p->hashers[i].thread, NULL);
    for (unsigned i = 0; i <= THREADS_MOST; i++)
        EVP_MD_CTX_free(p->hashers[i].ctx);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
}

static struct hasher *prepare(struct digest_pool *p, unsigned i)
{
    struct hasher *h = &p->hashers[i];
    h->pool = p;
    if (!h->buf)
        h->buf = arena_alloc(p->mem, STEP);
    if (!h->ctx)
        h->ctx = EVP_MD_CTX_new();
    return h;
}

struct digest_pool *digest_pool_open(struct arena *mem)
{
    struct digest_pool *p = arena_alloc(mem, sizeof *p);
    cpu_set_t cpus;
    p->mem = mem;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    /* One processor is the caller's, which has its own work until it waits. */
    p->threads_most = sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? (unsigned)CPU_COUNT(&cpus) - 1 : 1;
    p->threads_most = p->threads_most < 1 ? 1 : p->threads_most > THREADS_MOST ? THREADS_MOST : p->threads_most;
    arena_defer(mem, close_pool, p);
    return p;
}

static bool known(const struct digest_pool *p, const struct extent *e, struct str digest)
{
    for (size_t i = 0; i < p->jobs.n; i++) {
        const struct job *j = &p->jobs.at[i];
        if (j->e.fd == e->fd && j->e.mem == e->mem && j->e.offset == e->offset && j->e.size == e->size
            && str_eq(j->digest, digest))
            return true;
    }
    return false;
}

void digest_pool_add(struct digest_pool *p, const struct extent *e, struct str name, struct str digest)
{
    pthread_mutex_lock(&p->lock);
    if (!known(p, e, digest))
        *vec_push(p->mem, &p->jobs) = (struct job){.e = *e, .name = name, .digest = digest};
    pthread_mutex_unlock(&p->lock);
}

static int largest_first(const void *a, const void *b)
{
    const struct job *x = a, *y = b;
    return x->e.size != y->e.size ? (x->e.size < y->e.size) - (x->e.size > y->e.size) : str_cmp(x->name, y->name);
}

/* Those that nobody took; called with the lock held. */
static void sort_rest(struct digest_pool *p)
{
    if (p->next < p->jobs.n)
        qsort(p->jobs.at + p->next, p->jobs.n - p->next, sizeof *p->jobs.at, largest_first);
}

void digest_pool_start(struct digest_pool *p)
{
    pthread_mutex_lock(&p->lock);
    sort_rest(p);
    size_t jobs = p->jobs.n - p->next + p->working;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    /* Without a thread the work is done when it is waited for. */
    while (p->threads < p->threads_most && p->threads < jobs) {
        struct hasher *h = prepare(p, p->threads);
        if (pthread_create(&h->thread, NULL, run, h) == 0)
            p->threads++;
        else
            p->threads_most = p->threads;
    }
}

enum rc digest_pool_wait(struct op *op, struct digest_pool *p)
{
    struct hasher *h = prepare(p, THREADS_MOST);
    pthread_mutex_lock(&p->lock);
    sort_rest(p);
    work(h);
    while (p->next < p->jobs.n || p->working)
        pthread_cond_wait(&p->changed, &p->lock);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->jobs.n; i++) {
        const struct job *j = &p->jobs.at[i];
        if (j->verdict == WRONG)
            return fail(op, RC_INVALID, STR_FMT ": is not " STR_FMT, STR_ARG(j->name), STR_ARG(j->digest));
        if (j->verdict != RIGHT)
            return fail(op, RC_INVALID, STR_FMT ": could not be read to its end", STR_ARG(j->name));
    }
    return RC_OK;
}
