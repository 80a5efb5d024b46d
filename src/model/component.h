/* One piece of software at one version, as a purl identifies it. Plain values; the slices are borrowed from
 * the bom's (or store's) memory. It says nothing about where it was found: that is an occurrence (bom.h). */
#ifndef MODEL_COMPONENT_H
#define MODEL_COMPONENT_H

#include "base/op.h"

struct component {
    struct str type;       /* purl type, lower case: deb, rpm, apk, npm, pypi, golang, cargo, maven, generic … */
    struct str ns;         /* purl namespace, decoded: "debian", "@babel", "org.apache.commons"; may be empty */
    struct str name;       /* purl name, decoded */
    struct str version;    /* as the source writes it; empty when it is not known */
    struct str qualifiers; /* canonical: sorted, percent-encoded, "arch=amd64&distro=debian-12"; may be empty */
    struct str source;     /* OS packages: name of the source package (deb Source, rpm SOURCERPM, apk origin) */
    struct str source_version; /* of that source package */
    struct str upstream;         /* project it comes from; set by identity */
    struct str upstream_version; /* that project's version; empty when it cannot be read */
    struct str digest;           /* "sha256:…" of the file it is, when taken; may be empty */
};

/* Adds or replaces one qualifier, keeping the canonical form. An empty value removes it. */
void component_qualify(struct arena *mem, struct component *c, const char *key, struct str value);

/* The value of a qualifier, decoded; empty when it is not there. */
struct str component_qualifier(struct arena *mem, const struct component *c, const char *key);

/* The canonical purl (package-url specification), in the arena. */
struct str component_purl(struct arena *mem, const struct component *c);

/* The name as the ecosystem writes it: "group:artifact", "@scope/name", a Go module path, a deb's name. */
struct str component_name(struct arena *mem, const struct component *c);

/* Reads a purl; type is lowered, namespace, name and version decoded, qualifiers brought to canonical form, the
 * type's own normal forms applied (pypi names, lower-case github …). The part after the version's @ is taken as
 * it is. RC_INVALID with a text otherwise. */
MUST_USE enum rc component_parse(struct op *op, struct str purl, struct component *ret);

/* Equal type, namespace, name, version and qualifiers: the same component. */
bool component_same(const struct component *a, const struct component *b);
uint64_t component_hash(const struct component *c);

/* A copy whose slices live in the arena. */
struct component component_dup(struct arena *mem, const struct component *c);

/* PEP 503: lower case, runs of - _ . become one -. */
struct str pypi_name(struct arena *mem, struct str name);

#endif
