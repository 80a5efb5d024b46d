/* EPSS, the estimate of how likely a CVE is to be exploited: CSV, a comment with the model's version and day, a
 * header, then cve,epss,percentile. A line that breaks the format is passed over and reported once all others were
 * emitted. */
#include "base/time.h"
#include "feed/feed.h"

static int bid(struct str name, struct str bytes)
{
    (void)name;
    str_take(&bytes, STR("\xef\xbb\xbf"));
    if (str_starts(bytes, STR("#model_version")))
        return 95;
    return str_starts(bytes, STR("cve,epss")) ? 90 : 0;
}

/* A number from 0 to 1, as 0.00043 or 4.3e-04, whatever the locale says. */
static bool fraction(struct str s, double *ret)
{
    double v = 0, scale = 1;
    uint64_t e = 0;
    size_t i = 0, digits = 0;
    bool point = false;
    for (; i < s.n && (is_digit(s.p[i]) || (s.p[i] == '.' && !point)); i++) {
        if (s.p[i] == '.') {
            point = true;
            continue;
        }
        if (++digits > 17)
            continue;
        v = v * 10 + (s.p[i] - '0');
        scale *= point ? 10 : 1;
    }
    struct str rest = str_from(s, i);
    if (rest.n && (!(str_take(&rest, STR("e-")) || str_take(&rest, STR("E-"))) || !str_num(rest, &e) || e > 300))
        return false;
    for (; e; e--)
        scale *= 10;
    *ret = v / scale;
    return digits && *ret >= 0 && *ret <= 1;
}

static bool line_of(struct str line, struct exploit_score *ret)
{
    struct str p, rest;
    if (!str_split(line, ',', &ret->id, &rest) || !ret->id.n
        || !fraction(str_split(rest, ',', &p, &rest) ? p : rest, &ret->probability))
        return false;
    ret->percentile = 0;
    return p.p == NULL || fraction(rest, &ret->percentile);
}

/* "#model_version:v2025.03.14,score_date:2025-08-25T00:00:00+0000" */
static int64_t day_of(struct str comment)
{
    int64_t at = 0;
    size_t i = str_find(comment, STR("score_date:"));
    if (i == STR_NONE)
        return 0;
    struct str date = str_upto(str_from(comment, i + strlen("score_date:")), strlen("2025-08-25"));
    return time_parse(date, &at) ? at - (24 * 60 * 60 - 1) : 0; /* the day's beginning */
}

static enum rc parse(struct op *op, struct str name, struct str bytes, feed_emit *emit, void *arg)
{
    struct feed_item item = {.kind = FEED_SCORE};
    struct str line, first_wrong = STR("");
    size_t number = 0, wrong = 0;
    bool header = false;
    str_take(&bytes, STR("\xef\xbb\xbf"));
    while (str_line(&bytes, &line)) {
        number++;
        if (str_starts(line, STR("#"))) {
            item.score.at = day_of(line);
        } else if (!header) {
            header = true;
            if (!str_starts(line, STR("cve,epss")))
                return fail(op, RC_INVALID, STR_FMT ":%zu: expected the header cve,epss,percentile", STR_ARG(name), number);
        } else if (line.n == 0) {
            continue;
        } else if (line_of(line, &item.score)) {
            TRY(emit(op, arg, &item));
        } else if (!wrong) {
            wrong = number;
            first_wrong = str_escape(op->mem, str_upto(line, 80));
        }
    }
    if (!header)
        return fail(op, RC_INVALID, STR_FMT ": expected the header cve,epss,percentile, found the end", STR_ARG(name));
    if (wrong)
        return fail(op, RC_INVALID, STR_FMT ":%zu: expected cve,epss,percentile, found %s", STR_ARG(name), wrong, first_wrong.p);
    return RC_OK;
}

const struct feed feed_epss = {
    .name = "epss",
    .help = "EPSS scores: how likely a CVE is to be exploited (CSV)",
    .bid = bid,
    .parse = parse,
};
