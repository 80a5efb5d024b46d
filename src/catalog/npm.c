/* package-lock.json and npm-shrinkwrap.json, lockfile versions 1 to 3: entries first, then the edges between them
 * by walking the install paths. */
#include "catalog/catalog.h"
#include "catalog/npm_tree.h"
#include "catalog/vcs.h"

struct entry {
    struct str name;     /* its own, when the lock says one */
    struct str version;  /* as written: a version, an alias or an address */
    struct str resolved; /* where it came from; of a link, the folder */
    bool dev, link, bundled;
};

/* A folder of the project: named by itself, or by the link that leads to it. */
struct folder {
    uint32_t node;
    struct entry entry;
    struct str path;
};

struct lock {
    const struct catalog_file *file;
    struct op *op;
    struct bom *bom;
    struct json j;
    struct npm_tree tree;
    VEC(struct folder) folders;
    struct str name, version; /* of the project, from the head of the lock */
    bool packages_seen;
    size_t bad; /* entries that could not be made out */
    struct str first_bad;
};

static void bad_entry(struct lock *l, struct str what)
{
    if (l->bad++ == 0)
        l->first_bad = what;
}

/* One member of an entry; false when it is none of those that both formats have. */
static bool entry_member(struct lock *l, struct str key, struct entry *e)
{
    if (str_eq(key, STR("version")))
        e->version = json_scalar(&l->j);
    else if (str_eq(key, STR("resolved")))
        e->resolved = json_scalar(&l->j);
    else if (str_eq(key, STR("dev")))
        e->dev = json_true(&l->j);
    else if (str_eq(key, STR("bundled")) || str_eq(key, STR("inBundle")))
        e->bundled = json_true(&l->j);
    else
        return false;
    return true;
}

static enum scope scope_of(const struct entry *e)
{
    return e->dev ? SCOPE_BUILD : e->bundled ? SCOPE_BUNDLED : SCOPE_DECLARED;
}

/* Adds what an entry stands for. An address instead of a version leaves the version unknown. */
static void add(struct lock *l, uint32_t node, struct str name, const struct entry *e, struct str evidence)
{
    struct str version = e->version, alias = version, aliased, number;
    if (str_take(&alias, STR("npm:")) && str_rsplit(alias, '@', &aliased, &number) && aliased.n) {
        name = aliased;
        version = number;
    }
    if (!npm_is_version(version)) {
        evidence = version.n ? version : evidence;
        version = (struct str){"", 0};
    } else if (str_starts(e->resolved, STR("git")) && !evidence.n) {
        evidence = e->resolved;
    }
    if (name.n == 0) {
        bad_entry(l, STR("an entry without a name"));
        return;
    }
    /* Two copies for the bom, instead of the ten that it would make itself. */
    struct component c = npm_component(str_dup(l->bom->mem, name), version.n ? str_dup(l->bom->mem, version) : STR(""));
    vcs_qualify(l->bom->mem, &c, evidence);
    uint32_t id = bom_add_borrowed(l->bom, &c);
    struct occurrence *o = bom_note(l->bom, id, scope_of(e), l->file->path, l->file->layer);
    if (evidence.n)
        o->evidence = str_dup(l->bom->mem, evidence);
    l->tree.nodes.at[node].component = id;
}

/* ---- versions 2 and 3: one map from install path to entry ---- */

/* What follows the last node_modules/; empty for a folder of the project. */
static struct str name_of_path(struct str path)
{
    const struct str mark = STR("node_modules/");
    struct str head = path, name;
    /* A name has at most one slash: two steps back the mark must end. */
    for (int step = 0; step < 2 && str_rsplit(head, '/', &head, &name); step++)
        if (str_ends((struct str){path.p, head.n + 1}, mark))
            return str_from(path, head.n + 1);
    return (struct str){"", 0};
}

