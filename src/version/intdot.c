/* VERS's intdot: whole numbers between dots, read up to the first other character; more of them are newer. */
#include "version/numbers.h"
#include "version/scan.h"

static struct str numbers(struct str v)
{
    size_t n = 0;
    while (n < v.n && (is_digit(v.p[n]) || v.p[n] == '.'))
        n++;
    return str_upto(v, n);
}

static int compare(struct str a, struct str b)
{
    return numbers_compare(numbers(a), numbers(b), ".", false);
}

static enum version_class valid(struct str v)
{
    return numbers_valid(v, ".", 1);
}

static const char *const ecosystems[] = {NULL};

const struct version_scheme version_intdot = {
    .name = "intdot",
    .help = "whole numbers between dots, as VERS defines intdot",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_same,
};
