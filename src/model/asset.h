/* What a scan can say about the asset itself, apart from its components: names, digests, layers, distribution. */
#ifndef MODEL_ASSET_H
#define MODEL_ASSET_H

#include "base/vec.h"
#include "model/distro.h"

/* One layer of an image. */
struct layer {
    struct str diff_id;    /* "sha256:…" of the uncompressed tar */
    struct str blob;       /* digest of the bytes as stored; may equal diff_id */
    struct str created_by; /* history line; may be empty */
};

struct asset_facts {
    struct str kind; /* "host", "root", "image", "project", "file", … */
    struct str name;
    VEC(struct str) names;   /* other names it goes by */
    VEC(struct str) digests; /* all that finds it: manifest, config, index, layers */
    struct str platform;     /* "linux/amd64"; empty outside images */
    VEC(struct layer) layers;
    struct distro distro;
    bool landlock; /* the scan was fenced by Landlock as well as by seccomp */
};

#endif
