/* Java archives: the archive's own file, its manifest and its pom.properties come one by one, and are joined when all
 * were seen. Best evidence first: pom.properties, the manifest, the file name. */
#include "base/map.h"
#include "catalog/catalog.h"
#include "catalog/java_name.h"

struct pom {
    struct str path, group, artifact, version;
    uint32_t layer;
};

struct archive {
    struct str path;
    uint32_t layer;
    bool seen; /* its own file was */
    struct java_manifest manifest;
    VEC(struct pom) poms;
    uint32_t id; /* of what it is, or COMPONENT_NONE */
};

struct state {
    struct map archives; /* path → struct archive */
};

static struct archive *archive_of(struct catalog_run *run, struct str path, uint32_t layer)
{
    struct state *s = run->state;
    if (!s) {
        s = run->state = arena_alloc(run->mem, sizeof *s);
        map_open(&s->archives, run->mem);
    }
    struct archive *a = map_get(&s->archives, path);
    if (!a) {
        a = arena_alloc(run->mem, sizeof *a);
        *a = (struct archive){.path = str_dup(run->mem, path), .layer = layer, .id = COMPONENT_NONE};
        *map_put(&s->archives, a->path) = a;
    }
    return a;
}

/* The archive that a member lies in, and its path in there: false outside of archives. */
static bool member_of(struct str path, struct str *ret_archive, struct str *ret_inner)
{
    for (size_t i = path.n; i-- > 1;)
        if (path.p[i] == '/' && path.p[i - 1] == '!') {
            *ret_archive = str_upto(path, i - 1);
            *ret_inner = str_from(path, i + 1);
            return true;
        }
    return false;
}

/* ---- files ---- */

static bool placeholder(struct str s)
{
    return str_find(s, STR("${")) != STR_NONE || str_find(s, STR("@")) != STR_NONE;
}

static enum rc read_pom(struct op *op, struct catalog_run *run, const struct catalog_file *f, struct pom *ret)
{
    struct str rest = f->bytes, line, key, value;
    struct pom p = {.group = {"", 0}, .artifact = {"", 0}, .version = {"", 0}, .layer = f->layer};
    p.path = str_dup(run->mem, f->path);
    while (str_line(&rest, &line)) {
        line = str_trim(line);
        if (line.n == 0 || line.p[0] == '#' || line.p[0] == '!' || !str_split(line, '=', &key, &value))
            continue;
        key = str_trim(key);
        value = str_trim(value);
        if (value.n > 512 || placeholder(value))
            continue;
        if (str_eq(key, STR("groupId")))
            p.group = str_dup(run->mem, value);
        else if (str_eq(key, STR("artifactId")))
            p.artifact = str_dup(run->mem, value);
        else if (str_eq(key, STR("version")))
            p.version = str_dup(run->mem, value);
    }
    if (p.artifact.n == 0)
        return fail(op, RC_INVALID, STR_FMT ": no artifactId", STR_ARG(f->path));
    *ret = p;
    return RC_OK;
}

static uint32_t add(struct bom *bom, const struct pom *p, enum scope scope, struct str path, uint32_t layer, struct str evidence)
{
    struct component c = {.type = STR("maven"), .ns = p->group, .name = p->artifact, .version = p->version};
    uint32_t id = bom_add(bom, &c);
    bom_note(bom, id, scope, path, layer)->evidence = str_dup(bom->mem, evidence);
    return id;
}

static enum rc file(struct op *op, struct catalog_run *run, const struct catalog_file *f, struct bom *bom)
{
    struct str archive, inner, base = str_base(f->path);
    bool inside = member_of(f->path, &archive, &inner);
    struct pom p;
    if (java_is_archive(f->path)) {
        struct archive *a = archive_of(run, f->path, f->layer);
        a->seen = true;
        a->layer = f->layer;
    } else if (str_eq(base, STR("MANIFEST.MF"))) {
        if (inside && str_eq(inner, STR("META-INF/MANIFEST.MF")))
            java_manifest_read(run->mem, f->bytes, &archive_of(run, archive, f->layer)->manifest);
    } else if (inside) {
        TRY(read_pom(op, run, f, &p));
        *vec_push(run->mem, &archive_of(run, archive, f->layer)->poms) = p;
    } else if (run->scan->profile & PROFILE_INSTALLED) {
        /* An unpacked archive. */
        TRY(read_pom(op, run, f, &p));
        add(bom, &p, SCOPE_INSTALLED, f->path, f->layer, (struct str){"", 0});
    }
    return RC_OK;
}

/* ---- joining ---- */

/* Does the file name start with this artifact's? */
static bool named_after(struct str base, struct str artifact)
{
    return str_starts(base, artifact) && base.n > artifact.n && (base.p[artifact.n] == '-' || base.p[artifact.n] == '.');
}

/* The pom.properties that speaks of the archive itself: the one that the file name starts with; else the only one, when
 * the file name does not carry a version of its own that contradicts it. */
