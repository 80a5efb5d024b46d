/* A strict JSON pull reader (RFC 8259) over bytes in memory, and a writer that escapes and balances.
 * The reader refuses invalid UTF-8, duplicate keys, control characters in strings, lone surrogates, numbers
 * out of grammar, anything after the value, and nesting past JSON_DEPTH. Memory does not grow with the
 * document. Errors are sticky: after one, every call answers "nothing" and json_close says what it was.
 *
 *     struct json j;
 *     json_open(&j, op, name, bytes, 0);
 *     if (json_object(&j))
 *         for (struct str key; json_key(&j, &key);) {
 *             if (str_eq(key, STR("version")))
 *                 version = json_string(&j);
 *         }                                     // a value nobody asked for is skipped
 *     return json_close(&j);
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/op.h"

enum { JSON_DEPTH = 256 };

enum json_kind {
    JSON_NONE, /* no value here: the end, or an error before */
    JSON_OBJECT,
    JSON_ARRAY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
};

enum json_flags {
    JSON_TRAILING_COMMA = 1, /* allow a comma before ] and }: bun.lock */
};

struct json_frame; /* the keys seen in one open object */

struct json {
    struct op *op;
    struct str name; /* of the document, for errors */
    const char *start, *p, *end;
    unsigned flags;
    unsigned depth;
    bool value_due; /* a value stands at p and nobody has taken it */
    bool first;     /* nothing yet read in the innermost container */
    enum rc rc;
    struct json_frame *frames; /* JSON_DEPTH of them */
};

/* Starts reading `bytes`, which must outlive the reader; a UTF-8 byte-order mark is skipped. */
void json_open(struct json *j, struct op *op, struct str name, struct str bytes, unsigned flags);

/* The kind of the value ahead. */
enum json_kind json_kind(struct json *j);

/* Enters the object (array) ahead. False, and the value skipped, when something else stands there. */
bool json_object(struct json *j);
bool json_array(struct json *j);

/* Goes to the next member (item) of the container entered last; its value is ahead then. False at the end,
 * which also leaves the container, and after an error. A value not taken is skipped first. */
bool json_key(struct json *j, struct str *ret_key);
bool json_item(struct json *j);

/* The decoded text of the string ahead: borrowed from the document, or from op->mem when it had escapes.
 * {NULL, 0} when something else stands there, which is skipped. */
struct str json_string(struct json *j);

/* The text of a string, or the literal text of a number, true or false; {NULL, 0} for null and containers. */
struct str json_scalar(struct json *j);

/* A whole number that fits; false when something else stands there, which is skipped. */
bool json_int(struct json *j, int64_t *ret);

/* True only for a literal true; takes the value in any case. */
bool json_true(struct json *j);

/* Skips the value ahead, checking it as strictly as if it were read; json_raw gives its bytes. */
void json_skip(struct json *j);
struct str json_raw(struct json *j);

/* RC_OK when the document was one well-formed value, all of it passed over; the error otherwise. Open
 * containers are read to their ends first. */
MUST_USE enum rc json_close(struct json *j);

/* Marks the document as wrong in meaning at the present place; the text names document, line and column. */
enum rc json_fail(struct json *j, const char *what);

/* ---- writing ---- */

struct json_out {
    struct buf *buf;
    unsigned depth;
    uint64_t some[4]; /* bit per depth: something was written here */
    bool named;       /* a name was written, its value is due */
};

void json_out_open(struct json_out *w, struct buf *buf);
void json_out_object(struct json_out *w);
void json_out_array(struct json_out *w);
void json_out_end_object(struct json_out *w);
void json_out_end_array(struct json_out *w);
void json_out_name(struct json_out *w, const char *name);
/* Bytes that are not UTF-8 come out as U+FFFD. */
void json_out_str(struct json_out *w, struct str s);
void json_out_int(struct json_out *w, int64_t v);
/* v / 10^places as a number with that many decimals: 75, 1 → 7.5. At most 18 places. */
void json_out_decimal(struct json_out *w, int64_t v, unsigned places);
void json_out_bool(struct json_out *w, bool v);
void json_out_null(struct json_out *w);
/* A name and a string value; json_out_opt writes null when s is empty. */
void json_out_member(struct json_out *w, const char *name, struct str s);
void json_out_opt(struct json_out *w, const char *name, struct str s);

#endif
