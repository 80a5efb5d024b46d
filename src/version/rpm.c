/* rpm's order: epoch, version, release; segments of digits or letters, ~ below the end, ^ just above it. */
#include "version/packaging.h"
#include "version/scan.h"
#include "version/version.h"

static void separators(struct str *s)
{
    while (s->n && !is_alnum(s->p[0]) && s->p[0] != '~' && s->p[0] != '^')
        s->p++, s->n--;
}

/* 2: neither begins with the mark; else the result, 0 when both do (and it is taken). */
static int compare_mark(struct str *a, struct str *b, char mark)
{
    bool x = scan_is(*a, 0, mark), y = scan_is(*b, 0, mark);
    if (!x && !y)
        return 2;
    if (x && y) {
        scan_take(a, 1);
        scan_take(b, 1);
        return 0;
    }
    if (mark == '~')
        return x ? -1 : 1;
    if (x)
        return b->n ? -1 : 1;
    return a->n ? 1 : -1;
}

static int compare_part(struct str a, struct str b)
{
    while (a.n || b.n) {
        separators(&a);
        separators(&b);
        int c = compare_mark(&a, &b, '~');
        if (c == 2)
            c = compare_mark(&a, &b, '^');
        if (c == 0)
            continue;
        if (c != 2)
            return c;
        if (a.n == 0 || b.n == 0)
            break;
        c = evr_compare_segment(&a, &b);
        if (c)
            return c;
    }
    return a.n ? 1 : b.n ? -1 : 0;
}

static int compare(struct str a, struct str b)
{
    struct evr x = evr_cut(a), y = evr_cut(b);
    int c = scan_number_cmp(x.epoch, y.epoch);
    if (c == 0)
        c = compare_part(x.version, y.version);
    if (c == 0 && x.has_release != y.has_release)
        c = x.has_release ? 1 : -1;
    return c ? c : compare_part(x.release, y.release);
}

static enum version_class valid(struct str v)
{
    struct evr p = evr_cut(v);
    bool alnum = false;
    for (size_t i = 0; i < v.n; i++) {
        alnum |= is_alnum(v.p[i]);
        if ((unsigned char)v.p[i] <= ' ' || v.p[i] == 0x7f)
            return VERSION_INVALID;
    }
    if (!alnum || p.version.n == 0 || (p.has_release && p.release.n == 0))
        return VERSION_INVALID;
    bool strict = scan_only(p.version, ".+_~^") && scan_only(p.release, ".+_~^");
    return strict ? VERSION_VALID : VERSION_LENIENT;
}

/* Fedora's old way to write a pre-release puts it behind a release of 0: "5.6.0-0.1.rc1". */
static struct str old_prerelease(struct str release)
{
    static const char *const words[] = {"alpha", "beta", "rc", "pre"};
    struct str none = {NULL, 0}, part;
    if (!str_starts(release, STR("0.")))
        return none;
    while (str_cut(&release, '.', &part)) {
        size_t letters = scan_letters(part);
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (str_eq(str_upto(part, letters), str_of(words[i])) && scan_digits(str_from(part, letters)) == part.n - letters)
                return part;
    }
    return none;
}

static struct str upstream(struct arena *mem, struct str v)
{
    struct evr p = evr_cut(v);
    struct str base = upstream_unpacked(mem, p.version), pre = old_prerelease(p.release);
    if (!base.p || !pre.p || scan_digits(str_from(base, base.n - 1)) == 0)
        return base;
    return str_join(mem, base, pre);
}

static const char *const ecosystems[] = {
    "red hat", "almalinux", "rocky linux", "suse", "opensuse", "openeuler", "mageia", "azure linux", "photon os", "fedora",
    "redhat", "rhel", "rocky", "centos", "oracle linux", "amazon linux", "rpmmod", "mariner", "cbl-mariner", NULL,
};

const struct version_scheme version_rpm = {
    .name = "rpm",
    .help = "Red Hat, SUSE and their relatives: epoch, version and release as rpm orders them",
    .syntax = SYNTAX_RELATION,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream,
};
