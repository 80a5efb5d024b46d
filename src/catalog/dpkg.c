/* dpkg: the status database, distroless images' status.d, and the lists of owned files. */
#include "catalog/ospackage.h"

enum field { PACKAGE, STATUS, VERSION, ARCHITECTURE, SOURCE, MULTI_ARCH, DEPENDS, PRE_DEPENDS, PROVIDES, FIELDS };

static const struct str field_names[FIELDS] = {
    [PACKAGE] = {"package", 7},
    [STATUS] = {"status", 6},
    [VERSION] = {"version", 7},
    [ARCHITECTURE] = {"architecture", 12},
    [SOURCE] = {"source", 6},
    [MULTI_ARCH] = {"multi-arch", 10},
    [DEPENDS] = {"depends", 7},
    [PRE_DEPENDS] = {"pre-depends", 11},
    [PROVIDES] = {"provides", 8},
};

struct paragraph {
    struct str field[FIELDS]; /* p NULL: not there; continuation lines are part of the value */
    size_t line;              /* where it starts */
};

struct package {
    uint32_t component;
    struct str arch;
    struct str depends, pre_depends;
    bool noted;
    uint32_t noted_layer;
};

/* What is known of one root. */
struct dpkg {
    VEC(struct package *) packages;
    struct map by_name; /* "name", "name:arch" and "status.d/file" → struct package */
    struct str native;  /* architecture that packages for all architectures depend on */
    bool status_read;
};

/* One file being read. */
struct reading {
    struct op *op;
    struct catalog_run *run;
    struct os_root *root;
    struct dpkg *db;
    struct bom *bom;
    const struct catalog_file *f; /* NULL: looked up as a sibling; its components are noted when its turn comes */
    struct str path;
    size_t bad;
};

static struct dpkg *dpkg_of(struct os_root *root)
{
    if (!root->state) {
        struct dpkg *db = arena_alloc(root->mem, sizeof *db);
        map_open(&db->by_name, root->mem);
        root->state = db;
    }
    return root->state;
}

/* ---- paragraphs ---- */

enum step { STEP_PARAGRAPH, STEP_BAD, STEP_END };

static COLD enum step bad(struct reading *r, size_t line, const char *why)
{
    r->bad++;
    fail(r->op, RC_INVALID, STR_FMT ":%zu: %s", STR_ARG(r->path), line, why);
    return STEP_BAD;
}

static bool same_name(struct str key, struct str lower)
{
    return key.n == lower.n && to_lower(key.p[0]) == lower.p[0] && str_ieq(key, lower);
}

static enum field field_of(struct str key)
{
    enum field f = PACKAGE;
    while (f < FIELDS && !same_name(key, field_names[f]))
        f++;
    return f;
}

/* Reads up to the empty line after the next paragraph. */
static enum step paragraph_read(struct reading *r, struct str *rest, size_t *line, struct paragraph *ret)
{
    struct str text, key, value, *last = NULL;
    enum step step = STEP_END;
    *ret = (struct paragraph){.line = *line + 1};
    while (str_line(rest, &text)) {
        ++*line;
        if (text.n == 0 || str_trim(text).n == 0) {
            if (step != STEP_END)
                return step;
            ret->line = *line + 1;
            continue;
        }
        step = step == STEP_END ? STEP_PARAGRAPH : step;
        if (text.p[0] == ' ' || text.p[0] == '\t') {
            if (last)
                last->n = (size_t)(text.p + text.n - last->p);
            continue;
        }
        last = NULL;
        if (step == STEP_BAD)
            continue;
        if (!str_split(text, ':', &key, &value) || key.n == 0) {
            step = bad(r, *line, "expected a field");
            continue;
        }
        enum field f = field_of(key);
        if (f == FIELDS)
            continue;
        if (ret->field[f].p)
            step = bad(r, *line, "the same field twice in one paragraph");
        last = &ret->field[f];
        *last = value;
    }
    return step;
}

/* Is a package in this state on disk? False with ret_bad when the state cannot be read. */
static bool present(struct str status, bool *ret_bad)
{
    struct str want, flag, state;
    *ret_bad = false;
    if (!status.p)
        return true;
    if (!str_word(&status, &want) || !str_word(&status, &flag) || !str_word(&status, &state) || str_trim(status).n) {
        *ret_bad = true;
        return false;
    }
    return !str_eq(state, STR("not-installed")) && !str_eq(state, STR("config-files"));
}

/* "name" or "name (version)". */
static void source_of(struct str text, struct component *c)
{
    struct str name, version;
    c->source = c->name;
    c->source_version = c->version;
    text = str_trim(text);
    if (text.n == 0)
        return;
    if (str_split(text, '(', &name, &version) && str_ends(version, STR(")"))) {
        text = name;
        c->source_version = str_trim(str_but(version, 1));
    }
    c->source = str_trim(text);
}

