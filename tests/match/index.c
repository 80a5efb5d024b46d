/* Reads the lines and answers by walking the arrays. */
#include "tests/match/index.h"

#include <stdlib.h>

static struct str column(struct str *line)
{
    struct str field = {NULL, 0};
    str_cut(line, '\t', &field);
    return field;
}

static struct packed_text pack(struct advisory_view *v, struct str s)
{
    return (struct packed_text){(uint32_t)(s.p - v->text), (uint32_t)s.n};
}

static void read_intervals(struct arena *mem, struct advisory_view *v, struct str text)
{
    VEC(struct packed_interval) list = {NULL, 0, 0};
    struct str word, low, high;
    while (str_word(&text, &word)) {
        bool inclusive = str_ends(word, STR("]")), limit = str_ends(word, STR("}"));
        str_split(str_but(str_from(word, 1), 1), ',', &low, &high);
        bool open = str_eq(high, STR("*")), zero = str_eq(low, STR("0"));
        unsigned flags = (zero ? INTERVAL_FROM_ZERO : 0u) | (open ? INTERVAL_OPEN_END : 0u);
        struct packed_text none = {0, 0};
        flags |= (inclusive ? INTERVAL_INCLUSIVE_END : 0u) | (limit ? INTERVAL_LIMIT : 0u);
        *vec_push(mem, &list) = (struct packed_interval){zero ? none : pack(v, low), open ? none : pack(v, high), flags};
    }
    v->intervals = list.at;
    v->n_intervals = (uint32_t)list.n;
}

static const char *sort_text;

static int by_text(const void *a, const void *b)
{
    const struct packed_text *x = a, *y = b;
    return str_cmp((struct str){sort_text + x->at, x->n}, (struct str){sort_text + y->at, y->n});
}

static void read_versions(struct arena *mem, struct advisory_view *v, struct str text)
{
    VEC(struct packed_text) list = {NULL, 0, 0};
    struct str word;
    while (str_word(&text, &word))
        *vec_push(mem, &list) = pack(v, word);
    sort_text = v->text;
    if (list.n)
        qsort(list.at, list.n, sizeof *list.at, by_text);
    v->versions = list.at;
    v->n_versions = (uint32_t)list.n;
}

struct names {
    VEC(struct str) list;
};

static void read_options(struct arena *mem, struct advisory_view *v, struct record_view *r, struct str text)
{
    struct names aliases = {{NULL, 0, 0}}, upstream = aliases, related = aliases;
    struct str word;
    while (str_word(&text, &word)) {
        if (str_take(&word, STR("urgency=")))
            v->urgency = word;
        else if (str_take(&word, STR("alias=")))
            *vec_push(mem, &aliases.list) = word;
        else if (str_take(&word, STR("upstream=")))
            *vec_push(mem, &upstream.list) = word;
        else if (str_take(&word, STR("related=")))
            *vec_push(mem, &related.list) = word;
        else if (str_eq(word, STR("withdrawn")))
            v->withdrawn = r->withdrawn = 1;
        else if (str_eq(word, STR("malicious")))
            v->flags |= ADVISORY_MALICIOUS;
        else if (str_eq(word, STR("git")))
            v->git_only = true;
    }
    if (r->n_aliases + r->n_upstream + r->n_related == 0) {
        r->aliases = aliases.list.at, r->n_aliases = aliases.list.n;
        r->upstream = upstream.list.at, r->n_upstream = upstream.list.n;
        r->related = related.list.at, r->n_related = related.list.n;
    }
}

static enum rc find(void *arg, struct op *op, struct str ecosystem, struct str name,
    enum rc (*visit)(struct op *, void *, const struct advisory_view *), void *visit_arg)
{
    struct test_index *ix = arg;
    enum rc rc = RC_NOTFOUND;
    vec_each(struct test_entry, e, &ix->entries)
        if (str_eq(e->key, ecosystem) && str_eq(e->name, name)) {
            rc = RC_OK;
            TRY(visit(op, visit_arg, &e->view));
        }
    return rc;
}

static enum rc record(void *arg, struct op *op, uint32_t number, struct record_view *ret)
{
    struct test_index *ix = arg;
    (void)op;
    if (number >= ix->records.n)
        return RC_NOTFOUND;
    *ret = ix->records.at[number];
    return RC_OK;
}

static bool goes_by(const struct record_view *r, struct str id)
{
    bool yes = str_eq(r->id, id);
    for (size_t i = 0; i < r->n_aliases; i++)
        yes |= str_eq(r->aliases[i], id);
    return yes;
}

static enum rc by_id(void *arg, struct op *op, struct str id, uint32_t *ret, size_t most, size_t *ret_n)
{
    struct test_index *ix = arg;
    size_t n = 0;
    (void)op;
    for (uint32_t i = 0; i < ix->records.n; i++)
        if (n < most && goes_by(&ix->records.at[i], id))
            ret[n++] = i;
    *ret_n = n;
    return n ? RC_OK : RC_NOTFOUND;
}

static uint32_t record_of(struct test_index *ix, struct str id)
{
    for (uint32_t i = 0; i < ix->records.n; i++)
        if (str_eq(ix->records.at[i].id, id))
            return i;
    vec_push(ix->mem, &ix->records)->id = id;
    return (uint32_t)ix->records.n - 1;
}

void test_index_read(struct test_index *ix, struct arena *mem, struct str text)
{
    *ix = (struct test_index){.mem = mem, .look = {ix, find, record, by_id, NULL, NULL}};
    for (struct str line; str_line(&text, &line);) {
        if (line.n == 0 || line.p[0] == '#')
            continue;
        struct test_entry *e = vec_push(mem, &ix->entries);
        struct advisory_view *v = &e->view;
        v->text = line.p;
        v->id = column(&line);
        v->ecosystem = column(&line);
        v->name = column(&line);
        v->record = record_of(ix, v->id);
        read_intervals(mem, v, column(&line));
        read_versions(mem, v, column(&line));
        read_options(mem, v, &ix->records.at[v->record], column(&line));
        ix->records.at[v->record].flags |= v->flags;
        e->key = advisory_ecosystem(v->ecosystem, NULL);
        e->name = advisory_name(mem, v->ecosystem, v->name);
    }
}
