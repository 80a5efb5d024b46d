/* Components and the upstream they come from, as cases.tsv says; the table itself; sonames. */
#include <stdlib.h>

#include "identity/identity.h"
#include "tests/lib/files.h"
#include "tests/lib/tap.h"

static struct str column(struct str *line)
{
    struct str field = {NULL, 0};
    str_cut(line, '\t', &field);
    return field;
}

static void check_case(struct arena *mem, struct str line)
{
    struct str rest = line;
    struct component c = {.type = column(&rest)};
    c.ns = column(&rest);
    c.name = column(&rest);
    c.version = column(&rest);
    c.source = column(&rest);
    c.source_version = column(&rest);
    struct str upstream = column(&rest), version = column(&rest);
    identity_fill(mem, &c);
    bool good = str_eq(c.upstream, upstream) && str_eq(c.upstream_version, version);
    if (!tap_ok(good, STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(c.type), STR_ARG(c.name), STR_ARG(c.version)))
        tap_say("got " STR_FMT " " STR_FMT, STR_ARG(c.upstream), STR_ARG(c.upstream_version));
}

/* Every prefix of a version must be answered too. */
static bool prefixes(struct arena *mem, struct str line)
{
    struct str rest = line, type = column(&rest), version = {NULL, 0};
    for (int i = 0; i < 3; i++)
        version = column(&rest);
    for (size_t n = 0; n <= version.n; n++) {
        struct component c = {.type = type, .name = STR("x"), .version = {str_dup(mem, str_upto(version, n)).p, n}};
        identity_fill(mem, &c);
        if (c.upstream.n == 0)
            return false;
    }
    return true;
}

static void check_cases(struct arena *mem, struct str text)
{
    bool swept = true;
    for (struct str line; str_line(&text, &line);)
        if (line.n && line.p[0] != '#') {
            check_case(mem, line);
            swept &= prefixes(mem, line);
        }
    tap_ok(swept, "every prefix of every version");
}

/* Every line is found, every upstream has a "*" line of its own. */
static void check_table(struct arena *mem, struct str text)
{
    bool found = true, own = true;
    size_t lines = 0;
    for (struct str line; str_line(&text, &line);) {
        struct str type = line, name, upstream;
        if (line.n == 0 || line.p[0] == '#')
            continue;
        struct str rest = line;
        type = column(&rest);
        name = column(&rest);
        upstream = column(&rest);
        lines++;
        own &= identity_knows(upstream);
        if (str_eq(type, STR("*")))
            found &= str_eq(identity_upstream(name), upstream);
        else if (str_eq(type, STR("soname")))
            found &= str_eq(identity_of_soname(name), upstream);
        else if (str_eq(type, STR("deb"))) {
            struct component c = {.type = type, .name = name, .version = STR("1")};
            identity_fill(mem, &c);
            found &= str_eq(c.upstream, upstream);
        }
    }
    tap_ok(found, "all %zu lines of the table are found", lines);
    tap_ok(own, "every upstream has a line of its own");
    tap_ok(identity_table_version().n == 16, "the table has a version");
}

static void soname(const char *name, const char *upstream)
{
    struct str got = identity_of_soname(str_of(name));
    tap_ok(str_eq(got, str_of(upstream)), "soname %s", name);
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open((size_t)1 << 28);
    struct str root = str_of(argc > 1 ? argv[1] : ".");
    check_cases(mem, test_read(mem, str_join(mem, root, STR("/tests/identity/cases.tsv"))));
    check_table(mem, test_read(mem, str_join(mem, root, STR("/data/upstreams.tsv"))));
    soname("liblzma.so.5", "xz");
    soname("liblzma.so.5.4.5", "xz");
    soname("usr/lib/liblzma.so", "xz");
    soname("liblzma-13fa198c.so.5.4.5", "xz");
    soname("libssl.so.3", "openssl");
    soname("libssl.so.53", "libressl");
    soname("libnothing.so.1", "");
    soname("", "");
    soname(".so", "");
    tap_ok(str_eq(identity_upstream(STR("xz-utils")), STR("xz")), "an alias");
    tap_ok(str_eq(identity_upstream(STR("no-such-thing")), STR("no-such-thing")), "a name the table does not know");
    tap_ok(identity_upstream(STR("")).n == 0, "an empty name");
    char *lengthy = malloc(100000);
    memset(lengthy, 'x', 100000);
    tap_ok(identity_upstream((struct str){lengthy, 100000}).n == 100000, "a name of 100,000 bytes");
    tap_ok(!identity_of_soname((struct str){lengthy, 100000}).p, "a soname of 100,000 bytes");
    free(lengthy);
    arena_close(mem);
    return tap_done();
}
