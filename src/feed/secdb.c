/* Alpine's secdb and those made like it (Wolfi, Chainguard): one JSON file a repository, package → secfixes → the version
 * that fixes → flaws; fixed in "0": never affected. Nothing says since when a flaw is there, so every range starts at 0.
 *
 * One record a flaw and file, with one entry a package. Files of other releases say other things of the same flaw, so the
 * record's own name holds release and repository ("ALPINE-v3.20-main-CVE-2024-1"); the flaw is its `upstream`.
 * An item may hold several words: "CVE-2018-7540 XSA-252", one flaw and its other name, or two CVEs, which are two flaws;
 * what is no identifier ("(+ regression fix)") is passed over. */
#include "base/map.h"
#include "feed/parts.h"

#define NONE UINT32_MAX

enum { WORDS_MOST = 16, ITEMS_MOST = 16 << 20, TEXT_MOST = 1024 };

/* One package fixes one flaw in one version. */
struct fix {
    struct str package, version;
    uint32_t next; /* of the same flaw; or NONE */
};

struct flaw {
    struct str id;
    uint32_t first, last;
    VEC(struct str) also; /* its other names */
};

struct reader {
    struct json j;
    struct arena *mem;
    struct str release, repository, place; /* distroversion, reponame, urlprefix */
    VEC(struct fix) fixes;
    VEC(struct flaw) flaws;
    struct map index; /* id → 1 + its place in flaws */
    bool has_packages;
    struct faults faults;
    enum rc rc;
};

static int bid(struct str name, struct str bytes)
{
    (void)name;
    struct str head = str_upto(bytes, 64 << 10), tail = str_from(bytes, bytes.n > 4096 ? bytes.n - 4096 : 0);
    if (!looks_like_object(head) || str_find(head, STR("\"packages\"")) == STR_NONE)
        return 0;
    bool fixes = str_find(head, STR("\"secfixes\"")) != STR_NONE;
    bool repository = str_find(head, STR("\"apkurl\"")) != STR_NONE || str_find(tail, STR("\"apkurl\"")) != STR_NONE;
    repository = repository || str_find(head, STR("\"reponame\"")) != STR_NONE || str_find(tail, STR("\"reponame\"")) != STR_NONE;
    return (fixes ? 60 : 0) + (repository ? 35 : 0);
}

/* ---- reading ---- */

/* Letters, a hyphen, and a digit somewhere after it: CVE-2019-1, XSA-252, GHSA-xxxx-…, GNUTLS-SA-2020-09-04. */
static bool is_identifier(struct str w)
{
    size_t hyphen = str_chr(w, '-'), digits = 0;
    if (hyphen == STR_NONE || hyphen < 2 || !is_alpha(w.p[0]))
        return false;
    for (size_t i = 0; i < w.n; i++) {
        if (!is_alnum(w.p[i]) && w.p[i] != '-' && w.p[i] != '.' && w.p[i] != ':' && w.p[i] != '_')
            return false;
        digits += i > hyphen && is_digit(w.p[i]);
    }
    return digits > 0 || str_starts(w, STR("GHSA-"));
}

static struct flaw *flaw_of(struct reader *r, struct str id)
{
    bool is_new;
    void **place = map_add(&r->index, id, &is_new);
    if (is_new) {
        *vec_push(r->mem, &r->flaws) = (struct flaw){.id = id, .first = NONE, .last = NONE};
        *place = (void *)(uintptr_t)r->flaws.n;
    }
    return &r->flaws.at[(uintptr_t)*place - 1];
}

static void add(struct reader *r, struct str id, struct str version)
{
    struct flaw *f = flaw_of(r, id);
    uint32_t at = (uint32_t)r->fixes.n;
    *vec_push(r->mem, &r->fixes) = (struct fix){STR(""), version, NONE};
    if (f->last == NONE)
        f->first = at;
    else
        r->fixes.at[f->last].next = at;
    f->last = at;
}

static void also(struct reader *r, struct str id, struct str name)
{
    struct flaw *f = flaw_of(r, id);
    for (size_t i = 0; i < f->also.n; i++)
        if (str_eq(f->also.at[i], name))
            return;
    if (f->also.n < WORDS_MOST)
        *vec_push(r->mem, &f->also) = name;
}

static void item(struct reader *r, struct str version, struct str text)
{
    struct str words[WORDS_MOST], word, rest = text;
    size_t n = 0, cves = 0, lead = 0;
    while (n < WORDS_MOST && str_word(&rest, &word))
        if (is_identifier(word)) {
            bool cve = str_starts(word, STR("CVE-"));
            lead = cve && cves == 0 ? n : lead;
            cves += cve;
            words[n++] = word;
        }
    if (n == 0)
        fault(&r->faults, "secfixes: " STR_FMT ": '" STR_FMT "': expected an identifier", STR_ARG(version), STR_ARG(text));
    for (size_t i = 0; i < n; i++) {
        if (i == lead || str_starts(words[i], STR("CVE-")))
            add(r, words[i], version);
        else if (cves < 2)
            also(r, words[lead], words[i]);
    }
}

