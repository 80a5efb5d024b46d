/* An archive's headers are passed over once and its files remembered by name, because the document that names the
 * others may be the last one. */
#include "source/container.h"

#include <errno.h>
#include <sys/stat.h>
#include "base/buf.h"
#include "base/io.h"
#include "source/below.h"
#include "source/overlay.h"
#include "source/tarwalk.h"

enum { FILES_MOST = 200000, LINKS_MOST = 8 };

struct str container_blob_path(struct arena *mem, struct str digest)
{
    struct str algorithm = digest, hex = {"", 0};
    str_split(digest, ':', &algorithm, &hex);
    return str_join(mem, STR("blobs/"), algorithm, STR("/"), hex);
}

static enum rc whole_file(struct op *op, const struct source_ref *ref, struct extent *ret)
{
    struct stat st;
    if (fstat(ref->fd, &st) != 0)
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(ref->text), strerror(errno));
    if (!S_ISREG(st.st_mode))
        return fail(op, RC_INVALID, STR_FMT ": no regular file", STR_ARG(ref->text));
    *ret = (struct extent){.fd = ref->fd, .size = (uint64_t)st.st_size};
    return RC_OK;
}

/* ---- recognising ---- */

static bool marks_image(struct str path)
{
    return str_eq(path, STR("manifest.json")) || str_eq(path, STR("oci-layout"));
}

/* Names with which writers of image archives begin. */
static bool begins_image(struct str path)
{
    return marks_image(path) || str_eq(path, STR("index.json")) || str_eq(path, STR("repositories"))
           || str_starts(path, STR("blobs")) || str_starts(path, STR("sha256:")) || path.n >= 64;
}

/* An uncompressed archive is searched; of a compressed one only the first name is looked at. */
static enum rc likely(struct op *op, const struct source_ref *ref, bool *ret)
{
    struct extent e;
    struct stream in;
    struct tar t;
    struct str path;
    uint64_t inflated = 0;
    char block[STREAM_BLOCK];
    TRY(whole_file(op, ref, &e));
    char head[6] = {0};
    TRY(extent_read(op, &e, ref->text, 0, head, e.size < sizeof head ? (size_t)e.size : sizeof head));
    enum codec codec = codec_of((struct str){head, sizeof head});
    if (codec != CODEC_NONE) {
        struct inflater *f;
        size_t n;
        TRY(inflater_open(op, op->mem, &e, ref->text, codec, &f));
        TRY(inflater_fill(op, f, block, sizeof block, &n));
        *ret = n == sizeof block && tar_header_valid(block)
               && path_clean(op->mem, (struct str){block, strnlen(block, 100)}, &path) && begins_image(path);
        return RC_OK;
    }
    TRY(stream_open(op, &in, op->mem, &e, ref->text, NULL, (struct str){"", 0}, &inflated));
    tar_open(&t, &in, op->mem);
    for (unsigned n = 0; n < FILES_MOST && !*ret; n++) {
        TRY(tar_next(op, &t));
        t.dirty = true;
        *ret = path_clean(t.scratch, t.now.path, &path) && marks_image(path);
    }
    return RC_OK;
}

bool container_likely(struct op *op, const struct source_ref *ref)
{
    struct arena *mem = arena_child(op->mem);
    struct op sub = {.mem = mem, .limits = op->limits};
    bool yes = false;
    enum rc rc = likely(&sub, ref, &yes);
    arena_close(mem);
    return yes && rc == RC_OK;
}

/* ---- opening ---- */

/* A compressed archive cannot be read by position: it is inflated once, into the spill. */
static enum rc inflate_all(struct op *op, struct container *c)
{
    struct stream in;
    struct buf held;
    TRY(stream_open(op, &in, c->mem, &c->whole, c->name, c->ring, (struct str){"", 0}, &c->inflated));
    if (in.codec == CODEC_NONE)
        return RC_OK;
    bool in_memory = c->spill.fd < 0;
    buf_open(&held, c->mem, "the archive", SIZE_MAX / 4);
    if (!in_memory)
        spill_begin(&c->spill, UINT64_MAX);
    for (;;) {
        struct str some;
        TRY(stream_some(op, &in, UINT64_MAX, &some));
        if (some.n == 0)
            break;
        if (in_memory)
            buf_add(&held, some);
        else
            TRY(spill_add(op, &c->spill, some));
    }
    if (in_memory)
        c->whole = (struct extent){.fd = -1, .mem = held.p ? held.p : "", .size = held.n};
    else
        c->whole = spill_done(&c->spill);
    return RC_OK;
}

/* Where a link points, relative to the archive's root; false when that is outside. */
static bool link_path(struct arena *mem, struct str folder, struct str target, struct str *ret)
{
    struct str name, rest = str_starts(target, STR("/")) ? target : str_join(mem, folder, STR("/"), target);
    char *p = arena_alloc(mem, rest.n + 1);
    size_t n = 0;
    while (str_cut(&rest, '/', &name)) {
        if (name.n == 0 || str_eq(name, STR(".")))
            continue;
        if (!str_eq(name, STR(".."))) {
            if (n)
                p[n++] = '/';
            memcpy(p + n, name.p, name.n);
            n += name.n;
            continue;
        }
        if (n == 0)
            return false;
        while (n && p[--n] != '/')
            ;
    }
    *ret = (struct str){p, n};
    return n != 0;
}

