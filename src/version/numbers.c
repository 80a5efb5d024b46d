/* Number by number. */
#include "version/numbers.h"

#include "version/scan.h"

static bool is_one_of(char c, const char *separators)
{
    return c && strchr(separators, c);
}

int numbers_compare(struct str a, struct str b, const char *separators)
{
    while (a.n && b.n) {
        size_t i = scan_digits(a), j = scan_digits(b);
        if (i == 0 || j == 0)
            return i ? 1 : j ? -1 : str_cmp(a, b);
        struct str x = scan_take(&a, i), y = scan_take(&b, j);
        int c = scan_number_cmp(x, y);
        if (c)
            return c;
        bool next_a = a.n && is_one_of(a.p[0], separators), next_b = b.n && is_one_of(b.p[0], separators);
        if (!next_a || !next_b)
            break;
        scan_take(&a, 1);
        scan_take(&b, 1);
    }
    return a.n && b.n ? str_cmp(a, b) : a.n ? 1 : b.n ? -1 : 0;
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
