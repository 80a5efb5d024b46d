/* Each clone with the entries over commits that the index has of its repository. A component meets those of its own package and
 * those of its own repository; its commit is what its purl says, else the one commit of the tags that its version may have. */
#include "flow/clone.h"

#include <sys/stat.h>
#include "flow/commit.h"
#include "git/git.h"
#include "match/commits.h"

enum { ENTRIES_MOST = 1 << 20 };

struct clone {
    struct str folder;
    struct repo *git; /* NULL: it cannot be read */
    struct str trouble;    /* why */
    VEC(struct str) repositories;
    VEC(struct advisory_view) entries;
};

struct clones {
    VEC(struct clone) list;
    struct str_list notes;
};

const struct str_list *clones_notes(const struct clones *c)
{
    return &c->notes;
}

/* ---- opening ---- */

/* "URL=DIR", unless all of it is a folder. */
static struct str folder_of(struct op *op, struct str named, struct str *ret_url)
{
    struct stat st;
    struct str url, folder;
    const char *all = str_cstr(op->mem, named);
    *ret_url = STR("");
    if ((all && stat(all, &st) == 0) || !str_split(named, '=', &url, &folder))
        return named;
    *ret_url = url;
    return folder;
}

static enum rc take_entry(struct op *op, void *arg, const struct advisory_view *v)
{
    struct clone *c = arg;
    if (c->entries.n >= ENTRIES_MOST)
        return fail(op, RC_LIMIT, STR_FMT ": more than %d advisories of one repository", STR_ARG(c->folder), ENTRIES_MOST);
    if (advisory_is_commits(v))
        *vec_push(op->mem, &c->entries) = *v;
    return RC_OK;
}

static enum rc find_entries(struct op *op, const struct advisory_lookup *look, struct clone *c)
{
    vec_each(const struct str, r, &c->repositories) {
        enum rc rc = look->find(look->arg, op, STR(ADVISORY_GIT), *r, take_entry, c);
        if (rc != RC_OK && rc != RC_NOTFOUND)
            return rc;
    }
    return RC_OK;
}

static void add_repository(struct op *op, struct clone *c, struct str url)
{
    struct str name = advisory_name(op->mem, STR(ADVISORY_GIT), url);
    vec_each(const struct str, r, &c->repositories)
        if (str_eq(*r, name))
            return;
    *vec_push(op->mem, &c->repositories) = name;
}

static enum rc open_one(struct op *op, struct clones *all, const struct advisory_lookup *look, const struct limits *limits, struct str named)
{
    struct clone *c = vec_push(op->mem, &all->list);
    struct op inner = *op;
    struct str url;
    struct repo *git = NULL;
    const struct str *remotes = NULL;
    op_clear(&inner);
    inner.limits = limits;
    c->folder = folder_of(op, named, &url);
    enum rc rc = repo_open(&inner, session_helper(op, "muster-clone"), c->folder, &git);
    if (rc == RC_INVALID || rc == RC_DENIED)
        return fail(op, rc, "--clone " STR_FMT, STR_ARG(inner.err.text));
    size_t n = git && url.n == 0 ? repo_remotes(git, &remotes) : 0;
    for (size_t i = 0; i < n; i++)
        add_repository(op, c, remotes[i]);
    if (url.n)
        add_repository(op, c, url);
    if (rc == RC_OK)
        c->git = git;
    else
        c->trouble = inner.err.text;
    TRY(find_entries(op, look, c));
    if (rc != RC_OK)
        *vec_push(op->mem, &all->notes) = str_join(op->mem, STR("the clone was not read: "), c->trouble);
    else if (c->repositories.n == 0)
        *vec_push(op->mem, &all->notes) = str_join(op->mem, c->folder, STR(": has no remote; --clone URL=DIR says whose clone it is"));
    else if (c->entries.n == 0)
        *vec_push(op->mem, &all->notes) = str_join(op->mem, c->folder, STR(": no advisory in the index has commits of "), c->repositories.at[0]);
    return RC_OK;
}

enum rc clones_open(struct op *op, const struct advisory_lookup *look, const struct clones_named *named, struct clones **ret)
{
    struct clones *all = arena_alloc(op->mem, sizeof *all);
    vec_each(const struct str, one, &named->list)
        TRY(open_one(op, all, look, &named->limits, *one));
    *ret = all;
    return RC_OK;
}

/* ---- one component in one clone ---- */

struct meeting {
    struct op *op;
    struct clone *clone;
    const struct component *component;
    const struct subject *subject; /* NULL: of no ecosystem */
    struct commit_of of;
    struct str commit;             /* in full, once looked up; empty: there is none */
    struct str asked;              /* for what the clone lacks */
    enum repo_answer found;
    struct str trouble;
    bool own, looked, exact;       /* own: the component is of this repository */
};

/* Several tags may name one commit; two commits are none. */
static void look_up_tags(struct meeting *m)
{
    struct arena *mem = m->op->mem;
    struct str name;
    char hash[REPO_HASH];
    m->found = REPO_LACKING;
    for (size_t i = 0; (name = commit_tag(mem, m->component, &m->of, i)).n; i++) {
        enum repo_answer a = repo_tag(m->clone->git, name, hash);
        if (a == REPO_UNCLEAR) {
            m->found = a;
            m->trouble = repo_trouble(m->clone->git);
            return;
        }
        if (a != REPO_YES)
            continue;
        struct str commit = str_dup(mem, (struct str){hash, REPO_HASH});
        if (m->commit.n && !str_eq(m->commit, commit)) {
            m->found = REPO_LACKING;
            m->commit = STR("");
            return;
        }
        m->commit = commit;
        m->found = REPO_YES;
    }
}

