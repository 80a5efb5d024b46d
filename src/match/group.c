/* One flaw under many names: aliases count both ways, through any number of records; upstream leads one way from a
 * distribution's record to what it is about; related joins nothing. */
#include "match/match.h"

#include "base/map.h"

#include <stdlib.h>

enum {
    NAMES_MOST = 512, /* of one flaw; past that somebody lies, and the rest stays apart */
    RECORDS_MOST = 32, /* that share one alias */
};

struct walk {
    struct op *op;
    const struct advisory_lookup *look;
    VEC(struct str) names; /* in order of discovery */
    struct map seen;
};

static void walk_open(struct walk *w, struct op *op, const struct advisory_lookup *look)
{
    *w = (struct walk){.op = op, .look = look};
    map_open(&w->seen, op->mem);
}

static void walk_add(struct walk *w, struct str name)
{
    bool is_new;
    if (name.n == 0 || w->names.n >= NAMES_MOST)
        return;
    map_add(&w->seen, name, &is_new);
    if (is_new)
        *vec_push(w->op->mem, &w->names) = name;
}

enum link { LINK_ALIASES, LINK_UPSTREAM };

/* Everything reachable from the names already there. */
static enum rc walk_on(struct walk *w, enum link link)
{
    for (size_t i = 0; i < w->names.n; i++) {
        uint32_t records[RECORDS_MOST];
        size_t n = 0;
        enum rc rc = w->look->by_id(w->look->arg, w->op, w->names.at[i], records, RECORDS_MOST, &n);
        if (rc == RC_NOTFOUND)
            continue;
        TRY(rc);
        for (size_t r = 0; r < n && r < RECORDS_MOST; r++) {
            struct record_view v;
            TRY(w->look->record(w->look->arg, w->op, records[r], &v));
            bool named = link == LINK_ALIASES || str_eq(v.id, w->names.at[i]);
            if (v.withdrawn && !str_eq(v.id, w->names.at[i]))
                continue; /* a withdrawn record no longer says who is whose alias */
            if (link == LINK_ALIASES)
                walk_add(w, v.id);
            for (size_t a = 0; link == LINK_ALIASES && a < v.n_aliases; a++)
                walk_add(w, v.aliases[a]);
            for (size_t u = 0; link == LINK_UPSTREAM && named && u < v.n_upstream; u++)
                walk_add(w, v.upstream[u]);
        }
    }
    return RC_OK;
}

/* ---- which name is shown ---- */

/* Smaller comes first. For OS packages the distribution's own record leads. */
static int rank(const struct subject *s, const struct findings *f, const struct flaw *flaw, struct str id)
{
    bool member = false;
    for (size_t i = 0; i < flaw->members.n; i++)
        member |= str_eq(f->list.at[flaw->members.at[i]].id, id);
    bool cve = str_starts(id, STR("CVE-")), ghsa = str_starts(id, STR("GHSA-"));
    bool os = s->distribution || s->binary.n || str_eq(s->ecosystem, STR("Wolfi")) || str_eq(s->ecosystem, STR("Chainguard"));
    if (member && str_starts(id, STR("MAL-")))
        return 0;
    if (os && member && !cve && !ghsa)
        return 1;
    if (cve)
        return 2;
    if (member && !ghsa && !str_starts(id, STR("x_")))
        return 3;
    if (ghsa)
        return 4;
    return member ? 5 : 6;
}

