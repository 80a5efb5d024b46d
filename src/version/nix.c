/* Nix: runs of digits and runs of other characters between dots and hyphens; "pre" below the end below text below numbers. */
#include "version/scan.h"
#include "version/version.h"

enum kind { PRE, END, TEXT, NUMBER };

static bool separates(char c)
{
    return c == '.' || c == '-';
}

static enum kind next(struct str *s, struct str *ret)
{
    while (s->n && separates(s->p[0]))
        scan_take(s, 1);
    size_t n = scan_digits(*s);
    enum kind kind = s->n == 0 ? END : n ? NUMBER : TEXT;
    while (kind == TEXT && n < s->n && !separates(s->p[n]) && !is_digit(s->p[n]))
        n++;
    *ret = scan_take(s, n);
    return str_eq(*ret, STR("pre")) ? PRE : kind;
}

static int compare(struct str a, struct str b)
{
    for (;;) {
        struct str x, y;
        enum kind i = next(&a, &x), k = next(&b, &y);
        if (i != k)
            return i < k ? -1 : 1;
        int c = i == NUMBER ? scan_number_cmp(x, y) : str_cmp(x, y);
        if (c || i == END)
            return c;
    }
}

static enum version_class valid(struct str v)
{
    bool digit = false;
    for (size_t i = 0; i < v.n; i++) {
        if ((unsigned char)v.p[i] <= ' ' || v.p[i] == 0x7f)
            return VERSION_INVALID;
        digit |= is_digit(v.p[i]);
    }
    return digit ? VERSION_VALID : VERSION_INVALID;
}

/* "unstable-2024-01-02" is the day of a snapshot of nothing. */
static struct str upstream(struct arena *mem, struct str v)
{
    size_t at = str_find(v, STR("-unstable"));
    return upstream_unpacked(mem, at == STR_NONE ? v : str_upto(v, at));
}

static const char *const ecosystems[] = {"nixpkgs", "nixos", NULL};

const struct version_scheme version_nix = {
    .name = "nix",
    .help = "Nix packages, as builtins.compareVersions orders them",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream,
};
