/* The JSON reader: documents that must pass, documents that must not, every prefix, and writing then reading. */
#include "base/json.h"
#include "tests/lib/tap.h"

static enum rc whole(struct arena *mem, struct str text, unsigned flags)
{
    struct op op = {.mem = arena_child(mem), .limits = &limits_default};
    struct json j;
    json_open(&j, &op, STR("doc"), text, flags);
    enum rc rc = json_close(&j);
    arena_close(op.mem);
    return rc;
}

static const char *const good[] = {
    "{}", "[]", "null", "true", "false", "0", "-0", "1.5e+10", "\"\"", " [ 1 , 2 ] ", "{\"a\":{\"b\":[1,{\"c\":null}]}}", "\"\\u00e9\\ud83c\\udfb5\\n\"",
    "\xef\xbb\xbf{}", "[[],[[]],{}]", "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1,\"l\":1,\"m\":1,\"n\":1,\"o\":1,\"p\":1,\"q\":1,\"r\":1}",
};

static const char *const bad[] = {
    "", " ", "{", "[", "\"", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "[1,]", "[1 2]", "{a:1}", "{'a':1}", "nul", "tru", "01", "1.", ".5", "1e", "+1", "-", "NaN",
    "Infinity", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\n\"", "\"\t\"", "[]]", "{}{}", "{\"a\":1,\"a\":2}",
    "{\"a\":1,\"\\u0061\":2}", "\"\xff\"", "\"\xed\xa0\x80\"", "[1]x", "// c\n1", "{\"x\":{\"a\":1,\"b\":2,\"a\":3}}", "1x", "truex",
    "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1,\"l\":1,\"m\":1,\"n\":1,\"o\":1,\"p\":1,\"q\":1,\"a\":1}",
};

static void documents(struct arena *mem)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct str text = str_of(good[i]);
        tap_ok(whole(mem, text, 0) == RC_OK, "passes: %.60s", str_escape(mem, text).p);
        bool all = true;
        for (size_t n = 0; n < text.n; n++) {
            enum rc rc = whole(mem, str_dup(mem, str_upto(text, n)), 0);
            all &= rc == RC_OK || rc == RC_INVALID;
        }
        tap_ok(all, "every prefix of it ends");
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        tap_ok(whole(mem, str_of(bad[i]), 0) == RC_INVALID, "is refused: %.60s", str_escape(mem, str_of(bad[i])).p);
    tap_ok(whole(mem, STR("{\"a\":[1,],}"), JSON_TRAILING_COMMA) == RC_OK, "trailing commas pass when allowed");
    tap_ok(whole(mem, STR("{,}"), JSON_TRAILING_COMMA) == RC_INVALID, "a lone comma never");
}

static void depth(struct arena *mem)
{
    size_t n = 100000;
    char *deep = arena_alloc(mem, n);
    memset(deep, '[', n);
    tap_ok(whole(mem, (struct str){deep, n}, 0) == RC_LIMIT, "100,000 nested arrays reach the limit");
    struct buf b;
    buf_open(&b, mem, "deep", 1 << 20);
    for (int i = 0; i < JSON_DEPTH; i++)
        buf_add(&b, STR("{\"a\":"));
    buf_byte(&b, '1');
    for (int i = 0; i < JSON_DEPTH; i++)
        buf_byte(&b, '}');
    tap_ok(whole(mem, buf_str(&b), 0) == RC_OK, "nesting up to the limit passes");
}

static void keys(struct arena *mem)
{
    struct buf b;
    buf_open(&b, mem, "keys", 1 << 24);
    buf_byte(&b, '{');
    for (int i = 0; i < 100000; i++)
        buf_print(&b, "%s\"key%d\":%d", i ? "," : "", i, i);
    struct str open = str_dup(mem, buf_str(&b));
    tap_ok(whole(mem, str_join(mem, open, STR("}")), 0) == RC_OK, "100,000 different keys pass");
    tap_ok(whole(mem, str_join(mem, open, STR(",\"key4711\":1}")), 0) == RC_INVALID, "one of them twice does not");
}

static void reading(struct arena *mem)
{
    struct op op = {.mem = mem, .limits = &limits_default};
    struct json j;
    int64_t n = 0;
    struct str s = {NULL, 0}, raw = {NULL, 0};
    bool flag = false;
    size_t items = 0;
    json_open(&j, &op, STR("doc"), STR("{\"skip\":{\"x\":[1,2,{\"y\":\"z\"}]},\"n\":-42,\"s\":\"a\\u00e9\",\"t\":true,\"list\":[1,[2],3],\"raw\": [ 1 ] ,\"big\":1e400}"), 0);
    if (json_object(&j))
        for (struct str key; json_key(&j, &key);) {
            if (str_eq(key, STR("n")))
                json_int(&j, &n);
            else if (str_eq(key, STR("s")))
                s = json_string(&j);
            else if (str_eq(key, STR("t")))
                flag = json_true(&j);
            else if (str_eq(key, STR("raw")))
                raw = json_raw(&j);
            else if (str_eq(key, STR("list")) && json_array(&j))
                while (json_item(&j))
                    items++;
        }
    tap_ok(json_close(&j) == RC_OK, "a document is read to its end");
    tap_ok(n == -42 && str_eq(s, STR("a\xc3\xa9")) && flag && items == 3, "values come out, what nobody asks for is skipped");
    tap_ok(str_eq(raw, STR("[ 1 ]")), "raw bytes of a value");
    json_open(&j, &op, STR("doc"), STR("{\"a\":\n  tru}"), 0);
    tap_ok(json_close(&j) == RC_INVALID && str_starts(op.err.text, STR("doc:2:3: ")), "an error names line and column");
    op_clear(&op);
    json_open(&j, &op, STR("doc"), STR("[1,2]"), 0);
    tap_ok(!json_object(&j) && json_close(&j) == RC_OK, "an array where an object was expected is skipped");
}

static void writing(struct arena *mem)
{
    struct buf b;
    struct json_out w;
    buf_open(&b, mem, "out", 4096);
    json_out_open(&w, &b);
    json_out_object(&w);
    json_out_member(&w, "text", (struct str){"q\"\\\n\x01\xff", 6});
    json_out_opt(&w, "none", STR(""));
    json_out_name(&w, "list");
    json_out_array(&w);
    json_out_int(&w, -1);
    json_out_decimal(&w, 75, 1);
    json_out_decimal(&w, -5, 2);
    json_out_bool(&w, true);
    json_out_array(&w);
    json_out_end_array(&w);
    json_out_end_array(&w);
    json_out_end_object(&w);
    tap_ok(str_eq(buf_str(&b), STR("{\"text\":\"q\\\"\\\\\\u000a\\u0001\xef\xbf\xbd\",\"none\":null,\"list\":[-1,7.5,-0.05,true,[]]}")), "what is written is balanced and escaped");
    tap_ok(whole(mem, buf_str(&b), 0) == RC_OK, "and can be read again");
}

int main(void)
{
    struct arena *mem = arena_open((size_t)1 << 30);
    documents(mem);
    depth(mem);
    keys(mem);
    reading(mem);
    writing(mem);
    arena_close(mem);
    return tap_done();
}
