/* Scans: new, equal, changed, incomplete, replaced; what is there now and was there then; folding changes no answer. */
#include "kit.h"
#include "tests/lib/tap.h"

static bool same(const char *got, const char *want, const char *what)
{
    bool good = strcmp(got, want) == 0;
    tap_ok(good, "%s: %s", what, want);
    if (!good)
        tap_say("got %s", got);
    return good;
}

static void result(const struct scan_result *r, enum scan_outcome outcome, unsigned added, unsigned removed, const char *what)
{
    tap_ok(r->outcome == outcome && r->added == added && r->removed == removed, "%s: outcome %d, +%u -%u", what, r->outcome, r->added,
           r->removed);
}

static void history(struct kit *k)
{
    struct scan_result r;
    tap_ok(kit_write(k, "web", 100, "deb/xz-utils@5.4\ndeb/libc6@2.36\nnpm/left-pad@1.0 declared", &r), "a first scan");
    result(&r, SCAN_NEW, 3, 0, "first scan");
    tap_ok(kit_write(k, "web", 200, "npm/left-pad@1.0 declared\ndeb/libc6@2.36\ndeb/xz-utils@5.4", &r), "the same in another order");
    result(&r, SCAN_UNCHANGED, 0, 0, "equal scan");
    tap_ok(kit_write(k, "web", 300, "deb/xz-utils@5.6.1\ndeb/libc6@2.36\nnpm/left-pad@1.0", &r), "a changed scan");
    result(&r, SCAN_CHANGED, 1, 1, "changed scan");
    tap_ok(kit_write(k, "web", 400, "deb/xz-utils@5.4\ndeb/libc6@2.36\nnpm/left-pad@1.0", &r), "and back again");
    same(kit_has(k, "web", STORE_NOW), "libc6@2.36 xz-utils@5.4 left-pad@1.0", "now");
    same(kit_has(k, "web", 399), "libc6@2.36 xz-utils@5.6.1 left-pad@1.0", "at 399");
    same(kit_has(k, "web", 299), "libc6@2.36 xz-utils@5.4 left-pad@1.0", "at 299");
    same(kit_has(k, "web", 99), "not found", "before the first scan");
}

static void who(struct kit *k, const char *when)
{
    struct id_list bad = kit_ids(k, "xz-utils", "5.6.1"), any = kit_ids(k, "xz-utils", NULL), pad = kit_ids(k, "left-pad", NULL);
    tap_say("%s", when);
    same(kit_who(k, bad, STORE_NOW), "", "who has 5.6.1 now");
    same(kit_who(k, bad, 350), "web:1", "who had 5.6.1 at 350");
    same(kit_who(k, bad, 250), "", "who had 5.6.1 at 250");
    same(kit_who(k, any, 50), "", "who had any at 50");
    same(kit_who(k, any, STORE_NOW), "web:1", "who has any now");
    same(kit_who(k, pad, STORE_NOW), "web:1", "left-pad is installed now");
    same(kit_who(k, pad, 150), "web:0", "left-pad was only declared at 150");
    same(kit_who(k, kit_ids(k, "nothing", NULL), STORE_NOW), "", "who has nothing");
}

static void states(struct kit *k)
{
    struct asset a;
    struct scan_states l;
    struct scan_state st;
    struct change_list changes;
    tap_ok(asset_named(&k->op, k->s, STR("web"), &a) == RC_OK && a.first_seen == 100 && a.last_scan == 400 && a.members == 3, "times of web");
    tap_ok(history_scans(&k->op, k->s, a.id, &l) == RC_OK && l.n == 3, "three distinct states");
    tap_ok(l.at[0].from == 100 && l.at[0].until == 200 && l.at[1].from == 300 && l.at[1].until == 300, "an equal scan moved until");
    tap_ok(l.at[1].added == 1 && l.at[1].removed == 1 && l.at[1].members == 3, "counts of a state");
    tap_ok(history_scans(&k->op, k->s, 999, &l) == RC_NOTFOUND, "no history of no asset");
    tap_ok(scan_at(&k->op, k->s, a.id, 250, &st) == RC_OK && st.from == 100, "the state at 250");
    tap_ok(scan_at(&k->op, k->s, a.id, 99, &st) == RC_NOTFOUND, "no state before the first");
    tap_ok(history_changes(&k->op, k->s, a.id, 0, STORE_NOW, &changes) == RC_OK && changes.n == 5, "five changes");
    tap_ok(history_changes(&k->op, k->s, a.id, 300, STORE_NOW, &changes) == RC_OK && changes.n == 2, "two of them after 300");
}