static void secfixes(struct reader *r)
{
    struct json *j = &r->j;
    if (!json_object(j))
        return;
    for (struct str version; r->rc == RC_OK && json_key(j, &version);) {
        if (json_kind(j) == JSON_NULL || json_kind(j) == JSON_OBJECT)
            continue; /* a version that fixes nothing is written so, too */
        if (version.n == 0 || version.n > TEXT_MOST || !json_array(j)) {
            fault(&r->faults, "secfixes: '" STR_FMT "': expected a version and an array of identifiers", STR_ARG(version));
            continue;
        }
        while (r->rc == RC_OK && json_item(j)) {
            item(r, version, json_string(j));
            if (r->fixes.n > ITEMS_MOST)
                r->rc = fail(j->op, RC_LIMIT, STR_FMT ": more than %d fixes", STR_ARG(j->name), ITEMS_MOST);
        }
    }
}

/* The name may come after the fixes, so it is filled in at the end. */
static void package(struct reader *r)
{
    struct json *j = &r->j;
    struct str name = STR("");
    size_t first = r->fixes.n;
    for (struct str key; r->rc == RC_OK && json_key(j, &key);) {
        if (str_eq(key, STR("name")))
            name = json_string(j);
        else if (str_eq(key, STR("secfixes")))
            secfixes(r);
    }
    if (name.n == 0 || name.n > TEXT_MOST) {
        fault(&r->faults, name.n ? "a package with a name past 1024 bytes" : "a package without a name");
        name = STR("");
    }
    for (size_t i = first; i < r->fixes.n; i++)
        r->fixes.at[i].package = name;
}

static void packages(struct reader *r)
{
    struct json *j = &r->j;
    r->has_packages = json_kind(j) == JSON_ARRAY;
    if (!json_array(j))
        return;
    while (r->rc == RC_OK && json_item(j)) {
        bool found = false;
        if (json_object(j))
            for (struct str key; json_key(j, &key);)
                if (str_eq(key, STR("pkg")) && json_object(j)) {
                    found = true;
                    package(r);
                }
        if (!found)
            fault(&r->faults, "packages: expected objects with pkg");
    }
}

static void head(struct reader *r)
{
    struct json *j = &r->j;
    if (json_object(j))
        for (struct str key; r->rc == RC_OK && json_key(j, &key);) {
            if (str_eq(key, STR("distroversion")))
                r->release = json_string(j);
            else if (str_eq(key, STR("reponame")))
                r->repository = json_string(j);
            else if (str_eq(key, STR("urlprefix")))
                r->place = json_string(j);
            else if (str_eq(key, STR("packages")))
                packages(r);
        }
    if (r->release.n > TEXT_MOST || r->repository.n > TEXT_MOST)
        json_fail(j, "distroversion, reponame: longer than 1024 bytes");
    if (r->rc == RC_OK && !r->has_packages)
        json_fail(j, "expected an object with packages");
}

/* ---- emitting ---- */

/* Whose file it is, and what every record of it begins with. */
struct origin {
    struct str ecosystem, prefix;
};

/* Whose packages lie where. */
static const struct place {
    const char *word, *ecosystem, *prefix;
    bool releases;
} places[] = {
    {"wolfi", "Wolfi", "WOLFI-", false},
    {"cgr.dev", "Chainguard", "CHAINGUARD-", false},
    {"chainguard", "Chainguard", "CHAINGUARD-", false},
    {"minimos", "MinimOS", "MINIMOS-", false},
    {"cleanstart", "CleanStart", "CLEANSTART-", false},
    {"alpaquita", "Alpaquita", "ALPAQUITA-", true},
    {"alpine", "Alpine", "ALPINE-", true},
};

static const struct place *place_of(const struct reader *r)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (str_find(r->place, str_of(places[i].word)) != STR_NONE || str_eq(r->repository, str_of(places[i].word)))
            return &places[i];
    return NULL;
}

/* Files of distributions with releases name theirs; whose file it is tells only where its packages are. One that does not say
 * is Alpine's, or without a release and of the repository "os" Wolfi's; one of a place that nobody knows must not pass for
 * another's. */
