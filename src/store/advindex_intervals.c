/* The specification walks the sorted events for one version; here the same walk is done once for all versions:
 * `introduced` opens an interval unless one is open, `fixed` and `last_affected` close it. Events of equal versions
 * keep the file's order. Then `limit`: affected is only what lies below at least one of them. */
#include "store/advindex_intervals.h"

#include <stdlib.h>

struct placed {
    const struct advisory_event *event;
    size_t at;
};

static bool is_zero(const struct advisory_event *e)
{
    return e->kind == EVENT_INTRODUCED && str_eq(e->version, STR("0"));
}

static int order(const struct placed *a, const struct placed *b, advindex_compare *compare)
{
    int zero = is_zero(b->event) - is_zero(a->event);
    int c = zero ? zero : is_zero(a->event) ? 0 : compare(a->event->version, b->event->version);
    return c ? c : (a->at > b->at) - (a->at < b->at);
}

struct by {
    advindex_compare *compare;
};

static int by_version(const void *a, const void *b, void *arg)
{
    return order(a, b, ((struct by *)arg)->compare);
}

static void sort(struct placed *events, size_t n, advindex_compare *compare)
{
    struct by by = {compare};
    size_t sorted = 1;
    while (sorted < n && order(&events[sorted - 1], &events[sorted], compare) < 0)
        sorted++;
    if (sorted < n)
        qsort_r(events, n, sizeof *events, by_version, &by);
}

/* The greatest limit; {NULL, 0} when there is none, or one is infinite. */
static struct str greatest_limit(const struct advisory_range *range, advindex_compare *compare)
{
    struct str limit = {NULL, 0};
    for (size_t i = 0; i < range->events.n; i++) {
        const struct advisory_event *e = &range->events.at[i];
        if (e->kind != EVENT_LIMIT)
            continue;
        if (str_eq(e->version, STR("*")))
            return (struct str){NULL, 0};
        if (!limit.p || (compare && compare(e->version, limit) > 0))
            limit = e->version;
    }
    return limit;
}

/* False when nothing of the interval is below the limit. */
static bool cut(struct interval *i, struct str limit, advindex_compare *compare)
{
    if (!compare) {
        if (!(i->flags & INTERVAL_OPEN_END))
            return true;
    } else {
        if (!(i->flags & INTERVAL_FROM_ZERO) && compare(i->low, limit) >= 0)
            return false;
        int c = i->flags & INTERVAL_OPEN_END ? 1 : compare(i->high, limit);
        if (c < 0 || (c == 0 && !(i->flags & INTERVAL_INCLUSIVE_END)))
            return true;
    }
    i->high = limit;
    i->flags = (i->flags & INTERVAL_FROM_ZERO) | INTERVAL_LIMIT;
    return true;
}

/* Keeps of the intervals from `first` on what is below the limit. */
static void cut_all(struct intervals *list, size_t first, struct str limit, advindex_compare *compare)
{
    size_t kept = first;
    for (size_t i = first; i < list->list.n; i++) {
        struct interval one = list->list.at[i];
        if (cut(&one, limit, compare))
            list->list.at[kept++] = one;
    }
    list->list.n = kept;
}

/* A version that is the last affected one and fixed, too, is fixed. */
static void fixed_after_all(struct intervals *list, size_t first, struct str fixed, advindex_compare *compare)
{
    struct interval *last = list->list.n > first ? &list->list.at[list->list.n - 1] : NULL;
    if (last && last->flags & INTERVAL_INCLUSIVE_END && (compare ? compare(last->high, fixed) == 0 : str_eq(last->high, fixed)))
        last->flags &= ~(unsigned)INTERVAL_INCLUSIVE_END;
}

/* The walk over events in their order. */
static void walk(struct arena *mem, struct intervals *list, const struct placed *events, size_t n, advindex_compare *compare)
{
    struct interval open = {STR(""), STR(""), 0};
    size_t first = list->list.n;
    bool is_open = false;
    for (size_t i = 0; i < n; i++) {
        const struct advisory_event *e = events[i].event;
        if (e->kind == EVENT_FIXED)
            fixed_after_all(list, first, e->version, compare);
        if (e->kind == EVENT_INTRODUCED) {
            if (!is_open)
                open = (struct interval){e->version, STR(""), is_zero(e) ? INTERVAL_FROM_ZERO : 0};
            is_open = true;
        } else if (is_open) {
            open.high = e->version;
            open.flags |= e->kind == EVENT_LAST_AFFECTED ? INTERVAL_INCLUSIVE_END : 0;
            *vec_push(mem, &list->list) = open;
            is_open = false;
        }
    }
    if (is_open) {
        open.flags |= INTERVAL_OPEN_END;
        *vec_push(mem, &list->list) = open;
    }
}

void intervals_add(struct arena *mem, struct intervals *list, const struct advisory_range *range, advindex_compare *compare)
{
    struct str limit = greatest_limit(range, compare);
    struct placed *events = arena_array(mem, range->events.n, sizeof *events);
    size_t n = 0, first = list->list.n;
    for (size_t i = 0; i < range->events.n; i++)
        if (range->events.at[i].kind != EVENT_LIMIT)
            events[n++] = (struct placed){&range->events.at[i], i};
    if (compare)
        sort(events, n, compare);
    walk(mem, list, events, n, compare);
    if (limit.p)
        cut_all(list, first, limit, compare);
}
