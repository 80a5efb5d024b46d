/* Opening what a run needs, in the right order, and closing it. */
#include "flow/session.h"

#include <unistd.h>
#include "flow/advisories.h"
#include "flow/survey.h"
#include "identity/identity.h"
#include "store/component.h"

/* Indexes are those of flow/survey.h and flow/advisories.c. */
static worker_job *const jobs[] = {survey_job, advisories_job};

enum rc session_workers(struct op *op, struct session *s)
{
    return s->zygote ? RC_OK : zygote_open(op, jobs, sizeof jobs / sizeof *jobs, &s->zygote);
}

enum rc session_store(struct op *op, struct session *s, bool write, bool create)
{
    if (s->store)
        return RC_OK;
    enum rc rc = store_open(op, s->store_path, STORE_READ | STORE_WRITE | (create ? STORE_CREATE : 0), &s->store);
    if (rc == RC_DENIED && !write) {
        op_clear(op);
        rc = store_open(op, s->store_path, STORE_READ, &s->store);
    }
    TRY(rc);
    return component_derive(op, s->store, identity_table_version(), identity_fill);
}

const char *session_helper(struct op *op, const char *name)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self);
    if (n > 0 && n < (ssize_t)sizeof self) {
        struct str beside = str_join(op->mem, str_dir((struct str){self, (size_t)n}), STR("/"), str_of(name));
        if (access(beside.p, X_OK) == 0)
            return beside.p;
    }
    return str_join(op->mem, STR(MUSTER_LIBEXECDIR "/"), str_of(name)).p;
}

void session_close(struct session *s)
{
    store_close(s->store);
    s->store = NULL;
    zygote_close(s->zygote);
    s->zygote = NULL;
}
