/* The advisory that a distribution's CSAF document amounts to. Which release a package is for stands in the CPE (or, for
 * SUSE, in the name) of the product that it is a component of; OSV's list of ecosystems says how each writes it:
 * "Red Hat:" and the CPE behind "redhat:", "SUSE:" and the product's name. */
#include "feed/csaf_record.h"

enum { NAME_MOST = 512 }; /* of a release, a package, a version: they are kept for each combination */

void csaf_record_open(struct csaf_record *r, struct op *op, bool single)
{
    *r = (struct csaf_record){.op = op, .advisory = advisory_empty(), .single = single};
    map_open(&r->seen, op->mem);
    r->one = *op;
    r->one.mem = arena_child(op->mem);
}

/* ---- which release ---- */

enum release_form { RELEASE_TAIL, RELEASE_NAME, RELEASE_VERSION };

static const struct distribution {
    const char *vendor; /* of the CPE */
    const char *ecosystem;
    enum release_form form;
    const char *brand; /* RELEASE_NAME: before what OSV writes */
} distributions[] = {
    {"redhat", "Red Hat", RELEASE_TAIL, ""},           {"suse", "SUSE", RELEASE_NAME, "SUSE "},
    {"opensuse", "openSUSE", RELEASE_NAME, "openSUSE "}, {"almalinux", "AlmaLinux", RELEASE_VERSION, ""},
    {"rocky", "Rocky Linux", RELEASE_VERSION, ""},     {"openeuler", "openEuler", RELEASE_VERSION, ""},
};

/* Takes "cpe:/o:vendor:" or "cpe:2.3:o:vendor:" off: what is left is product:version:… */
static bool cpe_vendor(struct str cpe, struct str *ret_vendor, struct str *ret_rest)
{
    struct str part;
    if (!str_take(&cpe, STR("cpe:/")) && !str_take(&cpe, STR("cpe:2.3:")))
        return false;
    return str_split(cpe, ':', &part, &cpe) && part.n == 1 && str_split(cpe, ':', ret_vendor, ret_rest);
}

/* The CPE without the wildcards at its end. */
static struct str cpe_tail(struct str rest)
{
    while (str_ends(rest, STR(":*")) || str_ends(rest, STR(":-")))
        rest = str_but(rest, 2);
    return rest;
}

static struct str ecosystem_of(struct arena *mem, const struct csaf_product *whole)
{
    struct str vendor, rest, product, version, tail;
    if (!cpe_vendor(whole->names.cpe, &vendor, &rest))
        return STR("");
    for (size_t i = 0; i < sizeof distributions / sizeof *distributions; i++) {
        const struct distribution *d = &distributions[i];
        if (!str_ieq(vendor, str_of(d->vendor)))
            continue;
        tail = cpe_tail(rest);
        if (d->form == RELEASE_VERSION) {
            if (!str_split(tail, ':', &product, &version))
                return STR("");
            tail = version;
            str_split(version, ':', &tail, &version);
        } else if (d->form == RELEASE_NAME) {
            tail = whole->name;
            str_take(&tail, str_of(d->brand));
        }
        return tail.n && tail.n <= NAME_MOST ? str_join(mem, str_of(d->ecosystem), STR(":"), tail) : STR("");
    }
    return STR("");
}

/* ---- which package ---- */

static bool is_arch(struct str s)
{
    static const char *const known[] = {
        "src",  "nosrc",   "noarch",  "x86_64", "aarch64", "ppc64le", "ppc64",   "ppc",     "s390x", "s390",    "i386",
        "i486", "i586",    "i686",    "ia64",   "armv6hl", "armv7hl", "riscv64", "x86_64_v2", "loongarch64", "athlon",
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(s, str_of(known[i])))
            return true;
    return false;
}

bool csaf_rpm_read(struct str text, struct csaf_rpm *ret)
{
    struct str stem, arch, release, version, name;
    if (!str_rsplit(text, '.', &stem, &arch) || !is_arch(arch))
        return false;
    if (!str_rsplit(stem, '-', &name, &release) || !str_rsplit(name, '-', &name, &version))
        return false;
    if (name.n == 0 || version.n == 0 || release.n == 0 || str_chr(name, ':') != STR_NONE)
        return false;
    *ret = (struct csaf_rpm){name, {version.p, version.n + 1 + release.n}, arch};
    return true;
}

struct package {
    struct str name, version; /* empty: whatever version */
    bool module;              /* of a module's stream, which the purl only names */
};

/* SUSE's purls say where a package comes from, and its advisories are about that: "upstream=openssl-3-3.1.4-1.1.src.rpm", or
 * "openssl-3.src.rpm" when every version is meant. */
