/* Images: a package database is rewritten by every layer that installs something, so the layer of a package is
 * found by comparing the database's versions; and with --all-layers, what a later layer hid is listed as such. */
#include "flow/survey_tree.h"

struct state {
    uint32_t layer;
    struct bom bom;
};

struct states {
    VEC(struct state) list; /* lowest layer first */
};

static bool is_database(const struct survey *s, const struct tree_node *n)
{
    return (catalog_wants(s->index, n->path) & s->databases) && !catalog_is_file_list(n->path);
}

/* The layers in which some database file appears. */
static void find_states(struct survey *s, struct states *ret)
{
    bool *has = arena_array(s->mem, s->tree->layers.n, sizeof *has);
    for (size_t i = 0; i < s->tree->nodes.n; i++) {
        const struct tree_node *n = &s->tree->nodes.at[i];
        if (n->layer < s->tree->layers.n && is_database(s, n))
            has[n->layer] = true;
    }
    for (uint32_t l = 0; l < s->tree->layers.n; l++)
        if (has[l])
            vec_push(s->mem, &ret->list)->layer = l;
}

/* The packages as the tree stood after this layer. What it says about ownership is thrown away. */
static void read_state(struct survey *s, struct state *st)
{
    struct catalog_owners *real = s->owners;
    struct survey_runs *r = arena_alloc(s->mem, sizeof *r);
    bom_open(&st->bom, s->mem);
    s->owners = catalog_owners_open(s->mem);
    survey_runs_open(s, r, &st->bom, st->layer);
    r->packages_only = true;
    survey_nodes(r, s->databases);
    survey_done(r, s->databases);
    s->owners = real;
}

/* The lowest layer from which on the component was there in every state; LAYER_NONE when it is not in the last. */
static uint32_t layer_of(const struct states *states, const struct component *c)
{
    uint32_t layer = LAYER_NONE;
    for (size_t i = states->list.n; i-- > 0;) {
        if (bom_find(&states->list.at[i].bom, c) == COMPONENT_NONE)
            break;
        layer = states->list.at[i].layer;
    }
    return layer;
}

static void attribute(const struct states *states, struct bom *final)
{
    for (size_t i = 0; i < final->occurrences.n; i++) {
        struct occurrence *o = &final->occurrences.at[i];
        uint32_t layer = layer_of(states, &final->components.at[o->component]);
        if (layer != LAYER_NONE)
            o->layer = layer;
    }
}

/* A component of a lower state that the final tree lacks: noted once, with the layer that hid it. */
static void note_hidden(const struct states *states, size_t at, struct bom *final)
{
    const struct bom *bom = &states->list.at[at].bom;
    for (size_t i = 0; i < bom->occurrences.n; i++) {
        const struct occurrence *o = &bom->occurrences.at[i];
        const struct component *c = &bom->components.at[o->component];
        if (bom_find(&states->list.at[at + 1].bom, c) != COMPONENT_NONE || bom_find(final, c) != COMPONENT_NONE)
            continue;
        struct occurrence *mine = bom_note(final, bom_add(final, c), o->scope, o->path, states->list.at[at].layer);
        mine->gone_in = states->list.at[at + 1].layer;
    }
}

/* Files that a later layer removed or replaced, one layer at a time. */
static void read_hidden(struct survey *s, uint32_t layer, struct bom *final)
{
    struct bom *bom = arena_alloc(s->mem, sizeof *bom);
    struct survey_runs *r = arena_alloc(s->mem, sizeof *r);
    bom_open(bom, s->mem);
    survey_runs_open(s, r, bom, layer);
    r->only_hidden = true;
    survey_nodes(r, s->rest);
    survey_done(r, s->rest);
    for (size_t i = 0; i < bom->occurrences.n; i++) {
        const struct occurrence *o = &bom->occurrences.at[i];
        struct str file = o->path;
        size_t bang = str_find(o->path, STR("!/"));
        file = bang == STR_NONE ? file : str_upto(file, bang);
        const struct tree_node *n = survey_node_at(s->tree, file, layer);
        if (!n || n->layer != layer || n->gone_in == LAYER_NONE)
            continue;
        struct occurrence *mine = bom_note(final, bom_add(final, &bom->components.at[o->component]), o->scope, o->path, layer);
        mine->gone_in = n->gone_in;
    }
}

enum rc survey_layers(struct survey *s, struct bom *final)
{
    struct states states = {0};
    find_states(s, &states);
    if (states.list.n > 1) {
        vec_each(struct state, st, &states.list)
            read_state(s, st);
        attribute(&states, final);
    }
    if (!s->rq->all_layers)
        return RC_OK;
    for (size_t i = 0; i + 1 < states.list.n; i++)
        note_hidden(&states, i, final);
    return RC_OK;
}

void survey_hidden(struct survey *s, struct bom *final)
{
    if (s->rq->all_layers)
        for (uint32_t l = 0; l + 1 < s->tree->layers.n; l++)
            read_hidden(s, l, final);
}
