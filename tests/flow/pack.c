/* Packed advisories: what goes in comes out, the same bytes each time, and no byte can be changed, cut or added unseen. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/buf.h"
#include "flow/feed_wire.h"
#include "flow/pack.h"
#include "tests/lib/files.h"
#include "tests/lib/tap.h"

static advindex_compare *order(struct str ecosystem)
{
    (void)ecosystem;
    return str_cmp;
}

static enum rc make_index(struct op *op, struct str path)
{
    struct advindex_writer *w;
    struct advisory a = {.id = STR("A-1"), .modified = 5, .summary = STR("wrong"), .whole = STR("{\"id\":\"A-1\"}")};
    struct affected *e = vec_push(op->mem, &a.affected);
    *e = (struct affected){.ecosystem = STR("npm"), .name = STR("left"), .purl = STR(""), .urgency = STR("")};
    struct advisory_range *r = vec_push(op->mem, &e->ranges);
    *r = (struct advisory_range){.kind = RANGE_SEMVER, .repo = STR("")};
    *vec_push(op->mem, &r->events) = (struct advisory_event){EVENT_INTRODUCED, STR("1.0.0")};
    *vec_push(op->mem, &r->events) = (struct advisory_event){EVENT_LAST_AFFECTED, STR("1.5.0")};
    *vec_push(op->mem, &e->versions) = STR("0.9.0");
    TRY(advindex_writer_open(op, path, order, &w));
    TRY(advindex_add(op, w, STR("npm"), &a));
    TRY(advindex_add_exploited(op, w, STR("kev"), &(struct known_exploited){STR("CVE-2024-1"), 7, 8, true}));
    TRY(advindex_add_score(op, w, STR("epss"), &(struct exploit_score){STR("CVE-2024-1"), 0.25, 0.5, 9}));
    TRY(advindex_add_life(op, w, STR("eol-debian"), &(struct end_of_life){STR("debian"), STR("8"), 10, 11}));
    TRY(advindex_add_ssvc(op, w, STR("ssvc"), &(struct ssvc_points){STR("CVE-2024-1"), SSVC_ACTIVE, true, false, 12}));
    TRY(advindex_add_source(op, w, STR("empty")));
    return advindex_commit(op, w, 1000);
}

/* ---- what comes out, as text ---- */

static enum rc on_source(struct op *op, void *arg, const struct pack_source *s)
{
    (void)op;
    buf_print(arg, "source " STR_FMT " %lld\n", STR_ARG(s->name), (long long)s->imported_at);
    return RC_OK;
}

static void put_advisory(struct buf *b, const struct advisory *a)
{
    buf_print(b, "  advisory " STR_FMT " " STR_FMT "\n", STR_ARG(a->id), STR_ARG(a->whole));
    vec_each(const struct affected, e, &a->affected) {
        buf_print(b, "    " STR_FMT " " STR_FMT "\n", STR_ARG(e->ecosystem), STR_ARG(e->name));
        vec_each(const struct advisory_range, r, &e->ranges)
            vec_each(const struct advisory_event, v, &r->events)
                buf_print(b, "      %d " STR_FMT "\n", v->kind, STR_ARG(v->version));
        vec_each(const struct str, v, &e->versions)
            buf_print(b, "      = " STR_FMT "\n", STR_ARG(*v));
    }
}

static enum rc on_item(struct op *op, void *arg, struct str fields)
{
    struct unpack u = {fields, false};
    struct feed_item item;
    struct buf *b = arg;
    if (!feed_item_unpack(op->mem, &u, &item))
        return RC_IO;
    if (item.kind == FEED_ADVISORY)
        put_advisory(b, &item.advisory);
    else if (item.kind == FEED_EXPLOITED)
        buf_print(b, "  exploited %lld %d\n", (long long)item.exploited.added, item.exploited.ransomware);
    else if (item.kind == FEED_SCORE)
        buf_print(b, "  score %.2f\n", item.score.probability);
    else if (item.kind == FEED_END_OF_LIFE)
        buf_print(b, "  end " STR_FMT " %lld\n", STR_ARG(item.end_of_life.cycle), (long long)item.end_of_life.security_until);
    else if (item.kind == FEED_SSVC)
        buf_print(b, "  ssvc %d%d%d\n", item.ssvc.exploitation, item.ssvc.automatable, item.ssvc.total);
    return RC_OK;
}

