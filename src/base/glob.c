/* Matching with two remembered places to go back to (the last * and the last **): no recursion, and never
 * worse than pattern × path steps per remembered place. */
#include "base/glob.h"

bool glob_is(struct str text)
{
    return str_chr(text, '*') != STR_NONE || str_chr(text, '?') != STR_NONE || str_chr(text, '[') != STR_NONE;
}

/* One set at pat[*i] == '['; moves *i past it. A set that is not closed stands for a literal '['. */
static bool set_match(struct str pat, size_t *i, char c)
{
    size_t at = *i + 1, close = at;
    bool negate = at < pat.n && (pat.p[at] == '!' || pat.p[at] == '^');
    if (negate)
        close = ++at;
    close++;
    while (close < pat.n && pat.p[close] != ']')
        close++;
    if (close >= pat.n) {
        *i += 1;
        return c == '[';
    }
    bool in = false;
    for (; at < close; at++) {
        if (at + 2 < close && pat.p[at + 1] == '-') {
            in |= (unsigned char)c >= (unsigned char)pat.p[at] && (unsigned char)c <= (unsigned char)pat.p[at + 2];
            at += 2;
        } else {
            in |= c == pat.p[at];
        }
    }
    *i = close + 1;
    return c != '/' && in != negate;
}

struct retry {
    size_t pattern; /* where to go on in the pattern; 0 when there is no such place */
    size_t path;
};

/* One pattern element against path[*s]; moves both on when it matches. */
static bool step(struct str pat, size_t *i, struct str path, size_t *s)
{
    if (*i >= pat.n || *s >= path.n)
        return false;
    char c = pat.p[*i], d = path.p[*s];
    size_t next = *i + 1;
    bool ok;
    if (c == '?') {
        ok = d != '/';
    } else if (c == '[') {
        next = *i;
        ok = set_match(pat, &next, d);
    } else {
        if (c == '\\' && *i + 1 < pat.n)
            c = pat.p[next++];
        ok = c == d;
    }
    if (ok) {
        *i = next;
        ++*s;
    }
    return ok;
}

/* A * or ** at pat[*i]: remembers where to come back to. */
static bool star(struct str pat, size_t *i, size_t s, struct retry *one, struct retry *all)
{
    if (*i >= pat.n || pat.p[*i] != '*')
        return false;
    if (*i + 1 < pat.n && pat.p[*i + 1] == '*') {
        *i += 2;
        if (*i < pat.n && pat.p[*i] == '/')
            ++*i; /* the slash belongs to it: it comes back only after a slash of the path */
        *all = (struct retry){*i, s};
        *one = (struct retry){0, 0};
    } else {
        ++*i;
        *one = (struct retry){*i, s};
    }
    return true;
}

static bool back(struct str pat, struct str path, size_t *i, size_t *s, struct retry *one, struct retry *all)
{
    if (one->pattern && one->path < path.n && path.p[one->path] != '/') {
        *i = one->pattern;
        *s = ++one->path;
        return true;
    }
    if (!all->pattern)
        return false;
    bool whole = pat.p[all->pattern - 1] == '/'; /* only after a slash */
    do {
        if (all->path >= path.n)
            return false;
        all->path++;
    } while (whole && path.p[all->path - 1] != '/');
    *i = all->pattern;
    *s = all->path;
    *one = (struct retry){0, 0};
    return true;
}

bool glob_match(struct str pat, struct str path)
{
    struct retry one = {0, 0}, all = {0, 0};
    size_t i = 0, s = 0;
    for (;;) {
        if (i == pat.n && s == path.n)
            return true;
        if (star(pat, &i, s, &one, &all) || step(pat, &i, path, &s))
            continue;
        if (!back(pat, path, &i, &s, &one, &all))
            return false;
    }
}
