/* What the files of the store share and nobody else sees. */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include "model/component.h"
#include "store/asset.h"
#include "store/driver.h"
#include "store/key.h"

/* 96 bits of the hash are enough, and four of these are a cache line. */
struct known {
    uint64_t a;
    uint32_t b;
    uint32_t id; /* 0: free */
};

struct store {
    struct arena *mem;
    struct str path;
    unsigned flags;
    struct db *db;
    unsigned depth; /* of begin */
    enum store_mode mode;
    enum rc broken; /* of an inner transaction that failed */
    bool has_key;
    unsigned char key[KEY_BYTES];
    struct arena *known_mem; /* ids of components met, by their hash */
    struct known *known;
    size_t known_n, known_slots;
    int64_t last_component, last_name; /* highest ids, within a writing transaction; -1: not yet asked */
    void *zip, *unzip; /* contexts of the compressor, made at first use */
};

/* The key of this store's hashes, read once. */
MUST_USE enum rc store_key(struct op *op, struct store *s);

/* The columns of a component's row, and the rows of a query that begins with them. */
#define COMPONENT_COLUMNS                                                                                                     \
    "c.id, c.type, c.ns, c.name, c.version, c.qualifiers, c.source, c.source_version, u.text, c.upstream_version, c.digest " \
    "FROM component c JOIN name u ON u.id = c.upstream "
struct component_list;
MUST_USE enum rc component_rows(struct op *op, struct store *s, const struct query *q, const struct value *args, size_t n,
                                struct component_list *ret);

/* The id of a component's row: found, or made. The hash is that of component_key. Inside a writing transaction. */
MUST_USE enum rc component_resolve(struct op *op, struct store *s, const struct component *c, struct hash128 hash, uint32_t *ret);

/* That one will be resolved soon: the table of those met is large, and fetching from it takes longer than all else. */
static inline void component_expect(const struct store *s, struct hash128 hash)
{
    if (s->known_slots)
        __builtin_prefetch(&s->known[(size_t)hash.a & (s->known_slots - 1)]);
}

/* What identifies a component, hashed; `scratch` is used again and again. */
struct buf;
struct hash128 component_key(const struct store *s, struct buf *scratch, const struct component *c);

/* Forgets the ids met: after a transaction that was taken back. */
void component_forget_known(struct store *s);

/* The id of a name's row: found, or made. */
MUST_USE enum rc name_resolve(struct op *op, struct store *s, struct str text, uint32_t *ret);

/* Notes for the next fold that an asset's members are no longer `was` but `now`: see the table pending. */
struct member_set;
MUST_USE enum rc pending_note(struct op *op, struct store *s, uint32_t asset, const struct member_set *was, const struct member_set *now);

/* The components an asset had at the time; RC_NOTFOUND when it is none or was first scanned later. */
MUST_USE enum rc members_at(struct op *op, struct store *s, uint32_t asset, int64_t at, struct member_set *ret);

/* The number of buckets there may be. */
MUST_USE enum rc bucket_count(struct op *op, struct store *s, uint32_t *ret);

/* A value of the table meta: RC_NOTFOUND. */
MUST_USE enum rc meta_get(struct op *op, struct store *s, const char *key, struct value *ret);
MUST_USE enum rc meta_set(struct op *op, struct store *s, const char *key, struct value v);

/* Up to `most` of the candidates nearest to a word, by edits: add them one by one. */
struct near_name {
    struct str text;
    unsigned edits;
};
enum { NEAR_MOST = 5 };
struct near {
    struct str word; /* lower case */
    struct near_name best[NEAR_MOST];
    size_t n;
    unsigned limit;
};
void near_open(struct near *near, struct arena *mem, struct str word);
void near_offer(struct near *near, struct arena *mem, struct str candidate);
void near_list(struct near *near, struct arena *mem, struct str_list *ret);

#endif