static struct pom *own_pom(struct archive *a)
{
    struct str base = str_base(a->path), name, version;
    struct pom *best = NULL;
    if (!java_is_archive(a->path))
        return NULL;
    vec_each(struct pom, p, &a->poms)
        if (named_after(base, p->artifact) && (!best || p->artifact.n > best->artifact.n))
            best = p;
    java_file_name(base, &name, &version);
    if (!best && a->poms.n == 1 && (version.n == 0 || str_eq(version, a->poms.at[0].version)))
        best = &a->poms.at[0];
    return best;
}

static bool dotted(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_alnum(s.p[i]) && s.p[i] != '.' && s.p[i] != '-' && s.p[i] != '_')
            return false;
    return str_chr(s, '.') != STR_NONE && s.n <= 256;
}

/* The group, where the manifest says it without doubt: as vendor id, or in a bundle's name that is "group.artifact" (an
 * artifact of one word may repeat the group's last). */
static struct str group_of(const struct java_manifest *m, struct str artifact)
{
    if (dotted(m->vendor_id))
        return m->vendor_id;
    struct str b = m->bundle_name;
    if (dotted(b) && str_chr(artifact, '-') != STR_NONE && str_ends(b, artifact) && b.n > artifact.n + 1
        && b.p[b.n - artifact.n - 1] == '.')
        return str_but(b, artifact.n + 1);
    return (struct str){"", 0};
}

/* The version of the archive without a pom.properties that says one, and where it stands. */
static struct str version_of(const struct archive *a, struct str in_name, struct str *ret_where)
{
    const struct java_manifest *m = &a->manifest;
    *ret_where = STR("Implementation-Version");
    if (java_is_version(m->version))
        return m->version;
    *ret_where = STR("Bundle-Version");
    if (java_is_version(m->bundle_version))
        return m->bundle_version;
    *ret_where = STR("file name");
    return java_is_version(in_name) ? in_name : (struct str){"", 0};
}

static void name_archive(struct op *op, struct archive *a, struct bom *bom, enum scope scope)
{
    struct str base = str_base(a->path), name, in_name, where;
    java_file_name(base, &name, &in_name);
    if (!a->seen || str_ends(base, STR("-sources.jar")) || str_ends(base, STR("-javadoc.jar")) || name.n == 0)
        return;
    struct str version = version_of(a, in_name, &where);
    struct pom p = {.group = group_of(&a->manifest, name), .artifact = name, .version = version};
    struct str evidence = !version.n ? STR("file name") : str_join(op->mem, where, STR(" "), version);
    a->id = add(bom, &p, scope, a->path, a->layer, evidence);
}

static void join(struct op *op, struct archive *a, struct bom *bom)
{
    struct str ignored, where;
    bool nested = member_of(a->path, &ignored, &ignored);
    enum scope scope = nested ? SCOPE_BUNDLED : SCOPE_INSTALLED;
    struct pom *own = own_pom(a);
    if (own) {
        if (own->version.n == 0)
            own->version = version_of(a, (struct str){"", 0}, &where);
        a->id = add(bom, own, scope, a->path, a->layer, STR("pom.properties"));
    } else {
        name_archive(op, a, bom, scope);
    }
    vec_each(struct pom, p, &a->poms) {
        if (p == own)
            continue;
        uint32_t id = add(bom, p, SCOPE_BUNDLED, p->path, p->layer, (struct str){"", 0});
        if (a->id != COMPONENT_NONE)
            bom_edge(bom, a->id, id, EDGE_CONTAINS, true);
    }
}

static enum rc done(struct op *op, struct catalog_run *run, struct bom *bom)
{
    struct state *s = run->state;
    struct str outer, inner;
    if (!s)
        return RC_OK;
    vec_each(struct map_entry, e, &s->archives.entries)
        join(op, e->value, bom);
    vec_each(struct map_entry, e, &s->archives.entries) {
        const struct archive *a = e->value;
        bool inside = a->id != COMPONENT_NONE && member_of(a->path, &outer, &inner);
        const struct archive *in = inside ? map_get(&s->archives, outer) : NULL;
        if (in && in->id != COMPONENT_NONE)
            bom_edge(bom, in->id, a->id, EDGE_CONTAINS, true);
    }
    return RC_OK;
}

static const char *const paths[] = {"**/*.jar", "**/*.war", "**/*.ear", "**/*.par", "**/*.sar", "**/*.nar", "**/*.jpi",
    "**/*.hpi", "**/*.kar", "**/*.lpkg", "**/META-INF/MANIFEST.MF", "**/META-INF/maven/*/*/pom.properties", NULL};

const struct cataloger cataloger_java = {
    .name = "java",
    .help = "Java archives, by pom.properties, manifest and file name, also inside one another.",
    .paths = paths,
    .profiles = PROFILE_ALL,
    .scope = SCOPE_INSTALLED,
    .file = file,
    .done = done,
};
