/* The reader of the advisory index on a file in which anything may stand: the input is a list of changes to a small index that
 * is made once, five bytes each (place, kind, value); the header's checksum is put right, so that the rest is reached. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/hash.h"
#include "fuzz/run.h"
#include "store/advindex.h"
#include "store/advindex_layout.h"

const unsigned fuzz_entries = 0;

enum { IMAGE_MOST = 64 << 10 };

static char image[IMAGE_MOST];
static size_t image_n;

static advindex_compare *order(struct str ecosystem)
{
    (void)ecosystem;
    return str_cmp;
}

static void add(struct op *op, struct advindex_writer *w, const char *source, const char *id, const char *ecosystem, const char *name, unsigned flags)
{
    struct advisory a = {.id = str_of(id), .modified = 5, .published = 4, .summary = STR("wrong"), .whole = STR("{\"id\":1}"), .flags = flags};
    struct affected *e = vec_push(op->mem, &a.affected);
    *e = (struct affected){.ecosystem = str_of(ecosystem), .name = str_of(name), .purl = STR(""), .urgency = STR("low")};
    struct advisory_range *r = vec_push(op->mem, &e->ranges);
    *r = (struct advisory_range){.kind = RANGE_ECOSYSTEM, .repo = STR("")};
    *vec_push(op->mem, &r->events) = (struct advisory_event){EVENT_INTRODUCED, STR("1.0")};
    *vec_push(op->mem, &r->events) = (struct advisory_event){EVENT_FIXED, STR("1.5")};
    *vec_push(op->mem, &e->versions) = STR("0.9");
    *vec_push(op->mem, &e->versions) = STR("0.7");
    *vec_push(op->mem, &a.aliases) = STR("CVE-2024-1");
    *vec_push(op->mem, &a.upstream) = STR("CVE-2024-2");
    *vec_push(op->mem, &a.severities) = (struct severity){STR("CVSS_V3"), STR("CVSS:3.1/AV:N")};
    if (advindex_add(op, w, str_of(source), &a) != RC_OK)
        abort();
}

static void make(void)
{
    struct op op = {.mem = arena_open((size_t)1 << 30), .limits = &limits_default};
    struct advindex_writer *w;
    char folder[] = "/tmp/muster-fuzz.XXXXXX";
    if (!mkdtemp(folder))
        abort();
    struct str path = str_print(op.mem, "%s/index", folder);
    if (advindex_writer_open(&op, path, order, &w) != RC_OK)
        abort();
    add(&op, w, "npm", "A-1", "npm", "left", 0);
    add(&op, w, "npm", "A-2", "npm", "right", ADVISORY_MALICIOUS);
    add(&op, w, "debian", "A-1", "Debian:12", "left", 0);
    if (advindex_add_exploited(&op, w, STR("kev"), &(struct known_exploited){STR("CVE-2024-1"), 7, 8, true}) != RC_OK
        || advindex_add_score(&op, w, STR("epss"), &(struct exploit_score){STR("CVE-2024-1"), 0.25, 0.5, 9}) != RC_OK
        || advindex_add_life(&op, w, STR("eol"), &(struct end_of_life){STR("debian"), STR("8"), 10, 11}) != RC_OK
        || advindex_add_ssvc(&op, w, STR("ssvc"), &(struct ssvc_points){STR("CVE-2024-1"), SSVC_ACTIVE, true, false, 12}) != RC_OK
        || advindex_commit(&op, w, 1000) != RC_OK)
        abort();
    FILE *f = fopen(path.p, "rb");
    if (!f)
        abort();
    image_n = fread(image, 1, sizeof image, f);
    fclose(f);
    unlink(path.p);
    rmdir(folder);
    arena_close(op.mem);
}

static size_t change(char *bytes, struct str input)
{
    size_t n = image_n;
    for (; input.n >= 5; input = str_from(input, 5)) {
        const unsigned char *p = (const unsigned char *)input.p;
        size_t at = (p[0] | (size_t)p[1] << 8) % image_n;
        uint32_t value = p[3] | (uint32_t)p[4] << 8;
        if (p[2] % 8 == 7)
            n = at;
        else if (p[2] % 2 == 0)
            bytes[at] = (char)(p[2] % 4 ? bytes[at] ^ p[3] : p[3]);
        else if (at + sizeof value <= image_n)
            memcpy(bytes + at, &value, sizeof value);
    }
    struct advindex_header h;
    memcpy(&h, bytes, sizeof h);
    if (h.format == ADVINDEX_FORMAT) {
        h.checksum = advindex_checksum((struct str){bytes, offsetof(struct advindex_header, checksum)});
        memcpy(bytes, &h, sizeof h);
    }
    return n;
}

static enum rc visit(struct op *op, void *arg, const struct advisory_view *v)
{
    size_t *sum = arg;
    (void)op;
    for (uint32_t i = 0; i < v->n_intervals; i++)
        *sum += hash64(view_text(v, v->intervals[i].low)) ^ hash64(view_text(v, v->intervals[i].high));
    for (uint32_t i = 0; i < v->n_versions; i++)
        *sum += hash64(view_text(v, v->versions[i]));
    *sum += hash64(v->id) + hash64(v->name) + hash64(v->urgency) + hash64(v->ecosystem);
    return RC_OK;
}

static enum rc on_source(struct op *op, void *arg, const struct advindex_source *s)
{
    (void)op;
    *(size_t *)arg += hash64(s->name);
    return RC_OK;
}

static enum rc on_advisory(struct op *op, void *arg, const struct advisory *a)
{
    (void)op;
    *(size_t *)arg += hash64(a->id) + hash64(a->whole);
    return RC_OK;
}

static enum rc on_exploited(struct op *op, void *arg, const struct known_exploited *k)
{
    (void)op;
    *(size_t *)arg += hash64(k->id);
    return RC_OK;
}

static enum rc on_score(struct op *op, void *arg, const struct exploit_score *s)
{
    (void)op;
    *(size_t *)arg += hash64(s->id);
    return RC_OK;
}

static enum rc on_life(struct op *op, void *arg, const struct end_of_life *e)
{
    (void)op;
    *(size_t *)arg += hash64(e->product) + hash64(e->cycle);
    return RC_OK;
}

static enum rc on_ssvc(struct op *op, void *arg, const struct ssvc_points *p)
{
    (void)op;
    *(size_t *)arg += hash64(p->id);
    return RC_OK;
}

static void ask_records(struct op *op, const struct advindex *ix, size_t *sum)
{
    struct advisory_lookup look;
    uint32_t found[8], all[8];
    size_t n = 0;
    struct str text;
    advindex_lookup(ix, &look);
    (void)!look.find(look.arg, op, STR("npm"), STR("left"), visit, sum);
    (void)!look.find(look.arg, op, STR("npm"), STR("right"), visit, sum);
    (void)!look.find(look.arg, op, STR("Debian"), STR("left"), visit, sum);
    (void)!look.by_id(look.arg, op, STR("A-1"), found, 8, &n);
    (void)!advindex_about(op, ix, STR("CVE-2024-2"), found, 8, &n);
    *sum += look.exploited(look.arg, STR("CVE-2024-1"), &(struct known_exploited){.added = 0});
    *sum += look.probability(look.arg, STR("CVE-2024-1")) > 0.1;
    for (uint32_t i = 0; i < 8; i++) {
        struct record_view r;
        all[i] = i;
        if (look.record(look.arg, op, i, &r) == RC_OK)
            *sum += hash64(r.summary) + r.n_aliases;
        if (advindex_whole(op, ix, i, &text) == RC_OK)
            *sum += hash64(text);
        op_clear(op);
    }
    (void)!advindex_entries(op, ix, all, 8, visit, sum);
}

static void ask(struct op *op, const struct advindex *ix)
{
    const struct advindex_export e = {on_source, on_advisory, on_exploited, on_score, on_life, on_ssvc, &(size_t){0}};
    size_t sum = 0, n = 0;
    struct str *names;
    uint32_t *found;
    struct advindex_source *sources;
    struct end_of_life life;
    struct ssvc_points points;
    ask_records(op, ix, &sum);
    (void)!advindex_ecosystems(op, ix, &names, &n);
    (void)!advindex_sources(op, ix, &sources, &n);
    (void)!advindex_search(op, ix, STR("left"), 8, &found, &n);
    sum += advindex_life(ix, STR("debian"), STR("8"), &life) && life.product.n;
    sum += advindex_ssvc(ix, STR("CVE-2024-1"), &points) && points.id.n;
    sum += advindex_covers(ix, STR("Debian"), STR("12"), NULL);
    op_clear(op);
    (void)!advindex_export(op, ix, &e);
    op_clear(op);
    (void)!advindex_check(op, ix);
}

static void work(struct op *op, struct str input)
{
    char *bytes = arena_alloc(op->mem, image_n);
    struct advindex *ix;
    memcpy(bytes, image, image_n);
    size_t n = change(bytes, input);
    int fd = memfd_create("index", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
        abort();
    if (advindex_open(op, str_print(op->mem, "/proc/self/fd/%d", fd), &ix) == RC_OK)
        ask(op, ix);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (image_n == 0)
        make();
    return fuzz_run(work, data, size);
}
