/* What the files of findings share. */
#ifndef FLOW_FINDINGS_INSIDE_H
#define FLOW_FINDINGS_INSIDE_H

#include "flow/findings.h"

struct advised_entry {
    struct str ecosystem, name; /* without suffix; in normal form: what components are found by */
    struct str project;         /* the upstream project that the name means; empty where names are no projects' */
    struct advisory_view view;
};

struct advised {
    struct str id;
    struct advindex *ix;
    struct advisory_lookup index;        /* all of it */
    struct advisory_lookup entries_only; /* the same, but find sees `entries` alone */
    struct vex_run *vex;
    bool spoken_of;                      /* some statement names the flaw */
    bool raised;                         /* … and says affected, or under investigation */
    bool wholes;                         /* … of an asset, perhaps */
    bool owners_named;                   /* … of a distribution's package, which may own others */
    bool distributed;                    /* a distribution has a record of it */
    VEC(struct str) ids;                 /* all names of the flaw */
    VEC(uint32_t) records;
    VEC(struct advised_entry) entries;   /* sorted by ecosystem and name */
    bool numbered; /* the flaw has a CVE number: other ecosystems may have records of it */
    struct str *known; /* ecosystems of the index */
    size_t n_known;
    int64_t stalest;
};

/* What distributions package: deb, rpm, apk. */
bool is_os_package(const struct component *c);

/* Are the names of this ecosystem those of upstream projects (ConanCenter, …)? */
bool ecosystem_of_projects(struct op *op, struct str ecosystem);

#endif
