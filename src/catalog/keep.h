/* Text that a reader gave out: borrowed from the document, or decoded into memory that ends sooner. */
#ifndef CATALOG_KEEP_H
#define CATALOG_KEEP_H

#include "base/str.h"

/* s itself when it lies in doc, else a copy in mem. */
static inline struct str catalog_keep(struct arena *mem, struct str doc, struct str s)
{
    uintptr_t from = (uintptr_t)doc.p, at = (uintptr_t)s.p;
    return at >= from && at <= from + doc.n ? s : str_dup(mem, s);
}

#endif