static void provides(struct reading *r, struct str text, struct os_provider p)
{
    struct str one, name, rest;
    while (str_cut(&text, ',', &one)) {
        name = str_split(one, '(', &name, &rest) ? str_trim(name) : str_trim(one);
        name = str_split(name, ':', &one, &rest) ? one : name;
        if (name.n)
            os_provide(r->root, str_dup(r->run->mem, name), p);
    }
}

static struct package *package_add(struct reading *r, const struct paragraph *p, struct component *c)
{
    struct arena *mem = r->run->mem;
    struct str arch = str_trim(p->field[ARCHITECTURE]), multi = str_trim(p->field[MULTI_ARCH]), name;
    uint32_t id = bom_add(r->bom, c);
    struct str key = str_print(r->op->mem, STR_FMT ":" STR_FMT, STR_ARG(c->name), STR_ARG(arch));
    struct package *old = map_get(&r->db->by_name, key);
    if (old && old->component == id)
        return old;
    struct package *pkg = arena_alloc(mem, sizeof *pkg);
    *pkg = (struct package){.component = id, .arch = str_dup(mem, arch)};
    pkg->depends = str_dup(mem, p->field[DEPENDS]);
    pkg->pre_depends = str_dup(mem, p->field[PRE_DEPENDS]);
    name = str_dup(mem, c->name);
    *map_put(&r->db->by_name, str_dup(mem, key)) = pkg;
    *map_put(&r->db->by_name, name) = pkg;
    *vec_push(mem, &r->db->packages) = pkg;
    bool all = str_eq(arch, STR("all"));
    if (!all && (r->db->native.n == 0 || str_eq(name, STR("dpkg"))))
        r->db->native = pkg->arch;
    struct os_provider provider = {.component = id, .arch = pkg->arch, .real = true};
    provider.any_arch = all || str_eq(multi, STR("foreign"));
    os_provide(r->root, name, provider);
    provider.real = false;
    provides(r, p->field[PROVIDES], provider);
    return pkg;
}

/* One paragraph; ret is NULL when it is not installed or malformed. */
static void package_read(struct reading *r, const struct paragraph *p, struct package **ret)
{
    struct component c = {.type = STR("deb"), .name = str_trim(p->field[PACKAGE]), .version = str_trim(p->field[VERSION])};
    bool unreadable;
    *ret = NULL;
    if (!os_word(c.name)) {
        bad(r, p->line, "a paragraph without a package name");
        return;
    }
    bool there = present(p->field[STATUS], &unreadable);
    if (unreadable) {
        bad(r, p->line, "the status is not three words");
        return;
    }
    if (!there)
        return;
    if (!os_word(c.version)) {
        bad(r, p->line, "an installed package without a version");
        return;
    }
    source_of(p->field[SOURCE], &c);
    os_coordinates(r->root, r->op->mem, &c, STR("debian"), str_trim(p->field[ARCHITECTURE]));
    struct package *pkg = *ret = package_add(r, p, &c);
    if (!r->f || (pkg->noted && pkg->noted_layer == r->f->layer))
        return;
    bom_note(r->bom, pkg->component, r->root->scope, r->f->path, r->f->layer);
    pkg->noted = true;
    pkg->noted_layer = r->f->layer;
}

/* All paragraphs of a status file, or the one of a file in status.d. */
static enum rc status_read(struct reading *r, struct str bytes, struct package **ret_last)
{
    struct paragraph p;
    struct str rest = bytes;
    size_t line = 0;
    enum step step;
    *ret_last = NULL;
    while ((step = paragraph_read(r, &rest, &line, &p)) != STEP_END)
        if (step == STEP_PARAGRAPH)
            package_read(r, &p, ret_last);
    return r->bad ? RC_INVALID : RC_OK;
}

/* ---- which file of the database is this? ---- */

/* Reads a database file before its own turn, so that lists of files can be understood: it is noted when it comes. */
static struct package *look_up(struct reading *r, struct str path)
{
    const struct catalog_scan *scan = r->run->scan;
    struct op quiet = {.mem = r->op->mem, .limits = r->op->limits};
    struct reading early = {&quiet, r->run, r->root, r->db, r->bom, NULL, path, 0};
    struct package *last = NULL;
    struct str bytes;
    if (scan->sibling && scan->sibling(&quiet, scan->arg, path, &bytes) == RC_OK)
        (void)status_read(&early, bytes, &last);
    return last;
}

static enum rc status(struct reading *r)
{
    struct package *last;
    r->db->status_read = true;
    enum rc rc = status_read(r, r->f->bytes, &last);
    if (rc == RC_OK && r->f->bytes.n && !str_ends(r->f->bytes, STR("\n")))
        return fail(r->op, RC_INVALID, STR_FMT ": the last line is cut", STR_ARG(r->path));
    return rc;
}

