/* The store as a file, assets as people handle them, components by every question, the block list. */
#include "kit.h"
#include "store/own_statement.h"
#include "store/schema.h"
#include "store/statement.h"
#include "tests/lib/tap.h"
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static bool says(struct kit *k, const char *what)
{
    bool good = k->op.err.text.p && str_find(k->op.err.text, str_of(what)) != STR_NONE;
    if (!good)
        tap_say("text: " STR_FMT, STR_ARG(k->op.err.text));
    op_clear(&k->op);
    return good;
}

/* Any SQL on the file, behind the store's back. */
static bool sql(struct kit *k, const char *text)
{
    sqlite3 *db = NULL;
    bool good = sqlite3_open(k->path.p, &db) == SQLITE_OK && sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK;
    if (!good)
        tap_say("%s", sqlite3_errmsg(db));
    sqlite3_close(db);
    return good;
}

static void opening(void)
{
    struct kit k;
    struct stat st;
    struct store *s = NULL;
    kit_open(&k, false);
    tap_ok(store_open(&k.op, k.path, STORE_READ, &s) == RC_NOTFOUND, "no store there");
    struct str deep = str_join(k.op.mem, k.folder, STR("/a/b/store.db"));
    tap_ok(store_open(&k.op, deep, STORE_WRITE | STORE_CREATE, &s) == RC_OK, "made, with its folders");
    tap_ok(stat(deep.p, &st) == 0 && (st.st_mode & 07777) == 0600, "its mode is 0600");
    tap_ok(stat(str_join(k.op.mem, deep, STR("-wal")).p, &st) == 0 && (st.st_mode & 07777) == 0600, "its log's too");
    store_close(s);
    store_close(NULL);
    FILE *f = fopen(k.path.p, "w");
    fputs("this is no database, whatever its name says: it is some text that somebody put there, long enough to be a header.......", f);
    fclose(f);
    tap_ok(store_open(&k.op, k.path, STORE_WRITE | STORE_CREATE, &s) == RC_INVALID && says(&k, "not a store"), "a text file is refused");
    unlink(k.path.p);
    tap_ok(sql(&k, "CREATE TABLE other (x)") && store_open(&k.op, k.path, STORE_WRITE, &s) == RC_INVALID && says(&k, "not a store of muster"),
           "another's database is refused");
    unlink(k.path.p);
    tap_ok(store_open(&k.op, k.folder, STORE_WRITE, &s) != RC_OK, "a folder is refused");
    op_clear(&k.op);
    tap_ok(store_open(&k.op, STR("a\0b"), STORE_WRITE | STORE_CREATE, &s) == RC_INVALID, "a NUL in its name");
    op_clear(&k.op);
    f = fopen(k.path.p, "w");
    fclose(f);
    tap_ok(store_open(&k.op, k.path, STORE_WRITE, &s) == RC_OK, "an empty file, left by one that was killed, becomes a store");
    store_close(s);
    kit_close(&k);
}

/* The newest schema. */
static unsigned schema_steps(void)
{
    unsigned n = 0;
    while (schema_sqlite[n])
        n++;
    return n;
}

static void schemas(void)
{
    struct kit k;
    kit_open(&k, true);
    kit_write(&k, "web", 100, "deb/a@1", NULL);
    store_close(k.s);
    k.s = NULL;
    tap_ok(sql(&k, "DROP TABLE block; DROP INDEX component_source; DROP TABLE statement; DROP TABLE finding; DROP TABLE subject; DROP TABLE own_statement; DROP INDEX pending_asset; DROP INDEX component_kind;"
                   "DELETE FROM meta WHERE key = 'block version'; PRAGMA user_version = 1"),
           "a store of schema 1");
    struct store *s = NULL;
    tap_ok(store_open(&k.op, k.path, STORE_READ, &s) == RC_UNSUPPORTED && says(&k, "older"), "needs to be opened for writing");
    tap_ok(kit_reopen(&k), "is brought up to date");
    tap_ok(strcmp(kit_has(&k, "web", STORE_NOW), "a@1") == 0 && kit_sound(&k), "and holds what it held");
    uint64_t v = 0;
    tap_ok(block_version(&k.op, k.s, &v) == RC_OK && v == 1, "and a block list");
    store_close(k.s);
    k.s = NULL;
    tap_ok(sql(&k, "PRAGMA user_version = 1000"), "a store of the future");
    tap_ok(store_open(&k.op, k.path, STORE_WRITE, &s) == RC_UNSUPPORTED && says(&k, "newer"), "is refused, and says so");
    sql(&k, str_print(k.op.mem, "PRAGMA user_version = %u; PRAGMA journal_mode = DELETE", schema_steps()).p);
    tap_ok(store_open(&k.op, k.path, STORE_READ, &s) == RC_OK, "opened for reading");
    tap_ok(store_begin(&k.op, s, STORE_WRITING) == RC_DENIED && says(&k, "reading only"), "is not written");
    store_close(s);
    kit_close(&k);
}

