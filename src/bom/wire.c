/* The worker's end: records gathered in a buffer, written in pieces of 64 KiB. */
#include "bom/wire.h"

#include "base/io.h"
#include "bom/wire_records.h"

enum { FLUSH_AT = 64 << 10, OUT_MOST = 64 << 20 };

void wire_open(struct wire *w, struct op *op, int fd)
{
    *w = (struct wire){.op = op, .fd = fd};
    buf_open(&w->out, op->mem, "worker output", OUT_MOST);
}

static enum rc flush(struct wire *w)
{
    struct str bytes;
    TRY(buf_done(w->op, &w->out, &bytes));
    TRY(io_write(w->op, w->fd, STR("worker output"), bytes));
    buf_clear(&w->out);
    return RC_OK;
}

static void number(struct buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        buf_byte(b, (char)(v | 0x80));
    buf_byte(b, (char)v);
}

static void text(struct buf *b, struct str s)
{
    number(b, s.n);
    buf_add(b, s);
}

static size_t begin(struct wire *w, enum wire_record type)
{
    size_t at = w->out.n;
    buf_add(&w->out, (struct str){"\0\0\0\0", 4});
    buf_byte(&w->out, (char)type);
    return at;
}

static enum rc finish(struct wire *w, size_t at)
{
    if (!w->out.full) {
        size_t n = w->out.n - at - 4;
        for (int i = 0; i < 4; i++)
            w->out.p[at + (size_t)i] = (char)(n >> 8 * i);
    }
    return w->out.n >= FLUSH_AT || w->out.full ? flush(w) : RC_OK;
}

enum rc wire_asset(struct wire *w, const struct asset_facts *f)
{
    struct buf *b = &w->out;
    size_t at = begin(w, WIRE_ASSET);
    text(b, f->kind);
    text(b, f->name);
    text(b, f->platform);
    number(b, f->landlock);
    const struct distro *d = &f->distro;
    const struct str distro[] = {d->id, d->id_like, d->version_id, d->codename, d->pretty, d->cpe};
    for (size_t i = 0; i < sizeof distro / sizeof *distro; i++)
        text(b, distro[i]);
    number(b, f->names.n);
    vec_each(struct str, s, &f->names)
        text(b, *s);
    number(b, f->digests.n);
    vec_each(struct str, s, &f->digests)
        text(b, *s);
    number(b, f->layers.n);
    vec_each(struct layer, l, &f->layers) {
        text(b, l->diff_id);
        text(b, l->blob);
        text(b, l->created_by);
    }
    w->components = w->occurrences = w->edges = w->gaps = 0;
    return finish(w, at);
}

static enum rc component(struct wire *w, const struct component *c)
{
    const struct str fields[] = {c->type, c->ns, c->name, c->version, c->qualifiers, c->source, c->source_version,
                                 c->upstream, c->upstream_version, c->digest};
    size_t at = begin(w, WIRE_COMPONENT);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        text(&w->out, fields[i]);
    return finish(w, at);
}

static enum rc occurrence(struct wire *w, const struct occurrence *o)
{
    size_t at = begin(w, WIRE_OCCURRENCE);
    number(&w->out, o->component);
    number(&w->out, o->layer);
    number(&w->out, o->gone_in);
    number(&w->out, (uint64_t)o->scope);
    text(&w->out, o->path);
    text(&w->out, o->evidence);
    return finish(w, at);
}

static enum rc edge(struct wire *w, const struct edge *e)
{
    size_t at = begin(w, WIRE_EDGE);
    number(&w->out, e->from);
    number(&w->out, e->to);
    number(&w->out, (uint64_t)e->kind);
    number(&w->out, e->exact);
    return finish(w, at);
}

enum rc wire_bom(struct wire *w, const struct bom *bom)
{
    for (; w->components < bom->components.n; w->components++)
        TRY(component(w, &bom->components.at[w->components]));
    for (; w->occurrences < bom->occurrences.n; w->occurrences++)
        TRY(occurrence(w, &bom->occurrences.at[w->occurrences]));
    for (; w->edges < bom->edges.n; w->edges++)
        TRY(edge(w, &bom->edges.at[w->edges]));
    for (; w->gaps < bom->gaps.n; w->gaps++) {
        size_t at = begin(w, WIRE_GAP);
        text(&w->out, bom->gaps.at[w->gaps].path);
        text(&w->out, bom->gaps.at[w->gaps].why);
        TRY(finish(w, at));
    }
    return RC_OK;
}

enum rc wire_progress(struct wire *w, uint64_t files, uint64_t bytes)
{
    size_t at = begin(w, WIRE_PROGRESS);
    number(&w->out, files);
    number(&w->out, bytes);
    TRY(finish(w, at));
    return flush(w);
}

enum rc wire_asset_end(struct wire *w)
{
    return finish(w, begin(w, WIRE_ASSET_END));
}

enum rc wire_end(struct wire *w, enum rc rc, struct str why)
{
    size_t at = begin(w, WIRE_END);
    number(&w->out, (uint64_t)rc);
    text(&w->out, why);
    TRY(finish(w, at));
    return flush(w);
}
