/* Talk on stderr: one documented event name, then key and value pairs. Stages do not log (debug excepted);
 * flow logs once per operation. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/op.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Writes "muster: warning: event: key=value …" when the operation's level allows. Pairs of (const char *,
 * struct str) given as an array, ended by a NULL key. */
struct log_pair {
    const char *key;
    struct str value;
};
#define log_event(op, level, event, ...) \
    log_write(op, level, event, (const struct log_pair[]){__VA_ARGS__, {NULL, {NULL, 0}}})
void log_write(struct op *op, enum log_level level, const char *event, const struct log_pair *pairs);

#endif
