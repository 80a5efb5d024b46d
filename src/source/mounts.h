/* What to do where another file system is mounted below a root: judged by its type, never by its name. */
#ifndef SOURCE_MOUNTS_H
#define SOURCE_MOUNTS_H

#include "base/op.h"

enum mount_kind {
    MOUNT_LOCAL,  /* a disk's, or in memory: crossed */
    MOUNT_KERNEL, /* the kernel's own views: nothing to find there */
    MOUNT_REMOTE, /* network, FUSE, automount: may hang, may be endless; skipped, and said so */
};

/* By the magic number that statfs gives; *ret_name is its usual name, or "file system 0x…" in mem. */
enum mount_kind mount_kind(struct arena *mem, uint64_t magic, struct str *ret_name);

#endif
