/* RFC 3339 without the C library's locale and time zone. */
#include "base/time.h"

#include <time.h>

int64_t time_now(void)
{
    return (int64_t)time(NULL);
}

int64_t time_monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Days since 1970-01-01 of a proleptic Gregorian date: years counted from March, so that leap days come last. */
static int64_t days_of(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400, in_era = y - era * 400;
    int64_t in_year = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

static void date_of(int64_t days, int64_t *y, int64_t *m, int64_t *d)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097, in_era = days - era * 146097;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * in_year + 2) / 153;
    *d = in_year - (153 * month + 2) / 5 + 1;
    *m = month < 10 ? month + 3 : month - 9;
    *y = year + era * 400 + (*m <= 2);
}

static bool field(struct str *s, size_t digits, char after, int64_t low, int64_t high, int64_t *ret)
{
    uint64_t v;
    if (!str_num(str_upto(*s, digits), &v) || s->n < digits || (int64_t)v < low || (int64_t)v > high)
        return false;
    *s = str_from(*s, digits);
    *ret = (int64_t)v;
    return !after || str_take(s, (struct str){&after, 1});
}

static bool offset(struct str s, int64_t *ret_s)
{
    int64_t h, m, sign = s.n && s.p[0] == '-' ? -1 : 1;
    if (str_ieq(s, STR("z"))) {
        *ret_s = 0;
        return true;
    }
    if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-'))
        return false;
    s = str_from(s, 1);
    if (!field(&s, 2, ':', 0, 23, &h) || !field(&s, 2, 0, 0, 59, &m))
        return false;
    *ret_s = sign * (h * 3600 + m * 60);
    return true;
}

bool time_parse(struct str s, int64_t *ret)
{
    static const int64_t length[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t y, mo, d, h = 23, mi = 59, sec = 59, off = 0;
    if (!field(&s, 4, '-', 0, 9999, &y) || !field(&s, 2, '-', 1, 12, &mo) || !field(&s, 2, 0, 1, length[mo - 1], &d))
        return false;
    if (mo == 2 && d == 29 && (y % 4 != 0 || (y % 100 == 0 && y % 400 != 0)))
        return false;
    if (s.n) {
        if (s.p[0] != 'T' && s.p[0] != 't' && s.p[0] != ' ')
            return false;
        s = str_from(s, 1);
        if (!field(&s, 2, ':', 0, 23, &h) || !field(&s, 2, ':', 0, 59, &mi) || !field(&s, 2, 0, 0, 60, &sec))
            return false;
        if (str_take(&s, STR("."))) {
            size_t n = 0;
            while (n < s.n && is_digit(s.p[n]))
                n++;
            if (n == 0)
                return false;
            s = str_from(s, n);
        }
        if (!offset(s, &off))
            return false;
    }
    *ret = days_of(y, mo, d) * 86400 + h * 3600 + mi * 60 + sec - off;
    return true;
}

struct str time_print(struct arena *mem, int64_t t)
{
    int64_t days = t / 86400, s = t % 86400, y, m, d;
    if (s < 0) {
        s += 86400;
        days--;
    }
    date_of(days, &y, &m, &d);
    return str_print(mem, "%04lld-%02lld-%02lldT%02lld:%02lld:%02lldZ", (long long)y, (long long)m, (long long)d,
                     (long long)(s / 3600), (long long)(s / 60 % 60), (long long)(s % 60));
}

static const struct {
    char letter;
    int64_t s;
    const char *one, *many;
} units[] = {
    {'w', 604800, "week", "weeks"}, {'d', 86400, "day", "days"},       {'h', 3600, "hour", "hours"},
    {'m', 60, "minute", "minutes"}, {'s', 1, "second", "seconds"},
};

bool duration_parse(struct str text, int64_t *ret_s)
{
    uint64_t v;
    if (text.n < 2 || !str_num(str_but(text, 1), &v) || v > 1000000000)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (text.p[text.n - 1] == units[i].letter) {
            *ret_s = (int64_t)v * units[i].s;
            return true;
        }
    return false;
}

struct str duration_print(struct arena *mem, int64_t s)
{
    if (s < 0)
        s = 0;
    for (size_t i = 1; i < sizeof units / sizeof *units; i++)
        if (s >= units[i].s || units[i].s == 1) {
            int64_t v = s / units[i].s;
            return str_print(mem, "%lld %s", (long long)v, v == 1 ? units[i].one : units[i].many);
        }
    return STR("0 seconds");
}
