/* CVSS 2.0 and 3.x (FIRST: "CVSS v2 Complete Documentation" §3.2; "CVSS v3.0" and "v3.1 Specification Document" §7), and
 * severity words. Scores are computed in doubles and rounded as 3.1 says, which takes the noise of doubles away. */
#include "match/cvss.h"

/* ---- reading ---- */

static bool index_of(const char *list, struct str value, unsigned char *ret)
{
    struct str rest = str_of(list), one;
    for (unsigned char i = 0; str_cut(&rest, ',', &one); i++)
        if (str_eq(one, value)) {
            *ret = i;
            return true;
        }
    return false;
}

bool cvss_read_metrics(struct str text, const struct cvss_metric *table, unsigned char values[CVSS_METRICS_MOST])
{
    struct str one, name, value;
    uint32_t seen = 0;
    memset(values, 0, CVSS_METRICS_MOST);
    if (text.n == 0)
        return false;
    while (str_cut(&text, '/', &one)) {
        size_t i = 0;
        if (!str_split(one, ':', &name, &value))
            return false;
        while (table[i].name && !str_eq(name, str_of(table[i].name)))
            i++;
        if (!table[i].name || (seen >> i & 1) || !index_of(table[i].values, value, &values[i]))
            return false;
        seen |= (uint32_t)1 << i;
    }
    for (size_t i = 0; table[i].name; i++)
        if (table[i].mandatory && !(seen >> i & 1))
            return false;
    return true;
}

/* ---- 2.0 ---- */

static const struct cvss_metric metrics2[] = {
    {"AV", "L,A,N", true},
    {"AC", "H,M,L", true},
    {"Au", "M,S,N", true},
    {"C", "N,P,C", true},
    {"I", "N,P,C", true},
    {"A", "N,P,C", true},
    {"E", "ND,U,POC,F,H", false},
    {"RL", "ND,OF,TF,W,U", false},
    {"RC", "ND,UC,UR,C", false},
    {"CDP", "ND,N,L,LM,MH,H", false},
    {"TD", "ND,N,L,M,H", false},
    {"CR", "ND,L,M,H", false},
    {"IR", "ND,L,M,H", false},
    {"AR", "ND,L,M,H", false},
    {NULL, NULL, false},
};

/* To one decimal, halves up, as tenths. */
static unsigned nearest(double x)
{
    return x <= 0 ? 0 : (unsigned)(x * 10 + 0.5 + 1e-9);
}

static bool read2(struct str text, struct cvss *ret)
{
    static const double av[] = {0.395, 0.646, 1.0}, ac[] = {0.35, 0.61, 0.71}, au[] = {0.45, 0.56, 0.704};
    static const double cia[] = {0, 0.275, 0.66};
    unsigned char m[CVSS_METRICS_MOST];
    if (!cvss_read_metrics(text, metrics2, m))
        return false;
    double impact = 10.41 * (1 - (1 - cia[m[3]]) * (1 - cia[m[4]]) * (1 - cia[m[5]]));
    double exploitability = 20 * av[m[0]] * ac[m[1]] * au[m[2]];
    double score = (0.6 * impact + 0.4 * exploitability - 1.5) * (m[3] + m[4] + m[5] ? 1.176 : 0);
    unsigned tenths = nearest(score);
    /* 2.0 has no word for 0 and none above high. */
    enum severity_level level = tenths >= 70 ? SEVERITY_HIGH : tenths >= 40 ? SEVERITY_MEDIUM : SEVERITY_LOW;
    *ret = (struct cvss){20, tenths, tenths, level};
    return true;
}

/* ---- 3.0, 3.1 ---- */

static const struct cvss_metric metrics3[] = {
    {"AV", "N,A,L,P", true},
    {"AC", "L,H", true},
    {"PR", "N,L,H", true},
    {"UI", "N,R", true},
    {"S", "U,C", true},
    {"C", "H,L,N", true},
    {"I", "H,L,N", true},
    {"A", "H,L,N", true},
    {"E", "X,H,F,P,U", false},
    {"RL", "X,U,W,T,O", false},
    {"RC", "X,C,R,U", false},
    {"CR", "X,H,M,L", false},
    {"IR", "X,H,M,L", false},
    {"AR", "X,H,M,L", false},
    {"MAV", "X,N,A,L,P", false},
    {"MAC", "X,L,H", false},
    {"MPR", "X,N,L,H", false},
    {"MUI", "X,N,R", false},
    {"MS", "X,U,C", false},
    {"MC", "X,N,L,H", false},
    {"MI", "X,N,L,H", false},
    {"MA", "X,N,L,H", false},
    {NULL, NULL, false},
};