static void details(struct kit *k)
{
    struct asset a;
    struct presence_detail d;
    struct id_list old = kit_ids(k, "xz-utils", "5.4"), bad = kit_ids(k, "xz-utils", "5.6.1"), libc = kit_ids(k, "libc6", NULL);
    tap_ok(asset_named(&k->op, k->s, STR("web"), &a) == RC_OK, "web");
    tap_ok(presence_detail(&k->op, k->s, a.id, libc.at[0], STORE_NOW, &d) == RC_OK && d.first_seen == 100 && d.last_confirmed == 400 &&
               d.occurrences.n == 1 && str_eq(d.occurrences.at[0].path, STR("libc6")) && d.occurrences.at[0].scope == SCOPE_INSTALLED,
           "where libc6 is, since when");
    tap_ok(presence_detail(&k->op, k->s, a.id, old.at[0], STORE_NOW, &d) == RC_OK && d.first_seen == 400, "xz 5.4 is back since 400");
    tap_ok(presence_detail(&k->op, k->s, a.id, old.at[0], 250, &d) == RC_OK && d.first_seen == 100 && d.last_confirmed == 200,
           "xz 5.4 at 250: since 100, seen at 200");
    tap_ok(presence_detail(&k->op, k->s, a.id, bad.at[0], STORE_NOW, &d) == RC_NOTFOUND, "xz 5.6.1 is gone");
    tap_ok(presence_detail(&k->op, k->s, a.id, bad.at[0], 300, &d) == RC_OK && d.first_seen == 300 && d.occurrences.n == 1,
           "where xz 5.6.1 was");
    tap_ok(presence_detail(&k->op, k->s, 999, bad.at[0], STORE_NOW, &d) == RC_NOTFOUND, "nothing of no asset");
}

static void incomplete(struct kit *k)
{
    struct scan_result r;
    struct asset a;
    struct presence_detail d;
    struct id_list l;
    kit_write(k, "db", 100, "deb/xz-utils@5.4\ndeb/postgres@15 installed usr/lib/postgres\ndeb/libc6@2.36", NULL);
    struct scan half = kit_scan("db", 200);
    struct bom *bom = kit_bom(&k->op, "deb/libc6@2.36\ndeb/postgres@15 installed opt/postgres\ndeb/bash@5.2");
    bom_gap(bom, STR("var/lib/secret"), STR("permission denied"));
    half.complete = false;
    tap_ok(scan_write(&k->op, k->s, &half, bom, &r) == RC_OK, "an incomplete scan");
    result(&r, SCAN_CHANGED, 1, 0, "it adds, and removes nothing");
    tap_ok(r.unreached == 1 && r.members == 4, "one member was not reached");
    same(kit_has(k, "db", STORE_NOW), "bash@5.2 libc6@2.36 postgres@15 xz-utils@5.4", "all of them");
    tap_ok(asset_named(&k->op, k->s, STR("db"), &a) == RC_OK && !a.complete, "the asset is incomplete");
    tap_ok(presence_detail(&k->op, k->s, a.id, kit_ids(k, "xz-utils", "5.4").at[0], STORE_NOW, &d) == RC_OK && d.last_confirmed == 100,
           "what was not reached keeps its last confirmation");
    tap_ok(presence_detail(&k->op, k->s, a.id, kit_ids(k, "postgres", NULL).at[0], STORE_NOW, &d) == RC_OK && d.last_confirmed == 200 &&
               d.occurrences.n == 2, "what was reached is confirmed, and keeps its other places");
    tap_ok(asset_incomplete(&k->op, k->s, STORE_NOW, &l) == RC_OK && l.n == 1 && l.at[0] == a.id, "it is listed as incomplete");
    tap_ok(asset_incomplete(&k->op, k->s, 150, &l) == RC_OK && l.n == 0, "at 150 it was not");
    half.at = 250;
    tap_ok(scan_write(&k->op, k->s, &half, bom, &r) == RC_OK && r.outcome == SCAN_UNCHANGED && r.members == 4, "the same again");
    tap_ok(presence_detail(&k->op, k->s, a.id, kit_ids(k, "xz-utils", "5.4").at[0], STORE_NOW, &d) == RC_OK && d.last_confirmed == 100,
           "still only confirmed at 100");
    struct scan_state st;
    tap_ok(scan_at(&k->op, k->s, a.id, STORE_NOW, &st) == RC_OK && st.gaps.n == 1 && str_eq(st.gaps.at[0].why, STR("permission denied")) &&
               st.until == 250, "its gaps");
    tap_ok(kit_write(k, "db", 300, "deb/libc6@2.36", &r), "a complete scan");
    result(&r, SCAN_CHANGED, 0, 3, "it removes");
    tap_ok(asset_incomplete(&k->op, k->s, 250, &l) == RC_OK && l.n == 1, "at 250 it was incomplete");
    tap_ok(asset_incomplete(&k->op, k->s, STORE_NOW, &l) == RC_OK && l.n == 0, "now nothing is");
    same(kit_has(k, "db", 250), "bash@5.2 libc6@2.36 postgres@15 xz-utils@5.4", "at 250");
    tap_ok(presence_detail(&k->op, k->s, a.id, kit_ids(k, "xz-utils", "5.4").at[0], 260, &d) == RC_OK && d.last_confirmed == 100,
           "xz at 260: confirmed at 100");
}

