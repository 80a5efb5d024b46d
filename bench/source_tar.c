/* Why our own tar reader: time for each member of an archive of empty files, by it and by libarchive. */
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "source/tarwalk.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static char *make(size_t members)
{
    char *p = calloc(members + 2, STREAM_BLOCK);
    if (!p)
        exit(1);
    for (size_t i = 0; i < members; i++) {
        char *h = p + i * STREAM_BLOCK;
        snprintf(h, 100, "usr/share/folder%zu/file%zu", i / 1000, i);
        memcpy(h + 100,
               "0000644\0"
               "0000000\0"
               "0000000\0"
               "00000000000\0"
               "00000000000\0"
               "        0",
               57);
        memcpy(h + 257,
               "ustar\0"
               "00",
               8);
        unsigned sum = 0;
        for (size_t k = 0; k < STREAM_BLOCK; k++)
            sum += (unsigned char)h[k];
        snprintf(h + 148, 8, "%06o", sum);
    }
    return p;
}

static size_t ours(char *p, size_t n)
{
    struct arena *mem = arena_open((size_t)1 << 30);
    struct op op = {.mem = mem, .limits = &limits_default};
    struct extent e = {.fd = -1, .mem = p, .size = n};
    struct stream in;
    struct tar t;
    uint64_t inflated = 0;
    size_t count = 0;
    if (stream_open(&op, &in, mem, &e, STR("bench"), NULL, STR(""), &inflated) != RC_OK)
        exit(1);
    tar_open(&t, &in, mem);
    while (tar_next(&op, &t) == RC_OK)
        count += t.now.path.n != 0;
    arena_close(mem);
    return count;
}

static size_t theirs(char *p, size_t n)
{
    struct archive *a = archive_read_new();
    struct archive_entry *e;
    size_t count = 0;
    archive_read_support_format_tar(a);
    archive_read_open_memory(a, p, n);
    while (archive_read_next_header(a, &e) == ARCHIVE_OK)
        count += archive_entry_pathname(e) != NULL;
    archive_read_free(a);
    return count;
}

int main(int argc, char **argv)
{
    size_t members = argc > 1 ? strtoul(argv[1], NULL, 10) : 300000;
    size_t n = (members + 2) * STREAM_BLOCK;
    char *p = make(members);
    double t0 = now();
    size_t a = ours(p, n);
    double t1 = now();
    size_t b = theirs(p, n);
    double t2 = now();
    if (a != members || b != members)
        return 1;
    printf("tar, %zu empty files: ours %.3f us a member, libarchive %.3f us (%.1f times)\n", members,
           (t1 - t0) * 1e6 / (double)members, (t2 - t1) * 1e6 / (double)members, (t2 - t1) / (t1 - t0));
    free(p);
    return 0;
}
