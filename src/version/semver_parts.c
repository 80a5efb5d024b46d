/* Semantic Versioning 2.0.0, and how versions that are nearly that are read all the same. */
#include "version/semver_parts.h"

#include "version/scan.h"

static bool has_leading_zero(struct str digits)
{
    return digits.n > 1 && digits.p[0] == '0';
}

/* Takes digits{.digits}; counts the parts and notes a leading zero. */
static struct str numbers(struct str *rest, size_t *ret_count, bool *ret_zeros)
{
    struct str s = *rest;
    size_t at = 0, count = 0;
    bool zeros = false;
    for (;;) {
        size_t n = scan_digits(str_from(s, at));
        if (n == 0)
            break;
        zeros |= has_leading_zero((struct str){s.p + at, n});
        count++;
        at += n;
        if (!scan_is(s, at, '.') || at + 1 >= s.n || !is_digit(s.p[at + 1]))
            break;
        at++;
    }
    *ret_count = count;
    *ret_zeros = zeros;
    return scan_take(rest, at);
}

static bool strict_ids(struct str ids, bool pre)
{
    struct str id;
    while (str_cut(&ids, '.', &id))
        if (id.n == 0 || !scan_only(id, "-") || (pre && scan_digits(id) == id.n && has_leading_zero(id)))
            return false;
    return true;
}

struct semver semver_read(struct str v)
{
    struct semver s = {.class = VERSION_INVALID};
    struct str rest = v;
    size_t count;
    bool zeros, prefix = rest.n && (rest.p[0] == '=' || rest.p[0] == 'v' || rest.p[0] == 'V');
    if (prefix)
        scan_take(&rest, 1);
    s.numbers = numbers(&rest, &count, &zeros);
    if (count == 0 || !scan_only(rest, ".+-_~"))
        return s;
    bool strict = !prefix && count == 3 && !zeros;
    bool has_build = str_split(rest, '+', &rest, &s.build);
    bool hyphen = str_take(&rest, STR("-"));
    strict = strict && (hyphen ? strict_ids(rest, true) : rest.n == 0) && (!has_build || strict_ids(s.build, false));
    if (!hyphen)
        str_take(&rest, STR("."));
    s.pre = rest;
    s.class = strict ? VERSION_VALID : VERSION_LENIENT;
    return s;
}

struct str semver_number(struct str list, size_t n)
{
    struct str part = STR("0");
    for (size_t i = 0; i <= n; i++)
        if (!str_cut(&list, '.', &part))
            return STR("0");
    return part.n ? part : STR("0");
}

int semver_compare_numbers(struct str a, struct str b)
{
    while (a.n || b.n) {
        struct str x = scan_take(&a, scan_digits(a)), y = scan_take(&b, scan_digits(b));
        int c = scan_number_cmp(x, y);
        if (c)
            return c;
        if (a.n)
            scan_take(&a, 1);
        if (b.n)
            scan_take(&b, 1);
    }
    return 0;
}

int semver_compare_id(struct str a, struct str b)
{
    bool x = a.n && scan_digits(a) == a.n, y = b.n && scan_digits(b) == b.n;
    if (x && y)
        return scan_number_cmp(a, b);
    if (x != y)
        return x ? -1 : 1;
    return str_cmp(a, b);
}

int semver_compare_lists(struct str a, struct str b, int (*compare_id)(struct str a, struct str b))
{
    if (a.n == 0 || b.n == 0)
        return a.n ? 1 : b.n ? -1 : 0;
    for (;;) {
        struct str x, y;
        bool more_a = str_cut(&a, '.', &x), more_b = str_cut(&b, '.', &y);
        if (!more_a || !more_b)
            return more_a ? 1 : more_b ? -1 : 0;
        int c = compare_id(x, y);
        if (c)
            return c;
    }
}

int semver_compare_ids(struct str a, struct str b)
{
    return semver_compare_lists(a, b, semver_compare_id);
}

int semver_compare_pre(struct str a, struct str b)
{
    if (a.n == 0 || b.n == 0)
        return a.n ? -1 : b.n ? 1 : 0;
    return semver_compare_ids(a, b);
}

/* What is no version at all comes below every version, in the order of its bytes. */
static int compare_class(const struct semver *a, const struct semver *b, struct str text_a, struct str text_b)
{
    bool x = a->class == VERSION_INVALID, y = b->class == VERSION_INVALID;
    return x && y ? str_cmp(text_a, text_b) : x ? -1 : 1;
}

static int compare_parts(const struct semver *a, const struct semver *b)
{
    int c = semver_compare_numbers(a->numbers, b->numbers);
    return c ? c : semver_compare_pre(a->pre, b->pre);
}

int semver_compare(struct str a, struct str b)
{
    struct semver x = semver_read(a), y = semver_read(b);
    if (x.class == VERSION_INVALID || y.class == VERSION_INVALID)
        return compare_class(&x, &y, a, b);
    return compare_parts(&x, &y);
}

int semver_compare_with_build(struct str a, struct str b)
{
    struct semver x = semver_read(a), y = semver_read(b);
    if (x.class == VERSION_INVALID || y.class == VERSION_INVALID)
        return compare_class(&x, &y, a, b);
    int c = compare_parts(&x, &y);
    return c ? c : semver_compare_ids(x.build, y.build);
}

enum version_class semver_valid(struct str v)
{
    return semver_read(v).class;
}

static bool ids(struct str ids)
{
    struct str id;
    while (ids.n && str_cut(&ids, '.', &id))
        if (id.n == 0 || !scan_only(id, "-"))
            return false;
    return true;
}

enum version_class semver_valid_like(struct str v, const struct semver_grammar *g)
{
    struct semver s = semver_read(v);
    if (s.class != VERSION_LENIENT)
        return s.class;
    size_t count;
    bool zeros, prefix = v.p[0] == '=' || v.p[0] == 'v' || v.p[0] == 'V';
    struct str rest = str_from(v, prefix);
    numbers(&rest, &count, &zeros);
    bool strict = count >= g->least && count <= 3 && (g->zeros || !zeros) && (!prefix || (g->prefix && v.p[0] == 'v'));
    bool built = str_split(rest, '+', &rest, &s.build), hyphen = str_take(&rest, STR("-"));
    bool empty = (hyphen && rest.n == 0) || (built && s.build.n == 0);
    bool joined = !hyphen && rest.n && is_alpha(rest.p[0]);
    strict = strict && ids(rest) && ids(s.build) && (g->open || !empty) && (hyphen || rest.n == 0 || (joined && g->open));
    return strict && (g->zeros || strict_ids(rest, true)) ? VERSION_VALID : VERSION_LENIENT;
}
