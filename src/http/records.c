/* The fields of the records between the program and its fetcher, in one order for both sides. */
#include "http/http.h"

void http_request_pack(struct buf *b, const struct http_request *rq)
{
    const struct str texts[] = {rq->url, rq->etag, rq->modified, rq->same};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        pack_text(b, texts[i]);
    pack_number(b, rq->from);
    pack_number(b, rq->most);
    pack_number(b, rq->stall_s);
}

bool http_request_unpack(struct unpack *u, struct http_request *ret)
{
    struct str *const texts[] = {&ret->url, &ret->etag, &ret->modified, &ret->same};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = unpack_text(u);
    ret->from = unpack_number(u);
    ret->most = unpack_number(u);
    ret->stall_s = unpack_number(u);
    return !u->bad && u->rest.n == 0;
}

void http_head_pack(struct buf *b, const struct http_head *h)
{
    const uint64_t numbers[] = {h->status, h->length, h->from, h->whole, h->fenced};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        pack_number(b, numbers[i]);
    pack_text(b, h->etag);
    pack_text(b, h->modified);
    pack_text(b, h->hashes);
}

bool http_head_unpack(struct unpack *u, struct http_head *ret)
{
    ret->status = unpack_below(u, 1000);
    ret->length = unpack_number(u);
    ret->from = unpack_number(u);
    ret->whole = unpack_number(u);
    ret->fenced = unpack_below(u, 2);
    ret->etag = unpack_text(u);
    ret->modified = unpack_text(u);
    ret->hashes = unpack_text(u);
    return !u->bad && u->rest.n == 0;
}

struct str http_escape_path(struct arena *mem, struct str path)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = arena_alloc(mem, 3 * path.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.p[i];
        if (is_alnum((char)c) || (c && strchr("-._~/", c))) {
            out[n++] = (char)c;
            continue;
        }
        out[n++] = '%';
        out[n++] = hex[c >> 4];
        out[n++] = hex[c & 15];
    }
    return (struct str){out, n};
}
