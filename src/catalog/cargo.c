/* Cargo.lock, versions 1 to 4. A dependency is written no longer than needed to be unambiguous, so every edge is exact. */
#include "base/map.h"
#include "base/toml.h"
#include "catalog/catalog.h"
#include "catalog/keep.h"
#include "catalog/vcs.h"

enum { SAME_MOST = 64 }; /* packages of one name that a dependency is compared with */
#define NONE UINT32_MAX

struct package {
    struct str name, version, source;
    uint32_t id, next; /* in the bom; of the same name, or NONE */
};

struct wish {
    uint32_t from;
    struct str text; /* "name", "name version", "name version (source)" */
};

struct lock {
    struct op *op;
    struct bom *bom;
    const struct catalog_file *file;
    struct str doc;
    struct toml t;
    VEC(struct package) packages;
    VEC(struct wish) wishes;
    struct map names;
    size_t bad;
};

static struct str text(struct lock *l)
{
    return catalog_keep(l->bom->mem, l->doc, toml_string(&l->t));
}

static void pair(struct lock *l)
{
    struct toml *t = &l->t;
    struct package *p = &l->packages.at[l->packages.n - 1];
    if (toml_is(t, "name"))
        p->name = text(l);
    else if (toml_is(t, "version"))
        p->version = text(l);
    else if (toml_is(t, "source"))
        p->source = text(l);
    else if (toml_is(t, "dependencies") && toml_array(t))
        while (toml_item(t)) {
            struct str wanted = text(l);
            if (wanted.n)
                *vec_push(l->op->mem, &l->wishes) = (struct wish){(uint32_t)l->packages.n - 1, wanted};
        }
}

/* The very first locks had their own package in a table called root. */
static void read_lock(struct lock *l)
{
    struct toml *t = &l->t;
    while (toml_next(t)) {
        bool package = toml_in(t, "package") || toml_in(t, "root");
        if (t->event != TOML_PAIR && package)
            vec_push(l->op->mem, &l->packages)->next = NONE;
        else if (t->event == TOML_PAIR && package && l->packages.n)
            pair(l);
    }
}

static void add(struct lock *l)
{
    const struct str none = STR("");
    for (size_t i = l->packages.n; i-- > 0;) {
        struct package *p = &l->packages.at[i];
        if (p->name.n == 0) {
            l->bad++;
            continue;
        }
        struct component c = {STR("cargo"), none, p->name, p->version.n ? p->version : none, none, none, none, none, none, none};
        vcs_qualify(l->bom->mem, &c, p->source);
        p->id = bom_add_borrowed(l->bom, &c);
        struct str evidence = p->source.n == 0 ? STR("first-party") : str_starts(p->source, STR("git+")) ? p->source : none;
        bom_note(l->bom, p->id, SCOPE_DECLARED, l->file->path, l->file->layer)->evidence = evidence;
        void **first = map_put(&l->names, p->name);
        p->next = *first ? (uint32_t)((uintptr_t)*first - 1) : NONE;
        *first = (void *)(uintptr_t)(i + 1);
    }
}

/* A source in a dependency lacks the commit that the package's own may have. */
static bool same_source(struct str wanted, struct str source)
{
    return str_starts(source, wanted) && (source.n == wanted.n || source.p[wanted.n] == '#');
}

static void edge(struct lock *l, const struct wish *w)
{
    struct str rest = w->text, name, version = {NULL, 0}, source = {NULL, 0};
    uint32_t found = NONE, matches = 0, seen = 0;
    if (l->packages.at[w->from].name.n == 0 || !str_word(&rest, &name))
        return;
    if (str_word(&rest, &version) && str_word(&rest, &source) && str_take(&source, STR("(")) && str_ends(source, STR(")")))
        source = str_but(source, 1);
    uintptr_t first = (uintptr_t)map_get(&l->names, name);
    for (uint32_t i = first ? (uint32_t)(first - 1) : NONE; i != NONE && seen < SAME_MOST; i = l->packages.at[i].next, seen++) {
        const struct package *p = &l->packages.at[i];
        if ((version.n && !str_eq(version, p->version)) || (source.n && !same_source(source, p->source)))
            continue;
        /* Where a name and version exist twice, the one without a source is written without it. */
        if (version.n && !source.n && !p->source.n) {
            found = i;
            matches = 1;
            break;
        }
        found = i;
        matches++;
    }
    if (found != NONE)
        bom_edge(l->bom, l->packages.at[w->from].id, l->packages.at[found].id, EDGE_RUNTIME, matches == 1);
}

static enum rc file(struct op *op, struct catalog_run *run, const struct catalog_file *f, struct bom *bom)
{
    struct lock *l = arena_alloc(op->mem, sizeof *l);
    (void)run;
    *l = (struct lock){.op = op, .bom = bom, .file = f, .doc = str_dup(bom->mem, f->bytes)};
    map_open(&l->names, op->mem);
    toml_open(&l->t, op, f->path, l->doc);
    read_lock(l);
    enum rc rc = toml_close(&l->t);
    if (rc == RC_OK && l->packages.n == 0 && f->bytes.n == 0)
        rc = fail(op, RC_INVALID, STR_FMT ": empty", STR_ARG(f->path));
    add(l);
    vec_each(const struct wish, w, &l->wishes)
        edge(l, w);
    if (l->bad)
        bom_gap(bom, f->path, str_print(op->mem, "packages without a name: %zu", l->bad));
    return rc;
}

static const char *const paths[] = {"**/Cargo.lock", NULL};

const struct cataloger cataloger_cargo = {
    .name = "cargo",
    .help = "Locks of Cargo: Cargo.lock, versions 1 to 4.",
    .paths = paths,
    .profiles = PROFILE_DECLARED,
    .scope = SCOPE_DECLARED,
    .file = file,
};
