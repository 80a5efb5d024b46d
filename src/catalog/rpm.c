/* rpm: headers from whichever of its databases the root has, with source packages, requirements and files. */
#include "catalog/ospackage.h"
#include "format/rpmdb.h"
#include "format/rpmheader.h"

/* The three columns of its requirements; the latter two may be shorter. In the run's memory. */
struct package {
    uint32_t component;
    struct str arch;
    struct rpmvalues names, versions, flags;
};

enum { SENSE_COMPARES = 0x0e, SENSE_EQUAL = 0x08 };

struct rpm {
    VEC(struct package) packages;
    bool chosen;
    struct str path;     /* of the database that counts; empty when none has packages */
    struct str evidence; /* "beside it, not read: …"; empty when it is alone */
};

/* One database being read. */
struct reading {
    struct catalog_run *run;
    struct os_root *root;
    struct rpm *db;
    struct bom *bom;
    const struct catalog_file *f;
    struct arena *mem; /* of one header */
    size_t bad;
};

/* ---- which database counts ---- */

static const char *const folders[] = {"usr/lib/sysimage/rpm/", "var/lib/rpm/", "usr/share/rpm/"};
static const char *const files[] = {"rpmdb.sqlite", "Packages.db", "Packages"}; /* the newer kind first */

static void count(struct op *op, void *arg, struct str blob)
{
    (void)op;
    (void)blob;
    ++*(size_t *)arg;
}

static size_t packages_in(struct op *op, struct str path, struct str bytes)
{
    size_t n = 0;
    struct op quiet = {.mem = op->mem, .limits = op->limits};
    const struct rpmdb_visitor v = {count, &n};
    return rpmdb_read(&quiet, path, bytes, &v) == RC_OK || n ? n : 0;
}

struct candidate {
    struct str path, bytes;
};

static size_t candidates(struct op *op, const struct reading *r, struct candidate *ret)
{
    const struct catalog_scan *scan = r->run->scan;
    size_t n = 0;
    for (size_t k = 0; k < sizeof files / sizeof *files; k++)
        for (size_t d = 0; d < sizeof folders / sizeof *folders; d++) {
            struct candidate c = {str_join(r->run->mem, r->root->prefix, str_of(folders[d]), str_of(files[k])), {NULL, 0}};
            if (str_eq(c.path, r->f->path))
                c.bytes = r->f->bytes;
            else if (!scan->sibling || scan->sibling(op, scan->arg, c.path, &c.bytes) != RC_OK)
                continue;
            if (c.bytes.n)
                ret[n++] = c;
        }
    return n;
}

/* A root that changed its kind of database may keep the old one: the newest kind that holds packages counts, the others are
 * told of and not read, for what they list is no longer kept up. */
static void choose(struct op *op, struct reading *r)
{
    struct candidate all[sizeof files / sizeof *files * (sizeof folders / sizeof *folders)];
    struct op quiet = {.mem = arena_child(op->mem), .limits = op->limits};
    size_t n = candidates(&quiet, r, all), best = 0;
    struct str others = {"", 0};
    while (n > 1 && best < n && packages_in(&quiet, all[best].path, all[best].bytes) == 0)
        best++;
    if (best < n)
        r->db->path = all[best].path;
    for (size_t i = 0; i < n; i++)
        if (i != best && best < n)
            others = str_join(quiet.mem, others, others.n ? STR(", ") : STR("beside it, not read: "), all[i].path, STR(" ("),
                str_of(rpmdb_kind_name(rpmdb_kind(all[i].bytes))), STR(")"));
    r->db->evidence = str_dup(r->run->mem, others);
    r->db->chosen = true;
    arena_close(quiet.mem);
}

/* ---- one header ---- */

static struct str text(const struct rpmheader *h, enum rpm_tag tag)
{
    struct str s;
    return rpmheader_str(h, tag, &s) && !str_eq(s, STR("(none)")) ? s : (struct str){"", 0};
}

/* "name-version-release.src.rpm" (or .nosrc.rpm): the epoch is not in it, so it is taken over when all the rest agrees. */
static void source_of(struct arena *mem, struct str file, struct str release, struct component *c)
{
    struct str name, version, stem = file;
    c->source = c->name;
    c->source_version = c->version;
    if (!str_ends(stem, STR(".rpm")) || !str_rsplit(str_but(stem, 4), '.', &stem, &name))
        return;
    size_t dash = str_rsplit(stem, '-', &name, &version) && str_rsplit(name, '-', &name, &version) ? name.n : 0;
    if (dash == 0)
        return;
    version = str_from(stem, dash + 1);
    bool same = str_eq(name, c->name) && str_eq(version, release);
    c->source = str_dup(mem, name);
    c->source_version = same ? c->version : str_dup(mem, version);
}

