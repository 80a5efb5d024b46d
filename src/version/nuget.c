/* NuGet: up to four numbers, a missing one is 0; release labels as in Semantic Versioning, in any case. */
#include "version/scan.h"
#include "version/semver_parts.h"

/* A label of digits (after a minus, for .NET reads one) that fits into 31 bits is a number; a longer one is text. */
static bool is_number(struct str label, bool *ret_minus, struct str *ret)
{
    *ret_minus = str_take(&label, STR("-"));
    *ret = scan_significant(label);
    if (label.n == 0 || scan_digits(label) != label.n || ret->n > 10)
        return false;
    return ret->n < 10 || str_cmp(*ret, *ret_minus ? STR("2147483648") : STR("2147483647")) <= 0;
}

static int compare_label(struct str a, struct str b)
{
    struct str x, y;
    bool minus_a, minus_b, is_a = is_number(a, &minus_a, &x), is_b = is_number(b, &minus_b, &y);
    if (is_a != is_b)
        return is_a ? -1 : 1;
    if (!is_a)
        return scan_text_icmp(a, b);
    minus_a = minus_a && x.n;
    minus_b = minus_b && y.n;
    if (minus_a != minus_b)
        return minus_a ? -1 : 1;
    return minus_a ? scan_number_cmp(y, x) : scan_number_cmp(x, y);
}

static int compare_release(struct str a, struct str b)
{
    if (a.n == 0 || b.n == 0)
        return a.n ? -1 : b.n ? 1 : 0;
    return semver_compare_lists(a, b, compare_label);
}

static int compare(struct str a, struct str b)
{
    struct semver x = semver_read(a), y = semver_read(b);
    if (x.class == VERSION_INVALID || y.class == VERSION_INVALID)
        return semver_compare(a, b);
    int c = semver_compare_numbers(x.numbers, y.numbers);
    return c ? c : compare_release(x.pre, y.pre);
}

/* Labels of a release, or of a build: not empty, and no number with a zero before it in a release. */
static bool labels(struct str ids, bool release)
{
    struct str id;
    bool some = false;
    while (str_cut(&ids, '.', &id)) {
        some = true;
        if (id.n == 0 || !scan_only(id, "-") || (release && id.n > 1 && id.p[0] == '0' && scan_digits(id) == id.n))
            return false;
    }
    return some && ids.n == 0;
}

static enum version_class valid(struct str v)
{
    struct semver s = semver_read(v);
    if (s.class != VERSION_LENIENT)
        return s.class;
    struct str rest = v, build;
    size_t count = 0, n;
    while ((n = scan_digits(rest)) > 0) {
        scan_take(&rest, n);
        count++;
        if (!scan_is(rest, 0, '.') || rest.n == 1 || !is_digit(rest.p[1]))
            break;
        scan_take(&rest, 1);
    }
    bool built = str_split(rest, '+', &rest, &build), released = str_take(&rest, STR("-"));
    bool strict = count >= 1 && count <= 4 && (released ? labels(rest, true) : rest.n == 0) && (!built || labels(build, false));
    return strict ? VERSION_VALID : VERSION_LENIENT;
}

static const char *const ecosystems[] = {"dotnet", "powershell", NULL};

const struct version_scheme version_nuget = {
    .name = "nuget",
    .help = ".NET packages, as NuGet.Versioning orders them: four numbers, labels in any case",
    .syntax = SYNTAX_MAVEN,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_without_build,
};
