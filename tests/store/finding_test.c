/* Findings against a model of them: batches of verdicts in any order, all judged again, times that stay, subjects; and an older
 * store that gets the tables. */
#include "kit.h"
#include "store/finding.h"
#include "tests/lib/tap.h"
#include <sqlite3.h>
#include <stdlib.h>

enum { COMPONENTS = 40, RECORDS = 12, ROUNDS = 200 };

static uint64_t state = 20240329;

static unsigned dice(unsigned sides)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)((state >> 20) % sides);
}

/* What should be said: state -1: nothing. */
struct model {
    int state[RECORDS][COMPONENTS + 1];
    int64_t since[RECORDS][COMPONENTS + 1];
};

static struct str name_of(struct arena *mem, unsigned record)
{
    return str_print(mem, "REC-%u", record);
}

static void set(struct model *m, const struct model *before, unsigned r, unsigned c, int new_state, int64_t at, uint64_t *opened)
{
    int was = before->state[r][c];
    bool same = was >= 0 && new_state >= 0 && (was < FINDING_CLOSED) == (new_state < FINDING_CLOSED);
    m->state[r][c] = new_state;
    m->since[r][c] = new_state < 0 ? 0 : same ? before->since[r][c] : at;
    *opened += new_state >= 0 && new_state < FINDING_CLOSED && !same;
}

/* Judges some components by some records (all of both with `whole`), in the store and in the model. */
static bool judge(struct kit *k, struct model *m, int64_t at, bool whole)
{
    struct op op = {.mem = arena_child(k->op.mem), .limits = &limits_default};
    struct model before = *m;
    struct id_list judged = {NULL, 0, 0};
    struct str names[RECORDS];
    struct finding_new news[RECORDS * COMPONENTS];
    size_t n_names = 0, n_news = 0;
    uint64_t opened = 0, told = 0;
    unsigned numbers[RECORDS];
    for (unsigned c = 1; c <= COMPONENTS; c++)
        if (whole || dice(3) == 0)
            *vec_push(op.mem, &judged) = c;
    for (unsigned r = 0; r < RECORDS; r++)
        if (whole || dice(2)) {
            numbers[n_names] = r;
            names[n_names++] = name_of(op.mem, r);
        }
    for (size_t i = 0; i < n_names; i++)
        for (size_t j = 0; j < judged.n; j++) {
            int s = dice(3) ? -1 : (int)dice(5);
            set(m, &before, numbers[i], judged.at[j], s, at, &opened);
            if (s >= 0)
                news[n_news++] = (struct finding_new){(uint32_t)i, judged.at[j], (uint8_t)s};
        }
    for (size_t i = n_news; i > 1; i--) {
        size_t other = dice((unsigned)i);
        struct finding_new swap = news[other];
        news[other] = news[i - 1];
        news[i - 1] = swap;
    }
    struct finding_change change = {&judged, names, n_names, news, n_news, NULL, 0, at};
    enum rc rc = store_begin(&op, k->s, STORE_WRITING);
    if (rc == RC_OK && whole)
        rc = finding_forget_begin(&op, k->s);
    if (rc == RC_OK)
        rc = finding_write(&op, k->s, &change, &told);
    if (rc == RC_OK && whole)
        rc = finding_forget_end(&op, k->s);
    rc = store_end(&op, k->s, rc);
    arena_close(op.mem);
    return rc == RC_OK && told == opened;
}

static bool same_record(struct kit *k, const struct model *m, unsigned r)
{
    struct op op = {.mem = arena_child(k->op.mem), .limits = &limits_default};
    struct finding_list l;
    bool good = finding_of(&op, k->s, name_of(op.mem, r), &l) == RC_OK;
    size_t i = 0;
    for (unsigned c = 1; good && c <= COMPONENTS; c++) {
        if (m->state[r][c] < 0)
            continue;
        good = i < l.list.n && l.list.at[i].component == c && l.list.at[i].state == m->state[r][c] && l.list.at[i].since == m->since[r][c];
        i++;
    }
    good = good && i == l.list.n;
    arena_close(op.mem);
    return good;
}

static enum rc count(struct op *op, void *arg, struct str record, const struct finding_list *said)
{
    (void)op;
    (void)record;
    *(size_t *)arg += said->list.n;
    return RC_OK;
}

