/* index.json → (an index →) a manifest → config and layers, every step checked against size and digest. */
#include "source/oci.h"

#include "base/json.h"
#include "source/config.h"

enum { NESTING_MOST = 4, DESCRIPTORS_MOST = 4096 };

struct descriptor {
    struct str media, digest, os, architecture, variant;
    struct str ref_name, image_name; /* annotations */
    uint64_t size;
    bool attestation, foreign;
};

struct document {
    struct descriptor config;
    VEC(struct descriptor) manifests, layers;
    bool is_manifest;
};

/* ---- reading ---- */

static void annotations(struct json *j, struct descriptor *d)
{
    struct str key;
    if (!json_object(j))
        return;
    while (json_key(j, &key)) {
        if (str_eq(key, STR("org.opencontainers.image.ref.name")))
            d->ref_name = json_string(j);
        else if (str_eq(key, STR("io.containerd.image.name")))
            d->image_name = json_string(j);
        else if (str_eq(key, STR("vnd.docker.reference.type")))
            d->attestation = true;
    }
}

static void platform(struct json *j, struct descriptor *d)
{
    struct str key;
    if (!json_object(j))
        return;
    while (json_key(j, &key)) {
        if (str_eq(key, STR("os")))
            d->os = json_string(j);
        else if (str_eq(key, STR("architecture")))
            d->architecture = json_string(j);
        else if (str_eq(key, STR("variant")))
            d->variant = json_string(j);
    }
}

static void descriptor(struct json *j, struct descriptor *d)
{
    struct str key;
    int64_t size = -1;
    *d = (struct descriptor){.size = UINT64_MAX};
    if (!json_object(j))
        return;
    while (json_key(j, &key)) {
        if (str_eq(key, STR("mediaType")))
            d->media = json_string(j);
        else if (str_eq(key, STR("digest")))
            d->digest = json_string(j);
        else if (str_eq(key, STR("size")))
            d->size = json_int(j, &size) && size >= 0 ? (uint64_t)size : UINT64_MAX;
        else if (str_eq(key, STR("platform")))
            platform(j, d);
        else if (str_eq(key, STR("annotations")))
            annotations(j, d);
        else if (str_eq(key, STR("artifactType")))
            d->attestation = json_string(j).n != 0;
        else if (str_eq(key, STR("urls")))
            d->foreign = json_kind(j) == JSON_ARRAY;
    }
    if (str_eq(d->os, STR("unknown")) && str_eq(d->architecture, STR("unknown")))
        d->attestation = true;
    if (str_find(d->media, STR("nondistributable")) != STR_NONE || str_find(d->media, STR("foreign")) != STR_NONE)
        d->foreign = true;
}

#define DESCRIPTORS(j, op, v)                                                                                                    \
    do {                                                                                                                         \
        if (json_array(j))                                                                                                       \
            while (json_item(j)) {                                                                                               \
                if ((v)->n >= DESCRIPTORS_MOST)                                                                                  \
                    return json_fail(j, "fewer entries expected");                                                               \
                descriptor(j, vec_push((op)->mem, v));                                                                           \
            }                                                                                                                    \
    } while (0)

static enum rc parse(struct op *op, struct str name, struct str bytes, struct document *ret)
{
    struct json j;
    struct str key;
    *ret = (struct document){0};
    json_open(&j, op, name, bytes, 0);
    if (json_kind(&j) != JSON_OBJECT)
        return json_fail(&j, "an object expected");
    json_object(&j);
    while (json_key(&j, &key)) {
        if (str_eq(key, STR("manifests"))) {
            DESCRIPTORS(&j, op, &ret->manifests);
        } else if (str_eq(key, STR("layers"))) {
            DESCRIPTORS(&j, op, &ret->layers);
            ret->is_manifest = true;
        } else if (str_eq(key, STR("config"))) {
            descriptor(&j, &ret->config);
            ret->is_manifest = true;
        }
    }
    return json_close(&j);
}

