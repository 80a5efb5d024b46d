/* poetry.lock. It holds neither the project nor what the project asks for: both come from the pyproject.toml beside it. */
#include "catalog/pep508.h"
#include "catalog/python_lock.h"

struct reading {
    struct python_lock l;
    struct toml t;
    struct str kind, url, reference; /* of the last package's source */
};

static struct python_package *last(struct reading *r)
{
    return r->l.packages.n ? &r->l.packages.at[r->l.packages.n - 1] : NULL;
}

static struct str keep(struct reading *r, struct str s)
{
    return python_lock_keep(&r->l, s);
}

/* Is any of the strings in the array ahead "main"? */
static bool has_main(struct toml *t)
{
    bool found = false;
    if (!toml_array(t))
        return false;
    while (toml_item(t))
        found |= str_eq(toml_string(t), STR("main"));
    return found;
}

static void package_pair(struct reading *r, struct python_package *p)
{
    struct toml *t = &r->t;
    if (toml_is(t, "name"))
        p->name = pypi_name(r->l.bom->mem, keep(r, toml_string(t)));
    else if (toml_is(t, "version"))
        p->version = keep(r, toml_string(t));
    else if (toml_is(t, "category"))
        p->scope = str_eq(toml_string(t), STR("main")) ? SCOPE_DECLARED : SCOPE_BUILD;
    else if (toml_is(t, "groups"))
        p->scope = has_main(t) ? SCOPE_DECLARED : SCOPE_BUILD;
}

/* A requirement's value: a range, a table with more, or an array of either. True when it is optional. */
static bool is_optional(struct toml *t)
{
    bool optional = false;
    if (toml_kind(t) == TOML_INLINE && toml_inline(t))
        while (toml_key(t))
            if (toml_is(t, "optional"))
                optional = toml_true(t);
    return optional;
}

static void wish(struct reading *r, uint32_t from, enum edge_kind kind)
{
    struct str name = keep(r, r->t.key.at[0]);
    bool optional = is_optional(&r->t);
    *vec_push(r->l.op->mem, &r->l.wishes) = (struct python_wish){from, optional ? EDGE_OPTIONAL : kind,
        pypi_name(r->l.op->mem, name), {NULL, 0}, {NULL, 0}};
}

static void source_pair(struct reading *r)
{
    struct toml *t = &r->t;
    if (toml_is(t, "type"))
        r->kind = toml_string(t);
    else if (toml_is(t, "url"))
        r->url = toml_string(t);
    else if (toml_is(t, "resolved_reference"))
        r->reference = toml_string(t);
}

/* Turns what the source table said into the package's evidence. */
static void source_done(struct reading *r)
{
    struct python_package *p = last(r);
    if (p && r->kind.n && !str_eq(r->kind, STR("legacy"))) {
        p->own = str_eq(r->kind, STR("directory"));
        struct str url = r->url.n ? r->url : STR("?"), mark = r->reference.n ? STR("#") : STR("");
        p->evidence = p->own ? STR("first-party") : str_join(r->l.bom->mem, r->kind, STR(" "), url, mark, r->reference);
    }
    r->kind = r->url = r->reference = (struct str){NULL, 0};
}

static void read_lock(struct reading *r)
{
    struct toml *t = &r->t;
    while (toml_next(t)) {
        if (t->event != TOML_PAIR)
            source_done(r);
        if (t->event == TOML_ARRAY_TABLE && toml_in(t, "package")) {
            struct python_package *p = vec_push(r->l.op->mem, &r->l.packages);
            p->scope = SCOPE_DECLARED;
        }
        if (t->event != TOML_PAIR || !last(r))
            continue;
        if (toml_in(t, "package"))
            package_pair(r, last(r));
        else if (toml_in2(t, "package", "dependencies") && t->key.n == 1)
            wish(r, (uint32_t)r->l.packages.n - 1, EDGE_RUNTIME);
        else if (toml_in2(t, "package", "source"))
            source_pair(r);
    }
    source_done(r);
}

/* ---- the project ---- */

