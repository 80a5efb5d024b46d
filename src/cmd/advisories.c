/* advisories: bring feeds in, look at them, match against them. */
#include <stdio.h>
#include <unistd.h>
#include "base/time.h"
#include "cmd/advisories.h"
#include "cmd/print.h"
#include "flow/ages.h"
#include "flow/releases.h"
#include "flow/update.h"

static void put(void *arg, struct str s)
{
    (void)arg;
    fwrite(s.p, 1, s.n, stdout);
}

static int import(struct op *op, struct cli *cli)
{
    struct str_list paths = {cli->args.at + 1, cli->args.n - 1, cli->args.n - 1};
    struct import_result r = {0};
    uint64_t refused = 0;
    if (paths.n == 0)
        return cli_usage(cli, "name at least one archive, folder or document");
    enum rc rc = advisories_import_files(op, &cli->session, &paths, &r);
    progress_close(op);
    if (rc != RC_OK)
        return cli_failed(op, cli);
    vec_each(struct import_report, one, &r.reports) {
        printf(STR_FMT ": %llu advisories", STR_ARG(str_escape(op->mem, one->source)), (unsigned long long)one->advisories);
        if (one->exploited)
            printf(", %llu known to be exploited", (unsigned long long)one->exploited);
        if (one->scores)
            printf(", %llu scores", (unsigned long long)one->scores);
        if (one->statements)
            printf(", %llu VEX statements", (unsigned long long)(one->statements - one->left_out));
        if (one->left_out)
            printf(", %llu more statements not kept: %d are the most of one source", (unsigned long long)one->left_out,
                   STATEMENTS_MOST);
        if (one->lives)
            printf(", %llu releases' ends", (unsigned long long)one->lives);
        if (one->ssvc)
            printf(", %llu SSVC decision points", (unsigned long long)one->ssvc);
        printf(one->refused_total ? ", %llu refused\n" : "\n", (unsigned long long)one->refused_total);
        refused += one->refused_total;
        for (size_t i = 0; i < one->refused.n && (i < 10 || cli->verbose); i++)
            cli_say(cli, "  refused: " STR_FMT ": " STR_FMT, STR_ARG(str_escape(op->mem, one->refused.at[i].name)), STR_ARG(one->refused.at[i].why));
    }
    printf("%llu records, %llu bytes\n", (unsigned long long)r.records, (unsigned long long)r.bytes);
    return refused ? EXIT_UNKNOWN : EXIT_DONE;
}

static uint64_t statements_of(const struct statement_sources *all, struct str source)
{
    for (size_t i = 0; i < all->n; i++)
        if (str_eq(all->at[i].name, source))
            return all->at[i].count;
    return 0;
}

static void json_source(struct op *op, struct json_out *w, const struct feed_age *a, uint64_t statements)
{
    json_out_object(w);
    json_out_member(w, "source", a->source.name);
    json_out_name(w, "records");
    json_out_int(w, (int64_t)a->source.count);
    json_out_name(w, "statements");
    json_out_int(w, (int64_t)statements);
    json_out_opt(w, "newest", print_time(op->mem, a->source.newest));
    json_out_opt(w, "imported", print_time(op->mem, a->source.imported_at));
    json_out_opt(w, "as_of", print_time(op->mem, a->as_of));
    json_out_name(w, "stale");
    json_out_bool(w, a->stale);
    json_out_end_object(w);
}