/* The bytes a descriptor means. RC_NOTFOUND when they are not here. */
static enum rc blob(struct op *op, struct container *c, const struct descriptor *d, struct str *ret)
{
    struct str bytes;
    if (!digest_usable(d->digest))
        return fail(op, RC_INVALID, STR_FMT ": \"" STR_FMT "\" is no digest", STR_ARG(c->name), STR_ARG(d->digest));
    TRY(container_read(op, c, container_blob_path(op->mem, d->digest), &bytes));
    if (d->size != bytes.n)
        return fail(op, RC_INVALID, STR_FMT ": " STR_FMT " has %zu bytes, another size was promised", STR_ARG(c->name),
                    STR_ARG(d->digest), bytes.n);
    if (!digest_matches(d->digest, bytes))
        return fail(op, RC_INVALID, STR_FMT ": the blob is not " STR_FMT, STR_ARG(c->name), STR_ARG(d->digest));
    *ret = bytes;
    return RC_OK;
}

static enum rc document(struct op *op, struct container *c, const struct descriptor *d, struct document *ret)
{
    struct str bytes;
    TRY(blob(op, c, d, &bytes));
    return parse(op, d->digest, bytes, ret);
}

/* ---- choosing ---- */

static struct str this_machine(void)
{
#if defined(__x86_64__)
    return STR("linux/amd64");
#elif defined(__aarch64__)
    return STR("linux/arm64");
#elif defined(__riscv)
    return STR("linux/riscv64");
#elif defined(__powerpc64__)
    return STR("linux/ppc64le");
#elif defined(__s390x__)
    return STR("linux/s390x");
#elif defined(__arm__)
    return STR("linux/arm");
#else
    return STR("linux/386");
#endif
}

/* "linux/arm64" means any variant. */
static bool platform_is(struct str have, struct str want)
{
    return str_eq(have, want) || (str_starts(have, want) && have.p[want.n] == '/');
}

static struct str platform_of(struct arena *mem, const struct descriptor *d)
{
    if (d->os.n == 0 || d->architecture.n == 0)
        return STR("");
    struct str base = str_join(mem, d->os, STR("/"), d->architecture);
    return d->variant.n ? str_join(mem, base, STR("/"), d->variant) : base;
}

/* One of n for the platform; the only one when none was asked for. RC_INVALID with a list of what there is. */
static enum rc choose(struct op *op, const struct source_ref *ref, const struct descriptor *all, size_t n,
                      const struct descriptor **ret)
{
    struct str want = ref->platform.n ? ref->platform : this_machine(), there = STR("");
    const struct descriptor *only = NULL;
    size_t images = 0;
    for (size_t k = 0; k < n; k++) {
        struct str p = platform_of(op->mem, &all[k]);
        if (all[k].attestation)
            continue;
        if (p.n && platform_is(p, want)) {
            *ret = &all[k];
            return RC_OK;
        }
        images++;
        only = &all[k];
        if (images <= 32)
            there = str_join(op->mem, there, STR(" "), p.n ? p : STR("?"));
    }
    if (images == 1 && (ref->platform.n == 0 || platform_of(op->mem, only).n == 0)) {
        *ret = only;
        return RC_OK;
    }
    if (images == 0)
        return fail(op, RC_INVALID, STR_FMT ": an index without an image", STR_ARG(ref->text));
    return fail(op, RC_INVALID, STR_FMT ": no image for " STR_FMT "; there are:" STR_FMT, STR_ARG(ref->text), STR_ARG(want),
                STR_ARG(there));
}

/* ---- one image ---- */

static bool is_image_config(struct str media)
{
    return media.n == 0 || str_eq(media, STR("application/vnd.oci.image.config.v1+json"))
           || str_eq(media, STR("application/vnd.docker.container.image.v1+json"));
}

static void add_once(struct arena *mem, struct tree *t, struct str digest)
{
    vec_each(struct str, d, &t->digests) if (str_eq(*d, digest)) return;
    *vec_push(mem, &t->digests) = digest;
}

static enum rc missing(struct op *op, enum rc rc, const struct container *c, struct str digest)
{
    return rc == RC_NOTFOUND
               ? fail(op, RC_INVALID, STR_FMT ": the blob " STR_FMT " is missing", STR_ARG(c->name), STR_ARG(digest))
               : rc;
}

/* Follows indexes down to a manifest, noting the digests on the way. RC_NOTFOUND when it is no image. */
static enum rc resolve(struct op *op, struct container *c, const struct source_ref *ref, const struct descriptor *top,
                       struct tree *t, struct document *ret)
{
    const struct descriptor *d = top;
    for (unsigned depth = 0; depth < NESTING_MOST; depth++) {
        TRY(missing(op, document(op, c, d, ret), c, d->digest));
        add_once(op->mem, t, d->digest);
        if (ret->is_manifest)
            return is_image_config(ret->config.media) && ret->config.digest.n ? RC_OK : RC_NOTFOUND;
        struct descriptor *list = ret->manifests.at;
        TRY(choose(op, ref, list, ret->manifests.n, &d));
    }
    return fail(op, RC_INVALID, STR_FMT ": indexes nested more than %d deep", STR_ARG(c->name), NESTING_MOST);
}

