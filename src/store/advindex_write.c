/* Taking in: opens the new file, compresses whole records into blocks of one source each, packs the rest into pools. */
#include "store/advindex_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/io.h"
#include "store/advindex_intervals.h"

static void discard(void *arg)
{
    struct advindex_writer *w = arg;
    if (!w->committed)
        unlink(w->new_path.p);
    close(w->fd);
}

static void free_zstd(void *arg)
{
    ZSTD_freeCCtx(arg);
}

/* The lock is on the file, which whoever held it before may have moved or removed: then once more. */
static enum rc open_new(struct op *op, struct str path, int *ret_fd)
{
    for (int round = 0; round < 3; round++) {
        struct stat open_one, at_path;
        int fd = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
            return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(path), strerror(errno));
        if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
            close(fd);
            return fail(op, RC_IO, STR_FMT ": another import is writing it", STR_ARG(path));
        }
        if (fstat(fd, &open_one) == 0 && stat(path.p, &at_path) == 0 && open_one.st_ino == at_path.st_ino
            && open_one.st_dev == at_path.st_dev) {
            *ret_fd = fd;
            return RC_OK;
        }
        close(fd);
    }
    return fail(op, RC_IO, STR_FMT ": another import keeps replacing it", STR_ARG(path));
}

enum rc advindex_writer_open(struct op *op, struct str path, advindex_order *order, struct advindex_writer **ret)
{
    static const char header[ADVINDEX_HEADER];
    struct advindex_writer *w = arena_alloc(op->mem, sizeof *w);
    w->mem = op->mem;
    w->order = order;
    w->path = str_dup(op->mem, path);
    w->new_path = str_join(op->mem, path, STR(".new"));
    if (!str_cstr(op->mem, path))
        return fail(op, RC_INVALID, "advisory index: a path with a NUL byte");
    TRY(open_new(op, w->new_path, &w->fd));
    arena_defer(op->mem, discard, w);
    if (ftruncate(w->fd, 0) != 0)
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(w->new_path), strerror(errno));
    w->zstd = ZSTD_createCCtx();
    if (!w->zstd)
        return fail(op, RC_LIMIT, "advisory index: no memory for compression");
    arena_defer(op->mem, free_zstd, w->zstd);
    ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_compressionLevel, BLOCK_LEVEL);
    w->packed = arena_alloc(op->mem, ZSTD_compressBound(BLOCK_BYTES));
    w->scratch = arena_child(op->mem);
    pool_open(&w->text, op->mem, "advisory index: texts");
    pool_open(&w->intervals, op->mem, "advisory index: intervals");
    pool_open(&w->versions, op->mem, "advisory index: versions");
    buf_open(&w->details, op->mem, "advisory index: details", INT32_MAX);
    buf_open(&w->bodies, op->mem, "advisory index: entries", INT32_MAX);
    buf_open(&w->block, op->mem, "advisory index: a record", INT32_MAX);
    map_open(&w->word_numbers, op->mem);
    map_open(&w->source_numbers, op->mem);
    *ret = w;
    return writer_append(op, w, (struct str){header, sizeof header});
}

enum rc writer_append(struct op *op, struct advindex_writer *w, struct str bytes)
{
    TRY(io_write(op, w->fd, w->new_path, bytes));
    w->file_at += bytes.n;
    return RC_OK;
}

struct packed_text writer_pack(struct advindex_writer *w, struct str s)
{
    return (struct packed_text){pool_add(&w->text, s), (uint32_t)s.n};
}

/* A number kept in a map as the address it would be: 0 means new. */
static uint32_t numbered(struct arena *mem, struct map *m, struct str text, size_t next)
{
    void *known = map_get(m, text);
    if (known)
        return (uint32_t)((uintptr_t)known - 1);
    *map_put(m, str_dup(mem, text)) = (void *)(uintptr_t)(next + 1);
    return (uint32_t)next;
}

uint32_t writer_word(struct advindex_writer *w, struct str text)
{
    uint32_t number = numbered(w->mem, &w->word_numbers, text, w->words.n);
    if (number < w->words.n)
        return number;
    advindex_compare *compare = w->order(text);
    struct packed_text base = writer_pack(w, advisory_ecosystem(text, NULL));
    *vec_push(w->mem, &w->words) = (struct writer_word){writer_pack(w, text), compare, base};
    return number;
}

uint32_t writer_source(struct advindex_writer *w, struct str name)
{
    uint32_t number = numbered(w->mem, &w->source_numbers, name, w->sources.n);
    if (number == w->sources.n)
        vec_push(w->mem, &w->sources)->name = writer_pack(w, name);
    return number;
}

