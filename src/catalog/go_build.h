/* What the Go linker leaves in a program about its modules, and the components that Go modules are. */
#ifndef CATALOG_GO_BUILD_H
#define CATALOG_GO_BUILD_H

#include "format/elf.h"
#include "model/component.h"

struct go_module {
    struct str path, version; /* as written: "v1.2.3", "(devel)" */
    struct str old_path, old_version; /* what it replaces; empty when it replaces nothing */
};

struct go_build {
    struct str version; /* "go1.22.1" */
    struct str text;    /* the module lines, without their frame; empty in programs built without modules */
    struct go_module main; /* path empty when there is none */
    VEC(struct go_module) deps;
    bool pure; /* CGO_ENABLED=0: no C code in it */
};

/* RC_NOTFOUND when the file holds no build information. All slices are borrowed from the file; lists live in op->mem. */
MUST_USE enum rc go_build_read(struct op *op, const struct elf *e, struct go_build *ret);

/* A component of type golang: namespace and name are the path, cut at its last slash; all borrowed. */
struct component go_component(struct str path, struct str version);

/* The standard library: "go1.22.1", "1.22.1" and "go1.22.1 X:…" all give 1.22.1. */
struct component go_stdlib(struct str version);

#endif