/* Name, version and the rest; false when the header lacks what makes a package. */
static bool component_of(const struct reading *r, const struct rpmheader *h, struct component *ret)
{
    struct str version = text(h, RPM_VERSION), release = text(h, RPM_RELEASE);
    uint32_t epoch = 0;
    struct component c = {.type = STR("rpm"), .name = text(h, RPM_NAME)};
    if (!os_word(c.name) || !os_word(version) || !os_word(release))
        return false;
    struct str whole = str_join(r->mem, version, STR("-"), release);
    c.version = whole;
    os_coordinates(r->root, r->mem, &c, STR(""), text(h, RPM_ARCH));
    if (rpmheader_number(h, RPM_EPOCH, &epoch) && epoch) {
        c.version = str_print(r->mem, "%u:" STR_FMT, epoch, STR_ARG(whole));
        component_qualify(r->mem, &c, "epoch", str_print(r->mem, "%u", epoch));
    }
    component_qualify(r->mem, &c, "rpmmod", text(h, RPM_MODULARITYLABEL));
    source_of(r->mem, text(h, RPM_SOURCERPM), whole, &c);
    *ret = c;
    return true;
}

static bool whole_paths(const struct reading *r, const struct rpmheader *h, uint32_t component)
{
    struct rpmvalues names;
    struct str name;
    if (!rpmheader_strings(h, RPM_OLDFILENAMES, &names))
        return true;
    while (rpmvalues_next(&names, &name))
        os_own(r->root, r->run, name, component);
    return names.count == 0;
}

/* Path i is DIRNAMES[DIRINDEXES[i]] + BASENAMES[i]: false when the three do not fit together. What fits is owned. */
static bool owned(const struct reading *r, const struct rpmheader *h, uint32_t component)
{
    struct rpmvalues names, indexes, dirs;
    struct catalog_folder *folder;
    struct str name;
    uint32_t n = 0;
    if (!rpmheader_strings(h, RPM_BASENAMES, &names))
        return whole_paths(r, h, component);
    if (!rpmheader_numbers(h, RPM_DIRINDEXES, &indexes) || !rpmheader_strings(h, RPM_DIRNAMES, &dirs))
        return false;
    if (indexes.count != names.count || dirs.count > names.count)
        return false;
    folder = arena_array(r->mem, dirs.count, sizeof *folder);
    while (rpmvalues_next(&dirs, &name))
        folder[n++] = os_folder(r->root, name);
    bool fits = dirs.count == 0;
    for (uint32_t i = 0; i < indexes.count; i++) {
        uint32_t d = rpmvalues_number(&indexes, i);
        if (!rpmvalues_next(&names, &name))
            return false;
        fits &= d < n;
        if (d < n)
            catalog_own_in(r->run->scan->owners, folder[d], name, component);
    }
    return fits;
}

/* A column of strings, its block of bytes copied as a whole; empty when it is absent. */
static struct rpmvalues column(const struct reading *r, const struct rpmheader *h, enum rpm_tag tag)
{
    struct rpmvalues v, all;
    struct str one;
    if (!rpmheader_strings(h, tag, &v))
        return (struct rpmvalues){{NULL, 0}, 0};
    all = v;
    while (rpmvalues_next(&all, &one)) {}
    v.bytes = str_dup(r->run->mem, str_upto(v.bytes, v.bytes.n - all.bytes.n));
    return v;
}

static void provides(const struct reading *r, const struct rpmheader *h, struct os_provider p)
{
    struct rpmvalues names = column(r, h, RPM_PROVIDENAME), versions = column(r, h, RPM_PROVIDEVERSION);
    struct str name;
    p.real = false;
    while (rpmvalues_next(&names, &name)) {
        if (!rpmvalues_next(&versions, &p.version))
            p.version = str_upto(name, 0);
        os_provide(r->root, name, p);
    }
}

static void requires(const struct reading *r, const struct rpmheader *h, struct package *p)
{
    p->names = column(r, h, RPM_REQUIRENAME);
    p->versions = column(r, h, RPM_REQUIREVERSION);
    if (rpmheader_numbers(h, RPM_REQUIREFLAGS, &p->flags))
        p->flags.bytes = str_dup(r->run->mem, str_upto(p->flags.bytes, (size_t)p->flags.count * 4));
}

static void package_add(struct reading *r, const struct rpmheader *h, const struct component *c)
{
    struct arena *mem = r->run->mem;
    uint32_t id = bom_add(r->bom, c);
    struct occurrence *o = bom_note(r->bom, id, r->root->scope, r->f->path, r->f->layer);
    struct package *p = vec_push(mem, &r->db->packages);
    o->evidence = r->db->evidence;
    *p = (struct package){.component = id, .arch = str_dup(mem, text(h, RPM_ARCH))};
    struct os_provider self = {.component = id, .arch = p->arch, .any_arch = true, .real = true};
    self.version = str_dup(mem, c->version);
    os_provide(r->root, str_dup(mem, c->name), self);
    provides(r, h, self);
    requires(r, h, p);
    r->bad += !owned(r, h, id);
}

