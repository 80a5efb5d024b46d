/* A store whose bytes were changed: whatever is asked then ends in an answer or an error, never in a crash. */
#include "kit.h"
#include "store/finding.h"
#include "tests/lib/tap.h"
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TURNS = 60 };

static uint64_t state = 20240329;

static unsigned dice(uint64_t sides)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)((state >> 20) % sides);
}

static enum rc ignore_findings(struct op *op, void *arg, struct str record, const struct finding_list *said)
{
    (void)op;
    (void)record;
    *(uint64_t *)arg += said->list.n;
    return RC_OK;
}

static enum rc add_findings(struct op *op, struct store *s)
{
    struct id_list judged = {NULL, 0, 0};
    struct str records[] = {STR("A-1"), STR("A-2")};
    struct finding_new news[80];
    struct subject_new subjects[80];
    uint64_t n = 0;
    for (uint32_t i = 0; i < 40; i++) {
        *vec_push(op->mem, &judged) = i + 1;
        news[2 * i] = (struct finding_new){0, i + 1, (uint8_t)(i % 5)};
        news[2 * i + 1] = (struct finding_new){1, i + 1, (uint8_t)(i % 3)};
        subjects[2 * i] = (struct subject_new){i * 77, i + 1};
        subjects[2 * i + 1] = (struct subject_new){i % 3, i + 1};
    }
    struct finding_change c = {&judged, records, 2, news, 80, subjects, 80, 100};
    TRY(store_begin(op, s, STORE_WRITING));
    enum rc rc = finding_write(op, s, &c, &n);
    return store_end(op, s, rc == RC_OK ? finding_basis_set(op, s, STR("key"), 40) : rc);
}

static void fill(struct kit *k)
{
    struct block b = {.what = STR("xz"), .reason = STR("r"), .who = STR("w"), .at = 1};
    uint32_t number;
    bool fresh;
    for (unsigned turn = 0; turn < 40; turn++) {
        struct str text = STR("");
        for (unsigned i = 0; i < 60; i++)
            text = str_join(k->op.mem, text, str_print(k->op.mem, "deb/p%u@%u installed var/lib/%u usr/%u\n", i, i * turn % 5, i, turn));
        kit_write(k, str_print(k->op.mem, "asset%u", turn % 13).p, 100 + turn, text.p, NULL);
        if (turn == 30 && store_fold(&k->op, k->s, true) != RC_OK)
            exit(1);
    }
    if (block_add(&k->op, k->s, &b, &number, &fresh) != RC_OK || add_findings(&k->op, k->s) != RC_OK)
        exit(1);
}

static enum rc ignore(struct op *op, void *arg, const struct presence *p)
{
    (void)op;
    *(uint64_t *)arg += p->asset;
    return RC_OK;
}

static bool known(enum rc rc)
{
    return rc == RC_OK || rc == RC_NOTFOUND || rc == RC_INVALID || rc == RC_LIMIT || rc == RC_IO || rc == RC_UNSUPPORTED;
}

/* Every question there is; each may fail. */
static bool ask_all(struct op *op, struct store *s)
{
    struct asset_list assets = {NULL, 0, 0};
    struct component_list components = {NULL, 0, 0};
    struct str_list texts;
    struct store_info info;
    struct members m;
    struct scan_states scans;
    struct change_list changes;
    struct presence_detail d;
    struct block_list blocks;
    struct id_list ids, of_subject = {NULL, 0, 0};
    struct finding_list said;
    struct finding_basis basis;
    uint64_t n = 0;
    bool good = known(asset_list(op, s, NULL, &assets)) && known(component_by_upstream(op, s, STR("p1"), &components)) &&
                known(component_by_glob(op, s, STR("p*"), &components)) && known(component_suggest(op, s, STR("p"), &texts)) &&
                known(asset_suggest(op, s, STR("asse"), &texts)) && known(block_list(op, s, 0, &blocks)) && known(block_version(op, s, &n)) &&
                known(asset_incomplete(op, s, 120, &ids)) && known(store_info(op, s, true, &info));
    op_clear(op);
    good = good && known(finding_basis(op, s, &basis)) && known(finding_of(op, s, STR("A-1"), &said)) && known(finding_all(op, s, ignore_findings, &n)) &&
           known(subject_components(op, s, 2, &of_subject));
    for (uint32_t id = 1; good && id < 15; id++) {
        op_clear(op);
        good = known(asset_members(op, s, id, STORE_NOW, &m)) && known(asset_members(op, s, id, 110, &m)) && known(history_scans(op, s, id, &scans)) &&
               known(history_changes(op, s, id, 0, STORE_NOW, &changes)) && known(presence_detail(op, s, id, id * 3, 125, &d));
    }
    for (uint32_t id = 1; good && id < 60; id++) {
        op_clear(op);
        good = known(presence_find(op, s, &id, 1, STORE_NOW, ignore, &n)) && known(presence_find(op, s, &id, 1, 115, ignore, &n)) &&
               known(presence_count(op, s, &id, 1, &n));
    }
    op_clear(op);
    return good;
}

