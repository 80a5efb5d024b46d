/* block: keep something out. */
#include <stdio.h>
#include "cmd/print.h"
#include "cmd/who.h"
#include "flow/gate.h"

static int print_made(struct op *op, struct cli *cli, const struct block_result *r)
{
    struct json_page page;
    json_page_open(&page, op);
    json_out_object(&page.w);
    json_out_name(&page.w, "blocks");
    json_out_array(&page.w);
    vec_each(struct block_made, m, &r->made) {
        if (cli->output != OUTPUT_JSON) {
            printf("block %u: " STR_FMT "%s; %llu stored asset%s hold%s it\n", m->number, STR_ARG(str_escape(op->mem, m->what)),
                   m->is_new ? "" : " (it stood already)", (unsigned long long)m->holders, m->holders == 1 ? "" : "s", m->holders == 1 ? "s" : "");
            continue;
        }
        json_out_object(&page.w);
        json_out_name(&page.w, "number");
        json_out_int(&page.w, m->number);
        json_out_member(&page.w, "what", m->what);
        json_out_name(&page.w, "new");
        json_out_bool(&page.w, m->is_new);
        json_out_name(&page.w, "holders");
        json_out_int(&page.w, (int64_t)m->holders);
        json_out_end_object(&page.w);
    }
    json_out_end_array(&page.w);
    json_out_end_object(&page.w);
    return cli->output == OUTPUT_JSON ? json_page_print(op, cli, &page, EXIT_DONE) : EXIT_DONE;
}

static int run(struct op *op, struct cli *cli)
{
    struct block_request rq = {.whats = cli->args, .reason = cli_option(cli, "reason"), .who = who_am_i(op)};
    struct block_result r = {0};
    if (cli->args.n == 0)
        return cli_usage(cli, "name what to block");
    if (rq.reason.n == 0)
        return cli_usage(cli, "--reason is needed: whoever is refused will read it");
    cli_options(op, cli, "except", &rq.excepts);
    if (!cli_date(cli, "until", &rq.until))
        return EXIT_USAGE;
    if (rq.until && rq.until <= cli->session.now)
        return cli_usage(cli, "--until lies in the past");
    for (size_t i = 0; i < rq.whats.n; i++) {
        struct what w;
        if (what_parse(op, rq.whats.at[i], false, &w) != RC_OK) {
            cli_failed(op, cli);
            return EXIT_USAGE;
        }
    }
    enum rc rc = block_make(op, &cli->session, &rq, &r);
    if (rc != RC_OK) {
        int status = cli_failed(op, cli);
        return rc == RC_UNSUPPORTED ? EXIT_UNKNOWN : status;
    }
    return print_made(op, cli, &r);
}

static const struct option options[] = {
    {"reason", "TEXT", "why; shown to whoever is refused"},
    {"except", "WHAT", "but not this (may be repeated)"},
    {"until", "DATE", "only until then"},
    {NULL, NULL, NULL},
};

const struct command command_block = {
    .name = "block",
    .help = "Puts a component on the block list that the gate enforces.",
    .usage = "WHAT… [--except WHAT]… --reason TEXT [--until DATE]",
    .about = "WHAT is as for `where`. Entries are numbered, and numbers are never used again; the same again gives the existing\n"
             "number. An upstream range also blocks copies of it that are bundled in something else. An advisory's id blocks whatever\n"
             "the advisories imported by then say it affects; without them the gate cannot tell.",
    .options = options,
    .run = run,
};
