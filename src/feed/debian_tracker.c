/* Debian's security tracker, its JSON dump: source package → CVE → releases → {status, fixed_version, urgency}. The dump is
 * ordered by package and a record is about a flaw, so all of it is gathered before the first is emitted: one record a CVE,
 * called DEBIAN-CVE-… as OSV calls it, with one entry a package and release.
 *
 * The tracker's words (its documentation, "The JSON data"): resolved, with fixed_version "0" when the release never had the
 * flaw; open: no fix in this release; undetermined: nobody has looked. The urgency stays, "unimportant" and "end-of-life"
 * included, but "undetermined" as a status is what the entry's urgency says then. */
#include "base/map.h"
#include "feed/parts.h"

#define NONE UINT32_MAX

enum { NAME_MOST = 1024 };

/* One release of one package and one flaw. */
struct state {
    struct str release, fixed, urgency;
    enum { STATE_OPEN, STATE_RESOLVED, STATE_UNDETERMINED } status;
};

/* One package of one flaw. */
struct about {
    struct str package, description, raw;
    uint32_t states, n_states; /* in reader.states */
    uint32_t next;             /* of the same flaw; or NONE */
};

struct flaw {
    struct str id;
    uint32_t first, last;
};

struct reader {
    struct json j;
    VEC(struct state) states;
    VEC(struct about) abouts;
    VEC(struct flaw) flaws;
    struct map index; /* id → 1 + its place in flaws */
    struct arena *mem;
    struct faults faults;
};

static int bid(struct str name, struct str bytes)
{
    (void)name;
    struct str head = str_upto(bytes, 256 << 10);
    if (!looks_like_object(head) || str_find(head, STR("\"releases\"")) == STR_NONE)
        return 0;
    if (str_find(head, STR("\"status\"")) == STR_NONE || str_find(head, STR("\"urgency\"")) == STR_NONE)
        return 0;
    return str_find(head, STR("\"repositories\"")) != STR_NONE || str_find(head, STR("\"fixed_version\"")) != STR_NONE ? 80 : 40;
}

/* ---- reading ---- */

static const char *release(struct json *j, struct state *s)
{
    struct str status = STR("");
    if (!json_object(j))
        return "expected an object";
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("status")))
            status = json_string(j);
        else if (str_eq(key, STR("fixed_version")))
            s->fixed = json_string(j);
        else if (str_eq(key, STR("urgency")))
            s->urgency = json_string(j);
    }
    if (str_eq(status, STR("open")))
        s->status = STATE_OPEN;
    else if (str_eq(status, STR("undetermined")))
        s->status = STATE_UNDETERMINED;
    else if (str_eq(status, STR("resolved")) && s->fixed.n)
        s->status = STATE_RESOLVED;
    else
        return status.n ? "expected resolved with fixed_version, open or undetermined" : "no status";
    return NULL;
}

static void releases(struct reader *r, struct about *a, struct str id)
{
    struct json *j = &r->j;
    if (!json_object(j)) {
        fault(&r->faults, STR_FMT ": " STR_FMT ": releases: expected an object", STR_ARG(a->package), STR_ARG(id));
        return;
    }
    for (struct str key; json_key(j, &key);) {
        struct state s = {key, STR(""), STR(""), STATE_OPEN};
        const char *wrong = release(j, &s);
        if (wrong)
            fault(&r->faults, STR_FMT ": " STR_FMT ": " STR_FMT ": %s", STR_ARG(a->package), STR_ARG(id), STR_ARG(key), wrong);
        else
            *vec_push(r->mem, &r->states) = s;
    }
    a->n_states = (uint32_t)r->states.n - a->states;
}

static void keep(struct reader *r, const struct about *a, struct str id)
{
    bool is_new;
    uint32_t at = (uint32_t)r->abouts.n;
    void **place = map_add(&r->index, id, &is_new);
    *vec_push(r->mem, &r->abouts) = *a;
    if (is_new) {
        *vec_push(r->mem, &r->flaws) = (struct flaw){id, at, at};
        *place = (void *)(uintptr_t)r->flaws.n;
        return;
    }
    struct flaw *f = &r->flaws.at[(uintptr_t)*place - 1];
    r->abouts.at[f->last].next = at;
    f->last = at;
}

/* The value ahead is what one package has to say of one flaw. */
static void about(struct reader *r, struct str package, struct str id)
{
    struct json *j = &r->j;
    struct about a = {package, STR(""), STR(""), (uint32_t)r->states.n, 0, NONE};
    if (json_kind(j) != JSON_OBJECT) {
        fault(&r->faults, STR_FMT ": " STR_FMT ": expected an object", STR_ARG(package), STR_ARG(id));
        return;
    }
    const char *start = j->p;
    if (json_object(j))
        for (struct str key; json_key(j, &key);) {
            if (str_eq(key, STR("description")))
                a.description = json_string(j);
            else if (str_eq(key, STR("releases")))
                releases(r, &a, id);
        }
    a.raw = (struct str){start, (size_t)(j->p - start)};
    if (j->rc == RC_OK && id.n && a.n_states)
        keep(r, &a, id);
}

