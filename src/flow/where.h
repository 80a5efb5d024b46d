/* where: who has it? One answer per asset, worst first: exposed, not exposed, or unknown with the reason. */
#ifndef FLOW_WHERE_H
#define FLOW_WHERE_H

#include "flow/findings.h"
#include "flow/session.h"
#include "flow/what.h"
#include "store/presence.h"

struct where_query {
    VEC(struct what) whats;
    int64_t at;               /* STORE_NOW, or the time asked about */
    struct str asset;         /* only this one; empty: all that pass the filter */
    struct asset_filter filter;
    bool all;                 /* list those that are not exposed as well */
    int64_t max_age_s;        /* scans older than this answer nothing */
};

enum exposure { EXPOSURE_NOT, EXPOSURE_UNKNOWN, EXPOSURE_EXPOSED };

struct where_line {
    enum exposure state;
    int rank; /* 0..6; -1 when not exposed or unknown without a component */
    uint32_t asset;
    const struct component *component; /* NULL when there is none */
    uint32_t component_id;
    uint32_t more; /* other components of the asset that are meant as well */
    struct str why; /* of an unknown, or what else there is to say; may be empty */
};

/* What the printed line needs beyond that; read line by line. */
struct where_detail {
    struct asset asset;
    enum scope scope;
    struct str path;  /* of its occurrences, joined by ';' */
    struct str layer; /* diffID; may be empty */
    int64_t first_seen, last_confirmed; /* 0 when there is none */
};

struct where_answer {
    VEC(struct where_line) lines; /* exposed by rank, then unknown, then (with all) not exposed */
    uint64_t exposed, not_exposed, unknown;
    uint64_t asked;     /* assets the question was about */
    bool present_only;  /* a bare name: the state is "present", not "exposed" */
    int64_t oldest_scan; /* of all assets; 0 when there is none */
    struct candidates candidates;
    struct finding_whys findings; /* which record speaks of a candidate, and how */
    int64_t stalest_feed;         /* newest record of the stalest feed; 0 when no advisory was asked for */
    struct str_list suggestions; /* when nothing is called so */
};

/* RC_NOTFOUND when there is no store, or no asset of that name (the text says which). RC_UNSUPPORTED for an advisory's id
 * while there are no advisories or none is called so. Advisories are those of today, whatever the time asked about. */
MUST_USE enum rc where_ask(struct op *op, struct session *s, const struct where_query *q, struct where_answer *ret);

/* Around many where_detail: they see one state of the store, and it is locked once. */
MUST_USE enum rc where_details_begin(struct op *op, struct session *s);
MUST_USE enum rc where_details_end(struct op *op, struct session *s, enum rc rc);

MUST_USE enum rc where_detail(struct op *op, struct session *s, const struct where_query *q, const struct where_line *l, struct where_detail *ret);

/* "installed", "loaded", …: the words of the ranks. */
const char *rank_name(int rank);

/* The asset a person means: by name, other name, digest or id. RC_NOTFOUND with suggestions in the text, RC_INVALID
 * when several go by that name. */
MUST_USE enum rc asset_meant(struct op *op, struct store *s, struct str text, struct asset *ret);

#endif