uint32_t writer_fresh_source(struct advindex_writer *w, struct str name)
{
    uint32_t number = writer_source(w, name);
    w->sources.at[number].imported_at = 0;
    return number;
}

enum rc advindex_add_source(struct op *op, struct advindex_writer *w, struct str source)
{
    writer_fresh_source(w, source);
    return writer_full(op, w);
}

enum rc writer_full(struct op *op, const struct advindex_writer *w)
{
    const struct buf *all[] = {&w->text.bytes, &w->intervals.bytes, &w->versions.bytes, &w->details, &w->bodies, &w->block};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i]->full)
            return fail(op, RC_LIMIT, "%s: more than %zu bytes", all[i]->name, all[i]->ceiling);
    return RC_OK;
}

enum rc writer_flush(struct op *op, struct advindex_writer *w)
{
    struct str plain = buf_str(&w->block);
    if (plain.n == 0)
        return RC_OK;
    size_t room = ZSTD_compressBound(plain.n);
    char *out = plain.n <= BLOCK_BYTES ? w->packed : arena_alloc(w->scratch, room);
    size_t n = ZSTD_compress2(w->zstd, out, room, plain.p, plain.n);
    if (ZSTD_isError(n) || n > UINT32_MAX)
        return fail(op, RC_LIMIT, "advisory index: %s", ZSTD_isError(n) ? ZSTD_getErrorName(n) : "a record is too large");
    *vec_push(w->mem, &w->blocks) =
        (struct advindex_block){w->file_at, (uint32_t)n, (uint32_t)plain.n, advindex_checksum((struct str){out, n})};
    buf_clear(&w->block);
    return writer_append(op, w, (struct str){out, n});
}

/* Blocks hold records of one source only, so that an import of another source can take them over as they are. */
static enum rc store_whole(struct op *op, struct advindex_writer *w, uint32_t source, struct str whole, struct record_place *ret)
{
    if (w->block.n && (w->block_source != source || w->block.n + whole.n > BLOCK_BYTES))
        TRY(writer_flush(op, w));
    *ret = (struct record_place){(uint32_t)w->blocks.n, (uint32_t)w->block.n, (uint32_t)whole.n};
    w->block_source = source;
    buf_add(&w->block, whole);
    return writer_full(op, w);
}

static void put_text(struct advindex_writer *w, struct buf *b, struct str s)
{
    struct packed_text t = writer_pack(w, s);
    put_int(b, t.at);
    put_int(b, t.n);
}

static void put_names(struct advindex_writer *w, const struct str *list, size_t n, uint32_t record, enum writer_name_kind kind,
                      bool listed)
{
    put_int(&w->details, n);
    for (size_t i = 0; i < n; i++) {
        put_text(w, &w->details, list[i]);
        if (listed)
            *vec_push(w->mem, &w->names) = (struct writer_name){writer_pack(w, list[i]), record, kind};
    }
}

uint32_t writer_record(struct advindex_writer *w, const struct record_view *v, uint32_t source, struct record_place place)
{
    struct buf *b = &w->details;
    uint32_t number = (uint32_t)w->records.n;
    struct writer_record *r = vec_push(w->mem, &w->records);
    *r = (struct writer_record){.id = writer_pack(w, v->id),
                                .modified = v->modified,
                                .source = source,
                                .details_at = (uint32_t)b->n,
                                .first_entry = (uint32_t)w->entries.n,
                                .malicious = v->flags & ADVISORY_MALICIOUS};
    put_int(b, v->flags);
    put_int(b, zigzag(v->withdrawn));
    put_text(w, b, v->id);
    put_int(b, source);
    put_int(b, zigzag(v->modified));
    put_int(b, zigzag((int64_t)((uint64_t)v->modified - (uint64_t)v->published)));
    put_text(w, b, v->summary);
    put_int(b, place.block);
    put_int(b, place.at);
    put_int(b, place.n);
    put_names(w, v->aliases, v->n_aliases, number, NAME_ALIAS, true);
    put_names(w, v->upstream, v->n_upstream, number, NAME_UPSTREAM, true);
    put_names(w, v->related, v->n_related, number, NAME_ALIAS, false);
    put_int(b, v->n_severities);
    for (size_t i = 0; i < v->n_severities; i++) {
        put_int(b, writer_word(w, v->severities[i].type));
        put_text(w, b, v->severities[i].score);
    }
    *vec_push(w->mem, &w->names) = (struct writer_name){r->id, number, NAME_ID};
    return number;
}