static enum severity_level level_of(unsigned tenths)
{
    if (tenths == 0)
        return SEVERITY_NONE;
    return tenths >= 90 ? SEVERITY_CRITICAL : tenths >= 70 ? SEVERITY_HIGH : tenths >= 40 ? SEVERITY_MEDIUM : SEVERITY_LOW;
}

/* SPEC: CVSS 3.1 appendix A: the smallest tenth at or above, after five decimals. */
static unsigned round_up(double x)
{
    unsigned long whole = (unsigned long)(x * 100000 + 0.5);
    return (unsigned)((whole + 9999) / 10000);
}

static double power(double x, unsigned n)
{
    double p = 1;
    while (n--)
        p *= x;
    return p;
}

static bool read3(struct str text, unsigned version, struct cvss *ret)
{
    static const double av[] = {0.85, 0.62, 0.55, 0.2}, ac[] = {0.77, 0.44}, ui[] = {0.85, 0.62}, cia[] = {0.56, 0.22, 0};
    static const double pr[2][3] = {{0.85, 0.62, 0.27}, {0.85, 0.68, 0.5}};
    unsigned char m[CVSS_METRICS_MOST];
    if (!cvss_read_metrics(text, metrics3, m))
        return false;
    bool changed = m[4] != 0;
    double iss = 1 - (1 - cia[m[5]]) * (1 - cia[m[6]]) * (1 - cia[m[7]]);
    double impact = changed ? 7.52 * (iss - 0.029) - 3.25 * power(iss - 0.02, 15) : 6.42 * iss;
    double exploitability = 8.22 * av[m[0]] * ac[m[1]] * pr[changed][m[2]] * ui[m[3]];
    double score = (impact + exploitability) * (changed ? 1.08 : 1);
    unsigned tenths = impact <= 0 ? 0 : round_up(score < 10 ? score : 10);
    *ret = (struct cvss){version, tenths, tenths, level_of(tenths)};
    return true;
}

bool cvss_read(struct str vector, struct cvss *ret)
{
    struct str s = vector;
    if (str_take(&s, STR("CVSS:4.0/"))) {
        struct cvss c;
        if (!cvss4_read(s, &c))
            return false;
        c.level = level_of(c.score);
        *ret = c;
        return true;
    }
    if (str_take(&s, STR("CVSS:3.1/")))
        return read3(s, 31, ret);
    if (str_take(&s, STR("CVSS:3.0/")))
        return read3(s, 30, ret);
    if (str_starts(s, STR("(")) && str_ends(s, STR(")")))
        s = str_but(str_from(s, 1), 1);
    return read2(s, ret);
}

/* ---- words ---- */

const char *severity_name(enum severity_level l)
{
    switch (l) {
    case SEVERITY_UNKNOWN: return "unknown";
    case SEVERITY_NONE: return "none";
    case SEVERITY_LOW: return "low";
    case SEVERITY_MEDIUM: return "medium";
    case SEVERITY_HIGH: return "high";
    case SEVERITY_CRITICAL: return "critical";
    }
    return "unknown";
}

enum severity_level severity_word(struct str word)
{
    static const struct {
        const char *word;
        enum severity_level level;
    } words[] = {
        {"none", SEVERITY_NONE},     {"unimportant", SEVERITY_LOW}, {"negligible", SEVERITY_LOW},  {"minor", SEVERITY_LOW},
        {"low", SEVERITY_LOW},       {"moderate", SEVERITY_MEDIUM}, {"medium", SEVERITY_MEDIUM},   {"important", SEVERITY_HIGH},
        {"high", SEVERITY_HIGH},     {"critical", SEVERITY_CRITICAL}, {"urgent", SEVERITY_CRITICAL},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_ieq(word, str_of(words[i].word)))
            return words[i].level;
    return SEVERITY_UNKNOWN;
}

enum severity_level severity_of(const struct severity *list, size_t n, int *ret_tenths)
{
    struct cvss best = {0, 0, 0, SEVERITY_UNKNOWN}, c;
    enum severity_level word = SEVERITY_UNKNOWN;
    for (size_t i = 0; i < n; i++) {
        enum severity_level w = severity_word(list[i].score);
        if (w > word)
            word = w;
        if (cvss_read(list[i].score, &c) && (c.version > best.version || (c.version == best.version && c.score > best.score)))
            best = c;
    }
    *ret_tenths = best.version ? (int)best.score : -1;
    return best.version ? best.level : word;
}
