/* Reads a descriptor in pieces, cuts lines, lets each scheme answer. */
#include "flow/versions.h"

#include "base/buf.h"
#include "base/io.h"
#include "version/lines.h"

enum { PIECE = 1 << 20, LINE_MOST = 64 << 20 };

struct answering {
    enum versions_verb verb;
    const struct version_scheme *scheme;
    struct op round; /* its memory lives for a few thousand lines */
    struct buf out;
};

static void answer(struct answering *a, struct str line)
{
    if (str_ends(line, STR("\r")))
        line = str_but(line, 1);
    switch (a->verb) {
    case VERSIONS_COMPARE: buf_add(&a->out, str_of(version_compare_line(a->scheme, line))); break;
    case VERSIONS_CONTAINS: buf_add(&a->out, str_of(version_contains_line(&a->round, a->scheme, line))); break;
    case VERSIONS_UPSTREAM: buf_add(&a->out, version_upstream_line(&a->round, a->scheme, line)); break;
    }
    buf_byte(&a->out, '\n');
}

/* Answers all whole lines at the front of `bytes`; gives how many bytes were used. */
static size_t answer_lines(struct answering *a, struct str bytes)
{
    size_t used = 0, end;
    while ((end = str_chr(str_from(bytes, used), '\n')) != STR_NONE) {
        answer(a, str_upto(str_from(bytes, used), end));
        used += end + 1;
    }
    return used;
}

enum rc versions_answer(struct op *op, enum versions_verb verb, struct str name, int fd, void (*put)(void *, struct str), void *arg)
{
    struct answering a = {.verb = verb, .scheme = version_scheme_find(name), .round = *op};
    struct buf in;
    size_t got;
    if (!a.scheme)
        return fail(op, RC_NOTFOUND, "there is no version scheme '" STR_FMT "'; `muster formats` lists them", STR_ARG(name));
    a.round.mem = arena_child(op->mem);
    buf_open(&in, op->mem, "a line of standard input", LINE_MOST);
    buf_open(&a.out, op->mem, "answers", LINE_MOST);
    do {
        char *at = buf_room(&in, PIECE);
        if (!at)
            return fail(op, RC_LIMIT, "standard input: a line longer than %d bytes", (int)LINE_MOST);
        TRY(io_read(op, fd, STR("standard input"), at, PIECE, &got));
        buf_took(&in, got);
        size_t used = answer_lines(&a, buf_str(&in));
        if (got < PIECE && used < in.n) {
            answer(&a, str_from(buf_str(&in), used));
            used = in.n;
        }
        memmove(in.p, in.p + used, in.n - used);
        in.n -= used;
        put(arg, buf_str(&a.out));
        buf_clear(&a.out);
        arena_reset(a.round.mem);
    } while (got == PIECE);
    return RC_OK;
}
