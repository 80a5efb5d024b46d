/* Debian's order: [epoch:]upstream[-revision], runs of other characters and runs of digits in turn. */
#include "version/packaging.h"
#include "version/scan.h"
#include "version/version.h"

struct parts {
    struct str epoch, upstream, revision;
};

static struct parts cut(struct str v)
{
    struct parts p = {{v.p, 0}, v, {v.p, 0}};
    str_split(v, ':', &p.epoch, &p.upstream);
    str_rsplit(p.upstream, '-', &p.upstream, &p.revision);
    return p;
}

static int compare(struct str a, struct str b)
{
    struct parts x = cut(a), y = cut(b);
    int c = dpkg_compare_part(x.epoch, y.epoch);
    if (c == 0)
        c = dpkg_compare_part(x.upstream, y.upstream);
    return c ? c : dpkg_compare_part(x.revision, y.revision);
}

/* What dpkg refuses is invalid, what it warns about is lenient. */
static enum version_class valid(struct str v)
{
    size_t colon = str_chr(v, ':');
    struct parts p = cut(v);
    uint64_t epoch = 0;
    if (colon != STR_NONE && (!str_num(p.epoch, &epoch) || epoch > INT32_MAX))
        return VERSION_INVALID;
    if (p.upstream.n == 0 || (p.revision.n == 0 && str_chr(v, '-') != STR_NONE))
        return VERSION_INVALID;
    for (size_t i = 0; i < v.n; i++)
        if ((unsigned char)v.p[i] <= ' ' || v.p[i] == 0x7f)
            return VERSION_INVALID;
    bool strict = is_digit(p.upstream.p[0]) && scan_only(p.upstream, ".+-~:") && scan_only(p.revision, ".+~");
    return strict ? VERSION_VALID : VERSION_LENIENT;
}

static struct str upstream(struct arena *mem, struct str v)
{
    return upstream_unpacked(mem, cut(v).upstream);
}

static const char *const ecosystems[] = {"debian", "ubuntu", "dpkg", "echo", "opkg", "openwrt", "ipk", NULL};

const struct version_scheme version_deb = {
    .name = "deb",
    .help = "Debian and Ubuntu packages, as dpkg orders them; opkg too",
    .syntax = SYNTAX_RELATION,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream,
};