static enum rc open_one(struct op *op, struct container *c, const struct source_ref *ref, const struct descriptor *d,
                        struct tree *t)
{
    struct document doc;
    struct image_parts parts = {0};
    TRY(resolve(op, c, ref, d, t, &doc));
    TRY(missing(op, blob(op, c, &doc.config, &parts.config), c, doc.config.digest));
    parts.config_digest = doc.config.digest;
    vec_each(struct descriptor, layer, &doc.layers)
    {
        if (!digest_usable(layer->digest))
            return fail(op, RC_INVALID, STR_FMT ": \"" STR_FMT "\" is no digest", STR_ARG(c->name), STR_ARG(layer->digest));
        *vec_push(op->mem, &parts.blobs) = (struct image_blob){.path = container_blob_path(op->mem, layer->digest),
                                                               .digest = layer->digest,
                                                               .size = layer->size,
                                                               .foreign = layer->foreign};
    }
    TRY(image_open(op, c, &parts, t));
    if (ref->platform.n && t->platform.n && !platform_is(t->platform, ref->platform))
        return fail(op, RC_INVALID, STR_FMT ": is for " STR_FMT ", not for " STR_FMT, STR_ARG(c->name), STR_ARG(t->platform),
                    STR_ARG(ref->platform));
    return RC_OK;
}

/* ---- the layout ---- */

/* Descriptors of one ref name, or without one, that differ by platform are one image. */
struct group {
    struct str name;
    bool named;
    VEC(struct descriptor) members;
    VEC(struct str) names;
};

struct groups {
    VEC(struct group) all;
};

static struct group *group_for(struct op *op, struct groups *g, const struct descriptor *d)
{
    bool has_platform = d->os.n != 0;
    vec_each(struct group, at, &g->all)
    {
        const struct descriptor *first = &at->members.at[0];
        if (str_eq(first->digest, d->digest) && at->members.n == 1)
            return at;
        if (at->named ? str_eq(at->name, d->ref_name) : d->ref_name.n == 0 && has_platform && first->os.n != 0)
            return at;
    }
    struct group *made = vec_push(op->mem, &g->all);
    made->name = d->ref_name;
    made->named = d->ref_name.n != 0;
    return made;
}

static void add_name(struct op *op, struct group *g, struct str name)
{
    vec_each(struct str, known, &g->names) if (str_eq(*known, name)) return;
    if (name.n)
        *vec_push(op->mem, &g->names) = name;
}

static enum rc group(struct op *op, const struct document *index, struct groups *ret)
{
    vec_each(struct descriptor, d, &index->manifests)
    {
        if (d->attestation)
            continue;
        if (ret->all.n > 1000)
            return fail(op, RC_INVALID, "index.json: more than 1000 images");
        struct group *g = group_for(op, ret, d);
        add_name(op, g, d->ref_name);
        add_name(op, g, d->image_name);
        if (g->members.n == 0 || !str_eq(g->members.at[0].digest, d->digest))
            *vec_push(op->mem, &g->members) = *d;
    }
    return RC_OK;
}

static enum rc layout_version(struct op *op, struct container *c)
{
    struct str bytes, key, version = {"", 0};
    struct json j;
    enum rc rc = container_read(op, c, STR("oci-layout"), &bytes);
    if (rc == RC_NOTFOUND)
        return fail(op, RC_INVALID, STR_FMT ": neither manifest.json nor oci-layout in it", STR_ARG(c->name));
    TRY(rc);
    json_open(&j, op, STR("oci-layout"), bytes, 0);
    if (json_object(&j))
        while (json_key(&j, &key))
            if (str_eq(key, STR("imageLayoutVersion")))
                version = json_string(&j);
    TRY(json_close(&j));
    if (!str_starts(version, STR("1.")))
        return fail(op, RC_UNSUPPORTED, STR_FMT ": image layout version \"" STR_FMT "\", 1.x expected", STR_ARG(c->name),
                    STR_ARG(version));
    return RC_OK;
}

