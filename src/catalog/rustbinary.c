/* Rust programs: the crates listed by cargo-auditable, and the compiler whose standard library is in them. */
#include "base/inflate.h"
#include "base/json.h"
#include "catalog/catalog.h"
#include "format/elf.h"

enum { LIST_MOST = 8 << 20, CRATES_MOST = 1 << 17, EDGES_MOST = 1 << 20 };

struct crate {
    struct str name, version, source;
    bool root, build;
    uint32_t id;
};

struct list {
    struct op *op;
    struct bom *bom;
    const struct catalog_file *file;
    struct json j;
    VEC(struct crate) crates;
    VEC(uint32_t) ends; /* from and to, by turns: indexes into crates */
};

static void read_dependencies(struct list *l, uint32_t from)
{
    int64_t to;
    if (!json_array(&l->j))
        return;
    while (json_item(&l->j))
        if (json_int(&l->j, &to) && to >= 0 && to < CRATES_MOST && l->ends.n < 2 * EDGES_MOST) {
            *vec_push(l->op->mem, &l->ends) = from;
            *vec_push(l->op->mem, &l->ends) = (uint32_t)to;
        }
}

static void read_crate(struct list *l)
{
    uint32_t index = (uint32_t)l->crates.n;
    struct crate c = {.id = COMPONENT_NONE};
    struct str key;
    if (json_object(&l->j))
        while (json_key(&l->j, &key)) {
            if (str_eq(key, STR("name")))
                c.name = json_string(&l->j);
            else if (str_eq(key, STR("version")))
                c.version = json_string(&l->j);
            else if (str_eq(key, STR("source")))
                c.source = json_string(&l->j);
            else if (str_eq(key, STR("kind")))
                c.build = str_eq(json_string(&l->j), STR("build"));
            else if (str_eq(key, STR("root")))
                c.root = json_true(&l->j);
            else if (str_eq(key, STR("dependencies")))
                read_dependencies(l, index);
        }
    *vec_push(l->op->mem, &l->crates) = c;
}

static void read_list(struct list *l)
{
    struct str key;
    if (!json_object(&l->j))
        return;
    while (json_key(&l->j, &key))
        if (str_eq(key, STR("packages")) && json_array(&l->j))
            while (json_item(&l->j) && l->crates.n < CRATES_MOST)
                read_crate(l);
}

static void add_crates(struct list *l)
{
    bool inside = str_find(l->file->path, STR("!/")) != STR_NONE;
    vec_each(struct crate, c, &l->crates) {
        if (c->name.n == 0)
            continue;
        struct component component = {.type = STR("cargo"), .name = c->name, .version = c->version};
        c->id = bom_add(l->bom, &component);
        enum scope scope = c->root && !inside ? SCOPE_INSTALLED : c->build ? SCOPE_BUILD : SCOPE_BUNDLED;
        struct occurrence *o = bom_note(l->bom, c->id, scope, l->file->path, l->file->layer);
        if (c->root || str_eq(c->source, STR("local")))
            o->evidence = STR("first-party");
        else if (!str_eq(c->source, STR("crates.io")))
            o->evidence = str_dup(l->bom->mem, c->source);
    }
    for (size_t i = 0; i + 1 < l->ends.n; i += 2) {
        uint32_t from = l->ends.at[i], to = l->ends.at[i + 1];
        if (to >= l->crates.n || from >= l->crates.n)
            continue;
        const struct crate *a = &l->crates.at[from], *b = &l->crates.at[to];
        if (a->id != COMPONENT_NONE && b->id != COMPONENT_NONE)
            bom_edge(l->bom, a->id, b->id, b->build && !a->build ? EDGE_BUILD : EDGE_RUNTIME, true);
    }
}

static enum rc audited(struct op *op, const struct catalog_file *f, struct str packed, struct bom *bom)
{
    struct str text;
    struct list *l = arena_alloc(op->mem, sizeof *l);
    struct str name = str_join(op->mem, f->path, STR(" .dep-v0"));
    TRY(inflate_bytes(op, name, INFLATE_ZLIB, packed, LIST_MOST, &text));
    l->op = op;
    l->bom = bom;
    l->file = f;
    json_open(&l->j, op, name, text, 0);
    read_list(l);
    enum rc rc = json_close(&l->j);
    add_crates(l);
    return rc;
}

/* "rustc version 1.75.0 (82e1608df 2023-12-21)" among the compilers that the linker lists. */
static void compiler(const struct elf *e, const struct catalog_file *f, struct bom *bom)
{
    struct elf_section s;
    if (!elf_section_named(e, STR(".comment"), &s) || (s.flags & ELF_SHF_COMPRESSED))
        return;
    size_t at = str_find(s.bytes, STR("rustc version ")), n = 0;
    if (at == STR_NONE)
        return;
    struct str version = str_from(s.bytes, at + 14);
    while (n < version.n && n < 64 && (is_alnum(version.p[n]) || version.p[n] == '.' || version.p[n] == '-'))
        n++;
    if (n == 0 || !is_digit(version.p[0]))
        return;
    struct component c = {.type = STR("generic"), .name = STR("rust"), .version = str_upto(version, n)};
    bom_note(bom, bom_add(bom, &c), SCOPE_BUNDLED, f->path, f->layer)->evidence = str_print(bom->mem,
        "at %llu: rustc version " STR_FMT, (unsigned long long)(s.offset + at), STR_ARG(c.version));
}

static enum rc file(struct op *op, struct catalog_run *run, const struct catalog_file *f, struct bom *bom)
{
    struct elf e;
    struct elf_section s;
    (void)run;
    if (elf_open(&e, f->bytes) != RC_OK)
        return RC_OK;
    compiler(&e, f, bom);
    return elf_section_named(&e, STR(".dep-v0"), &s) && s.bytes.n ? audited(op, f, s.bytes, bom) : RC_OK;
}

const struct cataloger cataloger_rustbinary = {
    .name = "rustbinary",
    .help = "Programs written in Rust: the crates that cargo-auditable lists, and the standard library.",
    .profiles = PROFILE_INSTALLED,
    .flags = CATALOG_ELF,
    .scope = SCOPE_BUNDLED,
    .file = file,
};
