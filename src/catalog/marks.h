/* What tells well-known C programs and libraries apart in their own bytes, and how their version is read there. */
#ifndef CATALOG_MARKS_H
#define CATALOG_MARKS_H

#include "base/op.h"

enum mark_flags {
    MARK_EMBEDDED = 1, /* a copy linked into any other file counts too */
    MARK_DIGITS = 2,   /* the version is digits and dots only; what follows is no part of it */
    MARK_PATCH = 4,    /* "9.2p1": a p and a number are needed */
    MARK_DATE = 8,     /* "3.0.11 19 Sep 2023": a date follows the version */
    MARK_GREATEST = 16, /* of several versions that stand alone the greatest is the program's own */
    MARK_PACKED = 32,  /* "20914" is 2.9.14 */
    MARK_V = 64,       /* a v stands before the version */
    MARK_THREE = 128,  /* exactly three numbers */
    MARK_CORE = 256,   /* up to the first + or - */
    MARK_SEVEN = 1024, /* the second number is 7 or more: what is older is not in use */
    MARK_EVEN = 512,   /* the second number is one even digit; the anchor alone proves nothing */
};

struct mark {
    const char *project;
    const char *files;   /* patterns for its file's name and soname, separated by blanks */
    const char *anchor;  /* a literal that only its own code holds; the version follows at once. NULL: none */
    const char *skip;    /* …or follows this text within the same string; NULL: at once */
    const char *after;   /* what must follow the version; NULL: anything */
    const char *bare;    /* instead: the version stands alone before a NUL and starts so */
    const char *confirm; /* this and the first two numbers of the version must stand somewhere: "cpython-" "311" */
    unsigned flags;
};

extern const struct mark marks[]; /* ends with a NULL project */
enum { MARKS_MOST = 48 };

/* Do any of the mark's patterns match this file name or soname? */
bool mark_names(const struct mark *m, struct str name);

/* The version that stands at the front of `text`; empty when none does, or when what follows it is wrong. */
struct str mark_version(const struct mark *m, struct str text);

/* The next version that stands alone in `bytes`, from *at on, which is moved past it; false when there is none. */
bool mark_bare(const struct mark *m, struct str bytes, size_t *at, struct str *ret);

/* "20914" → "2.9.14" in mem; other marks' versions as they are. */
struct str mark_print(const struct mark *m, struct arena *mem, struct str version);

#endif
