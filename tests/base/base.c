/* Unit tests of the base: slices, arenas, maps, buffers, globs, times. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/glob.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/op.h"
#include "base/time.h"
#include "base/utf8.h"
#include "tests/lib/tap.h"

static struct arena *mem;

static void slices(void)
{
    struct str rest = STR("a,b,,c"), head;
    size_t n = 0;
    while (str_cut(&rest, ',', &head))
        n += head.n + 1;
    tap_ok(n == 7, "cutting gives four pieces, one of them empty");
    rest = STR("one\r\ntwo\n");
    tap_ok(str_line(&rest, &head) && str_eq(head, STR("one")) && str_line(&rest, &head) && str_eq(head, STR("two")) && !str_line(&rest, &head),
           "lines end at the last newline");
    uint64_t v;
    tap_ok(str_num(STR("18446744073709551615"), &v) && v == UINT64_MAX, "the largest number");
    tap_ok(!str_num(STR("18446744073709551616"), &v) && !str_num(STR(""), &v) && !str_num(STR("1x"), &v), "numbers that are none");
    tap_ok(str_cstr(mem, (struct str){"a\0b", 3}) == NULL, "a slice with a NUL is no C string");
    tap_ok(str_eq(str_escape(mem, (struct str){"a\x01\xff", 3}), STR("a\\x01\\xff")), "bytes that may not be shown are escaped");
    tap_ok(str_eq(str_join(mem, STR("a"), STR(""), STR("b")), STR("ab")), "joining with an empty piece");
    tap_ok(str_eq(str_base(STR("a/b/c")), STR("c")) && str_eq(str_dir(STR("a/b/c")), STR("a/b")) && str_dir(STR("c")).n == 0, "base and folder");
}

static void arenas(void)
{
    struct arena *root = arena_open(1 << 20), *child = arena_child(root);
    char *p = arena_alloc(child, 100);
    bool zero = true;
    for (int i = 0; i < 100; i++)
        zero &= p[i] == 0;
    tap_ok(zero && ((uintptr_t)p & 15) == 0, "memory is zeroed and aligned");
    memset(p, 1, 100);
    size_t used = arena_used(root);
    arena_reset(child);
    p = arena_alloc(child, 100);
    zero = true;
    for (int i = 0; i < 100; i++)
        zero &= p[i] == 0;
    tap_ok(zero, "memory is zeroed again after a reset");
    tap_ok(arena_used(root) <= used, "a reset gives memory back");
    char *grown = arena_grow(child, p, 100, 5000);
    tap_ok(grown[4999] == 0, "growth is zeroed");
    arena_close(child);
    tap_ok(arena_used(root) == 0, "closing a child gives all back to the ceiling");
    arena_close(root);
}

static void maps(void)
{
    struct map m;
    map_open(&m, mem);
    for (uintptr_t i = 0; i < 5000; i++)
        *map_put(&m, str_print(mem, "key %zu", (size_t)i)) = (void *)(i + 1);
    bool all = true;
    for (uintptr_t i = 0; i < 5000; i++)
        all &= map_get(&m, str_print(mem, "key %zu", (size_t)i)) == (void *)(i + 1);
    tap_ok(all && m.entries.n == 5000 && !map_get(&m, STR("other")), "5,000 keys are found again, a foreign one is not");
    tap_ok(str_eq(m.entries.at[17].key, STR("key 17")), "entries keep their order");
}

static void globs(void)
{
    static const struct {
        const char *glob, *path;
        bool match;
    } cases[] = {
        {"**/package.json", "package.json", true},          {"**/package.json", "a/b/package.json", true},
        {"**/package.json", "a/xpackage.json", false},      {"*.jar", "a.jar", true},
        {"*.jar", "d/a.jar", false},                        {"**/*.jar", "d/e/a.jar", true},
        {"a/**/b", "a/b", true},                            {"a/**/b", "a/x/y/b", true},
        {"a/**/b", "ab", false},                            {"?.c", "x.c", true},
        {"?.c", "/.c", false},                              {"[a-c]x", "bx", true},
        {"[!a-c]x", "bx", false},                           {"**", "a/b/c", true},
        {"var/lib/dpkg/info/*.list", "var/lib/dpkg/info/a.list", true}, {"**/*.dist-info/METADATA", "x/y-1.dist-info/METADATA", true},
        {"*a*b*c*", "xxaxxbxxcxx", true},                   {"*a*b*c*", "xxaxxcxxbxx", false},
        {"a\\*", "a*", true},                               {"a\\*", "ab", false},
        {"", "", true},                                     {"*", "", true},
        {"**/node_modules/*/package.json", "a/node_modules/b/node_modules/c/package.json", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        tap_ok(glob_match(str_of(cases[i].glob), str_of(cases[i].path)) == cases[i].match, "glob %zu: " STR_FMT " %s " STR_FMT, i,
               STR_ARG(str_of(cases[i].glob)), cases[i].match ? "matches" : "does not match", STR_ARG(str_of(cases[i].path)));
    char *text = arena_alloc(mem, 20000), *pattern = arena_alloc(mem, 400);
    memset(text, 'a', 20000);
    for (int i = 0; i < 400; i += 2)
        memcpy(pattern + i, "*a", 2);
    pattern[399] = 'b';
    tap_ok(!glob_match((struct str){pattern, 400}, (struct str){text, 20000}), "a glob made to be slow ends");
}

