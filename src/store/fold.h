/* Merging what scans noted into the posting lists that answer "who has it", component by component. */
#ifndef STORE_FOLD_H
#define STORE_FOLD_H

#include "store/store.h"

enum { FOLD_AT = 256 };

/* Folds when FOLD_AT assets are pending, or with `force` any number. A process killed within leaves all of a
 * transaction's fold or nothing of it; answers are the same before and after. */
MUST_USE enum rc store_fold(struct op *op, struct store *s, bool force);

#endif
