/* Archives in the tree (jars, wheels, tars), and archives in them: their members are offered to the catalogers
 * under paths with "!/". Depth is bounded by op->limits->depth, so each level may be a call of its own. */
#include "flow/survey_tree.h"

#include "source/archive.h"

struct inside {
    struct survey_runs *r;
    const struct catalog_file *archive;
    unsigned depth;
    uint64_t *inflated;
    struct arena *paths; /* of this level: full paths of what is being looked at */
};

static void walk(struct survey_runs *r, struct op *op, const struct catalog_file *archive, unsigned depth, uint64_t *inflated);

static struct str full_path(struct inside *in, struct str member)
{
    return str_join(in->paths, in->archive->path, STR("!/"), member);
}

static uint64_t wants(const struct inside *in, struct str path)
{
    return catalog_wants(in->r->survey->inside, path);
}

static enum want visit(struct op *op, void *arg, const struct tree_entry *e)
{
    struct inside *in = arg;
    (void)op;
    if (e->kind != ENTRY_FILE)
        return WANT_NO;
    if (e->head.n)
        return str_starts(e->head, STR("\x7f" "ELF")) ? WANT_KEEP : WANT_NO;
    if (survey_is_archive(e->path, false) || wants(in, full_path(in, e->path)))
        return WANT_KEEP;
    return survey_is_dull(e->path) ? WANT_NO : WANT_HEAD;
}

static enum rc file(struct op *op, void *arg, const struct tree_entry *e, struct str bytes)
{
    struct inside *in = arg;
    struct survey *s = in->r->survey;
    struct catalog_file f = {.path = full_path(in, e->path), .bytes = bytes, .layer = in->archive->layer, .executable = e->executable};
    uint64_t mask = wants(in, f.path);
    if (!mask && str_starts(bytes, STR("\x7f" "ELF")))
        mask = s->elf_inside & s->rest;
    size_t first = in->r->bom->components.n;
    survey_file(in->r, op, &f, mask & s->rest);
    if (in->r->inside)
        survey_file(in->r->inside, op, &f, mask & s->databases);
    survey_digest(in->r, first, op, f.path, bytes);
    if (survey_is_archive(e->path, false) && bytes.n)
        walk(in->r, op, &f, in->depth + 1, in->inflated);
    arena_reset(in->paths);
    return RC_OK;
}

static void gap(struct op *op, void *arg, struct str path, struct str why)
{
    struct inside *in = arg;
    (void)op;
    bom_gap(in->r->bom, full_path(in, path), why);
}

static void walk(struct survey_runs *r, struct op *op, const struct catalog_file *archive, unsigned depth, uint64_t *inflated)
{
    struct arena *mem = arena_child(op->mem);
    struct op inner = *op;
    struct inside in = {r, archive, depth, inflated, arena_child(mem)};
    inner.mem = arena_child(mem);
    struct archive_visitor v = {visit, file, gap, &in, arena_child(mem), inflated};
    op_clear(&inner);
    if (archive_walk(&inner, archive->path, archive->bytes, depth, &v) != RC_OK)
        bom_gap(r->bom, archive->path, inner.err.text);
    arena_close(mem);
}

void survey_inside(struct survey_runs *r, struct op *op, const struct catalog_file *archive)
{
    walk(r, op, archive, 0, &r->survey->inflated);
}
