/* Go: module versions (Semantic Versioning with a v), pseudo-versions, and toolchain versions like go1.21rc2. */
#include "version/scan.h"
#include "version/semver_parts.h"

static struct str bare(struct str v)
{
    str_take(&v, STR("go"));
    return v;
}

/* The identifiers of a pre-release. "1.21rc2" has no hyphen and means 1.21.0-rc.2. */
struct ids {
    struct str rest;
    bool joined;
};

static struct ids ids_of(const struct semver *s)
{
    return (struct ids){s->pre, s->pre.n && s->pre.p == s->numbers.p + s->numbers.n};
}

static bool next_id(struct ids *ids, struct str *ret)
{
    size_t letters = scan_letters(ids->rest);
    if (ids->joined && letters && letters < ids->rest.n && is_digit(ids->rest.p[letters])) {
        *ret = scan_take(&ids->rest, letters);
        ids->joined = false;
        return true;
    }
    return str_cut(&ids->rest, '.', ret);
}

static int compare_pre(const struct semver *a, const struct semver *b)
{
    struct ids x = ids_of(a), y = ids_of(b);
    if (a->pre.n == 0 || b->pre.n == 0)
        return a->pre.n ? -1 : b->pre.n ? 1 : 0;
    for (;;) {
        struct str id_a, id_b;
        bool more_a = next_id(&x, &id_a), more_b = next_id(&y, &id_b);
        if (!more_a || !more_b)
            return more_a ? 1 : more_b ? -1 : 0;
        int c = semver_compare_id(id_a, id_b);
        if (c)
            return c;
    }
}

static int compare(struct str a, struct str b)
{
    struct str text_a = bare(a), text_b = bare(b);
    struct semver x = semver_read(text_a), y = semver_read(text_b);
    if (x.class == VERSION_INVALID || y.class == VERSION_INVALID)
        return semver_compare(text_a, text_b);
    int c = semver_compare_numbers(x.numbers, y.numbers);
    return c ? c : compare_pre(&x, &y);
}

static enum version_class valid(struct str v)
{
    struct str text = bare(v);
    struct semver s = semver_read(text);
    if (s.class == VERSION_INVALID || text.p[0] == '=')
        return VERSION_INVALID;
    if (text.n < v.n)
        return is_digit(text.p[0]) ? VERSION_VALID : VERSION_INVALID;
    if (text.p[0] == 'v')
        return semver_valid(str_from(text, 1));
    return s.class;
}

/* Is this "…yyyymmddhhmmss-abcdefabcdef", made from a commit that has no tag? */
static bool is_pseudo(struct str pre)
{
    struct str stamp, commit;
    if (!str_rsplit(pre, '-', &stamp, &commit) || commit.n != 12 || stamp.n < 14)
        return false;
    struct str digits = str_from(stamp, stamp.n - 14);
    bool border = stamp.n == 14 || stamp.p[stamp.n - 15] == '.';
    return border && scan_digits(digits) == 14 && scan_only(commit, "");
}

static struct str upstream(struct arena *mem, struct str v)
{
    const struct str none = {NULL, 0};
    struct str text = bare(v);
    struct semver s = semver_read(text);
    if (valid(v) == VERSION_INVALID || is_pseudo(s.pre))
        return none;
    return upstream_without_build(mem, text);
}

static const char *const ecosystems[] = {"go", NULL};

const struct version_scheme version_golang = {
    .name = "golang",
    .help = "Go modules and toolchains, as the go command orders them",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream,
};
