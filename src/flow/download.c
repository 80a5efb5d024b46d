/* Conditional requests, resumed downloads, mirrors in folders. The part on its way lies beside the document that serves and
 * takes its place only once it is in the index (flow/update.c). */
#include "flow/download.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"

enum { SMALL_MOST = 8 << 20, ATTEMPTS = 5 };

/* ---- muster-fetch ---- */

/* Of the environment only what says how to reach the network, and whom to trust there. */
static const char *const *fetcher_environment(struct op *op)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
                                        "SSL_CERT_FILE"};
    const char **all = arena_array(op->mem, sizeof names / sizeof *names + 1, sizeof *all);
    size_t n = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            all[n++] = str_print(op->mem, "%s=%s", names[i], value).p;
    }
    return all;
}

static enum rc get(struct op *op, struct downloads *d, const struct http_request *rq, const struct http_taker *t)
{
    if (!d->fetcher)
        TRY(http_open(op, session_helper(op, "muster-fetch"), fetcher_environment(op), &d->fetcher));
    enum rc rc = http_get(op, d->fetcher, rq, t);
    if (rc != RC_OK)
        d->fetcher = NULL; /* it may have died: the next question goes to a new one */
    return rc;
}

/* ---- small documents ---- */

struct small {
    struct buf bytes;
    uint64_t status;
    struct str modified;
    struct downloads *d;
};

static enum rc small_head(struct op *op, void *arg, const struct http_head *h, bool *ret_wanted)
{
    struct small *s = arg;
    s->status = h->status;
    s->modified = str_dup(op->mem, h->modified);
    s->d->fenced = h->fenced;
    *ret_wanted = h->status == 200;
    return RC_OK;
}

static enum rc small_body(struct op *op, void *arg, struct str bytes)
{
    struct small *s = arg;
    (void)op;
    buf_add(&s->bytes, bytes);
    return RC_OK;
}

static enum rc small_file(struct op *op, struct str path, struct str *ret, int64_t *ret_modified)
{
    struct stat st;
    const char *name = str_cstr(op->mem, path);
    int fd = name ? open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    if (fd < 0)
        return RC_NOTFOUND;
    *ret_modified = fstat(fd, &st) == 0 ? st.st_mtime : 0;
    enum rc rc = io_slurp(op, fd, path, SMALL_MOST, ret);
    close(fd);
    return rc;
}

static struct str address(struct op *op, const struct downloads *d, const struct feed_place *p)
{
    if (d->mirror.base.n == 0)
        return p->url;
    return str_join(op->mem, d->mirror.base, STR("/"), d->mirror.folder ? p->path : http_escape_path(op->mem, p->path));
}

enum rc download_small(struct op *op, struct downloads *d, struct str path, struct str *ret, int64_t *ret_modified)
{
    struct feed_place p = {.path = path};
    struct small s = {.d = d};
    struct str url = address(op, d, &p), none = STR("");
    if (d->mirror.folder)
        return small_file(op, url, ret, ret_modified);
    struct http_request rq = {.url = url, .etag = none, .modified = none, .same = none, .most = SMALL_MOST, .stall_s = (uint64_t)d->stall_s};
    struct http_taker t = {small_head, small_body, &s};
    buf_open(&s.bytes, op->mem, "a small document", SMALL_MOST);
    TRY(get(op, d, &rq, &t));
    if (s.status == 404 || s.status == 410 || s.status == 403)
        return RC_NOTFOUND; /* 403: buckets answer so for what they do not have */
    if (s.status != 200)
        return fail(op, RC_IO, STR_FMT ": the server answers %llu", STR_ARG(url), (unsigned long long)s.status);
    *ret_modified = http_date(s.modified);
    return buf_done(op, &s.bytes, ret);
}

/* ---- one document ---- */

struct fetching {
    struct downloads *d;
    const struct feed_place *place;
    struct str url, path; /* of the part */
    int fd;
    uint64_t at, asked_from, fetched, status;
    bool conditional, resumed;
    bool again; /* from the beginning */
    struct str hashes;
};

static enum rc states_write(struct op *op, struct fetching *f)
{
    return feed_states_write(op, f->d->session, f->d->states);
}

