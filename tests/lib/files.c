/* Plain stdio and readdir; folders to visit wait in a list, so depth costs no stack. */
#include "tests/lib/files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static _Noreturn void stop(const char *what, struct str path)
{
    printf("Bail out! %s: " STR_FMT "\n", what, STR_ARG(path));
    exit(99);
}

struct str test_read(struct arena *mem, struct str path)
{
    FILE *f = fopen(str_cstr(mem, path), "rb");
    if (!f)
        return (struct str){NULL, 0};
    if (fseek(f, 0, SEEK_END) != 0)
        stop("cannot seek", path);
    size_t n = (size_t)ftell(f);
    rewind(f);
    char *p = arena_alloc(mem, n + 1);
    if (fread(p, 1, n, f) != n)
        stop("cannot read", path);
    fclose(f);
    return (struct str){p, n};
}

static int by_path(const void *a, const void *b)
{
    return str_cmp(((const struct test_file *)a)->path, ((const struct test_file *)b)->path);
}

static void sort(struct test_files *files)
{
    if (files->all.n)
        qsort(files->all.at, files->all.n, sizeof *files->all.at, by_path);
}

static bool stat_of(struct arena *mem, struct str path, struct stat *ret)
{
    return lstat(str_cstr(mem, path), ret) == 0;
}

bool test_is_folder(struct arena *mem, struct str path)
{
    struct stat st;
    return stat_of(mem, path, &st) && S_ISDIR(st.st_mode);
}

void test_names(struct arena *mem, struct str folder, struct test_files *ret)
{
    DIR *d = opendir(str_cstr(mem, folder));
    *ret = (struct test_files){{NULL, 0, 0}};
    if (!d)
        return;
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            vec_push(mem, &ret->all)->path = str_dup(mem, str_of(e->d_name));
    closedir(d);
    sort(ret);
}

static struct str link_target(struct arena *mem, struct str path)
{
    char to[4096];
    ssize_t n = readlink(str_cstr(mem, path), to, sizeof to);
    if (n < 0)
        stop("cannot read the link", path);
    return str_dup(mem, (struct str){to, (size_t)n});
}

void test_tree(struct arena *mem, struct str folder, struct test_files *ret)
{
    VEC(struct str) folders = {NULL, 0, 0};
    *ret = (struct test_files){{NULL, 0, 0}};
    *vec_push(mem, &folders) = STR("");
    for (size_t i = 0; i < folders.n; i++) {
        struct str below = folders.at[i];
        struct test_files names;
        test_names(mem, below.n ? str_join(mem, folder, STR("/"), below) : folder, &names);
        vec_each(struct test_file, name, &names.all) {
            struct str path = below.n ? str_join(mem, below, STR("/"), name->path) : name->path;
            struct str whole = str_join(mem, folder, STR("/"), path);
            struct stat st;
            if (!stat_of(mem, whole, &st))
                stop("cannot stat", whole);
            if (S_ISDIR(st.st_mode))
                *vec_push(mem, &folders) = path;
            else if (S_ISREG(st.st_mode))
                *vec_push(mem, &ret->all) = (struct test_file){path, {NULL, 0}, (st.st_mode & 0111) != 0};
            else if (S_ISLNK(st.st_mode))
                *vec_push(mem, &ret->all) = (struct test_file){path, link_target(mem, whole), false};
        }
    }
    sort(ret);
}

void test_write(struct arena *mem, struct str path, struct str bytes)
{
    char *p = arena_alloc(mem, path.n + 1);
    memcpy(p, path.p, path.n);
    for (char *slash = p + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = 0;
        mkdir(p, 0777);
        *slash = '/';
    }
    FILE *f = fopen(p, "wb");
    if (!f || (bytes.n && fwrite(bytes.p, 1, bytes.n, f) != bytes.n) || fclose(f) != 0)
        stop("cannot write", path);
}
