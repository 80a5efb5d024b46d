/* The inside of an index being written: what has been added so far, before it has an order. */
#ifndef STORE_ADVINDEX_WRITER_H
#define STORE_ADVINDEX_WRITER_H

#include <zstd.h>
#include "base/map.h"
#include "store/advindex.h"
#include "store/advindex_layout.h"
#include "store/advindex_pool.h"
#include "store/blob.h"

enum { BLOCK_BYTES = 512 << 10, BLOCK_LEVEL = 2 };

struct writer_word {
    struct packed_text text;
    advindex_compare *compare; /* when it is an ecosystem's name */
    struct packed_text base;   /* that name without its suffix */
};

struct writer_record {
    struct packed_text id;
    int64_t modified;
    uint32_t source, details_at, first_entry, n_entries;
    uint32_t number; /* in the file; RECORD_DROPPED */
    bool malicious, superseded;
};
#define RECORD_DROPPED UINT32_MAX

struct writer_entry {
    struct packed_text ecosystem, name; /* the key: without suffix, in normal form */
    uint32_t record, body_at, body_n;   /* the record's place in the list; the entry without its record's number */
};

enum writer_name_kind { NAME_ID, NAME_ALIAS, NAME_UPSTREAM };

struct writer_name {
    struct packed_text text;
    uint32_t record;
    enum writer_name_kind kind;
};

struct writer_source {
    struct packed_text name;
    uint64_t count;
    int64_t newest, imported_at; /* imported_at 0: now */
    int64_t stated_at;           /* what advindex_source_at said; 0: nothing */
};

struct advindex_writer {
    struct arena *mem, *scratch;
    struct str path, new_path;
    int fd;
    bool committed;
    advindex_order *order;
    struct pool text, intervals, versions;
    struct buf details, bodies;
    VEC(struct writer_word) words;
    struct map word_numbers, source_numbers; /* text → number + 1 */
    VEC(struct writer_record) records;
    VEC(struct writer_entry) entries;
    VEC(struct writer_name) names;
    VEC(struct writer_source) sources;
    VEC(struct advindex_exploited) exploited;
    VEC(struct advindex_score) scores;
    VEC(struct advindex_life) lives;
    VEC(struct advindex_ssvc) ssvc;
    VEC(struct advindex_block) blocks;
    struct buf block; /* records of block_source, not yet compressed */
    uint32_t block_source;
    ZSTD_CCtx *zstd;
    char *packed; /* room for one compressed block of BLOCK_BYTES */
    uint64_t file_at;
};

/* Where a record's bytes are. */
struct record_place {
    uint32_t block, at, n;
};

static inline struct str writer_text(const struct advindex_writer *w, struct packed_text t)
{
    return (struct str){w->text.bytes.p + t.at, t.n};
}

struct packed_text writer_pack(struct advindex_writer *w, struct str s);
uint32_t writer_word(struct advindex_writer *w, struct str text);
uint32_t writer_source(struct advindex_writer *w, struct str name);
uint32_t writer_fresh_source(struct advindex_writer *w, struct str name); /* as one of this import */

/* Appends bytes to the file. */
MUST_USE enum rc writer_append(struct op *op, struct advindex_writer *w, struct str bytes);

/* Compresses and writes the records that wait. */
MUST_USE enum rc writer_flush(struct op *op, struct advindex_writer *w);

/* Notes a record: v->source is not looked at; the number of its place in the list. */
uint32_t writer_record(struct advindex_writer *w, const struct record_view *v, uint32_t source, struct record_place place);

/* One affected entry of the record noted last. */
struct writer_entry_parts {
    struct str ecosystem, name, key, urgency;
    const struct packed_interval *intervals; /* of the writer's text */
    const struct packed_text *versions;
    uint32_t n_intervals, n_versions;
    bool git_only;
};
void writer_entry(struct advindex_writer *w, const struct writer_entry_parts *e);

/* Counts one more of a source, from then. */
void writer_count(struct advindex_writer *w, uint64_t source, int64_t at);

/* The two youngest tables, in order (advindex_facts.c); taken over from another index by its number of each source. */
void writer_order_facts(struct advindex_writer *w);
MUST_USE enum rc writer_take_facts(struct op *op, struct advindex_writer *w, const struct advindex *ix, const uint32_t *sources);
#define SOURCE_DROPPED UINT32_MAX

/* RC_LIMIT when one of the tables is full. */
MUST_USE enum rc writer_full(struct op *op, const struct advindex_writer *w);

#endif
