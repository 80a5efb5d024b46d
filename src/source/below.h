/* Opening what lies below a folder, component by component, following no link and never going up. */
#ifndef SOURCE_BELOW_H
#define SOURCE_BELOW_H

#include "base/op.h"

/* Opens a file (or, with `folder`, a folder) for reading; the caller closes it. A pipe, socket or device is not opened.
 * RC_NOTFOUND; RC_DENIED; RC_INVALID when a component is a link or no folder, or the file is no regular one. */
MUST_USE enum rc below_open(struct op *op, int fd, struct str path, bool folder, int *ret);

/* One component; the same. */
MUST_USE enum rc below_step(struct op *op, int fd, const char *name, bool folder, int *ret);

#endif
