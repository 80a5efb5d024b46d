/* Installed Python packages: METADATA and PKG-INFO, in folders, wheels and eggs. Which package a requirement means is
 * known when all were seen: the one of that name in the same folder of packages. */
#include "base/map.h"
#include "catalog/catalog.h"
#include "catalog/pep508.h"

enum { SAME_MOST = 8 };

/* The packages that answer to one name. */
struct named {
    uint32_t ids[SAME_MOST];
    size_t n; /* may be more than SAME_MOST */
};

struct wish {
    uint32_t from;
    struct str site, name;
    bool optional;
};

struct state {
    struct map sites;  /* "site\0name" → struct named */
    struct map names;  /* name → struct named */
    VEC(struct wish) wishes;
};

static struct state *state_of(struct catalog_run *run)
{
    if (!run->state) {
        struct state *s = run->state = arena_alloc(run->mem, sizeof *s);
        map_open(&s->sites, run->mem);
        map_open(&s->names, run->mem);
    }
    return run->state;
}

/* One header with its folded lines, as in mail, line ends and all: false at the blank line that ends them. */
static bool header(struct str *rest, struct str *ret_name, struct str *ret_value)
{
    struct str line;
    while (str_line(rest, &line) && line.n) {
        if (!str_split(line, ':', ret_name, ret_value))
            continue;
        while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t') && str_line(rest, &line))
            ret_value->n = (size_t)(line.p + line.n - ret_value->p);
        *ret_value = str_trim(*ret_value);
        return true;
    }
    return false;
}

static void answers(struct arena *mem, struct map *map, struct str key, uint32_t id)
{
    void **value = map_put(map, key);
    if (!*value)
        *value = arena_alloc(mem, sizeof(struct named));
    struct named *named = *value;
    if (named->n < SAME_MOST)
        named->ids[named->n] = id;
    named->n++;
}

static struct str site_key(struct arena *mem, struct str site, struct str name)
{
    return str_join(mem, site, (struct str){"\0", 1}, name);
}

/* The folder that a package was put into: where it finds what it requires. */
static struct str site_of(struct str path)
{
    struct str base = str_base(path), dir = str_dir(path);
    if (str_ends(base, STR(".egg-info")))
        return dir;
    return str_eq(str_base(dir), STR("EGG-INFO")) ? str_dir(str_dir(dir)) : str_dir(dir);
}

/* A wheel or egg is the package itself; anything deeper, in another archive or vendored was copied in. */
static enum scope scope_of(struct str path)
{
    size_t at = str_find(path, STR("!/"));
    if (str_find(path, STR("/_vendor/")) != STR_NONE)
        return SCOPE_BUNDLED;
    if (at == STR_NONE)
        return SCOPE_INSTALLED;
    struct str archive = str_upto(path, at), inner = str_from(path, at + 2);
    bool own = str_ends(archive, STR(".whl")) || str_ends(archive, STR(".egg"));
    bool top = str_find(inner, STR("!/")) == STR_NONE && str_dir(str_dir(inner)).n == 0;
    return own && top ? SCOPE_INSTALLED : SCOPE_BUNDLED;
}

static void require(struct catalog_run *run, uint32_t from, struct str site, struct str text)
{
    struct pep508 r;
    struct state *s = run->state;
    if (pep508_parse(text, &r))
        *vec_push(run->mem, &s->wishes) = (struct wish){from, site, pypi_name(run->mem, str_dup(run->mem, r.name)),
            str_find(r.marker, STR("extra")) != STR_NONE};
}

static bool name_valid(struct str name)
{
    struct str rest = name;
    return pep508_name(&rest).n && rest.n == 0;
}

static enum rc file(struct op *op, struct catalog_run *run, const struct catalog_file *f, struct bom *bom)
{
    struct str rest = f->bytes, name = {"", 0}, version = {"", 0}, key, value;
    bool archived = str_find(f->path, STR("!/")) != STR_NONE;
    if (!archived && !(run->scan->profile & PROFILE_INSTALLED))
        return RC_OK;
    str_take(&rest, STR("\xef\xbb\xbf"));
    while ((name.n == 0 || version.n == 0) && header(&rest, &key, &value)) {
        if (str_ieq(key, STR("Name")) && name.n == 0)
            name = value;
        else if (str_ieq(key, STR("Version")) && version.n == 0)
            version = value;
    }
    if (!name_valid(name))
        return fail(op, RC_INVALID, STR_FMT ": no valid Name", STR_ARG(f->path));
    struct component c = pypi_component(op->mem, name, version);
    uint32_t id = bom_add(bom, &c);
    bom_note(bom, id, scope_of(f->path), f->path, f->layer);
    struct state *s = state_of(run);
    struct str site = str_dup(run->mem, site_of(f->path)), kept = bom->components.at[id].name;
    answers(run->mem, &s->sites, site_key(run->mem, site, kept), id);
    answers(run->mem, &s->names, kept, id);
    rest = f->bytes;
    while (header(&rest, &key, &value))
        if (str_ieq(key, STR("Requires-Dist")))
            require(run, id, site, value);
    return RC_OK;
}

static enum rc done(struct op *op, struct catalog_run *run, struct bom *bom)
{
    struct state *s = run->state;
    if (!s)
        return RC_OK;
    vec_each(struct wish, w, &s->wishes) {
        const struct named *here = map_get(&s->sites, site_key(op->mem, w->site, w->name));
        const struct named *any = here ? here : map_get(&s->names, w->name);
        if (!any || any->n > SAME_MOST || (!here && any->n > 1))
            continue;
        for (size_t i = 0; i < any->n; i++)
            bom_edge(bom, w->from, any->ids[i], w->optional ? EDGE_OPTIONAL : EDGE_RUNTIME, here && any->n == 1);
    }
    return RC_OK;
}

static const char *const paths[] = {"**/*.dist-info/METADATA", "**/*.egg-info/PKG-INFO", "**/*.egg-info", "**/EGG-INFO/PKG-INFO",
    NULL};

const struct cataloger cataloger_python = {
    .name = "python",
    .help = "Installed Python packages, wheels and eggs, by METADATA and PKG-INFO.",
    .paths = paths,
    .profiles = PROFILE_ALL,
    .scope = SCOPE_INSTALLED,
    .file = file,
    .done = done,
};
