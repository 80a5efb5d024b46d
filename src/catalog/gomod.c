/* go.mod; and go.sum beside it for modules older than Go 1.17, whose go.mod does not name everything. */
#include "base/map.h"
#include "catalog/catalog.h"
#include "catalog/go_build.h"

enum { WORDS_MOST = 8 };

struct line {
    struct str words[WORDS_MOST];
    size_t n;
    bool indirect;
};

struct require {
    struct str path, version;
    bool indirect;
};

struct replace {
    struct str by_path, by_version; /* no version: a folder */
};

struct reading {
    struct op *op;
    struct bom *bom;
    const struct catalog_file *file;
    struct str module, go, toolchain;
    VEC(struct require) requires;
    VEC(struct replace) replaces;
    struct map replaced; /* path, or "path version" → index + 1 into replaces, as a pointer */
    struct map excluded; /* "path version" */
    struct map known;    /* paths that go.mod requires */
    size_t line, bad, first_bad;
};

static void bad_line(struct reading *r)
{
    if (r->bad++ == 0)
        r->first_bad = r->line;
}

/* Words, quoted or not, up to a comment: false when a quote is not closed or there are too many. */
static bool split(struct str text, struct line *ret)
{
    ret->n = 0;
    ret->indirect = false;
    for (text = str_trim(text); text.n; text = str_trim(text)) {
        struct str word;
        char quote = text.p[0];
        if (str_starts(text, STR("//"))) {
            struct str comment = str_trim(str_from(text, 2));
            ret->indirect = str_eq(comment, STR("indirect")) || str_starts(comment, STR("indirect;"));
            return true;
        }
        if (ret->n == WORDS_MOST)
            return false;
        if (quote == '"' || quote == '`') {
            text = str_from(text, 1);
            if (!str_split(text, quote, &word, &text))
                return false;
        } else {
            size_t n = 0;
            while (n < text.n && !is_space(text.p[n]) && !str_starts(str_from(text, n), STR("//")))
                n++;
            word = str_upto(text, n);
            text = str_from(text, n);
        }
        ret->words[ret->n++] = word;
    }
    return true;
}

static struct str versioned(struct reading *r, struct str path, struct str version)
{
    return str_join(r->op->mem, path, STR(" "), version);
}

/* old [version] => new [version] */
static void replace(struct reading *r, const struct str *w, size_t n)
{
    size_t arrow = n > 1 && str_eq(w[1], STR("=>")) ? 1 : 2;
    if (n < arrow + 2 || n > arrow + 3 || !str_eq(w[arrow], STR("=>"))) {
        bad_line(r);
        return;
    }
    *vec_push(r->op->mem, &r->replaces) = (struct replace){w[arrow + 1], n == arrow + 3 ? w[arrow + 2] : (struct str){"", 0}};
    struct str key = arrow == 2 ? versioned(r, w[0], w[1]) : w[0];
    *map_put(&r->replaced, key) = (void *)(uintptr_t)r->replaces.n;
}

static void directive(struct reading *r, struct str verb, const struct str *w, size_t n, bool indirect)
{
    if (str_eq(verb, STR("module")) && n == 1)
        r->module = w[0];
    else if (str_eq(verb, STR("go")) && n == 1)
        r->go = w[0];
    else if (str_eq(verb, STR("toolchain")) && n == 1)
        r->toolchain = w[0];
    else if (str_eq(verb, STR("require")) && n == 2 && w[0].n)
        *vec_push(r->op->mem, &r->requires) = (struct require){w[0], w[1], indirect};
    else if (str_eq(verb, STR("replace")))
        replace(r, w, n);
    else if (str_eq(verb, STR("exclude")) && n == 2)
        *map_put(&r->excluded, versioned(r, w[0], w[1])) = r;
    else if (!str_eq(verb, STR("retract")) && !str_eq(verb, STR("tool")) && !str_eq(verb, STR("godebug"))
             && !str_eq(verb, STR("ignore")))
        bad_line(r);
}

static void read_lines(struct reading *r, struct str bytes)
{
    struct str rest = bytes, text, verb = {NULL, 0};
    struct line l;
    while (str_line(&rest, &text)) {
        r->line++;
        if (!split(text, &l)) {
            bad_line(r);
            continue;
        }
        if (l.n == 0)
            continue;
        if (verb.n && str_eq(l.words[0], STR(")")))
            verb.n = 0;
        else if (verb.n)
            directive(r, verb, l.words, l.n, l.indirect);
        else if (l.n == 2 && str_eq(l.words[1], STR("(")))
            verb = l.words[0];
        else
            directive(r, l.words[0], l.words + 1, l.n - 1, l.indirect);
    }
}

static uint32_t note(struct reading *r, const struct component *c, struct str evidence)
{
    uint32_t id = bom_add(r->bom, c);
    bom_note(r->bom, id, SCOPE_DECLARED, r->file->path, r->file->layer)->evidence = str_dup(r->bom->mem, evidence);
    return id;
}

