/* Versions of a Kubernetes API: v1 before v1beta2 before v1alpha1, and any stable one before any beta, v1 > v2beta1. */
#include "version/scan.h"
#include "version/version.h"

enum stage { UNKNOWN, ALPHA, BETA, STABLE };

struct parts {
    struct str major, minor;
    enum stage stage;
};

static struct parts cut(struct str v)
{
    struct parts p = {.stage = UNKNOWN};
    if (!str_take(&v, STR("v")))
        return p;
    p.major = scan_take(&v, scan_digits(v));
    enum stage stage = str_take(&v, STR("alpha")) ? ALPHA : str_take(&v, STR("beta")) ? BETA : STABLE;
    p.minor = scan_take(&v, stage == STABLE ? 0 : scan_digits(v));
    if (p.major.n && v.n == 0 && (p.minor.n || stage == STABLE))
        p.stage = stage;
    return p;
}

/* Other names come last, those that begin later in the alphabet first. */
static int compare(struct str a, struct str b)
{
    struct parts x = cut(a), y = cut(b);
    if (x.stage != y.stage)
        return x.stage < y.stage ? -1 : 1;
    if (x.stage == UNKNOWN)
        return str_cmp(b, a);
    int c = scan_number_cmp(x.major, y.major);
    return c ? c : scan_number_cmp(x.minor, y.minor);
}

static enum version_class valid(struct str v)
{
    return cut(v).stage == UNKNOWN ? VERSION_INVALID : VERSION_VALID;
}

static const char *const ecosystems[] = {"kubernetes api", "kubernetes-api", "k8s", NULL};

const struct version_scheme version_kube = {
    .name = "kube",
    .help = "versions of Kubernetes APIs by their priority: v2, v1, v1beta2, v1alpha1",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_same,
};
