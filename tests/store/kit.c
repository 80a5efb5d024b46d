/* The kit: temporary folders, short boms, answers as texts. */
#include "kit.h"

#include "base/buf.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void kit_open(struct kit *k, bool open)
{
    const char *tmp = getenv("TMPDIR");
    *k = (struct kit){.op = {.mem = arena_open((size_t)2 << 30), .limits = &limits_default}};
    char *name = (char *)arena_alloc(k->op.mem, 4096);
    snprintf(name, 4096, "%s/muster-store-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(name)) {
        perror(name);
        exit(1);
    }
    k->folder = str_of(name);
    k->path = str_join(k->op.mem, k->folder, STR("/store.db"));
    if (open && store_open(&k->op, k->path, STORE_WRITE | STORE_CREATE, &k->s) != RC_OK) {
        fprintf(stderr, "%s\n", k->op.err.text.p);
        exit(1);
    }
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void kit_close(struct kit *k)
{
    store_close(k->s);
    nftw(k->folder.p, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_close(k->op.mem);
}

bool kit_reopen(struct kit *k)
{
    store_close(k->s);
    k->s = NULL;
    op_clear(&k->op);
    return store_open(&k->op, k->path, STORE_WRITE, &k->s) == RC_OK;
}

struct bom *kit_bom(struct op *op, const char *text)
{
    struct bom *b = arena_alloc(op->mem, sizeof *b);
    struct str rest = str_of(text), line, purl, word;
    bom_open(b, op->mem);
    while (str_cut(&rest, '\n', &line)) {
        struct component c = {.ns = STR("")};
        enum scope scope = SCOPE_INSTALLED;
        if (!str_word(&line, &purl))
            continue;
        str_split(purl, '/', &c.type, &c.name);
        if (!str_rsplit(c.name, '@', &c.name, &c.version))
            c.version = STR("");
        c.upstream = str_starts(c.name, STR("lib")) ? str_from(c.name, 3) : c.name;
        c.upstream_version = c.version;
        if (str_word(&line, &word) && !scope_parse(word, &scope))
            abort();
        uint32_t id = bom_add(b, &c);
        do {
            word = c.name;
            str_word(&line, &word);
            bom_note(b, id, scope, word, LAYER_NONE);
        } while (line.n);
    }
    return b;
}

struct scan kit_scan(const char *name, int64_t at)
{
    return (struct scan){.name = str_of(name), .kind = STR("host"), .at = at, .profile = PROFILE_INSTALLED, .target = STR("/"),
                         .tool = STR("test 1"), .complete = true};
}

bool kit_write(struct kit *k, const char *name, int64_t at, const char *text, struct scan_result *ret)
{
    struct scan scan = kit_scan(name, at);
    struct scan_result ignored;
    return scan_write(&k->op, k->s, &scan, kit_bom(&k->op, text), ret ? ret : &ignored) == RC_OK;
}

struct id_list kit_ids(struct kit *k, const char *name, const char *version)
{
    struct id_list ids = {NULL, 0, 0};
    struct component_list l;
    if (component_by_label(&k->op, k->s, str_of(name), &l) != RC_OK)
        return ids;
    vec_each(const struct component_row, row, &l)
        if (!version || str_eq(row->c.version, str_of(version)))
            *vec_push(k->op.mem, &ids) = row->id;
    return ids;
}

struct who {
    struct kit *k;
    struct buf text;
};

static enum rc tell(struct op *op, void *arg, const struct presence *p)
{
    struct who *w = arg;
    struct asset a;
    enum rc rc = asset_get(op, w->k->s, p->asset, &a);
    if (rc == RC_OK)
        buf_print(&w->text, "%s" STR_FMT ":%u", w->text.n ? " " : "", STR_ARG(a.name), p->rank);
    return rc;
}

const char *kit_who(struct kit *k, struct id_list ids, int64_t at)
{
    struct who w = {.k = k};
    buf_open(&w.text, k->op.mem, "who", 1 << 24);
    enum rc rc = presence_find(&k->op, k->s, ids.at, ids.n, at, tell, &w);
    if (rc != RC_OK)
        return k->op.err.text.p ? k->op.err.text.p : rc_name(rc);
    return str_cstr(k->op.mem, buf_str(&w.text));
}

const char *kit_has(struct kit *k, const char *asset, int64_t at)
{
    struct asset a;
    struct members m;
    struct buf text;
    enum rc rc = asset_named(&k->op, k->s, str_of(asset), &a);
    if (rc == RC_OK)
        rc = asset_members(&k->op, k->s, a.id, at, &m);
    if (rc != RC_OK)
        return rc == RC_NOTFOUND ? "not found" : k->op.err.text.p;
    bom_sort(m.bom);
    buf_open(&text, k->op.mem, "has", 1 << 24);
    vec_each(const struct component, c, &m.bom->components)
        buf_print(&text, "%s" STR_FMT "@" STR_FMT, text.n ? " " : "", STR_ARG(c->name), STR_ARG(c->version));
    return str_cstr(k->op.mem, buf_str(&text));
}

bool kit_sound(struct kit *k)
{
    struct str_list problems = {NULL, 0, 0};
    enum rc rc = store_check(&k->op, k->s, &problems);
    if (rc != RC_OK)
        printf("# check: %s: " STR_FMT "\n", rc_name(rc), STR_ARG(k->op.err.text));
    for (size_t i = 0; i < problems.n; i++)
        printf("# " STR_FMT "\n", STR_ARG(problems.at[i]));
    return rc == RC_OK && problems.n == 0;
}
