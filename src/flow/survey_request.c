/* The request on its way to the worker: fields in order, each ended by a NUL (no path holds one). */
#include "flow/survey.h"

#include "base/buf.h"

static void field(struct buf *b, struct str s)
{
    buf_add(b, s);
    buf_byte(b, '\0');
}

enum rc survey_request_write(struct op *op, const struct survey_request *rq, struct str *ret)
{
    struct buf b;
    buf_open(&b, op->mem, "the request to the worker", WORKER_ARG_MOST);
    field(&b, rq->text);
    field(&b, rq->kind);
    field(&b, rq->platform);
    field(&b, str_print(op->mem, "%u%d%d%d%d", rq->profile, rq->is_folder, rq->all_layers, rq->one_file_system, rq->digests));
    vec_each(struct str, e, &rq->excludes)
        field(&b, *e);
    return buf_done(op, &b, ret);
}

enum rc survey_request_read(struct op *op, struct str text, struct survey_request *ret)
{
    struct survey_request rq = {0};
    struct str flags, one;
    struct str *const texts[] = {&rq.text, &rq.kind, &rq.platform, &flags};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!str_cut(&text, '\0', texts[i]))
            return fail(op, RC_INVALID, "worker: a request that ends early");
    if (flags.n != 5)
        return fail(op, RC_INVALID, "worker: a request with odd flags");
    rq.profile = (unsigned)(flags.p[0] - '0');
    rq.is_folder = flags.p[1] == '1';
    rq.all_layers = flags.p[2] == '1';
    rq.one_file_system = flags.p[3] == '1';
    rq.digests = flags.p[4] == '1';
    while (text.n && str_cut(&text, '\0', &one))
        *vec_push(op->mem, &rq.excludes) = one;
    *ret = rq;
    return RC_OK;
}
