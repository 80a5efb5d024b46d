/* An append-only builder on an arena with a ceiling: append as you like, ask once at the end. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/op.h"

struct buf {
    struct arena *mem;
    char *p;
    size_t n, cap;
    size_t ceiling;   /* bytes it may hold */
    const char *name; /* of what is built, for the error */
    bool full;        /* something did not fit: sticky */
};

/* Starts an empty buffer that refuses to grow past `ceiling` bytes. */
void buf_open(struct buf *b, struct arena *mem, const char *name, size_t ceiling);

void buf_add(struct buf *b, struct str s);
void buf_byte(struct buf *b, char c);
void buf_print(struct buf *b, const char *fmt, ...) FORMAT(2, 3);

/* Room for n more bytes at the end, to be written by the caller and then counted with buf_took; NULL when
 * they would not fit. */
char *buf_room(struct buf *b, size_t n);
void buf_took(struct buf *b, size_t n);

/* Forgets the content, keeps the memory. */
void buf_clear(struct buf *b);

/* What is in it so far: borrowed, until the next append. */
static inline struct str buf_str(const struct buf *b)
{
    return (struct str){b->p, b->n};
}

/* The content, or RC_LIMIT when something did not fit. */
MUST_USE enum rc buf_done(struct op *op, const struct buf *b, struct str *ret);

#endif
