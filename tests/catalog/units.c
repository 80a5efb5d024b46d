/* What all catalogers share: the path index, ownership, database folders, os-release. */
#include "base/glob.h"
#include "catalog/catalog.h"
#include "catalog/osrelease.h"
#include "tests/lib/tap.h"

/* ---- the index says what trying every pattern would say ---- */

static bool slow_match(const struct cataloger *c, struct str path)
{
    struct str inner = path;
    for (size_t at = path.n; at-- > 1;)
        if (path.p[at] == '/' && path.p[at - 1] == '!') {
            inner = str_from(path, at + 1);
            break;
        }
    for (const char *const *p = c->paths; *p; p++)
        if (glob_match(str_of(*p), path) || glob_match(str_of(*p), inner))
            return true;
    return false;
}

static uint64_t slow_wants(unsigned profile, struct str path)
{
    uint64_t bits = 0;
    for (size_t i = 0; catalogers[i]; i++) {
        const struct cataloger *c = catalogers[i];
        if ((c->profiles & profile) && !(c->flags & CATALOG_ELF) && c->paths && slow_match(c, path))
            bits |= UINT64_C(1) << i;
    }
    return bits;
}

/* Paths put together from the pieces that patterns are made of, so that many match. */
static struct str random_path(struct arena *mem, unsigned *seed)
{
    static const char *const pieces[] = {
        "var/lib/dpkg", "usr/lib/sysimage/rpm", "lib/apk/db", "var/lib", "usr", "dpkg", "status", "status.d", "info", "apk",
        "installed", "rpm", "Packages", "Packages.db", "rpmdb.sqlite", "x.list", "a.war!", "node_modules", "package.json",
        "package-lock.json", "x.dist-info", "METADATA", "requirements.txt", "META-INF", "MANIFEST.MF", "b.jar", "go.mod",
        "Cargo.lock", "@scope", ".", "a.b.c", "x.jar!", "poetry.lock", "",
    };
    struct str path = {"", 0};
    unsigned n = 1 + (*seed >> 8) % 6;
    for (unsigned i = 0; i < n; i++) {
        *seed = *seed * 1103515245u + 12345u;
        struct str piece = str_of(pieces[(*seed >> 16) % (sizeof pieces / sizeof *pieces)]);
        path = i ? str_join(mem, path, STR("/"), piece) : piece;
    }
    return path;
}

/* For each pattern a path that it matches: its wildcards replaced by plain text. */
static struct str fitting(struct arena *mem, struct str pattern)
{
    struct str rest = pattern, out = {"", 0};
    while (rest.n) {
        size_t star = str_chr(rest, '*');
        out = str_join(mem, out, star == STR_NONE ? rest : str_upto(rest, star), star == STR_NONE ? STR("") : STR("w"));
        rest = star == STR_NONE ? str_from(rest, rest.n) : str_from(rest, star + 1);
        while (star != STR_NONE && str_take(&rest, STR("*"))) {}
    }
    return out;
}

static void test_index(struct arena *mem)
{
    static const unsigned profiles[] = {PROFILE_INSTALLED, PROFILE_DECLARED, PROFILE_ALL};
    unsigned hits = 0;
    for (size_t k = 0; k < 3; k++) {
        const struct catalog_index *ix = catalog_index_open(mem, profiles[k]);
        unsigned seed = 7, wrong = 0;
        for (int i = 0; i < 20000; i++) {
            struct str path = random_path(mem, &seed);
            uint64_t want = slow_wants(profiles[k], path), have = catalog_wants(ix, path);
            hits += want != 0;
            if (want != have && wrong++ < 3)
                tap_say("%.*s: %llx, expected %llx", STR_ARG(path), (unsigned long long)have, (unsigned long long)want);
        }
        for (size_t i = 0; catalogers[i]; i++)
            for (const char *const *p = catalogers[i]->paths; p && *p; p++) {
                struct str path = fitting(mem, str_of(*p));
                if (catalog_wants(ix, path) != slow_wants(profiles[k], path) && wrong++ < 3)
                    tap_say("%.*s", STR_ARG(path));
            }
        tap_ok(wrong == 0, "index, profile %s: as slow matching", profile_name(profiles[k]));
    }
    tap_ok(hits > 20, "index: some of the random paths were wanted (%u)", hits);
    const struct catalog_index *ix = catalog_index_open(mem, PROFILE_INSTALLED);
    tap_ok(catalog_wants(ix, STR("var/lib/dpkg/status")) == 1, "index: dpkg is the first of the list");
    tap_ok(catalog_wants(ix, STR("x.tar!/var/lib/dpkg/status")) == 1, "index: inside an archive too");
    tap_ok(catalog_wants(ix, STR("home/var/lib/dpkg/status")) == 0, "index: not elsewhere");
    tap_ok(catalog_wants(ix, STR("")) == 0 && catalog_wants(ix, STR("/")) == 0, "index: no path at all");
}