static void profiles(struct kit *k)
{
    struct scan_result r;
    struct scan other = kit_scan("web", 500);
    struct bom *bom = kit_bom(&k->op, "npm/left-pad@2.0 declared");
    other.profile = PROFILE_DECLARED;
    tap_ok(scan_allowed(&k->op, k->s, &other) == RC_DENIED, "another profile is denied before the work");
    op_clear(&k->op);
    tap_ok(scan_write(&k->op, k->s, &other, bom, &r) == RC_DENIED, "and after it");
    tap_ok(str_find(k->op.err.text, STR("--replace")) != STR_NONE && str_find(k->op.err.text, STR("--as")) != STR_NONE, "the text says how");
    op_clear(&k->op);
    same(kit_has(k, "web", STORE_NOW), "libc6@2.36 xz-utils@5.4 left-pad@1.0", "nothing changed");
    other.replace = true;
    other.complete = false;
    tap_ok(scan_allowed(&k->op, k->s, &other) == RC_OK && scan_write(&k->op, k->s, &other, bom, &r) == RC_OK, "replaced");
    same(kit_has(k, "web", STORE_NOW), "left-pad@2.0", "only the new");
    same(kit_has(k, "web", 450), "libc6@2.36 xz-utils@5.4 left-pad@1.0", "the old then");
    other.name = STR("");
    tap_ok(scan_write(&k->op, k->s, &other, bom, &r) == RC_INVALID, "no name, no asset");
    op_clear(&k->op);
}

static void layers_and_edges(struct kit *k)
{
    struct members m;
    struct asset_list found;
    struct scan_result r;
    struct str digests[] = {STR("sha256:aa"), STR("sha256:bb")}, layers[] = {STR("sha256:l0"), STR("sha256:l1")}, names[] = {STR("app:1")};
    struct scan scan = kit_scan("app", 100);
    struct bom *bom = kit_bom(&k->op, "deb/a@1\ndeb/b@1\ndeb/c@1 bundled opt/app.jar!/c.jar");
    scan.layers = (struct str_list){layers, 2, 2};
    scan.digests = (struct str_list){digests, 1, 1};
    scan.names = (struct str_list){names, 1, 1};
    bom->occurrences.at[0].layer = 0;
    bom->occurrences.at[1].layer = 1;
    bom->occurrences.at[2].layer = 0;
    bom->occurrences.at[2].gone_in = 1;
    bom->occurrences.at[2].evidence = STR("seen at 4096");
    bom_edge(bom, 0, 1, EDGE_RUNTIME, true);
    bom_edge(bom, 0, 2, EDGE_BUILD, false);
    tap_ok(scan_write(&k->op, k->s, &scan, bom, &r) == RC_OK, "an image");
    tap_ok(asset_members(&k->op, k->s, r.asset, STORE_NOW, &m) == RC_OK && m.bom->components.n == 3 && m.bom->edges.n == 2, "its members");
    tap_ok(m.scan.layers.n == 2 && m.bom->occurrences.at[1].layer == 1 && m.bom->occurrences.at[2].gone_in == 1 &&
               str_eq(m.bom->occurrences.at[2].evidence, STR("seen at 4096")), "layers and evidence");
    tap_ok(m.bom->edges.at[0].exact && m.bom->edges.at[1].kind == EDGE_BUILD && m.bom->edges.at[1].to == 2, "edges");
    tap_ok(m.ranks[0] == 1 && m.ranks[2] == 0, "what a later layer hid is not on disk");
    scan.digests = (struct str_list){digests + 1, 1, 1};
    scan.at = 200;
    layers[1] = STR("sha256:l2");
    bom->edges.n = 1;
    tap_ok(scan_write(&k->op, k->s, &scan, bom, &r) == RC_OK && r.outcome == SCAN_CHANGED && r.added + r.removed == 0, "a new digest");
    tap_ok(asset_find(&k->op, k->s, STR("sha256:aa"), &found) == RC_OK && found.n == 1, "the old digest finds it");
    tap_ok(asset_find(&k->op, k->s, STR("sha256:bb"), &found) == RC_OK && found.n == 1, "the new one too");
    tap_ok(asset_find(&k->op, k->s, STR("app:1"), &found) == RC_OK && found.n == 1, "and its other name");
    tap_ok(asset_find(&k->op, k->s, STR("sha256:cc"), &found) == RC_NOTFOUND, "another digest does not");
    struct id_list ids;
    tap_ok(asset_by_digest(&k->op, k->s, STR("sha256:aa"), STORE_NOW, &ids) == RC_OK && ids.n == 0, "nothing has the old digest now");
    tap_ok(asset_by_digest(&k->op, k->s, STR("sha256:aa"), 150, &ids) == RC_OK && ids.n == 1, "it had at 150");
    tap_ok(asset_by_digest(&k->op, k->s, STR("sha256:bb"), STORE_NOW, &ids) == RC_OK && ids.n == 1, "it has the new one");
    tap_ok(asset_members(&k->op, k->s, r.asset, 150, &m) == RC_OK && m.bom->edges.n == 2 && m.scan.layers.n == 2 &&
               str_eq(m.scan.layers.at[1], STR("sha256:l1")), "edges and layers as they were");
    tap_ok(m.bom->occurrences.at[0].layer == 0, "a layer that both had is known");
}

