/* One line per component out of its occurrences. */
#include "flow/scan.h"

static bool in_final(const struct occurrence *o)
{
    return o->gone_in == LAYER_NONE;
}

/* Does the line's evidence stand above this occurrence's? What is in the final tree hides what is not. */
static void take(struct op *op, struct scan_line *l, const struct occurrence *o, uint32_t *layer, uint32_t *gone)
{
    bool first = l->paths.n == 0;
    if (!first && l->hidden && in_final(o)) {
        l->paths.n = 0;
        *layer = LAYER_NONE;
        l->scope = o->scope;
    }
    if (!first && !l->hidden && !in_final(o))
        return;
    l->hidden = !in_final(o);
    *gone = o->gone_in;
    if (first || o->scope > l->scope)
        l->scope = o->scope;
    if (o->layer != LAYER_NONE && (*layer == LAYER_NONE || o->layer > *layer))
        *layer = o->layer;
    if (l->paths.n == 0 || !str_eq(l->paths.at[l->paths.n - 1], o->path))
        *vec_push(op->mem, &l->paths) = o->path;
}

void scan_lines(struct op *op, const struct bom *bom, const struct layer *layers, size_t n_layers, struct scan_lines *ret)
{
    /* Sorted by component, then path: each component's occurrences stand together. */
    for (size_t i = 0; i < bom->occurrences.n;) {
        uint32_t id = bom->occurrences.at[i].component, layer = LAYER_NONE, gone = LAYER_NONE;
        struct scan_line *l = vec_push(op->mem, &ret->list);
        l->component = &bom->components.at[id];
        for (; i < bom->occurrences.n && bom->occurrences.at[i].component == id; i++)
            take(op, l, &bom->occurrences.at[i], &layer, &gone);
        if (layer < n_layers)
            l->layer = layers[layer].diff_id;
        if (l->hidden && gone < n_layers)
            l->gone_in = layers[gone].diff_id;
    }
}