static void look_up(struct meeting *m)
{
    char hash[REPO_HASH];
    if (m->looked)
        return;
    m->looked = true;
    m->exact = m->of.commit.n > 0;
    if (!m->clone->git) {
        m->found = REPO_UNCLEAR;
        m->trouble = m->clone->trouble;
    } else if (!m->exact) {
        look_up_tags(m);
    } else {
        m->asked = m->of.commit;
        m->found = repo_commit(m->clone->git, m->of.commit, hash);
        m->trouble = m->found == REPO_UNCLEAR ? repo_trouble(m->clone->git) : STR("");
        m->commit = m->found == REPO_YES ? str_dup(m->op->mem, (struct str){hash, REPO_HASH}) : STR("");
    }
}

static enum commit_answer holds(void *arg, struct str commit, struct str in)
{
    struct meeting *m = arg;
    switch (repo_holds(m->clone->git, commit, in)) {
    case REPO_NO: return COMMIT_NO;
    case REPO_YES: return COMMIT_YES;
    case REPO_LACKING: return COMMIT_LACKING;
    case REPO_UNCLEAR: m->trouble = repo_trouble(m->clone->git); break;
    }
    return COMMIT_UNCLEAR;
}

/* Is the entry about the component's own package? */
static bool of_package(const struct meeting *m, const struct advisory_view *v)
{
    struct str ecosystem;
    advisory_ecosystem(v->ecosystem, &ecosystem);
    ecosystem = advisory_ecosystem(ecosystem, NULL);
    return m->subject && ecosystem.n && v->name.n && str_eq(ecosystem, m->subject->ecosystem)
           && str_eq(advisory_name(m->op->mem, ecosystem, v->name), m->subject->name);
}

/* About the whole repository, or about a package where the component is no package out of it. OSS-Fuzz's are projects. */
static bool of_repository(const struct meeting *m, const struct advisory_view *v)
{
    struct str ecosystem;
    advisory_ecosystem(v->ecosystem, &ecosystem);
    return m->own && (ecosystem.n == 0 || v->name.n == 0 || m->of.whole || str_eq(ecosystem, STR("OSS-Fuzz")));
}

static void say_trouble(struct meeting *m, struct finding *f)
{
    if (f->rule == RULE_COMMIT_LACKING)
        f->trouble = str_join(m->op->mem, m->clone->folder, STR(" lacks "), f->commit, STR(": fetch"));
    else if (f->rule == RULE_COMMIT_UNCLEAR)
        f->trouble = str_join(m->op->mem, m->clone->folder, STR(": "), m->trouble.n ? m->trouble : STR("too many events"));
}

static struct finding judge(struct meeting *m, const struct advisory_view *v)
{
    const struct commit_graph graph = {m, holds};
    struct finding f = {.record = v->record, .id = v->id, .flags = v->flags, .ecosystem = v->ecosystem, .name = v->name,
                        .state = FINDING_UNKNOWN, .compared = m->component->version};
    if (v->withdrawn) {
        f.state = FINDING_NOT_AFFECTED;
        f.rule = RULE_WITHDRAWN;
    } else if (m->found == REPO_YES) {
        match_commits(&graph, m->commit, v, &f);
    } else if (m->found == REPO_UNCLEAR) {
        f.rule = RULE_COMMIT_UNCLEAR;
    } else {
        f.rule = m->exact ? RULE_COMMIT_LACKING : RULE_NO_COMMIT;
        f.commit = m->asked;
    }
    say_trouble(m, &f);
    if (m->subject && m->subject->possible && f.state == FINDING_AFFECTED)
        f.state = FINDING_POSSIBLE;
    return f;
}

static struct finding *of_record(struct findings *f, uint32_t record)
{
    vec_each(struct finding, one, &f->list)
        if (one->record == record)
            return one;
    return NULL;
}

/* The tag itself may be listed. */
static struct finding listed(const struct meeting *m, const struct advisory_view *v)
{
    struct subject s = {.ecosystem = STR(ADVISORY_GIT), .name = m->of.repository, .version = m->component->version};
    struct finding f;
    match_entry(&s, v, &f);
    return f;
}

static void meet(struct meeting *m, const struct advisory_view *v, struct findings *f)
{
    bool package = of_package(m, v);
    if (!package && !of_repository(m, v))
        return;
    look_up(m);
    /* Where versions speak, a tag says no more than they do. */
    if (package && !v->git_only && !m->exact)
        return;
    struct finding commits = judge(m, v), *there = of_record(f, v->record);
    if (!there) {
        there = vec_push(m->op->mem, &f->list);
        *there = listed(m, v);
    }
    match_commits_join(there, &commits, m->exact);
}

void clones_judge(struct op *op, struct clones *all, const struct component *c, const struct subject *s, struct findings *f)
{
    struct commit_of of;
    if (!all)
        return;
    commit_of(op->mem, c, &of);
    vec_each(struct clone, clone, &all->list) {
        struct meeting m = {.op = op, .clone = clone, .component = c, .subject = s, .of = of};
        vec_each(const struct str, r, &clone->repositories)
            m.own |= of.repository.n && str_eq(*r, of.repository);
        vec_each(const struct advisory_view, v, &clone->entries)
            meet(&m, v, f);
    }
}

bool clones_subject(struct op *op, const struct component *c, struct subject *ret)
{
    struct commit_of of;
    commit_of(op->mem, c, &of);
    *ret = (struct subject){.ecosystem = STR(ADVISORY_GIT), .name = of.repository, .version = c->version};
    return of.repository.n > 0;
}
