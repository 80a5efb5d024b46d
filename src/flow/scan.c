/* The parent's side of a scan. */
#include "flow/scan.h"

#include <unistd.h>
#include "flow/rematch.h"
#include "identity/identity.h"
#include "store/fold.h"

/* Reads the worker's stream to its end. What it sent before it died is kept; *ret_stopped says why it ended early. */
static enum rc drain(struct op *op, struct worker *w, struct wire_reader *reader, struct str *ret_stopped)
{
    enum { STEP = 64 << 10 };
    char *bytes = arena_alloc(op->mem, STEP);
    size_t n = 0;
    enum rc rc = RC_OK;
    while (rc == RC_OK && (rc = worker_read(op, w, bytes, STEP, &n)) == RC_OK && n) {
        rc = wire_feed(op, reader, (struct str){bytes, n});
        if (op->progress) {
            op->progress->files = reader->result.files;
            op->progress->bytes = reader->result.bytes;
            op_progress(op, 0, 0);
        }
    }
    if (rc == RC_DENIED || worker_interrupted) {
        worker_kill(w);
        return rc == RC_OK ? fail(op, RC_DENIED, "interrupted") : rc;
    }
    struct str why = op->err.text;
    if (rc != RC_OK)
        worker_kill(w);
    op_clear(op);
    enum rc end = worker_wait(op, w);
    if (rc == RC_OK && end != RC_OK)
        why = op->err.text;
    op_clear(op);
    *ret_stopped = reader->result.ended && rc == RC_OK ? (struct str){NULL, 0} : why.n ? why : STR("ended without a word");
    return RC_OK;
}

static enum rc run_worker(struct op *op, struct session *s, const struct target_file *f, const struct survey_request *rq,
                          const struct limits *limits, struct wire_reader *reader, struct str *ret_stopped)
{
    struct worker_spec spec = {
        .sandbox = {f->is_folder ? SANDBOX_TREE : SANDBOX_READER, f->fd},
        .fds = {[SURVEY_FD_TARGET] = f->fd, [SURVEY_FD_SPILL] = target_spill(op), [2] = -1, [3] = -1},
        .limits = *limits,
    };
    struct worker w;
    TRY(survey_request_write(op, rq, &spec.arg));
    TRY(session_workers(op, s));
    TRY(worker_start(op, s->zygote, &spec, &w));
    wire_reader_open(reader, op->mem);
    return drain(op, &w, reader, ret_stopped);
}

static struct str kind_of(const struct target *t, const struct target_file *f, const struct asset_facts *facts)
{
    struct str k = facts->kind;
    if (str_eq(k, STR("root")))
        return t->host || str_eq(f->real_path, STR("/")) ? STR("host") : STR("root");
    if (str_eq(k, STR("dir")))
        return STR("project");
    return str_eq(k, STR("file")) ? STR("file") : STR("image");
}

static struct str name_of(struct op *op, const struct target_file *f, const struct asset_facts *facts, struct str kind)
{
    if (str_eq(kind, STR("host")))
        return target_host_name(op);
    if (str_eq(kind, STR("image")))
        return facts->name;
    return f->real_path;
}

static void identify(struct bom *bom)
{
    vec_each(struct component, c, &bom->components)
        identity_fill(bom->mem, c);
}

static void add_part(struct op *op, const struct target *t, const struct target_file *f, const struct scan_options *o,
                     struct wire_part *part, struct str stopped, struct scan_report *ret)
{
    struct scanned *a = vec_push(op->mem, &ret->assets);
    if (!part->complete && stopped.p)
        bom_gap(&part->bom, STR(""), str_join(op->mem, STR("the scan was stopped: "), stopped));
    identify(&part->bom);
    bom_sort(&part->bom);
    a->part = part;
    a->kind = o->kind.n ? o->kind : kind_of(t, f, &part->facts);
    a->name = o->as.n ? o->as : name_of(op, f, &part->facts, kind_of(t, f, &part->facts));
    a->profile = o->survey.profile ? o->survey.profile
        : str_eq(part->facts.kind, STR("file")) ? PROFILE_ALL
        : str_eq(part->facts.kind, STR("dir")) ? PROFILE_DECLARED : PROFILE_INSTALLED;
    a->complete = part->complete && part->bom.gaps.n == 0;
    ret->landlock = part->facts.landlock;
}

enum rc scan_read(struct op *op, struct session *s, const struct target *t, const struct scan_options *o, struct scan_report *ret)
{
    struct target_file f;
    struct wire_reader *reader = arena_alloc(op->mem, sizeof *reader);
    struct scan_report report = {0};
    struct str stopped = {NULL, 0};
    TRY(session_workers(op, s));
    TRY(target_open(op, t, &f));
    struct survey_request rq = o->survey;
    rq.text = t->standard_input ? STR("standard input") : t->path;
    rq.kind = t->kind;
    rq.is_folder = f.is_folder;
    TRY(run_worker(op, s, &f, &rq, &o->limits, reader, &stopped));
    const struct wire_result *res = &reader->result;
    if (res->ended && res->rc != RC_OK)
        return fail(op, res->rc, STR_FMT, STR_ARG(res->text));
    if (res->parts.n == 0)
        return fail(op, RC_LIMIT, STR_FMT ": the scan was stopped before it found anything: " STR_FMT, STR_ARG(t->text), STR_ARG(stopped));
    if (o->as.n && res->parts.n > 1)
        return fail(op, RC_INVALID, STR_FMT ": holds %zu images; --as needs exactly one", STR_ARG(t->text), res->parts.n);
    for (size_t i = 0; i < res->parts.n; i++)
        add_part(op, t, &f, o, res->parts.at[i], stopped, &report);
    *ret = report;
    return RC_OK;
}

static void list_add(struct op *op, struct str_list *l, struct str s)
{
    if (s.n)
        *vec_push(op->mem, l) = s;
}

static enum rc store_one(struct op *op, struct session *s, const struct target *t, const struct scan_options *o, struct scanned *a)
{
    const struct asset_facts *f = &a->part->facts;
    struct scan scan = {
        .name = a->name, .kind = a->kind, .owner = o->owner, .tags = o->tags, .at = s->now, .profile = a->profile,
        .target = t->text, .tool = o->survey.digests ? STR("muster " MUSTER_VERSION " --digests") : STR("muster " MUSTER_VERSION),
        .complete = a->complete, .replace = o->replace,
    };
    vec_each(struct str, n, &f->names)
        list_add(op, &scan.names, *n);
    vec_each(struct str, d, &f->digests)
        list_add(op, &scan.digests, *d);
    vec_each(struct layer, l, &f->layers)
        list_add(op, &scan.layers, l->diff_id);
    return scan_write(op, s->store, &scan, &a->part->bom, &a->stored);
}

enum rc scan_store(struct op *op, struct session *s, const struct target *t, const struct scan_options *o, struct scan_report *r)
{
    TRY(session_store(op, s, true, true));
    vec_each(struct scanned, a, &r->assets) {
        TRY(store_one(op, s, t, o, a));
        if (a->stored.pending >= FOLD_AT)
            TRY(store_fold(op, s->store, false));
    }
    rematch_new(op, s);
    return RC_OK;
}