static enum rc read_it(struct op *op, struct str bytes, struct buf *out)
{
    const struct pack_taker t = {on_source, on_item, out};
    buf_clear(out);
    return pack_read(op, STR("packed"), bytes, &t);
}

/* Is it refused, and nothing of it taken? A copy on the heap of exactly this size: a read past its end is seen. */
static bool refused(struct op *op, const char *bytes, size_t n)
{
    struct arena *mem = arena_child(op->mem);
    struct op sub = {.mem = mem, .limits = op->limits};
    struct buf out;
    char *copy = malloc(n ? n : 1);
    if (n)
        memcpy(copy, bytes, n);
    buf_open(&out, mem, "items", 1 << 20);
    enum rc rc = read_it(&sub, (struct str){copy, n}, &out);
    bool ok = (rc == RC_INVALID || rc == RC_UNSUPPORTED) && out.n == 0;
    free(copy);
    arena_close(mem);
    return ok;
}

static void damage(struct op *op, struct str whole)
{
    char *copy = (char *)(uintptr_t)str_dup(op->mem, whole).p;
    size_t unseen = 0;
    for (size_t at = 0; at < whole.n; at++)
        for (int bit = 0; bit < 8; bit++) {
            copy[at] = (char)(whole.p[at] ^ 1 << bit);
            unseen += !refused(op, copy, whole.n);
            copy[at] = whole.p[at];
        }
    tap_ok(unseen == 0, "each bit of %zu bytes turned: refused (%zu not)", whole.n, unseen);
    unseen = 0;
    for (size_t n = 0; n < whole.n; n++)
        unseen += !refused(op, whole.p, n);
    tap_ok(unseen == 0, "cut at each of %zu bytes: refused (%zu not)", whole.n, unseen);
    struct str more = str_join(op->mem, whole, STR("x"));
    tap_ok(refused(op, more.p, more.n), "a byte more: refused");
    struct str newer = str_dup(op->mem, whole);
    ((char *)(uintptr_t)newer.p)[sizeof PACK_MAGIC - 3] = '2';
    tap_ok(refused(op, newer.p, newer.n), "one of a newer program: refused");
}

static const char expected[] = "source empty 1000\n"
                               "source eol-debian 1000\n  end 8 11\n"
                               "source epss 1000\n  score 0.25\n"
                               "source kev 1000\n  exploited 7 1\n"
                               "source npm 1000\n  advisory A-1 {\"id\":\"A-1\"}\n    npm left\n      0 1.0.0\n      2 1.5.0\n      = 0.9.0\n"
                               "source ssvc 1000\n  ssvc 210\n";

int main(void)
{
    struct op op = {.mem = arena_open((size_t)1 << 30), .limits = &limits_default};
    char folder[] = "/tmp/muster-pack.XXXXXX";
    if (!mkdtemp(folder))
        return 1;
    struct session s = {.store_path = str_print(op.mem, "%s/db", folder)};
    struct str one = str_print(op.mem, "%s/one", folder), two = str_print(op.mem, "%s/two", folder);
    struct str index = str_join(op.mem, s.store_path, STR(".advisories"));
    struct pack_table a = {0}, b = {0};
    struct buf out;
    uint64_t n = 0, m = 0;
    buf_open(&out, op.mem, "items", 1 << 20);
    tap_ok(make_index(&op, index) == RC_OK && pack_write(&op, &s, one, &a, &n) == RC_OK && pack_write(&op, &s, two, &b, &m) == RC_OK,
           "an index is packed twice: " STR_FMT, STR_ARG(op.err.text));
    struct str whole = test_read(op.mem, one);
    tap_ok(whole.n == n && str_eq(whole, test_read(op.mem, two)), "both times the same bytes");
    tap_ok(a.list.n == 6, "with a member for each source");
    tap_ok(read_it(&op, whole, &out) == RC_OK && str_eq(buf_str(&out), str_of(expected)), "what went in comes out:\n" STR_FMT, STR_ARG(buf_str(&out)));
    damage(&op, whole);
    unlink(one.p);
    unlink(two.p);
    unlink(index.p);
    rmdir(folder);
    arena_close(op.mem);
    return tap_done();
}
