/* The physical limit of reading an image: each file is read once from start to end, and what is gzip is inflated by ISA-L
 * in one thread, what is not is hashed with SHA-256. Nothing is looked at. Arguments: files. Prints the bytes. */
#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/hash.h"

enum { STEP = 256 << 10 };

struct stream {
    struct inflate_state z;
    struct sha256 *h;
    uint64_t in, out;
    bool gzip;
    uint8_t from[STEP], to[STEP];
};

static bool inflate_step(struct stream *s, size_t n)
{
    s->z.next_in = s->from;
    s->z.avail_in = (uint32_t)n;
    do {
        if (s->z.block_state == ISAL_BLOCK_FINISH) /* several members follow one another */
            isal_inflate_reset(&s->z);
        s->z.next_out = s->to;
        s->z.avail_out = STEP;
        if (isal_inflate(&s->z) != ISAL_DECOMP_OK)
            return false;
        s->out += STEP - s->z.avail_out;
    } while (s->z.avail_out == 0 || s->z.avail_in > 0);
    return true;
}

static bool stream_file(struct stream *s, const char *path)
{
    unsigned char sum[SHA256_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0, first = true;
    isal_inflate_init(&s->z);
    s->z.crc_flag = ISAL_GZIP;
    for (ssize_t n; ok && (n = read(fd, s->from, STEP)) > 0; first = false) {
        if (first)
            s->gzip = n > 2 && s->from[0] == 0x1f && s->from[1] == 0x8b;
        s->in += (uint64_t)n;
        if (s->gzip)
            ok = inflate_step(s, (size_t)n);
        else
            sha256_add(s->h, (struct str){(const char *)s->from, (size_t)n});
    }
    sha256_done(s->h, sum);
    if (fd >= 0)
        close(fd);
    return ok;
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open((size_t)16 << 20);
    struct stream *s = calloc(1, sizeof *s);
    if (!s)
        return 1;
    s->h = sha256_open(mem);
    for (int i = 1; i < argc; i++)
        if (!stream_file(s, argv[i])) {
            fprintf(stderr, "%s: cannot be read to its end\n", argv[i]);
            return 1;
        }
    printf("%llu bytes read, %llu inflated\n", (unsigned long long)s->in, (unsigned long long)s->out);
    free(s);
    arena_close(mem);
    return 0;
}
