/* The table of feeds, and the table of what was downloaded. */
#include "flow/feeds.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/io.h"

/* "name\talways|asked\tpath\turl\n", sorted. */
extern const char data_feeds[];
extern const size_t data_feeds_len;

bool feed_place_at(size_t i, struct feed_place *ret)
{
    struct str rest = {data_feeds, data_feeds_len}, line, when;
    while (str_line(&rest, &line) && line.n)
        if (i-- == 0)
            return str_cut(&line, '\t', &ret->name) && str_cut(&line, '\t', &when) && str_cut(&line, '\t', &ret->path)
                   && (ret->url = line, ret->always = str_eq(when, STR("always")), true);
    return false;
}

bool feed_place_find(struct str name, struct feed_place *ret)
{
    for (size_t i = 0; feed_place_at(i, ret); i++)
        if (str_eq(ret->name, name))
            return true;
    return false;
}

/* ---- where things are ---- */

struct str feeds_folder(struct op *op, const struct session *s)
{
    return str_join(op->mem, s->store_path, STR(".feeds"));
}

/* `npm/all.zip` of feed npm: `<store>.feeds/npm/all.zip`; the document keeps its name, which may say its product. */
struct str feed_file(struct op *op, const struct session *s, const struct feed_place *p, bool part)
{
    return str_join(op->mem, feeds_folder(op, s), STR("/"), p->name, part ? STR("/new/") : STR("/"), str_base(p->path));
}

static struct str table_path(struct op *op, const struct session *s)
{
    return str_join(op->mem, feeds_folder(op, s), STR("/state.tsv"));
}

enum rc feeds_folder_make(struct op *op, const struct session *s)
{
    struct str folder = feeds_folder(op, s);
    if (!str_cstr(op->mem, folder))
        return fail(op, RC_INVALID, "the store's path holds a NUL byte");
    return mkdir(folder.p, 0700) == 0 || errno == EEXIST ? RC_OK : fail(op, RC_IO, STR_FMT ": %s", STR_ARG(folder), strerror(errno));
}

enum rc feeds_lock(struct op *op, const struct session *s)
{
    struct str folder = feeds_folder(op, s);
    const char *name = str_join(op->mem, folder, STR("/lock")).p;
    TRY(feeds_folder_make(op, s));
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail(op, RC_IO, "%s: %s", name, strerror(errno));
    io_close_later(op->mem, fd);
    return flock(fd, LOCK_EX | LOCK_NB) == 0 ? RC_OK : fail(op, RC_IO, STR_FMT ": another update is running", STR_ARG(folder));
}

/* ---- the table ---- */

static bool clean(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
            return false;
    return true;
}

static bool read_row(struct str line, struct feed_state *ret)
{
    struct str kind, bytes, checked, as_of;
    uint64_t at, of;
    if (!str_cut(&line, '\t', &ret->name) || !str_cut(&line, '\t', &kind) || !str_cut(&line, '\t', &ret->url)
        || !str_cut(&line, '\t', &ret->etag) || !str_cut(&line, '\t', &ret->modified) || !str_cut(&line, '\t', &ret->sha256)
        || !str_cut(&line, '\t', &bytes) || !str_cut(&line, '\t', &checked) || !str_cut(&line, '\t', &as_of))
        return false;
    ret->part = !str_eq(kind, STR("whole"));
    ret->complete = !str_eq(kind, STR("part"));
    if (!str_num(bytes, &ret->bytes) || !str_num(checked, &at) || !str_num(as_of, &of) || at > INT64_MAX || of > INT64_MAX)
        return false;
    ret->checked_at = (int64_t)at;
    ret->as_of = (int64_t)of;
    return ret->name.n > 0;
}

void feed_states_read(struct op *op, const struct session *s, struct feed_states *ret)
{
    enum { TABLE_MOST = 4 << 20 };
    const char *name = str_cstr(op->mem, table_path(op, s));
    struct str text, line;
    int fd = name ? open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;
    if (fd < 0)
        return;
    enum rc rc = io_slurp(op, fd, STR("state.tsv"), TABLE_MOST, &text);
    close(fd);
    if (rc != RC_OK)
        op_clear(op);
    while (rc == RC_OK && str_line(&text, &line)) {
        struct feed_state one = {.part = false};
        if (read_row(line, &one))
            *vec_push(op->mem, &ret->list) = one;
    }
}

enum rc feed_states_write(struct op *op, const struct session *s, const struct feed_states *all)
{
    struct str path = table_path(op, s), new = str_join(op->mem, path, STR(".new")), bytes;
    struct buf b;
    buf_open(&b, op->mem, "state.tsv", 4 << 20);
    vec_each(const struct feed_state, f, &all->list) {
        const struct str texts[] = {f->url, f->etag, f->modified, f->sha256};
        buf_add(&b, f->name);
        buf_print(&b, "\t%s", !f->part ? "whole" : f->complete ? "complete" : "part");
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            buf_byte(&b, '\t');
            buf_add(&b, clean(texts[i]) ? texts[i] : STR(""));
        }
        buf_print(&b, "\t%llu\t%lld\t%lld\n", (unsigned long long)f->bytes, (long long)f->checked_at, (long long)f->as_of);
    }
    TRY(buf_done(op, &b, &bytes));
    int fd = open(new.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(new), strerror(errno));
    enum rc rc = io_write(op, fd, new, bytes);
    close(fd);
    TRY(rc);
    return rename(new.p, path.p) == 0 ? RC_OK : fail(op, RC_IO, STR_FMT ": %s", STR_ARG(path), strerror(errno));
}

struct feed_state *feed_state_get(const struct feed_states *all, struct str name, bool part)
{
    vec_each(struct feed_state, f, &all->list)
        if (f->part == part && str_eq(f->name, name))
            return f;
    return NULL;
}

void feed_state_drop(struct feed_states *all, struct str name, bool part)
{
    size_t n = 0;
    for (size_t i = 0; i < all->list.n; i++)
        if (all->list.at[i].part != part || !str_eq(all->list.at[i].name, name))
            all->list.at[n++] = all->list.at[i];
    all->list.n = n;
}

struct feed_state *feed_state_put(struct op *op, struct feed_states *all, struct str name, bool part)
{
    const struct str none = STR("");
    feed_state_drop(all, name, part);
    struct feed_state *f = vec_push(op->mem, &all->list);
    *f = (struct feed_state){.name = name, .part = part, .url = none, .etag = none, .modified = none, .sha256 = none};
    return f;
}
