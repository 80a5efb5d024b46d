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

/* ---- repositories ---- */

/* "git@github.com:owner/repo" → the host and the path; false when it is no address in that short form: "host:8080/path" has a
 * port. */
static bool short_form(struct str s, struct str *ret_host, struct str *ret_path)
{
    struct str host, path, first, rest;
    uint64_t port;
    if (!str_split(s, ':', &host, &path) || host.n == 0 || str_chr(host, '/') != STR_NONE)
        return false;
    if (str_split(path, '/', &first, &rest) && str_num(first, &port))
        return false;
    *ret_host = host;
    *ret_path = path;
    str_rsplit(host, '@', &first, ret_host);
    return true;
}

static struct str without_port(struct str host)
{
    static const char *const usual[] = {"22", "80", "443", "9418"};
    struct str before, port;
    if (str_rsplit(host, ':', &before, &port))
        for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
            if (str_eq(port, str_of(usual[i])))
                return before;
    return host;
}

/* Hosts that make no difference between letters of either case in their paths. */
static bool without_case(struct str host)
{
    static const char *const hosts[] = {"github.com", "gitlab.com", "bitbucket.org", "codeberg.org"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        if (str_eq(host, str_of(hosts[i])))
            return true;
    return false;
}

static struct str repository(struct arena *mem, struct str url)
{
    struct str host = STR(""), path, rest;
    url = str_trim(url);
    str_take(&url, STR("git+"));
    url = str_upto(url, str_chr(url, '#') == STR_NONE ? url.n : str_chr(url, '#'));
    url = str_upto(url, str_chr(url, '?') == STR_NONE ? url.n : str_chr(url, '?'));
    size_t scheme = str_find(url, STR("://"));
    if (scheme == STR_NONE && !short_form(url, &host, &path)) {
        path = STR("");
        if (!str_split(url, '/', &host, &path))
            host = url;
    } else if (scheme != STR_NONE) {
        rest = str_from(url, scheme + 3);
        path = STR("");
        if (!str_split(rest, '/', &host, &path))
            host = rest;
        str_rsplit(host, '@', &rest, &host);
    }
    while (str_take(&path, STR("/"))) {}
    while (str_ends(path, STR("/")))
        path = str_but(path, 1);
    if (str_ends(path, STR(".git")))
        path = str_but(path, 4);
    host = str_lower(mem, without_port(host));
    str_take(&host, STR("www."));
    return str_join(mem, host, STR("/"), without_case(host) ? str_lower(mem, path) : path);
}

struct str advisory_name(struct arena *mem, struct str ecosystem, struct str name)
{
    static const char *const without_case[] = {"NuGet", "Packagist", "GitHub Actions", "VSCode"};
    ecosystem = advisory_ecosystem(ecosystem, NULL);
    if (str_eq(ecosystem, STR("PyPI")))
        return pypi_name(mem, name);
    if (str_eq(ecosystem, STR("SwiftURL")))
        return address(name);
    if (str_eq(ecosystem, STR(ADVISORY_GIT)))
        return repository(mem, name);
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
