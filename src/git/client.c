/* The asking side: one question, one answer; the same question is not asked twice. */
#include "git/git.h"

#include "base/buf.h"
#include "base/map.h"
#include "base/program.h"
#include "base/time.h"
#include "base/vec.h"

enum { REMOTES_MOST = 256 };

struct repo {
    struct arena *mem;
    struct program *program;
    struct buf held;
    struct map answers; /* question → the answer's line */
    VEC(struct str) remotes;
    struct str trouble;
    int64_t patience_ms;
};

bool repo_is_hash(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]) && !(to_lower(s.p[i]) >= 'a' && to_lower(s.p[i]) <= 'f'))
            return false;
    return s.n == REPO_HASH;
}

/* The next line it says, escaped as it may be shown. */
static enum rc hear(struct op *op, struct repo *g, struct str *ret)
{
    int64_t deadline = time_monotonic_ms() + g->patience_ms;
    for (;;) {
        size_t end = str_chr(buf_str(&g->held), '\n'), n;
        if (end != STR_NONE) {
            *ret = str_escape(g->mem, str_upto(buf_str(&g->held), end));
            g->held.n -= end + 1;
            memmove(g->held.p, g->held.p + end + 1, g->held.n);
            return RC_OK;
        }
        char *room = g->held.n < REPO_LINE_MOST ? buf_room(&g->held, REPO_LINE_MOST) : NULL;
        if (!room)
            return fail(op, RC_IO, "muster-clone: a line that is too long");
        TRY(program_hear(op, g->program, deadline, room, REPO_LINE_MOST, &n));
        buf_took(&g->held, n);
    }
}

static enum rc greet(struct op *op, struct repo *g, struct str folder)
{
    struct str line, code;
    uint64_t rc;
    for (size_t i = 0; i < REMOTES_MOST + 1; i++) {
        TRY(hear(op, g, &line));
        if (str_eq(line, STR("ready")))
            return RC_OK;
        if (str_take(&line, STR("refused ")) && str_split(line, ' ', &code, &line) && str_num(code, &rc) && rc > RC_OK && rc <= RC_IO)
            return fail(op, rc == RC_NOTFOUND ? RC_INVALID : (enum rc)rc, STR_FMT ": " STR_FMT, STR_ARG(folder), STR_ARG(line));
        if (!str_take(&line, STR("remote ")))
            break;
        *vec_push(g->mem, &g->remotes) = line;
    }
    return fail(op, RC_IO, "muster-clone: an answer that cannot be right");
}

enum rc repo_open(struct op *op, const char *path, struct str folder, struct repo **ret)
{
    static const char *const environment[] = {"LC_ALL=C", NULL};
    const char *name = str_cstr(op->mem, folder);
    if (!name || folder.n == 0)
        return fail(op, RC_INVALID, "'" STR_FMT "' is no folder", STR_ARG(folder));
    const char *const argv[] = {"muster-clone", name, str_print(op->mem, "%u", op->limits->time_s).p,
                                str_print(op->mem, "%llu", (unsigned long long)op->limits->worker_bytes).p, NULL};
    struct repo *g = arena_alloc(op->mem, sizeof *g);
    *g = (struct repo){.mem = op->mem, .patience_ms = (int64_t)op->limits->time_s * 1000};
    map_open(&g->answers, op->mem);
    buf_open(&g->held, op->mem, "muster-clone's answers", 4 * REPO_LINE_MOST);
    TRY(program_start(op, path, argv, environment, &g->program));
    *ret = g;
    return greet(op, g, folder);
}

size_t repo_remotes(const struct repo *g, const struct str **ret)
{
    *ret = g->remotes.at;
    return g->remotes.n;
}

/* ---- questions ---- */

static struct str ask(struct repo *g, struct str question)
{
    struct op op = {.mem = g->mem, .limits = &limits_default};
    struct str answer;
    struct str *known = map_get(&g->answers, question);
    if (known)
        return *known;
    enum rc rc = program_tell(&op, g->program, str_join(g->mem, question, STR("\n")));
    if (rc == RC_OK)
        rc = hear(&op, g, &answer);
    if (rc != RC_OK) {
        program_end(g->program); /* it may be in the middle of an answer: nobody asks it again */
        answer = str_join(g->mem, STR("u the clone cannot be read any more: "), op.err.text);
    }
    known = arena_alloc(g->mem, sizeof *known);
    *known = answer;
    *map_put(&g->answers, question) = known;
    return answer;
}

static enum repo_answer understand(struct repo *g, struct str line, char *ret)
{
    struct str rest = str_from(line, 2);
    char first = line.n ? line.p[0] : 0;
    bool alone = line.n == 1;
    if (first == 'y' && (ret ? line.n == 2 + REPO_HASH && repo_is_hash(rest) : alone)) {
        if (ret)
            memcpy(ret, rest.p, REPO_HASH);
        return REPO_YES;
    }
    if (first == 'n' && alone && !ret)
        return REPO_NO;
    if (first == 'l' && alone)
        return REPO_LACKING;
    g->trouble = first == 'u' && rest.n ? rest : STR("muster-clone: an answer that cannot be right");
    return REPO_UNCLEAR;
}

/* Could the text break the form of a question? */
static bool plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
            return false;
    return s.n > 0 && s.n < REPO_LINE_MOST / 4;
}

enum repo_answer repo_holds(struct repo *g, struct str commit, struct str in)
{
    if (!repo_is_hash(commit) || !repo_is_hash(in))
        return REPO_LACKING;
    return understand(g, ask(g, str_lower(g->mem, str_join(g->mem, STR("h "), commit, STR(" "), in))), NULL);
}

enum repo_answer repo_commit(struct repo *g, struct str begin, char *ret)
{
    return plain(begin) ? understand(g, ask(g, str_join(g->mem, STR("c "), begin)), ret) : REPO_LACKING;
}

enum repo_answer repo_tag(struct repo *g, struct str name, char *ret)
{
    return plain(name) ? understand(g, ask(g, str_join(g->mem, STR("t "), name)), ret) : REPO_LACKING;
}

struct str repo_trouble(const struct repo *g)
{
    return g->trouble;
}