static void test_database_path(void)
{
    static const char *const yes[] = {
        "var/lib/dpkg/status", "var/lib/dpkg/info/x.list", "usr/lib/apk/db/installed", "usr/share/rpm/Packages", NULL,
    };
    static const char *const no[] = {"var/lib/dpkg", "var/lib/dpkgx/status", "x/var/lib/rpm/Packages", "", NULL};
    for (const char *const *p = yes; *p; p++)
        tap_ok(catalog_is_database_path(str_of(*p)), "'%s' is a database path", *p);
    for (const char *const *p = no; *p; p++)
        tap_ok(!catalog_is_database_path(str_of(*p)), "'%s' is none", *p);
}

/* ---- ownership ---- */

static bool owned_by(const struct catalog_owners *o, const char *path, uint32_t want)
{
    uint32_t owner;
    return catalog_owner(o, str_of(path), &owner) && owner == want;
}

static bool unowned(const struct catalog_owners *o, const char *path)
{
    uint32_t owner;
    return !catalog_owner(o, str_of(path), &owner);
}

static void test_links(struct arena *mem)
{
    for (int before = 0; before < 2; before++) {
        struct catalog_owners *o = catalog_owners_open(mem);
        static const char *const links[][2] = {
            {"lib", "usr/lib"}, {"bin", "/usr/bin"}, {"usr/sbin", "bin"}, {"sbin", "usr/sbin"}, {"lib64", "./usr//lib64/"},
            {"usr/lib64", "lib"}, {"out", "../../etc"}, {"self", "self"}, {"loop/a", "b"}, {"loop/b", "a"}, {"var/run", "../run"},
        };
        for (size_t i = 0; before && i < sizeof links / sizeof *links; i++)
            catalog_owners_link(o, str_of(links[i][0]), str_of(links[i][1]));
        catalog_own(o, STR("/lib/x/libc.so.6"), 1);
        catalog_own(o, STR("/usr/lib/x/libz.so.1"), 2);
        catalog_own(o, STR("./sbin/init"), 3);
        catalog_own(o, STR("/lib64/ld.so"), COMPONENT_NONE);
        catalog_own(o, STR("/run/x.pid"), 4);
        catalog_own(o, STR("/loop/a/x"), 5);
        catalog_own(o, STR("/usr/lib/x/libz.so.1"), 9);
        for (size_t i = 0; !before && i < sizeof links / sizeof *links; i++)
            catalog_owners_link(o, str_of(links[i][0]), str_of(links[i][1]));
        const char *when = before ? "links first" : "links last";
        tap_ok(owned_by(o, "usr/lib/x/libc.so.6", 1) && owned_by(o, "/lib/x/libc.so.6", 1), "%s: lib is usr/lib", when);
        tap_ok(owned_by(o, "lib/x/libz.so.1", 2) && owned_by(o, "usr/lib64/x/libz.so.1", 2), "%s: the other way round", when);
        tap_ok(owned_by(o, "usr/bin/init", 3) && owned_by(o, "bin/init", 3), "%s: a chain", when);
        tap_ok(owned_by(o, "usr/sbin/init", 3), "%s: the middle of a chain", when);
        tap_ok(owned_by(o, "usr/lib/ld.so", COMPONENT_NONE), "%s: owned by an unknown package", when);
        tap_ok(owned_by(o, "var/run/x.pid", 4), "%s: a relative target that goes up", when);
        tap_ok(owned_by(o, "loop/b/x", 5) && unowned(o, "loop/b/y") && unowned(o, "self/x"), "%s: loops end", when);
        tap_ok(unowned(o, "usr/lib") && unowned(o, "") && unowned(o, "/"), "%s: nothing else is owned", when);
    }
}

