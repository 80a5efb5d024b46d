/* The natural order, for the schemes that end in it; inside src/version only. */
#ifndef VERSION_GENERIC_H
#define VERSION_GENERIC_H

#include "base/str.h"

/* Numbers as numbers, words as words; see generic.c. */
int generic_compare(struct str a, struct str b);

#endif