static void header(struct op *op, void *arg, struct str blob)
{
    struct reading *r = arg;
    struct rpmheader h;
    struct component c;
    struct op quiet = {.mem = r->mem, .limits = op->limits};
    size_t bad = r->bad;
    arena_reset(r->mem);
    if (rpmheader_open(&quiet, blob, &h) != RC_OK) {
        r->bad++;
        fail(op, RC_INVALID, STR_FMT ": " STR_FMT, STR_ARG(r->f->path), STR_ARG(quiet.err.text));
        return;
    }
    if (str_eq(text(&h, RPM_NAME), STR("gpg-pubkey"))) /* a key, not a package */
        return;
    if (component_of(r, &h, &c))
        package_add(r, &h, &c);
    else
        r->bad++;
    if (r->bad != bad)
        fail(op, RC_INVALID, STR_FMT ": the header of '" STR_FMT "' is damaged", STR_ARG(r->f->path),
            STR_ARG(text(&h, RPM_NAME)));
}

static enum rc file(struct op *op, struct catalog_run *run, const struct catalog_file *f, struct bom *bom)
{
    struct os_root *root = os_root_of(op, run, f->path);
    if (f->bytes.n == 0)
        return RC_OK;
    if (str_ends(f->path, STR("-wal")))
        return fail(op, RC_INVALID, STR_FMT ": the journal was not applied: what changed in it is missing", STR_ARG(f->path));
    if (!root->state)
        root->state = arena_alloc(run->mem, sizeof(struct rpm));
    struct reading r = {run, root, root->state, bom, f, arena_child(op->mem), 0};
    const struct rpmdb_visitor v = {header, &r};
    if (!r.db->chosen)
        choose(op, &r);
    if (r.db->path.n && !str_eq(r.db->path, f->path))
        return RC_OK;
    enum rc rc = rpmdb_read(op, f->path, f->bytes, &v);
    arena_close(r.mem);
    return rc == RC_OK && r.bad ? RC_INVALID : rc;
}

/* ---- edges ---- */

/* A name, or a path that some package owns. "rpmlib(…)" and "(a or b)" find nobody. */
static void requirement(const struct catalog_run *run, struct os_root *root, struct bom *bom, uint32_t from,
    const struct os_query *q)
{
    struct os_answer answer;
    uint32_t owner;
    os_find(root, q, &answer);
    if (answer.n == 0 && str_starts(q->name, STR("/")) && os_owner(root, run, q->name, &owner))
        answer = (struct os_answer){{owner}, 1};
    os_edges(root, bom, from, &answer, true);
}

static void edges_of(const struct catalog_run *run, struct os_root *root, struct bom *bom, const struct package *p)
{
    struct rpmvalues names = p->names, versions = p->versions;
    struct str name, version;
    for (uint32_t i = 0; rpmvalues_next(&names, &name); i++) {
        bool versioned = rpmvalues_next(&versions, &version) && i < p->flags.count
            && (rpmvalues_number(&p->flags, i) & SENSE_COMPARES) == SENSE_EQUAL;
        requirement(run, root, bom, p->component, &(struct os_query){name, p->arch, versioned ? version : str_upto(name, 0)});
    }
}

static enum rc done(struct op *op, struct catalog_run *run, struct bom *bom)
{
    (void)op;
    for (struct os_root *root = run->state; root; root = root->next) {
        const struct rpm *db = root->state;
        for (size_t i = 0; db && i < db->packages.n; i++)
            edges_of(run, root, bom, &db->packages.at[i]);
    }
    return RC_OK;
}

static const char *const paths[] = {
    "var/lib/rpm/Packages", "var/lib/rpm/Packages.db", "var/lib/rpm/rpmdb.sqlite", "var/lib/rpm/rpmdb.sqlite-wal",
    "usr/lib/sysimage/rpm/Packages", "usr/lib/sysimage/rpm/Packages.db", "usr/lib/sysimage/rpm/rpmdb.sqlite",
    "usr/lib/sysimage/rpm/rpmdb.sqlite-wal", "usr/share/rpm/Packages", "usr/share/rpm/Packages.db", "usr/share/rpm/rpmdb.sqlite",
    "usr/share/rpm/rpmdb.sqlite-wal", NULL,
};

const struct cataloger cataloger_rpm = {
    .name = "rpm",
    .help = "Packages in an rpm database (SQLite, NDB or Berkeley DB), with their source packages, dependencies and files.",
    .paths = paths,
    .profiles = PROFILE_INSTALLED,
    .flags = CATALOG_DATABASE,
    .scope = SCOPE_INSTALLED,
    .file = file,
    .done = done,
};
