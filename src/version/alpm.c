/* pacman's order: epoch, version, pkgrel; letters directly behind a number make it older, behind a separator newer. */
#include "version/packaging.h"
#include "version/scan.h"
#include "version/version.h"

static size_t separators(struct str *s)
{
    size_t i = 0;
    while (i < s->n && !is_alnum(s->p[i]))
        i++;
    scan_take(s, i);
    return i;
}

static int compare_part(struct str a, struct str b)
{
    while (a.n && b.n) {
        size_t gap_a = separators(&a), gap_b = separators(&b);
        if (a.n == 0 || b.n == 0)
            break;
        if (gap_a != gap_b)
            return gap_a < gap_b ? -1 : 1;
        int c = evr_compare_segment(&a, &b);
        if (c)
            return c;
    }
    if (a.n == 0 && b.n == 0)
        return 0;
    /* the longer one is newer, unless it goes on with letters */
    if (a.n == 0)
        return is_alpha(b.p[0]) ? 1 : -1;
    return is_alpha(a.p[0]) ? -1 : 1;
}

static enum version_class valid(struct str v)
{
    struct evr p = evr_cut(v);
    if (p.version.n == 0 || !is_alnum(p.version.p[0]) || (p.release.n && !is_alnum(p.release.p[0])))
        return VERSION_INVALID;
    if (!scan_only(p.version, "._+@") || !scan_only(p.release, "."))
        return scan_only(v, ".+-_~:@") ? VERSION_LENIENT : VERSION_INVALID;
    return VERSION_VALID;
}

/* libalpm goes round in circles over text that begins with separators; such is no version, and is below every one. */
static int compare(struct str a, struct str b)
{
    bool known_a = valid(a) != VERSION_INVALID, known_b = valid(b) != VERSION_INVALID;
    if (!known_a || !known_b)
        return known_a ? 1 : known_b ? -1 : str_cmp(a, b);
    struct evr x = evr_cut(a), y = evr_cut(b);
    int c = scan_number_cmp(x.epoch, y.epoch);
    if (c == 0)
        c = compare_part(x.version, y.version);
    if (c == 0 && !x.release.n != !y.release.n)
        c = x.release.n ? 1 : -1;
    return c ? c : compare_part(x.release, y.release);
}

/* A pkgrel that only one side has is not looked at. */
static bool same(struct str a, struct str b)
{
    struct evr x = evr_cut(a), y = evr_cut(b);
    return x.has_release != y.has_release && scan_number_cmp(x.epoch, y.epoch) == 0 && compare_part(x.version, y.version) == 0;
}

/* "1.2.r10.gabc" counts commits after 1.2. */
static struct str upstream(struct arena *mem, struct str v)
{
    struct evr p = evr_cut(v);
    size_t at = str_find(p.version, STR(".r"));
    if (at != STR_NONE && at + 2 < p.version.n && is_digit(p.version.p[at + 2]))
        p.version = str_upto(p.version, at);
    return upstream_unpacked(mem, p.version);
}

static const char *const ecosystems[] = {"arch", "arch linux", "archlinux", "pacman", "msys2", NULL};

const struct version_scheme version_alpm = {
    .name = "alpm",
    .help = "Arch Linux packages, as pacman's vercmp orders them",
    .syntax = SYNTAX_RELATION,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .same = same,
    .upstream = upstream,
};
