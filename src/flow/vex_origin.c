/* Who speaks: the maker of what a statement is about, or somebody else. Decided by name, for documents are not signed here:
 * a purl's namespace (or a CPE's vendor) has to appear as a word of the author, or of the host in the document's id. */
#include "flow/vex.h"

enum { WORDS_MOST = 3, TEXT_MOST = 200, MAKER_LEAST = 3 };

/* The next run of letters and digits. */
static bool next_word(struct str *rest, struct str *ret)
{
    size_t n = 0;
    while (rest->n && !is_alnum(rest->p[0]))
        *rest = str_from(*rest, 1);
    while (n < rest->n && is_alnum(rest->p[n]))
        n++;
    *ret = str_upto(*rest, n);
    *rest = str_from(*rest, n);
    return n > 0;
}

/* Do some of the text's next words make this name? "Red Hat" is "redhat". */
static bool begins_with(struct str text, struct str maker)
{
    struct str word;
    for (unsigned i = 0; i < WORDS_MOST && next_word(&text, &word); i++) {
        if (word.n > maker.n || !str_ieq(word, str_upto(maker, word.n)))
            return false;
        maker = str_from(maker, word.n);
        if (maker.n == 0)
            return true;
    }
    return false;
}

static bool bears(struct str text, struct str maker)
{
    struct str word;
    text = str_upto(text, TEXT_MOST);
    for (struct str rest = text; next_word(&rest, &word);) {
        struct str from_here = {word.p, (size_t)(text.p + text.n - word.p)};
        if (begins_with(from_here, maker))
            return true;
    }
    return false;
}

static struct str host_of(struct str url)
{
    size_t at = str_find(url, STR("://"));
    if (at == STR_NONE)
        return STR("");
    url = str_from(url, at + 3);
    size_t end = str_chr(url, '/');
    return end == STR_NONE ? url : str_upto(url, end);
}

/* Names of places and of everybody are nobody's. */
static bool is_maker(struct str word)
{
    static const char *const others[] = {
        "com", "org", "net", "dev", "www", "http", "https", "github", "gitlab", "bitbucket", "docker", "ghcr", "quay", "amazonaws",
        "azurecr", "library", "linux", "security", "project", "team", "open", "the", NULL};
    for (const char *const *o = others; *o; o++)
        if (str_ieq(word, str_of(*o)))
            return false;
    return word.n >= MAKER_LEAST;
}

/* A distribution under another name of its maker. */
static struct str maker_of(struct str word)
{
    static const char *const makers[][2] = {
        {"ubuntu", "canonical"}, {"opensuse", "suse"}, {"sles", "suse"}, {"rhel", "redhat"}, {"wolfi", "chainguard"},
        {"ol", "oracle"}, {"amzn", "amazon"}, {"azurelinux", "microsoft"}, {"mariner", "microsoft"}};
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
        if (str_ieq(word, str_of(makers[i][0])))
            return str_of(makers[i][1]);
    return word;
}

/* Is the speaker one of these names? */
static bool speaks(const struct vex_statement *s, struct str names)
{
    struct str host = host_of(s->document), word;
    names = str_upto(names, TEXT_MOST);
    while (next_word(&names, &word)) {
        struct str maker = maker_of(word);
        bool same = is_maker(word) && (bears(s->author, word) || bears(host, word));
        if (same || (maker.p != word.p && (bears(s->author, maker) || bears(host, maker))))
            return true;
    }
    return false;
}

/* "cpe:/o:redhat:enterprise_linux:9", "cpe:2.3:o:redhat:…" → "redhat". */
static struct str cpe_vendor(struct str cpe)
{
    struct str rest = cpe, word = {NULL, 0};
    if (!str_take(&rest, STR("cpe:/")) && !str_take(&rest, STR("cpe:2.3:")))
        return STR("");
    return str_cut(&rest, ':', &word) && str_cut(&rest, ':', &word) ? word : STR("");
}

static bool made(struct op *op, const struct vex_statement *s, struct str product)
{
    struct component c;
    struct op inner = *op;
    op_clear(&inner);
    if (!str_starts(product, STR("pkg:")))
        return speaks(s, cpe_vendor(product));
    if (component_parse(&inner, product, &c) != RC_OK)
        return false;
    return speaks(s, c.ns) || speaks(s, component_qualifier(op->mem, &c, "repository_url"));
}

enum vex_origin vex_origin_of(struct op *op, const struct vex_statement *s)
{
    return made(op, s, s->product) || made(op, s, s->subcomponent) ? VEX_VENDOR : VEX_THIRD_PARTY;
}
