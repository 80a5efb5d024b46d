/* Test Anything Protocol on stdout: one line per check, the plan at the end. */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

struct tap {
    unsigned n, failed;
};

static struct tap tap_count;

__attribute__((format(printf, 1, 0))) static inline void tap_name_(const char *fmt, va_list ap)
{
    vprintf(fmt, ap);
    putchar('\n');
}

__attribute__((format(printf, 2, 3), unused)) static bool tap_ok(bool ok, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    tap_count.n++;
    tap_count.failed += !ok;
    printf("%s %u - ", ok ? "ok" : "not ok", tap_count.n);
    tap_name_(fmt, ap);
    va_end(ap);
    return ok;
}

__attribute__((format(printf, 2, 3), unused)) static void tap_skip(const char *reason, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    printf("ok %u - ", ++tap_count.n);
    vprintf(fmt, ap);
    printf(" # SKIP %s\n", reason);
    va_end(ap);
}

/* A line for whoever reads the output. */
__attribute__((format(printf, 1, 2), unused)) static void tap_say(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    printf("# ");
    tap_name_(fmt, ap);
    va_end(ap);
}

/* Prints the plan; the exit status of the test. */
__attribute__((unused)) static int tap_done(void)
{
    printf("1..%u\n", tap_count.n);
    return tap_count.failed != 0;
}

#endif
