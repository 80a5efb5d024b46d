/* Tags of a repository: what stands before the version (v, release-, the project's name) does not count, then numbers and
 * words in the generic order, where an underscore separates as a dot does: OpenSSL_1_1_1 < OpenSSL_1_1_1a. */
#include "base/arena.h"
#include "version/generic.h"
#include "version/scan.h"
#include "version/version.h"

static bool separates(char c)
{
    return c == '-' || c == '_' || c == '/' || c == ' ';
}

/* Where the version begins: a number at the front or behind a separator, or behind a v or r there (log4j-2.17 is 2.17); if
 * there is none, the first number (n4.4 is 4.4). STR_NONE: no number at all. */
static size_t beginning(struct str tag)
{
    size_t first = STR_NONE;
    for (size_t i = 0; i < tag.n; i++) {
        if (!is_digit(tag.p[i]) || (i && is_digit(tag.p[i - 1])))
            continue;
        if (first == STR_NONE)
            first = i;
        size_t at = i && (tag.p[i - 1] == 'v' || tag.p[i - 1] == 'V' || tag.p[i - 1] == 'r') ? i - 1 : i;
        if (at == 0 || separates(tag.p[at - 1]))
            return i;
    }
    return first;
}

static int compare(struct str a, struct str b)
{
    size_t i = beginning(a), k = beginning(b);
    if (i == STR_NONE || k == STR_NONE)
        return i != STR_NONE ? 1 : k != STR_NONE ? -1 : str_cmp(a, b);
    return generic_compare(str_from(a, i), str_from(b, k));
}

static enum version_class valid(struct str v)
{
    size_t at = beginning(v);
    if (at == STR_NONE)
        return VERSION_INVALID;
    for (size_t i = 0; i < v.n; i++)
        if ((unsigned char)v.p[i] <= ' ' || v.p[i] == 0x7f)
            return VERSION_INVALID;
    bool bare = at == 0 || (at == 1 && to_lower(v.p[0]) == 'v');
    return bare && scan_only(v, ".+-_~") ? VERSION_VALID : VERSION_LENIENT;
}

/* "OpenSSL_1_1_1-pre5" is 1.1.1-pre5. */
static struct str upstream(struct arena *mem, struct str v)
{
    size_t at = beginning(v);
    struct str base = at == STR_NONE ? (struct str){NULL, 0} : str_from(v, at);
    if (!base.p || str_chr(base, '_') == STR_NONE)
        return base;
    char *out = arena_alloc(mem, base.n);
    for (size_t i = 0; i < base.n; i++) {
        bool between = base.p[i] == '_' && i && i + 1 < base.n && is_digit(base.p[i - 1]) && is_digit(base.p[i + 1]);
        out[i] = between ? '.' : base.p[i];
    }
    return (struct str){out, base.n};
}

static const char *const ecosystems[] = {"oss-fuzz", "gitlab", "bitbucket", "git", "tag", NULL};

const struct version_scheme version_github = {
    .name = "github",
    .help = "tags of a repository: the version behind v, release- or a name, in natural order",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream,
};
