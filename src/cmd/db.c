/* db: the store as a file. */
#include <stdio.h>
#include "base/time.h"
#include "cmd/print.h"
#include "flow/inventory.h"

static int info(struct op *op, struct cli *cli)
{
    struct store_info i = {0};
    struct json_page page;
    struct json_out *w = &page.w;
    if (database_info(op, &cli->session, &i) != RC_OK)
        return cli_failed(op, cli);
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {{"schema", i.schema}, {"bytes", i.bytes}, {"journal_bytes", i.journal_bytes}, {"assets", i.assets}, {"incomplete", i.incomplete},
                   {"components", i.components}, {"scans", i.scans}, {"presences", i.presences}, {"pending", i.pending}};
    json_page_open(&page, op);
    json_out_object(w);
    json_out_member(w, "path", i.path);
    if (cli->output != OUTPUT_JSON)
        printf("%-14s " STR_FMT "\n", "path", STR_ARG(str_escape(op->mem, i.path)));
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        json_out_name(w, numbers[k].name);
        json_out_int(w, (int64_t)numbers[k].value);
        if (cli->output != OUTPUT_JSON)
            printf("%-14s %llu\n", numbers[k].name, (unsigned long long)numbers[k].value);
    }
    json_out_name(w, "tables");
    json_out_array(w);
    for (size_t k = 0; k < i.tables.n; k++) {
        json_out_object(w);
        json_out_member(w, "name", i.tables.at[k].name);
        json_out_name(w, "rows");
        json_out_int(w, (int64_t)i.tables.at[k].rows);
        json_out_name(w, "bytes");
        json_out_int(w, (int64_t)i.tables.at[k].bytes);
        json_out_end_object(w);
        if (cli->output != OUTPUT_JSON)
            printf("table %-16s %12llu rows %14llu bytes\n", i.tables.at[k].name.p, (unsigned long long)i.tables.at[k].rows,
                   (unsigned long long)i.tables.at[k].bytes);
    }
    json_out_end_array(w);
    json_out_end_object(w);
    return cli->output == OUTPUT_JSON ? json_page_print(op, cli, &page, EXIT_DONE) : EXIT_DONE;
}

static int check(struct op *op, struct cli *cli)
{
    struct str_list problems = {0};
    if (database_check(op, &cli->session, &problems) != RC_OK)
        return cli_failed(op, cli);
    for (size_t i = 0; i < problems.n; i++)
        printf(STR_FMT "\n", STR_ARG(str_escape(op->mem, problems.at[i])));
    if (problems.n == 0)
        puts("sound");
    return problems.n ? EXIT_FOUND : EXIT_DONE;
}

static int run(struct op *op, struct cli *cli)
{
    struct str verb = cli->args.n ? cli->args.at[0] : STR("");
    if (str_eq(verb, STR("info")) && cli->args.n == 1)
        return info(op, cli);
    if (str_eq(verb, STR("check")) && cli->args.n == 1)
        return check(op, cli);
    if (str_eq(verb, STR("compact")) && cli->args.n == 1)
        return database_compact(op, &cli->session) == RC_OK ? EXIT_DONE : cli_failed(op, cli);
    if (str_eq(verb, STR("backup")) && cli->args.n == 2)
        return database_backup(op, &cli->session, cli->args.at[1]) == RC_OK ? EXIT_DONE : cli_failed(op, cli);
    return cli_usage(cli, "expected info, check, compact or backup FILE");
}

static const char *const verbs[] = {"info", "check", "compact", "backup", NULL};

const struct command command_db = {
    .name = "db",
    .help = "Looks after the store: sizes, soundness, compaction, backup.",
    .usage = "info|check|compact|backup FILE",
    .about = "info: counts and sizes. check: reads everything, says what is wrong (exit 1) or `sound`. compact: folds all\n"
             "pending scans and rewrites the file without holes. backup: writes a copy of the present state to a new file.",
    .verbs = verbs,
    .run = run,
};
