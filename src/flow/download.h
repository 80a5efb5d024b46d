/* One feed's document from its place into the cache: asked for only if it changed, gone on with where it was cut, compared
 * with every checksum there is. Nothing is parsed here. */
#ifndef FLOW_DOWNLOAD_H
#define FLOW_DOWNLOAD_H

#include "flow/feeds.h"
#include "http/http.h"

/* Where from, and what that place says about its files. */
struct mirror {
    struct str base;      /* "https://…", "http://…"; or of a folder its path; empty: each feed's own address */
    bool folder;
    bool has_sums;
    struct str sums;      /* SHA256SUMS */
    int64_t sums_at;      /* its Last-Modified; 0 */
    struct str ecosystems; /* ecosystems.txt; empty when there is none */
};

struct downloads {
    struct session *session;
    struct http_fetcher *fetcher; /* NULL until it is needed */
    struct feed_states *states;
    struct mirror mirror;
    uint64_t most;   /* bytes of one document */
    int64_t stall_s;
    bool fenced;     /* the fetcher says that it can open nothing */
};

/* Understands --mirror, and reads its SHA256SUMS and ecosystems.txt if it has them. RC_INVALID for another kind of
 * address. */
MUST_USE enum rc mirror_open(struct op *op, struct downloads *d, struct str address);

/* Whether the mirror is known not to have this feed; its checksum, empty when it says none. */
bool mirror_lacks(const struct mirror *m, const struct feed_place *p);
struct str mirror_sum(const struct mirror *m, const struct feed_place *p);

struct downloaded {
    bool changed;     /* a new document waits in the part's place */
    uint64_t fetched; /* bytes that came */
};

/* RC_IO: not reachable, cut again and again, no disk; RC_INVALID: not what it is said to be; RC_LIMIT: too large;
 * RC_DENIED: interrupted. States are written as they change. */
MUST_USE enum rc download(struct op *op, struct downloads *d, const struct feed_place *p, struct downloaded *ret);

/* A small document into memory; RC_NOTFOUND when the place has none. */
MUST_USE enum rc download_small(struct op *op, struct downloads *d, struct str path, struct str *ret, int64_t *ret_modified);

/* "Wed, 21 Oct 2015 07:28:00 GMT"; 0 when it is something else. */
int64_t http_date(struct str text);

/* RC_INVALID when the file is not what `hashes` (of x-goog-hash) and `sum` (hex, or empty) say; its SHA-256. */
MUST_USE enum rc download_verify(struct op *op, int fd, struct str name, struct str hashes, struct str sum, struct str *ret_sha256);

#endif
