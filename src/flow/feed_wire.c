/* One function to pack and one to unpack per kind of item, field by field in the same order. */
#include "flow/feed_wire.h"

struct texts {
    struct str *at;
    size_t n, cap;
};

static void pack_texts(struct buf *b, const struct str *at, size_t n)
{
    pack_number(b, n);
    for (size_t i = 0; i < n; i++)
        pack_text(b, at[i]);
}

static struct texts unpack_texts(struct arena *mem, struct unpack *u)
{
    struct texts t = {0};
    for (uint64_t n = unpack_count(u, 1); n && !u->bad; n--)
        *vec_push(mem, &t) = unpack_text(u);
    return t;
}

/* Lists of one shape under different anonymous types. */
#define SET_LIST(to, from) ((to).at = (from).at, (to).n = (from).n, (to).cap = (from).cap)

static void pack_severities(struct buf *b, const struct severity *at, size_t n)
{
    pack_number(b, n);
    for (size_t i = 0; i < n; i++) {
        pack_text(b, at[i].type);
        pack_text(b, at[i].score);
    }
}

struct severities {
    struct severity *at;
    size_t n, cap;
};

static struct severities unpack_severities(struct arena *mem, struct unpack *u)
{
    struct severities s = {0};
    for (uint64_t n = unpack_count(u, 2); n && !u->bad; n--) {
        struct severity *one = vec_push(mem, &s);
        one->type = unpack_text(u);
        one->score = unpack_text(u);
    }
    return s;
}

/* ---- advisories ---- */

static void pack_affected(struct buf *b, const struct affected *a)
{
    pack_text(b, a->ecosystem);
    pack_text(b, a->name);
    pack_text(b, a->purl);
    pack_text(b, a->urgency);
    pack_number(b, a->ranges.n);
    vec_each(struct advisory_range, r, &a->ranges) {
        pack_number(b, (uint64_t)r->kind);
        pack_text(b, r->repo);
        pack_number(b, r->events.n);
        vec_each(struct advisory_event, e, &r->events) {
            pack_number(b, (uint64_t)e->kind);
            pack_text(b, e->version);
        }
    }
    pack_texts(b, a->versions.at, a->versions.n);
    pack_severities(b, a->severities.at, a->severities.n);
}

static void unpack_range(struct arena *mem, struct unpack *u, struct advisory_range *r)
{
    r->kind = (enum range_kind)unpack_below(u, RANGE_OTHER + 1);
    r->repo = unpack_text(u);
    for (uint64_t n = unpack_count(u, 2); n && !u->bad; n--) {
        struct advisory_event *e = vec_push(mem, &r->events);
        e->kind = (enum event_kind)unpack_below(u, EVENT_LIMIT + 1);
        e->version = unpack_text(u);
    }
}

static void unpack_affected(struct arena *mem, struct unpack *u, struct affected *a)
{
    a->ecosystem = unpack_text(u);
    a->name = unpack_text(u);
    a->purl = unpack_text(u);
    a->urgency = unpack_text(u);
    for (uint64_t n = unpack_count(u, 3); n && !u->bad; n--)
        unpack_range(mem, u, vec_push(mem, &a->ranges));
    struct texts versions = unpack_texts(mem, u);
    SET_LIST(a->versions, versions);
    struct severities s = unpack_severities(mem, u);
    SET_LIST(a->severities, s);
}

static void pack_advisory(struct buf *b, const struct advisory *a)
{
    pack_text(b, a->id);
    pack_signed(b, a->modified);
    pack_signed(b, a->published);
    pack_signed(b, a->withdrawn);
    pack_texts(b, a->aliases.at, a->aliases.n);
    pack_texts(b, a->upstream.at, a->upstream.n);
    pack_texts(b, a->related.at, a->related.n);
    pack_severities(b, a->severities.at, a->severities.n);
    pack_number(b, a->affected.n);
    vec_each(struct affected, one, &a->affected)
        pack_affected(b, one);
    pack_text(b, a->summary);
    pack_number(b, a->flags);
    pack_text(b, a->whole);
}

