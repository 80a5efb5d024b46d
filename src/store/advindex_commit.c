/* Giving out: which record of an id stands, the order of keys and ids, the sections, the header last. */
#include "store/advindex_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/io.h"

/* What a comparison needs to know. */
struct order {
    const struct advindex_writer *w;
    const uint32_t *numbers;
};

static int by_place(struct packed_text a, struct packed_text b)
{
    return a.at != b.at ? (a.at > b.at) - (a.at < b.at) : (a.n > b.n) - (a.n < b.n);
}

/* Texts are pooled: the same place is the same text. */
static int by_text(const struct advindex_writer *w, struct packed_text a, struct packed_text b)
{
    return a.at == b.at && a.n == b.n ? 0 : str_cmp(writer_text(w, a), writer_text(w, b));
}

static int compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* ---- which record of an id stands ---- */

static int by_id_and_source(const void *pa, const void *pb, void *arg)
{
    const struct advindex_writer *w = arg;
    uint32_t ia = *(const uint32_t *)pa, ib = *(const uint32_t *)pb;
    const struct writer_record *a = &w->records.at[ia], *b = &w->records.at[ib];
    int c = by_place(a->id, b->id);
    c = c ? c : compare(a->source, b->source);
    c = c ? c : (a->modified < b->modified) - (a->modified > b->modified);
    return c ? c : compare(ib, ia);
}

/* Of the records with one id, one from each source: all but the newest are superseded. */
static void supersede(struct advindex_writer *w, const uint32_t *group, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++) {
        int64_t newest = w->records.at[group[best]].modified, this = w->records.at[group[i]].modified;
        if (this > newest || (this == newest && group[i] > group[best]))
            best = i;
    }
    for (size_t i = 0; i < n; i++)
        w->records.at[group[i]].superseded = i != best;
}

static void settle(struct advindex_writer *w, struct arena *mem)
{
    size_t n = w->records.n, kept = 0;
    uint32_t *list = arena_array(mem, n, sizeof *list), next = 0;
    for (size_t i = 0; i < n; i++)
        list[i] = (uint32_t)i;
    qsort_r(list, n, sizeof *list, by_id_and_source, w);
    for (size_t i = 0; i < n; i++) {
        struct writer_record *r = &w->records.at[list[i]];
        const struct writer_record *last = kept ? &w->records.at[list[kept - 1]] : NULL;
        if (last && by_place(last->id, r->id) == 0 && last->source == r->source)
            r->number = RECORD_DROPPED;
        else
            list[kept++] = list[i];
    }
    for (size_t from = 0, to; from < kept; from = to) {
        for (to = from + 1; to < kept && by_place(w->records.at[list[from]].id, w->records.at[list[to]].id) == 0;)
            to++;
        supersede(w, list + from, to - from);
    }
    vec_each(struct writer_record, r, &w->records) if (r->number != RECORD_DROPPED) r->number = next++;
}

/* ---- sections ---- */

static enum rc section(struct op *op, struct advindex_writer *w, struct advindex_header *h, enum advindex_section s,
                       const void *p, size_t bytes)
{
    static const char zeros[ADVINDEX_ALIGN];
    struct str content = {p, bytes};
    if (w->file_at % ADVINDEX_ALIGN)
        TRY(writer_append(op, w, (struct str){zeros, ADVINDEX_ALIGN - w->file_at % ADVINDEX_ALIGN}));
    h->section[s] = (struct advindex_span){w->file_at, bytes, advindex_checksum(content)};
    return writer_append(op, w, content);
}

#define section_of(op, w, h, s, v) section(op, w, h, s, (v)->at, (v)->n * sizeof *(v)->at)

static enum advindex_table table_of(const struct advindex_writer *w, const struct writer_entry *e)
{
    const struct writer_record *r = &w->records.at[e->record];
    if (r->superseded)
        return TABLE_SUPERSEDED;
    return r->malicious ? TABLE_MALICIOUS : TABLE_VULNERABLE;
}

static int by_key(const void *pa, const void *pb, void *arg)
{
    const struct advindex_writer *w = arg;
    const struct writer_entry *a = pa, *b = pb;
    int c = by_text(w, a->ecosystem, b->ecosystem);
    c = c ? c : compare(table_of(w, a), table_of(w, b));
    c = c ? c : by_text(w, a->name, b->name);
    c = c ? c : compare(a->record, b->record);
    return c ? c : compare(a->body_at, b->body_at);
}

