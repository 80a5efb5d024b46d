/* Headers, pairs and containers of TOML, and the rules on what may be defined twice: a tree of what was defined,
 * kept as one table from (parent, key) to node. */
#include "base/toml.h"

#include "base/hash.h"
#include "base/toml_lex.h"
#include "base/utf8.h"

enum node_kind {
    NODE_ROOT,
    NODE_VALUE,    /* closed: nothing can be added from outside */
    NODE_TABLE,    /* by its own header */
    NODE_IMPLICIT, /* on the way to another header; its own may still come */
    NODE_DOTTED,   /* by a dotted key; open until the next header */
    NODE_ARRAY,    /* of tables */
};

struct toml_node {
    struct str key;
    uint64_t hash;
    uint32_t parent;
    uint32_t link; /* ARRAY: its last element. DOTTED: the table whose pairs made it */
    enum node_kind kind;
};

enum rc toml_fail(struct toml *t, enum rc rc, const char *what)
{
    if (t->rc != RC_OK)
        return t->rc;
    size_t line = 1;
    const char *from = t->start;
    for (const char *p = t->start; p < t->p && p < t->end; p++)
        if (*p == '\n') {
            line++;
            from = p + 1;
        }
    t->rc = fail(t->op, rc, STR_FMT ":%zu:%zu: %s", STR_ARG(t->name), line, (size_t)(t->p - from) + 1, what);
    t->p = t->end;
    t->depth = 0;
    t->value_due = false;
    return t->rc;
}

static bool wrong(struct toml *t, const char *what)
{
    return toml_fail(t, RC_INVALID, what) == RC_OK;
}

/* ---- what was defined ---- */

static uint32_t node_new(struct toml *t, uint32_t parent, struct str key, uint64_t hash, enum node_kind kind)
{
    *vec_push(t->op->mem, &t->nodes) = (struct toml_node){.key = key, .hash = hash, .parent = parent, .kind = kind};
    return (uint32_t)t->nodes.n - 1;
}

static void slots_grow(struct toml *t)
{
    size_t count = t->slot_count ? t->slot_count * 2 : 64;
    uint32_t *slots = arena_array(t->op->mem, count, sizeof *slots);
    for (size_t i = 0; i < t->nodes.n; i++) {
        if (!t->nodes.at[i].key.p)
            continue;
        size_t s = (size_t)t->nodes.at[i].hash & (count - 1);
        while (slots[s])
            s = (s + 1) & (count - 1);
        slots[s] = (uint32_t)i + 1;
    }
    t->slots = slots;
    t->slot_count = count;
}

/* The child of this name: its node, and whether it had to be made (then as `kind`). */
static uint32_t child(struct toml *t, uint32_t parent, struct str key, enum node_kind kind, bool *ret_new)
{
    if ((t->nodes.n + 1) * 3 > t->slot_count * 2)
        slots_grow(t);
    struct str id = {(const char *)&parent, sizeof parent};
    uint64_t h = hash64_add(hash64(id), key);
    size_t s = (size_t)h & (t->slot_count - 1);
    for (; t->slots[s]; s = (s + 1) & (t->slot_count - 1)) {
        const struct toml_node *n = &t->nodes.at[t->slots[s] - 1];
        if (n->hash == h && n->parent == parent && str_eq(n->key, key)) {
            *ret_new = false;
            return t->slots[s] - 1;
        }
    }
    *ret_new = true;
    uint32_t made = node_new(t, parent, key, h, kind);
    t->slots[s] = made + 1;
    return made;
}

/* Enters the path of a header but for its last step. */
static bool header_parent(struct toml *t, const struct toml_path *path, uint32_t *ret)
{
    uint32_t at = 0;
    for (size_t i = 0; i + 1 < path->n; i++) {
        bool is_new;
        at = child(t, at, path->at[i], NODE_IMPLICIT, &is_new);
        if (t->nodes.at[at].kind == NODE_VALUE)
            return wrong(t, "part of this path is a value");
        if (t->nodes.at[at].kind == NODE_ARRAY)
            at = t->nodes.at[at].link;
    }
    *ret = at;
    return true;
}

static bool define_header(struct toml *t, const struct toml_path *path, bool array)
{
    uint32_t at = 0;
    bool is_new;
    if (!header_parent(t, path, &at))
        return false;
    at = child(t, at, path->at[path->n - 1], array ? NODE_ARRAY : NODE_TABLE, &is_new);
    enum node_kind kind = t->nodes.at[at].kind;
    if (array) {
        if (kind != NODE_ARRAY)
            return wrong(t, "this name is not an array of tables");
        uint32_t element = node_new(t, at, (struct str){NULL, 0}, 0, NODE_TABLE);
        t->nodes.at[at].link = element;
        at = element;
    } else if (!is_new) {
        if (kind != NODE_IMPLICIT)
            return wrong(t, "this table is defined already");
        t->nodes.at[at].kind = NODE_TABLE;
    }
    t->here = at;
    return true;
}