static enum rc drop_part(struct op *op, struct fetching *f)
{
    feed_state_drop(f->d->states, f->place->name, true);
    f->at = 0;
    if (ftruncate(f->fd, 0) != 0)
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(f->path), strerror(errno));
    return states_write(op, f);
}

/* What is noted before the first byte comes: with it, a cut download can go on. */
static enum rc begin_part(struct op *op, struct fetching *f, struct str etag, struct str modified)
{
    struct str name = f->place->name;
    TRY(drop_part(op, f));
    struct feed_state *part = feed_state_put(op, f->d->states, name, true);
    part->url = f->url;
    part->etag = str_dup(op->mem, etag);
    part->modified = str_dup(op->mem, modified);
    return states_write(op, f);
}

static enum rc on_head(struct op *op, void *arg, const struct http_head *h, bool *ret_wanted)
{
    struct fetching *f = arg;
    f->status = h->status;
    f->d->fenced = h->fenced;
    f->hashes = str_dup(op->mem, h->hashes);
    if (h->status == 304 && f->conditional)
        return RC_OK;
    if (h->status == 416 || (h->status == 206 && (!f->asked_from || h->from != f->asked_from))) {
        f->again = true;
        return RC_OK;
    }
    if (h->status != 200 && h->status != 206)
        return fail(op, RC_IO, STR_FMT ": the server answers %llu", STR_ARG(f->url), (unsigned long long)h->status);
    if (h->length != HTTP_NO_LENGTH && h->length > f->d->most - (h->status == 206 ? f->at : 0))
        return fail(op, RC_LIMIT, STR_FMT ": %llu bytes, at most %llu are taken", STR_ARG(f->url), (unsigned long long)h->length,
                    (unsigned long long)f->d->most);
    *ret_wanted = true;
    return h->status == 200 ? begin_part(op, f, h->etag, h->modified) : RC_OK;
}

static enum rc on_body(struct op *op, void *arg, struct str bytes)
{
    struct fetching *f = arg;
    TRY(io_pwrite(op, f->fd, f->path, bytes, f->at));
    f->at += bytes.n;
    f->fetched += bytes.n;
    return RC_OK;
}

static bool is_strong(struct str etag)
{
    return etag.n && !str_starts(etag, STR("W/"));
}

/* What to ask, from what is here. */
static struct http_request question(struct fetching *f)
{
    const struct str none = STR("");
    struct feed_state *part = feed_state_get(f->d->states, f->place->name, true), *whole = feed_state_get(f->d->states, f->place->name, false);
    struct http_request rq = {.url = f->url, .etag = none, .modified = none, .same = none, .most = f->d->most, .stall_s = (uint64_t)f->d->stall_s};
    f->asked_from = 0;
    f->conditional = false;
    if (part && !part->complete && f->at && (is_strong(part->etag) || part->modified.n)) {
        rq.from = f->asked_from = f->at;
        f->resumed = true;
        rq.same = is_strong(part->etag) ? part->etag : part->modified;
        rq.most -= f->at < rq.most ? f->at : rq.most;
        return rq;
    }
    const struct feed_state *have = part ? (part->complete ? part : NULL) : whole && str_eq(whole->url, f->url) ? whole : NULL;
    if (have) {
        rq.etag = have->etag;
        rq.modified = have->modified;
        f->conditional = have->etag.n || have->modified.n;
    }
    return rq;
}

static enum rc folder_copy(struct op *op, struct fetching *f)
{
    enum { STEP = 1 << 20 };
    struct stat st;
    size_t n = 1;
    const char *name = str_cstr(op->mem, f->url);
    int from = name ? open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    if (from < 0)
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(f->url), name ? strerror(errno) : "a NUL byte");
    io_close_later(op->mem, from);
    if (fstat(from, &st) != 0 || !S_ISREG(st.st_mode))
        return fail(op, RC_INVALID, STR_FMT ": not a file", STR_ARG(f->url));
    if ((uint64_t)st.st_size > f->d->most)
        return fail(op, RC_LIMIT, STR_FMT ": %lld bytes, at most %llu are taken", STR_ARG(f->url), (long long)st.st_size,
                    (unsigned long long)f->d->most);
    struct str stamp = str_print(op->mem, "%lld.%09ld %lld", (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, (long long)st.st_size);
    struct http_request rq = question(f);
    if (f->conditional && str_eq(rq.modified, stamp)) {
        f->status = 304;
        return RC_OK;
    }
    f->status = 200;
    TRY(begin_part(op, f, STR(""), stamp));
    char *bytes = arena_alloc(op->mem, STEP);
    while (n) {
        TRY(io_read(op, from, f->url, bytes, STEP, &n));
        TRY(on_body(op, f, (struct str){bytes, n}));
        op_progress(op, 0, n);
    }
    return RC_OK;
}

