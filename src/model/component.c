/* Identity and copies of components. */
#include "model/component.h"

#include "base/hash.h"

struct str component_name(struct arena *mem, const struct component *c)
{
    if (c->ns.n == 0)
        return c->name;
    if (str_eq(c->type, STR("maven")))
        return str_join(mem, c->ns, STR(":"), c->name);
    if (str_eq(c->type, STR("deb")) || str_eq(c->type, STR("rpm")) || str_eq(c->type, STR("apk")) || str_eq(c->type, STR("alpm")))
        return c->name;
    return str_join(mem, c->ns, STR("/"), c->name);
}

bool component_same(const struct component *a, const struct component *b)
{
    return str_eq(a->name, b->name) && str_eq(a->version, b->version) && str_eq(a->type, b->type) && str_eq(a->ns, b->ns)
        && str_eq(a->qualifiers, b->qualifiers);
}

uint64_t component_hash(const struct component *c)
{
    uint64_t h = hash64(c->name);
    h = hash64_add(h, c->version);
    h = hash64_add(h, c->type);
    h = hash64_add(h, c->ns);
    return c->qualifiers.n ? hash64_add(h, c->qualifiers) : h;
}

struct component component_dup(struct arena *mem, const struct component *c)
{
    return (struct component){
        .type = str_dup(mem, c->type),
        .ns = str_dup(mem, c->ns),
        .name = str_dup(mem, c->name),
        .version = str_dup(mem, c->version),
        .qualifiers = str_dup(mem, c->qualifiers),
        .source = str_dup(mem, c->source),
        .source_version = str_dup(mem, c->source_version),
        .upstream = str_dup(mem, c->upstream),
        .upstream_version = str_dup(mem, c->upstream_version),
        .digest = str_dup(mem, c->digest),
    };
}

static bool pypi_plain(struct str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (c == '_' || c == '.' || to_lower(c) != c || (c == '-' && i > 0 && name.p[i - 1] == '-'))
            return false;
    }
    return true;
}

struct str pypi_name(struct arena *mem, struct str name)
{
    if (pypi_plain(name))
        return name;
    char *p = arena_alloc(mem, name.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool separator = c == '-' || c == '_' || c == '.';
        if (separator && n && p[n - 1] == '-')
            continue;
        p[n++] = separator ? '-' : to_lower(c);
    }
    return (struct str){p, n};
}
