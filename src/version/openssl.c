/* OpenSSL: 1.0.2 < 1.0.2a < … < 1.0.2z < 1.0.2za; from 3.0 on plain numbers. -dev, -alpha, -beta and -pre come before
 * the release; -fips names a build of it. */
#include "version/scan.h"
#include "version/semver_parts.h"
#include "version/version.h"

enum stage { DEV, ALPHA, BETA, PRE, RELEASE, OTHER };

struct parts {
    struct str numbers, letters, count, rest;
    enum stage stage;
};

static enum stage stage_of(struct str word)
{
    static const char *const names[] = {[DEV] = "dev", [ALPHA] = "alpha", [BETA] = "beta", [PRE] = "pre"};
    for (enum stage i = DEV; i <= PRE; i++)
        if (word.n && names[i][0] == to_lower(word.p[0]) && str_ieq(word, str_of(names[i])))
            return i;
    return OTHER;
}

static struct parts cut(struct str v)
{
    struct parts p = {.stage = RELEASE};
    struct str s = v, word;
    p.numbers = scan_take_dotted(&s, ".");
    size_t n = scan_letters(s);
    if (stage_of(str_upto(s, n)) == OTHER)
        p.letters = scan_take(&s, n);
    for (;;) { /* "-beta2", "-fips", "-fips-dev" */
        struct str before = s;
        if (!str_take(&s, STR("-")) && before.n && !is_alpha(before.p[0]))
            break;
        word = scan_take(&s, scan_letters(s));
        if (str_ieq(word, STR("fips")))
            continue;
        if (stage_of(word) == OTHER) {
            s = before;
            break;
        }
        p.stage = stage_of(word);
        p.count = scan_take(&s, scan_digits(s));
        break;
    }
    p.rest = s;
    return p;
}

static int compare(struct str a, struct str b)
{
    struct parts x = cut(a), y = cut(b);
    bool is_x = x.numbers.n, is_y = y.numbers.n;
    if (!is_x || !is_y)
        return is_x ? 1 : is_y ? -1 : str_cmp(a, b);
    int c = semver_compare_numbers(x.numbers, y.numbers);
    if (c == 0 && x.letters.n != y.letters.n)
        c = x.letters.n < y.letters.n ? -1 : 1;
    if (c == 0)
        c = scan_text_icmp(x.letters, y.letters);
    if (c == 0)
        c = (int)x.stage - (int)y.stage;
    if (c == 0)
        c = scan_number_cmp(x.count, y.count);
    return c ? c : str_cmp(x.rest, y.rest);
}

static enum version_class valid(struct str v)
{
    struct parts p = cut(v);
    if (p.numbers.n == 0 || !scan_only(v, ".-+_"))
        return VERSION_INVALID;
    return p.rest.n == 0 ? VERSION_VALID : VERSION_LENIENT;
}

static const char *const ecosystems[] = {NULL};

const struct version_scheme version_openssl = {
    .name = "openssl",
    .help = "OpenSSL's own releases: letters count behind the third number, 3.x is plain numbers",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_same,
};
