/* Which upstream project a component comes from, and at which of that project's versions (DESIGN §6). Pure:
 * the table of aliases is compiled in from data/upstreams.tsv. */
#ifndef IDENTITY_IDENTITY_H
#define IDENTITY_IDENTITY_H

#include "model/component.h"

/* Sets c->upstream and c->upstream_version (empty when it cannot be read). c->upstream is never empty: the project
 * the table names for (type, name); else the source package's name for OS packages; else the component's own
 * name as its ecosystem writes it. A registry package that the table does not know but whose name is that of a
 * project or alias in the table is another project: it gets "type:name" ("npm:xz"). Slices live in `mem` or in
 * the table. */
void identity_fill(struct arena *mem, struct component *c);

/* The upstream for what a person typed: an alias ("liblzma5", "xz-utils") gives its project ("xz"); a name the
 * table does not know is itself. */
struct str identity_upstream(struct str name);

/* Is this the name of a project (an upstream) of the table? */
bool identity_knows(struct str upstream);

/* The version of the alias table; stores derive upstreams again when it changes. */
struct str identity_table_version(void);

/* Upstream of a shared object name: "liblzma.so.5" → "xz"; {NULL,0} when unknown. */
struct str identity_of_soname(struct str soname);

#endif
