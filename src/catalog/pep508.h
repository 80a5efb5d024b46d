/* One Python requirement: `name [extras] (specifiers) ; marker` or `name @ address ; marker`. */
#ifndef CATALOG_PEP508_H
#define CATALOG_PEP508_H

#include "model/component.h"

struct pep508 {
    struct str name;    /* as written */
    struct str extras;  /* between the brackets */
    struct str specs;   /* "==1.2,<3": without parentheses; empty when there are none */
    struct str address; /* after @; empty when there is none */
    struct str marker;  /* after ; */
};

/* False when this is no requirement. All slices are borrowed. */
bool pep508_parse(struct str text, struct pep508 *ret);

/* The one version that the specifiers allow (== or ===, no wildcard); empty when they do not pin. */
struct str pep508_pin(struct str specs);

/* The name at the front of the text, which is moved past it; empty when no name stands there. */
struct str pep508_name(struct str *text);

/* A component of type pypi under its normal name. */
struct component pypi_component(struct arena *mem, struct str name, struct str version);

#endif
