/* What several feeds of JSON documents share: records that break their format are counted and passed over; objects that
 * nest in each other are walked without recursion; names of products. Inside src/feed only. */
#ifndef FEED_PARTS_H
#define FEED_PARTS_H

#include "base/json.h"
#include "feed/feed.h"

/* Records that were passed over. The first is described, the others are counted: memory does not grow with them. */
struct faults {
    struct op *op;
    struct str name; /* of the document */
    size_t n;
    struct str first;
};

void fault(struct faults *f, const char *fmt, ...) FORMAT(2, 3);

/* RC_OK when there was none; else RC_INVALID with what the first was. For the end of a parse, all else emitted. */
MUST_USE enum rc faults_end(const struct faults *f);

/* How to walk objects that hold arrays of objects like themselves. depth: 0 for those of the outermost array; always below
 * JSON_DEPTH. */
struct nest {
    const char *const *nested; /* members that hold more of them; NULL at the end */
    void (*begin)(void *arg, unsigned depth);
    void (*member)(void *arg, unsigned depth, struct str key); /* its value is ahead */
    void (*end)(void *arg, unsigned depth);
};

/* The array ahead, or with nest_object the one object ahead and those in it. What is no object is passed over. */
void nest_array(struct json *j, const struct nest *n, void *arg);
void nest_object(struct json *j, const struct nest *n, void *arg);

/* The ways in which a document may name one product. */
struct names {
    struct str purl, cpe;
    struct str digest; /* "sha256:…" */
    struct str own;    /* what the document itself calls it */
};

/* The one that identifies it best: purl, digest, CPE, own. Empty when there is none. */
struct str names_best(const struct names *n);

/* The array of objects ahead that give a digest under `value` and say under `kind` how it was made: the one that was made by
 * `sha256` becomes the name's. */
void names_hashes(struct json *j, struct arena *mem, const char *kind, const char *value, const char *sha256, struct names *n);

/* A document that is read twice: its head first, then each member called `list`. The reader goes on in `j`; *rc is what
 * emitting came to, and ends it. */
struct twice {
    struct json *j;
    void (*head)(void *arg);
    const char *list;
    void (*body)(void *arg);
    void *arg;
    const enum rc *rc;
};
MUST_USE enum rc read_twice(struct op *op, struct str name, struct str bytes, const struct twice *t);

/* "sha256:" and the digits in lower case; empty when they are none. */
struct str sha256_named(struct arena *mem, struct str hex);

/* Reads a purl; false when it is none. Says nothing to op. */
bool purl_read(struct op *op, struct str text, struct component *ret);

/* The text as a JSON string, quotes and escapes included. */
void buf_quote(struct buf *b, struct str s);

/* A statement with every text empty, never NULL. */
struct vex_statement statement_empty(void);

/* The value ahead as a time. *ret is left alone when it is absent (null); false when it is there and cannot be read. */
bool json_moment(struct json *j, int64_t *ret);

/* Does the head of the document look like a JSON object (array)? */
bool looks_like_object(struct str bytes);
bool looks_like_array(struct str bytes);

/* Adds a range of two events, or of one when `fixed` is empty, and gives it back. */
struct advisory_range *affected_range(struct arena *mem, struct affected *a, struct str introduced, struct str fixed);

/* An entry (a record) with every text empty, never NULL. */
struct affected affected_empty(void);
struct advisory advisory_empty(void);

#endif
