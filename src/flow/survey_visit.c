/* Which files of a tree are worth reading: decided from the path, then from the first bytes. */
#include "flow/survey_tree.h"

/* Endings that never name an ELF file: not worth an open on trees of 40,000 files. */
static const char *const dull[] = {
    "js", "ts", "mjs", "cjs", "mts", "cts", "map", "json", "md", "txt", "html", "htm", "css", "scss", "less", "yml", "yaml", "toml", "xml",
    "py", "pyc", "pyi", "pyx", "pxd", "rb", "pl", "pm", "pod", "php", "lua", "tcl", "el", "elc", "go", "rs", "java", "c", "h", "cc", "cpp",
    "hpp", "hh", "cmake", "m4", "am", "in", "pc", "la", "svg", "png", "jpg", "jpeg", "gif", "ico", "ttf", "woff", "woff2", "pdf", "gz", "xz",
    "bz2", "zst", "mo", "po", "list", "md5sums", "conf", "cfg", "ini", "service", "desktop", "csv", "tsv", "log", "lock", "flow", "snap",
    "jsx", "tsx", "vue", "coffee", "rst", "tex", "sh", "bash", "fish", "zsh", "vim", "gir", "typelib", "dat", "sql", "class", "patch", "diff",
    "typed", "markdown", "tsbuildinfo", "jinja", "j2", "npy", "npz", "mat", "f90", "eot", "pot", "wav",
};

/* Whole names of the same kind. */
static const char *const dull_names[] = {
    "LICENSE", "LICENCE", "license", "COPYING", "NOTICE", "README", "AUTHORS", "Makefile", "RECORD", "WHEEL", "INSTALLER", "REQUESTED", "METADATA",
    "LICENSE-MIT", "CHANGELOG", "copyright",
};

/* Archives that are software by their nature, and general ones. */
static const char *const software[] = {
    "jar", "war", "ear", "par", "sar", "nar", "jpi", "hpi", "kar", "lpkg", "whl", "nupkg", "egg", "aar",
};
static const char *const general[] = {"zip", "tar", "tgz", "txz", "tbz2", "tar.gz", "tar.xz", "tar.bz2", "tar.zst"};

/* Folders whose programs belong to packages as a rule: in a stream their ELF files wait for the database. */
static const char *const packaged[] = {"usr/bin/", "usr/sbin/", "usr/lib", "usr/libexec/", "bin/", "sbin/", "lib"};

static bool ends_in(struct str path, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct str e = str_of(list[i]);
        /* Most differ in their last byte already. */
        if (path.n <= e.n || (path.p[path.n - 1] | 0x20) != e.p[e.n - 1])
            continue;
        if (path.p[path.n - e.n - 1] == '.' && str_ieq(str_from(path, path.n - e.n), e))
            return true;
    }
    return false;
}

bool survey_is_archive(struct str path, bool strict)
{
    return ends_in(path, software, sizeof software / sizeof *software)
        || (!strict && ends_in(path, general, sizeof general / sizeof *general));
}

static bool is_one_of(struct str text, const char *const *list, size_t n)
{
    for (size_t i = 0; text.n && i < n; i++)
        if (list[i][0] == text.p[0] && str_eq(text, str_of(list[i])))
            return true;
    return false;
}

bool survey_is_dull(struct str path)
{
    struct str base = str_base(path), before, ending;
    if (!str_rsplit(base, '.', &before, &ending))
        return is_one_of(base, dull_names, sizeof dull_names / sizeof *dull_names);
    /* A name that only begins with a dot says nothing. */
    return before.n && is_one_of(ending, dull, sizeof dull / sizeof *dull);
}

bool survey_owned(const struct survey *s, struct str path)
{
    uint32_t owner;
    return catalog_owner(s->owners, path, &owner);
}

/* A link at the top (lib → usr/lib) or one below it (usr/sbin → bin): package lists may name either side. */
static void link_met(struct survey *s, const struct tree_entry *e)
{
    size_t slashes = 0;
    for (size_t i = 0; i < e->path.n; i++)
        slashes += e->path.p[i] == '/';
    if (slashes > 1 || e->target.n == 0 || str_chr(e->target, '\0') != STR_NONE)
        return;
    struct str to = e->target;
    if (!str_take(&to, STR("/")) && slashes == 1)
        to = str_starts(to, STR("../")) ? str_from(to, 3) : str_join(s->mem, str_dir(e->path), STR("/"), to);
    if (str_find(to, STR("..")) == STR_NONE)
        catalog_owners_link(s->owners, str_dup(s->mem, e->path), str_dup(s->mem, to));
}

static enum want want_binary(struct survey *s, const struct tree_entry *e)
{
    if (!(s->profile & PROFILE_INSTALLED) || survey_is_dull(e->path))
        return WANT_NO;
    if (survey_owned(s, e->path))
        return WANT_NO;
    if (s->layered && s->pass == PASS_SECOND)
        return WANT_KEEP; /* it was an ELF file in the first pass */
    if (e->head.n == 0)
        return WANT_HEAD;
    if (!str_starts(e->head, STR("\x7f" "ELF")))
        return WANT_NO;
    if (s->layered)
        for (size_t i = 0; i < sizeof packaged / sizeof *packaged; i++)
            if (str_starts(e->path, str_of(packaged[i])))
                return WANT_LATER;
    return WANT_KEEP;
}

static bool is_identity(struct str path)
{
    return str_eq(path, STR("etc/os-release")) || str_eq(path, STR("usr/lib/os-release")) || str_eq(path, STR("etc/alpine-release"))
        || str_eq(path, STR("etc/debian_version"));
}

enum want survey_visit(struct op *op, void *arg, const struct tree_entry *e)
{
    struct survey *s = arg;
    if (e->kind == ENTRY_LINK)
        link_met(s, e);
    if (e->kind != ENTRY_FILE && e->kind != ENTRY_HARDLINK)
        return WANT_NO;
    if (e->head.n == 0)
        op_progress(op, 1, 0);
    if (catalog_wants(s->index, e->path) || is_identity(e->path))
        return WANT_KEEP;
    if (survey_is_archive(e->path, true) || str_eq(s->tree->kind, STR("file")))
        return WANT_KEEP;
    if (survey_is_archive(e->path, false))
        return s->profile & PROFILE_INSTALLED && survey_owned(s, e->path) ? WANT_NO : WANT_KEEP;
    return want_binary(s, e);
}
