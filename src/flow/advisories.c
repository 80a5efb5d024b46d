/* The parent's side: workers read feeds, this side writes the index. */
#include "flow/advisories.h"

#include <unistd.h>
#include "base/io.h"
#include "flow/feed_wire.h"
#include "flow/pack.h"
#include "flow/rematch.h"
#include "flow/survey.h"
#include "match/match.h"
#include "version/version.h"

enum { REFUSED_MOST = 1000, JOB_ADVISORIES = 1 };

static struct str index_path(struct op *op, const struct session *s)
{
    return str_join(op->mem, s->store_path, STR(".advisories"));
}

static advindex_compare *order(struct str ecosystem)
{
    const struct version_scheme *scheme = version_scheme_find(str_eq(ecosystem, STR("SEMVER")) ? STR("semver") : ecosystem);
    return scheme ? scheme->compare : NULL;
}

enum rc advisories_open(struct op *op, const struct session *s, struct advindex **ret)
{
    enum rc rc = advindex_open(op, index_path(op, s), ret);
    if (rc == RC_NOTFOUND)
        return fail(op, RC_NOTFOUND, "no advisories were imported yet; `muster advisories import PATH` does it");
    return rc;
}

/* ---- import ---- */

struct importing {
    struct op *op;
    struct advindex_writer *w;
    struct import_result *result;
    struct import_report *report; /* of the source at hand: the last of the result; NULL: none yet */
    bool packed;                  /* several sources may come, and say their names */
    struct arena *round; /* of one record */
    struct buf held;
    bool ended;
    enum rc rc;
    struct str text;
};

static struct str keep(struct arena *mem, struct str s, struct str before)
{
    return before.n && str_eq(s, before) ? before : str_dup(mem, s);
}

/* Documents repeat themselves from statement to statement: such texts are kept once. */
static void take_statement(struct importing *m, const struct vex_statement *s)
{
    struct import_report *r = m->report;
    struct arena *mem = m->op->mem;
    struct vex_statement before = {.author = {NULL, 0}};
    r->statements++;
    if (r->said.n == STATEMENTS_MOST) {
        r->left_out++;
        return;
    }
    if (r->said.n)
        before = r->said.at[r->said.n - 1];
    *vec_push(mem, &r->said) = (struct vex_statement){
        .vulnerability = keep(mem, s->vulnerability, before.vulnerability), .product = keep(mem, s->product, before.product),
        .subcomponent = keep(mem, s->subcomponent, before.subcomponent), .state = s->state,
        .justification = keep(mem, s->justification, before.justification), .impact = keep(mem, s->impact, before.impact),
        .action = keep(mem, s->action, before.action), .author = keep(mem, s->author, before.author), .at = s->at,
        .document = keep(mem, s->document, before.document)};
}

static enum rc take_item(struct importing *m, struct feed_item *item)
{
    struct import_report *r = m->report;
    switch (item->kind) {
    case FEED_ADVISORY:
        r->advisories++;
        if (match_correct(&item->advisory))
            item->advisory.flags |= ADVISORY_CORRECTED;
        return advindex_add(m->op, m->w, r->source, &item->advisory);
    case FEED_EXPLOITED: r->exploited++; return advindex_add_exploited(m->op, m->w, r->source, &item->exploited);
    case FEED_SCORE: r->scores++; return advindex_add_score(m->op, m->w, r->source, &item->score);
    case FEED_STATEMENT: take_statement(m, &item->statement); return RC_OK;
    case FEED_END_OF_LIFE: r->lives++; return advindex_add_life(m->op, m->w, r->source, &item->end_of_life);
    case FEED_SSVC: r->ssvc++; return advindex_add_ssvc(m->op, m->w, r->source, &item->ssvc);
    }
    return RC_OK;
}

/* Only packed advisories bring several sources: another feed speaks for itself alone. */
static enum rc take_source(struct importing *m, struct unpack *u)
{
    struct str name = unpack_text(u);
    int64_t imported_at = unpack_signed(u), as_of = unpack_signed(u);
    if (u->bad || !m->packed || name.n == 0 || imported_at < 0 || as_of < 0)
        return fail(m->op, RC_INVALID, "worker output: a source that cannot be right");
    m->report = vec_push(m->op->mem, &m->result->reports);
    m->report->source = str_dup(m->op->mem, name);
    m->report->as_of = as_of;
    return advindex_source_at(m->op, m->w, m->report->source, imported_at);
}

