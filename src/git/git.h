/* Asking a clone about its commits. The repository is hostile: `muster-clone` alone reads it, with libgit2 and in a sandbox
 * that can open nothing but the git folder, read-only. It answers line by line; this side believes no more of an answer than
 * its form. Nothing of the repository's configuration is followed: no includes, hooks, filters, replacements or alternates
 * outside of the folder. */
#ifndef GIT_GIT_H
#define GIT_GIT_H

#include "base/op.h"

enum { REPO_HASH = 40, REPO_LINE_MOST = 4096 }; /* a name in hex; bytes of a question or an answer */

/* A whole commit name: 40 digits, hex. */
bool repo_is_hash(struct str s);

/* ---- the asking side ---- */

struct repo;

enum repo_answer {
    REPO_NO,
    REPO_YES,
    REPO_LACKING, /* the clone does not have the one asked for */
    REPO_UNCLEAR, /* history is cut off or damaged there, or the helper is gone: repo_trouble says so */
};

/* Starts the program at `path` on the folder (bare, or with a work tree, or one of a worktree or submodule). Ended with
 * op->mem. RC_UNSUPPORTED: cannot be started, or no sandbox; RC_INVALID: no repository that can be read; RC_IO. */
MUST_USE enum rc repo_open(struct op *op, const char *path, struct str folder, struct repo **ret);

/* URLs of its remotes, as configured. */
size_t repo_remotes(const struct repo *g, const struct str **ret);

/* Is `commit` the commit `in`, or one of its ancestors? Both in full. REPO_LACKING is about `commit`. */
enum repo_answer repo_holds(struct repo *g, struct str commit, struct str in);

/* Whether the clone has that commit; of the beginning of a name, the only one that begins so. REPO_LACKING: none;
 * REPO_UNCLEAR: several. `ret` takes REPO_HASH bytes. */
enum repo_answer repo_commit(struct repo *g, struct str begin, char *ret);

/* The commit of a tag. REPO_LACKING: no such tag. */
enum repo_answer repo_tag(struct repo *g, struct str name, char *ret);

/* What stood in the way of the last REPO_UNCLEAR. */
struct str repo_trouble(const struct repo *g);

/* ---- inside muster-clone ---- */

/* Serves until standard input ends: the exit status. */
int repo_serve(int in_fd, int out_fd, const char *folder, struct limits limits);

#endif