static int status(struct op *op, struct cli *cli)
{
    static const char *const columns[] = {"source", "records", "newest", "imported", "state", "statements", "as_of", NULL};
    struct feed_ages ages = {0};
    struct statement_sources said = {0};
    struct json_page page;
    struct table t;
    if (feed_ages_now(op, &cli->session, &ages) != RC_OK || advisories_statements(op, &cli->session, &said) != RC_OK)
        return cli_failed(op, cli);
    table_open(&t, op, cli, columns);
    json_page_open(&page, op);
    json_out_object(&page.w);
    json_out_name(&page.w, "sources");
    json_out_array(&page.w);
    vec_each(const struct feed_age, a, &ages.list) {
        uint64_t statements = statements_of(&said, a->source.name);
        if (cli->output == OUTPUT_JSON)
            json_source(op, &page.w, a, statements);
        else
            table_add(&t, a->source.name, str_print(op->mem, "%llu", (unsigned long long)a->source.count), print_time(op->mem, a->source.newest),
                      print_time(op->mem, a->source.imported_at), a->stale ? STR("stale") : STR("current"),
                      str_print(op->mem, "%llu", (unsigned long long)statements), print_time(op->mem, a->as_of));
    }
    json_out_end_array(&page.w);
    json_out_end_object(&page.w);
    if (cli->output == OUTPUT_JSON)
        return json_page_print(op, cli, &page, EXIT_DONE);
    table_print(&t);
    return EXIT_DONE;
}

static void print_list(struct op *op, const char *name, const struct str *list, size_t n)
{
    if (n)
        printf("%-10s " STR_FMT "\n", name, STR_ARG(str_escape(op->mem, cell_list(op->mem, list, n))));
}

/* "Debian:8": what is known of a release. */
static bool show_release(struct op *op, const struct cli *cli, const struct advindex *ix, struct str text)
{
    struct release r;
    int64_t until;
    if (release_named(op, ix, text, cli->session.now, &r, &until) != RC_OK)
        return false;
    printf(STR_FMT " " STR_FMT "\n", STR_ARG(r.ecosystem), STR_ARG(str_escape(op->mem, r.name)));
    printf("%-10s %s\n", "records", r.state == RELEASE_UNCOVERED ? "no imported feed covers it" : "some imported feed covers it");
    if (until)
        printf("%-10s " STR_FMT "%s\n", "ends", STR_ARG(r.ended || until > 86400 ? str_upto(print_time(op->mem, until), 10) : STR("a day that is not known")),
               r.state == RELEASE_ENDED ? ", which has passed: no data since" : "");
    return true;
}

static int show(struct op *op, struct cli *cli)
{
    enum { MOST = 64 };
    struct advindex *ix;
    struct advisory_lookup look;
    uint32_t records[MOST];
    size_t n = 0;
    if (cli->args.n != 2)
        return cli_usage(cli, "expected the id of an advisory");
    if (advisories_open(op, &cli->session, &ix) != RC_OK)
        return cli_failed(op, cli);
    advindex_lookup(ix, &look);
    enum rc rc = look.by_id(look.arg, op, cli->args.at[1], records, MOST, &n);
    if (rc == RC_OK && n == 0)
        rc = RC_NOTFOUND;
    if (rc == RC_NOTFOUND && show_release(op, cli, ix, cli->args.at[1]))
        return EXIT_DONE;
    if (rc == RC_NOTFOUND) {
        fprintf(stderr, "muster: no advisory is called '" STR_FMT "'; `muster advisories search` looks in names and summaries\n", STR_ARG(cli->args.at[1]));
        return EXIT_UNREACHABLE;
    }
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct record_view r;
        struct str whole;
        rc = look.record(look.arg, op, records[i], &r);
        if (rc == RC_OK)
            rc = advindex_whole(op, ix, records[i], &whole);
        if (rc != RC_OK)
            break;
        if (cli->output == OUTPUT_JSON) {
            put(NULL, whole);
            putchar('\n');
            continue;
        }
        printf("%s" STR_FMT "  (" STR_FMT ", modified %s)%s\n", i ? "\n" : "", STR_ARG(r.id), STR_ARG(r.source), print_time(op->mem, r.modified).p,
               r.withdrawn ? "  withdrawn" : "");
        printf("%-10s " STR_FMT "\n", "summary", STR_ARG(str_escape(op->mem, r.summary)));
        print_list(op, "aliases", r.aliases, r.n_aliases);
        print_list(op, "upstream", r.upstream, r.n_upstream);
        print_list(op, "related", r.related, r.n_related);
        for (size_t k = 0; k < r.n_severities; k++)
            printf("%-10s " STR_FMT " " STR_FMT "\n", "severity", STR_ARG(r.severities[k].type), STR_ARG(str_escape(op->mem, r.severities[k].score)));
        printf("%-10s " STR_FMT "\n", "record", STR_ARG(str_escape(op->mem, whole)));
    }
    return rc == RC_OK ? EXIT_DONE : cli_failed(op, cli);
}