static enum rc take_record(struct importing *m, int type, struct unpack *u)
{
    struct feed_item item;
    if (type == FEED_RECORD_SOURCE)
        return take_source(m, u);
    if (!m->report && type != FEED_RECORD_END)
        return fail(m->op, RC_INVALID, "worker output: an item of no source");
    if (type == FEED_RECORD_ITEM) {
        arena_reset(m->round);
        if (!feed_item_unpack(m->round, u, &item))
            return fail(m->op, RC_INVALID, "worker output: an item that cannot be right");
        return take_item(m, &item);
    }
    if (type == FEED_RECORD_REFUSED) {
        struct str name = unpack_text(u), why = unpack_text(u);
        if (m->report->refused_total++ < REFUSED_MOST)
            *vec_push(m->op->mem, &m->report->refused) = (struct refusal){str_dup(m->op->mem, name), str_dup(m->op->mem, why)};
    } else if (type == FEED_RECORD_END) {
        m->rc = (enum rc)unpack_below(u, RC_IO + 1);
        m->text = str_dup(m->op->mem, unpack_text(u));
        m->ended = true;
    }
    return u->bad ? fail(m->op, RC_INVALID, "worker output: a record of type %d that cannot be right", type) : RC_OK;
}

static enum rc take(struct importing *m, struct str bytes)
{
    struct unpack u;
    int type;
    bool bad = false;
    buf_add(&m->held, bytes);
    struct str rest = buf_str(&m->held);
    while (record_cut(&rest, &type, &u, &bad))
        TRY(take_record(m, type, &u));
    if (bad || m->held.full)
        return fail(m->op, RC_INVALID, "worker output: a record of an impossible length");
    memmove(m->held.p, rest.p, rest.n);
    m->held.n = rest.n;
    return RC_OK;
}

static enum rc drain(struct importing *m, struct worker *w)
{
    enum { STEP = 256 << 10 };
    char *bytes = arena_alloc(m->op->mem, STEP);
    size_t n = 1;
    enum rc rc = RC_OK;
    while (rc == RC_OK && n) {
        rc = worker_read(m->op, w, bytes, STEP, &n);
        if (rc == RC_OK && n)
            rc = take(m, (struct str){bytes, n});
        op_progress(m->op, 0, n);
    }
    if (rc != RC_OK)
        worker_kill(w);
    struct op_error first = m->op->err;
    op_clear(m->op);
    enum rc end = worker_wait(m->op, w);
    if (rc != RC_OK) {
        m->op->err = first;
        return rc;
    }
    if (m->ended) {
        op_clear(m->op);
        return m->rc == RC_OK ? RC_OK : fail(m->op, m->rc, STR_FMT, STR_ARG(m->text));
    }
    return end == RC_OK ? fail(m->op, RC_IO, "the reading process ended without a word") : end;
}

/* "npm.zip" → "npm". */
static struct str source_name(struct str path)
{
    struct str base, ending;
    while (str_ends(path, STR("/")))
        path = str_but(path, 1);
    path = str_base(path);
    if (str_rsplit(path, '.', &base, &ending) && base.n)
        path = base;
    return path;
}

/* Does it begin like packed advisories? Anything else is one source, named after the file. */
static enum rc name_source(struct importing *m, const struct target_file *f, const struct import_from *from)
{
    char head[sizeof PACK_MAGIC];
    ssize_t n = f->is_folder || from->source.n ? 0 : pread(f->fd, head, sizeof head, 0);
    m->packed = n > 0 && pack_is((struct str){head, (size_t)n});
    if (m->packed)
        return RC_OK;
    m->report = vec_push(m->op->mem, &m->result->reports);
    m->report->source = str_dup(m->op->mem, from->source.n ? from->source : source_name(f->real_path));
    return advindex_add_source(m->op, m->w, m->report->source);
}

