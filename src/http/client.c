/* The asking side: one child process, a pipe to it and a pipe back. Nothing it says is believed but its framing. */
#include "http/http.h"

#include "base/program.h"
#include "base/time.h"

enum { HELD_MOST = 4 << 20, STEP = 256 << 10 };

struct http_fetcher {
    struct program *program;
    struct buf held;
    char *step;
};

enum rc http_open(struct op *op, const char *path, const char *const *environment, struct http_fetcher **ret)
{
    static const char *const argv[] = {"muster-fetch", NULL};
    struct http_fetcher *f = arena_alloc(op->mem, sizeof *f);
    TRY(program_start(op, path, argv, environment, &f->program));
    buf_open(&f->held, op->mem, "fetcher output", HELD_MOST);
    f->step = arena_alloc(op->mem, STEP);
    *ret = f;
    return RC_OK;
}

static enum rc ask(struct op *op, struct http_fetcher *f, const struct http_request *rq)
{
    struct arena *mem = arena_child(op->mem);
    struct buf b;
    buf_open(&b, mem, "request", 1 << 20);
    size_t at = record_begin(&b, HTTP_REQUEST);
    http_request_pack(&b, rq);
    record_end(&b, at);
    enum rc rc = program_tell(op, f->program, buf_str(&b));
    arena_close(mem);
    return rc;
}

struct answer {
    const struct http_taker *taker;
    uint64_t most, taken;
    bool wanted, headed, ended;
};

static enum rc take_end(struct op *op, struct unpack *u)
{
    enum rc rc = (enum rc)unpack_below(u, RC_IO + 1);
    struct str text = unpack_text(u);
    if (u->bad || u->rest.n)
        return fail(op, RC_IO, "muster-fetch: a record that cannot be right");
    return rc == RC_OK ? RC_OK : fail(op, rc, STR_FMT, STR_ARG(str_escape(op->mem, text)));
}

static enum rc take(struct op *op, struct answer *a, int type, struct unpack *u)
{
    struct http_head h;
    switch (type) {
    case HTTP_HEAD:
        if (a->headed || !http_head_unpack(u, &h))
            break;
        a->headed = true;
        return a->taker->head(op, a->taker->arg, &h, &a->wanted);
    case HTTP_DATA:
        a->taken += u->rest.n;
        if (!a->headed || a->taken > a->most)
            break;
        op_progress(op, 0, u->rest.n);
        return a->wanted ? a->taker->body(op, a->taker->arg, u->rest) : RC_OK;
    case HTTP_END:
        a->ended = true;
        return take_end(op, u);
    default:
        break;
    }
    return fail(op, RC_IO, "muster-fetch: a record that cannot be right");
}

static enum rc take_all(struct op *op, struct http_fetcher *f, struct answer *a)
{
    struct str rest = buf_str(&f->held);
    struct unpack u;
    int type;
    bool bad = false;
    while (!a->ended && record_cut(&rest, &type, &u, &bad))
        TRY(take(op, a, type, &u));
    if (bad || f->held.full)
        return fail(op, RC_IO, "muster-fetch: a record that cannot be right");
    if (rest.n)
        memmove(f->held.p, rest.p, rest.n);
    f->held.n = rest.n;
    return RC_OK;
}

enum rc http_get(struct op *op, struct http_fetcher *f, const struct http_request *rq, const struct http_taker *t)
{
    struct answer a = {.taker = t, .most = rq->most};
    enum rc rc = ask(op, f, rq);
    int64_t patience_ms = ((int64_t)rq->stall_s * 12 + 10) * 1000; /* redirects, each with a connection of its own */
    while (rc == RC_OK && !a.ended) {
        size_t n = 0;
        /* Its own limits end a transfer sooner than this deadline does. */
        rc = program_hear(op, f->program, time_monotonic_ms() + patience_ms, f->step, STEP, &n);
        if (rc == RC_OK) {
            buf_add(&f->held, (struct str){f->step, n});
            rc = take_all(op, f, &a);
        }
    }
    if (!a.ended)
        program_end(f->program); /* it may be in the middle of an answer: nobody asks it again */
    return rc;
}
