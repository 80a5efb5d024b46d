/* Mapping an index and taking rows apart. The header is checked at once, what it leads to when it is used: nothing
 * points outside its section, whatever the file says. */
#include "store/advindex_read.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/guard.h"

static uint64_t turn(uint64_t v, unsigned by)
{
    return v << by | v >> (64 - by);
}

uint64_t advindex_checksum(struct str bytes)
{
    static const uint64_t prime = UINT64_C(0x9e3779b185ebca87);
    uint64_t lane[4] = {bytes.n, prime, ~prime, 1}, sum = bytes.n, word[4];
    for (; bytes.n >= sizeof word; bytes = str_from(bytes, sizeof word)) {
        memcpy(word, bytes.p, sizeof word);
        for (int i = 0; i < 4; i++)
            lane[i] = turn((lane[i] ^ word[i]) * prime, 31);
    }
    memset(word, 0, sizeof word);
    if (bytes.n)
        memcpy(word, bytes.p, bytes.n);
    for (int i = 0; i < 4; i++)
        sum = turn((sum ^ turn((lane[i] ^ word[i]) * prime, 31)) * prime, 27);
    return sum;
}

enum rc index_damaged(struct op *op, const struct advindex *ix, const char *part)
{
    return fail(op, RC_INVALID, STR_FMT ": damaged (%s): import the advisories again", STR_ARG(ix->path), part);
}

/* ---- opening ---- */

/* Is it the one that was written? One of format 1 is completed. */
static bool sound_header(const struct advindex *ix, struct advindex_header *h)
{
    uint32_t sections = h->format == ADVINDEX_FORMAT_1 ? ADVINDEX_SECTIONS_1 : SECTION_COUNT;
    size_t end = offsetof(struct advindex_header, section) + sections * sizeof *h->section;
    uint64_t checksum;
    memcpy(&checksum, ix->map.p + end, sizeof checksum);
    for (uint32_t i = sections; i < SECTION_COUNT; i++)
        h->section[i] = (struct advindex_span){ADVINDEX_HEADER, 0, advindex_checksum(STR(""))};
    return checksum == advindex_checksum((struct str){ix->map.p, end}) && h->sections == sections;
}

static enum rc check_header(struct op *op, struct advindex *ix)
{
    static const uint32_t row[SECTION_COUNT] = {
        [SECTION_TEXT] = 1,
        [SECTION_WORDS] = sizeof(struct packed_text),
        [SECTION_ECOSYSTEMS] = sizeof(struct advindex_ecosystem),
        [SECTION_KEYS] = sizeof(struct advindex_key),
        [SECTION_ENTRIES] = 1,
        [SECTION_INTERVALS] = sizeof(struct packed_interval),
        [SECTION_VERSIONS] = sizeof(struct packed_text),
        [SECTION_RECORDS] = sizeof(uint32_t),
        [SECTION_DETAILS] = 1,
        [SECTION_IDS] = sizeof(struct advindex_name),
        [SECTION_UPSTREAM] = sizeof(struct advindex_name),
        [SECTION_BLOCKS] = sizeof(struct advindex_block),
        [SECTION_SOURCES] = sizeof(struct advindex_source_row),
        [SECTION_EXPLOITED] = sizeof(struct advindex_exploited),
        [SECTION_SCORES] = sizeof(struct advindex_score),
        [SECTION_LIVES] = sizeof(struct advindex_life),
        [SECTION_SSVC] = sizeof(struct advindex_ssvc),
    };
    struct advindex_header *h = &ix->header;
    memcpy(h, ix->map.p, sizeof *h);
    if (h->magic != ADVINDEX_MAGIC)
        return fail(op, RC_INVALID, STR_FMT ": not an advisory index of this kind of machine", STR_ARG(ix->path));
    if (h->format != ADVINDEX_FORMAT && h->format != ADVINDEX_FORMAT_1)
        return fail(op, RC_UNSUPPORTED, STR_FMT ": an advisory index of format %u, this program reads up to %d", STR_ARG(ix->path),
                    h->format, ADVINDEX_FORMAT);
    if (!sound_header(ix, h))
        return index_damaged(op, ix, "header");
    if (h->file_bytes != ix->map.n)
        return fail(op, RC_INVALID, STR_FMT ": %zu bytes, expected %llu", STR_ARG(ix->path), ix->map.n,
                    (unsigned long long)h->file_bytes);
    for (int i = 0; i < SECTION_COUNT; i++) {
        const struct advindex_span *s = &h->section[i];
        if (s->at > ix->map.n || s->bytes > ix->map.n - s->at || s->at % ADVINDEX_ALIGN || s->bytes % row[i]
            || s->at < ADVINDEX_HEADER)
            return index_damaged(op, ix, "sections");
        ix->section[i] = (struct str){ix->map.p + s->at, s->bytes};
    }
    return RC_OK;
}

static void unmap(void *arg)
{
    advindex_close(arg);
}

void advindex_close(struct advindex *ix)
{
    if (!ix || !ix->map.p)
        return;
    munmap((void *)(uintptr_t)ix->map.p, ix->map.n);
    ix->map.p = NULL;
}

