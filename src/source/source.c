/* The table of sources, and what every tree can be asked. */
#include "source/source.h"

enum { GAPS_MOST = 10000 };

#define SOURCE(n) extern const struct source source_##n;
#include "source/list.def"
#undef SOURCE

const struct source *const sources[] = {
#define SOURCE(n) &source_##n,
#include "source/list.def"
#undef SOURCE
    NULL,
};

enum rc source_find(struct op *op, const struct source_ref *ref, const struct source **ret)
{
    for (size_t i = 0; sources[i]; i++) {
        bool named = str_eq(ref->kind, str_of(sources[i]->name))
                     || (str_eq(ref->kind, STR("root")) && str_eq(str_of(sources[i]->name), STR("dir")));
        if (ref->kind.n ? named : sources[i]->knows(op, ref)) {
            *ret = sources[i];
            return RC_OK;
        }
    }
    if (ref->kind.n)
        return fail(op, RC_INVALID, STR_FMT ": \"" STR_FMT "\" is no kind of source", STR_ARG(ref->text), STR_ARG(ref->kind));
    return fail(op, RC_INVALID, STR_FMT ": neither a folder nor a regular file", STR_ARG(ref->text));
}

const struct tree_node *tree_find(const struct tree *t, struct str path)
{
    size_t low = 0, high = t->nodes.n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (str_cmp(t->nodes.at[mid].path, path) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < t->nodes.n && str_eq(t->nodes.at[low].path, path); low++)
        if (t->nodes.at[low].gone_in == LAYER_NONE)
            return &t->nodes.at[low];
    return NULL;
}

void tree_gap(struct tree *t, struct str path, struct str why)
{
    if (t->gaps.n > GAPS_MOST)
        return;
    if (t->gaps.n == GAPS_MOST) {
        *vec_push(t->mem, &t->gaps) = (struct gap){STR(""), STR("more could not be read than is listed")};
        return;
    }
    *vec_push(t->mem, &t->gaps) = (struct gap){str_dup(t->mem, path), str_dup(t->mem, why)};
}

bool tree_too_large(struct op *op, struct tree *t, struct str path, uint64_t size)
{
    if (size <= op->limits->file_bytes)
        return false;
    tree_gap(t, path,
             str_print(op->mem, "%llu bytes, more than the limit of %llu", (unsigned long long)size,
                       (unsigned long long)op->limits->file_bytes));
    return true;
}
