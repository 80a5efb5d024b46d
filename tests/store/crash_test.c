/* What happens around the store: writers killed at any moment, two at once, one that waits too long, a full disk. */
#include "kit.h"
#include "tests/lib/tap.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KILLS = 50, ASSETS = 400 };

static const char *text_of(struct arena *mem, unsigned turn)
{
    struct str text = STR("");
    for (unsigned i = 0; i < 20; i++)
        text = str_join(mem, text, str_print(mem, "deb/p%u@%u\n", i, i * turn % 7));
    return text.p;
}

/* Writes scans from `turn` on and acknowledges each; folds now and then. Never comes back. */
static void write_forever(struct kit *k, unsigned turn, int out)
{
    store_close(k->s);
    if (store_open(&k->op, k->path, STORE_WRITE, &k->s) != RC_OK)
        _exit(1);
    for (;; turn++) {
        struct op op = {.mem = arena_child(k->op.mem), .limits = &limits_default};
        struct scan scan = kit_scan(str_print(op.mem, "asset%u", turn % ASSETS).p, 1000 + turn);
        struct scan_result r;
        if (scan_write(&op, k->s, &scan, kit_bom(&op, text_of(op.mem, turn)), &r) != RC_OK || write(out, &turn, sizeof turn) != sizeof turn)
            _exit(2);
        if (turn % 5 == 0 && store_fold(&op, k->s, true) != RC_OK)
            _exit(3);
        arena_close(op.mem);
    }
}

/* Lets a writer run for some milliseconds (after its first acknowledgement, or from its very start) and kills it; the
 * last turn it acknowledged. */
static unsigned run_and_kill(struct kit *k, unsigned turn, bool started, unsigned ms)
{
    int ends[2];
    unsigned seen = turn - 1, got;
    if (pipe(ends) != 0)
        return 0;
    store_close(k->s); /* a database is not carried over a fork */
    k->s = NULL;
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        write_forever(k, turn, ends[1]);
    }
    close(ends[1]);
    if (started)
        poll(&(struct pollfd){.fd = ends[0], .events = POLLIN}, 1, 20000);
    usleep(ms * 1000);
    kill(pid, SIGKILL);
    while (read(ends[0], &got, sizeof got) == sizeof got)
        seen = got;
    close(ends[0]);
    waitpid(pid, NULL, 0);
    return seen;
}

static bool holds(struct kit *k, unsigned turn)
{
    struct op op = {.mem = arena_child(k->op.mem), .limits = &limits_default};
    struct asset a;
    struct scan_state st;
    bool good = asset_named(&op, k->s, str_print(op.mem, "asset%u", turn % ASSETS), &a) == RC_OK && a.last_scan >= 1000 + turn &&
                scan_at(&op, k->s, a.id, 1000 + turn, &st) == RC_OK && st.from <= 1000 + turn && st.until >= 1000 + turn;
    arena_close(op.mem);
    return good;
}

static void killed(void)
{
    struct kit k;
    unsigned next = 1, lost = 0, unsound = 0, closed = 0;
    kit_open(&k, true);
    srandom(7);
    for (unsigned i = 0; i < KILLS; i++) {
        unsigned last = run_and_kill(&k, next, i % 4 != 0, 3 + (unsigned)random() % 40);
        if (!kit_reopen(&k)) {
            closed++;
            continue;
        }
        for (unsigned t = next; t <= last; t++)
            lost += !holds(&k, t);
        unsound += !kit_sound(&k);
        next = last + 1;
    }
    tap_ok(closed == 0, "killed %u times, it opened %u times", KILLS, KILLS - closed);
    tap_ok(lost == 0, "of %u acknowledged scans %u are missing", next - 1, lost);
    tap_ok(unsound == 0, "and it was sound each time");
    tap_ok(next > KILLS / 2, "scans were written at all");
    kit_close(&k);
}

