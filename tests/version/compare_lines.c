/* The schemes behind a pipe, for differential tests: reads lines on stdin, answers a line each. */
#include <stdio.h>
#include <stdlib.h>

#include "version/lines.h"

static const char *class_name(enum version_class c)
{
    return c == VERSION_VALID ? "valid" : c == VERSION_LENIENT ? "lenient" : "invalid";
}

/* As version_compare_line, but orders invalid versions too. */
static const char *raw(const struct version_scheme *scheme, struct str line)
{
    struct str a, b;
    if (!str_split(line, '\t', &a, &b))
        return "?";
    int c = scheme->compare(a, b);
    return c < 0 ? "<" : c > 0 ? ">" : "=";
}

int main(int argc, char **argv)
{
    const struct version_scheme *scheme = argc > 1 ? version_scheme_find(str_of(argv[1])) : NULL;
    struct str verb = argc > 2 ? str_of(argv[2]) : STR("compare");
    struct op op = {.mem = arena_open((size_t)1 << 28), .limits = &limits_default};
    char *text = NULL;
    size_t cap = 0;
    if (!scheme) {
        fputs("usage: compare_lines SCHEME [compare|raw|contains|upstream|valid] < lines\n", stderr);
        return 2;
    }
    for (ssize_t n; (n = getline(&text, &cap, stdin)) > 0;) {
        struct str line = {text, (size_t)n - (text[n - 1] == '\n')};
        struct str answer;
        if (str_eq(verb, STR("contains")))
            answer = str_of(version_contains_line(&op, scheme, line));
        else if (str_eq(verb, STR("upstream")))
            answer = version_upstream_line(&op, scheme, line);
        else if (str_eq(verb, STR("valid")))
            answer = str_of(class_name(scheme->valid(line)));
        else if (str_eq(verb, STR("raw")))
            answer = str_of(raw(scheme, line));
        else
            answer = str_of(version_compare_line(scheme, line));
        printf(STR_FMT "\n", STR_ARG(answer));
        arena_reset(op.mem);
    }
    free(text);
    arena_close(op.mem);
    return 0;
}