static enum rc write_entries(struct op *op, struct advindex_writer *w, struct arena *mem, struct advindex_header *h)
{
    struct {
        VEC(struct advindex_ecosystem) list;
    } ecosystems = {{NULL, 0, 0}};
    struct {
        VEC(struct advindex_key) list;
    } keys = {{NULL, 0, 0}};
    struct buf out;
    struct str bytes;
    const struct writer_entry *last = NULL;
    size_t n = 0;
    buf_open(&out, mem, "advisory index: entries", UINT32_MAX);
    for (size_t i = 0; i < w->entries.n; i++)
        if (w->records.at[w->entries.at[i].record].number != RECORD_DROPPED)
            w->entries.at[n++] = w->entries.at[i];
    if (n)
        qsort_r(w->entries.at, n, sizeof *w->entries.at, by_key, w);
    for (size_t i = 0; i < n; i++) {
        const struct writer_entry *e = &w->entries.at[i];
        enum advindex_table table = table_of(w, e);
        bool new_ecosystem = !last || by_place(last->ecosystem, e->ecosystem) != 0;
        bool new_key = new_ecosystem || table_of(w, last) != table || by_place(last->name, e->name) != 0;
        if (new_ecosystem)
            vec_push(mem, &ecosystems.list)->name = e->ecosystem;
        struct advindex_ecosystem *own = &ecosystems.list.at[ecosystems.list.n - 1];
        if (new_key) {
            own->first[table] = own->n[table]++ ? own->first[table] : (uint32_t)keys.list.n;
            *vec_push(mem, &keys.list) = (struct advindex_key){e->name, (uint32_t)out.n, 0};
        }
        keys.list.at[keys.list.n - 1].n_entries++;
        put_int(&out, w->records.at[e->record].number);
        buf_add(&out, (struct str){w->bodies.p + e->body_at, e->body_n});
        last = e;
    }
    TRY(buf_done(op, &out, &bytes));
    TRY(section_of(op, w, h, SECTION_ECOSYSTEMS, &ecosystems.list));
    TRY(section_of(op, w, h, SECTION_KEYS, &keys.list));
    return section(op, w, h, SECTION_ENTRIES, bytes.p, bytes.n);
}

static int by_name(const void *pa, const void *pb, void *arg)
{
    const struct writer_name *a = pa, *b = pb;
    int c = by_text(arg, a->text, b->text);
    c = c ? c : compare(a->kind, b->kind);
    return c ? c : compare(a->record, b->record);
}

/* The names are sorted by text: ids and aliases into one table, upstream into another; no record twice for a text. */
static enum rc write_names(struct op *op, struct advindex_writer *w, struct arena *mem, struct advindex_header *h)
{
    struct {
        VEC(struct advindex_name) list;
    } out[2] = {{{NULL, 0, 0}}, {{NULL, 0, 0}}};
    if (w->names.n)
        qsort_r(w->names.at, w->names.n, sizeof *w->names.at, by_name, w);
    vec_each(struct writer_name, name, &w->names)
    {
        const struct writer_record *r = &w->records.at[name->record];
        unsigned to = name->kind == NAME_UPSTREAM;
        if (r->number == RECORD_DROPPED || r->superseded || !name->text.n)
            continue;
        if (name->kind == NAME_ALIAS && by_place(name->text, r->id) == 0)
            continue;
        const struct advindex_name *last = out[to].list.n ? &out[to].list.at[out[to].list.n - 1] : NULL;
        if (last && last->record == r->number && by_place(last->text, name->text) == 0)
            continue;
        *vec_push(mem, &out[to].list) = (struct advindex_name){name->text, r->number};
    }
    TRY(section_of(op, w, h, SECTION_IDS, &out[0].list));
    return section_of(op, w, h, SECTION_UPSTREAM, &out[1].list);
}

static enum rc write_records(struct op *op, struct advindex_writer *w, struct arena *mem, struct advindex_header *h)
{
    uint32_t *places = arena_array(mem, w->records.n, sizeof *places);
    size_t n = 0;
    vec_each(struct writer_record, r, &w->records)
    {
        if (r->number == RECORD_DROPPED)
            continue;
        struct writer_source *s = &w->sources.at[r->source];
        places[n++] = r->details_at | (r->superseded ? RECORD_SUPERSEDED : 0);
        s->count++;
        s->newest = s->count == 1 || r->modified > s->newest ? r->modified : s->newest;
    }
    TRY(section(op, w, h, SECTION_RECORDS, places, n * sizeof *places));
    return section(op, w, h, SECTION_DETAILS, w->details.p, w->details.n);
}

void writer_count(struct advindex_writer *w, uint64_t source, int64_t at)
{
    struct writer_source *s = &w->sources.at[source];
    s->count++;
    s->newest = s->count == 1 || at > s->newest ? at : s->newest;
}

/* Rows that were added later come first among those of one id. */
static int by_exploited(const void *pa, const void *pb, void *arg)
{
    const struct advindex_exploited *a = pa, *b = pb;
    int c = by_text(arg, a->id, b->id);
    c = c ? c : compare(a->source, b->source);
    return c ? c : (a->added < b->added) - (a->added > b->added);
}