static void test_many(void)
{
    enum { PATHS = 160000 };
    struct arena *mem = arena_open((size_t)1 << 30);
    struct catalog_owners *o = catalog_owners_open(mem);
    char path[64];
    unsigned right = 0;
    for (unsigned i = 0; i < 5000; i++) {
        int n = snprintf(path, sizeof path, "l/%u", i);
        catalog_owners_link(o, (struct str){path, (size_t)n}, STR("/usr"));
    }
    for (unsigned i = 0; i < PATHS; i++) {
        int n = snprintf(path, sizeof path, "/usr/share/p%u/f%u", i / 100, i);
        catalog_own(o, (struct str){path, (size_t)n}, i);
    }
    for (unsigned i = 0; i < PATHS; i++) {
        snprintf(path, sizeof path, "usr/share/p%u/f%u", i / 100, i);
        right += owned_by(o, path, i);
        path[4] = 'S';
        right += unowned(o, path);
    }
    tap_ok(right == 2 * PATHS, "160,000 paths are owned by the right ones, 160,000 others by none");
    tap_ok(arena_peak(mem) < 4000000, "they weigh less than 4 MB (%zu), many links with them", arena_peak(mem));
    arena_close(mem);
}

/* ---- os-release ---- */

static bool is(struct str have, const char *want)
{
    bool yes = str_eq(have, str_of(want));
    if (!yes)
        tap_say("'%.*s', expected '%s'", STR_ARG(have), want);
    return yes;
}

static void test_osrelease(struct arena *mem)
{
    struct op op = {.mem = mem, .limits = &limits_default};
    struct distro d = {0};
    enum rc rc = osrelease_parse(&op,
        STR("\xef\xbb\xbf# comment\n\nID=Debian\nVERSION_ID=\"12\" # trailing\nPRETTY_NAME='A \"b\" $c \\'\n"
            "VERSION_CODENAME=book\\worm\r\nID_LIKE=\"a \\\"q\\\" \\$x \\n\"\nnonsense\n"
            "CPE_NAME=\"cpe:/o:x:y:1\"\nUNKNOWN=1\nVERSION_ID=\"13\"\nPRETTY_NAME=\"open"), &d);
    tap_ok(rc == RC_OK && is(d.id, "debian") && is(d.cpe, "cpe:/o:x:y:1"), "os-release: quotes and comments");
    tap_ok(is(d.version_id, "13") && is(d.pretty, "A \"b\" $c \\"), "os-release: the last that can be read counts");
    tap_ok(is(d.codename, "bookworm") && is(d.id_like, "a \"q\" $x \\n"), "os-release: backslashes");
    rc = osrelease_parse(&op, STR(""), &d);
    tap_ok(rc == RC_OK && d.id.n == 0, "os-release: an empty file says nothing");
    tap_ok(osrelease_parse(&op, STR("\x7f" "ELF\n"), &d) == RC_INVALID && op.err.text.n, "os-release: no assignment at all");
    op_clear(&op);
}

static void test_fallback(struct arena *mem)
{
    static const struct {
        const char *path, *bytes, *id, *version, *codename;
    } cases[] = {
        {"etc/alpine-release", "3.19.1\n", "alpine", "3.19.1", ""},
        {"etc/debian_version", "12.5\n", "debian", "12", ""},
        {"etc/debian_version", "trixie/sid\n", "debian", "", "trixie"},
        {"etc/redhat-release", "CentOS Linux release 7.9.2009 (Core)\n", "centos", "7.9.2009", ""},
        {"etc/redhat-release", "Red Hat Enterprise Linux Server release 6.10 (Santiago)\n", "rhel", "6.10", ""},
        {"etc/fedora-release", "\n Fedora release 40 (Forty)", "fedora", "40", ""},
        {"etc/redhat-release", "Something release 1", NULL, NULL, NULL},
        {"etc/redhat-release", "", NULL, NULL, NULL},
        {"etc/other", "x release 1", NULL, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct op op = {.mem = mem, .limits = &limits_default};
        struct distro d = {0};
        enum rc rc = osrelease_fallback(&op, str_of(cases[i].path), str_of(cases[i].bytes), &d);
        if (!cases[i].id)
            tap_ok(rc == RC_NOTFOUND && !op.err.text.n, "%s: '%s' says nothing", cases[i].path, cases[i].bytes);
        else
            tap_ok(rc == RC_OK && is(d.id, cases[i].id) && is(d.version_id, cases[i].version)
                    && is(d.codename, cases[i].codename),
                "%s: %s %s%s", cases[i].path, cases[i].id, cases[i].version, cases[i].codename);
    }
}

int main(void)
{
    struct arena *mem = arena_open((size_t)1 << 30);
    test_index(mem);
    test_database_path();
    test_links(mem);
    test_many();
    test_osrelease(mem);
    test_fallback(mem);
    arena_close(mem);
    return tap_done();
}
