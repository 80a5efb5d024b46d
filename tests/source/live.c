/* What only shows while something happens: files that vanish, grow or shrink, mounts, missing rights, the sandbox, and
 * inputs made to cost more than they should. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/guard.h"
#include "base/sandbox.h"
#include "source/layers.h"
#include "source/mounts.h"
#include "tests/lib/files.h"
#include "tests/lib/tap.h"
#include "tests/source/outcome.h"

enum { CEILING = 1 << 30 };

static char folder[] = "/tmp/muster-live-XXXXXX";

static struct str at(struct arena *mem, const char *name)
{
    return str_join(mem, str_of(folder), STR("/"), str_of(name));
}

static const char *cat(struct arena *mem, const char *name)
{
    return str_cstr(mem, at(mem, name));
}

/* The outcome for a folder or file; "" when something failed. */
static struct str outcome(struct op *op, const char *path, bool is_folder)
{
    struct answers a = {.files = WANT_KEEP};
    struct buf out;
    struct source_ref ref = {.text = STR("in"), .is_folder = is_folder, .spill_fd = -1};
    ref.fd = open(path, O_RDONLY | O_CLOEXEC);
    buf_open(&out, op->mem, "outcome", CEILING);
    enum rc rc = ref.fd < 0 ? RC_IO : outcome_of_source(op, &ref, &a, &out);
    if (ref.fd >= 0)
        close(ref.fd);
    return rc == RC_OK ? outcome_sorted(op->mem, buf_str(&out)) : STR("");
}

/* ---- changes ---- */

static enum want keep_all(struct op *op, void *arg, const struct tree_entry *e)
{
    (void)op;
    (void)arg;
    return e->kind == ENTRY_FILE ? WANT_KEEP : WANT_NO;
}

struct touch {
    const char *bytes;
    size_t n;
    volatile unsigned sum;
};

static void touch_all(void *arg)
{
    struct touch *t = arg;
    for (size_t i = 0; i < t->n; i += 512)
        t->sum += (unsigned char)t->bytes[i];
}

static void changes(struct arena *mem)
{
    struct op op = {.mem = mem, .limits = &limits_default};
    struct tree tree = {0};
    size_t n;
    struct visitor v = {keep_all, NULL};
    const size_t large = 1 << 20;
    const char *names[] = {"c/gone", "c/grown", "c/large", "c/linked"};
    for (size_t i = 0; i < 4; i++)
        test_write(mem, at(mem, names[i]), i == 2 ? (struct str){arena_alloc(mem, large), large} : STR("1"));
    struct source_ref ref = {.text = STR("c"), .is_folder = true, .spill_fd = -1, .fd = open(cat(mem, "c"), O_RDONLY)};
    const struct source *s;
    bool ok = source_find(&op, &ref, &s) == RC_OK && s->open(&op, &ref, &tree, 1, &n) == RC_OK
              && s->walk(&op, &tree, &v, PASS_FIRST) == RC_OK && s->walk(&op, &tree, &v, PASS_SECOND) == RC_OK;
    tap_ok(ok && tree.nodes.n == 4, "a folder is walked");
    unlink(cat(mem, "c/gone"));
    test_write(mem, at(mem, "c/grown"), STR("12"));
    unlink(cat(mem, "c/linked"));
    if (symlink("/etc/passwd", cat(mem, "c/linked")) != 0)
        ok = false;
    for (size_t i = 0; i < tree.nodes.n; i++) {
        struct str bytes;
        enum rc rc = s->read(&op, &tree, &tree.nodes.at[i], mem, &bytes);
        op_clear(&op);
        if (!str_eq(tree.nodes.at[i].path, STR("large"))) {
            tap_ok(rc == RC_INVALID, STR_FMT ": what changed meanwhile is not read", STR_ARG(tree.nodes.at[i].path));
            continue;
        }
        struct touch t = {bytes.p, bytes.n, 0};
        tap_ok(rc == RC_OK && guard_run(touch_all, &t), "a large file is mapped");
        tap_ok(truncate(cat(mem, "c/large"), 4096) == 0 && !guard_run(touch_all, &t),
               "a mapped file that shrinks ends the work only");
        tap_ok(!guard_run(touch_all, &t), "and does so again");
    }
    close(ref.fd);
}

/* ---- more folders than are listed without a thread ---- */

