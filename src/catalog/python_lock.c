/* Packages of a Python lock by name, and which of them a wish means. */
#include "catalog/python_lock.h"

#include "catalog/keep.h"
#include "catalog/pep508.h"
#include "catalog/vcs.h"

/* Packages of one name that a wish is compared with; and how many it may mean before it says nothing. */
enum { SAME_MOST = 64, MEANT_MOST = 8 };

void python_lock_open(struct python_lock *l, struct op *op, struct bom *bom, const struct catalog_file *f)
{
    *l = (struct python_lock){.op = op, .bom = bom, .file = f};
    l->doc = str_dup(bom->mem, f->bytes);
    map_open(&l->names, op->mem);
}

struct str python_lock_keep(struct python_lock *l, struct str s)
{
    return catalog_keep(l->bom->mem, l->doc, s);
}

void python_lock_index(struct python_lock *l)
{
    for (size_t i = l->packages.n; i-- > 0;) {
        struct python_package *p = &l->packages.at[i];
        if (p->name.n == 0)
            continue;
        void **first = map_put(&l->names, p->name);
        p->next = *first ? (uint32_t)((uintptr_t)*first - 1) : PYTHON_NONE;
        *first = (void *)(uintptr_t)(i + 1);
    }
}

static bool meant(const struct python_wish *w, const struct python_package *p)
{
    return (w->version.n == 0 || str_eq(w->version, p->version)) && (w->source.n == 0 || str_eq(w->source, p->source));
}

void python_lock_resolve(struct python_lock *l, const struct python_wish *w,
                         void (*each)(struct python_lock *l, const struct python_wish *w, struct python_package *to, bool exact))
{
    uintptr_t first = (uintptr_t)map_get(&l->names, w->name);
    if (!first)
        return;
    uint32_t found[SAME_MOST], n = 0, seen = 0;
    for (uint32_t i = (uint32_t)(first - 1); i != PYTHON_NONE && seen < SAME_MOST; i = l->packages.at[i].next, seen++)
        if (meant(w, &l->packages.at[i]))
            found[n++] = i;
    for (uint32_t i = 0; i < n && n <= MEANT_MOST; i++)
        each(l, w, &l->packages.at[found[i]], n == 1);
}

void python_lock_add(struct python_lock *l)
{
    vec_each(struct python_package, p, &l->packages) {
        if (p->name.n == 0) {
            l->nameless++;
            continue;
        }
        struct component c = pypi_component(l->bom->mem, p->name, p->version);
        vcs_qualify(l->bom->mem, &c, p->evidence);
        p->id = bom_add_borrowed(l->bom, &c);
        bom_note(l->bom, p->id, p->scope, l->file->path, l->file->layer)->evidence = p->evidence;
    }
    if (l->nameless)
        bom_gap(l->bom, l->file->path, str_print(l->op->mem, "packages without a valid name: %zu", l->nameless));
}

static void edge(struct python_lock *l, const struct python_wish *w, struct python_package *to, bool exact)
{
    bom_edge(l->bom, l->packages.at[w->from].id, to->id, w->kind, exact);
}

void python_lock_edges(struct python_lock *l, uint32_t root)
{
    /* The project of a lock that does not list it stands behind the packages for a moment. */
    if (root != COMPONENT_NONE)
        vec_push(l->op->mem, &l->packages)->id = root;
    vec_each(struct python_wish, w, &l->wishes) {
        if (w->from == PYTHON_NONE && root != COMPONENT_NONE)
            w->from = (uint32_t)l->packages.n - 1;
        if (w->from != PYTHON_NONE && (w->from + 1 == l->packages.n || l->packages.at[w->from].name.n))
            python_lock_resolve(l, w, edge);
    }
}
