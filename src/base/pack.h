/* Numbers and texts in bytes, for records between our own processes and in our own files: a number is a LEB128 varint, a
 * text its length as a number and its bytes. Reading believes nothing: one flag stays set once something did not fit. */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include "base/buf.h"

void pack_number(struct buf *b, uint64_t v);
void pack_signed(struct buf *b, int64_t v); /* small either way: zigzag */
void pack_text(struct buf *b, struct str s);

/* What is left of a record, used up from the front. */
struct unpack {
    struct str rest;
    bool bad;
};

uint64_t unpack_number(struct unpack *u);
int64_t unpack_signed(struct unpack *u);

/* A number that must be below `end`; else bad, and 0. */
uint64_t unpack_below(struct unpack *u, uint64_t end);

/* Borrowed from the record; empty when bad. */
struct str unpack_text(struct unpack *u);

/* How many of something that takes at least `each` bytes follow; bad when they cannot all be there. */
uint64_t unpack_count(struct unpack *u, size_t each);

/* ---- records in a stream: u32 little-endian length of what follows, one byte type, fields ---- */

enum { RECORD_HEAD = 5, RECORD_MOST = 128 << 20 };

/* Starts a record at the end of the buffer: gives where, for record_end. */
size_t record_begin(struct buf *b, int type);
void record_end(struct buf *b, size_t at);

/* Cuts the next whole record off the front of *rest. False when it is not all there yet; *ret_bad when it cannot be one. */
bool record_cut(struct str *rest, int *ret_type, struct unpack *ret_fields, bool *ret_bad);

#endif