static void two_writers(void)
{
    struct kit k;
    pid_t pids[2];
    int good = 0;
    uint64_t n = 0;
    kit_open(&k, false);
    for (int i = 0; i < 2; i++) {
        pids[i] = fork();
        if (pids[i] != 0)
            continue;
        bool fine = store_open(&k.op, k.path, STORE_WRITE | STORE_CREATE, &k.s) == RC_OK;
        for (unsigned t = 0; fine && t < 150; t++)
            fine = kit_write(&k, str_print(k.op.mem, "w%d-%u", i, t).p, 100, text_of(k.op.mem, t), NULL) &&
                   (t % 50 || store_fold(&k.op, k.s, true) == RC_OK);
        if (!fine)
            fprintf(stderr, "%.*s\n", STR_ARG(k.op.err.text));
        store_close(k.s);
        _exit(fine ? 0 : 1);
    }
    for (int i = 0; i < 2; i++) {
        int status = 0;
        waitpid(pids[i], &status, 0);
        good += WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    tap_ok(good == 2, "two writers that make the store at once both finish");
    tap_ok(kit_reopen(&k) && asset_count(&k.op, k.s, NULL, &n) == RC_OK && n == 300, "all 300 assets are there");
    tap_ok(kit_sound(&k), "and the store is sound");
    kit_close(&k);
}

static void locked(void)
{
    struct kit k;
    sqlite3 *other = NULL;
    struct timespec t0, t1;
    kit_open(&k, true);
    kit_write(&k, "web", 1, "deb/a@1", NULL);
    sqlite3_open(k.path.p, &other);
    sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    clock_gettime(CLOCK_MONOTONIC, &t0);
    bool written = kit_write(&k, "web", 2, "deb/a@2", NULL);
    clock_gettime(CLOCK_MONOTONIC, &t1);
    tap_ok(!written && k.op.err.rc == RC_IO && str_find(k.op.err.text, STR("locked")) != STR_NONE, "a locked store says so");
    tap_ok(t1.tv_sec - t0.tv_sec >= 9 && t1.tv_sec - t0.tv_sec <= 15, "after ten seconds");
    op_clear(&k.op);
    tap_ok(strcmp(kit_has(&k, "web", STORE_NOW), "a@1") == 0, "reading goes on meanwhile");
    sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
    tap_ok(kit_write(&k, "web", 3, "deb/a@2", NULL), "and so does writing afterwards");
    sqlite3_close(other);
    kit_close(&k);
}

/* Fills what is left of the disk; true when a write was refused for want of space and what was there before stayed. */
static bool fill(struct kit *k, const char *why)
{
    unsigned turn = 0;
    for (; turn < 20000; turn++) {
        struct op op = {.mem = arena_child(k->op.mem), .limits = &limits_default};
        struct scan scan = kit_scan(str_print(op.mem, "asset%u", turn).p, 1000 + turn);
        struct str text = str_join(op.mem, str_print(op.mem, "deb/only%u@%u\n", turn, turn), str_of(text_of(op.mem, turn)));
        struct scan_result r;
        enum rc rc = scan_write(&op, k->s, &scan, kit_bom(&op, text.p), &r);
        if (rc != RC_OK)
            tap_say("%s: after %u scans: " STR_FMT, why, turn, STR_ARG(op.err.text));
        arena_close(op.mem);
        if (rc != RC_OK)
            return rc == RC_IO && turn > 10 && holds(k, turn - 1) && kit_sound(k);
    }
    return false;
}

static void full_disk(void)
{
    struct kit k;
    kit_open(&k, false);
    if (mount("none", k.folder.p, "tmpfs", 0, "size=8m") != 0) {
        tap_skip(strerror(errno), "a full disk (needs the right to mount)");
        kit_close(&k);
        return;
    }
    enum rc rc = store_open(&k.op, k.path, STORE_WRITE | STORE_CREATE, &k.s);
    tap_ok(rc == RC_OK && fill(&k, "full disk"), "a full disk is an error; what was written before stays");
    tap_ok(kit_reopen(&k) && kit_sound(&k), "also when opened again");
    store_close(k.s);
    k.s = NULL;
    umount(k.folder.p);
    kit_close(&k);
}

static void file_limit(void)
{
    struct kit k;
    struct rlimit limit = {4 << 20, 4 << 20};
    int status = 0;
    kit_open(&k, true);
    store_close(k.s);
    k.s = NULL;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGXFSZ, SIG_IGN);
        bool good = setrlimit(RLIMIT_FSIZE, &limit) == 0 && kit_reopen(&k) && fill(&k, "file limit");
        fflush(stdout);
        _exit(good ? 0 : 1);
    }
    waitpid(pid, &status, 0);
    tap_ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a file that may not grow is an error; what was written before stays");
    tap_ok(kit_reopen(&k) && kit_sound(&k), "also when opened again");
    kit_close(&k);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    killed();
    two_writers();
    full_disk();
    file_limit();
    locked();
    return tap_done();
}
