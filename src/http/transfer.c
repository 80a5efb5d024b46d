/* Inside muster-fetch: requests in, answers out, libcurl between. Everything that must be opened is opened before the sandbox
 * closes. Redirects are followed here, one by one: at most five, and never from https to http. */
#include "http/http.h"

#include <curl/curl.h>
#include <netdb.h>
#include <unistd.h>
#include "base/io.h"
#include "base/sandbox.h"

enum { REDIRECTS_MOST = 5, REQUEST_MOST = 1 << 20, PIECE = 64 << 10, SLOW_BYTES = 1 };

struct transfer {
    struct op *op;
    int out_fd;
    CURL *curl;
    struct curl_blob roots;
    bool fenced;
    /* Of the present answer: */
    struct buf out, hashes;
    struct http_head head;
    const struct http_request *rq;
    uint64_t taken;
    bool headed, too_large;
    enum rc rc; /* of writing */
};

static enum rc send_record(struct transfer *t, size_t at)
{
    record_end(&t->out, at);
    enum rc rc = io_write(t->op, t->out_fd, STR("pipe"), buf_str(&t->out));
    buf_clear(&t->out);
    return rc;
}

/* ---- what libcurl calls ---- */

static bool header_is(struct str line, struct str name, struct str *ret)
{
    if (line.n <= name.n || !str_ieq(str_upto(line, name.n), name) || line.p[name.n] != ':')
        return false;
    *ret = str_trim(str_from(line, name.n + 1));
    return true;
}

/* "bytes 100-199/200" */
static void read_range(struct http_head *h, struct str v)
{
    struct str range, whole, first, last;
    if (!str_take(&v, STR("bytes ")) || !str_split(v, '/', &range, &whole) || !str_split(range, '-', &first, &last))
        return;
    if (!str_num(first, &h->from))
        h->from = UINT64_MAX;
    if (!str_num(whole, &h->whole))
        h->whole = HTTP_NO_LENGTH;
}

static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
    enum { LINE_MOST = 1024 };
    struct transfer *t = arg;
    struct str line = {p, size * n}, v;
    if (str_starts(line, STR("HTTP/"))) { /* another answer begins: what the one before said is gone */
        t->head = (struct http_head){.length = HTTP_NO_LENGTH, .whole = HTTP_NO_LENGTH, .from = UINT64_MAX, .etag = STR(""), .modified = STR("")};
        buf_clear(&t->hashes);
    } else if (line.n > LINE_MOST) {
        return line.n;
    } else if (header_is(line, STR("etag"), &v)) {
        t->head.etag = str_dup(t->op->mem, v);
    } else if (header_is(line, STR("last-modified"), &v)) {
        t->head.modified = str_dup(t->op->mem, v);
    } else if (header_is(line, STR("content-length"), &v)) {
        if (!str_num(v, &t->head.length))
            t->head.length = HTTP_NO_LENGTH;
    } else if (header_is(line, STR("content-range"), &v)) {
        read_range(&t->head, v);
    } else if (header_is(line, STR("x-goog-hash"), &v)) {
        if (t->hashes.n)
            buf_byte(&t->hashes, ',');
        buf_add(&t->hashes, v);
    }
    return line.n;
}

static bool is_redirect(uint64_t status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static enum rc send_head(struct transfer *t)
{
    long status = 0;
    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
    t->head.status = status > 0 && status < 1000 ? (uint64_t)status : 0;
    if (t->headed || is_redirect(t->head.status))
        return RC_OK;
    t->headed = true;
    t->head.fenced = t->fenced;
    t->head.hashes = buf_str(&t->hashes);
    size_t at = record_begin(&t->out, HTTP_HEAD);
    http_head_pack(&t->out, &t->head);
    return send_record(t, at);
}

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;
    struct str all = {p, size * n};
    t->rc = send_head(t);
    if (t->rc != RC_OK)
        return 0;
    if (!t->headed)
        return all.n; /* of a redirect */
    if (all.n > t->rq->most - t->taken) {
        t->too_large = true;
        return 0;
    }
    t->taken += all.n;
    for (struct str rest = all; rest.n && t->rc == RC_OK; rest = str_from(rest, PIECE)) {
        size_t at = record_begin(&t->out, HTTP_DATA);
        buf_add(&t->out, str_upto(rest, PIECE));
        t->rc = send_record(t, at);
    }
    return t->rc == RC_OK ? all.n : 0;
}

