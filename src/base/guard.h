/* Work on mapped files that may shrink meanwhile: the kernel then sends SIGBUS, which ends the work, not the
 * process. */
#ifndef BASE_GUARD_H
#define BASE_GUARD_H

#include <stdbool.h>

/* Runs fn(arg); false when it was ended by SIGBUS. What it allocated stays in its arena; what it locked or opened
 * outside of one stays locked or open, so it must do neither. May be nested; each thread has its own. */
bool guard_run(void (*fn)(void *), void *arg);

#endif
