/* A product of endoflife.date: an array of release cycles (its API's "cycle", "eol", "support", "extendedSupport": each a
 * day or a boolean), or the newer object with "result" ("releases" with "name", "eolFrom", "eoasFrom"). In the array's
 * form nothing names the product but the file. A cycle that breaks the format is passed over and reported once all others
 * were emitted. */
#include "feed/parts.h"

/* "Ended", and no day is known: before any day that could be asked about. */
enum { LONG_AGO = 1 };

struct reader {
    struct json j;
    struct str product;
    feed_emit *emit;
    void *arg;
    struct faults faults;
    enum rc rc;
};

static int bid(struct str name, struct str bytes)
{
    (void)name;
    struct str head = str_upto(bytes, 16 << 10);
    if (looks_like_array(head) && str_find(head, STR("\"cycle\"")) != STR_NONE && str_find(head, STR("\"eol\"")) != STR_NONE)
        return 85;
    bool result = str_find(head, STR("\"result\"")) != STR_NONE && str_find(head, STR("\"eolFrom\"")) != STR_NONE;
    return looks_like_object(head) && result ? 85 : 0;
}

/* A day; true: it has ended some day; false or null: no end is known. */
static bool ending(struct json *j, int64_t *ret)
{
    switch (json_kind(j)) {
    case JSON_TRUE:
        *ret = LONG_AGO;
        json_skip(j);
        return true;
    case JSON_FALSE:
    case JSON_NULL:
        *ret = 0;
        json_skip(j);
        return true;
    case JSON_STRING:
        return json_moment(j, ret);
    case JSON_NONE:
    case JSON_OBJECT:
    case JSON_ARRAY:
    case JSON_NUMBER:
        break;
    }
    json_skip(j);
    return false;
}

/* One cycle; `ended` is the newer form's word for an end without a day. */
static const char *cycle(struct reader *r, struct end_of_life *e)
{
    struct json *j = &r->j;
    bool readable = true, ended = false;
    if (!json_object(j))
        return "expected an object";
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("cycle")) || str_eq(key, STR("name")))
            e->cycle = json_scalar(j);
        else if (str_eq(key, STR("eol")) || str_eq(key, STR("eolFrom")))
            readable &= ending(j, &e->security_until);
        else if (str_eq(key, STR("support")) || str_eq(key, STR("eoasFrom")))
            readable &= ending(j, &e->support_until);
        else if (str_eq(key, STR("isEol")))
            ended = json_true(j);
    }
    if (ended && e->security_until == 0)
        e->security_until = LONG_AGO;
    if (e->cycle.n == 0)
        return "no cycle";
    return readable ? NULL : "expected days or booleans for the ends of support";
}

static void cycles(struct reader *r)
{
    struct json *j = &r->j;
    if (!json_array(j)) {
        json_fail(j, "expected an array of release cycles");
        return;
    }
    for (size_t n = 0; r->rc == RC_OK && json_item(j); n++) {
        struct feed_item item = {.kind = FEED_END_OF_LIFE, .end_of_life = {.product = r->product, .cycle = STR("")}};
        const char *wrong = cycle(r, &item.end_of_life);
        if (wrong)
            fault(&r->faults, "cycle %zu (" STR_FMT "): %s", n, STR_ARG(item.end_of_life.cycle), wrong);
        else if (j->rc == RC_OK)
            r->rc = r->emit(j->op, r->arg, &item);
    }
}

/* The newer form says its own name, but perhaps behind the releases: so it is looked for first. */
static void named(struct reader *r)
{
    struct json *j = &r->j;
    if (!json_object(j))
        return;
    for (struct str key; json_key(j, &key);)
        if (str_eq(key, STR("result")) && json_object(j))
            for (struct str inner; json_key(j, &inner);)
                if (str_eq(inner, STR("name"))) {
                    struct str own = json_string(j);
                    r->product = own.n ? own : r->product;
                }
}

static void results(struct reader *r)
{
    struct json *j = &r->j;
    bool found = false;
    if (json_object(j))
        for (struct str key; json_key(j, &key);)
            if (str_eq(key, STR("result")) && json_object(j))
                for (struct str inner; r->rc == RC_OK && json_key(j, &inner);)
                    if (str_eq(inner, STR("releases"))) {
                        found = true;
                        cycles(r);
                    }
    if (!found)
        json_fail(j, "expected an array of release cycles, or an object with result and releases");
}

static enum rc parse(struct op *op, struct str name, struct str bytes, feed_emit *emit, void *arg)
{
    struct reader r = {.product = str_base(name), .emit = emit, .arg = arg, .faults = {.op = op, .name = name}};
    if (str_ends(r.product, STR(".json")))
        r.product = str_but(r.product, 5);
    json_open(&r.j, op, name, bytes, 0);
    if (json_kind(&r.j) == JSON_OBJECT) {
        named(&r);
        TRY(json_close(&r.j));
        json_open(&r.j, op, name, bytes, 0);
        results(&r);
    } else {
        cycles(&r);
    }
    TRY(r.rc);
    TRY(json_close(&r.j));
    return faults_end(&r.faults);
}

const struct feed feed_endoflife = {
    .name = "endoflife",
    .help = "When the cycles of a product end, as endoflife.date publishes it (JSON)",
    .bid = bid,
    .parse = parse,
};
