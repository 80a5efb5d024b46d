/* The table of schemes, and how an ecosystem's name finds one. */
#include "version/version.h"

#define VERSION_SCHEME(n) extern const struct version_scheme version_##n;
#include "version/list.def"
#undef VERSION_SCHEME

const struct version_scheme *const version_schemes[] = {
#define VERSION_SCHEME(n) &version_##n,
#include "version/list.def"
#undef VERSION_SCHEME
    NULL,
};

static bool serves(const struct version_scheme *scheme, struct str name)
{
    if (str_ieq(str_of(scheme->name), name))
        return true;
    for (const char *const *e = scheme->ecosystems; *e; e++)
        if (str_ieq(str_of(*e), name))
            return true;
    return false;
}

const struct version_scheme *version_scheme_find(struct str name)
{
    size_t colon = str_chr(name, ':');
    if (colon == 4 && str_ieq(str_upto(name, 4), STR("root"))) { /* "Root:Alpine:3.18" orders as its base does */
        name = str_from(name, 5);
        colon = str_chr(name, ':');
    }
    if (colon != STR_NONE)
        name = str_upto(name, colon);
    if (name.n == 0)
        return NULL;
    for (const struct version_scheme *const *s = version_schemes; *s; s++)
        if (serves(*s, name))
            return *s;
    return NULL;
}
