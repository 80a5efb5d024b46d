/* CISA's decision points of SSVC (its Vulnrichment project) as a table, tab- or comma-separated: a header that names at least
 * the columns cve, ssvc_exploitation, ssvc_automatable and ssvc_technical_impact, and a CVE a line. A line that breaks the
 * format is passed over and reported once all others were emitted. */
#include "base/time.h"
#include "feed/parts.h"

enum { COLUMNS_MOST = 64 };

enum column { COLUMN_ID, COLUMN_EXPLOITATION, COLUMN_AUTOMATABLE, COLUMN_IMPACT, COLUMN_AT, COLUMN_COUNT };

struct layout {
    char separator;
    size_t place[COLUMN_COUNT]; /* STR_NONE: it has none */
};

static struct str first_line(struct str bytes)
{
    struct str line = STR("");
    str_take(&bytes, STR("\xef\xbb\xbf"));
    str_line(&bytes, &line);
    return line;
}

static int bid(struct str name, struct str bytes)
{
    struct str line = first_line(str_upto(bytes, 4 << 10));
    (void)name;
    bool ours = str_find(line, STR("cve")) != STR_NONE && str_find(line, STR("ssvc_exploitation")) != STR_NONE
                && str_find(line, STR("{")) == STR_NONE;
    return ours ? 95 : 0;
}

static bool read_header(struct str line, struct layout *l)
{
    static const char *const names[COLUMN_COUNT] = {"cve", "ssvc_exploitation", "ssvc_automatable", "ssvc_technical_impact", "ssvc_date"};
    struct str cell;
    l->separator = str_chr(line, '\t') != STR_NONE ? '\t' : ',';
    for (size_t c = 0; c < COLUMN_COUNT; c++)
        l->place[c] = STR_NONE;
    for (size_t i = 0; i < COLUMNS_MOST && str_cut(&line, l->separator, &cell); i++)
        for (size_t c = 0; c < COLUMN_COUNT; c++)
            if (str_eq(str_trim(cell), str_of(names[c])))
                l->place[c] = i;
    return l->place[COLUMN_ID] != STR_NONE && l->place[COLUMN_EXPLOITATION] != STR_NONE && l->place[COLUMN_AUTOMATABLE] != STR_NONE
           && l->place[COLUMN_IMPACT] != STR_NONE;
}

static bool one_of(struct str word, const char *no, const char *yes, bool *ret)
{
    *ret = str_ieq(word, str_of(yes));
    return *ret || str_ieq(word, str_of(no));
}

static bool read_exploitation(struct str word, enum ssvc_exploitation *ret)
{
    bool poc = str_ieq(word, STR("poc")) || str_ieq(word, STR("public poc"));
    *ret = poc ? SSVC_POC : str_ieq(word, STR("active")) ? SSVC_ACTIVE : SSVC_NONE;
    return *ret != SSVC_NONE || str_ieq(word, STR("none"));
}

/* NULL when the line holds; *ret_some is false where CISA has not decided: all three points are empty then. */
static const char *read_line(const struct layout *l, struct str line, struct ssvc_points *ret, bool *ret_some)
{
    struct str cells[COLUMN_COUNT], cell;
    for (size_t c = 0; c < COLUMN_COUNT; c++)
        cells[c] = STR("");
    for (size_t i = 0; i < COLUMNS_MOST && str_cut(&line, l->separator, &cell); i++)
        for (size_t c = 0; c < COLUMN_COUNT; c++)
            if (l->place[c] == i)
                cells[c] = str_trim(cell);
    *ret = (struct ssvc_points){.id = cells[COLUMN_ID]};
    *ret_some = cells[COLUMN_EXPLOITATION].n || cells[COLUMN_AUTOMATABLE].n || cells[COLUMN_IMPACT].n;
    if (ret->id.n == 0)
        return "no id";
    if (!*ret_some)
        return NULL;
    if (!read_exploitation(cells[COLUMN_EXPLOITATION], &ret->exploitation))
        return "expected none, poc or active";
    if (!one_of(cells[COLUMN_AUTOMATABLE], "no", "yes", &ret->automatable))
        return "automatable: expected yes or no";
    if (!one_of(cells[COLUMN_IMPACT], "partial", "total", &ret->total))
        return "technical impact: expected partial or total";
    return cells[COLUMN_AT].n == 0 || time_parse(cells[COLUMN_AT], &ret->at) ? NULL : "expected a date";
}

static enum rc parse(struct op *op, struct str name, struct str bytes, feed_emit *emit, void *arg)
{
    struct feed_item item = {.kind = FEED_SSVC};
    struct faults faults = {.op = op, .name = name};
    struct layout layout;
    struct str line;
    str_take(&bytes, STR("\xef\xbb\xbf"));
    if (!str_line(&bytes, &line) || !read_header(line, &layout))
        return fail(op, RC_INVALID, STR_FMT ": expected a header with cve, ssvc_exploitation, ssvc_automatable and ssvc_technical_impact",
                    STR_ARG(name));
    for (size_t number = 2; str_line(&bytes, &line); number++) {
        bool some;
        if (line.n == 0)
            continue;
        const char *wrong = read_line(&layout, line, &item.ssvc, &some);
        if (wrong)
            fault(&faults, "line %zu (" STR_FMT "): %s", number, STR_ARG(str_upto(item.ssvc.id, 40)), wrong);
        else if (some)
            TRY(emit(op, arg, &item));
    }
    return faults_end(&faults);
}

const struct feed feed_ssvc = {
    .name = "ssvc",
    .help = "CISA's SSVC decision points, a table with a CVE a line",
    .bid = bid,
    .parse = parse,
};