static void package(struct lock *l, struct str path)
{
    struct entry e = {0};
    struct str key;
    enum edge_kind kind;
    uint32_t node = npm_tree_place(&l->tree, path);
    if (node == NPM_NONE || !json_object(&l->j)) {
        bad_entry(l, path);
        return;
    }
    while (json_key(&l->j, &key)) {
        if (entry_member(l, key, &e))
            continue;
        if (str_eq(key, STR("name")))
            e.name = json_scalar(&l->j);
        else if (str_eq(key, STR("link")))
            e.link = json_true(&l->j);
        else if (npm_wish_kind(key, &kind))
            npm_tree_wishes(&l->tree, &l->j, node, kind);
    }
    struct str name = name_of_path(path);
    if (e.link)
        l->tree.nodes.at[node].link = npm_tree_place(&l->tree, e.resolved);
    else if (name.n)
        add(l, node, e.name.n ? e.name : name, &e, (struct str){"", 0});
    else
        *vec_push(l->op->mem, &l->folders) = (struct folder){node, e, path};
}

static void packages(struct lock *l)
{
    struct str path;
    l->packages_seen = true;
    if (!json_object(&l->j))
        return;
    while (json_key(&l->j, &path))
        package(l, path);
}

/* Names the project's own folders once all links are known. */
static void add_folders(struct lock *l)
{
    struct npm_tree *t = &l->tree;
    if (l->folders.n == 0)
        return;
    struct str *linked = arena_array(l->op->mem, t->nodes.n, sizeof *linked);
    for (size_t i = 0; i < t->nodes.n; i++)
        if (t->nodes.at[i].link != NPM_NONE && t->nodes.at[i].package)
            linked[t->nodes.at[i].link] = t->nodes.at[i].name;
    vec_each(struct folder, f, &l->folders) {
        bool root = f->node == NPM_ROOT;
        struct entry e = f->entry;
        struct str name = e.name.n ? e.name : root ? l->name : linked[f->node].n ? linked[f->node] : str_base(f->path);
        if (root && e.version.n == 0)
            e.version = l->version;
        if (!root || name.n)
            add(l, f->node, name, &e, STR("first-party"));
    }
}

/* ---- version 1: entries inside entries ---- */

struct level {
    bool list; /* a map of names, not an entry */
    uint32_t node;
    struct entry entry;
};

/* Enters the entry ahead, the value of `name` in the list on top. */
static bool enter_entry(struct lock *l, const struct level *list, struct str name, struct level *ret)
{
    uint32_t node = npm_tree_package(&l->tree, list->node, name);
    if (node == NPM_NONE || !json_object(&l->j)) {
        bad_entry(l, name);
        return false;
    }
    *ret = (struct level){.node = node};
    return true;
}

static void nested(struct lock *l)
{
    struct level *levels = arena_array(l->op->mem, JSON_DEPTH + 1, sizeof *levels);
    size_t n = 0;
    struct str key;
    if (!json_object(&l->j))
        return;
    levels[n++] = (struct level){.list = true, .node = NPM_ROOT};
    while (n) {
        struct level *top = &levels[n - 1];
        if (!json_key(&l->j, &key)) {
            if (!top->list)
                add(l, top->node, l->tree.nodes.at[top->node].name, &top->entry, (struct str){"", 0});
            n--;
        } else if (top->list) {
            n += enter_entry(l, top, key, &levels[n]);
        } else if (str_eq(key, STR("requires"))) {
            npm_tree_wishes(&l->tree, &l->j, top->node, EDGE_RUNTIME);
        } else if (str_eq(key, STR("dependencies"))) {
            if (json_object(&l->j))
                levels[n++] = (struct level){.list = true, .node = top->node};
        } else {
            entry_member(l, key, &top->entry);
        }
    }
}

/* The file of another name in the lock's folder: does it exist, and its bytes. */
static bool beside(struct lock *l, struct catalog_run *run, struct str name, struct str *ret)
{
    struct str dir = str_dir(l->file->path);
    struct str path = dir.n ? str_join(l->op->mem, dir, STR("/"), name) : name;
    return run->scan->sibling && run->scan->sibling(l->op, run->scan->arg, path, ret) == RC_OK;
}

