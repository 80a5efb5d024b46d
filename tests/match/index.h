/* Records in an array, read from lines, as an advisory_lookup: what the store's index is to the program. */
#ifndef TESTS_MATCH_INDEX_H
#define TESTS_MATCH_INDEX_H

#include "model/advisory.h"

struct test_entry {
    struct advisory_view view;
    struct str key; /* ecosystem without its suffix */
    struct str name; /* in normal form */
};

struct test_index {
    struct arena *mem;
    VEC(struct test_entry) entries;
    VEC(struct record_view) records;
    struct advisory_lookup look;
};

/* Lines of: id, ecosystem, name, intervals ("[0,1.2) [2.0,2.1] [3,*)", and "[4,5}" with a limit), versions ("a b c"),
 * options ("urgency=… withdrawn malicious git alias=… upstream=… related=…"). Lines with one id are one record's. */
void test_index_read(struct test_index *ix, struct arena *mem, struct str text);

#endif
