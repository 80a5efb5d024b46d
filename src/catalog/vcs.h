/* Packages that a lock takes from a git repository at one commit. */
#ifndef CATALOG_VCS_H
#define CATALOG_VCS_H

#include "model/component.h"

/* Adds the qualifier vcs_url ("git+https://host/path@commit") when the source is a git address with a whole commit, as locks
 * write it: "git+https://host/path?branch=x#commit", "git https://host/path#commit", "git+ssh://git@host/path@commit#egg=x",
 * "github:owner/name#commit". Does nothing otherwise. Memory is of `mem`. */
void vcs_qualify(struct arena *mem, struct component *c, struct str source);

#endif
