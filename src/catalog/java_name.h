/* What the file name and the manifest of a Java archive say it is. */
#ifndef CATALOG_JAVA_NAME_H
#define CATALOG_JAVA_NAME_H

#include "base/op.h"

struct java_manifest {
    struct str title, version, vendor_id;      /* Implementation-* */
    struct str bundle_name, bundle_version;    /* Bundle-SymbolicName without its directives, Bundle-Version */
};

/* The main section of a MANIFEST.MF; values live in `mem`. Unknown and odd lines are passed over. */
void java_manifest_read(struct arena *mem, struct str bytes, struct java_manifest *ret);

/* "log4j-1.2-api-2.17.1.jar": log4j-1.2-api and 2.17.1. The version is empty when the name holds none. Borrowed. */
void java_file_name(struct str base, struct str *ret_name, struct str *ret_version);

/* Does this look like a version of Maven, and not like a placeholder or a sentence? */
bool java_is_version(struct str s);

/* A Java archive by its file name's ending: jar, war, ear … */
bool java_is_archive(struct str path);

#endif
