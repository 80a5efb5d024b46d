/* One record in the Open Source Vulnerability format, any version of its schema: what a newer one adds is passed over,
 * what the schema fixes must have its type.
 *
 * A record is malicious when its own or another name for it is a malware database's (MAL-, LWA-), or when it is
 * classed so: CWE-506 "embedded malicious code" or RustSec's category "malicious". All of LWA- counts, its
 * "security research" packages too: they also send away what they find where they are installed. */
#include "base/json.h"
#include "base/time.h"
#include "feed/feed.h"

enum { BID_WINDOW = 256 << 10, ITEMS_MOST = 4 << 20 };

struct reader {
    struct json j;
    struct arena *mem;
    struct advisory a;
    size_t items; /* what all lists weigh together: two bytes of JSON can cost two hundred of memory */
    bool has_modified;
    enum rc rc;
};

struct texts {
    VEC(struct str) list;
};

#define give_list(dest, texts) ((dest).at = (texts).list.at, (dest).n = (texts).list.n, (dest).cap = (texts).list.cap)

static void wrong(struct reader *r, const char *what)
{
    const char *text = what;
    if (r->a.id.n)
        text = str_print(r->mem, "record " STR_FMT ": %s", STR_ARG(str_escape(r->mem, r->a.id)), what).p;
    json_fail(&r->j, text);
}

enum weight { WEIGHT_TEXT = 1, WEIGHT_EVENT = 2, WEIGHT_RANGE = 4, WEIGHT_ENTRY = 12 };

/* Counts one more element; false, and the reading ends, when there are too many. */
static bool one_more(struct reader *r, enum weight weight)
{
    r->items += weight;
    if (r->items <= ITEMS_MOST)
        return true;
    if (r->rc == RC_OK)
        r->rc = fail(r->j.op, RC_LIMIT, STR_FMT ": more than %d texts, or as much in events, ranges and entries",
                     STR_ARG(r->j.name), ITEMS_MOST);
    json_fail(&r->j, "too many items");
    return false;
}

/* Takes a null ahead: true when there was one. */
static bool nothing(struct reader *r)
{
    if (json_kind(&r->j) != JSON_NULL)
        return false;
    json_skip(&r->j);
    return true;
}

static struct str text(struct reader *r, const char *what)
{
    if (nothing(r))
        return STR("");
    if (json_kind(&r->j) == JSON_STRING)
        return json_string(&r->j);
    wrong(r, what);
    return STR("");
}

/* Enters an array, or an object; false at null, and at anything else, which breaks the schema. */
static bool array(struct reader *r, const char *what)
{
    if (nothing(r))
        return false;
    if (json_kind(&r->j) == JSON_ARRAY)
        return json_array(&r->j);
    wrong(r, what);
    return false;
}

static bool object(struct reader *r, const char *what)
{
    if (nothing(r))
        return false;
    if (json_kind(&r->j) == JSON_OBJECT)
        return json_object(&r->j);
    wrong(r, what);
    return false;
}

static struct texts texts(struct reader *r, const char *what)
{
    struct texts t = {{NULL, 0, 0}};
    if (array(r, what))
        while (json_item(&r->j) && one_more(r, WEIGHT_TEXT))
            *vec_push(r->mem, &t.list) = text(r, what);
    return t;
}

/* Whether the value ahead, whatever it is, is a list that holds the word. */
static bool list_says(struct reader *r, struct str word)
{
    bool found = false;
    if (json_array(&r->j))
        while (json_item(&r->j))
            found |= str_eq(json_string(&r->j), word);
    return found;
}

/* 0 for null; what is there must be a time, and stays different from "absent". */
static int64_t moment(struct reader *r, const char *what)
{
    int64_t t = 0;
    struct str s = text(r, what);
    if (s.n == 0)
        return 0;
    if (!time_parse(s, &t))
        wrong(r, what);
    return t ? t : 1;
}

static struct severity severity(struct reader *r)
{
    struct severity s = {STR(""), STR("")};
    if (object(r, "severity: expected objects"))
        for (struct str key; json_key(&r->j, &key);) {
            if (str_eq(key, STR("type")))
                s.type = text(r, "severity: type: expected a string");
            else if (str_eq(key, STR("score")))
                s.score = text(r, "severity: score: expected a string");
        }
    return s;
}

static void events(struct reader *r, struct advisory_range *range)
{
    static const char *const kinds[] = {"introduced", "fixed", "last_affected", "limit"};
    if (!array(r, "events: expected an array"))
        return;
    while (json_item(&r->j)) {
        if (!object(r, "events: expected objects"))
            continue;
        for (struct str key; json_key(&r->j, &key);)
            for (unsigned k = 0; k < sizeof kinds / sizeof *kinds; k++)
                if (str_eq(key, str_of(kinds[k])) && one_more(r, WEIGHT_EVENT))
                    *vec_push(r->mem, &range->events) = (struct advisory_event){k, text(r, "events: expected strings")};
    }
}

