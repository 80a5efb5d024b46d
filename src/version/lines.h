/* What `muster version` answers for one line of input; a line never fails, it is answered with "?". */
#ifndef VERSION_LINES_H
#define VERSION_LINES_H

#include "version/version.h"

/* "a<TAB>b": "<", "=", ">" as the package manager answers, or "?" when either is invalid or the line has no tab. */
const char *version_compare_line(const struct version_scheme *scheme, struct str line);

/* "range<TAB>version": "true", "false" or "?". Memory of op->mem is used and not kept: reset it now and then. */
const char *version_contains_line(struct op *op, const struct version_scheme *scheme, struct str line);

/* The upstream part of a version, or "?". Borrowed from the line or op->mem. */
struct str version_upstream_line(struct op *op, const struct version_scheme *scheme, struct str line);

#endif
