/* The advisory index: what feeds said, in one file that is never changed once it is there. Written in one pass beside
 * the old one and put in its place by rename; read by mapping it, so that all processes share its memory and a look-up
 * costs a few comparisons. It holds every record whole (compressed), what matching needs of it (not compressed), and
 * the tables of known exploitation and of exploit scores. Layout: advindex_layout.h.
 *
 * A record is known by its id and its source. When several sources hold the same id, the one with the newest
 * `modified` is found; the others stay, to step in should that source drop the record. */
#ifndef STORE_ADVINDEX_H
#define STORE_ADVINDEX_H

#include "model/advisory.h"

/* ---- writing ---- */

struct advindex;
struct advindex_writer;

/* How an ecosystem (with its suffix, or "SEMVER") orders versions; NULL when nobody knows: the events of a range then
 * count in the order in which they are written. */
typedef int advindex_compare(struct str a, struct str b);
typedef advindex_compare *advindex_order(struct str ecosystem);

/* Starts `<path>.new`; RC_IO also when another process is writing it. The writer lives in op->mem; closed without a
 * commit it leaves nothing behind, and the index at `path` as it was. */
MUST_USE enum rc advindex_writer_open(struct op *op, struct str path, advindex_order *order, struct advindex_writer **ret);

/* Takes over all that an existing index has from other sources than these. RC_INVALID when that index is damaged. */
MUST_USE enum rc advindex_writer_base(struct op *op, struct advindex_writer *w, const struct advindex *ix,
                                      const struct str *except, size_t n_except);

/* Names a source, so that it is listed even if nothing of it follows. */
MUST_USE enum rc advindex_add_source(struct op *op, struct advindex_writer *w, struct str source);

/* Adds what a feed emitted; copies what it needs. The same id again from the same source: the newer `modified` stays,
 * of equal ones the later. RC_LIMIT when a table is full (4 GiB). Records of one source should follow one another. */
MUST_USE enum rc advindex_add(struct op *op, struct advindex_writer *w, struct str source, const struct advisory *a);
MUST_USE enum rc advindex_add_exploited(struct op *op, struct advindex_writer *w, struct str source,
                                        const struct known_exploited *k);
MUST_USE enum rc advindex_add_score(struct op *op, struct advindex_writer *w, struct str source, const struct exploit_score *s);

MUST_USE enum rc advindex_add_life(struct op *op, struct advindex_writer *w, struct str source, const struct end_of_life *e);
MUST_USE enum rc advindex_add_ssvc(struct op *op, struct advindex_writer *w, struct str source, const struct ssvc_points *p);

/* Says when this source was imported, where that is not now: it came from another index. */
MUST_USE enum rc advindex_source_at(struct op *op, struct advindex_writer *w, struct str source, int64_t imported_at);

/* Completes the file, brings it to disk and puts it in its place. After any error the old index still serves. */
MUST_USE enum rc advindex_commit(struct op *op, struct advindex_writer *w, int64_t imported_at);

/* ---- reading ---- */

/* Maps an index. RC_NOTFOUND when there is none; RC_INVALID when it is not one or is cut; RC_UNSUPPORTED when a newer
 * program wrote it. Lives in op->mem; every slice that comes out of it is valid until it is closed. */
MUST_USE enum rc advindex_open(struct op *op, struct str path, struct advindex **ret);

/* NULL is fine; closing the arena does it too. */
void advindex_close(struct advindex *ix);

/* Reads it all and compares the checksums: RC_INVALID names the part that is damaged. Look-ups check only that nothing
 * points outside the file. */
MUST_USE enum rc advindex_check(struct op *op, const struct advindex *ix);

/* The functions that matching reads through. by_id gives at most `most` records, own id before alias. */
void advindex_lookup(const struct advindex *ix, struct advisory_lookup *ret);

/* As by_id of the lookup, by `upstream`: a distribution's records about that CVE. */
MUST_USE enum rc advindex_about(struct op *op, const struct advindex *ix, struct str id, uint32_t *ret_records, size_t most,
                                size_t *ret_n);

/* When a release of a product ends, as endoflife.date names both; the decision points of a flaw. False when nobody said. The
 * texts are borrowed from the index. */
bool advindex_life(const struct advindex *ix, struct str product, struct str cycle, struct end_of_life *ret);
bool advindex_ssvc(const struct advindex *ix, struct str id, struct ssvc_points *ret);

/* Whether some record is about a release of this ecosystem; `same` NULL: equal bytes. */
bool advindex_covers(const struct advindex *ix, struct str ecosystem, struct str release, bool (*same)(struct str ours, struct str theirs));

/* Everything that was said, source by source by name, as feeds emit it. */
struct advindex_source;
struct advindex_export {
    enum rc (*source)(struct op *op, void *arg, const struct advindex_source *s); /* what follows is its */
    enum rc (*advisory)(struct op *op, void *arg, const struct advisory *a);
    enum rc (*exploited)(struct op *op, void *arg, const struct known_exploited *k);
    enum rc (*score)(struct op *op, void *arg, const struct exploit_score *s);
    enum rc (*life)(struct op *op, void *arg, const struct end_of_life *e);
    enum rc (*ssvc)(struct op *op, void *arg, const struct ssvc_points *p);
    void *arg;
};
MUST_USE enum rc advindex_export(struct op *op, const struct advindex *ix, const struct advindex_export *e);

/* Every affected entry of these records but those over commits, by name, then record (of a superseded record: none); the view is valid during the
 * call. Anything but RC_OK of the visitor stops and is returned. Costs a pass over all entries of the index, once for all
 * records. */
typedef enum rc advindex_visit(struct op *op, void *arg, const struct advisory_view *v);
MUST_USE enum rc advindex_entries(struct op *op, const struct advindex *ix, const uint32_t *records, size_t n,
                                  advindex_visit *visit, void *arg);

/* The ecosystems (without suffix; not GIT) that some record names a package of; borrowed from the index, the list in op->mem. */
MUST_USE enum rc advindex_ecosystems(struct op *op, const struct advindex *ix, struct str **ret, size_t *ret_n);

/* The record's bytes as published, in op->mem. */
MUST_USE enum rc advindex_whole(struct op *op, const struct advindex *ix, uint32_t record, struct str *ret);

struct advindex_source {
    struct str name;
    uint64_t count; /* records, exploited ids or scores */
    int64_t newest; /* `modified` (the day of a score or an entry) of its newest; 0: none */
    int64_t imported_at;
};

/* In op->mem, by name. */
MUST_USE enum rc advindex_sources(struct op *op, const struct advindex *ix, struct advindex_source **ret, size_t *ret_n);

/* Records whose id, alias, package or summary contains the text, in any ASCII case: those that have it as id, alias or
 * package first. At most `most`, in op->mem. */
MUST_USE enum rc advindex_search(struct op *op, const struct advindex *ix, struct str text, size_t most, uint32_t **ret,
                                 size_t *ret_n);

/* How many records it holds, superseded ones too; the bytes of the file. */
uint32_t advindex_records(const struct advindex *ix);
uint64_t advindex_bytes(const struct advindex *ix);

#endif
