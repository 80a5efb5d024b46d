/* Advisories: bringing feeds in, and asking the index. The index lies beside the store: `<store>.advisories`. */
#ifndef FLOW_ADVISORIES_H
#define FLOW_ADVISORIES_H

#include "flow/session.h"
#include "flow/target.h"
#include "model/advisory.h"
#include "store/advindex.h"
#include "store/statement.h"

struct refusal {
    struct str name; /* of the document */
    struct str why;
};

struct import_report {
    struct str source;          /* name of the feed: the file's, without its ending */
    uint64_t advisories, exploited, scores, statements; /* items that were read */
    uint64_t lives, ssvc;       /* releases' ends; decision points */
    int64_t as_of;              /* of packed advisories: the moment of which they tell; 0: their newest record says it */
    uint64_t left_out;          /* statements past STATEMENTS_MOST */
    VEC(struct vex_statement) said; /* the statements to be stored */
    VEC(struct refusal) refused; /* the first thousand */
    uint64_t refused_total;
};

/* What to import: an archive, a folder or a document. */
struct import_from {
    struct str path;
    struct str source; /* its name in the index; empty: after the file's */
};

struct import_list {
    VEC(struct import_from) list;
};

struct import_result {
    VEC(struct import_report) reports;
    uint64_t records;
    uint64_t bytes;
    size_t reading; /* after an error: which of the list was being read; its length when all were */
};

/* Imports all of these in one new index: sources not named stay as they are. Each is parsed in a worker, and corrections are
 * applied. The old index serves until the new one is complete, and stays when anything fails: RC_INVALID when one is no feed
 * at all. Statements go to the store once it is, those of a source in the place of its former ones. */
MUST_USE enum rc advisories_import(struct op *op, struct session *s, const struct import_list *from, struct import_result *ret);

/* Opens the index. RC_NOTFOUND with a text when nothing was imported. */
MUST_USE enum rc advisories_open(struct op *op, const struct session *s, struct advindex **ret);

/* How many statements each source made; none when there is no store. */
MUST_USE enum rc advisories_statements(struct op *op, struct session *s, struct statement_sources *ret);

/* `advisories match`: for each line "ecosystem<TAB>name<TAB>version" or purl the ids of all matching records, sorted,
 * comma-separated; empty when none; "?" when it cannot be judged. */
MUST_USE enum rc advisories_match(struct op *op, const struct session *s, int in_fd, void (*put)(void *arg, struct str), void *arg);

/* The job of the worker: fd is the target. */
enum rc advisories_job(struct op *op, const struct worker_call *call);

#endif