static bool same_statement(const struct vex_statement *a, const struct vex_statement *b)
{
    return str_eq(a->vulnerability, b->vulnerability) && str_eq(a->product, b->product) && str_eq(a->subcomponent, b->subcomponent)
           && a->state == b->state && str_eq(a->justification, b->justification) && str_eq(a->impact, b->impact)
           && str_eq(a->action, b->action) && str_eq(a->author, b->author) && a->at == b->at && str_eq(a->document, b->document);
}

static void statements(void)
{
    struct kit k;
    struct statement_list l;
    struct statement_sources from;
    struct vex_statement all[2] = {
        {STR("CVE-1"), STR("pkg:npm/a@1"), STR(""), VEX_NOT_AFFECTED, STR("component_not_present"), STR("why"), STR(""), STR("A"), 7, STR("D")},
        {STR("CVE-2"), STR("lab"), STR("pkg:npm/a"), VEX_UNDER_INVESTIGATION, STR(""), STR(""), STR("do"), STR("A"), 0, STR("D")}};
    kit_open(&k, true);
    tap_ok(statement_list(&k.op, k.s, STR(""), &l) == RC_OK && l.n == 0 && statement_sources(&k.op, k.s, &from) == RC_OK && from.n == 0,
           "no statements");
    bool good = statement_replace(&k.op, k.s, STR("x"), all, 2, 100) == RC_OK && statement_replace(&k.op, k.s, STR("b"), all, 1, 200) == RC_OK;
    tap_ok(good && statement_list(&k.op, k.s, STR(""), &l) == RC_OK && l.n == 3 && same_statement(&l.at[0].said, &all[0])
               && same_statement(&l.at[1].said, &all[1]) && str_eq(l.at[2].source, STR("b")), "statements as they were said");
    tap_ok(statement_list(&k.op, k.s, STR("b"), &l) == RC_OK && l.n == 1, "those of one source");
    tap_ok(statement_sources(&k.op, k.s, &from) == RC_OK && from.n == 2 && str_eq(from.at[0].name, STR("b")) && from.at[1].count == 2
               && from.at[1].imported_at == 100, "the sources by name");
    good = statement_replace(&k.op, k.s, STR("x"), all + 1, 1, 300) == RC_OK && statement_replace(&k.op, k.s, STR("b"), NULL, 0, 300) == RC_OK;
    tap_ok(good && statement_list(&k.op, k.s, STR(""), &l) == RC_OK && l.n == 1 && same_statement(&l.at[0].said, &all[1]),
           "a source said again takes its own place; one that says nothing is gone");
    tap_ok(statement_replace(&k.op, k.s, STR("x"), all, STATEMENTS_MOST + 1, 400) == RC_LIMIT, "too many are refused");
    op_clear(&k.op);
    store_close(k.s);
    k.s = NULL;
    tap_ok(sql(&k, "UPDATE statement SET state = 4") && kit_reopen(&k) && statement_list(&k.op, k.s, STR(""), &l) == RC_INVALID,
           "a state that is none is damage");
    kit_close(&k);
}

/* As somebody who may read the file but not write it or its folder. */
static int read_only(struct kit *k)
{
    struct store *s = NULL;
    if (geteuid() == 0 && setuid(65534) != 0)
        return 9;
    if (store_open(&k->op, k->path, STORE_WRITE, &s) != RC_DENIED || !says(k, "not writable"))
        return 1;
    if (store_open(&k->op, k->path, STORE_READ, &k->s) != RC_OK)
        return 2;
    if (strcmp(kit_has(k, "web", STORE_NOW), "a@1") != 0)
        return 3;
    struct str other = str_join(k->op.mem, k->folder, STR("/other.db"));
    return store_open(&k->op, other, STORE_WRITE | STORE_CREATE, &s) == RC_DENIED ? 0 : 4;
}