/* ---- one request ---- */

static struct curl_slist *add(struct transfer *t, struct curl_slist *list, const char *name, struct str value)
{
    if (value.n == 0)
        return list;
    struct curl_slist *more = curl_slist_append(list, str_print(t->op->mem, "%s: " STR_FMT, name, STR_ARG(value)).p);
    return more ? more : list;
}

static bool set_up(struct transfer *t, const char *url, struct curl_slist *headers)
{
    CURL *c = t->curl;
    long stall_s = t->rq->stall_s > 0 && t->rq->stall_s < 86400 ? (long)t->rq->stall_s : 60;
    curl_easy_reset(c);
    int bad = curl_easy_setopt(c, CURLOPT_URL, url);
    bad |= curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    bad |= curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    bad |= curl_easy_setopt(c, CURLOPT_USERAGENT, "muster/" MUSTER_VERSION);
    bad |= curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    bad |= curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, stall_s);
    bad |= curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES);
    bad |= curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, stall_s);
    bad |= curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    bad |= curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
    bad |= curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    bad |= curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
    bad |= curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    bad |= curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
    if (t->rq->most <= INT64_MAX)
        bad |= curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->rq->most);
    if (t->roots.len)
        bad |= curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &t->roots);
    return bad == 0;
}

/* True when there is another place to ask, in *url; else the error, or RC_OK, in *ret. */
static bool redirected(struct transfer *t, const char **url, unsigned count, enum rc *ret)
{
    char *next = NULL;
    *ret = RC_OK;
    if (!is_redirect(t->head.status))
        return false;
    curl_easy_getinfo(t->curl, CURLINFO_REDIRECT_URL, &next);
    if (!next)
        *ret = fail(t->op, RC_INVALID, "%s: a redirect to nowhere", *url);
    else if (count >= REDIRECTS_MOST)
        *ret = fail(t->op, RC_IO, "%s: more than %d redirects", *url, REDIRECTS_MOST);
    else if (str_ieq(str_upto(str_of(*url), 6), STR("https:")) && !str_ieq(str_upto(str_of(next), 6), STR("https:")))
        *ret = fail(t->op, RC_INVALID, "%s: redirects from https to %s", *url, next);
    else
        *url = str_dup(t->op->mem, str_of(next)).p;
    return *ret == RC_OK;
}

static enum rc outcome(struct transfer *t, CURLcode code, const char *url)
{
    if (t->rc != RC_OK)
        return t->rc;
    if (t->too_large || code == CURLE_FILESIZE_EXCEEDED)
        return fail(t->op, RC_LIMIT, "%s: more than %llu bytes", url, (unsigned long long)t->rq->most);
    switch (code) {
    case CURLE_OK: return send_head(t);
    case CURLE_PARTIAL_FILE: return fail(t->op, RC_IO, "%s: cut after %llu bytes", url, (unsigned long long)t->taken);
    case CURLE_OPERATION_TIMEDOUT: return fail(t->op, RC_IO, "%s: nothing came for %llu s", url, (unsigned long long)t->rq->stall_s);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING: return fail(t->op, RC_INVALID, "%s: %s", url, curl_easy_strerror(code));
    default: return fail(t->op, RC_IO, "%s: %s", url, curl_easy_strerror(code));
    }
}

