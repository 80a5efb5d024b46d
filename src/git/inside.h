/* What the files of muster-clone share. */
#ifndef GIT_INSIDE_H
#define GIT_INSIDE_H

#include "base/vec.h"
#include "git/git.h"

/* ---- folder.c: the git folder and what is read of it without libgit2 ---- */

struct repo_folder {
    int fd;          /* of the folder that has objects, refs and config */
    struct str path; /* the same, absolute */
    VEC(struct str) remotes;
    VEC(struct str) shallow; /* commits of which the parents were left out; in hex */
};

/* Finds it from the folder a person named: bare, or with .git as a folder or a file, following commondir. Reads nothing else. */
MUST_USE enum rc folder_find(struct op *op, const char *named, struct repo_folder *ret);

/* Remotes and shallow commits; RC_UNSUPPORTED for a format that libgit2 here cannot read. */
MUST_USE enum rc folder_read(struct op *op, struct repo_folder *f);

/* A file of the git folder, up to `most` bytes: RC_NOTFOUND when it is not there. Opens no link, waits for nothing. */
MUST_USE enum rc folder_file(struct op *op, const struct repo_folder *f, const char *name, uint64_t most, struct str *ret);

/* ---- tags.c ---- */

struct repo_ref {
    struct str name; /* without refs/tags/ */
    struct str hash;
};

struct repo_tags {
    VEC(struct repo_ref) list; /* by name */
};

MUST_USE enum rc tags_read(struct op *op, const struct repo_folder *f, struct repo_tags *ret);
const struct repo_ref *tags_find(const struct repo_tags *t, struct str name);

/* ---- graph.c: commits through libgit2, each read once ---- */

struct graph;

/* Before the sandbox: libgit2 starts. After it: the objects are opened. */
MUST_USE enum rc graph_start(struct op *op);
MUST_USE enum rc graph_open(struct op *op, const struct repo_folder *f, struct graph **ret);

/* As repo_holds and repo_commit; `ret` in hex. *ret_why is set with REPO_UNCLEAR. */
enum repo_answer graph_holds(struct graph *g, struct str commit, struct str in, const char **ret_why);
enum repo_answer graph_commit(struct graph *g, struct str begin, char *ret, const char **ret_why);

#endif
