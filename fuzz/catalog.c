/* Every cataloger on any bytes: the first byte picks it, the second one of its paths. */
#include "catalog/catalog.h"
#include "fuzz/run.h"

const unsigned fuzz_entries = 24;

static enum rc sibling(struct op *op, void *arg, struct str path, struct str *ret)
{
    const struct str *input = arg;
    (void)op;
    if (path.n % 2)
        return RC_NOTFOUND;
    *ret = *input;
    return RC_OK;
}

/* A path that the glob matches: ** gone, * and ? replaced. */
static struct str path_for(struct arena *mem, const char *glob)
{
    char *out = arena_alloc(mem, strlen(glob) + 1);
    size_t n = 0;
    for (; *glob; glob++) {
        if (glob[0] == '*' && glob[1] == '*' && glob[2] == '/')
            glob += 2;
        else
            out[n++] = *glob == '*' || *glob == '?' ? 'x' : *glob;
    }
    return (struct str){out, n};
}

static void work(struct op *op, struct str input)
{
    size_t count = 0, paths = 0;
    while (catalogers[count])
        count++;
    if (input.n < 2 || count == 0)
        return;
    const struct cataloger *c = catalogers[(unsigned char)input.p[0] % count];
    while (c->paths && c->paths[paths])
        paths++;
    struct distro distro = {.id = STR("debian"), .version_id = STR("12")};
    struct str rest = str_from(input, 1);
    struct catalog_scan scan = {.distro = &distro, .profile = PROFILE_ALL, .owners = catalog_owners_open(op->mem), .sibling = sibling, .arg = &rest};
    struct catalog_run run = {.mem = op->mem, .scan = &scan};
    struct bom bom;
    bom_open(&bom, op->mem);
    struct catalog_file f = {.path = paths ? path_for(op->mem, c->paths[(unsigned char)input.p[1] % paths]) : STR("usr/bin/x"), .bytes = rest, .layer = LAYER_NONE};
    (void)!c->file(op, &run, &f, &bom);
    op_clear(op);
    if (c->done)
        (void)!c->done(op, &run, &bom);
    bom_sort(&bom);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_run(work, data, size);
}
