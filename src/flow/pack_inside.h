/* What writing and reading packed advisories share. */
#ifndef FLOW_PACK_INSIDE_H
#define FLOW_PACK_INSIDE_H

#include "base/buf.h"
#include "flow/pack.h"

enum { PACK_RECORD_TABLE = 1 };

void pack_table_put(struct buf *b, const struct pack_table *t);

#endif
