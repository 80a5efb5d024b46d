/* Orders and ranges as the case files say. Each scheme NAME has NAME.txt:
 *     a < b, a = b       both ways; whole files are also checked for transitivity
 *     ? a, ~ a           invalid, lenient; everything else that is named is valid or lenient
 *     a == b             the package manager calls them the same, the order does not
 *     a -> upstream      the project's own version; "?" when it cannot be read
 * ranges.txt: scheme, range, version, yes|no|?  (separated by tabs; ! as an answer: the range is invalid) */
#include <stdlib.h>
#include <time.h>

#include "tests/lib/files.h"
#include "tests/lib/tap.h"
#include "version/lines.h"
#include "version/range.h"

struct file {
    struct arena *mem;
    const struct version_scheme *scheme;
    VEC(struct str) versions;
    unsigned ordinary, invalid, upstream;
};

static int sign(int c)
{
    return c < 0 ? -1 : c > 0;
}

static bool ordered(const struct version_scheme *s, struct str a, struct str b, int want)
{
    return sign(s->compare(a, b)) == want && sign(s->compare(b, a)) == -want && s->compare(a, a) == 0 && s->compare(b, b) == 0;
}

static void check_order(struct file *f, struct str a, struct str b, int want)
{
    bool known = f->scheme->valid(a) != VERSION_INVALID && f->scheme->valid(b) != VERSION_INVALID;
    tap_ok(known && ordered(f->scheme, a, b, want), "%s: " STR_FMT " %c " STR_FMT, f->scheme->name, STR_ARG(a), want ? '<' : '=',
           STR_ARG(b));
    *vec_push(f->mem, &f->versions) = a;
    *vec_push(f->mem, &f->versions) = b;
    f->ordinary++;
}

static void check_class(struct file *f, struct str v, enum version_class want)
{
    const char *name = want == VERSION_INVALID ? "invalid" : "lenient";
    tap_ok(f->scheme->valid(v) == want, "%s: " STR_FMT " is %s", f->scheme->name, STR_ARG(v), name);
    *vec_push(f->mem, &f->versions) = v;
    f->invalid += want == VERSION_INVALID;
}

static void check_upstream(struct file *f, struct str v, struct str want)
{
    struct op op = {.mem = f->mem, .limits = &limits_default};
    struct str got = version_upstream_line(&op, f->scheme, v);
    if (!tap_ok(str_eq(got, want), "%s: " STR_FMT " -> " STR_FMT, f->scheme->name, STR_ARG(v), STR_ARG(want)))
        tap_say("got " STR_FMT, STR_ARG(got));
    f->upstream++;
}

static bool split(struct str line, const char *operator, struct str *a, struct str *b)
{
    size_t at = str_find(line, str_of(operator));
    if (at == STR_NONE)
        return false;
    *a = str_trim(str_upto(line, at));
    *b = str_trim(str_from(line, at + strlen(operator)));
    return true;
}

static void check_line(struct file *f, struct str line)
{
    struct str a, b;
    if (str_starts(line, STR("?")))
        check_class(f, str_trim(str_from(line, 1)), VERSION_INVALID);
    else if (str_starts(line, STR("~ ")))
        check_class(f, str_trim(str_from(line, 2)), VERSION_LENIENT);
    else if (split(line, " -> ", &a, &b))
        check_upstream(f, a, b);
    else if (split(line, " == ", &a, &b))
        tap_ok(f->scheme->same && f->scheme->same(a, b) && f->scheme->same(b, a) && f->scheme->compare(a, b) != 0, "%s: " STR_FMT " == " STR_FMT,
               f->scheme->name, STR_ARG(a), STR_ARG(b));
    else if (split(line, " < ", &a, &b))
        check_order(f, a, b, -1);
    else if (split(line, " = ", &a, &b))
        check_order(f, a, b, 0);
    else
        tap_ok(false, "%s: not a case: " STR_FMT, f->scheme->name, STR_ARG(line));
}

static bool transitive(const struct version_scheme *s, struct str a, struct str b, struct str c)
{
    int ab = s->compare(a, b), bc = s->compare(b, c), ac = s->compare(a, c);
    if (ab <= 0 && bc <= 0 && (ab < 0 || bc < 0))
        return ac < 0;
    return ab != 0 || bc != 0 || ac == 0;
}

