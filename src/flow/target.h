/* What a person points at: a path, a path with a kind in front, this machine, a stored asset, standard input. */
#ifndef FLOW_TARGET_H
#define FLOW_TARGET_H

#include "base/op.h"

struct target {
    struct str text;  /* as typed */
    struct str kind;  /* of source: "dir", "root", "docker-archive", "oci", "file"; empty: found from the bytes */
    struct str path;  /* to open; empty for an asset or standard input */
    struct str asset; /* "asset:NAME", or a text that is no path: perhaps a stored asset's name; else empty */
    bool host;        /* this machine */
    bool standard_input;
};

/* Understands the text. An existing path wins over an asset's name. RC_UNSUPPORTED for kinds this version cannot
 * read yet, RC_INVALID for an empty text. Opens nothing. */
MUST_USE enum rc target_parse(struct op *op, struct str text, struct target *ret);

/* An open target; closed with op->mem. */
struct target_file {
    int fd;
    bool is_folder;
    struct str real_path; /* without links; of standard input: "-" */
};

/* RC_NOTFOUND, RC_DENIED, RC_IO; RC_INVALID for a device, a socket or a pipe. Standard input is copied to an
 * unlinked file first. */
MUST_USE enum rc target_open(struct op *op, const struct target *t, struct target_file *ret);

/* An unlinked file for inflated content, closed with op->mem; -1 when there is no place for one. */
int target_spill(struct op *op);

/* Host name, a dash, machine id: the name of the asset that this machine is. */
struct str target_host_name(struct op *op);

#endif
