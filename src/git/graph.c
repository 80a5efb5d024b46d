/* The commits that questions reach, each read once; then sets of ancestors as bits. Objects are taken from the folder's own
 * packs and files only: alternates, replacements and grafts are not followed. libgit2 compares every object with its name, so
 * that a damaged or forged one is an error and no answer. */
#include "git/inside.h"

#include <fcntl.h>
#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <unistd.h>

enum {
    SETS = 32,           /* of ancestors that are kept */
    BEGIN_LEAST = 7,     /* digits of a shortened name */
    PEEL_MOST = 8,       /* tags of tags */
    COMMIT_MOST = 64 << 20,
};
#define NONE UINT32_MAX    /* no commit */
#define IN_WORK UINT32_MAX /* as a generation */

enum cut { CUT_NOT, CUT_SHALLOW, CUT_LACKING, CUT_DAMAGED };

struct node {
    git_oid id;
    uint32_t parents_at, n_parents, generation; /* one more than its greatest parent's; 0: not yet known */
    bool loaded;
    unsigned char cut; /* enum cut: what is before it is not known */
};

/* The ancestors of one commit, itself included; of nodes that came later it holds none. */
struct set {
    uint32_t of;
    size_t bits, cap;
    unsigned char *at;
    enum cut cut; /* somewhere in it */
};

struct graph {
    struct arena *mem;
    git_odb *odb;
    bool borrowing; /* it has alternates, which nobody follows */
    bool any_cut;
    VEC(struct node) nodes;
    VEC(uint32_t) parents;
    VEC(uint32_t) work;
    uint32_t *slots; /* number + 1 by id */
    size_t slot_count;
    struct set sets[SETS];
    size_t next_set;
};

/* ---- numbers of commits ---- */

static size_t slot_of(const struct graph *g, const git_oid *id)
{
    uint64_t h;
    memcpy(&h, id->id, sizeof h);
    size_t at = (size_t)h & (g->slot_count - 1);
    while (g->slots[at] && git_oid_cmp(&g->nodes.at[g->slots[at] - 1].id, id) != 0)
        at = (at + 1) & (g->slot_count - 1);
    return at;
}

static void widen(struct graph *g)
{
    size_t count = g->slot_count ? g->slot_count * 2 : 1 << 12;
    g->slots = arena_grow(g->mem, g->slots, g->slot_count * sizeof *g->slots, count * sizeof *g->slots);
    memset(g->slots, 0, count * sizeof *g->slots);
    g->slot_count = count;
    for (size_t i = 0; i < g->nodes.n; i++)
        g->slots[slot_of(g, &g->nodes.at[i].id)] = (uint32_t)i + 1;
}

static uint32_t known(const struct graph *g, const git_oid *id)
{
    return g->slot_count && g->slots[slot_of(g, id)] ? g->slots[slot_of(g, id)] - 1 : NONE;
}

static uint32_t number(struct graph *g, const git_oid *id)
{
    if (g->nodes.n * 2 >= g->slot_count)
        widen(g);
    size_t at = slot_of(g, id);
    if (!g->slots[at]) {
        vec_push(g->mem, &g->nodes)->id = *id;
        g->slots[at] = (uint32_t)g->nodes.n;
    }
    return g->slots[at] - 1;
}

/* ---- reading ---- */

static void cut(struct graph *g, uint32_t n, enum cut why)
{
    g->nodes.at[n].cut = (unsigned char)why;
    g->any_cut = true;
}

/* "tree …", then a line per parent. */
static bool parse(struct graph *g, uint32_t n, struct str text)
{
    struct str line;
    uint32_t at = (uint32_t)g->parents.n;
    if (!str_line(&text, &line) || !str_take(&line, STR("tree ")))
        return false;
    while (str_line(&text, &line) && str_take(&line, STR("parent "))) {
        git_oid id;
        if (!repo_is_hash(line) || git_oid_fromstrn(&id, line.p, REPO_HASH) != 0)
            return false;
        uint32_t parent = number(g, &id);
        *vec_push(g->mem, &g->parents) = parent;
    }
    g->nodes.at[n].parents_at = at;
    g->nodes.at[n].n_parents = (uint32_t)g->parents.n - at;
    return true;
}

static void load(struct graph *g, uint32_t n)
{
    git_odb_object *o = NULL;
    git_oid id = g->nodes.at[n].id;
    g->nodes.at[n].loaded = true;
    if (g->nodes.at[n].cut)
        return;
    int bad = git_odb_read(&o, g->odb, &id);
    if (bad) {
        cut(g, n, bad == GIT_ENOTFOUND ? CUT_LACKING : CUT_DAMAGED);
        return;
    }
    struct str text = {git_odb_object_data(o), git_odb_object_size(o)};
    if (git_odb_object_type(o) != GIT_OBJECT_COMMIT || text.n > COMMIT_MOST || !parse(g, n, text))
        cut(g, n, CUT_DAMAGED);
    git_odb_object_free(o);
}