static void unpack_advisory(struct arena *mem, struct unpack *u, struct advisory *a)
{
    a->id = unpack_text(u);
    a->modified = unpack_signed(u);
    a->published = unpack_signed(u);
    a->withdrawn = unpack_signed(u);
    struct texts aliases = unpack_texts(mem, u), upstream = unpack_texts(mem, u), related = unpack_texts(mem, u);
    SET_LIST(a->aliases, aliases);
    SET_LIST(a->upstream, upstream);
    SET_LIST(a->related, related);
    struct severities s = unpack_severities(mem, u);
    SET_LIST(a->severities, s);
    for (uint64_t n = unpack_count(u, 7); n && !u->bad; n--)
        unpack_affected(mem, u, vec_push(mem, &a->affected));
    a->summary = unpack_text(u);
    a->flags = (unsigned)unpack_below(u, ADVISORY_CORRECTED * 2);
    a->whole = unpack_text(u);
    u->bad |= a->id.n == 0;
}

/* ---- the others ---- */

static void pack_statement(struct buf *b, const struct vex_statement *s)
{
    const struct str fields[] = {s->vulnerability, s->product, s->subcomponent, s->justification, s->impact, s->action, s->author, s->document};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        pack_text(b, fields[i]);
    pack_number(b, (uint64_t)s->state);
    pack_signed(b, s->at);
}

static void unpack_statement(struct unpack *u, struct vex_statement *s)
{
    struct str *const fields[] = {&s->vulnerability, &s->product, &s->subcomponent, &s->justification, &s->impact, &s->action, &s->author, &s->document};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        *fields[i] = unpack_text(u);
    s->state = (enum vex_state)unpack_below(u, VEX_UNDER_INVESTIGATION + 1);
    s->at = unpack_signed(u);
}

/* A share of one in millionths. */
static uint64_t millionths(double p)
{
    return p >= 0 && p <= 1 ? (uint64_t)(p * 1e6 + 0.5) : 0;
}

void feed_item_pack(struct buf *b, const struct feed_item *item)
{
    pack_number(b, (uint64_t)item->kind);
    switch (item->kind) {
    case FEED_ADVISORY: pack_advisory(b, &item->advisory); break;
    case FEED_STATEMENT: pack_statement(b, &item->statement); break;
    case FEED_EXPLOITED:
        pack_text(b, item->exploited.id);
        pack_signed(b, item->exploited.added);
        pack_signed(b, item->exploited.due);
        pack_number(b, item->exploited.ransomware);
        break;
    case FEED_SCORE:
        pack_text(b, item->score.id);
        pack_number(b, millionths(item->score.probability));
        pack_number(b, millionths(item->score.percentile));
        pack_signed(b, item->score.at);
        break;
    case FEED_END_OF_LIFE:
        pack_text(b, item->end_of_life.product);
        pack_text(b, item->end_of_life.cycle);
        pack_signed(b, item->end_of_life.support_until);
        pack_signed(b, item->end_of_life.security_until);
        break;
    case FEED_SSVC:
        pack_text(b, item->ssvc.id);
        pack_number(b, (uint64_t)item->ssvc.exploitation);
        pack_number(b, item->ssvc.automatable);
        pack_number(b, item->ssvc.total);
        pack_signed(b, item->ssvc.at);
        break;
    }
}

bool feed_item_unpack(struct arena *mem, struct unpack *u, struct feed_item *ret)
{
    *ret = (struct feed_item){.kind = (enum feed_item_kind)unpack_below(u, FEED_SSVC + 1)};
    switch (ret->kind) {
    case FEED_ADVISORY: unpack_advisory(mem, u, &ret->advisory); break;
    case FEED_STATEMENT: unpack_statement(u, &ret->statement); break;
    case FEED_EXPLOITED:
        ret->exploited.id = unpack_text(u);
        ret->exploited.added = unpack_signed(u);
        ret->exploited.due = unpack_signed(u);
        ret->exploited.ransomware = unpack_below(u, 2);
        break;
    case FEED_SCORE:
        ret->score.id = unpack_text(u);
        ret->score.probability = (double)unpack_below(u, 1000001) / 1e6;
        ret->score.percentile = (double)unpack_below(u, 1000001) / 1e6;
        ret->score.at = unpack_signed(u);
        break;
    case FEED_END_OF_LIFE:
        ret->end_of_life.product = unpack_text(u);
        ret->end_of_life.cycle = unpack_text(u);
        ret->end_of_life.support_until = unpack_signed(u);
        ret->end_of_life.security_until = unpack_signed(u);
        break;
    case FEED_SSVC:
        ret->ssvc.id = unpack_text(u);
        ret->ssvc.exploitation = (enum ssvc_exploitation)unpack_below(u, SSVC_ACTIVE + 1);
        ret->ssvc.automatable = unpack_below(u, 2);
        ret->ssvc.total = unpack_below(u, 2);
        ret->ssvc.at = unpack_signed(u);
        break;
    }
    return !u->bad && u->rest.n == 0;
}
