/* The other end of the pipe: the folder is found, the sandbox closes, then line by line. First what the clone is, `remote URL`
 * each, then `ready`, or `refused CODE TEXT`; then to each question one line:
 *
 *   h COMMIT IN   y, n, l (lacks COMMIT), u TEXT
 *   c BEGIN       y COMMIT, l, u TEXT
 *   t NAME        y COMMIT, l, u TEXT
 */
#include "git/inside.h"

#include <unistd.h>
#include "base/buf.h"
#include "base/io.h"
#include "base/sandbox.h"

struct serving {
    struct op *op;
    int out_fd;
    struct repo_folder folder;
    struct repo_tags tags;
    struct graph *graph;
    struct buf out;
};

static enum rc say(struct serving *s)
{
    buf_byte(&s->out, '\n');
    enum rc rc = io_write(s->op, s->out_fd, STR("pipe"), buf_str(&s->out));
    buf_clear(&s->out);
    return rc;
}

static void put_answer(struct serving *s, enum repo_answer a, struct str hash, const char *why)
{
    switch (a) {
    case REPO_YES:
        buf_add(&s->out, STR("y"));
        if (hash.n)
            buf_byte(&s->out, ' ');
        buf_add(&s->out, hash);
        break;
    case REPO_NO: buf_add(&s->out, STR("n")); break;
    case REPO_LACKING: buf_add(&s->out, STR("l")); break;
    case REPO_UNCLEAR:
        buf_add(&s->out, STR("u "));
        buf_add(&s->out, str_of(why));
        break;
    }
}

static enum rc answer(struct serving *s, struct str line)
{
    struct str word, first, second;
    char hash[REPO_HASH];
    const char *why = "not understood";
    enum repo_answer a = REPO_UNCLEAR;
    struct str none = STR(""), found = {hash, REPO_HASH};
    if (!str_split(line, ' ', &word, &first)) {
        put_answer(s, a, none, why);
    } else if (str_eq(word, STR("h")) && str_split(first, ' ', &first, &second)) {
        a = graph_holds(s->graph, first, second, &why);
        put_answer(s, a, none, why);
    } else if (str_eq(word, STR("c"))) {
        a = graph_commit(s->graph, first, hash, &why);
        put_answer(s, a, found, why);
    } else if (str_eq(word, STR("t"))) {
        const struct repo_ref *r = tags_find(&s->tags, first);
        a = r ? graph_commit(s->graph, r->hash, hash, &why) : REPO_LACKING;
        put_answer(s, a, found, why);
    } else {
        put_answer(s, a, none, why);
    }
    return say(s);
}

static enum rc greet(struct serving *s)
{
    vec_each(const struct str, url, &s->folder.remotes) {
        struct str shown = str_escape(s->op->mem, *url);
        if (shown.n > REPO_LINE_MOST / 2)
            continue;
        buf_add(&s->out, STR("remote "));
        buf_add(&s->out, shown);
        TRY(say(s));
    }
    return RC_OK;
}

static enum rc serve(struct serving *s, int in_fd)
{
    struct buf held;
    buf_open(&held, s->op->mem, "questions", 4 * REPO_LINE_MOST);
    buf_add(&s->out, STR("ready"));
    TRY(say(s));
    for (;;) {
        struct str rest = buf_str(&held), line;
        for (size_t end; (end = str_chr(rest, '\n')) != STR_NONE; rest = str_from(rest, end + 1)) {
            line = str_upto(rest, end);
            TRY(answer(s, line));
        }
        if (rest.n)
            memmove(held.p, rest.p, rest.n);
        held.n = rest.n;
        char *room = buf_room(&held, REPO_LINE_MOST);
        ssize_t got = room ? read(in_fd, room, REPO_LINE_MOST) : -1;
        if (got <= 0)
            return got == 0 ? RC_OK : fail(s->op, RC_INVALID, "a question that is too long");
        buf_took(&held, (size_t)got);
    }
}

static enum rc open_all(struct serving *s, const char *folder)
{
    struct sandbox box = {SANDBOX_REPOSITORY, -1};
    bool fenced = false;
    TRY(folder_find(s->op, folder, &s->folder));
    TRY(graph_start(s->op));
    box.root_fd = s->folder.fd;
    TRY(sandbox_enter(s->op, &box, &fenced));
    TRY(folder_read(s->op, &s->folder));
    TRY(greet(s));
    TRY(tags_read(s->op, &s->folder, &s->tags));
    return graph_open(s->op, &s->folder, &s->graph);
}

int repo_serve(int in_fd, int out_fd, const char *folder, struct limits limits)
{
    struct op op = {.mem = arena_open((size_t)limits.worker_bytes), .limits = &limits};
    struct serving s = {.op = &op, .out_fd = out_fd};
    buf_open(&s.out, op.mem, "answer", 2 * REPO_LINE_MOST);
    enum rc rc = open_all(&s, folder);
    if (rc != RC_OK) {
        buf_print(&s.out, "refused %d " STR_FMT, (int)rc, STR_ARG(str_upto(op.err.text, REPO_LINE_MOST / 2)));
        return say(&s) == RC_OK ? 1 : 2;
    }
    return serve(&s, in_fd) == RC_OK ? 0 : 1;
}
