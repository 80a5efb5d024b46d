/* One-shot inflation: against zlib as the writer, in all three framings, with limits, cuts and what follows. */
#include "base/inflate.h"
#include <stdlib.h>
#include <zlib.h>
#include "tests/lib/tap.h"

static const int window_bits[] = {[INFLATE_RAW] = -15, [INFLATE_ZLIB] = 15, [INFLATE_GZIP] = 31};
static const char *const names[] = {"raw", "zlib", "gzip"};

/* `n` bytes of the kind wanted: one byte only, eight letters, or anything. */
static struct str plain(struct arena *mem, size_t n, unsigned spread)
{
    char *p = arena_alloc(mem, n);
    unsigned random = 7;
    for (size_t i = 0; i < n; i++) {
        random = random * 1103515245u + 12345u;
        p[i] = (char)('a' + (random >> 16) % spread);
    }
    return (struct str){p, n};
}

static struct str packed(struct arena *mem, enum inflate_format f, struct str text)
{
    size_t room = text.n + text.n / 8 + 256;
    char *out = arena_alloc(mem, room);
    z_stream z = {0};
    if (deflateInit2(&z, 6, Z_DEFLATED, window_bits[f], 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    z.next_in = (unsigned char *)(uintptr_t)text.p;
    z.avail_in = (unsigned)text.n;
    z.next_out = (unsigned char *)out;
    z.avail_out = (unsigned)room;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort();
    deflateEnd(&z);
    return (struct str){out, room - z.avail_out};
}

static enum rc tried(struct arena *mem, const struct limits *limits, enum inflate_format f, struct str in, uint64_t most, struct str *ret)
{
    struct op op = {.mem = mem, .limits = limits};
    char *exact = malloc(in.n ? in.n : 1);
    memcpy(exact, in.p, in.n);
    enum rc rc = inflate_bytes(&op, STR("sample"), f, (struct str){exact, in.n}, most, ret);
    free(exact);
    return rc;
}

static void sizes(struct arena *mem, enum inflate_format f)
{
    static const size_t all[] = {0, 1, 16384, 100000, 3000000};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (unsigned spread = 1; spread <= 256; spread *= 16) {
            struct str text = plain(mem, all[i], spread), out = {NULL, 0};
            enum rc rc = tried(mem, &limits_default, f, packed(mem, f, text), text.n, &out);
            tap_ok(rc == RC_OK && str_eq(out, text), "%s: %zu bytes of %u kinds come back", names[f], all[i], spread);
        }
}

static void wrong(struct arena *mem, enum inflate_format f)
{
    struct str text = plain(mem, 5000, 8), in = packed(mem, f, text), out = {NULL, 0};
    struct limits strict = limits_default;
    bool cuts = true;
    tap_ok(tried(mem, &limits_default, f, in, text.n - 1, &out) == RC_LIMIT && !out.p, "%s: one byte over the ceiling", names[f]);
    for (size_t n = 0; n < in.n; n++)
        cuts &= tried(mem, &limits_default, f, str_upto(in, n), text.n, &out) == RC_INVALID;
    tap_ok(cuts, "%s: every cut is invalid", names[f]);
    struct str more = str_join(mem, in, STR("xyz"));
    tap_ok(tried(mem, &limits_default, f, more, text.n, &out) == RC_INVALID, "%s: bytes behind it are invalid", names[f]);
    strict.ratio = 20;
    strict.ratio_from_bytes = 100000;
    struct str bomb = packed(mem, f, plain(mem, 1 << 24, 1));
    tap_ok(tried(mem, &strict, f, bomb, UINT64_MAX, &out) == RC_LIMIT, "%s: a bomb is stopped", names[f]);
}

int main(void)
{
    struct arena *mem = arena_open((size_t)2 << 30);
    for (int f = INFLATE_RAW; f <= INFLATE_GZIP; f++) {
        sizes(mem, (enum inflate_format)f);
        wrong(mem, (enum inflate_format)f);
    }
    struct str a = packed(mem, INFLATE_GZIP, STR("one")), b = packed(mem, INFLATE_GZIP, STR("two")), out = {NULL, 0};
    struct str both = str_join(mem, a, b, (struct str){"\0\0\0\0", 4});
    tap_ok(tried(mem, &limits_default, INFLATE_GZIP, both, 100, &out) == RC_OK && str_eq(out, STR("onetwo")),
           "gzip: members follow one another, zeros may follow them");
    char damaged[64];
    memcpy(damaged, a.p, a.n);
    damaged[a.n - 6] ^= 1;
    tap_ok(tried(mem, &limits_default, INFLATE_GZIP, (struct str){damaged, a.n}, 100, &out) == RC_INVALID, "gzip: a wrong checksum shows");
    arena_close(mem);
    return tap_done();
}
