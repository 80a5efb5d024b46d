/* What a process that parses bytes from outside may still do. Entered once, never left; denied calls give EPERM.
 * Kinds: a reader works on inherited descriptors and opens nothing; a tree reader opens files below one folder,
 * read-only, component by component, following no link. Neither can create, change, execute, connect, or look at
 * another process. A fetcher talks to the internet and parses none of what it brings: it may connect, and read the files
 * that names are resolved with, nothing else. A repository reader opens files below one folder by whole paths, as libraries do
 * that know nothing of sandboxes: only Landlock can hold that, so it does not run without. */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include "base/op.h"

enum sandbox_kind { SANDBOX_READER, SANDBOX_TREE, SANDBOX_FETCH, SANDBOX_REPOSITORY };

struct sandbox {
    enum sandbox_kind kind;
    int root_fd; /* of a tree or repository reader: the folder */
};

/* Applies limits (memory, CPU time from op->limits), drops every capability (a tree or repository reader keeps
 * DAC_READ_SEARCH), then Landlock where the kernel has it, then seccomp. *ret_landlock says whether Landlock is
 * on: without it the scan's coverage says so, and a fetcher may read whatever its user may. RC_UNSUPPORTED when seccomp (or, for a
 * repository reader, Landlock) cannot be had: then nothing may be parsed. Call with one thread only. */
MUST_USE enum rc sandbox_enter(struct op *op, const struct sandbox *s, bool *ret_landlock);

#endif
