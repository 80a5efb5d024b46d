/* Catalogers: a file → the components it declares. One file per format here, one line in list.def.
 * A cataloger is a function of its arguments: it opens nothing, prints nothing, and survives any bytes. */
#ifndef CATALOG_CATALOG_H
#define CATALOG_CATALOG_H

#include "model/bom.h"
#include "model/distro.h"

/* One regular file of the tree. The slices are valid during the call only. */
struct catalog_file {
    struct str path;  /* relative to the root, no leading slash; "a.war!/WEB-INF/lib/b.jar" inside archives */
    struct str bytes; /* all of it; mapped when large, so what is not touched costs nothing */
    uint32_t layer;   /* for bom_note */
    bool executable;
};

struct catalog_owners; /* which paths an OS package owns */

/* What all catalogers of one scan share; made by flow. */
struct catalog_scan {
    const struct distro *distro;   /* never NULL; all empty when unknown */
    unsigned profile;              /* what is being read: a mask of enum profile */
    struct catalog_owners *owners; /* filled by the package database catalogers */
    /* Bytes of another kept file of the same tree, in op->mem; RC_NOTFOUND when it is not there. */
    enum rc (*sibling)(struct op *op, void *arg, struct str path, struct str *ret_bytes);
    void *arg;
};

/* One cataloger's scratch for one scan. */
struct catalog_run {
    struct arena *mem; /* lives until the scan's end */
    void *state;       /* the cataloger's own; NULL at first */
    const struct catalog_scan *scan;
};

enum catalog_flags {
    CATALOG_DATABASE = 1, /* an OS package database: read before all else, says what is owned */
    CATALOG_ELF = 2,      /* wants every ELF file that no package owns; paths are not consulted */
    CATALOG_OWNED = 4,    /* wants files even when an OS package owns them */
};

struct cataloger {
    const char *name;
    const char *help;         /* a sentence */
    const char *const *paths; /* globs as in base/glob.h, NULL at the end */
    unsigned profiles;        /* mask of enum profile in which it runs */
    unsigned flags;           /* mask of enum catalog_flags */
    enum scope scope;         /* of what it finds, unless an entry says otherwise */
    /* Reads one file. Components it can make out are added even when it then fails; a failure becomes a gap. */
    enum rc (*file)(struct op *op, struct catalog_run *run, const struct catalog_file *f, struct bom *bom);
    /* Optional: after the last file, joins what several said. */
    enum rc (*done)(struct op *op, struct catalog_run *run, struct bom *bom);
};

extern const struct cataloger *const catalogers[]; /* NULL at the end; from list.def */

/* A compiled form of all paths: which catalogers want this file? Made once per scan. */
struct catalog_index;
struct catalog_index *catalog_index_open(struct arena *mem, unsigned profile);
/* Bit i set: catalogers[i] wants this path. At most 64 catalogers. Inside archives the part after the last "!/"
 * is matched too. */
uint64_t catalog_wants(const struct catalog_index *ix, struct str path);

/* Is this path below a folder that holds a package database (and must be read before the rest)? */
bool catalog_is_database_path(struct str path);

/* Does this file of a package database only say which files are owned, not which packages there are? */
bool catalog_is_file_list(struct str path);

/* ---- ownership ---- */
struct catalog_owners *catalog_owners_open(struct arena *mem);
/* A folder that is a link to another (lib → usr/lib): both sides compare equal from then on. */
void catalog_owners_link(struct catalog_owners *o, struct str from, struct str to);
/* `path` belongs to a package: an id in the bom, or COMPONENT_NONE. A leading slash is ignored. */
void catalog_own(struct catalog_owners *o, struct str path, uint32_t component);
bool catalog_owner(const struct catalog_owners *o, struct str path, uint32_t *ret_component);

/* As catalog_own for many files of one folder, whose path is then looked at once only. */
struct catalog_folder {
    uint64_t hash;
};
struct catalog_folder catalog_folder_of(struct str path);
void catalog_own_in(struct catalog_owners *o, struct catalog_folder folder, struct str name, uint32_t component);

#endif
