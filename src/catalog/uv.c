/* uv.lock: packages, the project's own among them, each with what it asks for, exact to version and source. Packages
 * that only the development groups of the project's own lead to are for building. */
#include "catalog/pep508.h"
#include "catalog/python_lock.h"

struct reading {
    struct python_lock l;
    struct toml t;
    VEC(uint32_t) todo; /* packages reached, in that order */
};

static struct str keep(struct reading *r, struct str s)
{
    return python_lock_keep(&r->l, s);
}

/* { registry = "https://…" }: "registry https://…". */
static struct str read_source(struct reading *r)
{
    struct str source = {"", 0};
    if (!toml_inline(&r->t))
        return source;
    while (toml_key(&r->t)) {
        struct str kind = r->t.key.at[0], where = toml_string(&r->t);
        if (source.n == 0 && where.p)
            source = str_join(r->l.bom->mem, kind, STR(" "), where);
    }
    return source;
}

static void read_package_source(struct reading *r, struct python_package *p)
{
    p->source = read_source(r);
    p->own = str_starts(p->source, STR("editable ")) || str_starts(p->source, STR("virtual "))
             || str_starts(p->source, STR("directory "));
    if (p->own)
        p->evidence = STR("first-party");
    else if (!str_starts(p->source, STR("registry ")))
        p->evidence = p->source;
}

/* dependencies = [{ name = "x", version = "1", source = { … }, marker = "…" }, …] */
static void read_wishes(struct reading *r, enum edge_kind kind)
{
    struct toml *t = &r->t;
    if (!toml_array(t))
        return;
    while (toml_item(t)) {
        struct python_wish w = {.from = (uint32_t)r->l.packages.n - 1, .kind = kind};
        if (!toml_inline(t))
            continue;
        while (toml_key(t)) {
            if (toml_is(t, "name"))
                w.name = pypi_name(r->l.op->mem, keep(r, toml_string(t)));
            else if (toml_is(t, "version"))
                w.version = keep(r, toml_string(t));
            else if (toml_is(t, "source"))
                w.source = read_source(r);
        }
        if (w.name.n)
            *vec_push(r->l.op->mem, &r->l.wishes) = w;
    }
}

static void package_pair(struct reading *r, struct python_package *p)
{
    struct toml *t = &r->t;
    if (toml_in2(t, "package", "optional-dependencies"))
        read_wishes(r, EDGE_OPTIONAL);
    else if (toml_in2(t, "package", "dev-dependencies"))
        read_wishes(r, EDGE_DEV);
    else if (!toml_in(t, "package"))
        return;
    else if (toml_is(t, "name"))
        p->name = pypi_name(r->l.bom->mem, keep(r, toml_string(t)));
    else if (toml_is(t, "version"))
        p->version = keep(r, toml_string(t));
    else if (toml_is(t, "source"))
        read_package_source(r, p);
    else if (toml_is(t, "dependencies"))
        read_wishes(r, EDGE_RUNTIME);
}

static void read_lock(struct reading *r)
{
    struct toml *t = &r->t;
    while (toml_next(t)) {
        if (t->event == TOML_ARRAY_TABLE && toml_in(t, "package"))
            vec_push(r->l.op->mem, &r->l.packages)->scope = SCOPE_DECLARED;
        else if (t->event == TOML_PAIR && r->l.packages.n)
            package_pair(r, &r->l.packages.at[r->l.packages.n - 1]);
    }
}

/* ---- which packages are for development only ---- */

static void reach(struct python_lock *l, const struct python_wish *w, struct python_package *to, bool exact)
{
    struct reading *r = (struct reading *)l;
    (void)w;
    (void)exact;
    if (to->reached)
        return;
    to->reached = true;
    *vec_push(l->op->mem, &r->todo) = (uint32_t)(to - l->packages.at);
}

/* Follows the wishes of all reached packages; those of the development groups only at the start. */
static void follow(struct reading *r, const size_t *first)
{
    for (size_t k = 0; k < r->todo.n; k++)
        for (size_t w = first[r->todo.at[k]]; w < first[r->todo.at[k] + 1]; w++)
            if (r->l.wishes.at[w].kind != EDGE_DEV)
                python_lock_resolve(&r->l, &r->l.wishes.at[w], reach);
}

static void judge_scopes(struct reading *r)
{
    struct python_lock *l = &r->l;
    /* Wishes lie in the order of the packages that have them: where each package's begin. */
    size_t *first = arena_array(l->op->mem, l->packages.n + 1, sizeof *first);
    for (size_t i = 0, w = 0; i <= l->packages.n; i++) {
        while (w < l->wishes.n && l->wishes.at[w].from < i)
            w++;
        first[i] = w;
    }
    for (size_t i = 0; i < l->packages.n; i++)
        if (l->packages.at[i].own && l->packages.at[i].name.n)
            reach(l, NULL, &l->packages.at[i], true);
    follow(r, first);
    size_t product = r->todo.n;
    vec_each(struct python_wish, w, &l->wishes)
        if (w->kind == EDGE_DEV)
            python_lock_resolve(l, w, reach);
    follow(r, first);
    for (size_t k = product; k < r->todo.n; k++)
        l->packages.at[r->todo.at[k]].scope = SCOPE_BUILD;
}

static enum rc file(struct op *op, struct catalog_run *run, const struct catalog_file *f, struct bom *bom)
{
    struct reading *r = arena_alloc(op->mem, sizeof *r);
    (void)run;
    python_lock_open(&r->l, op, bom, f);
    toml_open(&r->t, op, f->path, r->l.doc);
    read_lock(r);
    enum rc rc = toml_close(&r->t);
    if (rc == RC_OK && r->l.packages.n == 0 && f->bytes.n == 0)
        rc = fail(op, RC_INVALID, STR_FMT ": empty", STR_ARG(f->path));
    python_lock_index(&r->l);
    judge_scopes(r);
    python_lock_add(&r->l);
    python_lock_edges(&r->l, COMPONENT_NONE);
    return rc;
}

static const char *const paths[] = {"**/uv.lock", "**/*.py.lock", NULL};

const struct cataloger cataloger_uv = {
    .name = "uv",
    .help = "Locks of uv: uv.lock, and those of single scripts.",
    .paths = paths,
    .profiles = PROFILE_DECLARED,
    .scope = SCOPE_DECLARED,
    .file = file,
};
