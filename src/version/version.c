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

static const struct version_scheme *of_name(struct str name)
{
    for (const struct version_scheme *const *s = version_schemes; *s && name.n; s++)
        if (serves(*s, name))
            return *s;
    return NULL;
}

/* "Root:Alpine:3.18", "TuxCare:npm" and "Echo:PyPI" order as their base does. */
static struct str base_of(struct str name)
{
    static const char *const builders[] = {"root", "tuxcare", "echo"};
    struct str head = name, rest = {name.p, 0}, base, release;
    str_split(name, ':', &head, &rest);
    for (size_t i = 0; i < sizeof builders / sizeof *builders; i++) {
        base = rest;
        str_split(rest, ':', &base, &release);
        if (str_ieq(head, str_of(builders[i])) && of_name(base))
            return base;
    }
    return head;
}

const struct version_scheme *version_scheme_find(struct str name)
{
    return of_name(base_of(name));
}