static void permissions(void)
{
    struct kit k;
    int status = 0;
    kit_open(&k, true);
    kit_write(&k, "web", 100, "deb/a@1", NULL);
    store_close(k.s);
    k.s = NULL;
    chmod(k.path.p, 0444);
    chmod(k.folder.p, 0555);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        int code = read_only(&k);
        fflush(stdout);
        _exit(code);
    }
    waitpid(pid, &status, 0);
    tap_ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a store that may only be read is read, and denied for writing (%d)", status);
    chmod(k.folder.p, 0755);
    kit_close(&k);
}

static void whole(void)
{
    struct kit k, copy;
    struct store_info info;
    kit_open(&k, true);
    tap_ok(store_info(&k.op, k.s, true, &info) == RC_OK && info.assets == 0 && info.oldest_scan == 0 && info.schema == schema_steps(),
           "an empty store's counts");
    int64_t t = 0;
    tap_ok(asset_oldest_scan(&k.op, k.s, &t) == RC_NOTFOUND, "and no oldest scan");
    tap_ok(kit_sound(&k), "it is sound");
    kit_write(&k, "web", 100, "deb/a@1\ndeb/b@1", NULL);
    kit_write(&k, "db", 200, "deb/a@1", NULL);
    tap_ok(store_info(&k.op, k.s, true, &info) == RC_OK && info.assets == 2 && info.components == 2 && info.presences == 3 &&
               info.pending == 2 && info.oldest_scan == 100 && info.newest_scan == 200 && info.bytes > 0 && info.tables.n == 15, "counts");
    uint64_t bytes = 0;
    vec_each(struct store_table, table, &info.tables)
        bytes += table->bytes;
    tap_ok(bytes > 0, "bytes of the tables");
    kit_open(&copy, false);
    tap_ok(store_backup(&k.op, k.s, copy.path) == RC_OK, "a backup");
    struct stat st;
    tap_ok(stat(copy.path.p, &st) == 0 && (st.st_mode & 07777) == 0600, "its mode is 0600");
    tap_ok(store_backup(&k.op, k.s, copy.path) == RC_DENIED, "never over a file");
    op_clear(&k.op);
    tap_ok(store_backup(&k.op, k.s, STR("/no/such/folder/x")) == RC_IO, "nor where there is no folder");
    op_clear(&k.op);
    tap_ok(kit_reopen(&copy) && kit_sound(&copy) && strcmp(kit_has(&copy, "web", STORE_NOW), "a@1 b@1") == 0, "the copy is as good");
    tap_ok(store_compact(&k.op, k.s) == RC_OK && store_info(&k.op, k.s, false, &info) == RC_OK && info.pending == 0, "compacted");
    tap_ok(kit_sound(&k), "and sound");
    kit_close(&copy);
    kit_close(&k);
}

static void transactions(void)
{
    struct kit k;
    kit_open(&k, true);
    tap_ok(store_begin(&k.op, k.s, STORE_WRITING) == RC_OK, "one transaction");
    kit_write(&k, "web", 100, "deb/a@1", NULL);
    kit_write(&k, "db", 100, "deb/a@1\ndeb/b@1", NULL);
    tap_ok(store_end(&k.op, k.s, RC_INVALID) == RC_INVALID, "that fails");
    tap_ok(strcmp(kit_has(&k, "web", STORE_NOW), "not found") == 0, "leaves nothing");
    kit_write(&k, "db", 100, "deb/b@1", NULL);
    tap_ok(strcmp(kit_has(&k, "db", STORE_NOW), "b@1") == 0 && kit_sound(&k), "not even in memory");
    tap_ok(store_begin(&k.op, k.s, STORE_WRITING) == RC_OK, "another");
    kit_write(&k, "web", 100, "deb/a@1", NULL);
    tap_ok(!kit_write(&k, "", 100, "deb/a@1", NULL), "with a part that fails");
    op_clear(&k.op);
    tap_ok(store_end(&k.op, k.s, RC_OK) == RC_INVALID, "is taken back as a whole");
    op_clear(&k.op);
    tap_ok(strcmp(kit_has(&k, "web", STORE_NOW), "not found") == 0, "so that no part stays");
    kit_close(&k);
}

