/* Corrections of published records: a small table that the build puts into the program, walked line by line. */
#include "match/match.h"

/* "record\tecosystem/name\tcorrection\n", sorted. */
extern const char data_corrections[];
extern const size_t data_corrections_len;

struct correction {
    struct str record, ecosystem, name;
    struct str verb, from, to;
};

static bool read(struct str line, struct correction *ret)
{
    struct str package = {NULL, 0}, words = {NULL, 0};
    *ret = (struct correction){.verb = {NULL, 0}};
    if (!str_cut(&line, '\t', &ret->record) || !str_cut(&line, '\t', &package) || !str_cut(&line, '\t', &words))
        return false;
    if (!str_split(package, '/', &ret->ecosystem, &ret->name) || !str_word(&words, &ret->verb))
        return false;
    str_word(&words, &ret->from);
    str_word(&words, &ret->to);
    return true;
}

static bool about(const struct correction *c, const struct affected *a)
{
    struct str prefix = c->ecosystem;
    if (!str_eq(c->name, a->name))
        return false;
    if (!str_ends(prefix, STR("*")))
        return str_eq(prefix, a->ecosystem);
    return str_starts(a->ecosystem, str_but(prefix, 1));
}

static bool replace(const struct correction *c, enum event_kind kind, struct affected *a)
{
    bool changed = false;
    vec_each(struct advisory_range, r, &a->ranges)
        vec_each(struct advisory_event, e, &r->events)
            if (e->kind == kind && str_eq(e->version, c->from)) {
                e->version = c->to;
                changed = true;
            }
    return changed;
}

static bool apply(const struct correction *c, struct advisory *a)
{
    bool changed = false;
    size_t kept = 0;
    for (size_t i = 0; i < a->affected.n; i++) {
        struct affected *entry = &a->affected.at[i];
        bool ours = about(c, entry);
        if (ours && str_eq(c->verb, STR("introduced")))
            changed |= replace(c, EVENT_INTRODUCED, entry);
        else if (ours && str_eq(c->verb, STR("fixed")))
            changed |= replace(c, EVENT_FIXED, entry);
        if (ours && str_eq(c->verb, STR("remove")))
            changed = true;
        else
            a->affected.at[kept++] = *entry;
    }
    a->affected.n = kept;
    return changed;
}

/* A distribution's record may have any name ("ALPINE-v3.20-main-CVE-2024-3094"): upstream says what it is about. One about
 * several flaws is not corrected for one of them. */
static bool means(const struct correction *c, const struct advisory *a)
{
    bool named = false, others = false;
    vec_each(const struct str, id, &a->upstream) {
        bool same = str_eq(*id, c->record);
        named |= same;
        others |= !same && str_starts(*id, STR("CVE-"));
    }
    return str_eq(c->record, a->id) || (named && !others);
}

bool match_correct(struct advisory *a)
{
    struct str rest = {data_corrections, data_corrections_len}, line;
    bool changed = false;
    while (str_line(&rest, &line)) {
        struct correction c;
        if (read(line, &c) && means(&c, a))
            changed |= apply(&c, a);
    }
    if (changed)
        a->flags |= ADVISORY_CORRECTED;
    return changed;
}

uint64_t match_corrections(void)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < data_corrections_len; i++)
        sum = (sum ^ (unsigned char)data_corrections[i]) * UINT64_C(0x100000001b3);
    return sum;
}
