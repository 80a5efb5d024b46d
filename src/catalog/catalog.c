/* The table of catalogers, and which folders must be read before the rest. */
#include "catalog/catalog.h"

#define CATALOGER(n) extern const struct cataloger cataloger_##n;
#include "catalog/list.def"
#undef CATALOGER

const struct cataloger *const catalogers[] = {
#define CATALOGER(n) &cataloger_##n,
#include "catalog/list.def"
#undef CATALOGER
    NULL,
};

_Static_assert(sizeof catalogers / sizeof *catalogers <= 64 + 1, "catalog_wants answers in 64 bits");

/* The folder that a pattern lies in: all before the last slash that no wildcard precedes. */
static struct str folder_of(struct str pattern)
{
    size_t n = 0;
    while (n < pattern.n && pattern.p[n] != '*' && pattern.p[n] != '?' && pattern.p[n] != '[')
        n++;
    return str_dir(str_upto(pattern, n));
}

bool catalog_is_database_path(struct str path)
{
    for (size_t i = 0; catalogers[i]; i++) {
        if (!(catalogers[i]->flags & CATALOG_DATABASE))
            continue;
        for (const char *const *p = catalogers[i]->paths; *p; p++) {
            struct str folder = folder_of(str_of(*p));
            if (folder.n && path.n > folder.n && path.p[folder.n] == '/' && str_starts(path, folder))
                return true;
        }
    }
    return false;
}

bool catalog_is_file_list(struct str path)
{
    return (str_starts(path, STR("var/lib/dpkg/info/")) && str_ends(path, STR(".list")))
        || (str_starts(path, STR("var/lib/dpkg/status.d/")) && str_ends(path, STR(".md5sums")));
}
