/* Writing a file of packed advisories: members into an unlinked file first, for the table before them has their sums. */
#include "flow/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>
#include "base/hash.h"
#include "base/io.h"
#include "base/pack.h"
#include "flow/feed_wire.h"
#include "flow/feeds.h"
#include "flow/pack_inside.h"
#include "store/statement.h"

enum { LEVEL = 6, PIECE = 1 << 20 };

struct packing {
    struct op *op;
    struct session *session;
    struct feed_states states;
    struct statement_sources said;
    struct pack_table *table;
    struct pack_source *source; /* the last of the table; NULL: none is open */
    int spill;
    ZSTD_CCtx *zstd;
    char *piece;
    struct sha256 *sum;
    struct buf record;
};

/* ---- compressing ---- */

static enum rc compress(struct packing *p, struct str bytes, ZSTD_EndDirective how)
{
    ZSTD_inBuffer in = {bytes.p, bytes.n, 0};
    size_t left = 1;
    while (in.pos < in.size || (how == ZSTD_e_end && left)) {
        ZSTD_outBuffer out = {p->piece, PIECE, 0};
        left = ZSTD_compressStream2(p->zstd, &out, &in, how);
        if (ZSTD_isError(left))
            return fail(p->op, RC_LIMIT, "packing: %s", ZSTD_getErrorName(left));
        struct str packed = {p->piece, out.pos};
        sha256_add(p->sum, packed);
        p->source->bytes += packed.n;
        TRY(io_write(p->op, p->spill, STR("the packed advisories"), packed));
    }
    return RC_OK;
}

static enum rc put_item(struct packing *p, const struct feed_item *item)
{
    struct str bytes;
    buf_clear(&p->record);
    size_t at = record_begin(&p->record, FEED_RECORD_ITEM);
    feed_item_pack(&p->record, item);
    record_end(&p->record, at);
    TRY(buf_done(p->op, &p->record, &bytes));
    p->source->items++;
    p->source->plain += bytes.n;
    op_progress(p->op, 0, bytes.n);
    return compress(p, bytes, ZSTD_e_continue);
}

static enum rc put_statements(struct packing *p)
{
    struct statement_list list = {0};
    for (size_t i = 0; i < p->said.n; i++) {
        if (!str_eq(p->said.at[i].name, p->source->name))
            continue;
        TRY(statement_list(p->op, p->session->store, p->source->name, &list));
        for (size_t k = 0; k < list.n; k++)
            TRY(put_item(p, &(struct feed_item){.kind = FEED_STATEMENT, .statement = list.at[k].said}));
    }
    return RC_OK;
}

static enum rc end_source(struct packing *p)
{
    unsigned char digest[SHA256_BYTES];
    if (!p->source)
        return RC_OK;
    TRY(put_statements(p));
    TRY(compress(p, STR(""), ZSTD_e_end));
    sha256_done(p->sum, digest);
    p->source->sha256 = sha256_text(p->op->mem, digest);
    p->source = NULL;
    return RC_OK;
}

static enum rc begin_source(struct packing *p, struct str name, int64_t imported_at)
{
    const struct feed_state *f = feed_state_get(&p->states, name, false);
    TRY(end_source(p));
    p->source = vec_push(p->op->mem, &p->table->list);
    *p->source = (struct pack_source){.name = str_dup(p->op->mem, name), .imported_at = imported_at, .as_of = f ? f->as_of : 0};
    ZSTD_CCtx_reset(p->zstd, ZSTD_reset_session_only);
    return RC_OK;
}

/* ---- what the index gives ---- */

static enum rc on_source(struct op *op, void *arg, const struct advindex_source *s)
{
    (void)op;
    return begin_source(arg, s->name, s->imported_at);
}

static enum rc on_advisory(struct op *op, void *arg, const struct advisory *a)
{
    (void)op;
    return put_item(arg, &(struct feed_item){.kind = FEED_ADVISORY, .advisory = *a});
}

static enum rc on_exploited(struct op *op, void *arg, const struct known_exploited *k)
{
    (void)op;
    return put_item(arg, &(struct feed_item){.kind = FEED_EXPLOITED, .exploited = *k});
}

