/* A strict TOML 1.0 pull reader over bytes in memory. It refuses invalid UTF-8, keys and tables defined twice,
 * tables reopened against the rules, bare control characters, dates and numbers out of grammar or range, and
 * nesting past TOML_DEPTH. Errors are sticky, as in json.h: after one, every call answers "nothing" and
 * toml_close says what it was. Memory grows with the number of keys (to find repetitions), not with values.
 *
 *     struct toml t;
 *     toml_open(&t, op, name, bytes);
 *     while (toml_next(&t)) {
 *         if (t.event == TOML_ARRAY_TABLE && toml_in(&t, "package"))
 *             package = vec_push(mem, &packages);
 *         else if (t.event == TOML_PAIR && toml_is(&t, "name"))
 *             package->name = toml_string(&t);
 *     }                                     // a value nobody asked for is skipped
 *     return toml_close(&t);
 */
#ifndef BASE_TOML_H
#define BASE_TOML_H

#include "base/op.h"
#include "base/vec.h"

enum { TOML_DEPTH = 64, TOML_KEYS = 32 };

enum toml_event {
    TOML_TABLE,       /* [a.b]: t.table is the path */
    TOML_ARRAY_TABLE, /* [[a.b]]: one more element of that array */
    TOML_PAIR,        /* a.b = …: t.key is the path, relative to t.table; the value is ahead */
};

enum toml_kind { TOML_NONE, TOML_STRING, TOML_INTEGER, TOML_FLOAT, TOML_BOOL, TOML_DATE, TOML_ARRAY, TOML_INLINE };

/* A dotted key: borrowed from the document, or from op->mem where it had escapes. */
struct toml_path {
    struct str at[TOML_KEYS];
    size_t n;
};

struct toml_node; /* what was defined so far */

struct toml_frame {
    bool array;
    bool first;
    uint32_t node; /* of an inline table */
};

struct toml {
    struct op *op;
    struct str name; /* of the document, for errors */
    const char *start, *p, *end;
    enum toml_event event;
    struct toml_path table; /* the table that pairs go to; empty before the first header */
    struct toml_path key;   /* of the last pair, or of the last key in an inline table */
    bool value_due;
    bool line_due; /* nothing but a comment may follow on this line */
    enum rc rc;
    unsigned depth;
    struct toml_frame frames[TOML_DEPTH];
    uint32_t here; /* node of the current table */
    VEC(struct toml_node) nodes;
    uint32_t *slots;
    size_t slot_count;
};

/* Starts reading `bytes`, which must outlive the reader; a UTF-8 byte-order mark is skipped. */
void toml_open(struct toml *t, struct op *op, struct str name, struct str bytes);

/* Goes to the next header or pair; false at the end and after an error. Open values are passed over first. */
bool toml_next(struct toml *t);

/* Is the key one bare step of this name? Is the current table this one, a path of one or two steps? */
bool toml_is(const struct toml *t, const char *key);
bool toml_in(const struct toml *t, const char *first);
bool toml_in2(const struct toml *t, const char *first, const char *second);

/* The kind of the value ahead. */
enum toml_kind toml_kind(struct toml *t);

/* The text of the string ahead, without escapes: borrowed as keys are. {NULL, 0} when something else stands
 * there, which is skipped. toml_scalar gives numbers, dates and booleans too, as they are written. */
struct str toml_string(struct toml *t);
struct str toml_scalar(struct toml *t);

/* True only for a literal true; takes the value in any case. */
bool toml_true(struct toml *t);

/* Enters the array (inline table) ahead; false, and the value skipped, when something else stands there. */
bool toml_array(struct toml *t);
bool toml_inline(struct toml *t);

/* Goes to the next item of the array, or pair of the inline table, entered last; false at its end. */
bool toml_item(struct toml *t);
bool toml_key(struct toml *t);

/* Skips the value ahead, checking it as strictly as if it were read. */
void toml_skip(struct toml *t);

/* Marks the document as wrong in meaning at the present place; the text names document, line and column. */
enum rc toml_fail(struct toml *t, enum rc rc, const char *what);

/* RC_OK when all of the document was well formed and passed over. */
MUST_USE enum rc toml_close(struct toml *t);

#endif
