/* Images and folders: the time of both passes, beside what cannot be avoided: hashing the layers, inflating them. Each run
 * is a process of its own, so that its peak of memory is its own, too. */
#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/glob.h"
#include "base/hash.h"
#include "source/layers.h"

enum { TREES = 64, ROUNDS = 3 };

struct figures {
    double wall_s, cpu_s, main_s, hash_s, inflate_s;
    uint64_t stored, inflated, entries, kept;
    long peak_kib;
    bool ok;
};

static double clock_s(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double now(void)
{
    return clock_s(CLOCK_MONOTONIC);
}

/* As a scan answers: metadata is kept, of what may be a program the head is asked for. */
static enum want visit(struct op *op, void *arg, const struct tree_entry *e)
{
    struct figures *f = arg;
    (void)op;
    f->entries++;
    if (e->kind != ENTRY_FILE)
        return WANT_NO;
    if (e->head.p)
        return WANT_NO;
    struct str base = str_base(e->path);
    if (str_eq(base, STR("METADATA")) || str_eq(base, STR("status")) || str_ends(base, STR(".list"))
        || str_eq(base, STR("package.json")))
        return f->kept++, WANT_KEEP;
    return str_chr(base, '.') == STR_NONE ? WANT_HEAD : WANT_NO;
}

/* Plain SHA-256, plain ISA-L, one thread, over the layers as they are stored. */
static void baselines(struct op *op, const struct tree *t, struct figures *f)
{
    enum { STEP = 256 << 10 };
    const struct image *i = t->state;
    char *in = malloc(STEP), *out = malloc(STEP);
    struct sha256 *h = sha256_open(op->mem);
    unsigned char sum[SHA256_BYTES];
    struct inflate_state *z = malloc(sizeof *z);
    if (!in || !out || !z)
        exit(1);
    for (uint32_t k = 0; k < i->n; k++) {
        const struct extent *e = &i->layers[k].blob;
        isal_inflate_init(z);
        z->crc_flag = ISAL_GZIP;
        bool gzip = false;
        for (uint64_t at = 0; at < e->size; at += STEP) {
            size_t n = e->size - at < STEP ? (size_t)(e->size - at) : STEP;
            if (extent_read(op, e, STR("layer"), at, in, n) != RC_OK)
                exit(1);
            gzip |= at == 0 && in[0] == 0x1f;
            double t0 = clock_s(CLOCK_THREAD_CPUTIME_ID);
            if (!gzip) {
                sha256_add(h, (struct str){in, n});
                f->hash_s += clock_s(CLOCK_THREAD_CPUTIME_ID) - t0;
                continue;
            }
            z->next_in = (uint8_t *)in;
            z->avail_in = (uint32_t)n;
            do {
                z->next_out = (uint8_t *)out;
                z->avail_out = STEP;
                if (isal_inflate(z) != ISAL_DECOMP_OK)
                    exit(1);
                f->inflated += STEP - z->avail_out;
            } while (z->avail_out == 0);
            f->inflate_s += clock_s(CLOCK_THREAD_CPUTIME_ID) - t0;
        }
        sha256_done(h, sum);
        f->stored += e->size;
    }
    free(in);
    free(out);
    free(z);
}

static struct figures run(const char *path, bool with_baselines)
{
    struct figures f = {0};
    struct arena *mem = arena_open((size_t)4 << 30);
    struct op op = {.mem = mem, .limits = &limits_default};
    struct tree trees[TREES] = {0};
    struct visitor v = {visit, &f};
    struct stat st;
    size_t n = 0;
    struct source_ref ref = {
        .text = str_of(path), .fd = open(path, O_RDONLY | O_CLOEXEC), .spill_fd = memfd_create("spill", MFD_CLOEXEC)};
    const struct source *s;
    if (fstat(ref.fd, &st) != 0)
        return f;
    ref.is_folder = S_ISDIR(st.st_mode);
    double t0 = now();
    f.ok = source_find(&op, &ref, &s) == RC_OK && s->open(&op, &ref, trees, TREES, &n) == RC_OK;
    for (size_t i = 0; f.ok && i < n; i++)
        f.ok = s->walk(&op, &trees[i], &v, PASS_FIRST) == RC_OK && s->walk(&op, &trees[i], &v, PASS_SECOND) == RC_OK;
    f.wall_s = now() - t0;
    f.main_s = clock_s(CLOCK_THREAD_CPUTIME_ID);
    f.cpu_s = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    f.peak_kib = used.ru_maxrss;
    for (size_t i = 0; with_baselines && f.ok && i < n; i++)
        if (trees[i].layers.n)
            baselines(&op, &trees[i], &f);
    if (!f.ok)
        fprintf(stderr, STR_FMT "\n", STR_ARG(op.err.text));
    arena_close(mem);
    return f;
}

static struct figures apart(const char *path, bool with_baselines)
{
    struct figures f = {0};
    int pipes[2];
    if (pipe(pipes) != 0)
        return f;
    pid_t pid = fork();
    if (pid == 0) {
        f = run(path, with_baselines);
        _exit(write(pipes[1], &f, sizeof f) != (ssize_t)sizeof f);
    }
    if (read(pipes[0], &f, sizeof f) != (ssize_t)sizeof f)
        f.ok = false;
    waitpid(pid, NULL, 0);
    close(pipes[0]);
    close(pipes[1]);
    return f;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct figures best = apart(argv[i], true);
        for (int round = 0; round < ROUNDS; round++) {
            struct figures f = apart(argv[i], false);
            if (f.wall_s < best.wall_s)
                best.wall_s = f.wall_s;
        }
        printf("%s: %s %.3f s (processor %.3f s, of it %.3f s on the first thread), %llu entries, %llu kept, peak %ld MiB",
               argv[i], best.ok ? "ok" : "FAILED", best.wall_s, best.cpu_s, best.main_s, (unsigned long long)best.entries,
               (unsigned long long)best.kept, best.peak_kib >> 10);
        if (best.hash_s > 0)
            printf("; %llu MB stored, plain SHA-256 %.3f s: %.2f of it", (unsigned long long)(best.stored / 1000000), best.hash_s,
                   best.wall_s / best.hash_s);
        if (best.inflate_s > 0)
            printf("; %llu MB inflated, plain ISA-L %.3f s: %.0f %% of its speed", (unsigned long long)(best.inflated / 1000000),
                   best.inflate_s, 100 * best.inflate_s / best.wall_s);
        printf("\n");
    }
    return 0;
}
