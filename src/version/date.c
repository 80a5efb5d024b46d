/* Versions that are dates: 2024-01-02, 20240102, 2024.1, 24.04, 2024-01-02T03:04:05Z, nightly-2024-01-02.1. A month or day
 * that is missing is the first; what follows the date is ordered as generic versions are. */
#include "version/generic.h"
#include "version/scan.h"
#include "version/version.h"

struct moment {
    bool known;
    bool strict;         /* nothing before it, and only numbers behind */
    int64_t seconds;     /* since 1970, in UTC */
    struct str fraction; /* digits of a second */
    struct str rest;
};

/* Takes `width` digits (or, when `few`, one less), a number from `least` to `most`. */
static bool take(struct str *s, size_t width, bool few, int least, int most, int *ret)
{
    size_t n = scan_digits(*s);
    int value = 0;
    if (few ? n == 0 || n > width : n < width)
        return false;
    n = n < width ? n : width;
    for (size_t i = 0; i < n; i++)
        value = value * 10 + (s->p[i] - '0');
    if (value < least || value > most)
        return false;
    scan_take(s, n);
    *ret = value;
    return true;
}

static bool take_one_of(struct str *s, const char *set)
{
    for (; s->n && *set; set++)
        if (s->p[0] == *set) {
            scan_take(s, 1);
            return true;
        }
    return false;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970-01-01 in the Gregorian calendar; a year is counted from March on. */
static int64_t days_since_epoch(int year, int month, int day)
{
    int64_t y = year - (month <= 2), of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return y * 365 + y / 4 - y / 100 + y / 400 + of_year - 719468;
}

/* "T03:04:05.5+02:00"; the seconds, fraction and offset may be missing. Takes nothing when it is no time. */
static void take_time(struct str *s, struct moment *m)
{
    struct str rest = *s;
    int hour, minute, second = 0, off_hour = 0, off_minute = 0;
    if (!take_one_of(&rest, "Tt ") && !(rest.n && is_digit(rest.p[0])))
        return;
    bool told = take(&rest, 2, false, 0, 23, &hour) && (take_one_of(&rest, ":-"), take(&rest, 2, false, 0, 59, &minute));
    if (!told)
        return;
    struct str before = rest;
    take_one_of(&rest, ":-");
    if (!take(&rest, 2, false, 0, 60, &second))
        rest = before;
    struct str point = rest;
    if (rest.p != before.p && take_one_of(&point, ".") && scan_digits(point)) {
        m->fraction = scan_take(&point, scan_digits(point));
        rest = point;
    }
    if (rest.n && to_lower(rest.p[0]) == 'z' && (rest.n == 1 || !is_alnum(rest.p[1]))) {
        scan_take(&rest, 1);
    } else {
        struct str zone = rest;
        bool west = zone.n && zone.p[0] == '-';
        bool read = take_one_of(&zone, "+-") && take(&zone, 2, false, 0, 23, &off_hour) && take_one_of(&zone, ":") &&
                    take(&zone, 2, false, 0, 59, &off_minute);
        m->seconds += read ? (west ? 60 : -60) * (off_hour * 60 + off_minute) : 0;
        rest = read ? zone : rest;
    }
    m->seconds += (hour * 60 + minute) * 60 + second;
    *s = rest;
}

/* "-13" behind a year or month is no part of a date, and so there is none; ".13" may well be a number that follows one. */
static bool contradicts(struct str s)
{
    return s.n > 2 && s.p[0] == '-' && is_digit(s.p[1]) && is_digit(s.p[2]);
}

/* yyyy, yyyymm, yyyymmdd, yyyy-m-d with - . _ or / between; yy.mm only with a separator. */
static bool take_date(struct str *s, struct moment *m)
{
    struct str rest = *s, after;
    int year, month = 1, day = 1;
    size_t digits = scan_digits(rest);
    bool run = digits >= 6, whole = digits == 4 || digits == 6 || digits == 8 || digits == 12 || digits == 14;
    if (digits == 2 && rest.n > 3 && (rest.p[2] == '.' || rest.p[2] == '-') && take(&rest, 2, false, 0, 99, &year))
        year += 2000;
    else if (!whole || !take(&rest, 4, false, 1900, 2999, &year))
        return false;
    after = rest;
    bool has_month = (run || take_one_of(&after, "-._/")) && take(&after, 2, !run, 1, 12, &month);
    if (!has_month && (run || digits == 2 || contradicts(rest)))
        return false;
    rest = has_month ? after : rest;
    bool has_day = has_month && (!run || digits >= 8) && (run || take_one_of(&after, "-._/")) &&
                   take(&after, 2, !run, 1, days_in(year, month), &day);
    if (!has_day && (digits >= 8 || (has_month && contradicts(rest))))
        return false;
    rest = has_day ? after : rest;
    m->seconds = days_since_epoch(year, month, has_day ? day : 1) * 86400;
    if (has_day)
        take_time(&rest, m);
    *s = rest;
    return true;
}

static struct moment read(struct str v)
{
    struct moment m = {0};
    struct str rest = v;
    for (bool first = true;; first = false) {
        while (rest.n && !is_digit(rest.p[0]))
            scan_take(&rest, 1);
        if (rest.n == 0)
            return m;
        m.known = take_date(&rest, &m);
        if (m.known || !first || scan_digits(rest) >= 4) /* a name may hold a number */
            break;
        scan_take(&rest, scan_digits(rest));
    }
    m.strict = v.n && (is_digit(v.p[0]) || (v.p[0] == 'v' && v.n > 1 && is_digit(v.p[1])));
    for (size_t i = 0; i < rest.n; i++)
        m.strict &= is_digit(rest.p[i]) || rest.p[i] == '.' || rest.p[i] == '-';
    m.rest = rest;
    return m;
}

static int compare(struct str a, struct str b)
{
    struct moment x = read(a), y = read(b);
    if (!x.known || !y.known)
        return x.known ? 1 : y.known ? -1 : str_cmp(a, b);
    if (x.seconds != y.seconds)
        return x.seconds < y.seconds ? -1 : 1;
    int c = str_cmp(scan_fraction(x.fraction), scan_fraction(y.fraction));
    return c ? c : generic_compare(x.rest, y.rest);
}

static enum version_class valid(struct str v)
{
    struct moment m = read(v);
    if (!m.known || !scan_only(v, ".+-_~:/ "))
        return VERSION_INVALID;
    return m.strict ? VERSION_VALID : VERSION_LENIENT;
}

static const char *const ecosystems[] = {"datetime", "calver", NULL};

const struct version_scheme version_date = {
    .name = "date",
    .help = "dates and times as versions, in any of the usual forms",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_same,
};