/* dependencies = ["name>=1", …] of the [project] table. */
static void standard_wishes(struct reading *r)
{
    struct pep508 p;
    if (!toml_array(&r->t))
        return;
    while (toml_item(&r->t))
        if (pep508_parse(toml_string(&r->t), &p))
            *vec_push(r->l.op->mem, &r->l.wishes) = (struct python_wish){PYTHON_NONE, EDGE_RUNTIME,
                pypi_name(r->l.op->mem, p.name), {NULL, 0}, {NULL, 0}};
}

/* [tool.poetry.dependencies], [tool.poetry.dev-dependencies], [tool.poetry.group.NAME.dependencies]. */
static bool poetry_wishes(const struct toml_path *table, enum edge_kind *ret)
{
    struct str end = table->n ? table->at[table->n - 1] : (struct str){NULL, 0};
    if (table->n < 3 || !str_eq(table->at[0], STR("tool")) || !str_eq(table->at[1], STR("poetry")))
        return false;
    *ret = table->n == 3 && str_eq(end, STR("dependencies")) ? EDGE_RUNTIME : EDGE_DEV;
    return str_eq(end, STR("dependencies")) || (table->n == 3 && str_eq(end, STR("dev-dependencies")));
}

static void project_pair(struct reading *r, struct str *name, struct str *version)
{
    struct toml *t = &r->t;
    enum edge_kind kind;
    bool standard = toml_in(t, "project");
    if ((standard || toml_in2(t, "tool", "poetry")) && toml_is(t, "name"))
        *name = toml_string(t);
    else if ((standard || toml_in2(t, "tool", "poetry")) && toml_is(t, "version"))
        *version = toml_string(t);
    else if (standard && toml_is(t, "dependencies"))
        standard_wishes(r);
    else if (t->key.n == 1 && !toml_is(t, "python") && poetry_wishes(&t->table, &kind))
        wish(r, PYTHON_NONE, kind);
}

/* The project's component, or COMPONENT_NONE when nothing beside the lock names it. */
static uint32_t read_project(struct reading *r, struct catalog_run *run)
{
    struct str dir = str_dir(r->l.file->path), bytes, name = {NULL, 0}, version = {"", 0}, rest;
    struct op op = {.mem = r->l.op->mem, .limits = r->l.op->limits};
    struct str path = dir.n ? str_join(op.mem, dir, STR("/pyproject.toml")) : STR("pyproject.toml");
    if (!run->scan->sibling || run->scan->sibling(&op, run->scan->arg, path, &bytes) != RC_OK)
        return COMPONENT_NONE;
    toml_open(&r->t, &op, path, bytes);
    while (toml_next(&r->t))
        if (r->t.event == TOML_PAIR)
            project_pair(r, &name, &version);
    if (toml_close(&r->t) != RC_OK)
        bom_gap(r->l.bom, r->l.file->path, str_print(op.mem, "the project is not known: " STR_FMT, STR_ARG(op.err.text)));
    rest = name;
    if (name.n == 0 || pep508_name(&rest).n == 0 || rest.n)
        return COMPONENT_NONE;
    struct component c = pypi_component(op.mem, name, version);
    uint32_t id = bom_add(r->l.bom, &c);
    bom_note(r->l.bom, id, SCOPE_DECLARED, r->l.file->path, r->l.file->layer)->evidence = STR("first-party");
    return id;
}

static enum rc file(struct op *op, struct catalog_run *run, const struct catalog_file *f, struct bom *bom)
{
    struct reading *r = arena_alloc(op->mem, sizeof *r);
    python_lock_open(&r->l, op, bom, f);
    toml_open(&r->t, op, f->path, r->l.doc);
    read_lock(r);
    enum rc rc = toml_close(&r->t);
    if (rc == RC_OK && r->l.packages.n == 0 && f->bytes.n == 0)
        rc = fail(op, RC_INVALID, STR_FMT ": empty", STR_ARG(f->path));
    python_lock_index(&r->l);
    python_lock_add(&r->l);
    python_lock_edges(&r->l, read_project(r, run));
    return rc;
}

static const char *const paths[] = {"**/poetry.lock", NULL};

const struct cataloger cataloger_poetry = {
    .name = "poetry",
    .help = "Locks of Poetry: poetry.lock.",
    .paths = paths,
    .profiles = PROFILE_DECLARED,
    .scope = SCOPE_DECLARED,
    .file = file,
};
