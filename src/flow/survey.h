/* Reading one target inside a worker: source → tree → catalogers → records on the wire. Everything here runs in
 * the sandbox on hostile bytes; what comes out is checked again by whoever started it (flow/scan.h). */
#ifndef FLOW_SURVEY_H
#define FLOW_SURVEY_H

#include "base/worker.h"
#include "bom/wire.h"

/* What to read, and how. Sent to the worker as text. */
struct survey_request {
    struct str text;     /* the target as the person wrote it, for names and errors */
    struct str kind;     /* of source, forced by a prefix; else empty */
    struct str platform; /* "linux/amd64"; empty: this machine's */
    unsigned profile;    /* mask of enum profile; 0: what fits the kind of tree */
    bool is_folder;
    bool all_layers;
    bool one_file_system;
    bool digests; /* of every archive that is software and every unowned binary */
    VEC(struct str) excludes;
};

enum { SURVEY_FD_TARGET, SURVEY_FD_SPILL };

/* The request as a worker's argument, and back. RC_LIMIT when it does not fit. */
MUST_USE enum rc survey_request_write(struct op *op, const struct survey_request *rq, struct str *ret);
MUST_USE enum rc survey_request_read(struct op *op, struct str text, struct survey_request *ret);

/* The job of a worker (base/worker.h): fds are SURVEY_FD_…; writes wire records to out_fd. */
enum rc survey_job(struct op *op, const struct worker_call *call);

#endif