/* A commit and all that it comes from. What was loaded before has all of that already. */
static void load_all(struct graph *g, uint32_t start)
{
    g->work.n = 0;
    *vec_push(g->mem, &g->work) = start;
    while (g->work.n) {
        uint32_t n = g->work.at[--g->work.n];
        if (g->nodes.at[n].loaded)
            continue;
        load(g, n);
        for (uint32_t i = 0; i < g->nodes.at[n].n_parents; i++)
            *vec_push(g->mem, &g->work) = g->parents.at[g->nodes.at[n].parents_at + i];
    }
}

/* Depth first, each commit after its parents; `work` is the way down. */
static void count_generations(struct graph *g, uint32_t start)
{
    g->work.n = 0;
    *vec_push(g->mem, &g->work) = start;
    while (g->work.n) {
        struct node *n = &g->nodes.at[g->work.at[g->work.n - 1]];
        uint32_t greatest = 0, waits = NONE;
        bool again = n->generation == 0;
        if (n->generation && n->generation != IN_WORK) {
            g->work.n--;
            continue;
        }
        n->generation = IN_WORK;
        for (uint32_t i = 0; i < n->n_parents; i++) {
            uint32_t p = g->parents.at[n->parents_at + i], theirs = g->nodes.at[p].generation;
            if (theirs == 0 && again)
                *vec_push(g->mem, &g->work) = waits = p;
            greatest = theirs != IN_WORK && theirs > greatest ? theirs : greatest;
        }
        if (waits == NONE) {
            n->generation = greatest + 1;
            g->work.n--;
        }
    }
}

/* ---- sets of ancestors ---- */

static bool in_set(const struct set *s, uint32_t n)
{
    return n < s->bits && s->at[n >> 3] >> (n & 7) & 1;
}

static void fill(struct graph *g, struct set *s)
{
    g->work.n = 0;
    *vec_push(g->mem, &g->work) = s->of;
    s->at[s->of >> 3] |= (unsigned char)(1u << (s->of & 7));
    while (g->work.n) {
        const struct node *n = &g->nodes.at[g->work.at[--g->work.n]];
        s->cut = n->cut ? (enum cut)n->cut : s->cut;
        for (uint32_t i = 0; i < n->n_parents; i++) {
            uint32_t p = g->parents.at[n->parents_at + i];
            if (in_set(s, p))
                continue;
            s->at[p >> 3] |= (unsigned char)(1u << (p & 7));
            *vec_push(g->mem, &g->work) = p;
        }
    }
}

static const struct set *ancestors(struct graph *g, uint32_t of)
{
    for (size_t i = 0; i < SETS; i++)
        if (g->sets[i].bits && g->sets[i].of == of)
            return &g->sets[i];
    struct set *s = &g->sets[g->next_set++ % SETS];
    size_t bytes = g->nodes.n / 8 + 1;
    if (bytes > s->cap) {
        s->at = arena_alloc(g->mem, bytes * 2);
        s->cap = bytes * 2;
    }
    memset(s->at, 0, bytes);
    s->of = of;
    s->bits = g->nodes.n;
    s->cut = CUT_NOT;
    fill(g, s);
    return s;
}

/* ---- questions ---- */

static const char *reason(const struct graph *g, enum cut why)
{
    if (why == CUT_SHALLOW)
        return "the clone is shallow: its history is cut off";
    if (why == CUT_DAMAGED)
        return "the clone is damaged";
    return g->borrowing ? "the clone borrows objects of another repository, which is not read" : "the clone lacks part of its history";
}

/* The commit of that name; through tags, should it be a tag's. */
static enum repo_answer peel(struct graph *g, git_oid *id, const char **ret_why)
{
    for (int round = 0; round < PEEL_MOST; round++) {
        size_t size;
        git_object_t type;
        int bad = git_odb_read_header(&size, &type, g->odb, id);
        if (bad == GIT_ENOTFOUND || (!bad && type != GIT_OBJECT_COMMIT && type != GIT_OBJECT_TAG))
            return REPO_LACKING;
        if (!bad && type == GIT_OBJECT_COMMIT)
            return REPO_YES;
        git_odb_object *o = NULL;
        struct str text, line = STR("");
        if (!bad && size <= COMMIT_MOST)
            bad = git_odb_read(&o, g->odb, id);
        *ret_why = reason(g, CUT_DAMAGED);
        if (bad || !o)
            return REPO_UNCLEAR;
        text = (struct str){git_odb_object_data(o), git_odb_object_size(o)};
        bool ok = str_line(&text, &line) && str_take(&line, STR("object ")) && repo_is_hash(line) && git_oid_fromstrn(id, line.p, REPO_HASH) == 0;
        git_odb_object_free(o);
        if (!ok)
            return REPO_UNCLEAR;
    }
    return REPO_LACKING;
}