static bool source_of(struct str file, struct package *ret)
{
    struct csaf_rpm rpm;
    if (!str_ends(file, STR(".rpm")))
        return false;
    file = str_but(file, 4);
    if (csaf_rpm_read(file, &rpm) && ret->version.n) {
        ret->name = rpm.name;
        ret->version = rpm.version;
        return true;
    }
    if (ret->version.n || !str_ends(file, STR(".src")))
        return false;
    ret->name = str_but(file, 4);
    return ret->name.n > 0;
}

/* From a purl pkg:rpm/vendor/name@version?epoch=1 or pkg:rpmmod/vendor/module:stream/name. */
static bool from_purl(struct op *op, struct str text, bool by_source, struct package *ret)
{
    struct component c;
    if (!purl_read(op, text, &c) || c.name.n == 0)
        return false;
    *ret = (struct package){c.name, c.version, str_eq(c.type, STR("rpmmod"))};
    if (ret->module)
        return str_chr(c.ns, '/') != STR_NONE && c.version.n == 0; /* else it is the module itself */
    if (!str_eq(c.type, STR("rpm")))
        return false;
    struct str epoch = component_qualifier(op->mem, &c, "epoch");
    struct str source = by_source ? component_qualifier(op->mem, &c, "upstream") : STR("");
    ret->module = c.version.n == 0 && component_qualifier(op->mem, &c, "rpmmod").n > 0;
    source_of(source, ret);
    if (epoch.n && !str_eq(epoch, STR("0")) && ret->version.n && str_chr(ret->version, ':') == STR_NONE)
        ret->version = str_join(op->mem, epoch, STR(":"), ret->version);
    return true;
}

/* Older documents have no purls: then the product is called as its file would be. */
static bool from_name(const struct csaf_product *p, struct package *ret)
{
    struct csaf_rpm rpm;
    if (!csaf_rpm_read(p->name, &rpm) && !csaf_rpm_read(p->id, &rpm))
        return false;
    str_take(&rpm.version, STR("0:"));
    *ret = (struct package){rpm.name, rpm.version, false};
    return true;
}

/* ---- entries ---- */

/* Everything is of the round's memory until the entry turns out to be new. */
static void entry(struct csaf_record *r, struct str ecosystem, const struct package *p, enum vex_state state)
{
    struct arena *mem = r->op->mem;
    bool fixed = state == VEX_FIXED;
    struct str urgency = STR("");
    if (state == VEX_NOT_AFFECTED)
        urgency = STR("not-affected");
    else if (state == VEX_UNDER_INVESTIGATION || p->module)
        urgency = STR("undetermined"); /* which stream of the module a package is of cannot be told */
    struct str key = str_join(r->one.mem, ecosystem, STR("\n"), p->name, STR("\n"), fixed ? p->version : urgency);
    if (map_get(&r->seen, key))
        return;
    struct affected *a = vec_push(mem, &r->advisory.affected);
    *map_put(&r->seen, str_dup(mem, key)) = r;
    *a = affected_empty();
    a->ecosystem = ecosystem;
    a->name = str_dup(mem, p->name);
    a->urgency = urgency;
    if (state != VEX_NOT_AFFECTED)
        affected_range(mem, a, STR("0"), fixed ? str_dup(mem, p->version) : STR(""));
}

static bool package_of(struct csaf_record *r, const struct csaf_product *p, const struct csaf_product *part, struct str ecosystem,
    struct package *ret)
{
    bool by_source = str_starts(ecosystem, STR("SUSE:")) || str_starts(ecosystem, STR("openSUSE:"));
    struct str purl = p->names.purl.n ? p->names.purl : part->names.purl;
    if (purl.n ? !from_purl(&r->one, purl, by_source, ret) : !from_name(part, ret))
        return false;
    return ret->name.n <= NAME_MOST && ret->version.n <= NAME_MOST;
}

void csaf_record_add(struct csaf_record *r, struct csaf_product *p, enum vex_state state)
{
    struct csaf_product *part = csaf_part(p), *whole = csaf_whole(p);
    struct package package = {STR(""), STR(""), false};
    if (!part || !whole || part->range || (state == VEX_NOT_AFFECTED && !r->single) || p->recorded & 1u << state)
        return;
    p->recorded |= 1u << state;
    if (!whole->ecosystem.p)
        whole->ecosystem = ecosystem_of(r->op->mem, whole);
    bool said = whole->ecosystem.n && package_of(r, p, part, whole->ecosystem, &package);
    if (state == VEX_FIXED)
        said = said && package.version.n; /* else: fixed in what? */
    else if (state == VEX_NOT_AFFECTED)
        said = said && package.version.n == 0 && !package.module; /* else: only that build, or stream */
    if (said)
        entry(r, whole->ecosystem, &package, state);
    arena_reset(r->one.mem);
}
