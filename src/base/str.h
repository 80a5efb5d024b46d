/* Byte slices: borrowed, not terminated, may hold NUL. Parsers are loops over cuts.
 * A slice never owns; whoever made the bytes says how long they live. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "base/attr.h"

struct arena;

struct str {
    const char *p;
    size_t n;
};

/* A slice of a string literal; of a NUL-terminated string from libc or our own tables. */
#define STR(lit) ((struct str){"" lit, sizeof(lit) - 1})
static inline struct str str_of(const char *cstr)
{
    return (struct str){cstr, cstr ? strlen(cstr) : 0};
}

/* For printf: "%.*s" with STR_ARG(s). */
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)((s).n > 0x7fffffff ? 0x7fffffff : (s).n), ((s).p ? (s).p : "")

static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* As str_eq, but ASCII letters of either case are equal. */
bool str_ieq(struct str a, struct str b);

/* Bytewise order, shorter first on equal prefix: <0, 0, >0. */
int str_cmp(struct str a, struct str b);

static inline bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* The slice without its first (last) n bytes; empty when there are fewer. */
static inline struct str str_from(struct str s, size_t n)
{
    return n >= s.n ? (struct str){s.n ? s.p + s.n : s.p, 0} : (struct str){s.p + n, s.n - n};
}
static inline struct str str_upto(struct str s, size_t n)
{
    return (struct str){s.p, n < s.n ? n : s.n};
}
static inline struct str str_but(struct str s, size_t n)
{
    return (struct str){s.p, n < s.n ? s.n - n : 0};
}

/* Cuts *rest at the first `c`: returns what came before, leaves what follows.
 * Both borrow from the same bytes. False when *rest is used up (its p is NULL then). */
bool str_cut(struct str *rest, char c, struct str *ret_head);

/* As str_cut at '\n', and drops one '\r' before it. */
bool str_line(struct str *rest, struct str *ret_line);

/* Splits at the first (last) `c`: false, with nothing written, when there is none. */
bool str_split(struct str s, char c, struct str *ret_before, struct str *ret_after);
bool str_rsplit(struct str s, char c, struct str *ret_before, struct str *ret_after);

/* Skips runs of spaces and tabs and cuts the next word: false when none is left. */
bool str_word(struct str *rest, struct str *ret_word);

/* Takes `prefix` off the front of *s: false, with *s as it was, when it is not there. */
bool str_take(struct str *s, struct str prefix);

/* Without leading and trailing ASCII white space. */
struct str str_trim(struct str s);

/* Index of the first occurrence, or (size_t)-1. */
size_t str_find(struct str s, struct str what);
size_t str_chr(struct str s, char c);
#define STR_NONE ((size_t)-1)

/* An unsigned decimal number that fills the whole slice: false on anything else or past 2^64-1. */
bool str_num(struct str s, uint64_t *ret_value);

/* A copy in the arena; one NUL follows its bytes, so that libc can be given .p when it holds none. */
struct str str_dup(struct arena *mem, struct str s);
struct str str_lower(struct arena *mem, struct str s);

/* The pieces joined, in the arena, NUL after it. Ends at the piece whose p is NULL. */
#define str_join(mem, ...) str_join_(mem, (const struct str[]){__VA_ARGS__, {NULL, 0}})
struct str str_join_(struct arena *mem, const struct str *pieces);

/* printf into the arena. */
struct str str_print(struct arena *mem, const char *fmt, ...) FORMAT(2, 3);

/* A NUL-terminated copy for libc; NULL when the slice holds a NUL (never cut a path short). */
const char *str_cstr(struct arena *mem, struct str s);

/* The bytes as they may be shown to a person or written to a log: control and invalid UTF-8 bytes as \xNN. */
struct str str_escape(struct arena *mem, struct str s);

/* Part after the last '/', and part before it ("" when there is none). */
struct str str_base(struct str path);
struct str str_dir(struct str path);

static inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static inline bool is_alnum(char c) { return is_digit(c) || is_alpha(c); }
static inline bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static inline char to_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c; }

#endif
