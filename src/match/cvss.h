/* Severity: CVSS vectors of versions 2.0, 3.0, 3.1 and 4.0 to scores, as the specifications of FIRST define them, and the
 * words for them. A vector outside its grammar has no score: unknown is never "low". */
#ifndef MATCH_CVSS_H
#define MATCH_CVSS_H

#include "model/advisory.h"

enum severity_level { SEVERITY_UNKNOWN, SEVERITY_NONE, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };

struct cvss {
    unsigned version; /* 20, 30, 31, 40 */
    unsigned base;    /* tenths: 0..100, of the base metrics alone */
    unsigned score;   /* tenths; 4.0: with the threat and environmental metrics that the vector gives; else the base */
    enum severity_level level; /* of `score` */
};

/* False when it is not a vector of one of these versions, has a metric twice, or lacks a mandatory one. */
bool cvss_read(struct str vector, struct cvss *ret);

const char *severity_name(enum severity_level l);

/* A word of a distribution or database ("important", "Moderate", "negligible"). */
enum severity_level severity_word(struct str word);

/* What a record says of itself: the newest version of CVSS that can be read, else a word. *ret_tenths is -1 without a
 * score. */
enum severity_level severity_of(const struct severity *list, size_t n, int *ret_tenths);

/* ---- for cvss4.c ---- */

struct cvss_metric {
    const char *name;
    const char *values; /* "N,A,L,P"; what is read is the index of one */
    bool mandatory;
};

enum { CVSS_METRICS_MOST = 32 };

/* Reads "AV:N/AC:L/…" against a table ended by a NULL name; values get the indexes, 0 where a metric is absent. */
bool cvss_read_metrics(struct str text, const struct cvss_metric *table, unsigned char values[CVSS_METRICS_MOST]);

bool cvss4_read(struct str metrics, struct cvss *ret);

#endif
