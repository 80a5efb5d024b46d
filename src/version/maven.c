/* Maven's order (ComparableVersion of Maven 3.9): nested lists of numbers and qualifiers. A list opens behind a hyphen
 * and where digits and letters meet, always as the last item of the one before, so the nesting is a sequence:
 * items, OPEN, items, OPEN, … Empty items (0, "", final) in front of an OPEN or the end do not count. */
#include "version/scan.h"
#include "version/version.h"

enum kind { NUMBER, TEXT, OPEN, END };

struct item {
    enum kind kind;
    bool opens;    /* a list opens before it */
    bool alias;    /* text directly before a digit: a, b and m are short for alpha, beta and milestone */
    struct str text;
};

/* Splits a version into items, without looking at their meaning. */
struct splitter {
    struct str rest;
    bool empty; /* nothing in the list that is open */
    bool opened;
};

static size_t text_run(struct str s)
{
    size_t i = 0;
    while (i < s.n && !is_digit(s.p[i]) && s.p[i] != '.' && s.p[i] != '-')
        i++;
    return i;
}

/* Passes the separator behind an item: a dot, a hyphen, or the border between letters and digits. */
static void pass(struct splitter *c, bool separator)
{
    if (c->rest.n == 0)
        return;
    bool dot = c->rest.p[0] == '.';
    if (separator)
        scan_take(&c->rest, 1);
    c->opened = !dot;
    c->empty = !dot;
}

static struct item split(struct splitter *c)
{
    struct item it = {.kind = END};
    if (c->rest.n == 0)
        return it;
    it.opens = c->opened;
    c->opened = false;
    char first = c->rest.p[0];
    if (first == '.' || first == '-') {
        it.kind = NUMBER;
        it.text = str_upto(c->rest, 0);
    } else if (is_digit(first)) {
        it.kind = NUMBER;
        it.text = scan_take(&c->rest, scan_digits(c->rest));
    } else {
        it.kind = TEXT;
        it.text = scan_take(&c->rest, text_run(c->rest));
        it.alias = c->rest.n && is_digit(c->rest.p[0]);
        it.opens |= (it.alias || c->rest.n == 0) && !c->empty;
    }
    c->empty = false;
    pass(c, c->rest.n && (c->rest.p[0] == '.' || c->rest.p[0] == '-'));
    return it;
}

enum { QUALIFIER_RELEASE = 5, QUALIFIER_UNKNOWN = 7 };

static int qualifier(const struct item *it)
{
    static const struct {
        const char *text;
        int rank;
    } known[] = {{"alpha", 0}, {"beta", 1}, {"milestone", 2}, {"rc", 3},    {"cr", 3},
                 {"snapshot", 4}, {"ga", 5},  {"final", 5},     {"release", 5}, {"sp", 6}};
    if (it->alias && it->text.n == 1) {
        char c = to_lower(it->text.p[0]);
        if (c == 'a' || c == 'b' || c == 'm')
            return c == 'a' ? 0 : c == 'b' ? 1 : 2;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].text[0] == to_lower(it->text.p[0]) && str_ieq(it->text, str_of(known[i].text)))
            return known[i].rank;
    return QUALIFIER_UNKNOWN;
}

static bool is_null(const struct item *it)
{
    return it->kind == NUMBER ? scan_is_zero(it->text) : qualifier(it) == QUALIFIER_RELEASE;
}

/* Walks the items that count. */
struct cursor {
    struct splitter split;
    struct item held; /* behind an OPEN that was given out */
    bool holding;
    size_t at;        /* number of the item split last, from 1 */
    size_t solid;     /* number of the next item that is not null, looked up once for a whole run; SIZE_MAX: none */
    size_t last_open; /* number of the last item up to `solid` that opens a list */
};

static void look_ahead(struct cursor *c, const struct item *now)
{
    if (c->solid >= c->at && c->solid)
        return;
    struct splitter ahead = c->split;
    struct item it = *now;
    size_t at = c->at;
    c->last_open = it.opens ? at : 0;
    while (it.kind != END && is_null(&it)) {
        it = split(&ahead);
        at++;
        if (it.opens)
            c->last_open = at;
    }
    c->solid = it.kind == END ? SIZE_MAX : at;
}

static struct item next(struct cursor *c)
{
    if (c->holding) {
        c->holding = false;
        return c->held;
    }
    for (;;) {
        struct item it = split(&c->split);
        if (it.kind == END)
            return it;
        c->at++;
        bool null = is_null(&it);
        if (null)
            look_ahead(c, &it);
        if (null && c->solid == SIZE_MAX)
            return (struct item){.kind = END};
        bool counts = !null || c->last_open <= c->at;
        if (it.opens) {
            c->held = it;
            c->holding = counts;
            return (struct item){.kind = OPEN};
        }
        if (counts)
            return it;
    }
}

static int against_nothing(const struct item *it)
{
    return it->kind == NUMBER ? !scan_is_zero(it->text) : it->kind == TEXT ? qualifier(it) - QUALIFIER_RELEASE : 0;
}

static int compare_items(const struct item *a, const struct item *b)
{
    if (a->kind == END || b->kind == END)
        return a->kind == END ? -against_nothing(b) : against_nothing(a);
    if (a->kind != b->kind) { /* a number beats a list, a list beats text */
        static const int rank[] = {[NUMBER] = 2, [OPEN] = 1, [TEXT] = 0};
        return rank[a->kind] - rank[b->kind];
    }
    if (a->kind == NUMBER)
        return scan_number_cmp(a->text, b->text);
    if (a->kind == OPEN)
        return 0;
    int x = qualifier(a), y = qualifier(b);
    return x != y || x != QUALIFIER_UNKNOWN ? x - y : scan_text_icmp(a->text, b->text);
}

static int compare(struct str a, struct str b)
{
    struct cursor x = {.split = {.rest = a, .empty = true}}, y = {.split = {.rest = b, .empty = true}};
    for (;;) {
        struct item i = next(&x), j = next(&y);
        if (i.kind == END && j.kind == END)
            return 0;
        int c = compare_items(&i, &j);
        if (c)
            return c;
    }
}

/* Maven takes any text as a version; one without any number is no release to compare. */
static enum version_class valid(struct str v)
{
    bool digit = false, plain = true;
    for (size_t i = 0; i < v.n; i++) {
        unsigned char c = (unsigned char)v.p[i];
        digit |= is_digit((char)c);
        plain &= is_alnum((char)c) || c == '.' || c == '-' || c == '_' || c == '+';
        if (c <= ' ' || c == 0x7f)
            return VERSION_INVALID;
    }
    return v.n == 0 ? VERSION_INVALID : digit && plain ? VERSION_VALID : VERSION_LENIENT;
}

static const char *const ecosystems[] = {"mvn", "gradle", "clojars", NULL};

const struct version_scheme version_maven = {
    .name = "maven",
    .help = "Maven artifacts, as ComparableVersion of Maven 3.9 orders them",
    .syntax = SYNTAX_MAVEN,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_same,
};
