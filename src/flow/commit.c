/* purl → repository and commit: by the type's own meaning, or by the qualifier vcs_url. */
#include "flow/commit.h"

#include "model/advisory.h"

enum { HASH = 40, SHORT_LEAST = 7, PSEUDO_HASH = 12, PSEUDO_TIME = 14 };

static bool is_hex(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
            return false;
    return s.n > 0;
}

static struct str repository(struct arena *mem, struct str url)
{
    return advisory_name(mem, STR(ADVISORY_GIT), url);
}

/* "git+https://host/path.git@commit": the commit follows the last @ behind the last slash. */
static void from_vcs_url(struct arena *mem, struct str url, struct commit_of *ret)
{
    struct str base = str_base(url), path, commit, fragment = {NULL, 0};
    if (str_rsplit(url, '#', &path, &fragment)) /* a folder below it */
        url = path;
    base = str_base(url);
    if (str_rsplit(base, '@', &path, &commit) && path.n) {
        ret->commit = is_hex(commit) && commit.n >= SHORT_LEAST ? commit : STR("");
        url = str_but(url, commit.n + 1);
    }
    ret->repository = repository(mem, url);
}

/* "v0.0.0-20200101000000-abcdef123456", "v1.2.4-0.20200101000000-abcdef123456+incompatible" */
static struct str pseudo_version(struct str v)
{
    struct str before, hash, head, time, plus;
    if (str_split(v, '+', &before, &plus))
        v = before;
    if (!str_rsplit(v, '-', &before, &hash) || hash.n != PSEUDO_HASH || !is_hex(hash))
        return STR("");
    if (!str_rsplit(before, '.', &head, &time) || time.n < PSEUDO_TIME)
        time = before;
    if (str_rsplit(time, '-', &head, &plus))
        time = plus;
    uint64_t n;
    return time.n == PSEUDO_TIME && str_num(time, &n) ? hash : STR("");
}

/* "v2" in the path of a module is no folder. */
static struct str without_major(struct str folder)
{
    struct str before = STR(""), last = folder, n;
    uint64_t major;
    str_rsplit(folder, '/', &before, &last);
    n = last;
    return str_take(&n, STR("v")) && str_num(n, &major) ? before : folder;
}

/* A Go module is a repository of GitHub's (or one like it) to the third part; of other hosts only its maker knows. */
static void from_module(struct arena *mem, struct str module, struct commit_of *ret)
{
    static const char *const hosts[] = {"github.com/", "gitlab.com/", "bitbucket.org/", "codeberg.org/"};
    size_t slashes = 0, n = 0;
    bool parts = false;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        parts |= str_starts(module, str_of(hosts[i]));
    while (parts && n < module.n && (module.p[n] != '/' || ++slashes < 3))
        n++;
    ret->repository = repository(mem, parts ? str_upto(module, n) : module);
    ret->folder = parts ? without_major(str_from(module, n + 1)) : STR("");
}

void commit_of(struct arena *mem, const struct component *c, struct commit_of *ret)
{
    static const struct {
        const char *type, *host;
    } hosts[] = {{"github", "github.com/"}, {"githubactions", "github.com/"}, {"gitlab", "gitlab.com/"}, {"bitbucket", "bitbucket.org/"}};
    struct str url = component_qualifier(mem, c, "vcs_url");
    *ret = (struct commit_of){STR(""), STR(""), STR(""), str_eq(c->type, STR("generic"))};
    if (str_eq(c->type, STR("golang")))
        from_module(mem, component_name(mem, c), ret);
    if (str_eq(c->type, STR("swift")) && c->ns.n)
        ret->repository = repository(mem, str_join(mem, c->ns, STR("/"), c->name));
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        if (str_eq(c->type, str_of(hosts[i].type)) && c->ns.n) {
            ret->repository = repository(mem, str_join(mem, str_of(hosts[i].host), c->ns, STR("/"), c->name));
            ret->whole = true;
        }
    if (url.n)
        from_vcs_url(mem, url, ret);
    if (ret->commit.n == 0 && str_eq(c->type, STR("golang")))
        ret->commit = pseudo_version(c->version);
    if (ret->commit.n == 0 && c->version.n == HASH && is_hex(str_lower(mem, c->version)))
        ret->commit = str_lower(mem, c->version);
}

struct str commit_tag(struct arena *mem, const struct component *c, const struct commit_of *of, size_t i)
{
    /* What stands before the version, NAME for the package's; in the second half the version is written with '_'. */
    static const char *const before[] = {
        "",          "v",          "V",        "r",         "NAME-",   "NAME-v", "NAME_",    "NAME/",   "NAME/v", "NAME@",
        "NAME@v",    "release-",   "release/", "release-v", "release/v", "releases/", "rel-",  "version-",
        "_",         "_v",         "_V",       "_R_",       "_REL_",   "_NAME-", "_NAME_",   "_release_",
    };
    struct str version = c->version, rest;
    if (str_split(version, '+', &version, &rest) && !str_eq(c->type, STR("golang")))
        version = c->version;
    if (version.n > 1 && version.p[0] == 'v' && is_digit(version.p[1]))
        version = str_from(version, 1);
    if (of->folder.n)
        return i == 0 ? str_join(mem, of->folder, STR("/v"), version) : STR("");
    if (version.n == 0 || i >= sizeof before / sizeof *before)
        return STR("");
    struct str head = str_of(before[i]);
    if (str_take(&head, STR("_"))) {
        char *p = arena_alloc(mem, version.n + 1);
        for (size_t k = 0; k < version.n; k++)
            p[k] = version.p[k] == '.' ? '_' : version.p[k];
        if (memcmp(p, version.p, version.n) != 0)
            version = (struct str){p, version.n};
        else
            head = STR("NAME-"); /* asked before: nothing new */
    }
    if (str_take(&head, STR("NAME")))
        head = str_join(mem, c->name, head);
    return str_join(mem, head, version);
}
