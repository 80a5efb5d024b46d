/* Lists of whole numbers between separators: what CRAN, the Haskell PVP, Chrome and others have in common. */
#ifndef VERSION_NUMBERS_H
#define VERSION_NUMBERS_H

#include "version/version.h"

/* A total order over all byte strings; `separators` are single characters. A missing number is 0 when `padded`, else the
 * longer list is newer. What is no number sorts below one, among themselves by their bytes. */
int numbers_compare(struct str a, struct str b, const char *separators, bool padded);

/* Valid with at least `least` numbers and nothing else. */
enum version_class numbers_valid(struct str v, const char *separators, size_t least);

/* Does a number in it begin with a 0 that is not all of it? */
bool numbers_zeros(struct str v);

#endif
