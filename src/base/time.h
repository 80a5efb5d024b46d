/* Points in time: int64_t seconds since 1970 in UTC; text as RFC 3339. No local time anywhere. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include "base/op.h"

int64_t time_now(void);
int64_t time_monotonic_ms(void);

/* RFC 3339 with Z or an offset; a bare date means its end (23:59:59) in UTC. False on anything else. */
bool time_parse(struct str text, int64_t *ret);

/* "2024-03-30T12:00:00Z" in the arena. */
struct str time_print(struct arena *mem, int64_t t);

/* "90s", "15m", "12h", "30d", "2w": seconds. False on anything else. */
bool duration_parse(struct str text, int64_t *ret_s);

/* "3 days", "2 hours", "12 seconds": the largest whole unit. */
struct str duration_print(struct arena *mem, int64_t s);

#endif