static int bytewise(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void show_first(const struct subject *s, const struct findings *f, struct flaw *flaw)
{
    size_t best = 0;
    qsort(flaw->ids.at, flaw->ids.n, sizeof *flaw->ids.at, bytewise);
    for (size_t i = 1; i < flaw->ids.n; i++)
        if (rank(s, f, flaw, flaw->ids.at[i]) < rank(s, f, flaw, flaw->ids.at[best]))
            best = i;
    flaw->id = flaw->ids.at[best];
    memmove(flaw->ids.at + 1, flaw->ids.at, best * sizeof *flaw->ids.at);
    flaw->ids.at[0] = flaw->id;
}

static void join(const struct findings *f, struct flaw *flaw, uint32_t member, struct arena *mem)
{
    const struct finding *one = &f->list.at[member];
    *vec_push(mem, &flaw->members) = member;
    if (one->state < flaw->state)
        flaw->state = one->state;
    if (one->rule != RULE_WITHDRAWN)
        flaw->flags |= one->flags;
}

static enum rc flaw_of(struct op *op, const struct advisory_lookup *look, struct str id, struct flaw *ret)
{
    struct walk names, about;
    walk_open(&names, op, look);
    walk_add(&names, id);
    TRY(walk_on(&names, LINK_ALIASES));
    walk_open(&about, op, look);
    for (size_t i = 0; i < names.names.n; i++)
        walk_add(&about, names.names.at[i]);
    TRY(walk_on(&about, LINK_UPSTREAM));
    *ret = (struct flaw){.state = FINDING_NOT_AFFECTED};
    for (size_t i = 0; i < names.names.n; i++)
        *vec_push(op->mem, &ret->ids) = names.names.at[i];
    for (size_t i = names.names.n; i < about.names.n; i++)
        *vec_push(op->mem, &ret->about) = about.names.at[i];
    return RC_OK;
}

enum rc match_group(struct op *op, const struct advisory_lookup *look, const struct subject *s, const struct findings *f,
    struct flaws *ret)
{
    struct flaws flaws = {{NULL, 0, 0}};
    struct map by_id; /* → index + 1 of the flaw */
    map_open(&by_id, op->mem);
    for (uint32_t i = 0; i < f->list.n; i++) {
        struct str id = f->list.at[i].id;
        uintptr_t at = (uintptr_t)map_get(&by_id, id);
        if (!at) {
            struct flaw flaw;
            TRY(flaw_of(op, look, id, &flaw));
            *vec_push(op->mem, &flaws.list) = flaw;
            at = flaws.list.n;
            for (size_t n = 0; n < flaw.ids.n; n++)
                *map_put(&by_id, flaw.ids.at[n]) = (void *)at;
        }
        join(f, &flaws.list.at[at - 1], i, op->mem);
    }
    vec_each(struct flaw, flaw, &flaws.list)
        show_first(s, f, flaw);
    *ret = flaws;
    return RC_OK;
}

/* ---- a language package that an OS package owns ---- */

/* The distribution has looked at this very package and said so. */
static bool settled(const struct finding *f)
{
    bool fixed = f->state == FINDING_FIXED && (f->rule == RULE_FIXED || f->rule == RULE_VEX);
    bool said = f->rule == RULE_NOT_AFFECTED || f->rule == RULE_UNIMPORTANT || f->rule == RULE_VEX;
    bool never = f->state == FINDING_NOT_AFFECTED && said;
    return fixed || never;
}

/* Every name of a flaw, and what it is about → the owner's finding that settled it; one that stands against it wins. */
static void note(struct map *verdicts, const struct flaw *flaw, const struct findings *f)
{
    const struct finding *verdict = NULL;
    for (size_t i = 0; i < flaw->members.n; i++) {
        const struct finding *one = &f->list.at[flaw->members.at[i]];
        if (one->state <= FINDING_UNKNOWN)
            verdict = one;
        else if (settled(one) && !verdict)
            verdict = one;
    }
    for (size_t i = 0; verdict && i < flaw->ids.n + flaw->about.n; i++) {
        struct str name = i < flaw->ids.n ? flaw->ids.at[i] : flaw->about.at[i - flaw->ids.n];
        const struct finding *before = map_get(verdicts, name);
        if (!before || before->state > verdict->state)
            *map_put(verdicts, name) = (void *)(uintptr_t)verdict;
    }
}

enum rc match_owned(struct op *op, const struct advisory_lookup *look, const struct subject *own_subject, struct findings *own,
    const struct subject *owner_subject, const struct findings *owner)
{
    struct flaws theirs, ours;
    struct map verdicts;
    TRY(match_group(op, look, owner_subject, owner, &theirs));
    TRY(match_group(op, look, own_subject, own, &ours));
    map_open(&verdicts, op->mem);
    vec_each(const struct flaw, flaw, &theirs.list)
        note(&verdicts, flaw, owner);
    vec_each(const struct flaw, flaw, &ours.list) {
        const struct finding *verdict = NULL;
        for (size_t i = 0; !verdict && i < flaw->ids.n; i++)
            verdict = map_get(&verdicts, flaw->ids.at[i]);
        for (size_t i = 0; verdict && settled(verdict) && i < flaw->members.n; i++) {
            struct finding *f = &own->list.at[flaw->members.at[i]];
            if (f->state > FINDING_UNKNOWN || (f->flags & ADVISORY_MALICIOUS))
                continue;
            f->state = verdict->state;
            f->rule = RULE_OWNED;
        }
    }
    return RC_OK;
}
