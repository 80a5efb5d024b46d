/* CVSS 4.0 (FIRST: "CVSS v4.0 Specification Document" §8): a vector belongs to a macrovector, whose score is in a table
 * that FIRST published with the specification; within it the distance to the macrovector's worst vector is taken off in
 * proportion to the step to the next lower macrovector. All in whole numbers: no rounding until the end. */
#include "match/cvss.h"

enum metric {
    AV, AC, AT, PR, UI, VC, VI, VA, SC, SI, SA, /* base */
    E, CR, IR, AR,
    MAV, MAC, MAT, MPR, MUI, MVC, MVI, MVA, MSC, MSI, MSA,
    S, AU, R, V, RE, U,
};

static const struct cvss_metric metrics[] = {
    [AV] = {"AV", "N,A,L,P", true},     [AC] = {"AC", "L,H", true},          [AT] = {"AT", "N,P", true},
    [PR] = {"PR", "N,L,H", true},       [UI] = {"UI", "N,P,A", true},        [VC] = {"VC", "H,L,N", true},
    [VI] = {"VI", "H,L,N", true},       [VA] = {"VA", "H,L,N", true},        [SC] = {"SC", "H,L,N", true},
    [SI] = {"SI", "H,L,N", true},       [SA] = {"SA", "H,L,N", true},        [E] = {"E", "X,A,P,U", false},
    [CR] = {"CR", "X,H,M,L", false},    [IR] = {"IR", "X,H,M,L", false},     [AR] = {"AR", "X,H,M,L", false},
    [MAV] = {"MAV", "X,N,A,L,P", false}, [MAC] = {"MAC", "X,L,H", false},    [MAT] = {"MAT", "X,N,P", false},
    [MPR] = {"MPR", "X,N,L,H", false},  [MUI] = {"MUI", "X,N,P,A", false},   [MVC] = {"MVC", "X,H,L,N", false},
    [MVI] = {"MVI", "X,H,L,N", false},  [MVA] = {"MVA", "X,H,L,N", false},   [MSC] = {"MSC", "X,H,L,N", false},
    [MSI] = {"MSI", "X,S,H,L,N", false}, [MSA] = {"MSA", "X,S,H,L,N", false}, [S] = {"S", "X,N,P", false},
    [AU] = {"AU", "X,N,Y", false},      [R] = {"R", "X,A,U,I", false},       [V] = {"V", "X,D,C", false},
    [RE] = {"RE", "X,L,M,H", false},    [U] = {"U", "X,Clear,Green,Amber,Red", false}, {NULL, NULL, false},
};

enum { NO_SCORE = 255 };

/* Tenths by EQ1, EQ2, EQ3, EQ4, EQ5, EQ6. */
static const unsigned char table[3][2][3][3][3][2] = {
    {
        {
            {{{100, 99}, {98, 95}, {95, 92}},
             {{100, 96}, {93, 87}, {91, 81}},
             {{93, 90}, {89, 80}, {81, 68}}},
            {{{98, 95}, {95, 92}, {90, 84}},
             {{93, 92}, {89, 81}, {81, 65}},
             {{88, 80}, {78, 70}, {69, 48}}},
            {{{NO_SCORE, 92}, {NO_SCORE, 82}, {NO_SCORE, 72}},
             {{NO_SCORE, 79}, {NO_SCORE, 69}, {NO_SCORE, 50}},
             {{NO_SCORE, 69}, {NO_SCORE, 55}, {NO_SCORE, 27}}},
        },
        {
            {{{99, 97}, {95, 92}, {92, 85}},
             {{95, 91}, {90, 83}, {84, 71}},
             {{92, 81}, {82, 71}, {72, 53}}},
            {{{95, 93}, {92, 85}, {85, 73}},
             {{92, 82}, {80, 72}, {70, 59}},
             {{84, 70}, {71, 52}, {50, 30}}},
            {{{NO_SCORE, 86}, {NO_SCORE, 75}, {NO_SCORE, 52}},
             {{NO_SCORE, 71}, {NO_SCORE, 52}, {NO_SCORE, 29}},
             {{NO_SCORE, 63}, {NO_SCORE, 29}, {NO_SCORE, 17}}},
        },
    },
    {
        {
            {{{98, 95}, {94, 87}, {91, 81}},
             {{94, 89}, {86, 74}, {77, 64}},
             {{87, 75}, {74, 63}, {63, 49}}},
            {{{94, 89}, {88, 77}, {76, 67}},
             {{86, 76}, {74, 58}, {59, 50}},
             {{72, 57}, {57, 52}, {52, 25}}},
            {{{NO_SCORE, 83}, {NO_SCORE, 70}, {NO_SCORE, 54}},
             {{NO_SCORE, 65}, {NO_SCORE, 58}, {NO_SCORE, 26}},
             {{NO_SCORE, 53}, {NO_SCORE, 21}, {NO_SCORE, 13}}},
        },
        {
            {{{95, 90}, {88, 76}, {76, 70}},
             {{90, 77}, {75, 62}, {61, 53}},
             {{77, 66}, {68, 59}, {52, 30}}},
            {{{89, 78}, {76, 67}, {62, 58}},
             {{74, 59}, {57, 57}, {47, 23}},
             {{61, 52}, {57, 29}, {24, 16}}},
            {{{NO_SCORE, 71}, {NO_SCORE, 59}, {NO_SCORE, 30}},
             {{NO_SCORE, 58}, {NO_SCORE, 26}, {NO_SCORE, 15}},
             {{NO_SCORE, 23}, {NO_SCORE, 13}, {NO_SCORE, 6}}},
        },
    },
    {
        {
            {{{93, 87}, {86, 72}, {75, 58}},
             {{86, 74}, {74, 61}, {56, 34}},
             {{70, 54}, {52, 40}, {40, 22}}},
            {{{85, 75}, {74, 55}, {62, 51}},
             {{72, 57}, {55, 41}, {46, 19}},
             {{53, 36}, {34, 19}, {19, 8}}},
            {{{NO_SCORE, 64}, {NO_SCORE, 51}, {NO_SCORE, 20}},
             {{NO_SCORE, 47}, {NO_SCORE, 21}, {NO_SCORE, 11}},
             {{NO_SCORE, 24}, {NO_SCORE, 9}, {NO_SCORE, 4}}},
        },
        {
            {{{88, 75}, {73, 53}, {60, 50}},
             {{73, 55}, {59, 40}, {41, 20}},
             {{54, 43}, {45, 22}, {20, 11}}},
            {{{75, 55}, {58, 45}, {40, 21}},
             {{61, 51}, {48, 18}, {20, 9}},
             {{46, 18}, {17, 7}, {8, 2}}},
            {{{NO_SCORE, 53}, {NO_SCORE, 24}, {NO_SCORE, 14}},
             {{NO_SCORE, 24}, {NO_SCORE, 12}, {NO_SCORE, 5}},
             {{NO_SCORE, 10}, {NO_SCORE, 3}, {NO_SCORE, 1}}},
        },
    },
};