static enum rc map_file(struct op *op, struct advindex *ix, int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(ix->path), strerror(errno));
    if (!S_ISREG(st.st_mode) || st.st_size < ADVINDEX_HEADER)
        return fail(op, RC_INVALID, STR_FMT ": not an advisory index", STR_ARG(ix->path));
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(ix->path), strerror(errno));
    ix->map = (struct str){p, (size_t)st.st_size};
    return RC_OK;
}

static enum rc read_header(struct op *op, void *arg)
{
    return check_header(op, arg);
}

enum rc advindex_open(struct op *op, struct str path, struct advindex **ret)
{
    const char *name = str_cstr(op->mem, path);
    int fd = name ? open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    if (fd < 0 && name && (errno == ENOENT || errno == ENOTDIR))
        return RC_NOTFOUND;
    if (fd < 0)
        return fail(op, name && errno == EACCES ? RC_DENIED : RC_IO, STR_FMT ": %s", STR_ARG(path),
                    name ? strerror(errno) : "a path with a NUL byte");
    struct advindex *ix = arena_alloc(op->mem, sizeof *ix);
    ix->path = str_dup(op->mem, path);
    enum rc rc = map_file(op, ix, fd);
    close(fd);
    TRY(rc);
    arena_defer(op->mem, unmap, ix);
    TRY(index_guarded(op, ix, read_header, ix));
    *ret = ix;
    return RC_OK;
}

struct guarded {
    struct op *op;
    enum rc (*work)(struct op *, void *);
    void *arg;
    enum rc rc;
};

static void run(void *arg)
{
    struct guarded *g = arg;
    g->rc = g->work(g->op, g->arg);
}

bool index_guarded_quietly(struct op *op, const struct advindex *ix, enum rc (*work)(struct op *, void *), void *arg,
                           enum rc *ret)
{
    struct guarded g = {op, work, arg, RC_OK};
    if (!ix->map.p || !guard_run(run, &g))
        return false;
    *ret = g.rc;
    return true;
}

enum rc index_guarded(struct op *op, const struct advindex *ix, enum rc (*work)(struct op *, void *), void *arg)
{
    enum rc rc = RC_OK;
    if (!index_guarded_quietly(op, ix, work, arg, &rc))
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(ix->path), ix->map.p ? "cut while it was read" : "closed");
    return rc;
}

/* ---- taking apart ---- */

static bool take_text(const struct advindex *ix, struct blob *b, struct str *ret)
{
    struct packed_text t = {blob_u32(b), 0};
    t.n = blob_u32(b);
    return !b->bad && index_text(ix, t, ret);
}

static bool take_word(const struct advindex *ix, struct blob *b, struct str *ret)
{
    uint32_t i = blob_u32(b);
    return !b->bad && i < index_count(ix, SECTION_WORDS, struct packed_text)
           && index_text(ix, index_rows(ix, SECTION_WORDS, struct packed_text)[i], ret);
}

bool index_superseded(const struct advindex *ix, uint32_t record)
{
    return record < index_count(ix, SECTION_RECORDS, uint32_t)
           && index_rows(ix, SECTION_RECORDS, uint32_t)[record] & RECORD_SUPERSEDED;
}

bool index_details(const struct advindex *ix, uint32_t record, bool head_only, struct index_details *ret)
{
    if (record >= index_count(ix, SECTION_RECORDS, uint32_t))
        return false;
    uint32_t at = index_rows(ix, SECTION_RECORDS, uint32_t)[record] & ~RECORD_SUPERSEDED;
    if (at > ix->section[SECTION_DETAILS].n)
        return false;
    struct blob b = blob_of(str_from(ix->section[SECTION_DETAILS], at));
    struct record_view *v = &ret->view;
    *v = (struct record_view){.flags = blob_u32(&b)};
    v->withdrawn = unzigzag(blob_int(&b));
    if (!take_text(ix, &b, &v->id))
        return false;
    if (head_only)
        return true;
    ret->source = blob_u32(&b);
    v->modified = unzigzag(blob_int(&b));
    v->published = (int64_t)((uint64_t)v->modified - (uint64_t)unzigzag(blob_int(&b)));
    if (!take_text(ix, &b, &v->summary) || ret->source >= index_count(ix, SECTION_SOURCES, struct advindex_source_row)
        || !index_text(ix, index_rows(ix, SECTION_SOURCES, struct advindex_source_row)[ret->source].name, &v->source))
        return false;
    ret->block = blob_u32(&b);
    ret->at = blob_u32(&b);
    ret->n = blob_u32(&b);
    ret->rest = b;
    return !b.bad;
}

static bool take_list(const struct advindex *ix, struct arena *mem, struct blob *b, struct str **ret, size_t *ret_n)
{
    size_t n = blob_count(b);
    *ret = arena_array(mem, n, sizeof **ret);
    for (*ret_n = 0; *ret_n < n; (*ret_n)++)
        if (!take_text(ix, b, &(*ret)[*ret_n]))
            return false;
    return !b->bad;
}

