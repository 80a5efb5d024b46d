/* Lists of whole numbers between separators, the longer one newer: what CRAN and the Haskell PVP have in common. */
#ifndef VERSION_NUMBERS_H
#define VERSION_NUMBERS_H

#include "version/version.h"

/* A total order over all byte strings; `separators` are single characters. What is no number sorts below one, among
 * themselves by their bytes. */
int numbers_compare(struct str a, struct str b, const char *separators);

/* Valid with at least `least` numbers and nothing else. */
enum version_class numbers_valid(struct str v, const char *separators, size_t least);

#endif