static int search(struct op *op, struct cli *cli)
{
    enum { MOST = 200 };
    static const char *const columns[] = {"id", "source", "modified", "summary", NULL};
    struct advindex *ix;
    struct advisory_lookup look;
    struct table t;
    uint32_t *records;
    size_t n;
    if (cli->args.n != 2)
        return cli_usage(cli, "expected a text");
    if (advisories_open(op, &cli->session, &ix) != RC_OK || advindex_search(op, ix, cli->args.at[1], MOST, &records, &n) != RC_OK)
        return cli_failed(op, cli);
    advindex_lookup(ix, &look);
    table_open(&t, op, cli, columns);
    for (size_t i = 0; i < n; i++) {
        struct record_view r;
        if (look.record(look.arg, op, records[i], &r) != RC_OK)
            return cli_failed(op, cli);
        table_add(&t, r.id, r.source, print_time(op->mem, r.modified), r.summary);
    }
    table_print(&t);
    return n ? EXIT_FOUND : EXIT_DONE;
}

static int match(struct op *op, struct cli *cli)
{
    return advisories_match(op, &cli->session, STDIN_FILENO, put, NULL) == RC_OK ? EXIT_DONE : cli_failed(op, cli);
}

static int run(struct op *op, struct cli *cli)
{
    static const struct {
        const char *verb;
        int (*run)(struct op *, struct cli *);
    } verbs[] = {{"import", import}, {"update", advisories_update_run}, {"feeds", advisories_feeds_run}, {"pack", advisories_pack_run}, {"status", status}, {"show", show}, {"search", search}, {"match", match}};
    for (size_t i = 0; cli->args.n && i < sizeof verbs / sizeof *verbs; i++)
        if (str_eq(cli->args.at[0], str_of(verbs[i].verb)))
            return verbs[i].run(op, cli);
    return cli_usage(cli, "expected import, update, feeds, pack, status, show, search or match");
}

static const char *const verb_names[] = {"import", "update", "feeds", "pack", "status", "show", "search", "match", NULL};

static const struct option options[] = {
    {"mirror", "URL", "update: from there (http, https or a folder), in the layout that `feeds` shows"},
    {"timeout", "DURATION", "update: give a feed up that sends nothing for so long (60s)"},
    {"limit-download", "SIZE", "update: bytes of one document (2G)"},
    {NULL, NULL, NULL},
};

const struct command command_advisories = {
    .name = "advisories",
    .help = "Imports advisories and looks at them.",
    .usage = "update [FEED…] | import PATH… | pack FILE | feeds | status | show ID | search TEXT | match < LINES",
    .about = "update fetches the feeds that `feeds` lists: those marked always and those imported before, or the named ones. Only what\n"
             "changed is fetched, a cut download goes on, and a feed that fails keeps its records (exit status 4 then). import reads OSV archives, folders and single records, distributions' own lists, CSAF, OpenVEX and CycloneDX documents,\n"
             "CISA's KEV list, SSVC points and EPSS scores, and what pack wrote; what is imported again takes the place of the same source. VEX statements are kept and\n"
             "applied by check. The old index serves until the new one is complete. match reads lines\n"
             "`ecosystem<TAB>name<TAB>version` or purls and prints the ids of all matching records that stand, sorted and\n"
             "comma-separated; ? when a line cannot be judged.",
    .options = options,
    .verbs = verb_names,
    .long_work = true,
    .run = run,
};
