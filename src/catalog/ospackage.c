/* Coordinates and providers; work per question is bounded whatever a database claims. */
#include "catalog/ospackage.h"

#include "catalog/osrelease.h"

enum { CANDIDATES_MOST = 64 }; /* of one name that are looked at: real systems have one per architecture */

/* Through the archive that the path lies in: "a.tar!/x/y" → "a.tar!/". */
static struct str prefix_of(struct str path)
{
    for (size_t at = path.n; at-- > 1;)
        if (path.p[at] == '/' && path.p[at - 1] == '!')
            return str_upto(path, at + 1);
    return str_upto(path, 0);
}

static void own_distro(struct op *op, const struct catalog_scan *scan, struct os_root *root)
{
    static const char *const places[] = {"etc/os-release", "usr/lib/os-release"};
    for (size_t i = 0; i < sizeof places / sizeof *places && root->distro.id.n == 0; i++) {
        struct str bytes, path = str_join(op->mem, root->prefix, str_of(places[i]));
        struct op inner = {.mem = root->mem, .limits = op->limits};
        if (!scan->sibling || scan->sibling(&inner, scan->arg, path, &bytes) != RC_OK)
            continue;
        if (osrelease_parse(&inner, bytes, &root->distro) != RC_OK)
            root->distro = (struct distro){0};
    }
}

struct os_root *os_root_of(struct op *op, struct catalog_run *run, struct str path)
{
    struct str prefix = prefix_of(path);
    for (struct os_root *r = run->state, *before = NULL; r; before = r, r = r->next)
        if (str_eq(r->prefix, prefix)) {
            if (before) { /* files of one root come in a row: it goes to the front */
                before->next = r->next;
                r->next = run->state;
                run->state = r;
            }
            return r;
        }
    struct os_root *root = arena_alloc(run->mem, sizeof *root);
    *root = (struct os_root){.next = run->state, .mem = run->mem, .prefix = str_dup(run->mem, prefix), .scope = SCOPE_INSTALLED};
    map_open(&root->providers, run->mem);
    if (prefix.n) {
        root->scope = SCOPE_BUNDLED;
        own_distro(op, run->scan, root);
    } else {
        root->distro = *run->scan->distro;
    }
    run->state = root;
    return root;
}

void os_coordinates(const struct os_root *root, struct arena *mem, struct component *c, struct str ns, struct str arch)
{
    const struct distro *d = &root->distro;
    struct str release = d->version_id.n ? d->version_id : d->codename;
    c->ns = d->id.n ? d->id : ns;
    component_qualify(mem, c, "arch", arch);
    if (d->id.n)
        component_qualify(mem, c, "distro", release.n ? str_join(mem, d->id, STR("-"), release) : d->id);
}

enum { PATH_MOST = 4096 };

/* The path as the scan knows it, in `room` when it lies in an archive; empty when it is too long for any file. */
static struct str from_scan(const struct os_root *root, struct str path, char room[PATH_MOST])
{
    if (root->prefix.n == 0)
        return path;
    while (str_take(&path, STR("/"))) {}
    if (root->prefix.n + path.n > PATH_MOST || path.n == 0)
        return str_upto(path, 0);
    memcpy(room, root->prefix.p, root->prefix.n);
    memcpy(room + root->prefix.n, path.p, path.n);
    return (struct str){room, root->prefix.n + path.n};
}

void os_own(const struct os_root *root, const struct catalog_run *run, struct str path, uint32_t component)
{
    char room[PATH_MOST];
    catalog_own(run->scan->owners, from_scan(root, path, room), component);
}

struct catalog_folder os_folder(const struct os_root *root, struct str path)
{
    char room[PATH_MOST];
    return catalog_folder_of(path.n ? from_scan(root, path, room) : root->prefix);
}

bool os_owner(const struct os_root *root, const struct catalog_run *run, struct str path, uint32_t *ret_component)
{
    char room[PATH_MOST];
    return catalog_owner(run->scan->owners, from_scan(root, path, room), ret_component) && *ret_component != COMPONENT_NONE;
}

/* Lists are short; a long one is a lie and what lies past its CANDIDATES_MOST is not kept. */
void os_provide(struct os_root *root, struct str name, struct os_provider p)
{
    struct os_provider **at = (struct os_provider **)map_put(&root->providers, name);
    size_t n = 0;
    for (; *at; at = &(*at)->next) {
        if ((*at)->component == p.component) {
            (*at)->real |= p.real;
            return;
        }
        if (++n == CANDIDATES_MOST)
            return;
    }
    *at = arena_alloc(root->mem, sizeof p);
    **at = p;
    (*at)->next = NULL;
}

/* How well it fits: 0 not at all; each condition that holds outweighs all after it. */
static unsigned fit(const struct os_provider *p, const struct os_query *q)
{
    bool same_arch = q->arch.n == 0 || str_eq(p->arch, q->arch);
    if (!same_arch && !p->any_arch)
        return 0;
    return 1u | (p->real ? 8u : 0) | (q->version.n && str_eq(p->version, q->version) ? 4u : 0) | (same_arch ? 2u : 0);
}

void os_find(const struct os_root *root, const struct os_query *q, struct os_answer *ret)
{
    unsigned best = 1;
    ret->n = 0;
    for (const struct os_provider *p = map_get(&root->providers, q->name); p; p = p->next) {
        unsigned f = fit(p, q);
        if (f > best)
            ret->n = 0;
        if (f < best || ret->n == OS_PROVIDERS_MOST)
            continue;
        best = f;
        ret->components[ret->n++] = p->component;
    }
}

/* Was this edge, or a surer one, added since `from` began to be looked at? */
static bool marked(struct os_root *root, const struct bom *bom, uint32_t from, uint32_t to, bool exact)
{
    struct os_marks *m = &root->marks;
    if (m->n < bom->components.n) {
        m->at = arena_grow(root->mem, m->at, m->n * sizeof *m->at, bom->components.n * sizeof *m->at);
        m->n = bom->components.n;
    }
    uint64_t guess = (uint64_t)from * 2 + 1, sure = guess + 1;
    if (m->at[to] == sure || (m->at[to] == guess && !exact))
        return true;
    m->at[to] = exact ? sure : guess;
    return false;
}

void os_edges(struct os_root *root, struct bom *bom, uint32_t from, const struct os_answer *to, bool sure)
{
    bool exact = sure && to->n == 1;
    for (size_t i = 0; i < to->n; i++)
        if (to->components[i] == from)
            return; /* it serves itself */
    for (size_t i = 0; i < to->n; i++)
        if (!marked(root, bom, from, to->components[i], exact))
            bom_edge(bom, from, to->components[i], EDGE_RUNTIME, exact);
}

bool os_word(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
            return false;
    return s.n != 0;
}
