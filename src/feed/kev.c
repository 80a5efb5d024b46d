/* CISA's catalog of vulnerabilities that are known to be exploited: one JSON document, one entry a CVE. An entry that
 * breaks the format is passed over and reported once all others were emitted. */
#include "base/json.h"
#include "base/time.h"
#include "feed/feed.h"

static int bid(struct str name, struct str bytes)
{
    struct str head = str_trim(str_upto(bytes, 4 << 10));
    (void)name;
    str_take(&head, STR("\xef\xbb\xbf"));
    if (!str_starts(head, STR("{")) || str_find(head, STR("\"vulnerabilities\"")) == STR_NONE)
        return 0;
    return (str_find(head, STR("\"catalogVersion\"")) != STR_NONE ? 70 : 0)
           + (str_find(head, STR("\"cveID\"")) != STR_NONE ? 29 : 0);
}

/* False when the entry says no id, or no readable day on which it was added. */
static bool entry(struct json *j, struct known_exploited *ret)
{
    bool added = false, due = true;
    *ret = (struct known_exploited){.id = STR("")};
    if (!json_object(j))
        return false;
    for (struct str key; json_key(j, &key);) {
        if (str_eq(key, STR("cveID"))) {
            ret->id = json_string(j);
        } else if (str_eq(key, STR("dateAdded"))) {
            added = time_parse(json_string(j), &ret->added);
        } else if (str_eq(key, STR("dueDate"))) {
            struct str day = json_string(j);
            due = day.n == 0 || time_parse(day, &ret->due);
        } else if (str_eq(key, STR("knownRansomwareCampaignUse"))) {
            ret->ransomware = str_eq(json_string(j), STR("Known"));
        }
    }
    return ret->id.n && added && due;
}

static enum rc entries(struct op *op, struct json *j, feed_emit *emit, void *arg, struct str *ret_wrong)
{
    struct feed_item item = {.kind = FEED_EXPLOITED};
    if (!json_array(j)) {
        json_fail(j, "vulnerabilities: expected an array");
        return RC_OK;
    }
    for (size_t n = 0; json_item(j); n++) {
        if (entry(j, &item.exploited))
            TRY(emit(op, arg, &item));
        else if (!ret_wrong->n)
            *ret_wrong =
                str_print(op->mem, "vulnerabilities[%zu] (" STR_FMT ")", n, STR_ARG(str_escape(op->mem, item.exploited.id)));
    }
    return RC_OK;
}

static enum rc parse(struct op *op, struct str name, struct str bytes, feed_emit *emit, void *arg)
{
    struct json j;
    struct str bad = STR("");
    bool found = false;
    json_open(&j, op, name, bytes, 0);
    if (json_object(&j))
        for (struct str key; json_key(&j, &key);)
            if (str_eq(key, STR("vulnerabilities"))) {
                found = true;
                TRY(entries(op, &j, emit, arg, &bad));
            }
    if (!found)
        json_fail(&j, "no vulnerabilities");
    TRY(json_close(&j));
    if (bad.n)
        return fail(op, RC_INVALID, STR_FMT ": " STR_FMT ": expected cveID, and dateAdded and dueDate as dates", STR_ARG(name),
                    STR_ARG(bad));
    return RC_OK;
}

const struct feed feed_kev = {
    .name = "kev",
    .help = "CISA's catalog of known exploited vulnerabilities (JSON)",
    .bid = bid,
    .parse = parse,
};
