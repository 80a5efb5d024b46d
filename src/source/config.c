/* Diff ids and history go together: every history line that is not marked empty belongs to the next layer. */
#include "source/config.h"

#include "base/json.h"

struct config {
    struct str os, architecture, variant;
    VEC(struct str) diff_ids;
    VEC(struct str) made_by; /* of the layers, not of empty history lines */
};

static void history(struct json *j, struct op *op, struct config *c)
{
    if (!json_array(j))
        return;
    while (json_item(j)) {
        struct str by = {"", 0}, comment = {"", 0}, key;
        bool empty = false;
        if (!json_object(j))
            continue;
        while (json_key(j, &key)) {
            if (str_eq(key, STR("created_by")))
                by = json_string(j);
            else if (str_eq(key, STR("comment")))
                comment = json_string(j);
            else if (str_eq(key, STR("empty_layer")))
                empty = json_true(j);
        }
        if (!empty)
            *vec_push(op->mem, &c->made_by) = by.n ? by : comment;
    }
}

static void rootfs(struct json *j, struct op *op, struct config *c)
{
    struct str key;
    if (!json_object(j))
        return;
    while (json_key(j, &key)) {
        if (!str_eq(key, STR("diff_ids")) || !json_array(j))
            continue;
        while (json_item(j))
            *vec_push(op->mem, &c->diff_ids) = json_string(j);
    }
}

static enum rc parse(struct op *op, struct str bytes, struct config *c)
{
    struct json j;
    struct str key;
    json_open(&j, op, STR("image config"), bytes, 0);
    if (json_kind(&j) != JSON_OBJECT)
        return json_fail(&j, "an object expected");
    json_object(&j);
    while (json_key(&j, &key)) {
        if (str_eq(key, STR("os")))
            c->os = json_string(&j);
        else if (str_eq(key, STR("architecture")))
            c->architecture = json_string(&j);
        else if (str_eq(key, STR("variant")))
            c->variant = json_string(&j);
        else if (str_eq(key, STR("rootfs")))
            rootfs(&j, op, c);
        else if (str_eq(key, STR("history")))
            history(&j, op, c);
    }
    return json_close(&j);
}

static struct str platform(struct op *op, const struct config *c)
{
    if (c->os.n == 0 || c->architecture.n == 0)
        return (struct str){"", 0};
    struct str base = str_join(op->mem, c->os, STR("/"), c->architecture);
    return c->variant.n ? str_join(op->mem, base, STR("/"), c->variant) : base;
}

enum rc config_platform(struct op *op, struct str bytes, struct str *ret)
{
    struct config c = {0};
    TRY(parse(op, bytes, &c));
    *ret = platform(op, &c);
    return RC_OK;
}

static enum rc check_sizes(struct op *op, const struct image_blob *b, const struct container_file *f)
{
    if (b->size != UINT64_MAX && b->size != f->bytes.size)
        return fail(op, RC_INVALID, STR_FMT ": has %llu bytes, %llu promised", STR_ARG(b->path),
                    (unsigned long long)f->bytes.size, (unsigned long long)b->size);
    return RC_OK;
}

static enum rc layer(struct op *op, struct container *c, const struct image_blob *b, struct str diff_id, struct image_layer *ret)
{
    const struct container_file *f;
    char head[6];
    enum rc rc = container_find(op, c, b->path, &f);
    if (rc == RC_NOTFOUND)
        return fail(op, RC_INVALID, STR_FMT ": the layer " STR_FMT " is missing", STR_ARG(c->name), STR_ARG(b->path));
    TRY(rc);
    TRY(check_sizes(op, b, f));
    *ret = (struct image_layer){.blob = f->bytes, .name = f->path, .diff_id = diff_id};
    if (b->digest.n)
        digest_pool_add(c->pool, &f->bytes, f->path, b->digest);
    size_t n = f->bytes.size < sizeof head ? (size_t)f->bytes.size : sizeof head;
    TRY(extent_read(op, &f->bytes, f->path, 0, head, n));
    /* What is compressed is hashed as it is inflated. */
    if (codec_of((struct str){head, n}) == CODEC_NONE)
        digest_pool_add(c->pool, &f->bytes, f->path, diff_id);
    return RC_OK;
}

/* A layer whose bytes are not here by agreement: everything in it is unknown. */
static bool elsewhere(struct op *op, struct container *c, const struct image_blob *b)
{
    const struct container_file *f;
    return b->foreign && container_find(op, c, b->path, &f) == RC_NOTFOUND;
}

static void digest_of(struct tree *t, struct str digest)
{
    vec_each(struct str, known, &t->digests) if (str_eq(*known, digest)) return;
    if (digest.n)
        *vec_push(t->mem, &t->digests) = digest;
}

enum rc image_open(struct op *op, struct container *c, const struct image_parts *parts, struct tree *t)
{
    struct config config = {0};
    struct image *i = arena_alloc(op->mem, sizeof *i);
    t->mem = op->mem;
    t->state = i;
    TRY(parse(op, parts->config, &config));
    if (config.diff_ids.n != parts->blobs.n)
        return fail(op, RC_INVALID, STR_FMT ": the manifest has %zu layers, the config %zu", STR_ARG(c->name), parts->blobs.n,
                    config.diff_ids.n);
    if (config.diff_ids.n > LAYERS_MOST)
        return fail(op, RC_INVALID, STR_FMT ": more than %d layers", STR_ARG(c->name), LAYERS_MOST);
    t->platform = platform(op, &config);
    digest_of(t, parts->config_digest);
    i->c = c;
    i->layers = arena_array(op->mem, parts->blobs.n, sizeof *i->layers);
    for (size_t k = 0; k < parts->blobs.n; k++) {
        struct str diff_id = config.diff_ids.at[k];
        const struct image_blob *b = &parts->blobs.at[k];
        if (!digest_usable(diff_id))
            return fail(op, RC_INVALID, "image config: no digest of layer %zu: \"" STR_FMT "\"", k + 1, STR_ARG(diff_id));
        *vec_push(t->mem, &t->layers) = (struct layer){.diff_id = diff_id,
                                                       .blob = b->digest.n ? b->digest : diff_id,
                                                       .created_by = k < config.made_by.n ? config.made_by.at[k] : STR("")};
        digest_of(t, diff_id);
        digest_of(t, b->digest);
        i->layers[k] = (struct image_layer){.blob = {.fd = -1, .mem = ""}, .name = b->path, .diff_id = (struct str){"", 0}};
        if (elsewhere(op, c, b))
            tree_gap(t, str_print(op->mem, "layer %zu", k + 1), STR("its bytes are kept elsewhere"));
        else
            TRY(layer(op, c, b, diff_id, &i->layers[k]));
    }
    i->n = (uint32_t)parts->blobs.n;
    digest_pool_start(c->pool);
    return RC_OK;
}
