/* Path patterns: ? and * stay within a component, ** crosses components, [a-z] is a set, \ quotes one byte.
 * `**` followed by a slash also matches nothing, so that "**" "/x" finds a top-level x. Case counts. */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include "base/str.h"

bool glob_match(struct str pattern, struct str path);

/* Does the text hold one of * ? [ ? */
bool glob_is(struct str text);

#endif
