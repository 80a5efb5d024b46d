/* What this program can read: walks the tables of sources, catalogers and version schemes. */
#ifndef FLOW_FORMATS_H
#define FLOW_FORMATS_H

#include "base/op.h"

struct format {
    const char *group; /* "source", "cataloger", "version" */
    const char *name, *help;
    const char *const *paths; /* globs of a cataloger, ecosystems of a version scheme; NULL at the end; may be NULL */
    unsigned profiles;        /* of a cataloger: mask of enum profile */
};

/* The i-th format; false past the last. */
bool format_get(size_t i, struct format *ret);

#endif