static void clocks(struct kit *k)
{
    struct scan_result r;
    struct asset a;
    kit_write(k, "clock", 1000, "deb/a@1", NULL);
    tap_ok(kit_write(k, "clock", 900, "deb/a@2", &r) && r.outcome == SCAN_CHANGED, "a clock that went back");
    tap_ok(asset_named(&k->op, k->s, STR("clock"), &a) == RC_OK && a.last_scan == 1000, "counts as the scan before");
    same(kit_has(k, "clock", 1000), "a@2", "the later state stands");
    tap_ok(kit_write(k, "empty", 1, "", &r) && r.outcome == SCAN_NEW && r.members == 0, "an asset with nothing in it");
    tap_ok(kit_write(k, "empty", 2, "", &r) && r.outcome == SCAN_UNCHANGED, "twice");
    same(kit_has(k, "empty", STORE_NOW), "", "has nothing");
}

static void ranks(struct kit *k)
{
    uint8_t given[] = {5, 1};
    struct scan scan = kit_scan("live", 100);
    struct bom *bom = kit_bom(&k->op, "deb/liblzma5@5.6.1\ndeb/bash@5.2");
    struct scan_result r;
    scan.ranks = given;
    tap_ok(scan_write(&k->op, k->s, &scan, bom, &r) == RC_OK, "a live host");
    kit_write(k, "idle", 100, "deb/liblzma5@5.6.1", NULL);
    same(kit_who(k, kit_ids(k, "liblzma5", NULL), STORE_NOW), "live:5 idle:1", "worst first");
    given[0] = 2;
    scan.at = 200;
    tap_ok(scan_write(&k->op, k->s, &scan, bom, &r) == RC_OK && r.outcome == SCAN_CHANGED && r.added + r.removed == 0, "a rank fell");
    same(kit_who(k, kit_ids(k, "liblzma5", NULL), STORE_NOW), "live:2 idle:1", "now");
    same(kit_who(k, kit_ids(k, "liblzma5", NULL), 150), "live:5 idle:1", "then");
    uint64_t n = 0;
    struct id_list both = kit_ids(k, "liblzma5", NULL);
    tap_ok(presence_count(&k->op, k->s, both.at, both.n, &n) == RC_OK && n == 2, "two assets have it");
}

int main(void)
{
    struct kit k;
    kit_open(&k, true);
    history(&k);
    who(&k, "pending");
    tap_ok(store_fold(&k.op, k.s, false) == RC_OK, "too few to fold");
    tap_ok(store_fold(&k.op, k.s, true) == RC_OK, "folded by force");
    who(&k, "folded");
    states(&k);
    details(&k);
    incomplete(&k);
    profiles(&k);
    layers_and_edges(&k);
    clocks(&k);
    ranks(&k);
    tap_ok(kit_sound(&k), "sound before folding");
    tap_ok(store_fold(&k.op, k.s, true) == RC_OK && kit_sound(&k), "sound after folding");
    tap_ok(kit_reopen(&k), "opened again");
    same(kit_has(&k, "db", STORE_NOW), "libc6@2.36", "as before");
    kit_close(&k);
    return tap_done();
}