static bool origin_of(const struct reader *r, struct origin *ret)
{
    struct arena *mem = r->mem;
    struct str v = r->release, repository = r->repository.n ? str_join(mem, r->repository, STR("-")) : STR("");
    const struct place *p = place_of(r);
    if (!p && r->place.n)
        return false;
    if (!p)
        p = &places[v.n == 0 && str_eq(r->repository, STR("os")) ? 0 : sizeof places / sizeof *places - 1];
    bool wolfi = str_eq(str_of(p->ecosystem), STR("Wolfi")), alpine = str_eq(str_of(p->ecosystem), STR("Alpine"));
    if (!p->releases)
        v = STR("");
    else if (alpine && v.n && is_digit(v.p[0]))
        v = str_join(mem, STR("v"), v);
    ret->ecosystem = v.n ? str_join(mem, str_of(p->ecosystem), STR(":"), v) : str_of(p->ecosystem);
    ret->prefix = wolfi ? str_of(p->prefix) : str_join(mem, str_of(p->prefix), v, v.n ? STR("-") : STR(""), repository);
    return true;
}

/* Fixes of one package follow one another when they stand in one `pkg`; a flaw that is fixed twice was not fixed the first
 * time, and the union of the ranges says so. */
static void entries(const struct reader *r, struct arena *mem, const struct origin *o, const struct flaw *f, struct advisory *a)
{
    struct affected *last = NULL;
    for (uint32_t i = f->first; i != NONE; i = r->fixes.at[i].next) {
        const struct fix *one = &r->fixes.at[i];
        if (one->package.n == 0)
            continue;
        if (!last || !str_eq(last->name, one->package)) {
            last = vec_push(mem, &a->affected);
            *last = affected_empty();
            last->ecosystem = o->ecosystem;
            last->name = one->package;
        }
        affected_range(mem, last, STR("0"), one->version);
    }
}

/* What the file says of this flaw, in its own form. */
static struct str whole(const struct reader *r, struct arena *mem, const struct flaw *f)
{
    struct buf b;
    struct str id = f->id, package = STR("");
    buf_open(&b, mem, "record", SIZE_MAX / 2);
    buf_add(&b, STR("{\"distroversion\":"));
    buf_quote(&b, r->release);
    buf_add(&b, STR(",\"reponame\":"));
    buf_quote(&b, r->repository);
    buf_add(&b, STR(",\"packages\":["));
    vec_each(struct str, name, &f->also)
        id = str_join(mem, id, STR(" "), *name);
    for (uint32_t i = f->first; i != NONE; i = r->fixes.at[i].next) {
        const struct fix *one = &r->fixes.at[i];
        bool same = i != f->first && str_eq(one->package, package);
        if (!same) {
            buf_add(&b, i == f->first ? STR("{\"pkg\":{\"name\":") : STR("}}},{\"pkg\":{\"name\":"));
            buf_quote(&b, one->package);
        }
        buf_add(&b, same ? STR(",") : STR(",\"secfixes\":{"));
        buf_quote(&b, one->version);
        buf_add(&b, STR(":["));
        buf_quote(&b, id);
        buf_byte(&b, ']');
        package = one->package;
    }
    buf_add(&b, STR("}}}]}"));
    return buf_str(&b);
}

static enum rc say(const struct reader *r, struct arena *mem, const struct origin *o, const struct flaw *f, feed_emit *emit,
    void *arg)
{
    struct feed_item item = {.kind = FEED_ADVISORY, .advisory = advisory_empty()};
    struct advisory *a = &item.advisory;
    a->id = str_join(mem, o->prefix, f->id);
    *vec_push(mem, &a->upstream) = f->id;
    vec_each(struct str, name, &f->also)
        *vec_push(mem, &a->upstream) = *name;
    entries(r, mem, o, f, a);
    if (a->affected.n == 0)
        return RC_OK;
    a->whole = whole(r, mem, f);
    return emit(r->j.op, arg, &item);
}

static enum rc parse(struct op *op, struct str name, struct str bytes, feed_emit *emit, void *arg)
{
    struct reader r = {.mem = op->mem, .release = STR(""), .repository = STR(""), .place = STR("")};
    struct arena *round = arena_child(op->mem);
    r.faults = (struct faults){.op = op, .name = name};
    map_open(&r.index, op->mem);
    json_open(&r.j, op, name, bytes, 0);
    head(&r);
    TRY(r.rc);
    TRY(json_close(&r.j));
    struct origin o;
    if (!origin_of(&r, &o))
        return fail(op, RC_INVALID, STR_FMT ": urlprefix '" STR_FMT "': of no distribution that is known", STR_ARG(name),
                    STR_ARG(str_escape(op->mem, str_upto(r.place, 200))));
    for (size_t i = 0; i < r.flaws.n; i++) {
        TRY(say(&r, round, &o, &r.flaws.at[i], emit, arg));
        arena_reset(round);
    }
    return faults_end(&r.faults);
}

static const char *const ecosystems[] = {"Alpine", "Wolfi", "Chainguard", "Alpaquita", "MinimOS", "CleanStart", NULL};

const struct feed feed_secdb = {
    .name = "secdb",
    .help = "Security fixes of an apk repository: Alpine's secdb and those made like it (JSON)",
    .ecosystems = ecosystems,
    .bid = bid,
    .parse = parse,
};