static enum rc open_group(struct op *op, struct container *c, const struct source_ref *ref, const struct group *g, struct tree *t)
{
    const struct descriptor *d = &g->members.at[0];
    if (g->members.n > 1)
        TRY(choose(op, ref, d, g->members.n, &d));
    *t = (struct tree){.kind = STR("oci"), .mem = op->mem};
    for (size_t k = 0; k < g->names.n; k++)
        *vec_push(t->mem, &t->names) = g->names.at[k];
    t->name = g->names.n ? g->names.at[0] : d->digest;
    return open_one(op, c, ref, d, t);
}

extern const struct source source_oci;

enum rc oci_open(struct op *op, struct container *c, const struct source_ref *ref, struct tree *ret_trees, size_t most,
                 size_t *ret_n)
{
    struct str bytes;
    struct document index;
    struct groups groups = {0};
    size_t n = 0;
    TRY(layout_version(op, c));
    TRY(missing(op, container_read(op, c, STR("index.json"), &bytes), c, STR("index.json")));
    TRY(parse(op, STR("index.json"), bytes, &index));
    TRY(group(op, &index, &groups));
    vec_each(struct group, g, &groups.all)
    {
        if (n == most)
            return fail(op, RC_INVALID, STR_FMT ": more than %zu images", STR_ARG(c->name), most);
        enum rc rc = open_group(op, c, ref, g, &ret_trees[n]);
        if (rc == RC_NOTFOUND) /* a signature, a chart: no image */
            continue;
        TRY(rc);
        ret_trees[n++].source = &source_oci;
    }
    if (n == 0)
        return fail(op, RC_INVALID, STR_FMT ": no image in it", STR_ARG(c->name));
    *ret_n = n;
    return RC_OK;
}

/* Does this manifest, or one below this index, have that config? Digests go into *found, the outermost first. */
static bool leads_to(struct op *op, struct container *c, const struct descriptor *top, struct str config, struct str found[2])
{
    struct document doc, below;
    found[0] = top->digest;
    found[1] = STR("");
    if (document(op, c, top, &doc) != RC_OK)
        return false;
    if (doc.is_manifest)
        return str_eq(doc.config.digest, config);
    for (size_t k = 0; k < doc.manifests.n && k < 64; k++) {
        found[1] = doc.manifests.at[k].digest;
        if (document(op, c, &doc.manifests.at[k], &below) == RC_OK && str_eq(below.config.digest, config))
            return true;
        op_clear(op);
    }
    return false;
}

enum rc oci_digests(struct op *op, struct container *c, struct str config_digest, struct tree *t)
{
    struct str bytes, found[2];
    struct document index;
    if (container_read(op, c, STR("index.json"), &bytes) == RC_OK && parse(op, STR("index.json"), bytes, &index) == RC_OK)
        for (size_t k = 0; k < index.manifests.n && k < 64; k++) {
            if (leads_to(op, c, &index.manifests.at[k], config_digest, found)) {
                add_once(op->mem, t, found[0]);
                if (found[1].n)
                    add_once(op->mem, t, found[1]);
            }
            op_clear(op);
        }
    op_clear(op);
    return RC_OK;
}

static bool knows(struct op *op, const struct source_ref *ref)
{
    struct arena *mem;
    struct container c = {.is_folder = true, .fd = ref->fd, .name = ref->text};
    const struct container_file *f;
    if (!ref->is_folder)
        return container_likely(op, ref);
    mem = arena_child(op->mem);
    struct op sub = {.mem = mem, .limits = op->limits};
    c.mem = mem;
    map_open(&c.members, mem);
    bool yes =
        container_find(&sub, &c, STR("oci-layout"), &f) == RC_OK && container_find(&sub, &c, STR("index.json"), &f) == RC_OK;
    arena_close(mem);
    return yes;
}

static enum rc open_trees(struct op *op, const struct source_ref *ref, struct tree *ret_trees, size_t most, size_t *ret_n)
{
    struct container *c;
    TRY(container_open(op, ref, &c));
    return oci_open(op, c, ref, ret_trees, most, ret_n);
}

const struct source source_oci = {
    .name = "oci",
    .help = "An OCI image layout, as a folder or in an archive.",
    .knows = knows,
    .open = open_trees,
    .walk = image_walk,
    .read = image_read,
};
