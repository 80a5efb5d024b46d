/* opam: Debian's order without the epoch; a revision stands behind the last hyphen. */
#include "version/packaging.h"
#include "version/scan.h"
#include "version/version.h"

static int compare(struct str a, struct str b)
{
    struct str x = a, y = b, revision_a = {a.p, 0}, revision_b = {b.p, 0};
    str_rsplit(a, '-', &x, &revision_a);
    str_rsplit(b, '-', &y, &revision_b);
    int c = dpkg_compare_part(x, y);
    return c ? c : dpkg_compare_part(revision_a, revision_b);
}

static enum version_class valid(struct str v)
{
    bool strict = v.n > 0;
    for (size_t i = 0; i < v.n; i++) {
        if ((unsigned char)v.p[i] <= ' ' || v.p[i] == 0x7f)
            return VERSION_INVALID;
        strict &= is_alnum(v.p[i]) || (v.p[i] && strchr("-_+.~", v.p[i]));
    }
    return strict ? VERSION_VALID : v.n ? VERSION_LENIENT : VERSION_INVALID;
}

static const char *const ecosystems[] = {"ocaml", NULL};

const struct version_scheme version_opam = {
    .name = "opam",
    .help = "OCaml packages, as opam orders them: dpkg's order without an epoch",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_same,
};
