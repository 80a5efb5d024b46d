/* "Did you mean": the names with the fewest edits (insert, drop, change, swap of neighbours), case aside. */
#include "store/inside.h"

enum { WORD_BYTES = 64 };

void near_open(struct near *near, struct arena *mem, struct str word)
{
    *near = (struct near){.word = str_lower(mem, str_upto(word, WORD_BYTES))};
    near->limit = near->word.n < 4 ? 1 : near->word.n < 8 ? 2 : 3;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment distance; gives up past the limit. */
static unsigned edits(struct str a, struct str b, unsigned limit)
{
    unsigned rows[3][WORD_BYTES + 1];
    unsigned *before = rows[0], *last = rows[1], *here = rows[2];
    for (unsigned j = 0; j <= b.n; j++)
        last[j] = j;
    for (size_t i = 0; i < a.n; i++) {
        unsigned lowest = here[0] = (unsigned)i + 1;
        for (size_t j = 0; j < b.n; j++) {
            unsigned d = last[j] + (a.p[i] != to_lower(b.p[j]));
            d = least(d, least(last[j + 1], here[j]) + 1);
            if (i && j && a.p[i] == to_lower(b.p[j - 1]) && a.p[i - 1] == to_lower(b.p[j]))
                d = least(d, before[j - 1] + 1);
            here[j + 1] = d;
            lowest = least(lowest, d);
        }
        if (lowest > limit)
            return limit + 1;
        unsigned *spare = before;
        before = last;
        last = here;
        here = spare;
    }
    return last[b.n];
}

/* A longer name that starts with the word counts as near too, after all that differ by edits. */
void near_offer(struct near *near, struct arena *mem, struct str candidate)
{
    struct str w = near->word, head = str_upto(candidate, w.n);
    unsigned d = near->limit + 1;
    size_t longer = candidate.n > w.n ? candidate.n - w.n : w.n - candidate.n;
    if (w.n == 0 || candidate.n == 0)
        return;
    if (longer <= near->limit && candidate.n <= WORD_BYTES)
        d = edits(w, candidate, near->limit);
    if (d > near->limit && !(w.n >= 3 && candidate.n > w.n && str_ieq(head, w)))
        return;
    size_t at = near->n;
    while (at > 0 && (near->best[at - 1].edits > d || (near->best[at - 1].edits == d && str_cmp(candidate, near->best[at - 1].text) < 0)))
        at--;
    if (at == NEAR_MOST)
        return;
    near->n += near->n < NEAR_MOST;
    for (size_t i = near->n - 1; i > at; i--)
        near->best[i] = near->best[i - 1];
    near->best[at] = (struct near_name){str_dup(mem, candidate), d};
}

void near_list(struct near *near, struct arena *mem, struct str_list *ret)
{
    *ret = (struct str_list){NULL, 0, 0};
    for (size_t i = 0; i < near->n; i++)
        *vec_push(mem, ret) = near->best[i].text;
}
