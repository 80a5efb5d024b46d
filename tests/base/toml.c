/* The TOML reader: what it accepts, what it refuses (each of the specification's rules on repetition once), what it gives
 * out; every prefix of each document ends. */
#include "base/toml.h"
#include <stdlib.h>
#include "tests/lib/tap.h"

struct sample {
    const char *text;
    bool good;
};

static const struct sample samples[] = {
    {"", true},
    {"# only a comment", true},
    {"a = 1\nb = \"x\"\r\nc = 'y'\n[t]\nd = [1, [2], {e = 3}]\n", true},
    {"a.b.c = 1\na.b.d = 2\n[a.e]\nf = 3\n", true},
    {"[a.b]\nx = 1\n[a]\ny = 2\n", true},
    {"[[a]]\nx = 1\n[[a]]\nx = 2\n[a.b]\ny = 1\n", true},
    {"a = \"\"\"\n\\\n   one\n  two\"\"\"\"\n", true},
    {"a = '''\n'quoted' ''''\n", true},
    {"a = [\n  1, # one\n  2,\n]\n", true},
    {"a = 0x1f\nb = 0o17\nc = 0b1\nd = -9223372036854775808\ne = 1_000\n", true},
    {"a = 1e3\nb = -inf\nc = nan\nd = 6.02_2e+23\n", true},
    {"a = 1979-05-27T07:32:00Z\nb = 1979-05-27 07:32:00.5-07:00\nc = 1979-05-27\nd = 07:32:00\ne = 2000-02-29\n", true},
    {"\"\" = 1\n\"a.b\" = 2\n'c d' = 3\n1234 = 4\n", true},
    {"a = 1\na = 2\n", false},
    {"a = 1\na.b = 2\n", false},
    {"[a]\n[a]\n", false},
    {"[a.b]\nx = 1\n[a]\nb.y = 2\n", false},
    {"a.b = 1\n[a]\n", false},
    {"a = {b = 1}\n[a.c]\n", false},
    {"a = {b = 1}\na.c = 2\n", false},
    {"a = {b = 1, b = 2}\n", false},
    {"a = [1]\n[[a]]\n", false},
    {"[a]\n[[a]]\n", false},
    {"[[a]]\n[a]\n", false},
    {"a = {b = 1,}\n", false},
    {"a = {b = 1\n}\n", false},
    {"a = 1 b = 2\n", false},
    {"a = \n", false},
    {"= 1\n", false},
    {"a\n", false},
    {"[a\n", false},
    {"[[a]\n", false},
    {"a = 01\n", false},
    {"a = 1__0\n", false},
    {"a = 1.\n", false},
    {"a = .5\n", false},
    {"a = 9223372036854775808\n", false},
    {"a = 1979-02-30\n", false},
    {"a = 25:00:00\n", false},
    {"a = \"x\n\"\n", false},
    {"a = \"\\q\"\n", false},
    {"a = \"\\ud800\"\n", false},
    {"a = 'x\n", false},
    {"a = \"\x01\"\n", false},
    {"# \x7f\n", false},
    {"a = \"\xff\"\n", false},
    {"a = 1\rb = 2\n", false},
    {"a = True\n", false},
    {"a = [1 2]\n", false},
};

static enum rc read_all(struct str text, struct arena *mem)
{
    struct op op = {.mem = mem, .limits = &limits_default};
    struct toml t;
    toml_open(&t, &op, STR("sample"), text);
    while (toml_next(&t))
        if (t.event == TOML_PAIR && toml_array(&t))
            while (toml_item(&t))
                (void)toml_scalar(&t);
    return toml_close(&t);
}

/* Each prefix in a copy of its own, so that reading past its end shows. */
static bool prefixes_end(struct str text, struct arena *mem)
{
    for (size_t n = 0; n < text.n; n++) {
        char *copy = malloc(n ? n : 1);
        memcpy(copy, text.p, n);
        enum rc rc = read_all((struct str){copy, n}, mem);
        free(copy);
        arena_reset(mem);
        if (rc != RC_OK && rc != RC_INVALID && rc != RC_LIMIT)
            return false;
    }
    return true;
}

static void values(struct arena *mem)
{
    struct op op = {.mem = mem, .limits = &limits_default};
    struct toml t;
    struct str text = STR("\"k\\u0065y\" = \"caf\\u00e9\\n\"\nn = {a = true, \"b c\".d = [1, 2.5]}\n[[x.y]]\nl = '''\nraw\\n'''\n");
    toml_open(&t, &op, STR("values"), text);
    tap_ok(toml_next(&t) && t.event == TOML_PAIR && toml_is(&t, "key"), "a quoted key is decoded");
    tap_ok(toml_kind(&t) == TOML_STRING && str_eq(toml_string(&t), STR("caf\xc3\xa9\n")), "escapes are decoded");
    tap_ok(toml_next(&t) && toml_inline(&t) && toml_key(&t) && toml_is(&t, "a") && toml_true(&t), "an inline table is entered");
    tap_ok(toml_key(&t) && t.key.n == 2 && str_eq(t.key.at[0], STR("b c")) && str_eq(t.key.at[1], STR("d")), "a dotted key has its parts");
    tap_ok(toml_array(&t) && toml_item(&t) && str_eq(toml_scalar(&t), STR("1")), "an array is entered");
    tap_ok(toml_next(&t) && t.event == TOML_ARRAY_TABLE && toml_in2(&t, "x", "y"), "what is left open is passed over");
    tap_ok(toml_next(&t) && str_eq(toml_string(&t), STR("raw\\n")), "a literal string keeps its backslash");
    tap_ok(!toml_next(&t) && toml_close(&t) == RC_OK, "and then the document ends");
    arena_reset(mem);
}

int main(void)
{
    struct arena *mem = arena_open((size_t)1 << 28), *round = arena_child(mem);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct str text = str_of(samples[i].text);
        enum rc rc = read_all(text, round);
        struct str shown = str_escape(mem, text);
        tap_ok(rc == (samples[i].good ? RC_OK : RC_INVALID), "%s: %.*s", samples[i].good ? "accepted" : "refused", STR_ARG(shown));
        arena_reset(round);
        tap_ok(prefixes_end(text, round), "its prefixes end");
    }
    values(round);
    char deep[4096];
    memcpy(deep, "a = ", 4);
    memset(deep + 4, '[', sizeof deep - 4);
    tap_ok(read_all((struct str){deep, sizeof deep}, round) == RC_LIMIT, "nesting ends at a limit");
    arena_close(mem);
    return tap_done();
}
