/* Which distribution a root file system is, from os-release: decides purl namespace and matching. */
#ifndef MODEL_DISTRO_H
#define MODEL_DISTRO_H

#include "base/str.h"

struct distro {
    struct str id;         /* ID: "debian"; empty when there is no os-release */
    struct str id_like;    /* ID_LIKE */
    struct str version_id; /* VERSION_ID: "12"; empty for Debian testing */
    struct str codename;   /* VERSION_CODENAME */
    struct str pretty;     /* PRETTY_NAME */
    struct str cpe;        /* CPE_NAME */
};

#endif