static enum range_kind range_kind(struct str type)
{
    if (str_eq(type, STR("ECOSYSTEM")))
        return RANGE_ECOSYSTEM;
    if (str_eq(type, STR("SEMVER")))
        return RANGE_SEMVER;
    return str_eq(type, STR("GIT")) ? RANGE_GIT : RANGE_OTHER;
}

static void range(struct reader *r, struct affected *entry)
{
    struct advisory_range *range = vec_push(r->mem, &entry->ranges);
    bool has_type = false, has_events = false;
    range->kind = RANGE_OTHER;
    range->repo = STR("");
    if (!object(r, "ranges: expected objects"))
        return;
    for (struct str key; json_key(&r->j, &key);) {
        if (str_eq(key, STR("type"))) {
            range->kind = range_kind(text(r, "ranges: type: expected a string"));
            has_type = true;
        } else if (str_eq(key, STR("repo"))) {
            range->repo = text(r, "ranges: repo: expected a string");
        } else if (str_eq(key, STR("events"))) {
            events(r, range);
            has_events = true;
        }
    }
    if (!has_type || !has_events)
        wrong(r, has_type ? "ranges: no events" : "ranges: no type");
}

static void package(struct reader *r, struct affected *entry)
{
    bool has_ecosystem = false, has_name = false;
    if (!object(r, "package: expected an object"))
        return;
    for (struct str key; json_key(&r->j, &key);) {
        if (str_eq(key, STR("ecosystem"))) {
            entry->ecosystem = text(r, "package: ecosystem: expected a string");
            has_ecosystem = true;
        } else if (str_eq(key, STR("name"))) {
            entry->name = text(r, "package: name: expected a string");
            has_name = true;
        } else if (str_eq(key, STR("purl"))) {
            entry->purl = text(r, "package: purl: expected a string");
        }
    }
    if (!has_ecosystem || !has_name)
        wrong(r, has_name ? "package: no ecosystem" : "package: no name");
}

/* `cwes` as GitHub's malware records have it: [{"cweId": "CWE-506", …}]. */
static void classes(struct reader *r)
{
    if (!json_array(&r->j))
        return;
    while (json_item(&r->j)) {
        if (!json_object(&r->j))
            continue;
        for (struct str key; json_key(&r->j, &key);)
            if (str_eq(key, STR("cweId")) && str_eq(json_string(&r->j), STR("CWE-506")))
                r->a.flags |= ADVISORY_MALICIOUS;
    }
}

/* What a database adds for itself is in no schema: what has another shape is passed over. */
static void specific(struct reader *r, struct affected *entry)
{
    if (!json_object(&r->j))
        return;
    for (struct str key; json_key(&r->j, &key);) {
        if (str_eq(key, STR("urgency")) && json_kind(&r->j) == JSON_STRING)
            entry->urgency = json_string(&r->j);
        else if (str_eq(key, STR("informational")) && json_kind(&r->j) == JSON_STRING)
            r->a.flags |= json_string(&r->j).n ? ADVISORY_INFORMATIONAL : 0;
        else if (str_eq(key, STR("categories")) && list_says(r, STR("malicious")))
            r->a.flags |= ADVISORY_MALICIOUS;
        else if (str_eq(key, STR("cwes")))
            classes(r);
    }
}

static void entry(struct reader *r)
{
    struct affected e = {.ecosystem = STR(""), .name = STR(""), .purl = STR(""), .urgency = STR("")};
    if (!object(r, "affected: expected objects"))
        return;
    for (struct str key; json_key(&r->j, &key);) {
        if (str_eq(key, STR("package"))) {
            package(r, &e);
        } else if (str_eq(key, STR("ranges"))) {
            if (array(r, "ranges: expected an array"))
                while (json_item(&r->j) && one_more(r, WEIGHT_RANGE))
                    range(r, &e);
        } else if (str_eq(key, STR("versions"))) {
            struct texts t = texts(r, "versions: expected strings");
            give_list(e.versions, t);
        } else if (str_eq(key, STR("severity"))) {
            if (array(r, "severity: expected an array"))
                while (json_item(&r->j) && one_more(r, WEIGHT_EVENT))
                    *vec_push(r->mem, &e.severities) = severity(r);
        } else if (str_eq(key, STR("ecosystem_specific")) || str_eq(key, STR("database_specific"))) {
            specific(r, &e);
        }
    }
    *vec_push(r->mem, &r->a.affected) = e;
}

static void member_of_lists(struct reader *r, struct str key)
{
    struct texts t;
    if (str_eq(key, STR("aliases"))) {
        t = texts(r, "aliases: expected strings");
        give_list(r->a.aliases, t);
    } else if (str_eq(key, STR("upstream"))) {
        t = texts(r, "upstream: expected strings");
        give_list(r->a.upstream, t);
    } else if (str_eq(key, STR("related"))) {
        t = texts(r, "related: expected strings");
        give_list(r->a.related, t);
    } else if (str_eq(key, STR("severity"))) {
        if (array(r, "severity: expected an array"))
            while (json_item(&r->j) && one_more(r, WEIGHT_EVENT))
                *vec_push(r->mem, &r->a.severities) = severity(r);
    } else if (str_eq(key, STR("affected"))) {
        if (array(r, "affected: expected an array"))
            while (json_item(&r->j) && one_more(r, WEIGHT_ENTRY))
                entry(r);
    }
}