static enum rc read_one(struct op *op, struct session *s, const struct import_from *from, struct advindex_writer *w, struct import_result *ret)
{
    struct target t = {.text = from->path, .path = from->path};
    struct target_file f;
    struct survey_request rq = {.text = from->path, .kind = STR(""), .platform = STR("")};
    struct importing m = {.op = op, .w = w, .result = ret, .round = arena_child(op->mem)};
    struct worker worker;
    TRY(session_workers(op, s));
    TRY(target_open(op, &t, &f));
    TRY(name_source(&m, &f, from));
    buf_open(&m.held, op->mem, "worker output", (size_t)RECORD_MOST + (1 << 20));
    rq.is_folder = f.is_folder;
    struct worker_spec spec = {.job = JOB_ADVISORIES, .sandbox = {f.is_folder ? SANDBOX_TREE : SANDBOX_READER, f.fd}, .fds = {f.fd, -1, -1, -1},
                               .limits = limits_default};
    TRY(survey_request_write(op, &rq, &spec.arg));
    TRY(worker_start(op, s->zygote, &spec, &worker));
    return drain(&m, &worker);
}

static enum rc read_all(struct op *op, struct session *s, const struct import_list *from, struct advindex_writer *w, struct import_result *ret)
{
    for (ret->reading = 0; ret->reading < from->list.n; ret->reading++)
        TRY(read_one(op, s, &from->list.at[ret->reading], w, ret));
    return RC_OK;
}

static enum rc keep_others(struct op *op, const struct session *s, const struct import_result *r, struct advindex_writer *w)
{
    struct advindex *old;
    struct str *named = arena_array(op->mem, r->reports.n, sizeof *named);
    for (size_t i = 0; i < r->reports.n; i++)
        named[i] = r->reports.at[i].source;
    enum rc rc = advindex_open(op, index_path(op, s), &old);
    if (rc == RC_NOTFOUND)
        return RC_OK;
    if (rc != RC_OK) {
        op_clear(op); /* a damaged or newer index cannot be kept from: the new one takes its place whole */
        return RC_OK;
    }
    return advindex_writer_base(op, w, old, named, r->reports.n);
}

/* Documents of one name are one source, as in the index: its statements are replaced once. */
static enum rc keep_statements(struct op *op, struct session *s, struct import_result *r)
{
    for (size_t i = 0; i < r->reports.n; i++) {
        struct import_report *first = &r->reports.at[i];
        VEC(struct vex_statement) all = {0};
        bool again = false;
        for (size_t k = 0; k < r->reports.n; k++) {
            struct import_report *one = &r->reports.at[k];
            if (!str_eq(one->source, first->source))
                continue;
            again |= k < i;
            for (size_t n = 0; !again && n < one->said.n; n++) {
                if (all.n < STATEMENTS_MOST)
                    *vec_push(op->mem, &all) = one->said.at[n];
                else
                    one->left_out++;
            }
        }
        if (!again)
            TRY(statement_replace(op, s->store, first->source, all.at, all.n, s->now));
    }
    return RC_OK;
}

enum rc advisories_statements(struct op *op, struct session *s, struct statement_sources *ret)
{
    enum rc rc = session_store(op, s, false, false);
    if (rc == RC_NOTFOUND) {
        op_clear(op);
        return RC_OK;
    }
    TRY(rc);
    return statement_sources(op, s->store, ret);
}

enum rc advisories_import(struct op *op, struct session *s, const struct import_list *from, struct import_result *ret)
{
    struct advindex_writer *w;
    struct advindex *ix;
    TRY(session_workers(op, s));
    TRY(session_store(op, s, true, true)); /* makes the folder */
    TRY(advindex_writer_open(op, index_path(op, s), order, &w));
    TRY(read_all(op, s, from, w, ret));
    TRY(keep_others(op, s, ret, w));
    TRY(rematch_commit(op, s, w, NULL));
    TRY(keep_statements(op, s, ret));
    TRY(advisories_open(op, s, &ix));
    ret->records = advindex_records(ix);
    ret->bytes = advindex_bytes(ix);
    advindex_close(ix);
    return RC_OK;
}