/* Version 1 does not say what the project itself asks for; its package.json does. */
static void project_wishes(struct lock *l, struct catalog_run *run)
{
    struct str bytes, key;
    struct json j;
    enum edge_kind kind;
    struct op op = {.mem = l->op->mem, .limits = l->op->limits};
    if (!beside(l, run, STR("package.json"), &bytes))
        return;
    json_open(&j, &op, STR("package.json"), bytes, 0);
    if (json_object(&j))
        while (json_key(&j, &key))
            if (npm_wish_kind(key, &kind))
                npm_tree_wishes(&l->tree, &j, NPM_ROOT, kind);
    if (json_close(&j) != RC_OK)
        bom_gap(l->bom, l->file->path, str_print(l->op->mem, "direct dependencies not known: " STR_FMT, STR_ARG(op.err.text)));
}

static void read_nested(struct lock *l, struct catalog_run *run, struct str raw)
{
    struct json outer = l->j;
    json_open(&l->j, l->op, l->file->path, raw, 0);
    nested(l);
    l->j = outer;
    struct entry root = {.version = l->version};
    if (l->name.n)
        add(l, NPM_ROOT, l->name, &root, STR("first-party"));
    project_wishes(l, run);
}

/* ---- the file ---- */

/* The head of the lock, and whichever of the two lists counts: version 2 holds both with the same content. */
static bool read_lock(struct lock *l, struct str *ret_nested)
{
    struct str key;
    bool known = false;
    if (!json_object(&l->j))
        return false;
    while (json_key(&l->j, &key)) {
        if (str_eq(key, STR("name"))) {
            l->name = json_scalar(&l->j);
        } else if (str_eq(key, STR("version"))) {
            l->version = json_scalar(&l->j);
        } else if (str_eq(key, STR("lockfileVersion"))) {
            known = json_scalar(&l->j).n > 0;
        } else if (str_eq(key, STR("packages"))) {
            packages(l);
        } else if (str_eq(key, STR("dependencies"))) {
            const char *from = l->j.p;
            if (l->packages_seen)
                continue;
            struct str raw = json_raw(&l->j);
            *ret_nested = raw.p ? raw : (struct str){from, (size_t)(l->j.end - from)};
        }
    }
    return known || l->packages_seen || ret_nested->p;
}

static enum rc file(struct op *op, struct catalog_run *run, const struct catalog_file *f, struct bom *bom)
{
    struct lock *l = arena_alloc(op->mem, sizeof *l);
    struct str other, raw = {NULL, 0};
    l->file = f;
    l->op = op;
    l->bom = bom;
    if (str_find(f->path, STR("node_modules/")) != STR_NONE)
        return RC_OK; /* a published lock of somebody else: nothing is installed by it */
    if (str_eq(str_base(f->path), STR("package-lock.json")) && beside(l, run, STR("npm-shrinkwrap.json"), &other))
        return RC_OK;
    npm_tree_open(&l->tree, op->mem, f->bytes.n);
    json_open(&l->j, op, f->path, f->bytes, 0);
    bool known = read_lock(l, &raw);
    enum rc rc = json_close(&l->j);
    if (rc == RC_OK && !known)
        rc = fail(op, RC_INVALID, STR_FMT ": not a lock of npm", STR_ARG(f->path));
    if (!l->packages_seen && raw.p)
        read_nested(l, run, raw);
    add_folders(l);
    npm_tree_edges(&l->tree, bom);
    if (l->bad)
        bom_gap(bom, f->path, str_print(op->mem, "entries not understood: %zu, the first is " STR_FMT, l->bad,
                                        STR_ARG(str_upto(l->first_bad, 200))));
    return rc;
}

static const char *const paths[] = {"**/package-lock.json", "**/npm-shrinkwrap.json", NULL};

const struct cataloger cataloger_npm = {
    .name = "npm",
    .help = "Locks of npm: package-lock.json and npm-shrinkwrap.json, lockfile versions 1 to 3.",
    .paths = paths,
    .profiles = PROFILE_DECLARED,
    .scope = SCOPE_DECLARED,
    .file = file,
};
