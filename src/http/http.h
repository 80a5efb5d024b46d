/* Getting a document over HTTP. The asking side (client.c) starts `muster-fetch` and talks to it through two pipes; that
 * program (transfer.c) is the only one that links libcurl, and it runs in a sandbox without files. No word of the domain:
 * what the bytes are is the caller's business, and none of them is looked at here. */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "base/op.h"
#include "base/pack.h"

#define HTTP_NO_LENGTH UINT64_MAX

struct http_request {
    struct str url; /* http or https */
    /* Of what is here already; empty: ask without conditions. */
    struct str etag, modified;
    /* Go on after this many bytes, if the document is still the one that `same` (an ETag or a Last-Modified) names. */
    uint64_t from;
    struct str same;
    uint64_t most;    /* bytes of body that are taken */
    uint64_t stall_s; /* without a byte for so long it is given up; also for a connection to be made */
};

struct http_head {
    uint64_t status;    /* 200, 206, 304, …: of the last answer, after redirects */
    uint64_t length;    /* of the body that follows; HTTP_NO_LENGTH */
    uint64_t from;      /* of Content-Range, with 206 */
    uint64_t whole;     /* of Content-Range: bytes of the whole document; HTTP_NO_LENGTH */
    struct str etag, modified;
    struct str hashes;  /* x-goog-hash lines, joined by ',': "crc32c=…,md5=…" */
    bool fenced;        /* the fetching process can open nothing: Landlock is on */
};

/* Records on the pipes: requests one way, the others back. */
enum http_record { HTTP_REQUEST = 1, HTTP_HEAD, HTTP_DATA, HTTP_END };

void http_request_pack(struct buf *b, const struct http_request *rq);
bool http_request_unpack(struct unpack *u, struct http_request *ret);
void http_head_pack(struct buf *b, const struct http_head *h);
bool http_head_unpack(struct unpack *u, struct http_head *ret);

/* ---- the asking side ---- */

struct http_fetcher;

/* Starts the program at `path` with this environment (NULL at the end). Ended with op->mem. RC_UNSUPPORTED when it cannot
 * be started. */
MUST_USE enum rc http_open(struct op *op, const char *path, const char *const *environment, struct http_fetcher **ret);

/* What to do with an answer: `head` is called once, then `body` for each piece if head gave true. */
struct http_taker {
    enum rc (*head)(struct op *op, void *arg, const struct http_head *h, bool *ret_wanted);
    enum rc (*body)(struct op *op, void *arg, struct str bytes);
    void *arg;
};

/* Asks once. RC_IO: not reachable, cut, stalled; RC_LIMIT: more than rq->most; RC_INVALID: no HTTP; RC_DENIED:
 * interrupted (worker_interrupted). What was taken before stays taken. */
MUST_USE enum rc http_get(struct op *op, struct http_fetcher *f, const struct http_request *rq, const struct http_taker *t);

/* The path with every byte escaped that may not stand in one. */
struct str http_escape_path(struct arena *mem, struct str path);

/* ---- inside muster-fetch ---- */

/* Answers requests from one descriptor on another until it ends: the exit status. `roots` is a file of certificates that
 * are trusted; NULL: the system's. */
int http_serve(int in_fd, int out_fd, const char *roots);

#endif
