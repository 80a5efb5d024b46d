/* What a folder and all below it hold, in the order of the walk: listed on a thread of its own once that is worth while, a
 * bounded number of folders ahead of whoever looks at the files. */
#ifndef SOURCE_LISTER_H
#define SOURCE_LISTER_H

#include "source/walk.h"

enum listed_kind {
    LISTED_FOLDER,   /* entries of this folder follow */
    LISTED_ENTRY,    /* of the folder before */
    LISTED_SKIPPED,  /* an entry that was offered already */
    LISTED_EXCLUDED, /* an entry that is not to be read */
    LISTED_GAP,      /* something here could not be read */
    LISTED_CLOSE,    /* the descriptor is used no more: close it */
    LISTED_END,
};

struct listed {
    enum listed_kind kind;
    unsigned char type; /* DT_…; DT_UNKNOWN: it vanished */
    int fd;             /* of the folder */
    /* Its path is that much of the path of the folder before, then /name when there is one. */
    size_t cut;
    const char *name; /* valid until the next call */
    const char *why;
};

struct lister;

/* Lists the folder at `path`, open at `fd`, which stays the caller's; with `flat` nothing below its folders. Ends, and
 * closes what it opened, when `mem` is closed. RC_IO. */
MUST_USE enum rc lister_open(struct op *op, struct arena *mem, const struct folder_walk *w, int fd, struct str path, bool flat,
                             struct lister **ret);

void lister_next(struct lister *l, struct listed *ret);

/* DT_… of an entry, for file systems that do not say it; DT_UNKNOWN when it vanished. */
unsigned char listed_type(int fd, const char *name);

#endif