static enum rc note(struct op *op, struct container *c, const struct tar_member *m)
{
    struct str path;
    if (!path_clean(c->mem, m->path, &path) || path.n == 0)
        return RC_OK; /* nothing can name it */
    struct container_file f = {.path = str_dup(c->mem, path)};
    if (m->kind == ENTRY_FILE && !m->sparse) {
        if (m->at > c->whole.size || m->size > c->whole.size - m->at)
            return fail(op, RC_INVALID, STR_FMT ": ends within " STR_FMT, STR_ARG(c->name), STR_ARG(path));
        f.bytes = extent_part(&c->whole, m->at, m->size);
    } else if (m->kind == ENTRY_LINK || m->kind == ENTRY_HARDLINK) {
        if (!link_path(c->mem, m->kind == ENTRY_LINK ? str_dir(f.path) : STR(""), m->target, &f.link))
            return RC_OK;
    } else {
        return RC_OK;
    }
    struct container_file *at = arena_alloc(c->mem, sizeof *at);
    *at = f;
    *map_put(&c->members, f.path) = at;
    return RC_OK;
}

static enum rc index_members(struct op *op, struct container *c)
{
    struct stream in;
    struct tar t;
    TRY(stream_open(op, &in, c->mem, &c->whole, c->name, c->ring, (struct str){"", 0}, &c->inflated));
    if (in.codec != CODEC_NONE)
        return fail(op, RC_INVALID, STR_FMT ": compressed twice", STR_ARG(c->name));
    tar_open(&t, &in, c->mem);
    for (;;) {
        enum rc rc = tar_next(op, &t);
        if (rc == RC_NOTFOUND)
            return RC_OK;
        TRY(rc);
        if (c->members.entries.n >= FILES_MOST)
            return fail(op, RC_INVALID, STR_FMT ": more than %d members", STR_ARG(c->name), FILES_MOST);
        TRY(note(op, c, &t.now));
    }
}

enum rc container_open(struct op *op, const struct source_ref *ref, struct container **ret)
{
    struct container *c = arena_alloc(op->mem, sizeof *c);
    c->mem = op->mem;
    c->name = ref->text;
    c->is_folder = ref->is_folder;
    c->fd = ref->fd;
    map_open(&c->members, c->mem);
    TRY(spill_open(op, &c->spill, ref->spill_fd, c->mem));
    c->pool = digest_pool_open(c->mem);
    c->ring = ring_open(c->mem);
    if (!c->is_folder) {
        TRY(whole_file(op, ref, &c->whole));
        enum rc rc = inflate_all(op, c);
        if (rc == RC_OK)
            rc = index_members(op, c);
        /* Of a container that cannot be read as a whole nothing is of use. */
        TRY(rc == RC_LIMIT ? RC_INVALID : rc);
    }
    *ret = c;
    return RC_OK;
}

/* ---- finding ---- */

static enum rc find_in_folder(struct op *op, struct container *c, struct str path, const struct container_file **ret)
{
    void **at = map_put(&c->members, str_dup(c->mem, path));
    if (!*at) {
        struct container_file *f = arena_alloc(c->mem, sizeof *f);
        struct stat st;
        int fd;
        TRY(below_open(op, c->fd, path, false, &fd));
        io_close_later(c->mem, fd);
        if (fstat(fd, &st) != 0)
            return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(path), strerror(errno));
        *f = (struct container_file){.path = path, .bytes = {.fd = fd, .size = (uint64_t)st.st_size}};
        *at = f;
    }
    *ret = *at;
    return RC_OK;
}

enum rc container_find(struct op *op, struct container *c, struct str path, const struct container_file **ret)
{
    struct str clean;
    if (!path_clean(c->mem, path, &clean) || clean.n == 0)
        return RC_NOTFOUND;
    if (c->is_folder)
        return find_in_folder(op, c, clean, ret);
    for (unsigned n = 0; n < LINKS_MOST; n++) {
        const struct container_file *f = map_get(&c->members, clean);
        if (!f)
            return RC_NOTFOUND;
        if (!f->link.p) {
            *ret = f;
            return RC_OK;
        }
        clean = f->link;
    }
    return RC_NOTFOUND;
}

enum rc container_read(struct op *op, struct container *c, struct str path, struct str *ret)
{
    const struct container_file *f;
    TRY(container_find(op, c, path, &f));
    if (f->bytes.size > DOCUMENT_MOST)
        return fail(op, RC_INVALID, STR_FMT ": " STR_FMT ": more than %d bytes", STR_ARG(c->name), STR_ARG(path), DOCUMENT_MOST);
    return extent_bytes(op, &f->bytes, path, c->mem, ret);
}