static void times(void)
{
    int64_t t;
    tap_ok(time_parse(STR("2024-03-30"), &t) && str_eq(time_print(mem, t), STR("2024-03-30T23:59:59Z")), "a bare date is its end");
    tap_ok(time_parse(STR("1970-01-01T01:00:00+01:00"), &t) && t == 0, "an offset is taken off");
    tap_ok(time_parse(STR("2024-02-29"), &t) && !time_parse(STR("2023-02-29"), &t) && !time_parse(STR("1900-02-29"), &t), "leap days");
    static const char *const bad[] = {"", "2024", "2024-13-01", "2024-00-01", "2024-01-32", "2024-01-01T25:00:00Z", "2024-01-01T00:00:00", "2024-01-01T00:00:00.Z",
                                      "x024-01-01", "2024-01-01 junk"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        tap_ok(!time_parse(str_of(bad[i]), &t), "'" STR_FMT "' is no time", STR_ARG(str_of(bad[i])));
    bool same = true;
    for (int64_t d = -800000; d < 800000; d += 997) {
        int64_t back;
        struct str text = time_print(mem, d * 86400 + 12345);
        same &= text.n != 20 || text.p[0] == '-' || (time_parse(text, &back) && back == d * 86400 + 12345);
    }
    tap_ok(same, "times printed and read are the same");
    tap_ok(duration_parse(STR("30d"), &t) && t == 30 * 86400 && !duration_parse(STR("30"), &t) && !duration_parse(STR("d"), &t), "durations");
}

static void texts(void)
{
    tap_ok(utf8_invalid(STR("plain ascii of more than sixteen bytes")) == STR_NONE, "ASCII is UTF-8");
    tap_ok(utf8_invalid(STR("\xc3\xa9\xe2\x82\xac\xf0\x9f\x8e\xb5")) == STR_NONE, "two, three and four bytes");
    static const char *const bad[] = {"\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xc3", "\xe2\x82"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        tap_ok(utf8_invalid(str_of(bad[i])) == 0, "invalid UTF-8 %zu is found", i);
    struct buf b;
    buf_open(&b, mem, "test", 10);
    buf_add(&b, STR("12345"));
    buf_add(&b, STR("123456"));
    buf_add(&b, STR("1"));
    struct op op = {.mem = mem, .limits = &limits_default};
    struct str s;
    tap_ok(buf_done(&op, &b, &s) == RC_LIMIT && op.err.text.n, "a buffer past its ceiling says so");
    unsigned char digest[SHA256_BYTES];
    sha256_of(STR("abc"), digest);
    tap_ok(str_eq(sha256_text(mem, digest), STR("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")), "SHA-256 of abc (FIPS 180-4)");
    tap_ok(hash64(STR("a")) != hash64(STR("b")) && hash64_add(1, STR("ab")) != hash64_add(hash64_add(1, STR("a")), STR("b")), "hashes differ, borders count");
}

int main(void)
{
    mem = arena_open((size_t)1 << 28);
    slices();
    arenas();
    maps();
    globs();
    times();
    texts();
    arena_close(mem);
    return tap_done();
}
