/* Java runtimes: 11.0.9+11 (JEP 223 and 322), 1.8.0_292-b10 and 8u292 before that, which mean 8.0.292+10. A pre-release
 * stands behind a hyphen, a build behind a plus; what a vendor adds behind the build does not count. */
#include "version/scan.h"
#include "version/version.h"

struct parts {
    struct str numbers; /* between . _ and u */
    struct str pre, build, more;
    bool has_build, old;
};

static struct str take_word(struct str *s)
{
    size_t n = 0;
    while (n < s->n && is_alnum(s->p[n]))
        n++;
    return scan_take(s, n);
}

/* "-b10" at the front, and nothing else before another sign. */
static bool take_old_build(struct str *s, struct str *ret)
{
    struct str rest = *s;
    if (!str_take(&rest, STR("-b")))
        return false;
    struct str digits = scan_take(&rest, scan_digits(rest));
    if (digits.n == 0 || (rest.n && is_alnum(rest.p[0])))
        return false;
    *s = rest;
    *ret = digits;
    return true;
}

static struct parts cut(struct str v)
{
    struct parts p = {0};
    struct str rest = v;
    str_take(&rest, STR("jdk"));
    str_take(&rest, STR("-"));
    p.numbers = scan_take_dotted(&rest, "._u");
    p.old = str_starts(p.numbers, STR("1.")) || str_chr(p.numbers, '_') != STR_NONE || str_chr(p.numbers, 'u') != STR_NONE;
    if (str_starts(p.numbers, STR("1.")))
        scan_take(&p.numbers, 2);
    p.has_build = p.old && take_old_build(&rest, &p.build);
    if (!p.has_build && rest.n > 1 && rest.p[0] == '-' && is_alnum(rest.p[1])) {
        scan_take(&rest, 1);
        p.pre = take_word(&rest);
        p.has_build = p.old && take_old_build(&rest, &p.build);
    }
    if (!p.has_build && rest.n > 1 && rest.p[0] == '+' && is_digit(rest.p[1])) {
        scan_take(&rest, 1);
        p.build = scan_take(&rest, scan_digits(rest));
        p.has_build = true;
    }
    p.more = rest;
    return p;
}

/* The u of 8u292 stands for ".0.". */
static struct str next_number(struct str *numbers)
{
    if (str_take(numbers, STR("u")))
        return STR("0");
    struct str digits = scan_take(numbers, scan_digits(*numbers));
    if (numbers->n && numbers->p[0] != 'u')
        scan_take(numbers, 1);
    return digits;
}

static int compare_numbers(struct str a, struct str b)
{
    while (a.n || b.n) {
        struct str x = next_number(&a), y = next_number(&b);
        int c = scan_number_cmp(x, y);
        if (c)
            return c;
    }
    return 0;
}

static int compare_pre(struct str a, struct str b)
{
    if (a.n == 0 || b.n == 0)
        return a.n ? -1 : b.n ? 1 : 0;
    bool x = scan_digits(a) == a.n, y = scan_digits(b) == b.n;
    if (x != y)
        return x ? -1 : 1;
    return x ? scan_number_cmp(a, b) : str_cmp(a, b);
}

static int compare(struct str a, struct str b)
{
    struct parts x = cut(a), y = cut(b);
    if (x.numbers.n == 0 || y.numbers.n == 0)
        return x.numbers.n ? 1 : y.numbers.n ? -1 : str_cmp(a, b);
    int c = compare_numbers(x.numbers, y.numbers);
    if (c == 0)
        c = compare_pre(x.pre, y.pre);
    if (c == 0 && x.has_build != y.has_build)
        c = x.has_build ? 1 : -1;
    return c ? c : scan_number_cmp(x.build, y.build);
}

/* "-LTS" behind the build or the pre-release, "+-LTS" without either. */
static bool is_option(const struct parts *p)
{
    struct str s = p->more;
    if (s.n == 0)
        return true;
    bool begun = p->has_build || p->pre.n ? str_take(&s, STR("-")) : str_take(&s, STR("+-"));
    return begun && s.n && scan_only(s, ".-");
}

/* No number begins with 0 unless it is 0, and neither the first nor the last is that. */
static bool plain_numbers(struct str numbers)
{
    struct str part = {NULL, 0};
    bool zero_first = numbers.p[0] == '0';
    while (str_cut(&numbers, '.', &part))
        if (scan_digits(part) < part.n || (part.n > 1 && part.p[0] == '0'))
            return false;
    return !zero_first && part.n && part.p[0] != '0';
}

/* 1.8.0_292 and 8u292. */
static bool old_numbers(struct str v, struct str numbers)
{
    struct str front = numbers, update;
    str_split(numbers, str_starts(v, STR("1.")) ? '_' : 'u', &front, &update);
    return (str_starts(v, STR("1.")) || front.n < numbers.n) && str_chr(front, '_') == STR_NONE && str_chr(front, 'u') == STR_NONE;
}

static enum version_class valid(struct str v)
{
    struct parts p = cut(v);
    if (p.numbers.n == 0 || !scan_only(v, ".+-_"))
        return VERSION_INVALID;
    bool zeros = p.build.n > 1 && p.build.p[0] == '0';
    bool strict = is_option(&p) && is_digit(v.p[0]) && (p.old ? old_numbers(v, p.numbers) : plain_numbers(p.numbers) && !zeros);
    return strict ? VERSION_VALID : VERSION_LENIENT;
}

static const char *const ecosystems[] = {"openjdk", "java", "jdk", "jre", NULL};

const struct version_scheme version_jvm = {
    .name = "jvm",
    .help = "Java runtimes: JEP 223 and 322, and 1.8.0_292 before that",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_without_build,
};