/* Asks until it is there: a download that was cut goes on as long as each attempt brings something. */
static enum rc transfer(struct op *op, struct fetching *f)
{
    const struct http_taker t = {on_head, on_body, f};
    if (f->d->mirror.folder)
        return folder_copy(op, f);
    for (int i = 0;; i++) {
        uint64_t before = f->fetched;
        struct http_request rq = question(f);
        f->again = false;
        enum rc rc = get(op, f->d, &rq, &t);
        if (rc == RC_OK && !f->again)
            return RC_OK;
        if (rc == RC_OK)
            TRY(drop_part(op, f));
        bool hopeful = rc == RC_OK || (rc == RC_IO && f->fetched > before && feed_state_get(f->d->states, f->place->name, true));
        if (!hopeful || i == ATTEMPTS)
            return rc == RC_OK ? fail(op, RC_INVALID, STR_FMT ": its parts do not fit together", STR_ARG(f->url)) : rc;
        op_clear(op);
    }
}

/* The whole file is there: is it the one that was announced, and is it another than the one in the index? */
static enum rc finish(struct op *op, struct fetching *f, struct downloaded *ret)
{
    struct feed_states *all = f->d->states;
    struct feed_state *part = feed_state_get(all, f->place->name, true), *whole = feed_state_get(all, f->place->name, false);
    struct str sha256;
    if (!part)
        return fail(op, RC_INVALID, STR_FMT ": an answer without a document", STR_ARG(f->url));
    TRY(download_verify(op, f->fd, f->url, f->hashes, mirror_sum(&f->d->mirror, f->place), &sha256));
    part->complete = true;
    part->sha256 = sha256;
    part->bytes = f->at;
    ret->changed = !whole || !str_eq(whole->sha256, sha256);
    if (!ret->changed) {
        struct feed_state same = *part;
        same.part = false;
        feed_state_drop(all, f->place->name, true);
        *feed_state_put(op, all, f->place->name, false) = same;
    }
    if (ret->changed && fdatasync(f->fd) != 0)
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(f->path), strerror(errno));
    return states_write(op, f);
}

static int64_t as_of(const struct fetching *f, struct str modified)
{
    const struct mirror *m = &f->d->mirror;
    uint64_t seconds;
    struct str head;
    if (m->base.n == 0)
        return f->d->session->now;
    if (m->sums_at)
        return m->sums_at;
    if (!m->folder)
        return http_date(modified);
    return str_split(modified, '.', &head, &modified) && str_num(head, &seconds) && seconds <= INT64_MAX ? (int64_t)seconds : 0;
}

static enum rc confirm(struct op *op, struct fetching *f, struct downloaded *ret)
{
    struct feed_state *part = feed_state_get(f->d->states, f->place->name, true);
    struct feed_state *s = part ? part : feed_state_get(f->d->states, f->place->name, false);
    if (!s)
        return fail(op, RC_INVALID, STR_FMT ": an answer without a document", STR_ARG(f->url));
    ret->changed = part != NULL;
    s->checked_at = f->d->session->now;
    s->as_of = as_of(f, s->modified);
    return states_write(op, f);
}

static enum rc open_part(struct op *op, struct fetching *f)
{
    struct feed_state *part = feed_state_get(f->d->states, f->place->name, true);
    struct stat st;
    f->path = feed_file(op, f->d->session, f->place, true);
    struct str inner = str_dup(op->mem, str_dir(f->path)), outer = str_dup(op->mem, str_dir(inner));
    if ((mkdir(outer.p, 0700) != 0 && errno != EEXIST) || (mkdir(inner.p, 0700) != 0 && errno != EEXIST))
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(inner), strerror(errno));
    f->fd = open(f->path.p, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (f->fd < 0)
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(f->path), strerror(errno));
    io_close_later(op->mem, f->fd);
    if (fstat(f->fd, &st) != 0)
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(f->path), strerror(errno));
    f->at = (uint64_t)st.st_size;
    if (!part || !str_eq(part->url, f->url) || (part->complete && part->bytes != f->at) || f->at > f->d->most)
        return drop_part(op, f);
    return RC_OK;
}

