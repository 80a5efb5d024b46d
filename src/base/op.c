/* The error of an operation, and the default limits. */
#include "base/op.h"

#include <stdarg.h>
#include <stdio.h>

const struct limits limits_default = {
    .inflated_bytes = (uint64_t)64 << 30,
    .file_bytes = (uint64_t)2 << 30,
    .ratio = 2000,
    .ratio_from_bytes = (uint64_t)64 << 20,
    .entries = 10000000,
    .depth = 8,
    .time_s = 3600,
    .worker_bytes = (uint64_t)2 << 30,
};

enum rc op_fail(struct op *op, enum rc rc, const char *file, int line, const char *fmt, ...)
{
    if (op->err.rc != RC_OK)
        return rc;
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    size_t len = n < 0 ? 0 : (size_t)n;
    if (len >= sizeof text)
        len = sizeof text - 1;
    op->err.rc = rc;
    op->err.text = str_escape(op->mem, (struct str){text, len});
    op->err.file = file;
    op->err.line = line;
    return rc;
}

const char *rc_name(enum rc rc)
{
    switch (rc) {
    case RC_OK: return "ok";
    case RC_NOTFOUND: return "not found";
    case RC_INVALID: return "invalid";
    case RC_LIMIT: return "limit";
    case RC_DENIED: return "denied";
    case RC_UNSUPPORTED: return "unsupported";
    case RC_IO: return "io";
    }
    return "?";
}
