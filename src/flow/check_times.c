/* What is new: of stored components by when a finding came up first, whichever import or scan brought it; of targets that are
 * only read by when a record was published or changed. */
#include "flow/check_inside.h"

#include <stdlib.h>

static int by_finding(const void *a, const void *b)
{
    const struct found_at *x = a, *y = b;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    return x->record < y->record ? -1 : x->record > y->record;
}

struct reading {
    struct checking *k;
    const struct bits *wanted;
};

/* The record of that name that stands; RC_NOTFOUND. */
static enum rc number_of(struct checking *k, struct op *op, struct str record, uint32_t *ret)
{
    uint32_t some[8];
    size_t n = 0;
    TRY(k->look.by_id(k->look.arg, op, record, some, sizeof some / sizeof *some, &n));
    *ret = some[0]; /* its own id comes before others' aliases */
    return n ? RC_OK : RC_NOTFOUND;
}

static enum rc note(struct op *op, void *arg, struct str record, const struct finding_list *said)
{
    struct reading *r = arg;
    uint32_t number = 0;
    enum rc rc = number_of(r->k, op, record, &number);
    if (rc != RC_OK)
        return rc == RC_NOTFOUND ? RC_OK : rc;
    vec_each(const struct finding_said, f, &said->list)
        if (bits_has(r->wanted, f->component))
            *vec_push(r->k->op->mem, &r->k->times) = (struct found_at){f->component, number, f->since};
    return RC_OK;
}

enum rc check_times(struct checking *k, struct judged *j, const struct bits *wanted)
{
    struct reading r = {k, wanted};
    TRY(judged_all(k->op, j, note, &r));
    if (k->times.n)
        qsort(k->times.at, k->times.n, sizeof *k->times.at, by_finding);
    return RC_OK;
}

static bool found_after(const struct checking *k, const struct finding *f)
{
    struct found_at key = {k->id, f->record, 0};
    const struct found_at *at = k->times.n ? bsearch(&key, k->times.at, k->times.n, sizeof key, by_finding) : NULL;
    const struct statement_row *said = vex_decided(k->vex, f);
    return !at || at->since > k->options->since || (said && said->said.at > k->options->since);
}

static bool published_after(struct checking *k, const struct finding *f)
{
    struct record_view r;
    if (k->look.record(k->look.arg, k->op, f->record, &r) == RC_OK)
        return r.published > k->options->since || r.modified > k->options->since;
    op_clear(k->op);
    return true;
}

bool check_is_new(struct checking *k, const struct findings *f, const struct flaw *flaw)
{
    if (!k->options->since)
        return true;
    vec_each(uint32_t, m, &flaw->members) {
        const struct finding *one = &f->list.at[*m];
        if (one->state == flaw->state && (k->id ? found_after(k, one) : published_after(k, one)))
            return true;
    }
    return false;
}