static const char *names(struct kit *k, const struct asset_filter *f)
{
    struct asset_list l;
    struct str text = STR("");
    if (asset_list(&k->op, k->s, f, &l) != RC_OK)
        return "failed";
    vec_each(const struct asset, a, &l)
        text = str_join(k->op.mem, text, text.n ? STR(" ") : STR(""), a->name);
    return text.p;
}

static void assets(void)
{
    struct kit k;
    struct asset a;
    struct id_list ids;
    struct str_list l;
    struct asset_list found;
    struct str tags[] = {STR("prod"), STR("eu"), STR("prod")};
    uint64_t n = 0;
    kit_open(&k, true);
    struct scan scan = kit_scan("web-1", 100);
    struct scan_result r;
    scan.owner = STR("team-a");
    scan.tags = (struct str_list){tags, 3, 3};
    tap_ok(scan_write(&k.op, k.s, &scan, kit_bom(&k.op, "deb/a@1"), &r) == RC_OK, "an asset with owner and tags");
    kit_write(&k, "web-2", 200, "deb/a@1", NULL);
    kit_write(&k, "db", 300, "deb/a@1\ndeb/b@1", NULL);
    tap_ok(asset_named(&k.op, k.s, STR("web-1"), &a) == RC_OK && a.tags.n == 2 && str_eq(a.tags.at[0], STR("eu")) &&
               str_eq(a.owner, STR("team-a")) && str_eq(a.kind, STR("host")) && a.complete && a.profile == PROFILE_INSTALLED, "by name");
    tap_ok(asset_named(&k.op, k.s, STR("web"), &a) == RC_NOTFOUND && asset_get(&k.op, k.s, 77, &a) == RC_NOTFOUND, "none of that name or id");
    tap_ok(strcmp(names(&k, NULL), "db web-1 web-2") == 0, "all, by name");
    tap_ok(strcmp(names(&k, &(struct asset_filter){.name = STR("web-*")}), "web-1 web-2") == 0, "by a glob");
    tap_ok(strcmp(names(&k, &(struct asset_filter){.tag = STR("prod")}), "web-1") == 0, "by a tag");
    tap_ok(strcmp(names(&k, &(struct asset_filter){.owner = STR("team-a")}), "web-1") == 0, "by an owner");
    tap_ok(strcmp(names(&k, &(struct asset_filter){.kind = STR("image")}), "") == 0, "by a kind");
    tap_ok(asset_count(&k.op, k.s, NULL, &n) == RC_OK && n == 3, "three of them");
    tap_ok(asset_ids(&k.op, k.s, &(struct asset_filter){.kind = STR("host")}, &ids) == RC_OK && ids.n == 3 && ids.at[0] == 1, "their ids");
    tap_ok(asset_ids(&k.op, k.s, &(struct asset_filter){.tag = STR("eu")}, &ids) == RC_OK && ids.n == 1, "ids by a tag");
    tap_ok(asset_stale(&k.op, k.s, 200, &ids) == RC_OK && ids.n == 1 && ids.at[0] == 1, "last scanned before 200");
    tap_ok(asset_younger(&k.op, k.s, 200, &ids) == RC_OK && ids.n == 1 && ids.at[0] == 3, "first scanned after 200");
    tap_ok(asset_of_profile(&k.op, k.s, PROFILE_INSTALLED, &ids) == RC_OK && ids.n == 3, "of a profile");
    tap_ok(asset_suggest(&k.op, k.s, STR("wbe-1"), &l) == RC_OK && l.n >= 1 && str_eq(l.at[0], STR("web-1")), "did you mean web-1");
    tap_ok(asset_suggest(&k.op, k.s, STR("entirely other"), &l) == RC_OK && l.n == 0, "nothing is near");
    struct str owner = STR("team-b"), taken = STR("db"), fresh = STR("web-one"), empty = STR("");
    struct str_list none = {NULL, 0, 0};
    tap_ok(asset_set(&k.op, k.s, 1, &(struct asset_change){.owner = &owner, .tags = &none, .name = &fresh}) == RC_OK, "changed");
    tap_ok(asset_named(&k.op, k.s, STR("web-one"), &a) == RC_OK && a.id == 1 && a.tags.n == 0 && str_eq(a.owner, owner) && a.members == 1, "it is");
    tap_ok(asset_set(&k.op, k.s, 1, &(struct asset_change){.name = &taken}) == RC_DENIED && says(&k, "already"), "not to a name that is taken");
    tap_ok(asset_set(&k.op, k.s, 1, &(struct asset_change){.name = &empty}) == RC_INVALID && says(&k, "name"), "nor to none");
    tap_ok(asset_set(&k.op, k.s, 99, &(struct asset_change){.owner = &owner}) == RC_NOTFOUND, "nor what is not there");
    tap_ok(store_fold(&k.op, k.s, true) == RC_OK && asset_forget(&k.op, k.s, 3) == RC_OK, "db forgotten");
    tap_ok(asset_forget(&k.op, k.s, 3) == RC_NOTFOUND && asset_find(&k.op, k.s, STR("db"), &found) == RC_NOTFOUND, "once only");
    tap_ok(strcmp(kit_who(&k, kit_ids(&k, "b", NULL), STORE_NOW), "") == 0 && kit_sound(&k), "nobody has b now");
    tap_ok(strcmp(kit_who(&k, kit_ids(&k, "b", NULL), 350), "") == 0, "nor had it");
    kit_write(&k, "db", 400, "deb/b@1", &r);
    tap_ok(r.asset == 4 && r.outcome == SCAN_NEW, "a new db is another asset");
    tap_ok(store_fold(&k.op, k.s, true) == RC_OK && kit_sound(&k), "sound after folding");
    kit_close(&k);
}