enum { WIDE = 40, MANY_FILES = WIDE * WIDE };

struct order {
    uint64_t met, sum; /* of all paths, in the order of the visits */
};

static enum want note_order(struct op *op, void *arg, const struct tree_entry *e)
{
    struct order *o = arg;
    (void)op;
    o->met++;
    for (size_t i = 0; i < e->path.n; i++)
        o->sum = (o->sum ^ (unsigned char)e->path.p[i]) * UINT64_C(0x100000001b3);
    return e->kind == ENTRY_FILE ? WANT_KEEP : WANT_NO;
}

static unsigned open_descriptors(void)
{
    unsigned n = 0;
    for (int fd = 0; fd < 1024; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

/* Walks the folder "many"; the tree's nodes and gaps are counted. */
static struct order walk_many(struct arena *mem, uint64_t entries, size_t *ret_nodes, size_t *ret_gaps)
{
    struct limits limits = limits_default;
    struct op op = {.mem = arena_child(mem), .limits = &limits};
    struct tree tree = {0};
    struct order o = {0, 0};
    struct visitor v = {note_order, &o};
    struct source_ref ref = {.text = STR("many"), .is_folder = true, .spill_fd = -1, .fd = open(cat(mem, "many"), O_RDONLY)};
    const struct source *s;
    size_t n;
    limits.entries = entries;
    bool ok = source_find(&op, &ref, &s) == RC_OK && s->open(&op, &ref, &tree, 1, &n) == RC_OK
              && s->walk(&op, &tree, &v, PASS_FIRST) == RC_OK && s->walk(&op, &tree, &v, PASS_SECOND) == RC_OK;
    *ret_nodes = ok ? tree.nodes.n : 0;
    *ret_gaps = tree.gaps.n;
    close(ref.fd);
    arena_close(op.mem);
    return o;
}

static void many_folders(struct arena *mem)
{
    size_t nodes, gaps, again;
    for (unsigned i = 0; i < WIDE; i++)
        for (unsigned k = 0; k < WIDE; k++)
            test_write(mem, str_print(mem, "%s/many/%u/%u/file", folder, i, k), STR("1"));
    unsigned before = open_descriptors();
    struct order first = walk_many(mem, limits_default.entries, &nodes, &gaps);
    struct order second = walk_many(mem, limits_default.entries, &again, &gaps);
    tap_ok(nodes == MANY_FILES && again == nodes && gaps == 0, "%d folders are walked", WIDE + MANY_FILES);
    tap_ok(first.met == second.met && first.sum == second.sum, "always in the same order");
    for (uint64_t most = 1; most < 3000; most += 487)
        first = walk_many(mem, most, &nodes, &gaps);
    tap_ok(first.met <= 3000 && gaps == 1, "a walk that is broken off says so");
    tap_ok(open_descriptors() == before, "and leaves nothing open");
}

/* ---- another process: without rights, with mounts, in the sandbox ---- */

/* Runs fn in a child: its text comes back. "skip …" says why it could not. */
static struct str in_child(struct arena *mem, struct str (*fn)(struct arena *mem))
{
    int pipes[2];
    if (pipe(pipes) != 0)
        return STR("");
    pid_t pid = fork();
    if (pid == 0) {
        struct str text = fn(mem);
        _exit(write(pipes[1], text.p, text.n) != (ssize_t)text.n);
    }
    close(pipes[1]);
    char *p = arena_alloc(mem, 1 << 16);
    size_t have = 0;
    for (ssize_t got; have < 1 << 16 && (got = read(pipes[0], p + have, (1 << 16) - have)) > 0;)
        have += (size_t)got;
    close(pipes[0]);
    waitpid(pid, NULL, 0);
    return (struct str){p, have};
}

static void compare(struct str got, struct str want, const char *name)
{
    if (str_starts(got, STR("skip "))) {
        tap_skip(got.p + 5, "%s", name);
        return;
    }
    if (!tap_ok(str_eq(got, want), "%s", name))
        tap_say("got: " STR_FMT, STR_ARG(got));
}

static struct str as_nobody(struct arena *mem)
{
    struct op op = {.mem = mem, .limits = &limits_default};
    if (geteuid() == 0 && setuid(65534) != 0)
        return STR("skip cannot become nobody");
    return outcome(&op, cat(mem, "shut"), true);
}

static void rights(struct arena *mem)
{
    test_write(mem, at(mem, "shut/open/a"), STR("1"));
    test_write(mem, at(mem, "shut/closed/b"), STR("1"));
    test_write(mem, at(mem, "shut/file"), STR("1"));
    chmod(folder, 0755);
    chmod(cat(mem, "shut/closed"), 0);
    chmod(cat(mem, "shut/file"), 0);
    compare(in_child(mem, as_nobody),
            STR("gap closed: permission denied\n"
                "node file layer=- gone=- size=1 denied\n"
                "node open/a layer=- gone=- size=1 \"1\"\n"
                "tree dir in\n"),
            "what may not be read is a gap");
    chmod(cat(mem, "shut/closed"), 0755);
}

static struct str with_mounts(struct arena *mem)
{
    struct op op = {.mem = mem, .limits = &limits_default};
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return STR("skip mounts are not permitted");
    if (mount("none", cat(mem, "m/disk"), "tmpfs", 0, NULL) != 0 || mount("none", cat(mem, "m/proc"), "proc", 0, NULL) != 0)
        return STR("skip mounts are not permitted");
    if (mount("none", cat(mem, "m/run"), "tmpfs", 0, NULL) != 0)
        return STR("skip mounts are not permitted");
    test_write(mem, at(mem, "m/disk/x"), STR("2"));
    test_write(mem, at(mem, "m/run/y"), STR("3"));
    return outcome(&op, cat(mem, "m"), true);
}

static void mounts(struct arena *mem)
{
    struct str name;
    test_write(mem, at(mem, "m/etc/os-release"), STR("ID=x"));
    test_write(mem, at(mem, "m/proc/seen-only-when-not-mounted"), STR("1"));
    test_write(mem, at(mem, "m/run/hidden"), STR("1"));
    test_write(mem, at(mem, "m/disk/hidden"), STR("1"));
    compare(in_child(mem, with_mounts),
            STR("node disk/x layer=- gone=- size=1 \"2\"\n"
                "node etc/os-release layer=- gone=- size=4 \"ID=x\"\n"
                "tree root in\n"),
            "mounts: local ones are crossed, the kernel's skipped");
    tap_ok(mount_kind(mem, 0x6969, &name) == MOUNT_REMOTE && str_eq(name, STR("nfs")), "nfs is remote");
    tap_ok(mount_kind(mem, 0x65735546, &name) == MOUNT_REMOTE && mount_kind(mem, 0x187, &name) == MOUNT_REMOTE,
           "FUSE and autofs, too");
    tap_ok(mount_kind(mem, 0xff534d42, &name) == MOUNT_REMOTE && str_eq(name, STR("cifs")), "a number with its highest bit set");
    tap_ok(mount_kind(mem, 0x12345, &name) == MOUNT_REMOTE && str_eq(name, STR("file system 0x12345")),
           "what nobody knows is not entered");
}

static struct str sandboxed(struct arena *mem, const char *name, bool is_folder)
{
    struct op op = {.mem = mem, .limits = &limits_default};
    struct answers a = {.files = WANT_HEAD};
    struct buf out;
    bool landlock;
    struct source_ref ref = {.text = STR("in"),
                             .is_folder = is_folder,
                             .fd = open(cat(mem, name), O_RDONLY | O_CLOEXEC),
                             .spill_fd = memfd_create("spill", 0)};
    struct sandbox box = {is_folder ? SANDBOX_TREE : SANDBOX_READER, ref.fd};
    if (sandbox_enter(&op, &box, &landlock) != RC_OK)
        return STR("skip no sandbox here");
    buf_open(&out, mem, "outcome", CEILING);
    if (outcome_of_source(&op, &ref, &a, &out) != RC_OK)
        return op.err.text;
    return outcome_sorted(mem, buf_str(&out));
}

static struct str sandboxed_folder(struct arena *mem)
{
    return sandboxed(mem, "box", true);
}

static struct str sandboxed_archive(struct arena *mem)
{
    return sandboxed(mem, "image", false);
}

static void sandbox(struct arena *mem, struct str image)
{
    test_write(mem, at(mem, "box/a/b"), STR("1"));
    if (symlink("a", cat(mem, "box/l")) != 0)
        return;
    compare(in_child(mem, sandboxed_folder), STR("node a/b layer=- gone=- size=1 \"1\"\ntree dir in\n"),
            "a folder is read in the sandbox");
    struct op op = {.mem = mem, .limits = &limits_default};
    test_write(mem, at(mem, "image"), image);
    struct str want = outcome(&op, cat(mem, "image"), false);
    tap_ok(want.n != 0, "an image is read");
    compare(in_child(mem, sandboxed_archive), want, "an image is read in the sandbox, too");
}

/* ---- cost ---- */

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Clearing a folder over and over must cost what is cleared, not what ever was there. */
static void cost_of_overlay(void)
{
    struct arena *mem = arena_open(CEILING);
    struct overlay *o = overlay_open(mem);
    char path[64];
    const int files = 200000;
    double start = seconds();
    for (int i = 0; i < files; i++) {
        int n = snprintf(path, sizeof path, "d/s%d/f%d", i % 1000, i);
        overlay_replace(o, (struct str){path, (size_t)n}, 0);
        overlay_add(o, (struct str){path, (size_t)n}, 0);
    }
    overlay_add(o, STR("d/s0/own"), 1);
    for (int i = 0; i < files; i++)
        overlay_opaque(o, STR("d"), 1);
    size_t n, live = 0;
    const struct version *v = overlay_versions(o, &n);
    for (size_t i = 0; i < n; i++)
        live += v[i].gone_in == LAYER_NONE;
    tap_ok(live == 1 && v[n - 1].gone_in == LAYER_NONE, "an opaque folder leaves what its own layer has");
    for (int i = 0; i < files; i++) {
        overlay_add(o, STR("d/s1/again"), 2);
        overlay_replace(o, STR("d"), 2);
    }
    double took = seconds() - start;
    tap_ok(took < 10, "600,000 changes to a folder of 200,000 files: %.2f s", took);
    arena_close(mem);
}

static void number(char *p, size_t n, unsigned value)
{
    snprintf(p, n, "%0*o", (int)n - 1, value);
}

static enum want want_nothing(struct op *op, void *arg, const struct tree_entry *e)
{
    (void)op;
    (void)arg;
    return e->head.p ? WANT_NO : WANT_HEAD;
}

/* A tar of empty files; memory is not to grow with them. */
static void cost_of_entries(void)
{
    struct arena *mem = arena_open(CEILING), *work = arena_open(64 << 20);
    struct op op = {.mem = work, .limits = &limits_default};
    const unsigned files = 100000;
    struct extent e = {.fd = -1, .size = (files + 2) * (uint64_t)STREAM_BLOCK};
    char *p = arena_alloc(mem, e.size);
    e.mem = p;
    for (unsigned i = 0; i < files; i++) {
        char *h = p + i * (size_t)STREAM_BLOCK;
        snprintf(h, 100, i % 3 ? "./d%u/f%u" : "d%u/.wh.f%u", i / 1000, i);
        number(h + 124, 12, 0);
        memset(h + 148, ' ', 8);
        unsigned sum = 0;
        for (size_t k = 0; k < STREAM_BLOCK; k++)
            sum += (unsigned char)h[k];
        number(h + 148, 7, sum);
    }
    struct container c = {.mem = work, .pool = digest_pool_open(work), .ring = ring_open(work)};
    struct image_layer layers[] = {{e, STR("l1"), STR("")}, {e, STR("l2"), STR("")}};
    struct image image = {.c = &c, .layers = layers, .n = 2};
    struct tree t = {.state = &image, .mem = work};
    struct visitor v = {want_nothing, NULL};
    size_t before = arena_peak(work);
    enum rc rc = image_walk(&op, &t, &v, PASS_FIRST);
    tap_ok(rc == RC_OK && image.entries == 2 * files && arena_peak(work) - before < 1 << 20,
           "200,000 entries nobody wants take %zu KiB", (arena_peak(work) - before) >> 10);
    arena_close(work);
    arena_close(mem);
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open(CEILING);
    if (argc < 3 || !mkdtemp(folder))
        return 2;
    changes(mem);
    many_folders(mem);
    rights(mem);
    mounts(mem);
    sandbox(mem, test_read(mem, str_of(argv[2])));
    cost_of_overlay();
    cost_of_entries();
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", "--", folder, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
    arena_close(mem);
    return tap_done();
}