static bool write_all(struct op *op, struct store *s)
{
    struct str_list problems;
    bool good = true;
    for (unsigned i = 0; good && i < 13; i += 4) {
        struct scan scan = kit_scan(str_print(op->mem, "asset%u", i).p, 500);
        struct scan_result r;
        scan.complete = i % 2;
        good = known(scan_write(op, s, &scan, kit_bom(op, "deb/p1@1\ndeb/new@1"), &r));
        op_clear(op);
    }
    good = good && known(asset_forget(op, s, 2));
    op_clear(op);
    good = good && known(add_findings(op, s));
    op_clear(op);
    good = good && known(store_fold(op, s, true));
    op_clear(op);
    good = good && known(store_check(op, s, &problems));
    op_clear(op);
    return good;
}

static struct str slurp(struct arena *mem, struct str path)
{
    struct stat st;
    int fd = open(path.p, O_RDONLY);
    char *p = fstat(fd, &st) == 0 ? arena_alloc(mem, (size_t)st.st_size) : NULL;
    ssize_t n = p ? read(fd, p, (size_t)st.st_size) : -1;
    close(fd);
    return (struct str){p, n < 0 ? 0 : (size_t)n};
}

static void spill(struct str path, struct str bytes)
{
    int fd = open(path.p, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (write(fd, bytes.p, bytes.n) != (ssize_t)bytes.n)
        exit(1);
    close(fd);
}

/* One damaged copy, asked everything. */
static bool survive(struct kit *k, struct str bytes)
{
    struct op op = {.mem = arena_open((size_t)1 << 30), .limits = &limits_default};
    struct store *s = NULL;
    unlink(str_join(op.mem, k->path, STR("-wal")).p);
    unlink(str_join(op.mem, k->path, STR("-shm")).p);
    spill(k->path, bytes);
    enum rc rc = store_open(&op, k->path, STORE_WRITE, &s);
    bool good = known(rc);
    op_clear(&op);
    if (rc == RC_OK) {
        good = ask_all(&op, s) && write_all(&op, s) && ask_all(&op, s);
        store_close(s);
    }
    arena_close(op.mem);
    return good;
}

/* Blobs and numbers changed through SQL, so that pages are sound and only our own checks stand in the way. */
static bool bend(struct kit *k, struct str bytes, const char *sql)
{
    sqlite3 *db = NULL;
    spill(k->path, bytes);
    unlink(str_join(k->op.mem, k->path, STR("-wal")).p);
    unlink(str_join(k->op.mem, k->path, STR("-shm")).p);
    bool good = sqlite3_open(k->path.p, &db) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
    if (!good)
        tap_say("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
    if (!good || !kit_reopen(k))
        return false;
    struct str_list problems = {NULL, 0, 0};
    bool seen = store_check(&k->op, k->s, &problems) == RC_OK && problems.n > 0;
    store_close(k->s);
    k->s = NULL;
    op_clear(&k->op);
    struct str after = slurp(k->op.mem, k->path);
    return seen && survive(k, after);
}

int main(void)
{
    static const char *const bends[] = {
        "UPDATE bom SET members = x'010203' WHERE asset = 3",
        "UPDATE bom SET members = x'0102ffffffff0f00' WHERE asset = 3",
        "UPDATE bom SET detail = x'28b52ffd' WHERE asset = 4",
        "UPDATE bom SET detail = 'text' WHERE asset = 4",
        "UPDATE posting SET n = n + 1 WHERE component = 5",
        "UPDATE posting SET assets = zeroblob(8192) WHERE component = 6",
        "UPDATE posting SET assets = x'ffffffffffffffffffff' WHERE component = 7",
        "DELETE FROM posting WHERE component = 8",
        "UPDATE posting SET bucket = 70000 WHERE component = 8",
        "UPDATE posting SET rank = 'high' WHERE component = 9",
        "UPDATE pending SET gained = x'00'",
        "DELETE FROM pending",
        "DELETE FROM asset WHERE id = 5",
        "DELETE FROM bom WHERE asset = 5",
        "UPDATE asset SET scan = 12345 WHERE id = 6",
        "UPDATE asset SET members = 1 WHERE id = 7",
        "UPDATE scan SET undo = x'0102' WHERE length(undo) > 0",
        "UPDATE scan SET until = 0",
        "UPDATE component SET upstream = 99999 WHERE id = 3",
        "DELETE FROM name WHERE id = 3",
        "UPDATE change SET bucket = 4",
    };
    struct kit k;
    unsigned bad = 0;
    kit_open(&k, true);
    fill(&k);
    store_close(k.s);
    k.s = NULL;
    struct str whole = slurp(k.op.mem, k.path);
    tap_ok(survive(&k, whole), "the store as it is (%zu bytes)", whole.n);
    for (unsigned i = 0; i < sizeof bends / sizeof *bends; i++)
        tap_ok(bend(&k, whole, bends[i]), "seen by check: %s", bends[i]);
    for (unsigned i = 0; i < TURNS; i++) {
        char *bytes = malloc(whole.n);
        memcpy(bytes, whole.p, whole.n);
        size_t n = whole.n;
        if (i % 10 == 0)
            n = dice(whole.n);
        for (unsigned j = 0; j < 1 + dice(30); j++)
            bytes[dice(n ? n : 1)] = (char)dice(256);
        if (!survive(&k, (struct str){bytes, n}))
            bad++;
        free(bytes);
    }
    tap_ok(bad == 0, "%u stores with bytes changed or cut off", TURNS);
    kit_close(&k);
    return tap_done();
}
