/* The table of distributions and their ways to write a release. Facts: OSV's list of ecosystems; os-release files; Debian's
 * and Ubuntu's published lists of release names. */
#include "match/distribution.h"

struct codename {
    const char *name, *release;
};

static struct str by_codename(const struct codename *list, struct str name)
{
    for (; list->name; list++)
        if (str_ieq(str_of(list->name), name))
            return str_of(list->release);
    return (struct str){NULL, 0};
}

static bool all_of(struct str s, const char *chars)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]) && (!s.p[i] || !strchr(chars, s.p[i])))
            return false;
    return s.n > 0 && is_digit(s.p[0]);
}

/* "3.19.1" → "3.19" for two numbers. */
static struct str numbers(struct str v, size_t count)
{
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] == '.' && --count == 0)
            return str_upto(v, i);
    return v;
}

static const struct codename debian_names[] = {
    {"duke", "15"},   {"forky", "14"},  {"trixie", "13"}, {"bookworm", "12"}, {"bullseye", "11"}, {"buster", "10"},
    {"stretch", "9"}, {"jessie", "8"},  {"wheezy", "7"},  {"squeeze", "6.0"}, {"lenny", "5.0"},   {"etch", "4.0"},
    {"sarge", "3.1"}, {"woody", "3.0"}, {"sid", "sid"},   {"unstable", "sid"}, {NULL, NULL},
};

/* From 7 on the point releases do not count; before, "6.0" is the release. */
static struct str debian_release(struct arena *mem, struct str v)
{
    uint64_t major;
    (void)mem;
    struct str named = by_codename(debian_names, v);
    if (named.p)
        return named;
    if (!all_of(v, ".") || !str_num(numbers(v, 1), &major))
        return (struct str){NULL, 0};
    return numbers(v, major >= 7 ? 1 : 2);
}

static const struct codename ubuntu_names[] = {
    {"lucid", "10.04"},   {"precise", "12.04"}, {"trusty", "14.04"}, {"utopic", "14.10"},  {"vivid", "15.04"},
    {"wily", "15.10"},    {"xenial", "16.04"}, {"yakkety", "16.10"}, {"zesty", "17.04"},   {"artful", "17.10"},
    {"bionic", "18.04"},  {"cosmic", "18.10"}, {"disco", "19.04"},  {"eoan", "19.10"},     {"focal", "20.04"},
    {"groovy", "20.10"},  {"hirsute", "21.04"}, {"impish", "21.10"}, {"jammy", "22.04"},   {"kinetic", "22.10"},
    {"lunar", "23.04"},   {"mantic", "23.10"}, {"noble", "24.04"},  {"oracular", "24.10"}, {"plucky", "25.04"},
    {"questing", "25.10"}, {"resolute", "26.04"}, {NULL, NULL},
};

/* April of even years is supported for long, and OSV says so in the name; so was 6.06. */
static struct str ubuntu_release(struct arena *mem, struct str v)
{
    struct str named = by_codename(ubuntu_names, v), year, month, tail;
    uint64_t n;
    if (named.p)
        v = named;
    if (str_ends(v, STR(":LTS")) || str_starts(v, STR("Pro:")))
        return v;
    v = numbers(v, 2);
    if (!all_of(v, ".") || !str_split(v, '.', &year, &month) || !str_num(year, &n))
        return (struct str){NULL, 0};
    tail = (n % 2 == 0 && str_eq(month, STR("04"))) || str_eq(v, STR("6.06")) ? STR(":LTS") : STR("");
    return str_join(mem, v, tail);
}

/* "22.04:LTS" and "22.04" are one release; Pro is another: its fixes are for those who have it. */
static bool ubuntu_same(struct str ours, struct str theirs)
{
    if (str_ends(ours, STR(":LTS")))
        ours = str_but(ours, 4);
    if (str_ends(theirs, STR(":LTS")))
        theirs = str_but(theirs, 4);
    return str_eq(ours, theirs);
}