static size_t rows(struct component_list *l, enum rc rc)
{
    return rc == RC_OK ? l->n : 999;
}

static void rename_upstream(struct arena *mem, struct component *c)
{
    if (str_eq(c->name, STR("xz-utils")))
        c->upstream = str_join(mem, STR("x"), STR("z"));
}

static void components(void)
{
    struct kit k;
    struct component_list l;
    struct component c;
    struct str_list near;
    kit_open(&k, true);
    kit_write(&k, "web", 100, "deb/xz-utils@5.4\ndeb/xz-utils@5.6.1\ndeb/liblzma5@5.6.1\nnpm/xz@1.0\nnpm/lodash@4\nnpm/lodash@", NULL);
    tap_ok(rows(&l, component_by_upstream(&k.op, k.s, STR("xz-utils"), &l)) == 2, "by upstream");
    tap_ok(rows(&l, component_by_upstream(&k.op, k.s, STR("nothing"), &l)) == 0, "by an upstream never seen");
    tap_ok(rows(&l, component_by_package(&k.op, k.s, STR("deb"), STR(""), STR("xz-utils"), &l)) == 2, "by package");
    tap_ok(rows(&l, component_by_package(&k.op, k.s, STR("rpm"), STR(""), STR("xz-utils"), &l)) == 0, "of another type");
    tap_ok(rows(&l, component_by_label(&k.op, k.s, STR("lodash"), &l)) == 2, "by name");
    c = (struct component){.type = STR("deb"), .name = STR("xz-utils"), .version = STR("5.4")};
    tap_ok(rows(&l, component_by_purl(&k.op, k.s, &c, &l)) == 1 && str_eq(l.at[0].c.version, STR("5.4")), "by purl");
    tap_ok(component_get(&k.op, k.s, l.at[0].id, &c) == RC_OK && str_eq(c.name, STR("xz-utils")) && component_get(&k.op, k.s, 9999, &c) == RC_NOTFOUND,
           "by id");
    tap_ok(rows(&l, component_by_glob(&k.op, k.s, STR("*z*"), &l)) == 4, "by a glob");
    tap_ok(rows(&l, component_by_glob(&k.op, k.s, STR("lo?ash"), &l)) == 2, "by another");
    tap_ok(component_suggest(&k.op, k.s, STR("lodahs"), &near) == RC_OK && near.n && str_eq(near.at[0], STR("lodash")), "did you mean lodash");
    tap_ok(component_derive(&k.op, k.s, STR("table 1"), rename_upstream) == RC_OK, "derived with another table");
    tap_ok(rows(&l, component_by_upstream(&k.op, k.s, STR("xz"), &l)) == 3 && rows(&l, component_by_upstream(&k.op, k.s, STR("xz-utils"), &l)) == 0,
           "xz-utils comes from xz now");
    tap_ok(rows(&l, component_namesakes(&k.op, k.s, STR("xz"), &l)) == 0, "npm xz has that upstream too: no namesake");
    tap_ok(rows(&l, component_namesakes(&k.op, k.s, STR("liblzma5"), &l)) == 1, "a package of that name and of another upstream");
    kit_write(&k, "odd", 100, "npm/lzma5@9", NULL);
    tap_ok(rows(&l, component_by_upstream(&k.op, k.s, STR("lzma5"), &l)) == 2, "two packages of one upstream");
    struct scan scan = kit_scan("files", 100);
    struct bom *bom = kit_bom(&k.op, "generic/tool@1");
    struct scan_result r;
    bom->components.at[0].digest = STR("sha256:01");
    bom->components.at[0].upstream = STR("generic:tool");
    tap_ok(scan_write(&k.op, k.s, &scan, bom, &r) == RC_OK, "a file with a digest");
    bom->components.at[0].digest = STR("sha256:02");
    scan.name = STR("files2");
    tap_ok(scan_write(&k.op, k.s, &scan, bom, &r) == RC_OK, "another file of that name");
    tap_ok(rows(&l, component_by_digest(&k.op, k.s, STR("sha256:02"), &l)) == 1 && rows(&l, component_by_label(&k.op, k.s, STR("tool"), &l)) == 2,
           "are two components");
    kit_write(&k, "files3", 100, "cargo/tool@1", NULL);
    tap_ok(rows(&l, component_namesakes(&k.op, k.s, STR("tool"), &l)) == 2, "namesakes of tool");
    tap_ok(rows(&l, component_by_digest(&k.op, k.s, STR(""), &l)) == 0, "no digest finds nothing");
    tap_ok(kit_reopen(&k) && kit_sound(&k), "sound when opened again");
    kit_write(&k, "again", 200, "deb/xz-utils@5.4", NULL);
    tap_ok(rows(&l, component_by_label(&k.op, k.s, STR("xz-utils"), &l)) == 2, "a known component is found again, not made anew");
    kit_close(&k);
}

