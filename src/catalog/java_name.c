/* Manifest lines with their continuations, and the cut between name and version in a file name. */
#include "catalog/java_name.h"

#include "base/buf.h"

enum { VALUE_MOST = 1024 };

static bool part_valid(char c)
{
    return is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '+';
}

bool java_is_version(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!part_valid(s.p[i]))
            return false;
    return s.n > 0 && s.n <= 128 && is_alnum(s.p[0]) && (is_digit(s.p[0]) || s.p[0] == 'r' || s.p[0] == 'v' || s.p[0] == 'R');
}

bool java_is_archive(struct str path)
{
    static const char *const endings[] = {".jar", ".war", ".ear", ".par", ".sar", ".nar", ".jpi", ".hpi", ".kar", ".lpkg", NULL};
    for (size_t i = 0; endings[i]; i++)
        if (str_ends(path, str_of(endings[i])))
            return true;
    return false;
}

/* ---- MANIFEST.MF ---- */

static struct str *field(struct java_manifest *m, struct str key)
{
    if (str_ieq(key, STR("Implementation-Title")))
        return &m->title;
    if (str_ieq(key, STR("Implementation-Version")))
        return &m->version;
    if (str_ieq(key, STR("Implementation-Vendor-Id")))
        return &m->vendor_id;
    if (str_ieq(key, STR("Bundle-SymbolicName")))
        return &m->bundle_name;
    return str_ieq(key, STR("Bundle-Version")) ? &m->bundle_version : NULL;
}

void java_manifest_read(struct arena *mem, struct str bytes, struct java_manifest *ret)
{
    struct str rest = bytes, line, key, value, before, after;
    str_take(&rest, STR("\xef\xbb\xbf"));
    while (str_line(&rest, &line) && line.n) {
        struct buf b;
        struct str *at = str_split(line, ':', &key, &value) ? field(ret, key) : NULL;
        if (!at)
            continue; /* the continuations of an unwanted line are no lines that anybody wants either */
        buf_open(&b, mem, "manifest value", VALUE_MOST);
        buf_add(&b, value);
        while (rest.n && rest.p[0] == ' ' && str_line(&rest, &line))
            buf_add(&b, str_from(line, 1));
        if (!b.full)
            *at = str_trim(buf_str(&b));
    }
    if (str_split(ret->bundle_name, ';', &before, &after))
        ret->bundle_name = str_trim(before);
}

/* ---- the file name ---- */

/* Words that follow a version as part of it. */
static bool qualifier(struct str word)
{
    static const char *const words[] = {"alpha", "beta", "milestone", "rc", "cr", "m", "b", "jre", "jdk", "android", "final",
        "release", "ga", "snapshot", "sp", "incubating", "pre", "preview", "ea", "redhat", "jbossorg", "atlassian", "hadoop", "dev",
        "java", NULL};
    size_t n = 0;
    while (n < word.n && is_alpha(word.p[n]))
        n++;
    for (size_t i = n; i < word.n; i++)
        if (!is_digit(word.p[i]) && word.p[i] != '.')
            return false;
    for (size_t i = 0; words[i]; i++)
        if (str_ieq(str_upto(word, n), str_of(words[i])))
            return true;
    return false;
}

/* Is every word of it a number or a qualifier? */
static bool all_version(struct str s)
{
    struct str rest = s, word;
    while (str_cut(&rest, '-', &word))
        if (word.n == 0 || (!is_digit(word.p[0]) && !qualifier(word)))
            return false;
    return true;
}

void java_file_name(struct str base, struct str *ret_name, struct str *ret_version)
{
    struct str stem = base, ending, word, rest;
    size_t last = STR_NONE;
    str_rsplit(base, '.', &stem, &ending);
    *ret_name = stem;
    *ret_version = str_upto(stem, 0);
    for (size_t i = 1; i + 1 < stem.n; i++) {
        if (stem.p[i] != '-' || !is_digit(stem.p[i + 1]))
            continue;
        last = i;
        if (all_version(str_from(stem, i + 1))) {
            *ret_name = str_upto(stem, i);
            *ret_version = str_from(stem, i + 1);
            return;
        }
        /* Without this, a name of dashes and digits would be looked at once for each. */
        if (stem.n > 512)
            break;
    }
    if (last == STR_NONE)
        return;
    /* A classifier stands behind the version. */
    rest = str_from(stem, last + 1);
    str_cut(&rest, '-', &word);
    *ret_name = str_upto(stem, last);
    *ret_version = word;
}
