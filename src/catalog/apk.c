/* apk: the installed database, one record a package, one letter a field. */
#include "catalog/ospackage.h"

struct record {
    struct str name, version, arch, origin, depends, provides;
    bool has_files;
    const char *why; /* it is malformed; NULL otherwise */
};

struct package {
    uint32_t component;
    struct str depends;
};

struct apk {
    VEC(struct package) packages;
};

static struct str *field(struct record *r, char letter)
{
    switch (letter) {
    case 'P': return &r->name;
    case 'V': return &r->version;
    case 'A': return &r->arch;
    case 'o': return &r->origin;
    case 'D': return &r->depends;
    case 'p': return &r->provides;
    default: return NULL;
    }
}

/* Cuts the next record, without the empty line after it; *line counts on. */
static bool cut_record(struct str *rest, struct str *ret, size_t *line)
{
    struct str text;
    const char *from = NULL;
    while (str_line(rest, &text)) {
        ++*line;
        if (text.n == 0 && from)
            return true;
        if (text.n == 0)
            continue;
        if (!from)
            from = text.p;
        *ret = (struct str){from, (size_t)(text.p + text.n - from)};
    }
    return from != NULL;
}

static void record_read(struct str text, struct record *ret)
{
    struct str line;
    *ret = (struct record){.why = NULL};
    while (str_line(&text, &line)) {
        if (line.n < 2 || line.p[1] != ':') {
            ret->why = "expected a letter and a colon";
            return;
        }
        struct str *to = field(ret, line.p[0]);
        ret->has_files |= line.p[0] == 'R';
        if (to && to->p)
            ret->why = "the same field twice in one record";
        if (to)
            *to = str_from(line, 2);
    }
    if (!ret->why && !os_word(ret->name))
        ret->why = "a record without a package name";
    if (!ret->why && !os_word(ret->version))
        ret->why = "a package without a version";
}

/* "name", "name=1.2", "so:libz.so.1=1.2.13", "name@tag>=1": the name. */
static struct str name_of(struct str word)
{
    size_t n = 0;
    while (n < word.n && !memchr("<>=~@", word.p[n], 5))
        n++;
    return str_upto(word, n);
}

static void files_read(const struct os_root *root, const struct catalog_run *run, struct str text, uint32_t component)
{
    struct catalog_folder folder = os_folder(root, str_upto(text, 0));
    struct str line;
    while (str_line(&text, &line)) {
        if (str_take(&line, STR("F:")))
            folder = os_folder(root, line);
        else if (str_take(&line, STR("R:")))
            catalog_own_in(run->scan->owners, folder, line, component);
    }
}

static void package_add(struct op *op, struct catalog_run *run, struct os_root *root, const struct catalog_file *f,
    const struct record *r, struct bom *bom, uint32_t *ret)
{
    struct arena *mem = run->mem;
    struct apk *db = root->state;
    struct component c = {.type = STR("apk"), .name = r->name, .version = r->version};
    struct str rest = str_dup(mem, r->provides), word;
    c.source = r->origin.n ? r->origin : r->name;
    c.source_version = r->version;
    os_coordinates(root, op->mem, &c, STR("alpine"), r->arch);
    uint32_t id = *ret = bom_add(bom, &c);
    bom_note(bom, id, root->scope, f->path, f->layer);
    os_provide(root, str_dup(mem, r->name), (struct os_provider){.component = id, .real = true});
    while (str_word(&rest, &word))
        os_provide(root, name_of(word), (struct os_provider){.component = id});
    *vec_push(mem, &db->packages) = (struct package){id, str_dup(mem, r->depends)};
}

static enum rc file(struct op *op, struct catalog_run *run, const struct catalog_file *f, struct bom *bom)
{
    struct os_root *root = os_root_of(op, run, f->path);
    struct str rest = f->bytes, text = {NULL, 0};
    size_t line = 0, bad = 0;
    struct record r;
    if (!root->state)
        root->state = arena_alloc(run->mem, sizeof(struct apk));
    while (cut_record(&rest, &text, &line)) {
        uint32_t id;
        record_read(text, &r);
        if (r.why) {
            bad++;
            fail(op, RC_INVALID, STR_FMT ": record before line %zu: %s", STR_ARG(f->path), line, r.why);
            continue;
        }
        /* What "apk add --virtual" makes: a name for a set of other packages, nothing of its own. */
        if (r.name.p[0] == '.' && !r.has_files)
            continue;
        package_add(op, run, root, f, &r, bom, &id);
        files_read(root, run, text, id);
    }
    if (bad == 0 && f->bytes.n && !str_ends(f->bytes, STR("\n")))
        return fail(op, RC_INVALID, STR_FMT ": the last line is cut", STR_ARG(f->path));
    return bad ? RC_INVALID : RC_OK;
}

static enum rc done(struct op *op, struct catalog_run *run, struct bom *bom)
{
    (void)op;
    for (struct os_root *root = run->state; root; root = root->next) {
        const struct apk *db = root->state;
        vec_each(const struct package, p, &db->packages) {
            struct str rest = p->depends, word;
            while (str_word(&rest, &word)) {
                struct os_answer answer;
                if (word.p[0] == '!') /* a conflict */
                    continue;
                os_find(root, &(struct os_query){.name = name_of(word)}, &answer);
                os_edges(root, bom, p->component, &answer, true);
            }
        }
    }
    return RC_OK;
}

static const char *const paths[] = {"lib/apk/db/installed", "usr/lib/apk/db/installed", NULL};

const struct cataloger cataloger_apk = {
    .name = "apk",
    .help = "Alpine packages installed by apk, with their origins, dependencies and files.",
    .paths = paths,
    .profiles = PROFILE_INSTALLED,
    .flags = CATALOG_DATABASE,
    .scope = SCOPE_INSTALLED,
    .file = file,
    .done = done,
};