void writer_entry(struct advindex_writer *w, const struct writer_entry_parts *e)
{
    struct buf *b = &w->bodies;
    bool own_name = !str_eq(e->name, e->key);
    size_t from = b->n;
    uint32_t word = writer_word(w, e->ecosystem);
    struct str intervals = {(const char *)e->intervals, e->n_intervals * sizeof *e->intervals};
    struct str versions = {(const char *)e->versions, e->n_versions * sizeof *e->versions};
    put_int(b, (e->git_only ? ENTRY_GIT_ONLY : 0) | (own_name ? ENTRY_NAME : 0) | (e->urgency.n ? ENTRY_URGENCY : 0));
    put_int(b, word);
    if (own_name)
        put_text(w, b, e->name);
    if (e->urgency.n)
        put_int(b, writer_word(w, e->urgency));
    put_int(b, pool_add(&w->intervals, intervals) / sizeof *e->intervals);
    put_int(b, e->n_intervals);
    put_int(b, pool_add(&w->versions, versions) / sizeof *e->versions);
    put_int(b, e->n_versions);
    w->records.at[w->records.n - 1].n_entries++;
    *vec_push(w->mem, &w->entries) = (struct writer_entry){w->words.at[word].base, writer_pack(w, e->key),
                                                           (uint32_t)w->records.n - 1, (uint32_t)from, (uint32_t)(b->n - from)};
}

enum rc advindex_add_exploited(struct op *op, struct advindex_writer *w, struct str source, const struct known_exploited *k)
{
    uint32_t number = writer_fresh_source(w, source);
    *vec_push(w->mem, &w->exploited) =
        (struct advindex_exploited){writer_pack(w, k->id), k->added, k->due, k->ransomware, number};
    return writer_full(op, w);
}

enum rc advindex_add_score(struct op *op, struct advindex_writer *w, struct str source, const struct exploit_score *s)
{
    uint32_t number = writer_fresh_source(w, source);
    *vec_push(w->mem, &w->scores) = (struct advindex_score){writer_pack(w, s->id), s->probability, s->percentile, s->at, number};
    return writer_full(op, w);
}

/* ---- an advisory ---- */

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Sorted bytewise, each once. */
static struct packed_text *pack_versions(struct advindex_writer *w, const struct affected *a, uint32_t *ret_n)
{
    struct str *sorted = arena_array(w->scratch, a->versions.n, sizeof *sorted);
    struct packed_text *packed = arena_array(w->scratch, a->versions.n, sizeof *packed);
    uint32_t n = 0;
    if (a->versions.n) {
        memcpy(sorted, a->versions.at, a->versions.n * sizeof *sorted);
        qsort(sorted, a->versions.n, sizeof *sorted, by_text);
    }
    for (size_t i = 0; i < a->versions.n; i++)
        if (i == 0 || !str_eq(sorted[i], sorted[i - 1]))
            packed[n++] = writer_pack(w, sorted[i]);
    *ret_n = n;
    return packed;
}

static void add_entry(struct advindex_writer *w, const struct affected *a)
{
    uint32_t word = writer_word(w, a->ecosystem);
    advindex_compare *native = w->words.at[word].compare;
    struct intervals list = {{NULL, 0, 0}};
    struct writer_entry_parts e = {.ecosystem = a->ecosystem, .name = a->name, .urgency = a->urgency};
    bool over_versions = false;
    vec_each(const struct advisory_range, r, &a->ranges)
    {
        if (r->kind != RANGE_ECOSYSTEM && r->kind != RANGE_SEMVER)
            continue;
        over_versions = true;
        intervals_add(w->scratch, &list, r, native || r->kind != RANGE_SEMVER ? native : w->order(STR("SEMVER")));
    }
    struct packed_interval *packed = arena_array(w->scratch, list.list.n, sizeof *packed);
    for (size_t i = 0; i < list.list.n; i++) {
        const struct interval *from = &list.list.at[i];
        packed[i] = (struct packed_interval){writer_pack(w, from->low), writer_pack(w, from->high), from->flags};
    }
    e.intervals = packed;
    e.n_intervals = (uint32_t)list.list.n;
    e.versions = pack_versions(w, a, &e.n_versions);
    e.key = advisory_name(w->scratch, a->ecosystem, a->name);
    e.git_only = a->ranges.n && !over_versions && !a->versions.n;
    writer_entry(w, &e);
}

/* ---- ranges over commits ---- */

