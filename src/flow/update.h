/* `advisories update`: every feed that is wanted from its place into the cache, and what changed into one new index. */
#ifndef FLOW_UPDATE_H
#define FLOW_UPDATE_H

#include "flow/advisories.h"
#include "flow/feeds.h"

struct update_options {
    struct str mirror;     /* empty: each feed's own address */
    struct str_list feeds; /* none: those that are always fetched, and those that the index has */
    uint64_t most;         /* bytes of one document; 0: the limit of a file */
    int64_t stall_s;       /* without a byte for so long a transfer is given up; 0: a minute */
};

enum update_state { UPDATE_UNCHANGED, UPDATE_NEW, UPDATE_FAILED };

struct update_line {
    struct str name;
    enum update_state state;
    enum rc rc;        /* of UPDATE_FAILED */
    struct str why;
    uint64_t fetched;  /* bytes */
    const struct import_report *report; /* of UPDATE_NEW */
};

struct update_result {
    VEC(struct update_line) lines;
    struct import_result import;
    bool switched;     /* there is a new index */
    bool fenced;       /* the fetching process could open nothing; true also when none ran */
};

/* A feed that fails keeps its old records and its line says why; the others are imported. RC_INVALID for a feed that nobody
 * knows; other errors when nothing could be done at all: the old index serves then, and what was fetched is kept. */
MUST_USE enum rc advisories_update(struct op *op, struct session *s, const struct update_options *o, struct update_result *ret);

/* Imports files that a person has: what was known of downloads of the same sources is forgotten, so that the next update
 * asks for them again. */
MUST_USE enum rc advisories_import_files(struct op *op, struct session *s, const struct str_list *paths, struct import_result *ret);

#endif
