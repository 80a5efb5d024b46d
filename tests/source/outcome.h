/* What a source, or an archive inside, makes of a case: as sorted text, to be compared with what was expected. */
#ifndef TESTS_SOURCE_OUTCOME_H
#define TESTS_SOURCE_OUTCOME_H

#include "base/buf.h"
#include "source/source.h"

/* How the visitor of a test answers. */
struct answers {
    enum want files;   /* its answer to every file whose path matches */
    struct str match;  /* glob; empty: every file */
    struct str second; /* glob of the paths still wanted in the second pass (after WANT_LATER); empty: all */
    bool show_visits;  /* folders, links and others are listed too */
};

/* "ok" or the rc's name, then a line for each tree, layer, name, digest, node and gap. Only lines that begin with one of
 * the characters in `show` ("tlndgv"); empty: all. Errors' texts are not part of it. */
enum rc outcome_of_source(struct op *op, const struct source_ref *ref, const struct answers *a, struct buf *out);

/* The same for the bytes of an archive inside a tree: members are entered as far as the limits allow. */
enum rc outcome_of_archive(struct op *op, struct str bytes, const struct answers *a, struct buf *out);

/* The lines, sorted. */
struct str outcome_sorted(struct arena *mem, struct str text);

#endif
