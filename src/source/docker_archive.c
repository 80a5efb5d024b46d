/* What `docker save` writes: a tar with manifest.json (maybe the last member), which names configs and layers. */
#include "base/hash.h"
#include "base/json.h"
#include "source/config.h"
#include "source/oci.h"

struct saved {
    struct str config; /* its path */
    VEC(struct str) tags;
    VEC(struct str) layers;
};

struct saved_images {
    VEC(struct saved) all;
};

static bool knows(struct op *op, const struct source_ref *ref)
{
    return !ref->is_folder && container_likely(op, ref);
}

#define STRINGS(j, mem, v)                                                                                                       \
    do {                                                                                                                         \
        if (json_array(j))                                                                                                       \
            while (json_item(j))                                                                                                 \
                *vec_push(mem, v) = json_string(j);                                                                              \
    } while (0)

static enum rc parse(struct op *op, struct str bytes, struct saved_images *ret)
{
    struct json j;
    struct str key;
    json_open(&j, op, STR("manifest.json"), bytes, 0);
    if (json_kind(&j) != JSON_ARRAY)
        return json_fail(&j, "an array expected");
    json_array(&j);
    while (json_item(&j)) {
        struct saved *s = vec_push(op->mem, &ret->all);
        if (!json_object(&j))
            continue;
        while (json_key(&j, &key)) {
            if (str_eq(key, STR("Config")))
                s->config = json_string(&j);
            else if (str_eq(key, STR("RepoTags")))
                STRINGS(&j, op->mem, &s->tags);
            else if (str_eq(key, STR("Layers")))
                STRINGS(&j, op->mem, &s->layers);
        }
    }
    return json_close(&j);
}

/* The digest that a path promises: of a blob, or of a config by its file name. */
static struct str promised(struct arena *mem, struct str path)
{
    struct str rest = path, algorithm, hex;
    if (str_take(&rest, STR("blobs/")) && str_split(rest, '/', &algorithm, &hex)) {
        struct str digest = str_join(mem, algorithm, STR(":"), hex);
        return digest_usable(digest) ? digest : STR("");
    }
    struct str base = str_base(path);
    if (str_ends(base, STR(".json"))) {
        struct str digest = str_join(mem, STR("sha256:"), str_but(base, 5));
        return digest_usable(digest) ? digest : STR("");
    }
    return STR("");
}

static enum rc open_one(struct op *op, struct container *c, const struct saved *s, struct tree *t)
{
    struct image_parts parts = {0};
    unsigned char sum[SHA256_BYTES];
    enum rc rc = container_read(op, c, s->config, &parts.config);
    if (rc == RC_NOTFOUND)
        return fail(op, RC_INVALID, STR_FMT ": the config " STR_FMT " is missing", STR_ARG(c->name), STR_ARG(s->config));
    TRY(rc);
    struct str promise = promised(op->mem, s->config);
    if (promise.n && !digest_matches(promise, parts.config))
        return fail(op, RC_INVALID, STR_FMT ": " STR_FMT " is not " STR_FMT, STR_ARG(c->name), STR_ARG(s->config),
                    STR_ARG(promise));
    sha256_of(parts.config, sum);
    parts.config_digest = sha256_text(op->mem, sum);
    vec_each(struct str, path, &s->layers)
    {
        bool blob = str_starts(*path, STR("blobs/"));
        *vec_push(op->mem, &parts.blobs) =
            (struct image_blob){.path = *path, .digest = blob ? promised(op->mem, *path) : STR(""), .size = UINT64_MAX};
    }
    *t = (struct tree){.kind = STR("docker-archive"), .mem = op->mem};
    for (size_t k = 0; k < s->tags.n; k++)
        *vec_push(t->mem, &t->names) = s->tags.at[k];
    t->name = s->tags.n && s->tags.at[0].n ? s->tags.at[0] : parts.config_digest;
    TRY(image_open(op, c, &parts, t));
    return oci_digests(op, c, parts.config_digest, t);
}

extern const struct source source_docker_archive;

static enum rc open_trees(struct op *op, const struct source_ref *ref, struct tree *ret_trees, size_t most, size_t *ret_n)
{
    struct container *c;
    struct str bytes;
    struct saved_images images = {0};
    if (ref->is_folder)
        return fail(op, RC_INVALID, STR_FMT ": a folder, not an archive", STR_ARG(ref->text));
    TRY(container_open(op, ref, &c));
    enum rc rc = container_read(op, c, STR("manifest.json"), &bytes);
    if (rc == RC_NOTFOUND)
        return oci_open(op, c, ref, ret_trees, most, ret_n);
    TRY(rc);
    TRY(parse(op, bytes, &images));
    if (images.all.n == 0)
        return fail(op, RC_INVALID, STR_FMT ": manifest.json names no image", STR_ARG(ref->text));
    if (images.all.n > most)
        return fail(op, RC_INVALID, STR_FMT ": more than %zu images", STR_ARG(ref->text), most);
    for (size_t k = 0; k < images.all.n; k++) {
        TRY(open_one(op, c, &images.all.at[k], &ret_trees[k]));
        ret_trees[k].source = &source_docker_archive;
    }
    *ret_n = images.all.n;
    return RC_OK;
}

const struct source source_docker_archive = {
    .name = "docker-archive",
    .help = "An archive of one or more images as docker save, podman save or skopeo writes it, also compressed.",
    .knows = knows,
    .open = open_trees,
    .walk = image_walk,
    .read = image_read,
};
