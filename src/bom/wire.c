/* The worker's end: records gathered in a buffer, written in pieces of 64 KiB. */
#include "bom/wire.h"

#include "base/io.h"
#include "base/pack.h"
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

static size_t begin(struct wire *w, enum wire_record type)
{
    return record_begin(&w->out, (int)type);
}

static enum rc finish(struct wire *w, size_t at)
{
    record_end(&w->out, at);
    return w->out.n >= FLUSH_AT || w->out.full ? flush(w) : RC_OK;
}

enum rc wire_asset(struct wire *w, const struct asset_facts *f)
{
    struct buf *b = &w->out;
    size_t at = begin(w, WIRE_ASSET);
    pack_text(b, f->kind);
    pack_text(b, f->name);
    pack_text(b, f->platform);
    pack_number(b, f->landlock);
    const struct distro *d = &f->distro;
    const struct str distro[] = {d->id, d->id_like, d->version_id, d->codename, d->pretty, d->cpe};
    for (size_t i = 0; i < sizeof distro / sizeof *distro; i++)
        pack_text(b, distro[i]);
    pack_number(b, f->names.n);
    vec_each(struct str, s, &f->names)
        pack_text(b, *s);
    pack_number(b, f->digests.n);
    vec_each(struct str, s, &f->digests)
        pack_text(b, *s);
    pack_number(b, f->layers.n);
    vec_each(struct layer, l, &f->layers) {
        pack_text(b, l->diff_id);
        pack_text(b, l->blob);
        pack_text(b, l->created_by);
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
        pack_text(&w->out, fields[i]);
    return finish(w, at);
}

static enum rc occurrence(struct wire *w, const struct occurrence *o)
{
    size_t at = begin(w, WIRE_OCCURRENCE);
    pack_number(&w->out, o->component);
    pack_number(&w->out, o->layer);
    pack_number(&w->out, o->gone_in);
    pack_number(&w->out, (uint64_t)o->scope);
    pack_text(&w->out, o->path);
    pack_text(&w->out, o->evidence);
    return finish(w, at);
}

static enum rc edge(struct wire *w, const struct edge *e)
{
    size_t at = begin(w, WIRE_EDGE);
    pack_number(&w->out, e->from);
    pack_number(&w->out, e->to);
    pack_number(&w->out, (uint64_t)e->kind);
    pack_number(&w->out, e->exact);
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
        pack_text(&w->out, bom->gaps.at[w->gaps].path);
        pack_text(&w->out, bom->gaps.at[w->gaps].why);
        TRY(finish(w, at));
    }
    return RC_OK;
}

enum rc wire_progress(struct wire *w, uint64_t files, uint64_t bytes)
{
    size_t at = begin(w, WIRE_PROGRESS);
    pack_number(&w->out, files);
    pack_number(&w->out, bytes);
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
    pack_number(&w->out, (uint64_t)rc);
    pack_text(&w->out, why);
    TRY(finish(w, at));
    return flush(w);
}