/* One selected module, replaced and excluded as the module file says. */
static uint32_t add(struct reading *r, struct str path, struct str version, struct str evidence)
{
    struct str key = versioned(r, path, version);
    uintptr_t by = (uintptr_t)map_get(&r->replaced, key);
    if (!by)
        by = (uintptr_t)map_get(&r->replaced, path);
    struct component c = go_component(path, version);
    if (by) {
        const struct replace *p = &r->replaces.at[by - 1];
        bool folder = p->by_version.n == 0;
        c = go_component(folder ? path : p->by_path, p->by_version);
        evidence = folder ? str_join(r->op->mem, STR("replaced by "), p->by_path) : str_join(r->op->mem, STR("replaces "), key);
    } else if (map_get(&r->excluded, key)) {
        c.version = (struct str){"", 0};
        evidence = str_join(r->op->mem, STR("excludes "), version);
    }
    return note(r, &c, evidence);
}

/* ---- go.sum ---- */

/* Does the version a come before b? Enough of semver for versions of one module: numbers, then a pre-release. */
static bool earlier(struct str a, struct str b)
{
    struct str pa = a, pb = b, rest_a = {"", 0}, rest_b = {"", 0}, x, y;
    if (str_split(a, '-', &x, &rest_a))
        pa = x;
    if (str_split(b, '-', &x, &rest_b))
        pb = x;
    str_take(&pa, STR("v"));
    str_take(&pb, STR("v"));
    while (pa.p && pb.p && str_cut(&pa, '.', &x) && str_cut(&pb, '.', &y)) {
        uint64_t u = 0, v = 0;
        (void)(str_num(x, &u) + str_num(y, &v));
        if (u != v)
            return u < v;
    }
    if (rest_a.n == 0 || rest_b.n == 0)
        return rest_a.n != 0 && rest_b.n == 0;
    return str_cmp(rest_a, rest_b) < 0;
}

/* Modules whose content was needed, which go.mod does not name: of each the greatest version. */
static void add_sums(struct reading *r, struct str bytes)
{
    struct str rest = bytes, line, path, version, sum;
    struct map greatest;
    size_t bad = 0;
    map_open(&greatest, r->op->mem);
    while (str_line(&rest, &line)) {
        if (str_trim(line).n == 0)
            continue;
        if (!str_word(&line, &path) || !str_word(&line, &version) || !str_word(&line, &sum)) {
            bad++;
            continue;
        }
        if (str_ends(version, STR("/go.mod")) || map_get(&r->known, path) || map_get(&r->excluded, versioned(r, path, version)))
            continue;
        struct str **at = (struct str **)map_put(&greatest, path);
        if (!*at)
            *at = arena_alloc(r->op->mem, sizeof **at);
        if ((*at)->n == 0 || earlier(**at, version))
            **at = version;
    }
    for (size_t i = 0; i < greatest.entries.n; i++)
        add(r, greatest.entries.at[i].key, *(struct str *)greatest.entries.at[i].value, STR("go.sum"));
    if (bad)
        bom_gap(r->bom, r->file->path, str_print(r->op->mem, "lines of go.sum not understood: %zu", bad));
}

static bool names_all(struct str go)
{
    struct str major, minor, rest, number;
    uint64_t a, b;
    if (!str_split(go, '.', &major, &rest))
        return str_num(go, &a) && a > 1;
    minor = str_split(rest, '.', &number, &rest) ? number : rest;
    return str_num(major, &a) && str_num(minor, &b) && (a > 1 || b >= 17);
}

static enum rc file(struct op *op, struct catalog_run *run, const struct catalog_file *f, struct bom *bom)
{
    struct reading *r = arena_alloc(op->mem, sizeof *r);
    struct str sums, dir = str_dir(f->path), none = {"", 0};
    *r = (struct reading){.op = op, .bom = bom, .file = f};
    map_open(&r->replaced, op->mem);
    map_open(&r->excluded, op->mem);
    map_open(&r->known, op->mem);
    read_lines(r, f->bytes);
    if (r->module.n == 0 && r->requires.n == 0)
        return fail(op, RC_INVALID, STR_FMT ": neither module nor require", STR_ARG(f->path));
    struct component own = go_component(r->module, none), stdlib = go_stdlib(r->toolchain.n ? r->toolchain : r->go);
    uint32_t main = r->module.n ? note(r, &own, STR("first-party")) : COMPONENT_NONE;
    if (stdlib.version.n)
        note(r, &stdlib, r->toolchain.n ? STR("toolchain") : STR("go"));
    vec_each(const struct require, q, &r->requires) {
        uint32_t id = add(r, q->path, q->version, none);
        *map_put(&r->known, q->path) = r;
        if (main != COMPONENT_NONE && !q->indirect)
            bom_edge(bom, main, id, EDGE_RUNTIME, true);
    }
    struct str path = dir.n ? str_join(op->mem, dir, STR("/go.sum")) : STR("go.sum");
    if (!names_all(r->go) && run->scan->sibling && run->scan->sibling(op, run->scan->arg, path, &sums) == RC_OK)
        add_sums(r, sums);
    if (r->bad)
        bom_gap(bom, f->path, str_print(op->mem, "lines not understood: %zu, the first is line %zu", r->bad, r->first_bad));
    return RC_OK;
}

static const char *const paths[] = {"**/go.mod", NULL};

const struct cataloger cataloger_gomod = {
    .name = "gomod",
    .help = "Modules that go.mod selects, with go.sum for those older than Go 1.17.",
    .paths = paths,
    .profiles = PROFILE_DECLARED,
    .scope = SCOPE_DECLARED,
    .file = file,
};