enum rc index_record(struct op *op, const struct advindex *ix, uint32_t record, struct index_details *ret)
{
    struct record_view *v = &ret->view;
    if (record >= index_count(ix, SECTION_RECORDS, uint32_t))
        return RC_NOTFOUND;
    if (!index_details(ix, record, false, ret) || !take_list(ix, op->mem, &ret->rest, &v->aliases, &v->n_aliases)
        || !take_list(ix, op->mem, &ret->rest, &v->upstream, &v->n_upstream)
        || !take_list(ix, op->mem, &ret->rest, &v->related, &v->n_related))
        return index_damaged(op, ix, "records");
    size_t n = blob_count(&ret->rest);
    v->severities = arena_array(op->mem, n, sizeof *v->severities);
    for (; v->n_severities < n; v->n_severities++) {
        struct severity *s = &v->severities[v->n_severities];
        if (!take_word(ix, &ret->rest, &s->type) || !take_text(ix, &ret->rest, &s->score))
            return index_damaged(op, ix, "records");
    }
    return ret->rest.bad ? index_damaged(op, ix, "records") : RC_OK;
}

static bool texts_inside(const struct advindex *ix, const struct advisory_view *v)
{
    struct str s;
    bool ok = true;
    for (uint32_t i = 0; i < v->n_intervals; i++)
        ok &= index_text(ix, v->intervals[i].low, &s) && index_text(ix, v->intervals[i].high, &s);
    for (uint32_t i = 0; i < v->n_versions; i++)
        ok &= index_text(ix, v->versions[i], &s);
    return ok;
}

/* `first` and a count of rows, both from the blob, in a section of that many rows. */
static bool take_rows(struct blob *b, size_t rows, uint32_t *ret_first, uint32_t *ret_n)
{
    *ret_first = blob_u32(b);
    *ret_n = blob_u32(b);
    return !b->bad && *ret_first <= rows && *ret_n <= rows - *ret_first;
}

bool index_entry(const struct advindex *ix, struct blob *b, struct str name, struct advisory_view *v)
{
    struct index_details d;
    uint32_t record = blob_u32(b), flags = blob_u32(b), first;
    *v = (struct advisory_view){.record = record,
                                .name = name,
                                .urgency = STR(""),
                                .text = ix->section[SECTION_TEXT].p,
                                .git_only = flags & ENTRY_GIT_ONLY};
    if (!take_word(ix, b, &v->ecosystem) || !index_details(ix, record, true, &d))
        return false;
    if ((flags & ENTRY_NAME && !take_text(ix, b, &v->name)) || (flags & ENTRY_URGENCY && !take_word(ix, b, &v->urgency)))
        return false;
    if (!take_rows(b, index_count(ix, SECTION_INTERVALS, struct packed_interval), &first, &v->n_intervals))
        return false;
    v->intervals = index_rows(ix, SECTION_INTERVALS, struct packed_interval) + first;
    if (!take_rows(b, index_count(ix, SECTION_VERSIONS, struct packed_text), &first, &v->n_versions))
        return false;
    v->versions = index_rows(ix, SECTION_VERSIONS, struct packed_text) + first;
    v->id = d.view.id;
    v->flags = d.view.flags;
    v->withdrawn = d.view.withdrawn;
    return texts_inside(ix, v);
}

enum rc index_entries(struct op *op, const struct advindex *ix, const struct advindex_key *key, index_visit *visit, void *arg)
{
    struct advisory_view v;
    struct str name;
    if (!index_text(ix, key->name, &name) || key->entries_at > ix->section[SECTION_ENTRIES].n)
        return index_damaged(op, ix, "keys");
    struct blob b = blob_of(str_from(ix->section[SECTION_ENTRIES], key->entries_at));
    for (uint32_t i = 0; i < key->n_entries; i++) {
        if (!index_entry(ix, &b, name, &v))
            return index_damaged(op, ix, "entries");
        TRY(visit(op, arg, &v));
    }
    return RC_OK;
}

bool index_keys(const struct advindex *ix, const struct advindex_ecosystem *e, unsigned table, const struct advindex_key **ret,
                uint32_t *ret_n)
{
    size_t n = index_count(ix, SECTION_KEYS, struct advindex_key);
    if (e->first[table] > n || e->n[table] > n - e->first[table])
        return false;
    *ret = index_rows(ix, SECTION_KEYS, struct advindex_key) + e->first[table];
    *ret_n = e->n[table];
    return true;
}

bool index_block(const struct advindex *ix, uint32_t block, struct advindex_block *ret, struct str *ret_packed)
{
    if (block >= index_count(ix, SECTION_BLOCKS, struct advindex_block))
        return false;
    *ret = index_rows(ix, SECTION_BLOCKS, struct advindex_block)[block];
    if (ret->at > ix->map.n || ret->packed_bytes > ix->map.n - ret->at)
        return false;
    *ret_packed = (struct str){ix->map.p + ret->at, ret->packed_bytes};
    return true;
}
