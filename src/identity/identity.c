/* Upstream projects: two sorted tables that the build makes from data/upstreams.tsv, searched where they lie. */
#include "identity/identity.h"

#include "base/arena.h"
#include "version/version.h"

/* "type\tname\tupstream\n", and "name\tupstream\n" for what an alias may be. */
extern const char data_upstreams[];
extern const size_t data_upstreams_len;
extern const char data_upstreams_hash[];
extern const char data_upstream_names[];
extern const size_t data_upstream_names_len;

enum { KEY_MOST = 256 };

/* What follows "key\t" on its line in sorted lines; {NULL, 0} when no line begins so. */
static struct str look_up(struct str table, struct str key)
{
    size_t low = 0, high = table.n;
    while (low < high) {
        size_t at = low + (high - low) / 2;
        while (at > low && table.p[at - 1] != '\n')
            at--;
        struct str rest = str_from(table, at), line = rest;
        str_cut(&rest, '\n', &line);
        int c = str_cmp(str_upto(line, key.n), key);
        if (c == 0)
            return str_from(line, key.n);
        if (c < 0)
            low = at + line.n + 1;
        else
            high = at;
    }
    return (struct str){NULL, 0};
}

static struct str named(struct str name)
{
    char key[KEY_MOST];
    if (name.n == 0 || name.n + 1 > sizeof key)
        return (struct str){NULL, 0};
    memcpy(key, name.p, name.n);
    key[name.n] = '\t';
    return look_up((struct str){data_upstream_names, data_upstream_names_len}, (struct str){key, name.n + 1});
}

/* NuGet's names are alike in any case, and the table has them in lower case. */
static struct str typed(struct str type, struct str name)
{
    char key[KEY_MOST];
    bool lower = str_eq(type, STR("nuget"));
    if (name.n == 0 || type.n >= sizeof key || name.n > sizeof key - 2 - type.n)
        return (struct str){NULL, 0};
    size_t n = 0;
    for (size_t i = 0; i < type.n; i++)
        key[n++] = type.p[i];
    key[n++] = '\t';
    for (size_t i = 0; i < name.n; i++)
        key[n++] = lower ? to_lower(name.p[i]) : name.p[i];
    key[n++] = '\t';
    return look_up((struct str){data_upstreams, data_upstreams_len}, (struct str){key, n});
}

static bool one_of(struct str type, const char *const *types)
{
    for (; *types; types++)
        if (str_eq(type, str_of(*types)))
            return true;
    return false;
}

/* Ecosystems of system packages: their names are the projects' own unless the table says otherwise. */
static bool is_system(struct str type)
{
    static const char *const types[] = {"deb",  "rpm", "apk",     "alpm",    "conan",  "vcpkg",
                                        "brew", "nix", "generic", "bitnami", "ebuild", NULL};
    return one_of(type, types);
}

static struct str project(struct arena *mem, const struct component *c)
{
    struct str name = component_name(mem, c);
    struct str found = typed(c->type, c->source);
    if (!found.p)
        found = typed(c->type, name);
    if (found.p)
        return found;
    if (c->source.n)
        return c->source;
    if (str_eq(c->type, STR("generic")) || c->type.n == 0)
        return identity_upstream(name);
    if (is_system(c->type) || !named(name).p)
        return name;
    return str_join(mem, c->type, STR(":"), name);
}

static struct str project_version(struct arena *mem, const struct component *c)
{
    struct str v = c->source_version.n ? c->source_version : c->version;
    if (v.n == 0 || c->type.n == 0 || str_eq(c->type, STR("generic")))
        return v;
    const struct version_scheme *scheme = version_scheme_find(c->type);
    return scheme && scheme->upstream ? scheme->upstream(mem, v) : v;
}

void identity_fill(struct arena *mem, struct component *c)
{
    c->upstream = project(mem, c);
    c->upstream_version = project_version(mem, c);
}

struct str identity_upstream(struct str name)
{
    struct str found = named(name);
    return found.p ? found : name;
}

bool identity_knows(struct str upstream)
{
    struct str found = typed(STR("*"), upstream);
    return found.p && str_eq(found, upstream);
}

struct str identity_table_version(void)
{
    return str_of(data_upstreams_hash);
}

/* Wheels carry copies named "liblzma-13fa198c.so.5.4.5": the digits of a hash come off. */
static bool without_hash(struct str soname, char *out, size_t room, struct str *ret)
{
    size_t so = str_find(soname, STR(".so"));
    if (so == STR_NONE || so < 9 || soname.n > room || soname.p[so - 9] != '-')
        return false;
    for (size_t i = so - 8; i < so; i++)
        if (!is_digit(soname.p[i]) && !(soname.p[i] >= 'a' && soname.p[i] <= 'f'))
            return false;
    memcpy(out, soname.p, so - 9);
    memcpy(out + so - 9, soname.p + so, soname.n - so);
    *ret = (struct str){out, soname.n - 9};
    return true;
}

struct str identity_of_soname(struct str soname)
{
    char bare[KEY_MOST];
    struct str name = str_base(soname), after;
    without_hash(name, bare, sizeof bare, &name);
    while (name.n) { /* libfoo.so.5.4.5, libfoo.so.5.4, … libfoo.so */
        struct str found = typed(STR("soname"), name);
        if (found.p)
            return found;
        if (!str_rsplit(name, '.', &name, &after) || str_eq(after, STR("so")))
            break;
    }
    return (struct str){NULL, 0};
}
