/* `advisories match`: line by line, what the index says of a package. */
#include <stdlib.h>
#include "base/buf.h"
#include "base/io.h"
#include "flow/advisories.h"
#include "match/match.h"

enum { PIECE = 1 << 20, LINE_MOST = 16 << 20 };

struct matching {
    struct op round;
    struct advisory_lookup look;
    struct buf out;
};

static enum rc subject_of(struct op *op, struct str line, struct subject *ret)
{
    struct component c;
    struct str ecosystem, name, version;
    if (str_starts(line, STR("pkg:"))) {
        TRY(component_parse(op, line, &c));
        return match_subject(op, &c, ret);
    }
    if (!str_split(line, '\t', &ecosystem, &name) || !str_split(name, '\t', &name, &version))
        return RC_INVALID;
    return match_subject_of(op, ecosystem, name, version, ret);
}

static int id_compare(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static bool can_be_judged(const struct subject *s)
{
    return s->scheme && s->version.n && s->scheme->valid(s->version) != VERSION_INVALID && !(s->distribution && s->release.n == 0);
}

static void answer(struct matching *m, struct str line)
{
    struct subject s;
    struct findings f = {0};
    struct op *op = &m->round;
    if (str_ends(line, STR("\r")))
        line = str_but(line, 1);
    bool named = subject_of(op, line, &s) == RC_OK && match_find(op, &m->look, &s, &f) == RC_OK;
    op_clear(op);
    struct str *ids = arena_array(op->mem, f.list.n, sizeof *ids);
    size_t n = 0;
    vec_each(struct finding, one, &f.list)
        if (one->state == FINDING_AFFECTED)
            ids[n++] = one->id;
    /* A record may list even a version that the scheme cannot read. */
    if (!named || (n == 0 && !can_be_judged(&s))) {
        buf_add(&m->out, STR("?\n"));
        return;
    }
    if (n)
        qsort(ids, n, sizeof *ids, id_compare);
    for (size_t i = 0; i < n; i++) {
        if (i && str_eq(ids[i], ids[i - 1]))
            continue;
        if (i)
            buf_byte(&m->out, ',');
        buf_add(&m->out, ids[i]);
    }
    buf_byte(&m->out, '\n');
}

enum rc advisories_match(struct op *op, const struct session *s, int fd, void (*put)(void *, struct str), void *arg)
{
    struct matching m = {.round = *op};
    struct advindex *ix;
    struct buf in;
    size_t got;
    TRY(advisories_open(op, s, &ix));
    advindex_lookup(ix, &m.look);
    m.round.mem = arena_child(op->mem);
    buf_open(&in, op->mem, "a line of standard input", LINE_MOST);
    buf_open(&m.out, op->mem, "answers", (size_t)1 << 30);
    do {
        char *at = buf_room(&in, PIECE);
        if (!at)
            return fail(op, RC_LIMIT, "standard input: a line longer than %d bytes", (int)LINE_MOST);
        TRY(io_read(op, fd, STR("standard input"), at, PIECE, &got));
        buf_took(&in, got);
        struct str rest = buf_str(&in), line;
        for (size_t end; (end = str_chr(rest, '\n')) != STR_NONE; rest = str_from(rest, end + 1)) {
            line = str_upto(rest, end);
            answer(&m, line);
            arena_reset(m.round.mem);
        }
        if (got < PIECE && rest.n) {
            answer(&m, rest);
            rest.n = 0;
        }
        memmove(in.p, rest.p, rest.n);
        in.n = rest.n;
        put(arg, buf_str(&m.out));
        buf_clear(&m.out);
    } while (got == PIECE);
    return RC_OK;
}
