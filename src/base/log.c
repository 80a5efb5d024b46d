/* One event, one line. */
#include "base/log.h"

#include <stdio.h>

void log_write(struct op *op, enum log_level level, const char *event, const struct log_pair *pairs)
{
    static const char *const names[] = {"error: ", "warning: ", "", "debug: "};
    if ((int)level > op->log_level)
        return;
    struct arena *mem = arena_child(op->mem);
    fprintf(stderr, "muster: %s%s", names[level], event);
    for (const struct log_pair *p = pairs; p->key; p++)
        fprintf(stderr, " %s=" STR_FMT, p->key, STR_ARG(str_escape(mem, p->value)));
    fputc('\n', stderr);
    arena_close(mem);
}