/* Every version of the file, and its prefixes and odd endings, in all triples of up to 120 of them. */
static void check_total(struct file *f)
{
    enum { MOST = 120 };
    struct str v[MOST];
    size_t n = 0;
    for (size_t i = 0; i < f->versions.n && n < MOST; i += f->versions.n > MOST ? f->versions.n / MOST + 1 : 1)
        v[n++] = f->versions.at[i];
    bool antisymmetric = true, order = true;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            antisymmetric &= sign(f->scheme->compare(v[i], v[j])) == -sign(f->scheme->compare(v[j], v[i]));
            for (size_t k = 0; k < n && order; k++)
                if (!transitive(f->scheme, v[i], v[j], v[k])) {
                    order = false;
                    tap_say(STR_FMT "  " STR_FMT "  " STR_FMT, STR_ARG(v[i]), STR_ARG(v[j]), STR_ARG(v[k]));
                }
        }
    tap_ok(antisymmetric, "%s: antisymmetric over %zu versions", f->scheme->name, n);
    tap_ok(order, "%s: transitive over all triples of %zu versions", f->scheme->name, n);
}

/* Every prefix of every version is classified, ordered and read, also as a range. */
static void check_prefixes(struct file *f)
{
    bool same = true;
    struct arena *round = arena_child(f->mem);
    struct op op = {.mem = round, .limits = &limits_default};
    vec_each (const struct str, v, &f->versions)
        for (size_t n = 0; n <= v->n; n++) {
            char *exact = malloc(n + 1); /* its own block: reading past the end is seen */
            memcpy(exact, v->p, n);
            struct str cut = {exact, n};
            struct range range;
            f->scheme->valid(cut);
            same &= sign(f->scheme->compare(cut, *v)) == -sign(f->scheme->compare(*v, cut));
            version_upstream_line(&op, f->scheme, cut);
            if (range_parse_native(&op, f->scheme, cut, &range) == RC_OK)
                range_contains(&range, *v);
            op_clear(&op);
            arena_reset(round);
            free(exact);
        }
    arena_close(round);
    tap_ok(same, "%s: every prefix of every version", f->scheme->name);
}

static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static struct str random_version(uint64_t *state, char *out, size_t most)
{
    static const char *const pieces[] = {
        "0", "1", "2", "10", "00", "01",    ".",   "-",   "+", "~", "^",    "_",   "a",    "b",     "rc", "pre", "dev",
        "p", "z", "A", ":",  "!",  "x", "alpha", "-r1", "_p1", "v", " ", "\xc3", "git", "post", "final", ".0", "-0",
    };
    size_t n = 0;
    for (size_t count = random_next(state) % 6; count; count--) {
        const char *piece = pieces[random_next(state) % (sizeof pieces / sizeof *pieces)];
        if (n + strlen(piece) > most)
            break;
        memcpy(out + n, piece, strlen(piece));
        n += strlen(piece);
    }
    return (struct str){out, n};
}

/* A total order over all byte strings. Maven's own is none, see maven.c. */
static void check_random(const struct version_scheme *s)
{
    enum { ROUNDS = 20000, BYTES = 40 };
    char text[3][BYTES];
    struct str v[3];
    uint64_t state = 88172645463325252u;
    bool maven = strcmp(s->name, "maven") == 0, good = true;
    for (int round = 0; round < ROUNDS && good; round++) {
        for (int i = 0; i < 3; i++)
            v[i] = random_version(&state, text[i], BYTES);
        good = sign(s->compare(v[0], v[1])) == -sign(s->compare(v[1], v[0])) && s->compare(v[2], v[2]) == 0;
        for (int i = 0; i < 3 && !maven; i++)
            good &= transitive(s, v[i], v[(i + 1) % 3], v[(i + 2) % 3]) && transitive(s, v[i], v[(i + 2) % 3], v[(i + 1) % 3]);
    }
    if (!tap_ok(good, "%s: random versions are in a total order", s->name))
        tap_say("\"" STR_FMT "\" \"" STR_FMT "\" \"" STR_FMT "\"", STR_ARG(v[0]), STR_ARG(v[1]), STR_ARG(v[2]));
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Patterns of 10,000 and of 100,000 bytes: ten times the bytes may not take a hundred times the time. */
static void check_linear(const struct version_scheme *s)
{
    static const char *const units[] = {"0", "1", "0.", "1.", "a",   "0-",   "a1",  "-",
                                        ".", "~", "0a", "rc.", "1.0-", "_p1", "final-", "pre."};
    enum { BYTES = 100000 };
    char *a = malloc(BYTES + 2), *b = malloc(BYTES + 2);
    double worst = 0;
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        size_t width = strlen(units[u]);
        a[0] = b[0] = '1';
        for (size_t i = 0; i < BYTES; i++)
            a[i + 1] = b[i + 1] = units[u][i % width];
        a[BYTES + 1] = '1';
        b[BYTES + 1] = '2';
        struct str x = {a, BYTES + 2}, y = {b, BYTES + 2};
        double start = seconds();
        s->valid(x);
        s->compare(x, y);
        s->compare(x, x);
        double took = seconds() - start;
        worst = took > worst ? took : worst;
    }
    free(a);
    free(b);
    tap_ok(worst < 0.5, "%s: versions of 100,000 bytes in linear time", s->name);
}

