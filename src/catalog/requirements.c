/* requirements files of pip, with those they include. Only == and === say a version; whatever else is asked for stays
 * a component of unknown version. */
#include "base/buf.h"
#include "base/map.h"
#include "base/utf8.h"
#include "catalog/catalog.h"
#include "catalog/pep508.h"
#include "catalog/vcs.h"

enum { INCLUDES_MOST = 256 };

struct source {
    struct str path, bytes;
};

struct reading {
    struct op *op;
    struct catalog_run *run;
    const struct catalog_file *file; /* the outermost */
    struct bom *bom;
    enum scope scope;
    struct map seen;         /* paths */
    VEC(struct source) todo; /* grows while it is walked */
    struct str path;         /* being read */
    size_t line, bad, first_bad;
};

/* ---- text ---- */

static uint32_t unit(struct str s, size_t i, bool big)
{
    uint32_t a = (unsigned char)s.p[i], b = (unsigned char)s.p[i + 1];
    return big ? a << 8 | b : b << 8 | a;
}

/* UTF-8 for a file that starts with a byte-order mark of UTF-16; anything else as it is. */
static struct str plain_text(struct arena *mem, struct str s)
{
    bool big = str_starts(s, STR("\xfe\xff"));
    if (str_take(&s, STR("\xef\xbb\xbf")) || (!big && !str_starts(s, STR("\xff\xfe"))))
        return s;
    char *out = arena_alloc(mem, s.n * 2);
    size_t n = 0;
    for (size_t i = 2; i + 1 < s.n; i += 2) {
        uint32_t c = unit(s, i, big), low = c >= 0xd800 && c < 0xdc00 && i + 3 < s.n ? unit(s, i + 2, big) : 0;
        if (low >= 0xdc00 && low < 0xe000) {
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
            i += 2;
        }
        n += utf8_write(c >= 0xd800 && c < 0xe000 ? 0xfffd : c, out + n);
    }
    return (struct str){out, n};
}

/* A comment starts the line or follows a blank. */
static struct str without_comment(struct str line)
{
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] == '#' && (i == 0 || is_space(line.p[i - 1])))
            return str_upto(line, i);
    return line;
}

/* The next line, those that end in a backslash joined with what follows. */
static bool logical_line(struct reading *r, struct str *rest, struct str *ret)
{
    struct str line;
    struct buf b;
    if (!str_line(rest, &line))
        return false;
    r->line++;
    if (!str_ends(line, STR("\\"))) {
        *ret = str_trim(without_comment(line));
        return true;
    }
    buf_open(&b, r->op->mem, "line", SIZE_MAX);
    while (str_ends(line, STR("\\"))) {
        buf_add(&b, str_but(line, 1));
        line = (struct str){"", 0};
        if (!str_line(rest, &line))
            break;
        r->line++;
    }
    buf_add(&b, line);
    *ret = str_trim(without_comment(buf_str(&b)));
    return true;
}

/* ---- includes ---- */

/* `target` as seen from the folder of `from`: false when it leads out of the tree or of the archive. */
static bool join_path(struct arena *mem, struct str from, struct str target, struct str *ret)
{
    char *out = arena_alloc(mem, from.n + target.n + 2);
    struct str dir = str_dir(from), rest = target, part;
    size_t n = dir.n;
    if (target.n == 0 || target.p[0] == '/' || str_find(target, STR("://")) != STR_NONE || str_chr(target, '\0') != STR_NONE)
        return false;
    memcpy(out, dir.p, dir.n);
    while (str_cut(&rest, '/', &part)) {
        if (part.n == 0 || str_eq(part, STR(".")))
            continue;
        if (str_eq(part, STR(".."))) {
            if (n == 0 || out[n - 1] == '!')
                return false;
            n = str_dir((struct str){out, n}).n;
            continue;
        }
        if (n)
            out[n++] = '/';
        memcpy(out + n, part.p, part.n);
        n += part.n;
    }
    *ret = (struct str){out, n};
    return n > 0;
}

static void gap(struct reading *r, struct str what, const char *why)
{
    bom_gap(r->bom, r->path, str_print(r->op->mem, "line %zu: " STR_FMT " %s", r->line, STR_ARG(str_upto(what, 200)), why));
}

static void include(struct reading *r, struct str target)
{
    struct str path, bytes;
    bool is_new;
    if (!join_path(r->op->mem, r->path, target, &path)) {
        gap(r, target, "lies outside of what is scanned");
        return;
    }
    map_add(&r->seen, path, &is_new);
    if (!is_new)
        return;
    const struct catalog_scan *scan = r->run->scan;
    if (r->todo.n == INCLUDES_MOST)
        gap(r, target, "is one included file too many");
    else if (!scan->sibling || scan->sibling(r->op, scan->arg, path, &bytes) != RC_OK)
        gap(r, target, "is included, but not there");
    else
        *vec_push(r->op->mem, &r->todo) = (struct source){path, bytes};
}

/* ---- requirements ---- */

static void bad_line(struct reading *r)
{
    if (r->bad++ == 0)
        r->first_bad = r->line;
}

static void add(struct reading *r, struct str name, struct str version, struct str evidence)
{
    struct component c = pypi_component(r->op->mem, name, version);
    vcs_qualify(r->op->mem, &c, evidence);
    uint32_t id = bom_add(r->bom, &c);
    bom_note(r->bom, id, r->scope, r->path, r->file->layer)->evidence = str_dup(r->bom->mem, evidence);
}

static bool is_address(struct str s)
{
    struct str words = s, one;
    return str_word(&words, &one) && (str_chr(one, '/') != STR_NONE || str_starts(one, STR(".")));
}

