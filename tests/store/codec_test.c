/* The bytes in columns: what is written is read again; every prefix, and bytes changed at random, end well. */
#include "kit.h"
#include "tests/lib/tap.h"
#include "store/detail.h"
#include "store/member.h"
#include "store/posting.h"
#include <stdlib.h>

static uint64_t state = 88172645463325252u;

static unsigned dice(unsigned sides)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % sides;
}

static bool known(enum rc rc)
{
    return rc == RC_OK || rc == RC_INVALID || rc == RC_LIMIT;
}

/* A copy of just that size, so that a byte read past its end is seen. */
static struct str copy(const char *p, size_t n)
{
    char *c = malloc(n ? n : 1);
    if (n)
        memcpy(c, p, n);
    return (struct str){c, n};
}

static void varints(struct op *op)
{
    struct buf b;
    bool good = true;
    buf_open(&b, op->mem, "varints", 1 << 20);
    for (unsigned i = 0; i < 64; i++) {
        put_int(&b, (uint64_t)1 << i);
        put_int(&b, ((uint64_t)1 << i) - 1);
    }
    put_int(&b, UINT64_MAX);
    struct blob r = blob_of(buf_str(&b));
    for (unsigned i = 0; i < 64; i++)
        good = good && blob_int(&r) == (uint64_t)1 << i && blob_int(&r) == ((uint64_t)1 << i) - 1;
    tap_ok(good && blob_int(&r) == UINT64_MAX && blob_ended(&r), "varints of every width");
    r = blob_of(STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"));
    blob_int(&r);
    tap_ok(r.bad, "a varint past 64 bits");
    r = blob_of(STR("\x05" "abc"));
    blob_str(&r);
    tap_ok(r.bad, "a text longer than the bytes");
    r = blob_of(STR("\x7f"));
    tap_ok(blob_count(&r) == 0 && r.bad, "a count of more than can be");
}

static void lists(struct op *op)
{
    struct str texts[] = {STR("b"), STR(""), STR("a\0c"), STR("b")};
    struct str_list l = {texts, 4, 4}, got;
    struct buf b;
    buf_open(&b, op->mem, "list", 1 << 20);
    put_list(&b, &l);
    tap_ok(blob_list(op->mem, buf_str(&b), &got) && list_same(&l, &got), "a list of texts");
    list_sort(&l);
    tap_ok(l.n == 3 && l.at[0].n == 0 && list_has(&l, STR("b")) && !list_has(&l, STR("c")), "sorted, each once");
    tap_ok(blob_list(op->mem, STR(""), &got) && got.n == 0, "no bytes, no texts");
    tap_ok(!blob_list(op->mem, STR("\x02\x01x"), &got), "a list that is cut");
}

static struct member_set some_members(struct op *op, size_t n, unsigned step, unsigned ranks)
{
    struct member_set m = {NULL, 0, 0};
    uint32_t id = 0;
    for (size_t i = 0; i < n; i++) {
        id += 1 + dice(step);
        *vec_push(op->mem, &m) = (struct member){id, (uint8_t)dice(ranks)};
    }
    return m;
}

struct met {
    const struct member_set *m;
    const uint32_t *wanted;
    size_t n;
    bool good;
};

static void meet(void *arg, uint8_t rank, size_t i)
{
    struct met *t = arg;
    const struct member *there = members_find(t->m, t->wanted[i]);
    t->n++;
    t->good = t->good && there && there->rank == rank;
}

/* Some that are there and some that are not are met just where they are; of cut bytes nothing worse than an error comes. */
static bool met(struct op *op, const struct member_set *m, struct str bytes)
{
    uint32_t *wanted = arena_array(op->mem, m->n + 50, sizeof *wanted), last = 0;
    size_t n = 0, there = 0;
    while (n < m->n + 50) {
        last += 1 + dice(1 + dice(3000));
        const struct member *near = m->n && dice(2) ? &m->at[dice((unsigned)m->n)] : NULL;
        last = near && near->component > last ? near->component : last;
        wanted[n++] = last;
        there += members_find(m, last) != NULL;
    }
    struct met t = {m, wanted, 0, true};
    bool good = members_meet(bytes, wanted, n, meet, &t) && t.good && t.n == there;
    for (size_t i = 0; i < bytes.n; i += 1 + i / 8) {
        struct met part = {m, wanted, 0, true};
        struct str cut = copy(bytes.p, i);
        (void)members_meet(cut, wanted, n, meet, &part);
        good = good && part.n <= there;
        free((char *)(uintptr_t)cut.p);
    }
    return good;
}

static void member_sets(struct op *op)
{
    bool good = true, all_met = true;
    for (unsigned round = 0; round < 120; round++) {
        struct member_set m = some_members(op, dice(300), 1 + dice(5000), 1 + dice(8)), got;
        struct buf b;
        buf_open(&b, op->mem, "members", 1 << 20);
        if (round % 2)
            members_put_flat(&b, &m);
        else
            members_put(&b, &m);
        all_met = all_met && met(op, &m, buf_str(&b));
        good = good && members_get(op, "test", buf_str(&b), &got) == RC_OK && got.n == m.n;
        for (size_t i = 0; good && i < m.n; i++)
            good = got.at[i].component == m.at[i].component && got.at[i].rank == m.at[i].rank;
        for (size_t n = 0; n < b.n; n++) {
            struct str cut = copy(b.p, n);
            good = good && known(members_get(op, "test", cut, &got));
            free((char *)(uintptr_t)cut.p);
            op_clear(op);
        }
    }
    tap_ok(good, "sets of members in both forms, and every prefix");
    tap_ok(all_met, "the wanted ones are met where they are, in either form");
    struct member_set none;
    tap_ok(members_get(op, "test", STR("\xff\x01\x02\x08\x05\0\0\0\x05\0\0\0"), &none) == RC_INVALID, "flat ones must rise");
    op_clear(op);
    tap_ok(members_get(op, "test", STR("\xff\x01\x02\x07\x05\0\0\0\x06\0\0"), &none) == RC_INVALID, "and be whole");
    op_clear(op);
    struct member_set got;
    tap_ok(members_get(op, "test", STR("\x01\x02\x02\x00\x00\x01\x01\x01\x05"), &got) == RC_INVALID, "ranks must fall");
    op_clear(op);
    tap_ok(members_get(op, "test", STR("\x01\x02\x03\x05\x00\x00"), &got) == RC_INVALID, "a section longer than its members");
    op_clear(op);
    tap_ok(members_get(op, "test", STR("\x01\x01\x01\x05\x00\x01\x01\x05"), &got) == RC_INVALID, "the same component at two ranks");
    op_clear(op);
    tap_ok(members_get(op, "test", STR("\x01\x02\x06\xff\xff\xff\xff\x0f\x00"), &got) == RC_INVALID, "an id past 32 bits");
    op_clear(op);
}

static void differences(struct op *op)
{
    bool good = true;
    for (unsigned round = 0; round < 100; round++) {
        struct member_set was = some_members(op, dice(60), 3, 2), now = some_members(op, dice(60), 3, 2), gained, lost, back, forth;
        members_diff(op->mem, &was, &now, &gained, &lost);
        members_apply(op->mem, &now, &gained, &lost, &back);
        members_apply(op->mem, &was, &lost, &gained, &forth);
        good = good && back.n == was.n && forth.n == now.n;
        for (size_t i = 0; good && i < was.n; i++)
            good = back.at[i].component == was.at[i].component && back.at[i].rank == was.at[i].rank;
        for (size_t i = 0; good && i < now.n; i++)
            good = forth.at[i].component == now.at[i].component && forth.at[i].rank == now.at[i].rank;
    }
    tap_ok(good, "a difference leads there and back");
}

static bool list_again(struct op *op, const uint16_t *at, size_t n, uint16_t *room)
{
    struct buf b;
    buf_open(&b, op->mem, "posting", 1 << 20);
    posting_put(&b, at, n);
    if (posting_get(op, buf_str(&b), n, room) != RC_OK || (n && memcmp(at, room, n * sizeof *at) != 0) || b.n > BITMAP_BYTES)
        return false;
    for (size_t i = 0; i < 50; i++) {
        struct str cut = copy(b.p, dice((unsigned)b.n + 1));
        bool good = known(posting_get(op, cut, n, room));
        free((char *)(uintptr_t)cut.p);
        op_clear(op);
        if (!good)
            return false;
    }
    return true;
}

static void postings(struct op *op)
{
    uint16_t *at = arena_array(op->mem, BUCKET_SIZE, sizeof *at), *room = arena_array(op->mem, BUCKET_SIZE, sizeof *room);
    bool good = true;
    for (unsigned every = 1; every < 40000; every = every * 3 + 1) {
        size_t n = 0;
        for (unsigned i = 0; i < BUCKET_SIZE; i++)
            if (dice(every) == 0)
                at[n++] = (uint16_t)i;
        good = good && list_again(op, at, n, room);
    }
    tap_ok(good, "lists of every density, and cuts of them");
    tap_ok(posting_get(op, STR("\x01"), 2, room) == RC_INVALID, "fewer than said");
    op_clear(op);
    tap_ok(posting_get(op, STR("\xff\xff\x03\x00"), 2, room) == RC_INVALID, "past the bucket");
    op_clear(op);
    tap_ok(posting_get(op, STR("\x01"), (size_t)1 << 40, room) == RC_INVALID, "more than a bucket holds");
    op_clear(op);
    const uint16_t a[] = {1, 3, 5}, out[] = {2, 3}, in[] = {0, 5, 9};
    size_t n = posting_merge(a, 3, out, 2, in, 3, room);
    tap_ok(n == 4 && room[0] == 0 && room[1] == 1 && room[2] == 5 && room[3] == 9, "merged");
}

/* Long lists: changed as bitmaps, and by merging, come to the same. */
static void patches(struct op *op)
{
    uint16_t *at = arena_array(op->mem, BUCKET_SIZE, sizeof *at), *in = arena_array(op->mem, BUCKET_SIZE, sizeof *in);
    uint16_t *out = arena_array(op->mem, BUCKET_SIZE, sizeof *out), *merged = arena_array(op->mem, BUCKET_SIZE, sizeof *merged);
    uint16_t *got = arena_array(op->mem, BUCKET_SIZE, sizeof *got);
    char map[BITMAP_BYTES];
    bool good = true;
    for (unsigned round = 0; good && round < 20; round++) {
        struct buf b;
        size_t n = 0, n_in = 0, n_out = 0, patched = 0;
        for (unsigned i = 0; i < BUCKET_SIZE; i++) {
            if (dice(2 + round % 3) == 0)
                at[n++] = (uint16_t)i;
            if (dice(300) == 0)
                in[n_in++] = (uint16_t)i;
            if (dice(200) == 0)
                out[n_out++] = (uint16_t)i;
        }
        buf_open(&b, op->mem, "posting", 1 << 20);
        posting_put(&b, at, n);
        size_t meant = posting_merge(at, n, out, n_out, in, n_in, merged);
        good = posting_patch(op, buf_str(&b), n, out, n_out, in, n_in, map, &patched) == RC_OK && patched == meant;
        good = good && posting_get(op, (struct str){map, BITMAP_BYTES}, patched, got) == RC_OK && memcmp(got, merged, meant * sizeof *got) == 0;
        good = good && posting_patch(op, buf_str(&b), n + 1, out, n_out, in, n_in, map, &patched) == RC_INVALID;
        op_clear(op);
    }
    tap_ok(good, "bitmaps changed in place are what merging makes of them; a wrong count is damage");
}

static void details(struct kit *k)
{
    struct op *op = &k->op;
    struct detail d = {.has_links = true}, got;
    struct str bytes;
    for (uint32_t i = 0; i < 40; i++) {
        struct place *p = arena_array(op->mem, 2, sizeof *p);
        p[0] = (struct place){str_print(op->mem, "a/%u", i), STR(""), STR("sha256:1"), {NULL, 0}, SCOPE_INSTALLED};
        p[1] = (struct place){str_print(op->mem, "b/%u", i), STR("seen"), {NULL, 0}, STR("sha256:2"), SCOPE_TEST};
        *vec_push(op->mem, &d.entries) = (struct entry){i * 7, i % 3 ? 0 : 1234567890, p, i % 3};
        *vec_push(op->mem, &d.links) = (struct link){i * 7, 280 - i * 7, EDGE_PEER, i % 2 == 0};
    }
    tap_ok(detail_put(op, k->s, &d, &bytes) == RC_OK && detail_get(op, k->s, bytes, NULL, &got) == RC_OK && got.entries.n == 40 &&
               got.links.n == 40 && str_eq(got.entries.at[2].at[1].evidence, STR("seen")) && got.entries.at[3].confirmed == 1234567890, "places and links");
    uint32_t only = 14;
    tap_ok(detail_get(op, k->s, bytes, &only, &got) == RC_OK && got.entries.n == 1 && got.entries.at[0].n == 2, "of one component");
    bool good = true;
    for (size_t n = 1; n < bytes.n; n++) {
        struct str cut = copy(bytes.p, n);
        good = good && known(detail_get(op, k->s, cut, NULL, &got));
        op_clear(op);
        free((char *)(uintptr_t)cut.p);
    }
    for (unsigned i = 0; i < 2000; i++) {
        struct str bent = copy(bytes.p, bytes.n);
        ((char *)(uintptr_t)bent.p)[dice((unsigned)bent.n)] ^= (char)(1 << dice(8));
        good = good && known(detail_get(op, k->s, bent, NULL, &got));
        op_clear(op);
        free((char *)(uintptr_t)bent.p);
    }
    tap_ok(good, "every prefix, and bits changed");
}

static void hashes(void)
{
    static const unsigned char key[KEY_BYTES] = {1, 2, 3};
    struct hash128 a = key_hash(key, STR("xz")), b = key_hash(key, STR("xz")), c = key_hash(key, STR("xy")), d = key_hash(key, STR(""));
    tap_ok(a.a == b.a && a.b == b.b && (a.a != c.a || a.b != c.b) && a.a != d.a, "a keyed hash is the same again, and differs");
    bool good = true;
    char text[40] = {0};
    for (size_t n = 0; n < sizeof text; n++) {
        struct hash128 x = key_hash(key, (struct str){text, n}), y = key_hash(key, (struct str){text, n + (n + 1 < sizeof text)});
        good = good && (n + 1 == sizeof text || x.a != y.a);
    }
    tap_ok(good, "the length counts");
}

/* Stores keep hashes: another result would make every asset of theirs look changed. */
static void hashes_stay(void)
{
    unsigned char key[KEY_BYTES];
    char text[40];
    struct hash128 sum = {0, 0}, words_sum = {0, 0};
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (unsigned char)i;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)i;
    for (size_t n = 0; n < sizeof text; n++) {
        uint64_t words[sizeof text / 8] = {0};
        for (size_t i = 0; i < n; i++)
            words[i / 8] |= (uint64_t)i << 8 * (i % 8);
        hash128_sum(&sum, key_hash(key, (struct str){text, n}));
        hash128_sum(&words_sum, key_hash_words(key, words, n));
    }
    tap_ok(sum.a == 0x29c81ad36af0cc9fu && sum.b == 0xce33eca71eaf5faau, "hashes of texts of every length are what they have always been");
    tap_ok(sum.a == words_sum.a && sum.b == words_sum.b, "and the same when they come in words");
}

int main(void)
{
    struct kit k;
    kit_open(&k, true);
    varints(&k.op);
    lists(&k.op);
    member_sets(&k.op);
    differences(&k.op);
    postings(&k.op);
    patches(&k.op);
    details(&k);
    hashes();
    hashes_stay();
    kit_close(&k);
    return tap_done();
}