static enum rc on_score(struct op *op, void *arg, const struct exploit_score *s)
{
    (void)op;
    return put_item(arg, &(struct feed_item){.kind = FEED_SCORE, .score = *s});
}

static enum rc on_life(struct op *op, void *arg, const struct end_of_life *e)
{
    (void)op;
    return put_item(arg, &(struct feed_item){.kind = FEED_END_OF_LIFE, .end_of_life = *e});
}

static enum rc on_ssvc(struct op *op, void *arg, const struct ssvc_points *s)
{
    (void)op;
    return put_item(arg, &(struct feed_item){.kind = FEED_SSVC, .ssvc = *s});
}

/* Sources of statements alone: the index lists them too, since each import names its source there. */
static enum rc put_all(struct packing *p, const struct advindex *ix)
{
    const struct advindex_export e = {on_source, on_advisory, on_exploited, on_score, on_life, on_ssvc, p};
    TRY(advindex_export(p->op, ix, &e));
    return end_source(p);
}

/* ---- the file ---- */

static enum rc copy_members(struct packing *p, int fd, struct str path, uint64_t *ret)
{
    uint64_t at = 0, all = 0;
    vec_each(const struct pack_source, s, &p->table->list)
        all += s->bytes;
    while (at < all) {
        size_t n = all - at < PIECE ? (size_t)(all - at) : PIECE;
        TRY(io_pread(p->op, p->spill, STR("the packed advisories"), p->piece, n, at));
        TRY(io_write(p->op, fd, path, (struct str){p->piece, n}));
        at += n;
    }
    *ret += all;
    return RC_OK;
}

static enum rc write_file(struct packing *p, struct str path, uint64_t *ret)
{
    struct op *op = p->op;
    struct buf head;
    struct str bytes;
    unsigned char digest[SHA256_BYTES];
    buf_open(&head, op->mem, "the table", RECORD_MOST);
    buf_add(&head, STR(PACK_MAGIC));
    pack_table_put(&head, p->table);
    sha256_of(buf_str(&head), digest);
    buf_add(&head, (struct str){(const char *)digest, sizeof digest});
    TRY(buf_done(op, &head, &bytes));
    const char *new = str_cstr(op->mem, str_join(op->mem, path, STR(".new")));
    if (!new)
        return fail(op, RC_INVALID, "a path with a NUL byte");
    int fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return fail(op, RC_IO, "%s: %s", new, strerror(errno));
    *ret = bytes.n;
    enum rc rc = io_write(op, fd, path, bytes);
    if (rc == RC_OK)
        rc = copy_members(p, fd, path, ret);
    if (rc == RC_OK && (fsync(fd) != 0 || rename(new, str_dup(op->mem, path).p) != 0))
        rc = fail(op, RC_IO, STR_FMT ": %s", STR_ARG(path), strerror(errno));
    close(fd);
    if (rc != RC_OK)
        unlink(new);
    return rc;
}

static void free_zstd(void *z)
{
    ZSTD_freeCCtx(z);
}

enum rc pack_write(struct op *op, struct session *s, struct str path, struct pack_table *ret, uint64_t *ret_bytes)
{
    struct packing p = {.op = op, .session = s, .table = ret, .zstd = ZSTD_createCCtx(), .sum = sha256_open(op->mem)};
    struct advindex *ix;
    if (!p.zstd)
        return fail(op, RC_LIMIT, "packing: no memory for compression");
    arena_defer(op->mem, free_zstd, p.zstd);
    ZSTD_CCtx_setParameter(p.zstd, ZSTD_c_compressionLevel, LEVEL);
    p.piece = arena_alloc(op->mem, PIECE);
    buf_open(&p.record, op->mem, "an item", RECORD_MOST);
    TRY(advisories_open(op, s, &ix));
    TRY(advindex_check(op, ix));
    feed_states_read(op, s, &p.states);
    TRY(advisories_statements(op, s, &p.said));
    p.spill = target_spill(op);
    if (p.spill < 0)
        return fail(op, RC_IO, "no place for a temporary file");
    TRY(put_all(&p, ix));
    advindex_close(ix);
    return write_file(&p, path, ret_bytes);
}