static void add_events(struct advindex_writer *w, const struct advisory_range *r, struct packed_interval *into)
{
    static const uint32_t kinds[] = {INTERVAL_INTRODUCED, INTERVAL_FIXED, INTERVAL_LAST_AFFECTED, INTERVAL_BELOW_LIMIT};
    for (size_t i = 0; i < r->events.n; i++) {
        const struct advisory_event *e = &r->events.at[i];
        into[i] = (struct packed_interval){writer_pack(w, e->version), writer_pack(w, STR("")),
                                           kinds[e->kind] | (i ? 0 : (uint32_t)INTERVAL_NEXT_RANGE)};
    }
}

/* One entry for all ranges of one repository, found by that repository. */
static void add_commits(struct advindex_writer *w, const struct affected *a, struct str key)
{
    struct writer_entry_parts e = {.ecosystem = STR(ADVISORY_GIT), .name = a->name, .key = key, .urgency = STR("")};
    size_t n = 0;
    e.git_only = true;
    vec_each(const struct advisory_range, r, &a->ranges)
    {
        n += r->events.n;
        e.git_only &= r->kind != RANGE_ECOSYSTEM && r->kind != RANGE_SEMVER;
    }
    struct packed_interval *events = arena_array(w->scratch, n, sizeof *events);
    vec_each(const struct advisory_range, r, &a->ranges)
    {
        if (r->kind != RANGE_GIT || !str_eq(advisory_name(w->scratch, e.ecosystem, r->repo), key))
            continue;
        add_events(w, r, events + e.n_intervals);
        e.n_intervals += (uint32_t)r->events.n;
    }
    if (a->ecosystem.n && !str_eq(advisory_ecosystem(a->ecosystem, NULL), STR(ADVISORY_GIT)))
        e.ecosystem = str_join(w->scratch, STR(ADVISORY_GIT ":"), a->ecosystem);
    else if (a->ecosystem.n)
        e.ecosystem = a->ecosystem; /* taken out of another index */
    e.intervals = events;
    e.versions = pack_versions(w, a, &e.n_versions);
    writer_entry(w, &e);
}

static void add_repositories(struct advindex_writer *w, const struct affected *a)
{
    enum { REPOSITORIES_MOST = 64 }; /* of one entry; who names more is not asked */
    struct str seen[REPOSITORIES_MOST];
    size_t n = 0;
    vec_each(const struct advisory_range, r, &a->ranges)
    {
        bool is_new = r->kind == RANGE_GIT && r->repo.n && r->events.n && n < REPOSITORIES_MOST;
        struct str key = is_new ? advisory_name(w->scratch, STR(ADVISORY_GIT), r->repo) : STR("");
        for (size_t i = 0; i < n && is_new; i++)
            is_new = !str_eq(seen[i], key);
        if (!is_new)
            continue;
        seen[n++] = key;
        add_commits(w, a, key);
    }
}

/* Severities stand at the record or at its entries, never at both: findings show them all the same. */
static struct severity *severities(struct advindex_writer *w, const struct advisory *a, size_t *ret_n)
{
    size_t room = a->severities.n, n = 0;
    vec_each(const struct affected, e, &a->affected) room += e->severities.n;
    struct severity *list = arena_array(w->scratch, room, sizeof *list);
    for (size_t i = 0; i < a->severities.n; i++)
        list[n++] = a->severities.at[i];
    vec_each(const struct affected, e, &a->affected)
        vec_each(const struct severity, s, &e->severities) if (n == 0 || !str_eq(list[n - 1].type, s->type)
                                                               || !str_eq(list[n - 1].score, s->score)) list[n++] = *s;
    *ret_n = n;
    return list;
}

enum rc advindex_add(struct op *op, struct advindex_writer *w, struct str source, const struct advisory *a)
{
    uint32_t number = writer_fresh_source(w, source);
    struct record_place place;
    arena_reset(w->scratch);
    TRY(store_whole(op, w, number, a->whole, &place));
    struct record_view v = {.id = a->id,
                            .summary = a->summary,
                            .modified = a->modified,
                            .published = a->published,
                            .withdrawn = a->withdrawn,
                            .flags = a->flags,
                            .aliases = a->aliases.at,
                            .n_aliases = a->aliases.n,
                            .upstream = a->upstream.at,
                            .n_upstream = a->upstream.n,
                            .related = a->related.at,
                            .n_related = a->related.n};
    v.severities = severities(w, a, &v.n_severities);
    writer_record(w, &v, number, place);
    vec_each(const struct affected, e, &a->affected)
    {
        if (e->name.n && !str_eq(advisory_ecosystem(e->ecosystem, NULL), STR(ADVISORY_GIT)))
            add_entry(w, e);
        add_repositories(w, e);
    }
    return writer_full(op, w);
}
