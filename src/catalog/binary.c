/* ELF files that no package owns: their package note, and the marks of well-known C software in their read-only data.
 * A file that shows neither yields nothing. */
#include "base/json.h"
#include "catalog/anchors.h"
#include "catalog/catalog.h"
#include "catalog/go_build.h"
#include "catalog/marks.h"
#include "format/elf.h"

enum { FINDS_MOST = 64, REGIONS_MOST = 64, NOTE_MOST = 64 << 10 };
#define NOTE_PACKAGE UINT32_C(0xcafe1a7e)

/* Made once per scan: all anchors of the table, ready to be searched for. */
struct state {
    struct anchors *anchors;
    size_t mark_of[MARKS_MOST]; /* by place among the anchors */
};

struct find {
    size_t mark;
    struct str version; /* empty: it is there, but which version is not known */
    uint64_t offset;
    bool sure; /* it stood behind its anchor, or something else confirms it */
};

/* Data that is read only. */
struct region {
    struct str bytes;
    uint64_t offset;
};

struct look {
    struct op *op;
    struct catalog_run *run;
    const struct catalog_file *file;
    struct bom *bom;
    struct elf elf;
    struct elf_dynamic dynamic;
    struct str base;
    bool named[MARKS_MOST], seen[MARKS_MOST], needed[MARKS_MOST];
    uint64_t seen_at[MARKS_MOST];
    struct region regions[REGIONS_MOST];
    size_t region_count;
    struct find finds[FINDS_MOST];
    size_t find_count;
};

static struct state *state_of(struct catalog_run *run)
{
    struct str literals[MARKS_MOST];
    size_t n = 0;
    if (run->state)
        return run->state;
    struct state *s = run->state = arena_alloc(run->mem, sizeof *s);
    for (size_t i = 0; marks[i].project; i++)
        if (marks[i].anchor) {
            s->mark_of[n] = i;
            literals[n++] = str_of(marks[i].anchor);
        }
    s->anchors = anchors_open(run->mem, literals, n);
    return s;
}

/* ---- where to look ---- */

static void add_region(struct look *l, struct str bytes, uint64_t offset)
{
    if (bytes.n && l->region_count < REGIONS_MOST)
        l->regions[l->region_count++] = (struct region){bytes, offset};
}

static bool unwinding(struct str name)
{
    return str_starts(name, STR(".eh_frame")) || str_eq(name, STR(".gcc_except_table")) || str_eq(name, STR(".gopclntab"));
}

/* Data that is loaded, and neither written nor run; without sections, such segments, else all that is loaded. */
static void find_regions(struct look *l)
{
    struct elf_section s;
    struct elf_segment g;
    for (uint32_t i = 0; elf_section(&l->elf, i, &s); i++) {
        bool data = s.type == 1 && (s.flags & (ELF_SHF_ALLOC | ELF_SHF_WRITE | ELF_SHF_EXECINSTR)) == ELF_SHF_ALLOC;
        if (data && !(s.flags & ELF_SHF_COMPRESSED) && !unwinding(s.name))
            add_region(l, s.bytes, s.offset);
    }
    for (uint32_t pass = 0; pass < 2 && l->region_count == 0; pass++)
        for (uint32_t i = 0; elf_segment(&l->elf, i, &g); i++)
            if (g.type == ELF_PT_LOAD && (pass == 1 || (g.flags & (ELF_PF_W | ELF_PF_X)) == 0))
                add_region(l, g.bytes, g.offset);
}

/* ---- marks ---- */

static bool counts(const struct look *l, size_t mark)
{
    return l->named[mark] || ((marks[mark].flags & MARK_EMBEDDED) && !l->needed[mark]);
}

static void add_find(struct look *l, size_t mark, struct str version, uint64_t offset, bool sure)
{
    for (size_t i = 0; i < l->find_count; i++)
        if (strcmp(marks[l->finds[i].mark].project, marks[mark].project) == 0 && str_eq(l->finds[i].version, version)) {
            l->finds[i].sure |= sure;
            return;
        }
    if (l->find_count < FINDS_MOST)
        l->finds[l->find_count++] = (struct find){mark, version, offset, sure};
}

struct region_look {
    struct look *l;
    const struct state *s;
    const struct region *region;
};

static void hit(void *arg, size_t which, size_t at)
{
    struct region_look *r = arg;
    size_t mark = r->s->mark_of[which];
    const struct mark *m = &marks[mark];
    if (!counts(r->l, mark))
        return;
    if (!r->l->seen[mark])
        r->l->seen_at[mark] = r->region->offset + at;
    r->l->seen[mark] = true;
    if (m->bare)
        return;
    struct str version = mark_version(m, str_from(r->region->bytes, at + strlen(m->anchor)));
    if (version.n)
        add_find(r->l, mark, version, r->region->offset + at, true);
}

/* Is a > b, both being numbers with dots? */
static bool greater(struct str a, struct str b)
{
    struct str x, y;
    while (a.p && b.p && str_cut(&a, '.', &x) && str_cut(&b, '.', &y)) {
        uint64_t u = 0, v = 0;
        (void)(str_num(x, &u) + str_num(y, &v));
        if (u != v)
            return u > v;
    }
    return a.p && !b.p;
}