/* How far each metric is from its worst value, in the order of the groups below. */
enum level { L_AV, L_PR, L_UI, L_AC, L_AT, L_VC, L_VI, L_VA, L_CR, L_IR, L_AR, L_SC, L_SI, L_SA, LEVELS };

struct group {
    int first, n;         /* of the levels */
    unsigned char worst[5][6]; /* the highest vectors of the macrovector's part */
    int n_worst;
    int depth;            /* the greatest distance within it, plus one: the specification's table 25 */
};

static const struct group eq1[] = {
    {L_AV, 3, {{0, 0, 0}}, 1, 1},
    {L_AV, 3, {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, 3, 4},
    {L_AV, 3, {{3, 0, 0}, {1, 1, 1}}, 2, 5},
};
static const struct group eq2[] = {
    {L_AC, 2, {{0, 0}}, 1, 1},
    {L_AC, 2, {{1, 0}, {0, 1}}, 2, 2},
};
static const struct group eq36[3][2] = {
    {{L_VC, 6, {{0, 0, 0, 0, 0, 0}}, 1, 7}, {L_VC, 6, {{0, 0, 1, 1, 1, 0}, {0, 0, 0, 1, 1, 1}}, 2, 6}},
    {{L_VC, 6, {{1, 0, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0}}, 2, 8},
     {L_VC, 6, {{1, 0, 1, 0, 1, 0}, {1, 0, 0, 0, 1, 1}, {0, 1, 0, 1, 0, 1}, {0, 1, 1, 1, 0, 0}, {1, 1, 0, 0, 0, 1}}, 5, 8}},
    {{L_VC, 6, {{1, 1, 1, 0, 0, 0}}, 1, 10}, {L_VC, 6, {{1, 1, 1, 0, 0, 0}}, 1, 10}},
};
static const struct group eq4[] = {
    {L_SC, 3, {{1, 0, 0}}, 1, 6},
    {L_SC, 3, {{1, 1, 1}}, 1, 5},
    {L_SC, 3, {{2, 2, 2}}, 1, 4},
};

/* From the first of the worst vectors that is nowhere below ours. */
static int distance(const struct group *g, const int level[LEVELS])
{
    for (int w = 0; w < g->n_worst; w++) {
        int sum = 0;
        bool above = true;
        for (int i = 0; i < g->n; i++) {
            int d = level[g->first + i] - g->worst[w][i];
            above &= d >= 0;
            sum += d;
        }
        if (above)
            return sum;
    }
    return 0;
}

/* The modified metric where it is given: its list is the base metric's behind an X. */
static int effective(const unsigned char *m, enum metric base, enum metric modified)
{
    return m[modified] ? m[modified] - 1 : m[base];
}

static int requirement(const unsigned char *m, enum metric r)
{
    return m[r] ? m[r] - 1 : 0;
}

/* Subsequent systems have safety (0) above high, low and none. */
static int subsequent(const unsigned char *m, enum metric base, enum metric modified)
{
    return m[modified] ? m[modified] - 1 : m[base] + 1;
}

static void levels_of(const unsigned char *m, int level[LEVELS])
{
    level[L_AV] = effective(m, AV, MAV);
    level[L_PR] = effective(m, PR, MPR);
    level[L_UI] = effective(m, UI, MUI);
    level[L_AC] = effective(m, AC, MAC);
    level[L_AT] = effective(m, AT, MAT);
    level[L_VC] = effective(m, VC, MVC);
    level[L_VI] = effective(m, VI, MVI);
    level[L_VA] = effective(m, VA, MVA);
    level[L_CR] = requirement(m, CR);
    level[L_IR] = requirement(m, IR);
    level[L_AR] = requirement(m, AR);
    level[L_SC] = effective(m, SC, MSC) + 1;
    level[L_SI] = subsequent(m, SI, MSI);
    level[L_SA] = subsequent(m, SA, MSA);
}

/* SPEC: CVSS 4.0 §8.2, tables 24 to 29. */
static void macrovector(const int l[LEVELS], int exploit, int eq[6])
{
    bool n_av = l[L_AV] == 0, n_pr = l[L_PR] == 0, n_ui = l[L_UI] == 0;
    bool c = l[L_VC] == 0, i = l[L_VI] == 0, a = l[L_VA] == 0;
    bool safety = l[L_SI] == 0 || l[L_SA] == 0, high = l[L_SC] == 1 || l[L_SI] == 1 || l[L_SA] == 1;
    bool wanted = (c && l[L_CR] == 0) || (i && l[L_IR] == 0) || (a && l[L_AR] == 0);
    eq[0] = n_av && n_pr && n_ui ? 0 : l[L_AV] == 3 || !(n_av || n_pr || n_ui) ? 2 : 1;
    eq[1] = l[L_AC] == 0 && l[L_AT] == 0 ? 0 : 1;
    eq[2] = c && i ? 0 : c || i || a ? 1 : 2;
    eq[3] = safety ? 0 : high ? 1 : 2;
    eq[4] = exploit;
    eq[5] = wanted ? 0 : 1;
}

/* NO_SCORE outside of the table. */
static int look_up(const int eq[6])
{
    bool inside = eq[0] < 3 && eq[1] < 2 && eq[2] < 3 && eq[3] < 3 && eq[4] < 3 && eq[5] < 2;
    return inside ? table[eq[0]][eq[1]][eq[2]][eq[3]][eq[4]][eq[5]] : NO_SCORE;
}

static int lower(const int eq[6], int which)
{
    int next[6];
    memcpy(next, eq, sizeof next);
    next[which]++;
    return look_up(next);
}

/* EQ3 and EQ6 go together. */
static int lower36(const int eq[6])
{
    if (eq[2] == 0 && eq[5] == 0) {
        int left = lower(eq, 5), right = lower(eq, 2);
        return left > right ? left : right;
    }
    return eq[2] == 1 && eq[5] == 0 ? lower(eq, 5) : lower(eq, 2);
}

static unsigned score_of(const int level[LEVELS], int exploit)
{
    enum { COMMON = 840 }; /* all depths divide it */
    int eq[6], steps = 0, taken = 0;
    bool none = level[L_VC] == 2 && level[L_VI] == 2 && level[L_VA] == 2;
    if (none && level[L_SC] == 3 && level[L_SI] == 3 && level[L_SA] == 3)
        return 0;
    macrovector(level, exploit, eq);
    int value = look_up(eq);
    const struct {
        const struct group *group; /* NULL: EQ5 has one vector a level */
        int next;
    } parts[] = {
        {&eq1[eq[0]], lower(eq, 0)},           {&eq2[eq[1]], lower(eq, 1)}, {&eq36[eq[2]][eq[5]], lower36(eq)},
        {&eq4[eq[3]], lower(eq, 3)},           {NULL, lower(eq, 4)},
    };
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
        int step = value - parts[p].next;
        if (parts[p].next == NO_SCORE || step < 0)
            continue;
        steps++;
        if (parts[p].group)
            taken += step * distance(parts[p].group, level) * (COMMON / parts[p].group->depth);
    }
    if (steps == 0)
        return (unsigned)value;
    int whole = COMMON * steps, exact = value * whole - taken;
    if (exact < 0)
        return 0;
    return (unsigned)((2 * exact + whole) / (2 * whole));
}

bool cvss4_read(struct str text, struct cvss *ret)
{
    unsigned char m[CVSS_METRICS_MOST], base[CVSS_METRICS_MOST] = {0};
    int level[LEVELS];
    if (!cvss_read_metrics(text, metrics, m))
        return false;
    memcpy(base, m, SA + 1);
    levels_of(base, level);
    *ret = (struct cvss){.version = 40, .base = score_of(level, 0)};
    levels_of(m, level);
    ret->score = score_of(level, m[E] ? m[E] - 1 : 0);
    return true;
}