static void blocks(void)
{
    struct kit k;
    struct block b = {.what = STR("xz@5.6.0..5.6.1"), .reason = STR("CVE-2024-3094"), .who = STR("ann"), .at = 100}, got;
    struct block_list l;
    struct str except[] = {STR("b"), STR("a")};
    uint32_t number = 0;
    uint64_t v1 = 0, v2 = 0;
    bool fresh = false;
    kit_open(&k, true);
    tap_ok(block_list(&k.op, k.s, 0, &l) == RC_OK && l.n == 0 && block_version(&k.op, k.s, &v1) == RC_OK, "no blocks");
    tap_ok(block_add(&k.op, k.s, &b, &number, &fresh) == RC_OK && number == 1 && fresh, "number 1");
    tap_ok(block_version(&k.op, k.s, &v2) == RC_OK && v2 == v1 + 1, "the version grew");
    tap_ok(block_add(&k.op, k.s, &b, &number, &fresh) == RC_OK && number == 1 && !fresh, "the same again");
    tap_ok(block_version(&k.op, k.s, &v2) == RC_OK && v2 == v1 + 1, "and did not");
    b.except = (struct str_list){except, 2, 2};
    tap_ok(block_add(&k.op, k.s, &b, &number, &fresh) == RC_OK && number == 2 && fresh, "other exceptions, another entry");
    struct str turned[] = {STR("a"), STR("b"), STR("a")};
    b.except = (struct str_list){turned, 3, 3};
    tap_ok(block_add(&k.op, k.s, &b, &number, &fresh) == RC_OK && number == 2 && !fresh, "their order does not matter");
    b.what = STR("left-pad");
    b.until = 150;
    tap_ok(block_add(&k.op, k.s, &b, &number, &fresh) == RC_OK && number == 3, "one with an end");
    tap_ok(block_list(&k.op, k.s, 150, &l) == RC_OK && l.n == 3 && block_list(&k.op, k.s, 151, &l) == RC_OK && l.n == 2, "it runs out");
    b.at = 200;
    tap_ok(block_add(&k.op, k.s, &b, &number, &fresh) == RC_OK && number == 4 && fresh, "then it may be made anew");
    tap_ok(block_end(&k.op, k.s, 1, STR("bob"), STR("fixed everywhere"), 300) == RC_OK, "ended");
    tap_ok(block_end(&k.op, k.s, 1, STR("eve"), STR("again"), 400) == RC_OK && block_get(&k.op, k.s, 1, &got) == RC_OK && got.ended_at == 300 &&
               str_eq(got.ended_by, STR("bob")) && str_eq(got.ended_reason, STR("fixed everywhere")), "once only");
    tap_ok(block_end(&k.op, k.s, 77, STR("x"), STR("y"), 1) == RC_NOTFOUND, "no such number");
    b.what = STR("xz");
    tap_ok(block_supersede(&k.op, k.s, 2, &b, &number) == RC_OK && number == 5 && block_get(&k.op, k.s, 2, &got) == RC_OK &&
               got.superseded_by == 5 && got.except.n == 2, "superseded by 5");
    b.what = STR("");
    tap_ok(block_add(&k.op, k.s, &b, &number, &fresh) == RC_INVALID && says(&k, "something"), "nothing is not blocked");
    tap_ok(block_list(&k.op, k.s, 0, &l) == RC_OK && l.n == 5 && l.at[4].number == 5, "all of them stay");
    tap_ok(kit_reopen(&k) && block_list(&k.op, k.s, 0, &l) == RC_OK && l.n == 5, "also when opened again");
    kit_close(&k);
}

