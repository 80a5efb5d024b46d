/* Which distribution a root file system is: os-release, and the older files that stand in for it. */
#ifndef CATALOG_OSRELEASE_H
#define CATALOG_OSRELEASE_H

#include "base/op.h"
#include "model/distro.h"

/* Reads etc/os-release (or usr/lib/os-release) as os-release(5) describes it. Slices live in op->mem. A line that is no
 * assignment is passed over; RC_INVALID when there are lines but no usable assignment at all. */
MUST_USE enum rc osrelease_parse(struct op *op, struct str bytes, struct distro *ret);

/* The same from a file that systems without os-release have: etc/alpine-release, etc/debian_version, etc/redhat-release (also
 * centos-, fedora-, …: any "NAME release VERSION"). `path` tells which. RC_NOTFOUND when it says nothing usable. */
MUST_USE enum rc osrelease_fallback(struct op *op, struct str path, struct str bytes, struct distro *ret);

#endif