/* "3.11.2" and "cpython-": does "cpython-311" stand anywhere? */
static bool confirmed(const struct look *l, const struct mark *m, struct str version)
{
    struct str rest = version, a, b;
    if (!m->confirm)
        return true;
    if (!str_cut(&rest, '.', &a) || !rest.p || !str_cut(&rest, '.', &b))
        return false;
    struct str text = str_join(l->op->mem, str_of(m->confirm), a, b);
    for (size_t i = 0; i < l->region_count; i++)
        if (str_find(l->regions[i].bytes, text) != STR_NONE)
            return true;
    return false;
}

/* Another project's version, found behind its anchor in this file? */
static bool taken(const struct look *l, size_t mark, struct str version)
{
    for (size_t i = 0; i < l->find_count; i++)
        if (l->finds[i].sure && str_eq(l->finds[i].version, version)
            && strcmp(marks[l->finds[i].mark].project, marks[mark].project) != 0)
            return true;
    return false;
}

/* Is the project's library one that this file loads? */
static bool loads(const struct look *l, const char *project)
{
    for (size_t i = 0; marks[i].project; i++)
        if (l->needed[i] && strcmp(marks[i].project, project) == 0)
            return true;
    return false;
}

/* The version that stands alone: the only one, or the greatest; not known when several would do. */
static void find_bare(struct look *l, size_t mark)
{
    enum { TRIED_MOST = 4096, CONFIRMED_MOST = 16 };
    const struct mark *m = &marks[mark];
    struct str best = {"", 0}, v;
    uint64_t best_at = m->anchor ? l->seen_at[mark] : 0;
    bool several = false;
    unsigned tried = 0, asked = 0;
    for (size_t i = 0; i < l->region_count; i++)
        for (size_t at = 0; tried < TRIED_MOST && mark_bare(m, l->regions[i].bytes, &at, &v); tried++) {
            if (str_eq(v, best) || taken(l, mark, v) || asked > CONFIRMED_MOST)
                continue;
            asked += m->confirm != NULL;
            if (!confirmed(l, m, v))
                continue;
            several |= best.n != 0;
            if (best.n == 0 || greater(v, best)) {
                best = v;
                best_at = l->regions[i].offset + at - v.n;
            }
        }
    if (several && !(m->flags & MARK_GREATEST))
        best.n = 0;
    if (best.n || (!loads(l, m->project) && !(m->flags & MARK_EVEN)))
        add_find(l, mark, best, best_at, m->confirm && best.n);
}

/* Was the project found in some version? */
static bool is_known(const struct look *l, const char *project)
{
    for (size_t i = 0; i < l->find_count; i++)
        if (l->finds[i].version.n && strcmp(marks[l->finds[i].mark].project, project) == 0)
            return true;
    return false;
}

static void find_marks(struct look *l)
{
    struct region_look r = {.l = l, .s = state_of(l->run)};
    for (size_t i = 0; marks[i].project; i++) {
        l->named[i] = mark_names(&marks[i], l->base) || mark_names(&marks[i], l->dynamic.soname);
        vec_each(const struct str, n, &l->dynamic.needed)
            l->needed[i] |= mark_names(&marks[i], str_base(*n));
    }
    for (size_t i = 0; i < l->region_count; i++) {
        r.region = &l->regions[i];
        anchors_find(r.s->anchors, r.region->bytes, hit, &r);
    }
    /* Those that can be confirmed come first: their versions are then out of question for others. */
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; marks[i].project; i++)
            if (marks[i].bare && (pass == 0) == (marks[i].confirm != NULL) && counts(l, i)
                && (marks[i].anchor ? l->seen[i] : l->named[i]))
                find_bare(l, i);
    for (size_t i = 0; marks[i].project; i++)
        if (!marks[i].bare && l->named[i] && l->seen[i])
            add_find(l, i, (struct str){"", 0}, l->seen_at[i], false);
}

/* ---- what it comes to ---- */

/* Below something that carries its own copies along. */
static bool carried(struct str path)
{
    return str_find(path, STR("!/")) != STR_NONE || str_find(path, STR(".libs/")) != STR_NONE
           || str_find(path, STR("node_modules/")) != STR_NONE;
}

static void add_evidence(struct look *l, struct buf *b)
{
    struct str id = elf_build_id(&l->elf, l->op->mem);
    if (l->dynamic.soname.n)
        buf_print(b, "; soname " STR_FMT, STR_ARG(str_upto(l->dynamic.soname, 200)));
    if (id.n)
        buf_print(b, "; build-id " STR_FMT, STR_ARG(id));
}