/* Defines a pair's key below `base`; ret_node is the node of the value. */
static bool define_pair(struct toml *t, uint32_t base, const struct toml_path *path, uint32_t *ret_node)
{
    bool is_new;
    uint32_t at = base;
    for (size_t i = 0; i + 1 < path->n; i++) {
        at = child(t, at, path->at[i], NODE_DOTTED, &is_new);
        struct toml_node *n = &t->nodes.at[at];
        if (n->kind == NODE_IMPLICIT || is_new) {
            n->kind = NODE_DOTTED;
            n->link = t->here;
        }
        if (n->kind != NODE_DOTTED || n->link != t->here)
            return wrong(t, "part of this key is defined already");
    }
    at = child(t, at, path->at[path->n - 1], NODE_VALUE, &is_new);
    if (!is_new)
        return wrong(t, "this key is defined already");
    *ret_node = at;
    return true;
}

/* ---- tokens between values ---- */

static void blanks(struct toml *t)
{
    while (t->p < t->end && (*t->p == ' ' || *t->p == '\t'))
        t->p++;
}

/* White space, a comment and the end of the line: false when something else stands there. */
static bool line_end(struct toml *t)
{
    blanks(t);
    if (t->p < t->end && *t->p == '#')
        for (t->p++; t->p < t->end && *t->p != '\n' && !(*t->p == '\r' && t->p + 1 < t->end && t->p[1] == '\n'); t->p++)
            if (((unsigned char)*t->p < 0x20 && *t->p != '\t') || *t->p == 0x7f)
                return wrong(t, "control character in a comment");
    if (t->p == t->end)
        return true;
    if (*t->p == '\r' && t->end - t->p >= 2 && t->p[1] == '\n')
        t->p++;
    if (*t->p != '\n')
        return wrong(t, "expected the end of the line");
    t->p++;
    return true;
}

/* Passes over empty lines and comments inside an array. */
static bool gap_lines(struct toml *t)
{
    for (;;) {
        blanks(t);
        if (t->p == t->end || (*t->p != '\n' && *t->p != '\r' && *t->p != '#'))
            return true;
        if (!line_end(t))
            return false;
    }
}

static bool path_step(struct toml *t, struct str *ret)
{
    if (t->p < t->end && (*t->p == '"' || *t->p == '\''))
        return toml_lex_string(t, true, ret);
    const char *from = t->p;
    while (t->p < t->end && (is_alnum(*t->p) || *t->p == '_' || *t->p == '-'))
        t->p++;
    *ret = (struct str){from, (size_t)(t->p - from)};
    return ret->n ? true : wrong(t, "expected a key");
}

static bool path(struct toml *t, struct toml_path *ret)
{
    ret->n = 0;
    do {
        if (ret->n == TOML_KEYS)
            return toml_fail(t, RC_LIMIT, "a key of too many parts") == RC_OK;
        blanks(t);
        if (!path_step(t, &ret->at[ret->n]))
            return false;
        ret->n++;
        blanks(t);
    } while (t->p < t->end && *t->p == '.' && t->p++);
    return true;
}

static bool pair(struct toml *t, uint32_t base)
{
    uint32_t node;
    if (!path(t, &t->key))
        return false;
    if (t->p == t->end || *t->p != '=')
        return wrong(t, "expected = after the key");
    t->p++;
    if (!define_pair(t, base, &t->key, &node))
        return false;
    blanks(t);
    t->value_due = true;
    return true;
}

static bool header(struct toml *t)
{
    bool array = t->end - t->p >= 2 && t->p[1] == '[';
    t->p += array ? 2 : 1;
    if (!path(t, &t->table))
        return false;
    if (t->p == t->end || *t->p != ']' || (array && (t->end - t->p < 2 || t->p[1] != ']')))
        return wrong(t, "header not closed");
    t->p += array ? 2 : 1;
    t->event = array ? TOML_ARRAY_TABLE : TOML_TABLE;
    return define_header(t, &t->table, array);
}

/* ---- the interface ---- */

void toml_open(struct toml *t, struct op *op, struct str name, struct str bytes)
{
    memset(t, 0, sizeof *t);
    str_take(&bytes, STR("\xef\xbb\xbf"));
    t->op = op;
    t->name = name;
    t->start = t->p = bytes.p ? bytes.p : "";
    t->end = t->start + bytes.n;
    node_new(t, 0, (struct str){NULL, 0}, 0, NODE_ROOT);
    size_t bad = utf8_invalid(bytes);
    if (bad != STR_NONE) {
        t->p = t->start + bad;
        wrong(t, "not valid UTF-8");
    }
}

/* Passes over whatever is still open at top level. */
static bool settle(struct toml *t)
{
    if (t->value_due)
        toml_skip(t);
    while (t->rc == RC_OK && t->depth)
        (void)(t->frames[t->depth - 1].array ? toml_item(t) : toml_key(t));
    if (t->rc == RC_OK && t->line_due) {
        t->line_due = false;
        line_end(t);
    }
    return t->rc == RC_OK;
}

bool toml_next(struct toml *t)
{
    if (!settle(t) || !gap_lines(t) || t->p == t->end)
        return false;
    t->line_due = true;
    if (*t->p == '[')
        return header(t);
    t->event = TOML_PAIR;
    return pair(t, t->here);
}