static enum rc gather(struct reader *r)
{
    struct json *j = &r->j;
    if (!json_object(j))
        json_fail(j, "expected an object of source packages");
    for (struct str package; json_key(j, &package);) {
        if (package.n == 0 || package.n > NAME_MOST || !json_object(j)) {
            fault(&r->faults, "'" STR_FMT "': expected a source package's name and an object", STR_ARG(package));
            continue;
        }
        for (struct str id; json_key(j, &id);) {
            if (r->states.n >= NONE || r->abouts.n >= NONE)
                return fail(j->op, RC_LIMIT, STR_FMT ": more than %u entries", STR_ARG(j->name), NONE);
            about(r, package, id);
        }
    }
    return json_close(j);
}

/* ---- emitting ---- */

/* Debian's releases (https://www.debian.org/releases/): OSV writes the number, and "sid" where there is none. */
static struct str ecosystem(struct arena *mem, struct str codename)
{
    static const struct {
        const char *name, *ecosystem;
    } known[] = {
        {"sid", "Debian:sid"},       {"duke", "Debian:15"},     {"forky", "Debian:14"},  {"trixie", "Debian:13"},
        {"bookworm", "Debian:12"},   {"bullseye", "Debian:11"}, {"buster", "Debian:10"}, {"stretch", "Debian:9"},
        {"jessie", "Debian:8"},      {"wheezy", "Debian:7"},    {"squeeze", "Debian:6.0"}, {"lenny", "Debian:5.0"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(codename, str_of(known[i].name)))
            return str_of(known[i].ecosystem);
    return str_join(mem, STR("Debian:"), codename);
}

static struct affected entry(struct arena *mem, const struct about *a, const struct state *s)
{
    struct affected e = affected_empty();
    e.ecosystem = ecosystem(mem, s->release);
    e.name = a->package;
    e.urgency = s->status == STATE_UNDETERMINED ? STR("undetermined") : s->urgency;
    affected_range(mem, &e, STR("0"), s->status == STATE_RESOLVED ? s->fixed : STR(""));
    return e;
}

/* The parts of the dump that are about this flaw, in its own form. */
static struct str whole(struct reader *r, struct arena *mem, const struct flaw *f)
{
    struct buf b;
    buf_open(&b, mem, "record", SIZE_MAX / 2);
    for (uint32_t i = f->first; i != NONE; i = r->abouts.at[i].next) {
        const struct about *a = &r->abouts.at[i];
        buf_add(&b, i == f->first ? STR("{") : STR(","));
        buf_quote(&b, a->package);
        buf_add(&b, STR(":{"));
        buf_quote(&b, f->id);
        buf_byte(&b, ':');
        buf_add(&b, a->raw);
        buf_byte(&b, '}');
    }
    buf_byte(&b, '}');
    return buf_str(&b);
}

static enum rc say(struct reader *r, struct arena *mem, const struct flaw *f, feed_emit *emit, void *arg)
{
    struct feed_item item = {.kind = FEED_ADVISORY, .advisory = advisory_empty()};
    struct advisory *a = &item.advisory;
    bool cve = str_starts(f->id, STR("CVE-"));
    a->id = cve ? str_join(mem, STR("DEBIAN-"), f->id) : f->id;
    if (cve)
        *vec_push(mem, &a->upstream) = f->id;
    for (uint32_t i = f->first; i != NONE; i = r->abouts.at[i].next) {
        const struct about *one = &r->abouts.at[i];
        a->summary = a->summary.n ? a->summary : one->description;
        for (uint32_t s = 0; s < one->n_states; s++)
            *vec_push(mem, &a->affected) = entry(mem, one, &r->states.at[one->states + s]);
    }
    a->whole = whole(r, mem, f);
    return emit(r->j.op, arg, &item);
}

static enum rc parse(struct op *op, struct str name, struct str bytes, feed_emit *emit, void *arg)
{
    struct reader r = {.mem = op->mem, .faults = {.op = op, .name = name}};
    struct arena *round = arena_child(op->mem);
    map_open(&r.index, op->mem);
    json_open(&r.j, op, name, bytes, 0);
    TRY(gather(&r));
    for (size_t i = 0; i < r.flaws.n; i++) {
        TRY(say(&r, round, &r.flaws.at[i], emit, arg));
        arena_reset(round);
    }
    return faults_end(&r.faults);
}

static const char *const ecosystems[] = {"Debian", NULL};

const struct feed feed_debian_tracker = {
    .name = "debian_tracker",
    .help = "Debian's security tracker (JSON): what each release is affected by",
    .ecosystems = ecosystems,
    .bid = bid,
    .parse = parse,
};