/* name-version-….whl: its name and version stand in its file name by definition. */
static bool wheel_name(struct str address, struct str *ret_name, struct str *ret_version)
{
    struct str file = address, cut, ignored;
    if (str_split(file, '#', &cut, &ignored))
        file = cut;
    if (str_split(file, '?', &cut, &ignored))
        file = cut;
    file = str_base(file);
    return str_ends(file, STR(".whl")) && str_cut(&file, '-', ret_name) && file.p && str_cut(&file, '-', ret_version) && file.p
        && ret_name->n && ret_version->n && is_digit(ret_version->p[0]);
}

/* An address or path: it names its project in an "egg" fragment or not at all. */
static void address(struct reading *r, struct str text)
{
    struct str words = text, one, name, version;
    if (!str_word(&words, &one))
        return;
    size_t egg = str_find(one, STR("egg="));
    if (egg != STR_NONE && egg > 0 && (one.p[egg - 1] == '#' || one.p[egg - 1] == '&')) {
        struct str rest = str_from(one, egg + 4);
        name = pep508_name(&rest);
        if (name.n)
            add(r, name, (struct str){"", 0}, one);
        else
            bad_line(r);
    } else if (wheel_name(one, &name, &version)) {
        add(r, name, version, one);
    } else if (str_find(one, STR("://")) != STR_NONE) {
        gap(r, one, "does not say which package it is");
    }
}

static void requirement(struct reading *r, struct str text)
{
    struct pep508 p;
    for (size_t i = 0; i + 2 < text.n; i++)
        if (is_space(text.p[i]) && text.p[i + 1] == '-' && text.p[i + 2] == '-')
            text = str_upto(text, i); /* --hash and other options of one requirement */
    bool ok = pep508_parse(text, &p);
    if ((!ok && is_address(text)) || (ok && str_ends(p.name, STR(".whl")))) {
        address(r, text);
        return;
    }
    if (!ok) {
        bad_line(r);
        return;
    }
    struct str pin = pep508_pin(p.specs);
    struct str evidence = p.address.n ? p.address : pin.n ? (struct str){"", 0} : p.specs;
    add(r, p.name, pin, evidence);
}

/* "-r x", "-rx", "--requirement x", "--requirement=x": the value of this option, false when it is another one. */
static bool option(struct str line, struct str brief, struct str full, struct str *ret)
{
    if (str_take(&line, full)) {
        if (line.n && line.p[0] != '=' && !is_space(line.p[0]))
            return false;
        str_take(&line, STR("="));
    } else if (str_starts(line, STR("--")) || !str_take(&line, brief)) {
        return false;
    }
    *ret = str_trim(line);
    if (ret->n >= 2 && (ret->p[0] == '"' || ret->p[0] == '\'') && ret->p[ret->n - 1] == ret->p[0])
        *ret = str_but(str_from(*ret, 1), 1);
    return true;
}

static void read_source(struct reading *r, const struct source *s)
{
    struct str rest = plain_text(r->op->mem, s->bytes), line, value;
    r->path = s->path;
    r->line = r->bad = 0;
    while (logical_line(r, &rest, &line)) {
        if (line.n == 0)
            continue;
        if (line.p[0] != '-')
            requirement(r, line);
        else if (option(line, STR("-r"), STR("--requirement"), &value))
            include(r, value);
        else if (option(line, STR("-e"), STR("--editable"), &value))
            address(r, value);
    }
    if (r->bad)
        bom_gap(r->bom, r->path,
                str_print(r->op->mem, "lines that are no requirements: %zu, the first is line %zu", r->bad, r->first_bad));
}

/* What such a file is called says whether its packages are for development or tests. */
static enum scope scope_of(struct str path)
{
    static const char *const build[] = {"dev", "develop", "development", "build", "doc", "docs", "lint", NULL};
    static const char *const test[] = {"test", "tests", "testing", NULL};
    struct str base = str_base(path);
    size_t from = 0;
    for (size_t i = 0; i <= base.n; i++) {
        if (i < base.n && is_alnum(base.p[i]))
            continue;
        struct str word = {base.p + from, i - from};
        from = i + 1;
        for (size_t k = 0; build[k]; k++)
            if (str_eq(word, str_of(build[k])))
                return SCOPE_BUILD;
        for (size_t k = 0; test[k]; k++)
            if (str_eq(word, str_of(test[k])))
                return SCOPE_TEST;
    }
    return SCOPE_DECLARED;
}

static enum rc file(struct op *op, struct catalog_run *run, const struct catalog_file *f, struct bom *bom)
{
    struct reading *r = arena_alloc(op->mem, sizeof *r);
    bool is_new;
    if (str_starts(str_base(f->path), STR("constraints")))
        return RC_OK; /* limits what others ask for, asks for nothing */
    *r = (struct reading){.op = op, .run = run, .file = f, .bom = bom, .scope = scope_of(f->path)};
    map_open(&r->seen, op->mem);
    map_add(&r->seen, f->path, &is_new);
    *vec_push(op->mem, &r->todo) = (struct source){f->path, f->bytes};
    for (size_t i = 0; i < r->todo.n; i++) {
        struct source s = r->todo.at[i];
        read_source(r, &s);
    }
    return RC_OK;
}

static const char *const paths[] = {"**/*requirements*.txt", "**/requirements/*.txt", NULL};

const struct cataloger cataloger_requirements = {
    .name = "requirements",
    .help = "requirements files of pip, with the files they include.",
    .paths = paths,
    .profiles = PROFILE_DECLARED,
    .scope = SCOPE_DECLARED,
    .file = file,
};
