/* Files of test cases: whole reads and sorted listings. Ends the program when the disk disagrees. */
#ifndef TESTS_FILES_H
#define TESTS_FILES_H

#include "base/str.h"
#include "base/vec.h"

struct test_file {
    struct str path;   /* relative to the folder that was listed */
    struct str target; /* of a symbolic link; p NULL otherwise */
    bool executable;
};

struct test_files {
    VEC(struct test_file) all; /* sorted by path */
};

/* The bytes of a file; p NULL when there is none. */
struct str test_read(struct arena *mem, struct str path);

/* Every regular file and symbolic link below the folder, however deep. Empty when there is no such folder. */
void test_tree(struct arena *mem, struct str folder, struct test_files *ret);

/* The names in a folder, sorted, without . and .. */
void test_names(struct arena *mem, struct str folder, struct test_files *ret);

bool test_is_folder(struct arena *mem, struct str path);

/* Writes a file, making the folders above it. */
void test_write(struct arena *mem, struct str path, struct str bytes);

#endif
