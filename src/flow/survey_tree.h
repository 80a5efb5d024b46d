/* The state of reading one tree, shared by the files of the survey. */
#ifndef FLOW_SURVEY_TREE_H
#define FLOW_SURVEY_TREE_H

#include "base/map.h"
#include "catalog/catalog.h"
#include "flow/survey.h"
#include "source/source.h"

enum { CATALOGERS_MOST = 64 };

/* Runs of all catalogers over one state of the tree; the bom they fill. */
struct survey_runs {
    struct catalog_run runs[CATALOGERS_MOST];
    struct catalog_scan scan;
    struct bom *bom;
    uint32_t state; /* layer up to which files count, or LAYER_NONE: the final tree */
    bool packages_only; /* who owns which file does not matter */
    bool only_hidden;   /* only files of the layer `state` that a later one hid */
    struct survey *survey;
    struct map digests; /* with --digests: path → struct str */
    struct survey_runs *inside; /* package databases in archives: runs of their own, joined at the end */
};

struct survey {
    struct op *op;
    struct wire *wire;
    const struct survey_request *rq;
    struct tree *tree;
    struct arena *mem; /* lives as long as the survey of this tree */
    unsigned profile;
    bool layered;
    struct catalog_index *index;  /* of the profile */
    struct catalog_index *inside; /* of members of archives */
    struct catalog_owners *owners;
    struct distro distro;
    struct bom bom;
    enum pass pass;
    uint64_t databases, rest; /* masks of catalogers: by flag, and all others */
    uint64_t elf, elf_inside; /* those for ELF files of the tree, of archives in it */
    uint64_t inflated; /* bytes that archives in the tree yielded */
};

/* What the visitor answers: which files are wanted (survey_visit.c). */
enum want survey_visit(struct op *op, void *survey, const struct tree_entry *e);

/* Is this an archive that may be software (jar, wheel, …)? `strict` leaves out general ones (zip, tar). */
bool survey_is_archive(struct str path, bool strict);

/* Does the ending say that it is no ELF file? */
bool survey_is_dull(struct str path);

/* With --digests: gives the components added from `first` on the digest of this file, and keeps it for later ones. */
void survey_digest(struct survey_runs *r, size_t first, struct op *op, struct str path, struct str bytes);

/* Was it this file's folder or name that an OS package owns? */
bool survey_owned(const struct survey *s, struct str path);

/* Runs the catalogers in `mask` over one file; a failure becomes a gap. */
void survey_file(struct survey_runs *r, struct op *op, const struct catalog_file *f, uint64_t mask);

/* Calls done() of the catalogers in `mask`. */
void survey_done(struct survey_runs *r, uint64_t mask);

/* Offers the members of an archive, and of archives in it, to the catalogers (survey_inside.c). */
void survey_inside(struct survey_runs *r, struct op *op, const struct catalog_file *archive);

/* Package databases of an image: the layer that last changed each package, and packages a later layer hid
 * (survey_layers.c). `final` are the components of the final state. */
enum rc survey_layers(struct survey *s, struct bom *final);

/* With --all-layers: adds what is in files that a later layer removed or replaced. */
void survey_hidden(struct survey *s, struct bom *final);

/* Starts runs over one state of the tree; reads its nodes for the catalogers in `mask`. */
void survey_runs_open(struct survey *s, struct survey_runs *r, struct bom *bom, uint32_t state);
void survey_nodes(struct survey_runs *r, uint64_t mask);

/* The newest version of the path in this state, or NULL. */
const struct tree_node *survey_node_at(const struct tree *t, struct str path, uint32_t state);

/* Does this node exist in the state of `r`? */
bool survey_node_in(const struct tree_node *n, uint32_t state);

#endif
