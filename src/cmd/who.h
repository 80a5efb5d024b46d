/* Who is at the keyboard, for the block list's record. */
#ifndef CMD_WHO_H
#define CMD_WHO_H

#include "base/op.h"

/* The login name of the real user, or "uid N". Under sudo: the caller's name, too. */
struct str who_am_i(struct op *op);

#endif
