/* Assignments as a shell would read them, without running a shell: quotes and backslashes, no expansion. */
#include "catalog/osrelease.h"

/* The value of an assignment: the text up to the first unquoted blank, quotes removed. Inside double quotes a backslash
 * only quotes $ ` " \ and itself. False when a quote is not closed. */
static bool unquote(struct op *op, struct str raw, struct str *ret)
{
    char *out = arena_alloc(op->mem, raw.n + 1), quote = 0;
    size_t n = 0, i = 0;
    for (; i < raw.n; i++) {
        char c = raw.p[i];
        if (!quote && (c == ' ' || c == '\t'))
            break;
        if (quote ? c == quote : c == '"' || c == '\'') {
            quote = quote ? 0 : c;
            continue;
        }
        if (c == '\\' && quote != '\'' && i + 1 < raw.n) {
            char next = raw.p[i + 1];
            if (!quote || next == '$' || next == '`' || next == '"' || next == '\\') {
                c = next;
                i++;
            }
        }
        out[n++] = c;
    }
    *ret = (struct str){out, n};
    return quote == 0;
}

static struct str *field(struct distro *d, struct str key)
{
    const struct {
        struct str key;
        struct str *value;
    } fields[] = {
        {STR("ID"), &d->id},
        {STR("ID_LIKE"), &d->id_like},
        {STR("VERSION_ID"), &d->version_id},
        {STR("VERSION_CODENAME"), &d->codename},
        {STR("PRETTY_NAME"), &d->pretty},
        {STR("CPE_NAME"), &d->cpe},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (str_eq(fields[i].key, key))
            return fields[i].value;
    return NULL;
}

enum rc osrelease_parse(struct op *op, struct str bytes, struct distro *ret)
{
    struct distro d = {0};
    struct str rest = bytes, line, key, raw, value;
    size_t good = 0, bad = 0;
    str_take(&rest, STR("\xef\xbb\xbf"));
    while (str_line(&rest, &line)) {
        line = str_trim(line);
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (!str_split(line, '=', &key, &raw) || !unquote(op, raw, &value)) {
            bad++;
            continue;
        }
        struct str *to = field(&d, key);
        good++;
        if (to)
            *to = value; /* the last one counts, as in a shell */
    }
    if (bad && !good)
        return fail(op, RC_INVALID, "os-release: no line is an assignment");
    d.id = str_lower(op->mem, d.id);
    *ret = d;
    return RC_OK;
}

/* First run of digits and dots. */
static struct str number_in(struct str text)
{
    size_t i = 0, n;
    while (i < text.n && !is_digit(text.p[i]))
        i++;
    for (n = i; n < text.n && (is_digit(text.p[n]) || text.p[n] == '.'); n++) {}
    struct str s = str_upto(str_from(text, i), n - i);
    while (str_ends(s, STR(".")))
        s = str_but(s, 1);
    return s;
}

/* "CentOS Linux release 7.9.2009 (Core)": a known name in front, the version behind. */
static bool release_line(struct op *op, struct str line, struct distro *d)
{
    static const struct {
        const char *starts, *id;
    } names[] = {
        {"centos", "centos"},       {"red hat enterprise linux", "rhel"},   {"fedora", "fedora"},
        {"rocky", "rocky"},         {"almalinux", "almalinux"},             {"oracle linux", "ol"},
        {"amazon linux", "amzn"},   {"cloudlinux", "cloudlinux"},           {"scientific linux", "scientific"},
    };
    struct str low = str_lower(op->mem, line);
    size_t at = str_find(low, STR(" release "));
    if (at == STR_NONE)
        return false;
    d->version_id = number_in(str_from(line, at));
    d->pretty = line;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_starts(low, str_of(names[i].starts)))
            d->id = str_of(names[i].id);
    return d->id.n != 0;
}

enum rc osrelease_fallback(struct op *op, struct str path, struct str bytes, struct distro *ret)
{
    struct distro d = {0};
    struct str rest = bytes, line = {NULL, 0}, file = str_base(path);
    while (str_line(&rest, &line) && str_trim(line).n == 0) {}
    line = str_dup(op->mem, str_trim(line));
    if (line.n == 0)
        return RC_NOTFOUND;
    if (str_eq(file, STR("alpine-release"))) {
        d.id = STR("alpine");
        d.version_id = line;
    } else if (str_eq(file, STR("debian_version"))) {
        struct str version = number_in(line), major;
        d.id = STR("debian");
        /* "12.5" is release 12; "trixie/sid" has a codename only. */
        if (is_digit(line.p[0]))
            d.version_id = str_split(version, '.', &major, &rest) ? major : version;
        else
            d.codename = str_split(line, '/', &major, &rest) ? major : line;
    } else if (!str_ends(file, STR("-release")) || !release_line(op, line, &d)) {
        return RC_NOTFOUND;
    }
    *ret = d;
    return RC_OK;
}
