/* The upstream project's version inside a packaging version: marks of the packagers come off, a version that means
 * older content under a newer number wins over the number, what is not understood gives nothing. */
#include "base/arena.h"
#include "version/scan.h"

struct str upstream_plain(struct str v)
{
    const struct str none = {NULL, 0};
    struct str bare = v;
    if (v.n > 1 && (v.p[0] == 'v' || v.p[0] == 'V') && is_digit(v.p[1]))
        bare = str_from(v, 1);
    if (bare.n == 0 || !is_digit(bare.p[0]) || !scan_only(bare, ".+-_~:^"))
        return none;
    return bare;
}

struct str upstream_same(struct arena *mem, struct str v)
{
    (void)mem;
    return upstream_plain(v);
}

struct str upstream_without_build(struct arena *mem, struct str v)
{
    (void)mem;
    struct str base = upstream_plain(v);
    size_t plus = str_chr(base, '+');
    return plus == STR_NONE ? base : str_upto(base, plus);
}

/* "5.6.1+really5.4.5" and "5.6.1.revertto5.4": what stands after the last such word. */
static struct str reverted(struct str v)
{
    static const char *const words[] = {"really", "revertto", "reverted"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct str word = str_of(words[i]);
        for (size_t at; (at = str_find(v, word)) != STR_NONE && at > 0 && at + word.n < v.n && is_digit(v.p[at + word.n]);)
            v = str_from(v, at + word.n);
    }
    return v;
}

static bool one_of(struct str word, const char *const *list)
{
    for (; *list; list++)
        if (str_ieq(word, str_of(*list)))
            return true;
    return false;
}

/* Words that name a step before a release, and are the project's own. */
static bool is_prerelease(struct str word)
{
    static const char *const words[] = {"a", "alpha", "b", "beta", "c", "rc", "cr", "pre", "preview", "dev", "m", "milestone",
                                        "test", NULL};
    return one_of(word, words);
}

/* Words that packagers put behind a version: of the archive, of a repacked tarball, of a snapshot after a release. */
static bool is_packaging(struct str word)
{
    static const char *const words[] = {"dfsg",  "ds",    "repack", "debian", "deb", "bpo", "ubuntu", "build", "nmu", "orig",
                                        "really", "git",  "svn",    "hg",     "bzr", "cvs", "snapshot", "exp", "el",  "fc",
                                        "stable", "free", "nonfree", "kali",  "deepin", "pop", "mint", "clean", NULL};
    return one_of(word, words);
}

/* Snapshots taken before a release keep their ~, which sorts below the release. */
static bool is_snapshot(struct str word)
{
    static const char *const words[] = {"git", "svn", "hg", "bzr", "cvs", "snapshot", "exp", NULL};
    return one_of(word, words);
}

/* The end of the upstream part: +anything, a packaging word behind a separator or directly behind a digit, or a
 * tilde with one. A tilde before a pre-release word is noted in *ret_tilde (STR_NONE: there is none). */
static size_t end_of(struct str v, size_t *ret_tilde)
{
    *ret_tilde = STR_NONE;
    for (size_t i = 1; i < v.n; i++) {
        char c = v.p[i];
        bool letters_follow_digit = is_alpha(c) && is_digit(v.p[i - 1]);
        if (c == '+' || c == '^')
            return i;
        if (c != '.' && c != '~' && c != '-' && !letters_follow_digit)
            continue;
        struct str after = str_from(v, letters_follow_digit ? i : i + 1);
        struct str word = str_upto(after, scan_letters(after));
        if (c == '~' && is_prerelease(word) && *ret_tilde == STR_NONE)
            *ret_tilde = i;
        else if (is_packaging(word) && !(c == '~' && is_snapshot(word)))
            return i;
    }
    return v.n;
}

struct str upstream_unpacked(struct arena *mem, struct str v)
{
    v = upstream_plain(reverted(v));
    if (!v.p)
        return v;
    size_t tilde, end = end_of(v, &tilde);
    v = str_upto(v, end);
    if (tilde == STR_NONE || tilde >= end)
        return v;
    return str_join(mem, str_upto(v, tilde), str_from(v, tilde + 1));
}
