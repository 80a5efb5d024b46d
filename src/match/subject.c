/* What a component is to advisories: ecosystem, release, name and version as records write them. */
#include "match/distribution.h"

struct ecosystem {
    const char *type; /* purl type */
    const char *name; /* OSV's */
    bool namespaced;  /* the purl's namespace is part of the name */
};

static const struct ecosystem ecosystems[] = {
    {"npm", "npm", true},
    {"pypi", "PyPI", false},
    {"golang", "Go", true},
    {"cargo", "crates.io", false},
    {"maven", "Maven", true},
    {"gem", "RubyGems", false},
    {"composer", "Packagist", true},
    {"nuget", "NuGet", false},
    {"hex", "Hex", false},
    {"pub", "Pub", false},
    {"swift", "SwiftURL", true},
    {"hackage", "Hackage", false},
    {"ghc", "GHC", false},
    {"cran", "CRAN", false},
    {"bioconductor", "Bioconductor", false},
    {"conan", "ConanCenter", false},
    {"julia", "Julia", false},
    {"bitnami", "Bitnami", false},
    {"github", "GitHub Actions", true},
    {"githubactions", "GitHub Actions", true},
    {"vscode", "VSCode", true},
    {"opam", "opam", false},
    {"brew", "Homebrew", false},
    {"homebrew", "Homebrew", false},
    {"oss-fuzz", "OSS-Fuzz", false},
    {"kubernetes", "Kubernetes", true},
};

static const struct ecosystem *by_type(struct str type)
{
    for (size_t i = 0; i < sizeof ecosystems / sizeof *ecosystems; i++)
        if (str_ieq(type, str_of(ecosystems[i].type)))
            return &ecosystems[i];
    return NULL;
}

static const struct ecosystem *by_name(struct str name)
{
    for (size_t i = 0; i < sizeof ecosystems / sizeof *ecosystems; i++)
        if (str_ieq(name, str_of(ecosystems[i].name)))
            return &ecosystems[i];
    return NULL;
}

/* ---- versions ---- */

/* Bitnami's "1.2.3-4" is its fourth build of 1.2.3, no pre-release. */
static struct str without_build(struct str v)
{
    struct str head, tail;
    if (!str_rsplit(v, '-', &head, &tail) || tail.n == 0 || str_chr(head, '.') == STR_NONE)
        return v;
    for (size_t i = 0; i < v.n; i++)
        if (!is_digit(v.p[i]) && !(i < head.n && v.p[i] == '.') && i != head.n)
            return v;
    return head;
}

/* A rebuild without a change of the source: "1.0-1+b2" comes from 1.0-1. */
static struct str without_rebuild(struct str v)
{
    size_t n = v.n;
    while (n && is_digit(v.p[n - 1]))
        n--;
    return n < v.n && n > 2 && v.p[n - 1] == 'b' && v.p[n - 2] == '+' ? str_upto(v, n - 2) : v;
}

static void set_scheme(struct subject *s)
{
    static const struct {
        const char *scheme;
        unsigned rules;
    } own[] = {
        {"pep440", SUBJECT_LOCAL},      {"rpm", SUBJECT_RPM}, {"golang", SUBJECT_GO},
        {"composer", SUBJECT_COMPOSER}, {"npm", SUBJECT_NPM},
    };
    s->scheme = version_scheme_find(s->ecosystem);
    if (!s->scheme)
        return;
    struct str name = str_of(s->scheme->name);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (str_eq(name, str_of(own[i].scheme)))
            s->rules |= own[i].rules;
    if (!str_eq(name, STR("generic")) && !str_eq(name, STR("openssl")))
        s->rules |= SUBJECT_EQUALS;
    if (str_eq(s->ecosystem, STR("Bitnami")))
        s->version = without_build(s->version);
}

/* ---- distributions ---- */

/* What carries the kernel's source name and is no kernel. */
static bool is_headers(struct str source, struct str binary)
{
    static const char *const begin[] = {
        "linux-libc-dev",    "linux-headers",     "kernel-headers",    "kernel-devel",       "kernel-doc",
        "linux-doc",         "linux-kbuild",      "linux-compiler",    "linux-api-headers",  "linux-glibc-devel",
        "kernel-macros",     "kernel-rpm-macros", "kernel-srpm-macros", "linux-virt-dev",    "linux-lts-dev",
    };
    if (!str_starts(source, STR("linux")) && !str_starts(source, STR("kernel")))
        return false;
    for (size_t i = 0; i < sizeof begin / sizeof *begin; i++)
        if (str_starts(binary, str_of(begin[i])))
            return true;
    return false;
}

struct os_package {
    struct str source, version; /* of the source package */
    bool no_epoch;
};

/* "openssl-3.0.7-27.el9.src.rpm" in an SBOM's upstream qualifier. */
static bool source_rpm(struct str file, struct os_package *ret)
{
    struct str stem, release, version, name, arch;
    if (!str_ends(file, STR(".rpm")) || !str_rsplit(str_but(file, 4), '.', &stem, &arch))
        return false;
    if (!str_rsplit(stem, '-', &name, &release) || !str_rsplit(name, '-', &name, &version) || name.n == 0)
        return false;
    ret->source = name;
    ret->version = str_from(stem, name.n + 1);
    return true;
}

static struct str epochless(struct str v)
{
    struct str epoch, rest;
    uint64_t n;
    return str_split(v, ':', &epoch, &rest) && str_num(epoch, &n) ? rest : v;
}