/* "3.19.1" → "v3.19"; "3.21.0_alpha20240923" is edge on its way to 3.21. */
static struct str alpine_release(struct arena *mem, struct str v)
{
    str_take(&v, STR("v"));
    if (str_eq(v, STR("edge")) || str_find(v, STR("_alpha")) != STR_NONE)
        return STR("edge");
    v = numbers(v, 2);
    if (!all_of(v, ".") || str_chr(v, '.') == STR_NONE)
        return (struct str){NULL, 0};
    return str_join(mem, STR("v"), v);
}

static struct str major_release(struct arena *mem, struct str v)
{
    (void)mem;
    return all_of(v, ".") ? numbers(v, 1) : (struct str){NULL, 0};
}

/* "8" and "8.9" are one: minor releases follow each other. */
static bool major_same(struct str ours, struct str theirs)
{
    return str_eq(numbers(ours, 1), numbers(theirs, 1));
}

static struct str azure_release(struct arena *mem, struct str v)
{
    return major_release(mem, numbers(v, 2));
}

/* A CPE's tail as it is; else "9.2" as it is: which streams it means is for redhat_same. */
static struct str redhat_release(struct arena *mem, struct str v)
{
    (void)mem;
    return str_chr(v, ':') != STR_NONE || all_of(v, ".") ? v : (struct str){NULL, 0};
}

/* "enterprise_linux:9::baseos" is for every 9, and "enterprise_linux:10.0" for every 10: minor releases follow each other. An
 * extended stream ("rhel_eus:9.2::baseos") is only for who named it. */
static bool redhat_same(struct str ours, struct str theirs)
{
    struct str rest = theirs, product, version;
    if (str_eq(ours, theirs))
        return true;
    if (str_chr(ours, ':') != STR_NONE || !str_cut(&rest, ':', &product) || !str_eq(product, STR("enterprise_linux")))
        return false;
    return str_cut(&rest, ':', &version) && str_eq(numbers(ours, 1), numbers(version, 1));
}

/* "15.4" → "15 SP4"; the marketing name stands before it. A PRETTY_NAME stays. */
static struct str suse_release(struct arena *mem, struct str v)
{
    struct str major, minor;
    str_take(&v, STR("SUSE "));
    if (str_starts(v, STR("Linux ")))
        return v;
    if (!all_of(v, "."))
        return (struct str){NULL, 0};
    if (!str_split(v, '.', &major, &minor) || str_eq(minor, STR("0")))
        return str_join(mem, STR("Linux Enterprise Server "), numbers(v, 1));
    return str_join(mem, STR("Linux Enterprise Server "), major, STR(" SP"), minor);
}

/* The server's modules belong to it: "Linux Enterprise Module for Basesystem 15 SP4". Long-term support (LTSS) is bought
 * apart. */
static bool suse_same(struct str ours, struct str theirs)
{
    str_take(&theirs, STR("SUSE "));
    if (str_eq(ours, theirs))
        return true;
    if (!str_take(&ours, STR("Linux Enterprise Server ")) || !str_take(&theirs, STR("Linux Enterprise Module for ")))
        return false;
    return str_ends(theirs, ours) && theirs.n > ours.n && theirs.p[theirs.n - ours.n - 1] == ' ';
}

static struct str opensuse_release(struct arena *mem, struct str v)
{
    str_take(&v, STR("openSUSE "));
    if (str_starts(v, STR("Leap ")) || str_ieq(v, STR("tumbleweed")))
        return str_starts(v, STR("Leap ")) ? v : STR("Tumbleweed");
    if (!all_of(v, "."))
        return (struct str){NULL, 0};
    /* Tumbleweed's version is the day of its snapshot. */
    return v.n == 8 && str_chr(v, '.') == STR_NONE ? STR("Tumbleweed") : str_join(mem, STR("Leap "), v);
}

static bool opensuse_same(struct str ours, struct str theirs)
{
    str_take(&theirs, STR("openSUSE "));
    return str_eq(ours, theirs);
}

/* "22.03" alone does not tell which service pack it is. */
static struct str openeuler_release(struct arena *mem, struct str v)
{
    (void)mem;
    return str_find(v, STR("LTS")) != STR_NONE ? v : (struct str){NULL, 0};
}