static void member(struct reader *r, struct str key)
{
    struct advisory *a = &r->a;
    if (str_eq(key, STR("id"))) {
        a->id = text(r, "id: expected a string");
    } else if (str_eq(key, STR("modified"))) {
        a->modified = moment(r, "modified: expected a time as in RFC 3339");
        r->has_modified = a->modified != 0;
    } else if (str_eq(key, STR("published"))) {
        a->published = moment(r, "published: expected a time as in RFC 3339");
    } else if (str_eq(key, STR("withdrawn"))) {
        a->withdrawn = moment(r, "withdrawn: expected a time as in RFC 3339");
    } else if (str_eq(key, STR("summary"))) {
        a->summary = text(r, "summary: expected a string");
    } else if (str_eq(key, STR("database_specific"))) {
        if (json_object(&r->j))
            for (struct str inner; json_key(&r->j, &inner);)
                if (str_eq(inner, STR("cwe_ids")) && list_says(r, STR("CWE-506")))
                    a->flags |= ADVISORY_MALICIOUS;
    } else {
        member_of_lists(r, key);
    }
}

static bool of_malware(struct str id)
{
    return str_starts(id, STR("MAL-")) || str_starts(id, STR("LWA-"));
}

/* Rebuilds of Red Hat and SUSE publish repairs and new features the same way, told apart by the id alone: a notice, unless
 * it speaks of a CVE. */
static bool of_repair(const struct advisory *a)
{
    static const char *const begin[] = {"ALBA-", "ALEA-", "RLBA-", "RLEA-", "RHBA-", "RHEA-", "SUSE-RU-", "SUSE-OU-", "MGAA-"};
    bool repair = false;
    for (size_t i = 0; i < sizeof begin / sizeof *begin; i++)
        repair |= str_starts(a->id, str_of(begin[i]));
    vec_each(struct str, id, &a->aliases) repair &= !str_starts(*id, STR("CVE-"));
    vec_each(struct str, id, &a->upstream) repair &= !str_starts(*id, STR("CVE-"));
    vec_each(struct str, id, &a->related) repair &= !str_starts(*id, STR("CVE-"));
    return repair;
}

static enum rc parse(struct op *op, struct str name, struct str bytes, feed_emit *emit, void *arg)
{
    struct reader r = {.mem = op->mem, .a = {.id = STR(""), .summary = STR(""), .whole = bytes}};
    json_open(&r.j, op, name, bytes, 0);
    if (json_object(&r.j)) {
        for (struct str key; json_key(&r.j, &key);)
            member(&r, key);
        if (!r.a.id.n)
            json_fail(&r.j, "no id");
        else if (!r.has_modified)
            wrong(&r, "no modified");
    } else {
        json_fail(&r.j, "expected an object");
    }
    enum rc rc = json_close(&r.j);
    TRY(r.rc);
    TRY(rc);
    bool malicious = of_malware(r.a.id);
    vec_each(struct str, alias, &r.a.aliases) malicious |= of_malware(*alias);
    r.a.flags |= malicious ? ADVISORY_MALICIOUS : 0;
    r.a.flags |= of_repair(&r.a) ? ADVISORY_INFORMATIONAL : 0;
    struct feed_item item = {.kind = FEED_ADVISORY, .advisory = r.a};
    return emit(op, arg, &item);
}

static bool mentions(struct str bytes, struct str what)
{
    if (bytes.n <= 2 * BID_WINDOW)
        return str_find(bytes, what) != STR_NONE;
    return str_find(str_upto(bytes, BID_WINDOW), what) != STR_NONE
           || str_find(str_from(bytes, bytes.n - BID_WINDOW), what) != STR_NONE;
}

/* Keys may come in any order and a text may be long, so both ends are looked at. */
static int bid(struct str name, struct str bytes)
{
    struct str start = str_trim(str_upto(bytes, 4 << 10));
    str_take(&start, STR("\xef\xbb\xbf"));
    if (!str_starts(start, STR("{")))
        return 0;
    if (!mentions(bytes, STR("\"id\"")))
        return 0;
    int evidence =
        mentions(bytes, STR("\"modified\"")) + mentions(bytes, STR("\"affected\"")) + mentions(bytes, STR("\"schema_version\""));
    if (evidence)
        return 50 + 15 * evidence;
    return str_ends(name, STR(".json")) ? 5 : 0;
}

const struct feed feed_osv = {
    .name = "osv",
    .help = "A record of the Open Source Vulnerability format (schema 1.x)",
    .bid = bid,
    .parse = parse,
};
