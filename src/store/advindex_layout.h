/* The advisory index as bytes: a header of ADVINDEX_HEADER bytes, the compressed blocks, then the sections that the
 * header lists. All numbers in the machine's order, which the magic shows; fixed-size rows are aligned to 16 bytes.
 *
 *   TEXT         bytes that packed_text points into; each distinct text once
 *   WORDS        packed_text: ecosystems with suffix, urgencies, types of severity; rows of other tables give the number
 *   ECOSYSTEMS   struct advindex_ecosystem, by name: which part of KEYS is its own, in each of the three tables
 *   KEYS         struct advindex_key, by normal name within its ecosystem and table: where its entries begin
 *   ENTRIES      varints, an entry after the other: see below
 *   INTERVALS    struct packed_interval, in lists; equal lists are stored once
 *   VERSIONS     packed_text, in lists, sorted bytewise; equal lists are stored once
 *   RECORDS      uint32_t: where the record's details begin, and RECORD_SUPERSEDED
 *   DETAILS      varints, see below
 *   IDS          struct advindex_name, by text: ids and aliases; a record's own id before others' aliases
 *   UPSTREAM     struct advindex_name, by text: what distributions' records are about
 *   BLOCKS       struct advindex_block: zstd frames of whole records one after the other, all of one source
 *   SOURCES      struct advindex_source_row
 *   EXPLOITED    struct advindex_exploited, by id
 *   SCORES       struct advindex_score, by id
 *   LIVES        struct advindex_life, by product and cycle: when releases end
 *   SSVC         struct advindex_ssvc, by id
 *
 * Ranges over commits are entries of the ecosystem GIT, keyed by repository (model/advisory.h): an event per interval.
 *
 * an entry: record, flags (enum advindex_entry_flags), word of the ecosystem, [name: at, n], [word of the urgency],
 *           first interval, number of intervals, first version, number of versions
 * details:  flags (enum advisory_flags), withdrawn, id (at, n), source, modified, modified less published, summary (at, n),
 * block, place in the block, bytes, then aliases, upstream, related (a count, then at, n each) and severities (a count, then word
 * of the type, at, n each); times are zigzag
 *
 * A superseded record (another source has a newer one of the same id) has its entries in the third table, which nobody
 * looks up. */
#ifndef STORE_ADVINDEX_LAYOUT_H
#define STORE_ADVINDEX_LAYOUT_H

#include "model/advisory.h"

/* Format 1 had neither LIVES nor SSVC. */
enum { ADVINDEX_FORMAT = 2, ADVINDEX_FORMAT_1 = 1, ADVINDEX_SECTIONS_1 = 15, ADVINDEX_HEADER = 512, ADVINDEX_ALIGN = 16 };
#define ADVINDEX_MAGIC UINT64_C(0x4449564441535541) /* "AUSADVID" where the low byte comes first */

enum advindex_section {
    SECTION_TEXT,
    SECTION_WORDS,
    SECTION_ECOSYSTEMS,
    SECTION_KEYS,
    SECTION_ENTRIES,
    SECTION_INTERVALS,
    SECTION_VERSIONS,
    SECTION_RECORDS,
    SECTION_DETAILS,
    SECTION_IDS,
    SECTION_UPSTREAM,
    SECTION_BLOCKS,
    SECTION_SOURCES,
    SECTION_EXPLOITED,
    SECTION_SCORES,
    SECTION_LIVES,
    SECTION_SSVC,
    SECTION_COUNT,
};

struct advindex_span {
    uint64_t at, bytes;
    uint64_t checksum;
};

struct advindex_header {
    uint64_t magic;
    uint32_t format;
    uint32_t sections; /* SECTION_COUNT */
    uint64_t file_bytes;
    struct advindex_span section[SECTION_COUNT];
    uint64_t checksum; /* of all before it */
};
_Static_assert(sizeof(struct advindex_header) <= ADVINDEX_HEADER, "the header has its place");

enum advindex_table { TABLE_VULNERABLE, TABLE_MALICIOUS, TABLE_SUPERSEDED, TABLE_COUNT };

struct advindex_ecosystem {
    struct packed_text name;
    uint32_t first[TABLE_COUNT], n[TABLE_COUNT];
};

struct advindex_key {
    struct packed_text name;
    uint32_t entries_at, n_entries;
};

enum advindex_entry_flags { ENTRY_GIT_ONLY = 1, ENTRY_NAME = 2, ENTRY_URGENCY = 4 };

#define RECORD_SUPERSEDED UINT32_C(0x80000000)

struct advindex_name {
    struct packed_text text;
    uint32_t record;
};

struct advindex_block {
    uint64_t at;
    uint32_t packed_bytes, plain_bytes;
    uint64_t checksum; /* of the packed bytes */
};

struct advindex_source_row {
    struct packed_text name;
    uint64_t count;
    int64_t newest, imported_at;
};

struct advindex_exploited {
    struct packed_text id;
    int64_t added, due;
    uint32_t ransomware, source;
};

struct advindex_score {
    struct packed_text id;
    double probability, percentile;
    int64_t at;
    uint64_t source;
};

struct advindex_life {
    struct packed_text product, cycle;
    int64_t support_until, security_until;
    uint64_t source;
};

enum { SSVC_AUTOMATABLE = 4, SSVC_TOTAL = 8 }; /* beside enum ssvc_exploitation */

struct advindex_ssvc {
    struct packed_text id;
    uint32_t points, source;
    int64_t at;
};

static inline uint64_t zigzag(int64_t v)
{
    return (uint64_t)v << 1 ^ (uint64_t)(v >> 63);
}

static inline int64_t unzigzag(uint64_t v)
{
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

/* Finds every single damaged word: each step can be undone. */
uint64_t advindex_checksum(struct str bytes);

#endif