static enum rc fetch(struct transfer *t, const struct http_request *rq)
{
    struct curl_slist *headers = NULL;
    const char *url = str_cstr(t->op->mem, rq->url);
    enum rc rc = RC_OK;
    t->rq = rq;
    t->taken = 0;
    t->headed = t->too_large = false;
    t->rc = RC_OK;
    if (!url)
        return fail(t->op, RC_INVALID, "an address with a NUL byte");
    headers = add(t, headers, "If-None-Match", rq->etag);
    if (rq->etag.n == 0)
        headers = add(t, headers, "If-Modified-Since", rq->modified);
    if (rq->from) {
        headers = add(t, headers, "Range", str_print(t->op->mem, "bytes=%llu-", (unsigned long long)rq->from));
        headers = add(t, headers, "If-Range", rq->same);
    }
    for (unsigned count = 0;; count++) {
        if (!set_up(t, url, headers)) {
            rc = fail(t->op, RC_UNSUPPORTED, "libcurl refuses its options");
            break;
        }
        rc = outcome(t, curl_easy_perform(t->curl), url);
        if (rc != RC_OK || !redirected(t, &url, count, &rc))
            break;
    }
    curl_slist_free_all(headers);
    return rc;
}

static enum rc answer(struct transfer *t, struct unpack *u)
{
    struct http_request rq;
    struct arena *mem = arena_child(t->op->mem);
    struct op *whole = t->op, op = *whole;
    op.mem = mem;
    t->op = &op;
    enum rc rc = http_request_unpack(u, &rq) ? fetch(t, &rq) : fail(&op, RC_INVALID, "a request that cannot be right");
    size_t at = record_begin(&t->out, HTTP_END);
    pack_number(&t->out, (uint64_t)rc);
    pack_text(&t->out, op.err.text);
    op_clear(&op);
    rc = send_record(t, at);
    t->op = whole;
    arena_close(mem);
    return rc;
}

/* ---- the program ---- */

static const char *const places[] = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
                                     "/etc/ssl/cert.pem", NULL};

static void read_roots(struct transfer *t, const char *given)
{
    enum { ROOTS_MOST = 16 << 20 };
    FILE *f = given ? fopen(given, "re") : NULL;
    for (size_t i = 0; !given && !f && places[i]; i++)
        f = fopen(places[i], "re");
    if (!f)
        return; /* https will then say that it trusts nobody */
    char *bytes = arena_alloc(t->op->mem, ROOTS_MOST);
    t->roots = (struct curl_blob){bytes, fread(bytes, 1, ROOTS_MOST, f), CURL_BLOB_NOCOPY};
    fclose(f);
}

/* What the C library and OpenSSL load when they are first used must be loaded before nothing can be. */
static void prime(void)
{
    struct addrinfo *list = NULL;
    if (getaddrinfo("localhost", "http", NULL, &list) == 0)
        freeaddrinfo(list);
}

static int serve(struct transfer *t, int in_fd)
{
    struct buf held;
    buf_open(&held, t->op->mem, "requests", 2 * REQUEST_MOST);
    for (;;) {
        struct str rest = buf_str(&held);
        struct unpack u;
        int type;
        bool bad = false;
        while (record_cut(&rest, &type, &u, &bad))
            if (type != HTTP_REQUEST || answer(t, &u) != RC_OK)
                return 1;
        if (bad)
            return 1;
        if (rest.n)
            memmove(held.p, rest.p, rest.n);
        held.n = rest.n;
        char *room = buf_room(&held, PIECE);
        ssize_t got = room ? read(in_fd, room, PIECE) : -1;
        if (got <= 0)
            return got == 0 ? 0 : 1;
        buf_took(&held, (size_t)got);
    }
}

int http_serve(int in_fd, int out_fd, const char *roots)
{
    static const struct limits limits = {.time_s = 24 * 3600, .worker_bytes = (uint64_t)512 << 20};
    struct op op = {.mem = arena_open((size_t)256 << 20), .limits = &limits};
    struct transfer t = {.op = &op, .out_fd = out_fd};
    struct sandbox box = {SANDBOX_FETCH, -1};
    int status = 1;
    buf_open(&t.out, op.mem, "answer", 4 * PIECE);
    buf_open(&t.hashes, op.mem, "hashes", 4096);
    read_roots(&t, roots);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) == 0 && (t.curl = curl_easy_init()) != NULL) {
        prime();
        if (sandbox_enter(&op, &box, &t.fenced) == RC_OK)
            status = serve(&t, in_fd);
        curl_easy_cleanup(t.curl);
        curl_global_cleanup();
    }
    arena_close(op.mem);
    return status;
}