enum repo_answer graph_holds(struct graph *g, struct str commit, struct str in, const char **ret_why)
{
    git_oid a, b;
    if (!repo_is_hash(commit) || git_oid_fromstrn(&a, commit.p, REPO_HASH) != 0)
        return REPO_LACKING;
    *ret_why = reason(g, CUT_LACKING);
    if (!repo_is_hash(in) || git_oid_fromstrn(&b, in.p, REPO_HASH) != 0)
        return REPO_UNCLEAR;
    uint32_t of = number(g, &b), n = known(g, &a);
    if (!g->nodes.at[of].loaded)
        load_all(g, of);
    count_generations(g, of);
    if (!g->any_cut && n != NONE && g->nodes.at[n].loaded && g->nodes.at[n].generation > g->nodes.at[of].generation)
        return REPO_NO;
    const struct set *s = ancestors(g, of);
    n = known(g, &a);
    if (n != NONE && in_set(s, n)) {
        enum cut why = (enum cut)g->nodes.at[n].cut;
        *ret_why = reason(g, why);
        return why == CUT_NOT || why == CUT_SHALLOW ? REPO_YES : REPO_UNCLEAR;
    }
    if (n == NONE || !g->nodes.at[n].loaded) {
        git_oid asked = a;
        enum repo_answer there = peel(g, &a, ret_why);
        if (there != REPO_YES)
            return there;
        n = git_oid_cmp(&asked, &a) == 0 ? NONE : known(g, &a);
        if (n != NONE && in_set(s, n))
            return REPO_YES;
    }
    *ret_why = reason(g, s->cut);
    return s->cut ? REPO_UNCLEAR : REPO_NO;
}

enum repo_answer graph_commit(struct graph *g, struct str begin, char *ret, const char **ret_why)
{
    git_oid part, id;
    if (begin.n < BEGIN_LEAST || begin.n > REPO_HASH || git_oid_fromstrn(&part, begin.p, begin.n) != 0)
        return REPO_LACKING;
    int bad = begin.n == REPO_HASH ? (id = part, 0) : git_odb_exists_prefix(&id, g->odb, &part, begin.n);
    *ret_why = bad == GIT_EAMBIGUOUS ? "several commits of the clone begin so" : reason(g, CUT_DAMAGED);
    if (bad)
        return bad == GIT_ENOTFOUND ? REPO_LACKING : REPO_UNCLEAR;
    enum repo_answer there = peel(g, &id, ret_why);
    if (there == REPO_YES)
        git_oid_fmt(ret, &id);
    return there;
}

/* ---- opening ---- */

static void close_graph(void *arg)
{
    struct graph *g = arg;
    git_odb_free(g->odb);
}

enum rc graph_start(struct op *op)
{
    static const int levels[] = {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL};
    if (git_libgit2_init() < 0)
        return fail(op, RC_UNSUPPORTED, "libgit2 does not start");
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
    git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0); /* each commit is read once */
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
    git_libgit2_opts(GIT_OPT_DISABLE_PACK_KEEP_FILE_CHECKS, 1);
    return RC_OK;
}

static bool borrows(const struct repo_folder *f)
{
    return faccessat(f->fd, "objects/info/alternates", F_OK, 0) == 0;
}

enum rc graph_open(struct op *op, const struct repo_folder *f, struct graph **ret)
{
    struct graph *g = arena_alloc(op->mem, sizeof *g);
    struct str path = str_join(op->mem, f->path, STR("/objects"));
    git_odb_backend *loose = NULL, *packs = NULL;
    *g = (struct graph){.mem = op->mem, .borrowing = borrows(f)};
    if (git_odb_new(&g->odb) != 0)
        return fail(op, RC_IO, "libgit2: no object database");
    arena_defer(op->mem, close_graph, g);
    int bad = git_odb_backend_loose(&loose, path.p, -1, 0, 0, 0);
    bad = bad ? bad : git_odb_add_backend(g->odb, loose, 1);
    bad = bad ? bad : git_odb_backend_pack(&packs, path.p);
    bad = bad ? bad : git_odb_add_backend(g->odb, packs, 2);
    if (bad) {
        const git_error *e = git_error_last();
        return fail(op, RC_IO, "its objects cannot be read: %s", e ? e->message : "damaged");
    }
    vec_each(const struct str, hash, &f->shallow) {
        git_oid id;
        if (git_oid_fromstrn(&id, hash->p, REPO_HASH) == 0)
            cut(g, number(g, &id), CUT_SHALLOW);
    }
    *ret = g;
    return RC_OK;
}