enum rc download(struct op *op, struct downloads *d, const struct feed_place *p, struct downloaded *ret)
{
    struct fetching f = {.d = d, .place = p, .fd = -1, .hashes = STR("")};
    f.url = address(op, d, p);
    if (str_eq(f.url, STR("-")))
        return fail(op, RC_INVALID, STR_FMT ": only a mirror has it (--mirror)", STR_ARG(p->name));
    if (access(feed_file(op, d->session, p, false).p, R_OK) != 0)
        feed_state_drop(d->states, p->name, false);
    TRY(open_part(op, &f));
    TRY(transfer(op, &f));
    if (f.status != 304) {
        enum rc rc = finish(op, &f, ret);
        if (rc == RC_INVALID && f.resumed) { /* the beginning may be another document's: once more, whole */
            op_clear(op);
            TRY(drop_part(op, &f));
            TRY(transfer(op, &f));
            rc = finish(op, &f, ret);
        }
        if (rc == RC_INVALID) {
            struct op_error first = op->err;
            op_clear(op);
            TRY(drop_part(op, &f));
            op->err = first;
        }
        TRY(rc);
    }
    ret->fetched = f.fetched;
    return confirm(op, &f, ret);
}

/* ---- mirrors ---- */

static enum rc optional(struct op *op, struct downloads *d, const char *path, struct str *ret, int64_t *ret_at, bool *ret_has)
{
    enum rc rc = download_small(op, d, str_of(path), ret, ret_at);
    *ret_has = rc == RC_OK;
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

enum rc mirror_open(struct op *op, struct downloads *d, struct str text)
{
    struct mirror *m = &d->mirror;
    int64_t at;
    bool has;
    bool web = str_starts(text, STR("http://")) || str_starts(text, STR("https://"));
    if (!web && !str_take(&text, STR("file://")))
        str_take(&text, STR("file:"));
    if (!web && (text.n == 0 || str_find(text, STR("://")) != STR_NONE))
        return fail(op, RC_INVALID, "'" STR_FMT "': expected http://…, https://… or a folder", STR_ARG(text));
    while (text.n > 1 && str_ends(text, STR("/")))
        text = str_but(text, 1);
    m->base = text;
    m->folder = !web;
    m->sums = m->ecosystems = STR("");
    TRY(optional(op, d, "SHA256SUMS", &m->sums, &m->sums_at, &m->has_sums));
    return optional(op, d, "ecosystems.txt", &m->ecosystems, &at, &has);
}

/* "<64 hex digits>  <path>", as sha256sum writes it; "*" before the path means the same. */
static bool find_sum(const struct mirror *m, struct str path, struct str *ret)
{
    struct str rest = m->sums, line, hex, name;
    while (str_line(&rest, &line)) {
        if (!str_split(line, ' ', &hex, &name) || hex.n != 64)
            continue;
        if (!str_take(&name, STR(" ")))
            str_take(&name, STR("*"));
        str_take(&name, STR("./"));
        if (str_eq(name, path)) {
            *ret = hex;
            return true;
        }
    }
    return false;
}

struct str mirror_sum(const struct mirror *m, const struct feed_place *p)
{
    struct str found = STR("");
    find_sum(m, p->path, &found);
    return found;
}

bool mirror_lacks(const struct mirror *m, const struct feed_place *p)
{
    struct str sum, rest = m->ecosystems, line;
    if (m->base.n == 0)
        return str_eq(p->url, STR("-"));
    if (m->has_sums)
        return !find_sum(m, p->path, &sum);
    if (m->ecosystems.n == 0 || !str_eq(str_base(p->path), STR("all.zip")))
        return false;
    while (str_line(&rest, &line))
        if (str_eq(str_trim(line), p->name))
            return false;
    return true;
}
