/* The index's sources beside what is known of their downloads. */
#include "flow/ages.h"

#include "flow/feeds.h"

enum rc feed_ages(struct op *op, const struct session *s, const struct advindex *ix, struct feed_ages *ret)
{
    struct feed_states states = {0};
    struct advindex_source *sources;
    size_t n;
    TRY(advindex_sources(op, ix, &sources, &n));
    feed_states_read(op, s, &states);
    for (size_t i = 0; i < n; i++) {
        const struct feed_state *f = feed_state_get(&states, sources[i].name, false);
        int64_t as_of = sources[i].newest ? sources[i].newest : sources[i].imported_at;
        if (f && f->as_of)
            as_of = f->as_of;
        *vec_push(op->mem, &ret->list) = (struct feed_age){sources[i], as_of, s->now - as_of > FEED_STALE_S};
    }
    vec_each(const struct feed_age, a, &ret->list)
        if (!ret->stalest || a->as_of < ret->stalest->as_of)
            ret->stalest = a;
    return RC_OK;
}

enum rc feed_ages_now(struct op *op, const struct session *s, struct feed_ages *ret)
{
    struct advindex *ix;
    TRY(advisories_open(op, s, &ix));
    TRY(feed_ages(op, s, ix, ret));
    vec_each(struct feed_age, a, &ret->list)
        a->source.name = str_dup(op->mem, a->source.name);
    advindex_close(ix);
    return RC_OK;
}