static int by_score(const void *pa, const void *pb, void *arg)
{
    const struct advindex_score *a = pa, *b = pb;
    int c = by_text(arg, a->id, b->id);
    c = c ? c : (a->at < b->at) - (a->at > b->at);
    return c ? c : compare(a->source, b->source);
}

static enum rc write_figures(struct op *op, struct advindex_writer *w, struct advindex_header *h)
{
    size_t n = 0;
    if (w->exploited.n)
        qsort_r(w->exploited.at, w->exploited.n, sizeof *w->exploited.at, by_exploited, w);
    for (size_t i = 0; i < w->exploited.n; i++) {
        const struct advindex_exploited *last = n ? &w->exploited.at[n - 1] : NULL, *this = &w->exploited.at[i];
        if (last && last->source == this->source && by_place(last->id, this->id) == 0)
            continue;
        writer_count(w, this->source, this->added);
        w->exploited.at[n++] = *this;
    }
    TRY(section(op, w, h, SECTION_EXPLOITED, w->exploited.at, n * sizeof *w->exploited.at));
    n = 0;
    if (w->scores.n)
        qsort_r(w->scores.at, w->scores.n, sizeof *w->scores.at, by_score, w);
    for (size_t i = 0; i < w->scores.n; i++) {
        const struct advindex_score *last = n ? &w->scores.at[n - 1] : NULL, *this = &w->scores.at[i];
        if (last && last->source == this->source && by_place(last->id, this->id) == 0)
            continue;
        writer_count(w, this->source, this->at);
        w->scores.at[n++] = *this;
    }
    TRY(section(op, w, h, SECTION_SCORES, w->scores.at, n * sizeof *w->scores.at));
    writer_order_facts(w);
    TRY(section_of(op, w, h, SECTION_LIVES, &w->lives));
    return section_of(op, w, h, SECTION_SSVC, &w->ssvc);
}

static enum rc write_small(struct op *op, struct advindex_writer *w, struct arena *mem, struct advindex_header *h,
                           int64_t imported_at)
{
    struct packed_text *words = arena_array(mem, w->words.n, sizeof *words);
    struct advindex_source_row *sources = arena_array(mem, w->sources.n, sizeof *sources);
    for (size_t i = 0; i < w->words.n; i++)
        words[i] = w->words.at[i].text;
    for (size_t i = 0; i < w->sources.n; i++) {
        const struct writer_source *s = &w->sources.at[i];
        int64_t at = s->stated_at ? s->stated_at : s->imported_at ? s->imported_at : imported_at;
        sources[i] = (struct advindex_source_row){s->name, s->count, s->newest, at};
    }
    TRY(section(op, w, h, SECTION_WORDS, words, w->words.n * sizeof *words));
    TRY(section(op, w, h, SECTION_SOURCES, sources, w->sources.n * sizeof *sources));
    TRY(section_of(op, w, h, SECTION_BLOCKS, &w->blocks));
    TRY(section(op, w, h, SECTION_INTERVALS, w->intervals.bytes.p, w->intervals.bytes.n));
    TRY(section(op, w, h, SECTION_VERSIONS, w->versions.bytes.p, w->versions.bytes.n));
    return section(op, w, h, SECTION_TEXT, w->text.bytes.p, w->text.bytes.n);
}

/* The folder too, so that the new name survives a power cut; where a file system cannot, the rename stands anyway. */
static enum rc into_place(struct op *op, struct advindex_writer *w)
{
    struct str folder = str_dir(w->path);
    const char *folder_name = folder.n ? str_cstr(op->mem, folder) : w->path.p[0] == '/' ? "/" : ".";
    if (fsync(w->fd) != 0 || rename(w->new_path.p, w->path.p) != 0)
        return fail(op, RC_IO, STR_FMT ": %s", STR_ARG(w->path), strerror(errno));
    w->committed = true;
    int fd = open(folder_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    return RC_OK;
}

enum rc advindex_commit(struct op *op, struct advindex_writer *w, int64_t imported_at)
{
    struct advindex_header h = {.magic = ADVINDEX_MAGIC, .format = ADVINDEX_FORMAT, .sections = SECTION_COUNT};
    struct arena *mem = arena_child(op->mem);
    TRY(writer_flush(op, w));
    settle(w, mem);
    TRY(write_entries(op, w, mem, &h));
    TRY(write_names(op, w, mem, &h));
    TRY(write_records(op, w, mem, &h));
    TRY(write_figures(op, w, &h));
    TRY(write_small(op, w, mem, &h, imported_at));
    TRY(writer_full(op, w));
    h.file_bytes = w->file_at;
    h.checksum = advindex_checksum((struct str){(const char *)&h, offsetof(struct advindex_header, checksum)});
    TRY(io_pwrite(op, w->fd, w->new_path, (struct str){(const char *)&h, sizeof h}, 0));
    TRY(into_place(op, w));
    arena_close(mem);
    return RC_OK;
}