/* The source package: as the database said; else as an SBOM's upstream qualifier says; else the package itself. */
static struct os_package source_of(struct arena *mem, const struct component *c)
{
    struct os_package p = {c->source, c->source_version, false};
    struct str upstream = p.source.n ? (struct str){NULL, 0} : component_qualifier(mem, c, "upstream");
    if (upstream.n && !source_rpm(upstream, &p) && !str_split(upstream, '@', &p.source, &p.version))
        p.source = upstream;
    if (p.source.n == 0)
        p.source = c->name;
    if (p.version.n == 0)
        p.version = str_eq(c->type, STR("deb")) ? without_rebuild(c->version) : c->version;
    if (!str_eq(c->type, STR("rpm")) || str_eq(p.version, c->version))
        return p;
    /* A source rpm's name has no epoch: the binary's holds when all the rest agrees, otherwise it is not known. */
    if (str_eq(p.version, epochless(c->version)))
        p.version = c->version;
    else
        p.no_epoch = str_eq(p.version, epochless(p.version));
    return p;
}

static bool unknown_word(struct str v)
{
    return v.n == 0 || str_ieq(v, STR("unknown")) || str_ieq(v, STR("none")) || str_ieq(v, STR("n/a"));
}

/* Which distribution, and what it says of its release: "debian-12", "opensuse-leap-15.5", or with the namespace only
 * "3.20.3". */
static const struct distribution *distribution_of(struct arena *mem, const struct component *c, struct str *ret_release)
{
    struct str distro = component_qualifier(mem, c, "distro"), id = distro, tail = {NULL, 0};
    const struct distribution *d = distribution_find(c->type, id);
    *ret_release = tail;
    if (d && str_ends(id, STR("tumbleweed")))
        *ret_release = STR("tumbleweed");
    for (size_t at = distro.n; !d && at-- > 1;)
        if (distro.p[at] == '-' && (d = distribution_find(c->type, str_upto(distro, at))) != NULL)
            *ret_release = str_from(distro, at + 1);
    if (d)
        return d;
    *ret_release = distro;
    return distribution_find(c->type, c->ns);
}

static void set_release(struct arena *mem, const struct distribution *d, struct str written, struct subject *s)
{
    s->distribution = d->releases;
    s->same_release = d->same_release;
    if (!d->releases || unknown_word(written))
        return;
    s->release = d->release ? d->release(mem, written) : written;
}

static enum rc os_subject(struct arena *mem, const struct component *c, struct subject *ret)
{
    struct str written;
    const struct distribution *d = distribution_of(mem, c, &written);
    if (!d)
        return RC_NOTFOUND;
    struct os_package p = source_of(mem, c);
    struct subject s = {.ecosystem = str_of(d->ecosystem), .version = p.version};
    s.name = advisory_name(mem, s.ecosystem, p.source);
    set_release(mem, d, written, &s);
    set_scheme(&s);
    s.rules |= p.no_epoch ? SUBJECT_NO_EPOCH : 0u;
    s.headers = is_headers(p.source, c->name);
    if (d->binaries && str_eq(c->name, p.source)) {
        s.version = c->version;
        s.rules &= ~(unsigned)SUBJECT_NO_EPOCH;
    } else if (d->binaries) {
        s.binary = advisory_name(mem, s.ecosystem, c->name);
        s.binary_version = c->version;
    }
    *ret = s;
    return RC_OK;
}

/* ---- the three ways to a subject ---- */

enum rc match_subject(struct op *op, const struct component *c, struct subject *ret)
{
    const struct ecosystem *e = by_type(c->type);
    if (str_eq(c->type, STR("deb")) || str_eq(c->type, STR("rpm")) || str_eq(c->type, STR("apk")))
        return os_subject(op->mem, c, ret);
    if (!e || c->name.n == 0)
        return RC_NOTFOUND;
    struct subject s = {.ecosystem = str_of(e->name), .version = c->version};
    s.name = advisory_name(op->mem, s.ecosystem, e->namespaced ? component_name(op->mem, c) : c->name);
    if (str_eq(c->type, STR("vscode")) && c->ns.n)
        s.name = str_join(op->mem, c->ns, STR("."), c->name);
    set_scheme(&s);
    *ret = s;
    return RC_OK;
}

enum rc match_subject_of(struct op *op, struct str ecosystem, struct str name, struct str version, struct subject *ret)
{
    struct str suffix, base = advisory_ecosystem(str_trim(ecosystem), &suffix);
    const struct distribution *d = distribution_named(base);
    const struct ecosystem *e = by_name(base);
    if (!d && !e)
        e = by_type(base);
    struct subject s = {.ecosystem = d ? str_of(d->ecosystem) : e ? str_of(e->name) : base, .version = version};
    if (d)
        set_release(op->mem, d, suffix, &s);
    else
        s.release = suffix;
    if (d && !d->releases)
        s.release = suffix;
    if (d && s.release.n == 0 && d->releases && !unknown_word(suffix))
        s.release = suffix; /* written by a person: compared as it stands */
    set_scheme(&s);
    if ((!d && !e && !s.scheme) || base.n == 0 || name.n == 0)
        return RC_NOTFOUND;
    s.name = advisory_name(op->mem, s.ecosystem, name);
    *ret = s;
    return RC_OK;
}

bool match_subject_upstream(struct arena *mem, const struct component *c, size_t i, struct subject *ret)
{
    static const char *const projects[] = {"ConanCenter", "Bitnami", "Homebrew", "OSS-Fuzz"};
    if (i >= sizeof projects / sizeof *projects || c->upstream.n == 0)
        return false;
    struct subject s = {.ecosystem = str_of(projects[i]), .version = c->upstream_version, .possible = true};
    s.name = advisory_name(mem, s.ecosystem, c->upstream);
    set_scheme(&s);
    *ret = s;
    return true;
}