static void check_file(struct arena *mem, struct str folder, const struct version_scheme *scheme)
{
    struct file f = {.mem = mem, .scheme = scheme};
    struct str text = test_read(mem, str_join(mem, folder, STR("/"), str_of(scheme->name), STR(".txt")));
    for (struct str line; str_line(&text, &line);) {
        line = str_trim(line);
        if (line.n && line.p[0] != '#')
            check_line(&f, line);
    }
    tap_ok(f.ordinary && f.invalid && f.upstream, "%s: ordinary, malformed and upstream cases are there", scheme->name);
    bool empty = scheme->valid(STR("")) == VERSION_INVALID && scheme->compare(STR(""), STR("")) == 0;
    tap_ok(empty, "%s: the empty version", scheme->name);
    tap_ok(version_scheme_find(str_of(scheme->name)) == scheme, "%s: found by its name", scheme->name);
    check_total(&f);
    check_prefixes(&f);
    check_random(scheme);
    check_linear(scheme);
}

static const char *answer_name(enum answer a)
{
    return a == ANSWER_YES ? "yes" : a == ANSWER_NO ? "no" : "?";
}

static void check_range(struct arena *mem, struct str line)
{
    struct op op = {.mem = mem, .limits = &limits_default};
    struct str rest = line, field[4];
    for (size_t i = 0; i < 4; i++)
        if (!str_cut(&rest, '\t', &field[i])) {
            tap_ok(false, "ranges.txt: not a case: " STR_FMT, STR_ARG(line));
            return;
        }
    const struct version_scheme *scheme = version_scheme_find(field[0]);
    struct range range;
    const char *got = "!";
    if (scheme && range_parse_native(&op, scheme, field[1], &range) == RC_OK)
        got = answer_name(range_contains(&range, field[2]));
    bool good = str_eq(str_of(got), field[3]);
    if (!tap_ok(good, STR_FMT ": \"" STR_FMT "\" has " STR_FMT ": " STR_FMT, STR_ARG(field[0]), STR_ARG(field[1]),
                STR_ARG(field[2]), STR_ARG(field[3])))
        tap_say("got %s", got);
}

static bool range_prefixes(struct arena *mem, struct str line)
{
    struct op op = {.mem = mem, .limits = &limits_default};
    struct str rest = line, scheme, text, version;
    bool ended = str_cut(&rest, '\t', &scheme) && str_cut(&rest, '\t', &text) && str_cut(&rest, '\t', &version);
    for (const struct version_scheme *const *s = version_schemes; *s && ended; s++)
        for (size_t n = 0; n <= text.n; n++) {
            char *exact = malloc(n + 1);
            memcpy(exact, text.p, n);
            struct range range;
            enum rc rc = range_parse_native(&op, *s, (struct str){exact, n}, &range);
            ended &= rc == RC_OK || rc == RC_INVALID || rc == RC_LIMIT;
            if (rc == RC_OK)
                range_contains(&range, version);
            rc = range_parse(&op, *s, (struct str){exact, n}, &range);
            ended &= rc == RC_OK || rc == RC_INVALID || rc == RC_LIMIT;
            op_clear(&op);
            free(exact);
        }
    return ended;
}

static void check_ranges(struct arena *mem, struct str text)
{
    bool swept = true;
    for (struct str line; str_line(&text, &line);)
        if (line.n && line.p[0] != '#') {
            check_range(mem, line);
            swept &= range_prefixes(mem, line);
        }
    tap_ok(swept, "every prefix of every range under every scheme");
}

