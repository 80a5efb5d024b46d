/* package.json of packages that lie in a node_modules folder; who gets which copy is known when all were seen. */
#include "catalog/catalog.h"
#include "catalog/npm_tree.h"

/* node_modules/x/package.json or node_modules/@s/x/package.json, and not deeper inside a package. */
static bool is_installed(struct str path)
{
    struct str dir = str_dir(path), above = str_dir(dir);
    if (str_starts(str_base(above), STR("@")))
        above = str_dir(above);
    return str_eq(str_base(above), STR("node_modules")) && !str_starts(str_base(dir), STR("."));
}

static struct npm_tree *tree_of(struct catalog_run *run)
{
    if (!run->state) {
        run->state = arena_alloc(run->mem, sizeof(struct npm_tree));
        npm_tree_open(run->state, run->mem, 0);
    }
    return run->state;
}

/* The few members that count; wishes go to `node`. */
static void read_members(struct npm_tree *t, struct json *j, uint32_t node, struct str *name, struct str *version)
{
    struct str key;
    enum edge_kind kind;
    if (!json_object(j))
        return;
    while (json_key(j, &key)) {
        if (str_eq(key, STR("name")))
            *name = json_string(j);
        else if (str_eq(key, STR("version")))
            *version = json_string(j);
        else if (npm_wish_kind(key, &kind) && kind != EDGE_DEV)
            npm_tree_wishes(t, j, node, kind);
    }
}

static enum rc file(struct op *op, struct catalog_run *run, const struct catalog_file *f, struct bom *bom)
{
    struct str name = {"", 0}, version = {"", 0};
    struct json j;
    if (!is_installed(f->path))
        return RC_OK;
    struct npm_tree *t = tree_of(run);
    uint32_t node = npm_tree_place(t, str_dup(run->mem, str_dir(f->path)));
    if (node == NPM_NONE)
        return fail(op, RC_LIMIT, STR_FMT ": more than %d folders deep", STR_ARG(f->path), NPM_DEEPEST);
    json_open(&j, op, f->path, f->bytes, 0);
    read_members(t, &j, node, &name, &version);
    enum rc rc = json_close(&j);
    if (name.n == 0 || version.n == 0 || !npm_is_version(version))
        return rc;
    struct component c = npm_component(name, version);
    uint32_t id = bom_add(bom, &c);
    bool inside = str_find(f->path, STR("!/")) != STR_NONE;
    bom_note(bom, id, inside ? SCOPE_BUNDLED : SCOPE_INSTALLED, f->path, f->layer);
    t->nodes.at[node].component = id;
    return rc;
}

static enum rc done(struct op *op, struct catalog_run *run, struct bom *bom)
{
    (void)op;
    if (run->state)
        npm_tree_edges(run->state, bom);
    return RC_OK;
}

static const char *const paths[] = {"**/node_modules/**/package.json", NULL};

const struct cataloger cataloger_npm_installed = {
    .name = "npm_installed",
    .help = "Packages in node_modules folders, by their package.json.",
    .paths = paths,
    .profiles = PROFILE_INSTALLED,
    .scope = SCOPE_INSTALLED,
    .file = file,
    .done = done,
};