static void against_model(struct kit *k)
{
    static struct model m;
    bool good = true;
    size_t meant = 0, told = 0;
    for (unsigned r = 0; r < RECORDS; r++)
        for (unsigned c = 0; c <= COMPONENTS; c++)
            m.state[r][c] = -1;
    for (unsigned turn = 0; good && turn < ROUNDS; turn++) {
        good = judge(k, &m, 1000 + turn, turn % 17 == 16);
        for (unsigned r = 0; good && r < RECORDS; r++)
            good = same_record(k, &m, r);
    }
    tap_ok(good, "%d rounds of verdicts: states, times and what is new are the model's", ROUNDS);
    for (unsigned r = 0; r < RECORDS; r++)
        for (unsigned c = 1; c <= COMPONENTS; c++)
            meant += m.state[r][c] >= 0;
    tap_ok(finding_all(&k->op, k->s, count, &told) == RC_OK && told == meant && meant > 0, "all of them: %zu", meant);
}

static void basis(struct kit *k)
{
    struct finding_basis b;
    bool good = finding_basis(&k->op, k->s, &b) == RC_OK && b.key.n == 0 && b.through == 0 && b.last == COMPONENTS;
    good = good && store_begin(&k->op, k->s, STORE_WRITING) == RC_OK;
    good = good && store_end(&k->op, k->s, finding_basis_set(&k->op, k->s, STR("key\n\1"), 7)) == RC_OK;
    good = good && kit_reopen(k) && finding_basis(&k->op, k->s, &b) == RC_OK && str_eq(b.key, STR("key\n\1")) && b.through == 7;
    tap_ok(good, "what was judged by, and how far");
}

static void subjects(struct kit *k)
{
    struct id_list none = {NULL, 0, 0}, got = {NULL, 0, 0};
    int64_t xz = 0, npm = 0;
    uint64_t told = 0;
    bool good = store_begin(&k->op, k->s, STORE_WRITING) == RC_OK;
    good = good && subject_number(&k->op, k->s, STR("Debian"), STR("xz"), &xz) == RC_OK && subject_number(&k->op, k->s, STR("npm"), STR("xz"), &npm) == RC_OK;
    struct subject_new news[] = {{xz, 3}, {npm, 5}, {xz, 1}, {xz, 3}, {0, 9}};
    struct finding_change c = {&none, NULL, 0, NULL, 0, news, 5, 1};
    good = good && store_end(&k->op, k->s, finding_write(&k->op, k->s, &c, &told)) == RC_OK;
    good = good && xz != npm && xz && npm && subject_components(&k->op, k->s, xz, &got) == RC_OK;
    tap_ok(good && got.n == 2 && got.at[0] == 1 && got.at[1] == 3, "the components of a name of an ecosystem");
    got.n = 0;
    tap_ok(subject_components(&k->op, k->s, 0, &got) == RC_OK && got.n == 1 && got.at[0] == 9, "those of none");
}

static void damaged(struct kit *k)
{
    sqlite3 *db = NULL;
    struct finding_list l;
    struct str_list problems = {NULL, 0, 0};
    size_t n = 0;
    store_close(k->s);
    k->s = NULL;
    bool good = sqlite3_open(k->path.p, &db) == SQLITE_OK && sqlite3_exec(db, "UPDATE finding SET said = x'00ffff' WHERE record = 'REC-1'", NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_close(db);
    good = good && kit_reopen(k);
    tap_ok(good && finding_of(&k->op, k->s, STR("REC-1"), &l) == RC_INVALID, "a damaged row is said to be so");
    op_clear(&k->op);
    tap_ok(finding_all(&k->op, k->s, count, &n) == RC_INVALID, "in the walk of all, too");
    op_clear(&k->op);
    tap_ok(store_check(&k->op, k->s, &problems) == RC_OK && problems.n == 1, "and by the check (%zu)", problems.n);
}

int main(void)
{
    struct kit k;
    kit_open(&k, true);
    struct str text = STR("");
    for (unsigned i = 0; i < COMPONENTS; i++)
        text = str_join(k.op.mem, text, str_print(k.op.mem, "deb/p%u@1\n", i));
    tap_ok(kit_write(&k, "asset", 1, text.p, NULL), "components");
    basis(&k);
    against_model(&k);
    subjects(&k);
    tap_ok(kit_sound(&k), "sound");
    damaged(&k);
    kit_close(&k);
    return tap_done();
}
