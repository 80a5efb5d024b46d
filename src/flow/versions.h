/* The version command's work: lines in, answers out. */
#ifndef FLOW_VERSIONS_H
#define FLOW_VERSIONS_H

#include "base/op.h"

enum versions_verb { VERSIONS_COMPARE, VERSIONS_CONTAINS, VERSIONS_UPSTREAM };

/* Answers each line of `in`, in order; `put` is given pieces of the output, each ended by a newline. RC_NOTFOUND
 * when there is no such scheme. */
MUST_USE enum rc versions_answer(struct op *op, enum versions_verb verb, struct str scheme, int in_fd, void (*put)(void *arg, struct str), void *arg);

#endif
