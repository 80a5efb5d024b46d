/* Number by number. */
#include "version/numbers.h"

#include "base/arena.h"
#include "version/scan.h"

static bool is_one_of(char c, const char *separators)
{
    return c && strchr(separators, c);
}

/* Takes the number at the front, and the separator before it when it is not the first. */
static bool take_number(struct str *s, const char *separators, bool first, struct str *ret)
{
    struct str rest = *s;
    if (!first && (rest.n == 0 || !is_one_of(rest.p[0], separators)))
        return false;
    if (!first)
        scan_take(&rest, 1);
    size_t n = scan_digits(rest);
    if (n == 0)
        return false;
    *ret = scan_take(&rest, n);
    *s = rest;
    return true;
}

int numbers_compare(struct str a, struct str b, const char *separators, bool padded)
{
    int longer = 0; /* which list is longer, by zeros only */
    for (bool first = true;; first = false) {
        struct str x = {NULL, 0}, y = {NULL, 0};
        bool has_x = take_number(&a, separators, first, &x), has_y = take_number(&b, separators, first, &y);
        if (first && has_x != has_y)
            return has_x ? 1 : -1;
        if (!has_x && !has_y)
            break;
        int c = scan_number_cmp(x, y);
        if (c)
            return c;
        longer = has_x == has_y ? 0 : has_x ? 1 : -1;
    }
    if (longer && !padded)
        return longer;
    return str_cmp(a, b);
}

enum version_class numbers_valid(struct str v, const char *separators, size_t least)
{
    struct str s = v;
    size_t count = 0;
    for (size_t n; (n = scan_digits(s)) > 0;) {
        count++;
        scan_take(&s, n);
        if (s.n < 2 || !is_one_of(s.p[0], separators) || !is_digit(s.p[1]))
            break;
        scan_take(&s, 1);
    }
    if (count == 0 || !scan_only(v, ".+-_~"))
        return VERSION_INVALID;
    return s.n == 0 && count >= least ? VERSION_VALID : VERSION_LENIENT;
}

bool numbers_zeros(struct str v)
{
    for (size_t i = 0; i + 1 < v.n; i++)
        if (v.p[i] == '0' && is_digit(v.p[i + 1]) && (i == 0 || !is_digit(v.p[i - 1])))
            return true;
    return false;
}

struct str scan_plus_one(struct arena *mem, struct str digits)
{
    char *out = arena_alloc(mem, digits.n + 2);
    memcpy(out + 1, digits.p, digits.n);
    out[0] = '0';
    size_t i = digits.n;
    while (out[i] == '9')
        out[i--] = '0';
    out[i]++;
    return i == 0 ? (struct str){out, digits.n + 1} : (struct str){out + 1, digits.n};
}