static void add_component(struct look *l, const struct find *f)
{
    const struct mark *m = &marks[f->mark];
    struct str version = mark_print(m, l->op->mem, f->version);
    struct component c = {.type = STR("generic"), .name = str_of(m->project), .version = version};
    uint32_t id = bom_add(l->bom, &c);
    bool own = l->named[f->mark] && !carried(l->file->path);
    struct buf b;
    buf_open(&b, l->bom->mem, "evidence", 1 << 16);
    if (f->offset)
        buf_print(&b, "at %llu: ", (unsigned long long)f->offset);
    if (m->anchor)
        buf_add(&b, str_escape(l->op->mem, str_of(m->anchor)));
    if (m->bare && m->anchor && f->version.n)
        buf_add(&b, STR(" … "));
    if (m->skip && f->version.n)
        buf_print(&b, "…%s", m->skip);
    buf_add(&b, f->version);
    if (b.n == 0)
        buf_add(&b, STR("file name"));
    add_evidence(l, &b);
    bom_note(l->bom, id, own ? SCOPE_INSTALLED : SCOPE_BUNDLED, l->file->path, l->file->layer)->evidence = buf_str(&b);
}

/* ---- the package note ---- */

struct package_note {
    struct str type, os, name, version, arch;
};

static enum rc read_note(struct op *op, struct str name, struct str desc, struct package_note *ret)
{
    struct json j;
    struct str key;
    while (desc.n && desc.p[desc.n - 1] == '\0')
        desc.n--;
    if (desc.n > NOTE_MOST)
        return fail(op, RC_LIMIT, STR_FMT ": its package note is too long", STR_ARG(name));
    json_open(&j, op, str_join(op->mem, name, STR(" package note")), desc, 0);
    if (json_object(&j))
        while (json_key(&j, &key)) {
            if (str_eq(key, STR("type")))
                ret->type = json_string(&j);
            else if (str_eq(key, STR("os")))
                ret->os = json_string(&j);
            else if (str_eq(key, STR("name")))
                ret->name = json_string(&j);
            else if (str_eq(key, STR("version")))
                ret->version = json_string(&j);
            else if (str_eq(key, STR("architecture")))
                ret->arch = json_string(&j);
        }
    return json_close(&j);
}

/* The note names the source package and the distribution that built the file, which need not be this one. */
static enum rc package_note(struct look *l, bool *ret_found)
{
    static const char *const types[] = {"deb", "rpm", "apk", "alpm", NULL};
    struct package_note n = {{"", 0}, {"", 0}, {"", 0}, {"", 0}, {"", 0}};
    struct str desc;
    if (!elf_note(&l->elf, STR("FDO"), NOTE_PACKAGE, &desc))
        return RC_OK;
    TRY(read_note(l->op, l->file->path, desc, &n));
    if (n.name.n == 0)
        return RC_OK;
    struct component c = {.type = STR("generic"), .name = n.name, .version = n.version};
    for (size_t i = 0; types[i]; i++)
        if (str_eq(n.type, str_of(types[i]))) {
            c.type = str_of(types[i]);
            c.ns = str_lower(l->op->mem, n.os);
            c.source = n.name;
            c.source_version = n.version;
            component_qualify(l->op->mem, &c, "arch", n.arch);
        }
    uint32_t id = bom_add(l->bom, &c);
    enum scope scope = carried(l->file->path) ? SCOPE_BUNDLED : SCOPE_INSTALLED;
    struct buf b;
    buf_open(&b, l->bom->mem, "evidence", 1 << 16);
    buf_add(&b, STR("package note"));
    add_evidence(l, &b);
    bom_note(l->bom, id, scope, l->file->path, l->file->layer)->evidence = buf_str(&b);
    *ret_found = true;
    return RC_OK;
}

/* Go's own linker takes in C objects of its standard library only; anything else is linked by a C compiler, which leaves
 * tables for unwinding and constructors. */
static bool linked_by_go(const struct elf *e)
{
    struct elf_section s;
    return elf_section_named(e, STR(".go.buildinfo"), &s) && !elf_section_named(e, STR(".eh_frame"), &s)
        && !elf_section_named(e, STR(".init_array"), &s);
}

static enum rc file(struct op *op, struct catalog_run *run, const struct catalog_file *f, struct bom *bom)
{
    struct look *l = arena_alloc(op->mem, sizeof *l);
    struct go_build go;
    bool noted = false;
    *l = (struct look){.op = op, .run = run, .file = f, .bom = bom, .base = str_base(f->path)};
    if (elf_open(&l->elf, f->bytes) != RC_OK)
        return RC_OK;
    elf_dynamic(&l->elf, op->mem, &l->dynamic);
    enum rc rc = package_note(l, &noted);
    if (go_build_read(op, &l->elf, &go) == RC_OK && (go.pure || linked_by_go(&l->elf)))
        return rc;
    find_regions(l);
    find_marks(l);
    for (size_t i = 0; i < l->find_count; i++)
        if (l->finds[i].version.n || !is_known(l, marks[l->finds[i].mark].project))
            add_component(l, &l->finds[i]);
    return rc;
}

const struct cataloger cataloger_binary = {
    .name = "binary",
    .help = "Programs and libraries that no package owns, by package note and the marks of well-known C software.",
    .profiles = PROFILE_INSTALLED,
    .flags = CATALOG_ELF,
    .scope = SCOPE_INSTALLED,
    .file = file,
};