/* Hostile ranges end quickly. */
static void check_range_limits(struct arena *mem)
{
    static const char *const units[] = {"1|",   ">=1,",   "[1,2),", "!=1|", "1||", "<1 ",   "(",
                                        "~>1,", "==1.*,", "%41",    " ",    "^",   "1 - 2 "};
    struct op op = {.mem = mem, .limits = &limits_default};
    bool ended = true;
    double start = seconds();
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        struct str text = str_dup(mem, (struct str){(char *)arena_alloc(mem, 50000), 50000});
        for (size_t i = 0; i < text.n; i++)
            ((char *)(uintptr_t)text.p)[i] = units[u][i % strlen(units[u])];
        for (const struct version_scheme *const *s = version_schemes; *s; s++) {
            struct range range;
            enum rc rc = range_parse_native(&op, *s, text, &range);
            if (rc == RC_OK)
                range_contains(&range, STR("1"));
            op_clear(&op);
            rc = range_parse_native(&op, *s, str_join(mem, STR("vers:npm/"), text), &range);
            ended &= rc == RC_OK || rc == RC_INVALID || rc == RC_LIMIT;
            op_clear(&op);
        }
    }
    tap_ok(ended && seconds() - start < 60, "ranges of 50,000 bytes under every scheme");
}

static void check_names(void)
{
    static const char *const names[][2] = {
        {"Debian:12", "deb"},    {"ubuntu:22.04:LTS", "deb"}, {"Alpine:v3.19", "apk"}, {"Wolfi", "apk"},
        {"Red Hat:enterprise_linux:9::baseos", "rpm"},        {"AlmaLinux:9", "rpm"},  {"PyPI", "pep440"},
        {"crates.io", "cargo"},  {"Go", "golang"},            {"golang", "golang"},    {"NPM", "npm"},
        {"pkg", NULL},           {"", NULL},                  {":", NULL},             {"Root:Alpine:3.18", "apk"},
        {"RubyGems", "gem"},     {"Packagist", "composer"},   {"NuGet", "nuget"},      {"Maven", "maven"},
        {"Hackage", "pvp"},      {"CRAN", "cran"},            {"Hex", "hex"},          {"Pub", "pub"},
        {"Julia", "julia"},      {"ConanCenter", "conan"},    {"github", "github"},    {"rocky linux:9", "rpm"},
        {"openSUSE:Leap 15.5", "rpm"},                        {"Bitnami", "bitnami"},  {"pacman", "alpm"},
        {"Root:PyPI", "pep440"}, {"root", NULL},              {"TuxCare:npm", "npm"},  {"TuxCare:Alpine:v3.16", "apk"},
        {"Echo:PyPI", "pep440"}, {"Echo", "deb"},             {"TuxCare:", NULL},      {"Chainguard", "apk"},
        {"Azure Linux:3", "rpm"},                             {"Bioconductor", "cran"}, {"SwiftURL", "semver"},
        {"opam", "opam"},        {"cpan", "perl"},            {"luarocks", "luarocks"}, {"nix", "nix"},
        {"opkg", "deb"},         {"OSS-Fuzz", "github"},      {"Kubernetes", "semver"}, {"GHC", "pvp"},
        {"GitHub Actions", "semver"},                         {"VSCode", "semver"},    {"cocoapods", "gem"},
        {"intdot", "intdot"},    {"datetime", "date"},        {"ebuild", "gentoo"},    {"CleanStart", "apk"},
        {"chrome-extension", "chrome"},                       {"Linux", "generic"},    {"Photon OS:3.0", "rpm"},
        {"BellSoft Hardened Containers:23", "apk"},           {"MinimOS", "apk"},      {"Mageia:9", "rpm"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct version_scheme *s = version_scheme_find(str_of(names[i][0]));
        tap_ok(s ? names[i][1] && strcmp(s->name, names[i][1]) == 0 : !names[i][1], "scheme of \"%s\"", names[i][0]);
    }
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open((size_t)1 << 32);
    struct str folder = str_join(mem, str_of(argc > 1 ? argv[1] : "."), STR("/tests/version"));
    for (const struct version_scheme *const *s = version_schemes; *s; s++)
        check_file(mem, folder, *s);
    check_ranges(mem, test_read(mem, str_join(mem, folder, STR("/ranges.txt"))));
    check_range_limits(mem);
    check_names();
    arena_close(mem);
    return tap_done();
}