bool toml_is(const struct toml *t, const char *key)
{
    return t->key.n == 1 && str_eq(t->key.at[0], str_of(key));
}

bool toml_in(const struct toml *t, const char *first)
{
    return t->table.n == 1 && str_eq(t->table.at[0], str_of(first));
}

bool toml_in2(const struct toml *t, const char *first, const char *second)
{
    return t->table.n == 2 && str_eq(t->table.at[0], str_of(first)) && str_eq(t->table.at[1], str_of(second));
}

enum toml_kind toml_kind(struct toml *t)
{
    if (t->rc != RC_OK || !t->value_due)
        return TOML_NONE;
    char c = t->p < t->end ? *t->p : '\0';
    if (c == '"' || c == '\'')
        return TOML_STRING;
    if (c == '[' || c == '{')
        return c == '[' ? TOML_ARRAY : TOML_INLINE;
    struct str s;
    enum toml_kind kind;
    const char *at = t->p;
    if (!toml_lex_bare(t, &s, &kind))
        return TOML_NONE;
    t->p = at;
    return kind;
}

struct str toml_scalar(struct toml *t)
{
    struct str s = {NULL, 0};
    enum toml_kind kind;
    if (t->rc != RC_OK || !t->value_due)
        return s;
    char c = t->p < t->end ? *t->p : '\0';
    if (c == '[' || c == '{') {
        toml_skip(t);
        return s;
    }
    t->value_due = false;
    bool ok = c == '"' || c == '\'' ? toml_lex_string(t, false, &s) : toml_lex_bare(t, &s, &kind);
    return ok ? s : (struct str){NULL, 0};
}

struct str toml_string(struct toml *t)
{
    if (t->value_due && t->p < t->end && (*t->p == '"' || *t->p == '\''))
        return toml_scalar(t);
    toml_skip(t);
    return (struct str){NULL, 0};
}

bool toml_true(struct toml *t)
{
    if (toml_kind(t) == TOML_BOOL)
        return toml_scalar(t).n == 4;
    toml_skip(t);
    return false;
}

static bool enter(struct toml *t, bool array)
{
    if (t->depth == TOML_DEPTH)
        return toml_fail(t, RC_LIMIT, "nested too deep") == RC_OK;
    uint32_t node = array ? 0 : node_new(t, 0, (struct str){NULL, 0}, 0, NODE_VALUE);
    t->frames[t->depth++] = (struct toml_frame){.array = array, .first = true, .node = node};
    t->value_due = false;
    t->p++;
    return true;
}

bool toml_array(struct toml *t)
{
    if (t->value_due && t->p < t->end && *t->p == '[')
        return enter(t, true);
    toml_skip(t);
    return false;
}

bool toml_inline(struct toml *t)
{
    if (t->value_due && t->p < t->end && *t->p == '{')
        return enter(t, false);
    toml_skip(t);
    return false;
}

static bool leave(struct toml *t)
{
    t->p++;
    t->depth--;
    return false;
}

/* Skips what was not taken; then the frame entered last is on top, unless an error came. */
static struct toml_frame *innermost(struct toml *t, bool array)
{
    if (t->value_due)
        toml_skip(t);
    struct toml_frame *f = t->rc == RC_OK && t->depth ? &t->frames[t->depth - 1] : NULL;
    return f && f->array == array ? f : NULL;
}

bool toml_item(struct toml *t)
{
    struct toml_frame *f = innermost(t, true);
    if (!f || !gap_lines(t))
        return false;
    if (t->p < t->end && *t->p == ']')
        return leave(t);
    if (!f->first) {
        if (t->p == t->end || *t->p != ',')
            return wrong(t, "expected , or ]");
        t->p++;
        if (!gap_lines(t))
            return false;
        if (t->p < t->end && *t->p == ']')
            return leave(t);
    }
    f->first = false;
    t->value_due = true;
    return true;
}

bool toml_key(struct toml *t)
{
    struct toml_frame *f = innermost(t, false);
    if (!f)
        return false;
    blanks(t);
    if (t->p < t->end && *t->p == '}')
        return leave(t);
    if (!f->first) {
        if (t->p == t->end || *t->p != ',')
            return wrong(t, "expected , or }");
        t->p++;
    }
    f->first = false;
    return pair(t, f->node);
}

void toml_skip(struct toml *t)
{
    unsigned floor = t->depth;
    if (t->rc != RC_OK || !t->value_due)
        return;
    do {
        char c = t->p < t->end ? *t->p : '\0';
        if (t->value_due && (c == '[' || c == '{'))
            enter(t, c == '[');
        else if (t->value_due)
            (void)toml_scalar(t);
        /* To the next value of the innermost container; one that ended lets its own parent go on. */
        while (t->rc == RC_OK && t->depth > floor && !t->value_due)
            (void)(t->frames[t->depth - 1].array ? toml_item(t) : toml_key(t));
    } while (t->rc == RC_OK && t->value_due && t->depth > floor);
}

enum rc toml_close(struct toml *t)
{
    while (toml_next(t))
        ;
    return t->rc;
}