#define IDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct distribution all[] = {
    {"deb", IDS("debian"), "Debian", true, false, debian_release, NULL, "debian"},
    {"deb", IDS("ubuntu"), "Ubuntu", true, false, ubuntu_release, ubuntu_same, "ubuntu"},
    {"deb", IDS("echo"), "Echo", false, false, NULL, NULL, NULL},
    {"apk", IDS("alpine"), "Alpine", true, false, alpine_release, NULL, "alpine"},
    {"apk", IDS("wolfi"), "Wolfi", false, true, NULL, NULL, NULL},
    {"apk", IDS("chainguard"), "Chainguard", false, true, NULL, NULL, NULL},
    {"apk", IDS("minimos"), "MinimOS", false, true, NULL, NULL, NULL},
    {"apk", IDS("cleanstart"), "CleanStart", false, true, NULL, NULL, NULL},
    {"apk", IDS("alpaquita"), "Alpaquita", true, false, NULL, NULL, NULL},
    {"apk", IDS("bellsoft-hardened-containers", "bellsoft"), "BellSoft Hardened Containers", true, false, NULL, NULL, NULL},
    {"rpm", IDS("almalinux", "alma"), "AlmaLinux", true, true, major_release, major_same, "almalinux"},
    {"rpm", IDS("rocky", "rocky-linux", "rockylinux"), "Rocky Linux", true, true, major_release, major_same, "rocky-linux"},
    {"rpm", IDS("rhel", "redhat"), "Red Hat", true, true, redhat_release, redhat_same, "rhel"},
    {"rpm", IDS("opensuse-leap", "opensuse-tumbleweed", "opensuse"), "openSUSE", true, false, opensuse_release, opensuse_same, "opensuse"},
    {"rpm", IDS("sles", "sles_sap", "sled", "suse"), "SUSE", true, false, suse_release, suse_same, "sles"},
    {"rpm", IDS("openeuler"), "openEuler", true, false, openeuler_release, NULL, NULL},
    {"rpm", IDS("mageia"), "Mageia", true, false, major_release, NULL, "mageia"},
    {"rpm", IDS("azurelinux", "azure-linux", "mariner"), "Azure Linux", true, false, azure_release, major_same, NULL},
    {"rpm", IDS("photon"), "Photon OS", true, true, NULL, NULL, NULL},
};

/* "Linux Enterprise Server 15 SP4" is 15.4, "Leap 15.5" and "v3.19" are what stands at their end. */
static struct str cycle_of(struct arena *mem, struct str release)
{
    struct str head, pack;
    size_t at = str_find(release, STR(" SP"));
    if (str_ends(release, STR(":LTS")))
        return str_but(release, 4);
    if (at != STR_NONE) {
        head = str_upto(release, at);
        pack = str_from(release, at + 3);
        size_t space = head.n;
        while (space && head.p[space - 1] != ' ')
            space--;
        return str_join(mem, str_from(head, space), STR("."), pack);
    }
    at = 0;
    while (at < release.n && !is_digit(release.p[at]))
        at++;
    if (at == release.n)
        return release;
    head = str_from(release, at);
    for (at = 0; at < head.n && (is_digit(head.p[at]) || head.p[at] == '.');)
        at++;
    return str_upto(head, at);
}

bool distribution_cycle(struct arena *mem, const struct distribution *d, struct str release, unsigned i, struct str *ret)
{
    struct str whole = cycle_of(mem, release), major = numbers(whole, 1);
    (void)d;
    if (i > 1 || release.n == 0 || str_starts(release, STR("Pro:")) || (i == 1 && str_eq(whole, major)))
        return false;
    *ret = i ? major : whole;
    return true;
}

const struct distribution *distribution_find(struct str type, struct str id)
{
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (const char *const *one = all[i].ids; *one && str_eq(type, str_of(all[i].type)); one++)
            if (str_ieq(id, str_of(*one)))
                return &all[i];
    return NULL;
}

const struct distribution *distribution_named(struct str ecosystem)
{
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (str_ieq(ecosystem, str_of(all[i].ecosystem)))
            return &all[i];
    return NULL;
}
