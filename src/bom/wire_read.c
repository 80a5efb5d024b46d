/* The parent's end: cuts records out of the stream and checks every field before it is believed. */
#include "bom/wire.h"

#include "base/pack.h"
#include "bom/wire_records.h"

static struct str kept(struct arena *mem, struct unpack *f)
{
    struct str s = unpack_text(f);
    return str_dup(mem, s);
}

static void asset(struct wire_reader *r, struct unpack *f)
{
    struct wire_part *p = arena_alloc(r->mem, sizeof *p);
    struct asset_facts *a = &p->facts;
    bom_open(&p->bom, r->mem);
    a->kind = kept(r->mem, f);
    a->name = kept(r->mem, f);
    a->platform = kept(r->mem, f);
    a->landlock = unpack_below(f, 2);
    struct str *const distro[] = {&a->distro.id, &a->distro.id_like, &a->distro.version_id, &a->distro.codename, &a->distro.pretty,
                                  &a->distro.cpe};
    for (size_t i = 0; i < sizeof distro / sizeof *distro; i++)
        *distro[i] = kept(r->mem, f);
    for (uint64_t n = unpack_count(f, 1); n && !f->bad; n--)
        *vec_push(r->mem, &a->names) = kept(r->mem, f);
    for (uint64_t n = unpack_count(f, 1); n && !f->bad; n--)
        *vec_push(r->mem, &a->digests) = kept(r->mem, f);
    for (uint64_t n = unpack_count(f, 3); n && !f->bad; n--) {
        struct layer *l = vec_push(r->mem, &a->layers);
        l->diff_id = kept(r->mem, f);
        l->blob = kept(r->mem, f);
        l->created_by = kept(r->mem, f);
    }
    if (!f->bad)
        *vec_push(r->mem, &r->result.parts) = p;
}

static void component(struct wire_part *p, struct unpack *f)
{
    struct component c = {0};
    struct str *const fields[] = {&c.type, &c.ns, &c.name, &c.version, &c.qualifiers, &c.source, &c.source_version,
                                  &c.upstream, &c.upstream_version, &c.digest};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        *fields[i] = unpack_text(f);
    if (c.type.n == 0 || c.name.n == 0)
        f->bad = true;
    if (f->bad)
        return;
    /* Both ends number alike: a component that is there already would shift all ids after it. */
    size_t before = p->bom.components.n;
    if (bom_add(&p->bom, &c) != before)
        f->bad = true;
}

static void occurrence(struct wire_part *p, struct unpack *f)
{
    uint32_t id = (uint32_t)unpack_below(f, p->bom.components.n);
    uint64_t layer = unpack_number(f), gone = unpack_number(f), layers = p->facts.layers.n;
    enum scope scope = (enum scope)unpack_below(f, SCOPE_INSTALLED + 1);
    struct str path = unpack_text(f), evidence = unpack_text(f);
    if ((layer != LAYER_NONE && layer >= layers) || (gone != LAYER_NONE && gone >= layers) || str_starts(path, STR("/")))
        f->bad = true;
    if (f->bad)
        return;
    struct occurrence *o = bom_note(&p->bom, id, scope, path, (uint32_t)layer);
    o->gone_in = (uint32_t)gone;
    o->evidence = str_dup(p->bom.mem, evidence);
}

static void edge(struct wire_part *p, struct unpack *f)
{
    uint32_t from = (uint32_t)unpack_below(f, p->bom.components.n), to = (uint32_t)unpack_below(f, p->bom.components.n);
    enum edge_kind kind = (enum edge_kind)unpack_below(f, EDGE_CONTAINS + 1);
    bool exact = unpack_below(f, 2);
    if (!f->bad)
        bom_edge(&p->bom, from, to, kind, exact);
}

static void gap(struct wire_part *p, struct unpack *f)
{
    struct str path = unpack_text(f), why = unpack_text(f);
    if (!f->bad)
        bom_gap(&p->bom, path, why);
}

static void end(struct wire_reader *r, struct unpack *f)
{
    r->result.rc = (enum rc)unpack_below(f, RC_IO + 1);
    r->result.text = kept(r->mem, f);
    r->result.ended = true;
}

static void record(struct wire_reader *r, int type, struct unpack *f)
{
    struct wire_result *res = &r->result;
    struct wire_part *p = res->parts.n ? res->parts.at[res->parts.n - 1] : NULL;
    bool open = p && !p->complete;
    if (res->ended || (type >= WIRE_COMPONENT && type <= WIRE_GAP && !open)) {
        f->bad = true;
        return;
    }
    switch (type) {
    case WIRE_ASSET: asset(r, f); break;
    case WIRE_COMPONENT: component(p, f); break;
    case WIRE_OCCURRENCE: occurrence(p, f); break;
    case WIRE_EDGE: edge(p, f); break;
    case WIRE_GAP: gap(p, f); break;
    case WIRE_PROGRESS:
        res->files = unpack_number(f);
        res->bytes = unpack_number(f);
        break;
    case WIRE_ASSET_END:
        f->bad |= !open;
        if (open)
            p->complete = true;
        break;
    case WIRE_END: end(r, f); break;
    default: f->bad = true;
    }
    f->bad |= f->rest.n != 0;
}

void wire_reader_open(struct wire_reader *r, struct arena *mem)
{
    *r = (struct wire_reader){.mem = mem};
}

static void hold(struct wire_reader *r, struct str bytes)
{
    if (bytes.n > r->held_cap - r->held_n) {
        size_t cap = r->held_cap ? r->held_cap : 256 << 10;
        while (cap - r->held_n < bytes.n)
            cap *= 2;
        r->held = arena_grow(r->mem, r->held, r->held_cap, cap);
        r->held_cap = cap;
    }
    memcpy(r->held + r->held_n, bytes.p, bytes.n);
    r->held_n += bytes.n;
}

enum rc wire_feed(struct op *op, struct wire_reader *r, struct str bytes)
{
    if (bytes.n == 0)
        return RC_OK;
    hold(r, bytes);
    struct str rest = {r->held, r->held_n};
    struct unpack f;
    int type;
    bool bad = false;
    while (record_cut(&rest, &type, &f, &bad)) {
        record(r, type, &f);
        if (f.bad)
            return fail(op, RC_INVALID, "worker output: a record of type %d that cannot be right", type);
    }
    if (bad)
        return fail(op, RC_INVALID, "worker output: a record of an impossible length");
    memmove(r->held, rest.p, rest.n);
    r->held_n = rest.n;
    return RC_OK;
}
