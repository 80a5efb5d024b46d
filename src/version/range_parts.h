/* How the readers of range syntaxes build a range; inside src/version only. */
#ifndef VERSION_RANGE_PARTS_H
#define VERSION_RANGE_PARTS_H

#include "version/range.h"

/* Most intervals and constraints one range may have. */
enum { RANGE_MOST = 10000 };

/* The front of a text as an error may show it. */
struct str range_quote(struct op *op, struct str text);

/* Narrows an interval from below (above): the tighter end stays. */
void interval_low(const struct version_scheme *scheme, struct interval *i, struct str v, bool open);
void interval_high(const struct version_scheme *scheme, struct interval *i, struct str v, bool open);

/* Takes one of the operators made of < > = ! ~ ^ off the front, and the space behind it; empty when there is none. */
struct str range_operator(struct str *rest);

/* Takes a version: up to a space or one of `ends`; then the space behind it. */
struct str range_word(struct str *rest, const char *ends);

void range_space(struct str *rest);

/* Applies "=", "==", ">", ">=", "<", "<=", "!=", ">>" or "<<" to *i (or to the exceptions): RC_INVALID for another
 * operator or a version that the scheme calls invalid. */
MUST_USE enum rc range_apply(struct op *op, struct range *r, struct interval *i, struct str operator, struct str v);

void range_add(struct op *op, struct range *r, struct interval i);

/* Takes a "||" and the space behind it: adds what was read so far and begins anew. */
bool range_next_set(struct op *op, struct range *r, struct str *rest, struct interval *now);

/* "vers:scheme/constraint|constraint". */
MUST_USE enum rc range_parse_vers(struct op *op, const struct version_scheme *scheme, struct str text, struct range *ret);

/* "[1,2),[3,]"; a bare version is exact, or a minimum when `minimum`. */
MUST_USE enum rc range_parse_intervals(struct op *op, struct str text, bool minimum, struct range *r);

/* Sets built on the three numbers of Semantic Versioning: npm, Cargo, Hex, Pub, Composer. */
MUST_USE enum rc range_parse_carets(struct op *op, struct str text, struct range *r);

/* RubyGems: comparisons between commas, and ~>. */
MUST_USE enum rc range_parse_gem(struct op *op, struct str text, struct range *r);

/* Conan: comparisons separated by spaces, ~ and ^, "||" between sets, "1.2.*"; options behind a comma are not looked at. */
MUST_USE enum rc range_parse_conan(struct op *op, struct str text, struct range *r);

MUST_USE enum rc range_parse_pep440(struct op *op, struct str text, struct range *r);

#endif
