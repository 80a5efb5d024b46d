/* NuGet: up to four numbers, a missing one is 0; release labels as in Semantic Versioning, in any case. */
#include "version/scan.h"
#include "version/semver_parts.h"

static int compare(struct str a, struct str b)
{
    struct semver x = semver_read(a), y = semver_read(b);
    if (x.class == VERSION_INVALID || y.class == VERSION_INVALID)
        return semver_compare(a, b);
    int c = semver_compare_numbers(x.numbers, y.numbers);
    return c ? c : semver_compare_pre(x.pre, y.pre, true);
}

static bool labels(struct str ids)
{
    struct str id;
    while (str_cut(&ids, '.', &id))
        if (id.n == 0 || !scan_only(id, "-"))
            return false;
    return true;
}

static enum version_class valid(struct str v)
{
    struct semver s = semver_read(v);
    if (s.class != VERSION_LENIENT)
        return s.class;
    size_t dots = 0;
    for (size_t i = 0; i < s.numbers.n; i++)
        dots += s.numbers.p[i] == '.';
    bool hyphen = s.pre.n && s.pre.p == s.numbers.p + s.numbers.n + 1 && s.pre.p[-1] == '-';
    bool labelled = (s.pre.n == 0 || (hyphen && labels(s.pre))) && (!s.build.p || labels(s.build));
    return labelled && s.numbers.p == v.p && dots <= 3 && v.p[v.n - 1] != '-' ? VERSION_VALID : VERSION_LENIENT;
}

static const char *const ecosystems[] = {"dotnet", "powershell", NULL};

const struct version_scheme version_nuget = {
    .name = "nuget",
    .help = ".NET packages, as NuGet.Versioning orders them: four numbers, labels in any case",
    .syntax = SYNTAX_MAVEN,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_without_build,
};
