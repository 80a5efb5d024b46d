/* Python's order (PEP 440): epoch, release padded with zeros, then dev < a < b < rc < final < post, each with its own
 * dev; local versions last. What is no such version comes below every one that is. */
#include "version/pep440.h"

#include "version/scan.h"

static bool take_word(struct str *s, const char *word)
{
    struct str w = str_of(word);
    if (s->n < w.n || !str_ieq(str_upto(*s, w.n), w))
        return false;
    scan_take(s, w.n);
    return true;
}

static void take_separator(struct str *s)
{
    if (s->n && (s->p[0] == '-' || s->p[0] == '_' || s->p[0] == '.'))
        scan_take(s, 1);
}

/* [-_.]? word [-_.]? number? */
static bool take_part(struct str *s, const char *const *words, size_t *ret_word, struct str *ret_number)
{
    struct str rest = *s;
    take_separator(&rest);
    if (rest.n == 0 || !is_alpha(rest.p[0]))
        return false;
    for (size_t i = 0; words[i]; i++)
        if (words[i][0] == to_lower(rest.p[0]) && take_word(&rest, words[i])) {
            take_separator(&rest);
            *ret_number = scan_take(&rest, scan_digits(rest));
            *ret_word = i;
            *s = rest;
            return true;
        }
    return false;
}

static struct str take_release(struct str *s)
{
    size_t at = scan_digits(*s);
    while (at && scan_is(*s, at, '.') && at + 1 < s->n && is_digit(s->p[at + 1]))
        at += 1 + scan_digits(str_from(*s, at + 1));
    return scan_take(s, at);
}

static void take_post(struct str *s, struct pep440 *v)
{
    static const char *const words[] = {"post", "rev", "r", NULL};
    size_t which;
    if (scan_is(*s, 0, '-') && s->n > 1 && is_digit(s->p[1])) {
        scan_take(s, 1);
        v->post = scan_take(s, scan_digits(*s));
        v->has_post = true;
    } else {
        v->has_post = take_part(s, words, &which, &v->post);
    }
}

/* [a-z0-9]+([-_.][a-z0-9]+)* */
static bool is_local(struct str s)
{
    bool alnum = false;
    for (size_t i = 0; i < s.n; i++) {
        bool separator = s.p[i] == '-' || s.p[i] == '_' || s.p[i] == '.';
        if (!is_alnum(s.p[i]) && !(separator && alnum))
            return false;
        alnum = !separator;
    }
    return alnum;
}

bool pep440_read(struct str text, struct pep440 *ret)
{
    static const char *const pre_words[] = {"alpha", "a", "beta", "b", "preview", "pre", "c", "rc", NULL};
    static const enum pep440_pre pre_kinds[] = {PRE_A, PRE_A, PRE_B, PRE_B, PRE_RC, PRE_RC, PRE_RC, PRE_RC};
    static const char *const dev_words[] = {"dev", NULL};
    struct pep440 v = {.pre = PRE_NONE};
    struct str s = str_trim(text);
    size_t which;
    if (s.n && to_lower(s.p[0]) == 'v')
        scan_take(&s, 1);
    size_t digits = scan_digits(s);
    if (digits && scan_is(s, digits, '!')) {
        v.epoch = scan_take(&s, digits);
        scan_take(&s, 1);
    }
    v.release = take_release(&s);
    if (v.release.n == 0)
        return false;
    if (take_part(&s, pre_words, &which, &v.pre_number))
        v.pre = pre_kinds[which];
    take_post(&s, &v);
    v.has_dev = take_part(&s, dev_words, &which, &v.dev);
    if (str_take(&s, STR("+"))) {
        v.local = s;
        if (!is_local(s))
            return false;
        s = str_from(s, s.n);
    }
    if (s.n)
        return false;
    *ret = v;
    return true;
}

int pep440_compare_release(const struct pep440 *a, const struct pep440 *b)
{
    int c = scan_number_cmp(a->epoch, b->epoch);
    if (c)
        return c;
    struct str x = a->release, y = b->release;
    while (x.n || y.n) {
        struct str nx = scan_take(&x, scan_digits(x)), ny = scan_take(&y, scan_digits(y));
        c = scan_number_cmp(nx, ny);
        if (c)
            return c;
        x = str_from(x, 1);
        y = str_from(y, 1);
    }
    return 0;
}

/* A bare .dev comes before every pre-release of its release. */
static int pre_rank(const struct pep440 *v)
{
    if (v->pre == PRE_NONE && !v->has_post && v->has_dev)
        return -1;
    return (int)v->pre;
}

int pep440_compare_public(const struct pep440 *a, const struct pep440 *b)
{
    int c = pep440_compare_release(a, b);
    if (c == 0)
        c = pre_rank(a) - pre_rank(b);
    if (c == 0)
        c = scan_number_cmp(a->pre_number, b->pre_number);
    if (c == 0)
        c = a->has_post - b->has_post;
    if (c == 0)
        c = scan_number_cmp(a->post, b->post);
    if (c == 0)
        c = b->has_dev - a->has_dev;
    return c ? c : scan_number_cmp(a->dev, b->dev);
}

/* Text below numbers, fewer parts below more, no local part below any. */
static int compare_local(struct str a, struct str b)
{
    while (a.n && b.n) {
        size_t i = 0, j = 0;
        while (i < a.n && is_alnum(a.p[i]))
            i++;
        while (j < b.n && is_alnum(b.p[j]))
            j++;
        struct str x = scan_take(&a, i), y = scan_take(&b, j);
        bool nx = scan_digits(x) == x.n, ny = scan_digits(y) == y.n;
        int c = nx != ny ? (nx ? 1 : -1) : nx ? scan_number_cmp(x, y) : scan_text_icmp(x, y);
        if (c)
            return c;
        a = str_from(a, 1);
        b = str_from(b, 1);
    }
    return a.n ? 1 : b.n ? -1 : 0;
}

int pep440_compare_read(const struct pep440 *a, const struct pep440 *b)
{
    int c = pep440_compare_public(a, b);
    return c ? c : compare_local(a->local, b->local);
}

static int compare(struct str a, struct str b)
{
    struct pep440 x, y;
    bool is_x = pep440_read(a, &x), is_y = pep440_read(b, &y);
    if (is_x && is_y)
        return pep440_compare_read(&x, &y);
    return is_x ? 1 : is_y ? -1 : str_cmp(a, b);
}

static enum version_class valid(struct str v)
{
    struct pep440 read;
    return pep440_read(v, &read) ? VERSION_VALID : VERSION_INVALID;
}

static struct str upstream(struct arena *mem, struct str v)
{
    return upstream_without_build(mem, v);
}

static const char *const ecosystems[] = {"pypi", "python", NULL};

const struct version_scheme version_pep440 = {
    .name = "pep440",
    .help = "Python packages, as PEP 440 and the packaging library order them",
    .syntax = SYNTAX_PEP440,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream,
};