static enum rc status_d(struct reading *r, struct str inner)
{
    struct package *pkg;
    enum rc rc = status_read(r, r->f->bytes, &pkg);
    if (pkg)
        *map_put(&r->db->by_name, str_dup(r->run->mem, inner)) = pkg;
    return rc;
}

/* "info/libc6:amd64.list": one path a line. A list whose package is not installed owns nothing: its files are then reported
 * for what they are rather than hidden. */
static enum rc list(struct reading *r, struct str name)
{
    struct str rest = r->f->bytes, line;
    if (!r->db->status_read) {
        r->db->status_read = true;
        look_up(r, str_join(r->op->mem, r->root->prefix, STR("var/lib/dpkg/status")));
    }
    const struct package *pkg = map_get(&r->db->by_name, name);
    while (pkg && str_line(&rest, &line))
        os_own(r->root, r->run, line, pkg->component);
    return RC_OK;
}

/* "status.d/base.md5sums": digest, two blanks, path. */
static enum rc md5sums(struct reading *r, struct str inner)
{
    struct str rest = r->f->bytes, line, file = str_but(inner, 8), digest;
    const struct package *pkg = map_get(&r->db->by_name, file);
    if (!pkg)
        pkg = look_up(r, str_but(r->path, 8));
    while (pkg && str_line(&rest, &line))
        if (str_word(&line, &digest))
            os_own(r->root, r->run, str_trim(line), pkg->component);
    return RC_OK;
}

static enum rc file(struct op *op, struct catalog_run *run, const struct catalog_file *f, struct bom *bom)
{
    struct os_root *root = os_root_of(op, run, f->path);
    struct reading r = {op, run, root, dpkg_of(root), bom, f, f->path, 0};
    struct str inner = str_from(f->path, root->prefix.n);
    str_take(&inner, STR("var/lib/dpkg/"));
    if (str_eq(inner, STR("status")))
        return status(&r);
    if (str_ends(inner, STR(".md5sums")))
        return md5sums(&r, inner);
    if (str_starts(inner, STR("status.d/")))
        return status_d(&r, inner);
    struct str name = str_base(inner);
    return list(&r, str_but(name, 5));
}

/* ---- edges ---- */

/* One alternative, "name:arch (relation version)": who of the installed packages is it? */
static void alternative(const struct os_root *root, struct str text, struct str arch, struct os_answer *ret, bool *ret_versioned)
{
    struct str name, rest, qualifier;
    text = str_trim(text);
    *ret_versioned = str_split(text, '(', &name, &rest);
    if (*ret_versioned)
        text = str_trim(name);
    if (str_split(text, ':', &name, &qualifier)) {
        text = name;
        arch = str_eq(qualifier, STR("any")) ? str_upto(text, 0) : qualifier;
    }
    os_find(root, &(struct os_query){.name = text, .arch = arch}, ret);
}

/* "a | b (>= 2), c:any": the first alternative that is installed. When several are, and the first asks for a version, it may
 * not be the one that counts: the edge is not sure then. */
static void edges_of(struct os_root *root, struct bom *bom, uint32_t from, struct str arch, struct str text)
{
    struct str group, one;
    while (str_cut(&text, ',', &group)) {
        struct os_answer first = {.n = 0}, other;
        bool first_versioned = false, versioned, sure = true;
        while (str_cut(&group, '|', &one)) {
            alternative(root, one, arch, &other, &versioned);
            if (first.n && other.n && first_versioned && (other.n > 1 || other.components[0] != first.components[0]))
                sure = false;
            if (first.n == 0 && other.n) {
                first = other;
                first_versioned = versioned;
            }
        }
        os_edges(root, bom, from, &first, sure);
    }
}

static enum rc done(struct op *op, struct catalog_run *run, struct bom *bom)
{
    (void)op;
    for (struct os_root *root = run->state; root; root = root->next) {
        const struct dpkg *db = root->state;
        for (size_t i = 0; i < db->packages.n; i++) {
            const struct package *p = db->packages.at[i];
            struct str arch = str_eq(p->arch, STR("all")) ? db->native : p->arch;
            edges_of(root, bom, p->component, arch, p->pre_depends);
            edges_of(root, bom, p->component, arch, p->depends);
        }
    }
    return RC_OK;
}

static const char *const paths[] = {"var/lib/dpkg/status", "var/lib/dpkg/status.d/*", "var/lib/dpkg/info/*.list", NULL};

const struct cataloger cataloger_dpkg = {
    .name = "dpkg",
    .help = "Debian packages installed by dpkg, with their source packages, dependencies and files.",
    .paths = paths,
    .profiles = PROFILE_INSTALLED,
    .flags = CATALOG_DATABASE,
    .scope = SCOPE_INSTALLED,
    .file = file,
    .done = done,
};