static void own_statements(void)
{
    struct kit k;
    struct own_statements l;
    struct own_statement o = {.until = 500};
    uint32_t number = 0;
    bool fresh = false;
    o.said = (struct vex_statement){.vulnerability = STR("CVE-2024-1"), .product = STR("pkg:npm/qs"), .subcomponent = STR(""),
                                    .state = VEX_NOT_AFFECTED, .justification = STR("component_not_present"), .impact = STR("why"),
                                    .author = STR("ann"), .at = 100};
    kit_open(&k, true);
    tap_ok(own_statement_list(&k.op, k.s, 0, &l) == RC_OK && l.n == 0, "nothing of our own");
    tap_ok(own_statement_add(&k.op, k.s, &o, &number, &fresh) == RC_OK && number == 1 && fresh, "said once");
    tap_ok(own_statement_add(&k.op, k.s, &o, &number, &fresh) == RC_OK && number == 1 && !fresh, "the same again is the same");
    tap_ok(own_statement_list(&k.op, k.s, 500, &l) == RC_OK && l.n == 1 && own_statement_list(&k.op, k.s, 501, &l) == RC_OK && l.n == 0,
           "it runs out");
    o.said.state = VEX_AFFECTED;
    o.said.at = 200;
    tap_ok(own_statement_add(&k.op, k.s, &o, &number, &fresh) == RC_OK && number == 2 && fresh, "another word for it");
    tap_ok(own_statement_list(&k.op, k.s, 0, &l) == RC_OK && l.n == 2 && l.at[0].ended_at == 200 &&
               str_eq(l.at[0].ended_reason, STR("replaced by 2")) && l.at[1].ended_at == 0, "ends the first");
    tap_ok(own_statement_end(&k.op, k.s, 2, STR("bob"), STR("done"), 300) == RC_OK &&
               own_statement_end(&k.op, k.s, 2, STR("eve"), STR("again"), 400) == RC_OK && own_statement_list(&k.op, k.s, 0, &l) == RC_OK &&
               l.at[1].ended_at == 300 && str_eq(l.at[1].ended_by, STR("bob")), "ended once only");
    tap_ok(own_statement_end(&k.op, k.s, 77, STR("x"), STR("y"), 1) == RC_NOTFOUND, "no such statement");
    o.until = 0;
    o.said.at = 600;
    tap_ok(own_statement_add(&k.op, k.s, &o, &number, &fresh) == RC_OK && number == 3 && fresh, "numbers go on");
    tap_ok(kit_reopen(&k) && sql(&k, "UPDATE own_statement SET state = 9 WHERE number = 1") &&
               own_statement_list(&k.op, k.s, 0, &l) == RC_INVALID && says(&k, "no state"), "a damaged state is refused");
    kit_close(&k);
}

int main(void)
{
    opening();
    schemas();
    statements();
    own_statements();
    permissions();
    whole();
    transactions();
    assets();
    components();
    blocks();
    return tap_done();
}
