/* The names that advisories and components are compared by. */
#include "model/advisory.h"

struct str advisory_ecosystem(struct str ecosystem, struct str *ret_suffix)
{
    struct str before, after;
    if (!str_split(ecosystem, ':', &before, &after)) {
        before = ecosystem;
        after = str_from(ecosystem, ecosystem.n);
    }
    if (ret_suffix)
        *ret_suffix = after;
    return before;
}

static struct str lower(struct arena *mem, struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] >= 'A' && name.p[i] <= 'Z')
            return str_lower(mem, name);
    return name;
}

/* "https://github.com/apple/swift-nio.git" → "github.com/apple/swift-nio" */
static struct str address(struct str name)
{
    size_t scheme = str_find(name, STR("://"));
    if (scheme != STR_NONE)
        name = str_from(name, scheme + 3);
    while (str_ends(name, STR("/")))
        name = str_but(name, 1);
    return str_ends(name, STR(".git")) ? str_but(name, 4) : name;
}

struct str advisory_name(struct arena *mem, struct str ecosystem, struct str name)
{
    static const char *const without_case[] = {"NuGet", "Packagist", "GitHub Actions", "VSCode"};
    ecosystem = advisory_ecosystem(ecosystem, NULL);
    if (str_eq(ecosystem, STR("PyPI")))
        return pypi_name(mem, name);
    if (str_eq(ecosystem, STR("SwiftURL")))
        return address(name);
    for (size_t i = 0; i < sizeof without_case / sizeof *without_case; i++)
        if (str_eq(ecosystem, str_of(without_case[i])))
            return lower(mem, name);
    return name;
}

const char *ssvc_exploitation_name(enum ssvc_exploitation e)
{
    return e == SSVC_ACTIVE ? "active" : e == SSVC_POC ? "poc" : "none";
}

/* CISA's coordinator table, version 2.0.3 (CERT/CC's SSVC repository, data/csv/cisa): exploitation, automatable, total, then a
 * letter for low, medium and high. */
const char *ssvc_decision(const struct ssvc_points *p, enum ssvc_mission mission)
{
    static const char table[3][2][2][4] = {
        {{"ttt", "tts"}, {"tta", "tta"}},
        {{"tts", "tsa"}, {"tta", "tsa"}},
        {{"tta", "taA"}, {"aaA", "aAA"}},
    };
    switch (table[p->exploitation][p->automatable][p->total][mission]) {
    case 'A': return "act";
    case 'a': return "attend";
    case 's': return "track*";
    default: return "track";
    }
}
