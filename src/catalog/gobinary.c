/* Go programs: the modules and the standard library that were linked into them. */
#include "catalog/catalog.h"
#include "catalog/go_build.h"

struct adding {
    struct op *op;
    struct bom *bom;
    const struct catalog_file *file;
};

static uint32_t note(struct adding *a, const struct component *c, enum scope scope, struct str evidence)
{
    uint32_t id = bom_add(a->bom, c);
    bom_note(a->bom, id, scope, a->file->path, a->file->layer)->evidence = str_dup(a->bom->mem, evidence);
    return id;
}

/* "(devel)" and paths are no versions: then it is not known, and what was there is the evidence. */
static uint32_t add(struct adding *a, const struct go_module *m, enum scope scope)
{
    bool known = str_starts(m->version, STR("v"));
    struct str evidence = known ? str_upto(m->version, 0) : m->version;
    if (m->old_path.n)
        evidence = str_join(a->op->mem, evidence, evidence.n ? STR("; ") : STR(""), STR("replaces "), m->old_path, STR(" "),
                            m->old_version);
    /* A replacement by a folder is still the module that was asked for. */
    bool folder = m->old_path.n && (m->path.p[0] == '.' || m->path.p[0] == '/');
    if (folder)
        evidence = str_join(a->op->mem, STR("replaced by "), m->path);
    struct component c = go_component(folder ? m->old_path : m->path, known && !folder ? m->version : STR(""));
    return note(a, &c, scope, evidence);
}

static enum rc file(struct op *op, struct catalog_run *run, const struct catalog_file *f, struct bom *bom)
{
    struct adding a = {op, bom, f};
    struct elf e;
    struct go_build b;
    (void)run;
    if (elf_open(&e, f->bytes) != RC_OK || go_build_read(op, &e, &b) != RC_OK)
        return RC_OK;
    bool inside = str_find(f->path, STR("!/")) != STR_NONE;
    uint32_t main = b.main.path.n ? add(&a, &b.main, inside ? SCOPE_BUNDLED : SCOPE_INSTALLED) : COMPONENT_NONE;
    struct component stdlib = go_stdlib(b.version);
    uint32_t id = note(&a, &stdlib, SCOPE_BUNDLED, stdlib.version.n ? STR("") : b.version);
    if (main != COMPONENT_NONE)
        bom_edge(bom, main, id, EDGE_CONTAINS, true);
    vec_each(const struct go_module, m, &b.deps) {
        id = add(&a, m, SCOPE_BUNDLED);
        if (main != COMPONENT_NONE)
            bom_edge(bom, main, id, EDGE_CONTAINS, true);
    }
    return RC_OK;
}

const struct cataloger cataloger_gobinary = {
    .name = "gobinary",
    .help = "Programs written in Go: the modules and the standard library linked into them.",
    .profiles = PROFILE_INSTALLED,
    .flags = CATALOG_ELF,
    .scope = SCOPE_BUNDLED,
    .file = file,
};
