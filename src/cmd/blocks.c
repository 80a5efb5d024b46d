/* blocks: the block list. */
#include "base/time.h"
#include "cmd/print.h"
#include "flow/gate.h"

static struct str state_of(const struct cli *cli, const struct block *b)
{
    if (b->ended_at)
        return b->superseded_by ? STR("superseded") : STR("ended");
    return b->until && b->until < cli->session.now ? STR("ran out") : STR("stands");
}

static void json_block(struct op *op, const struct cli *cli, struct json_out *w, const struct block *b)
{
    json_out_object(w);
    json_out_name(w, "number");
    json_out_int(w, b->number);
    json_out_member(w, "state", state_of(cli, b));
    json_out_member(w, "what", b->what);
    json_out_name(w, "except");
    json_out_array(w);
    for (size_t i = 0; i < b->except.n; i++)
        json_out_str(w, b->except.at[i]);
    json_out_end_array(w);
    json_out_member(w, "reason", b->reason);
    json_out_member(w, "who", b->who);
    json_out_member(w, "at", time_print(op->mem, b->at));
    json_out_opt(w, "until", print_time(op->mem, b->until));
    json_out_opt(w, "ended_at", print_time(op->mem, b->ended_at));
    json_out_opt(w, "ended_by", b->ended_by);
    json_out_opt(w, "ended_reason", b->ended_reason);
    json_out_end_object(w);
}

static int run(struct op *op, struct cli *cli)
{
    static const char *const columns[] = {"number", "state", "what", "except", "reason", "who", "at", "until", NULL};
    struct block_list list = {0};
    struct table t;
    struct json_page page;
    if (cli->args.n)
        return cli_usage(cli, "takes no argument");
    if (block_all(op, &cli->session, cli_switch(cli, "all"), &list) != RC_OK)
        return cli_failed(op, cli);
    table_open(&t, op, cli, columns);
    json_page_open(&page, op);
    json_out_object(&page.w);
    json_out_name(&page.w, "blocks");
    json_out_array(&page.w);
    for (size_t i = 0; i < list.n; i++) {
        const struct block *b = &list.at[i];
        if (cli->output == OUTPUT_JSON)
            json_block(op, cli, &page.w, b);
        else
            table_add(&t, str_print(op->mem, "%u", b->number), state_of(cli, b), b->what, cell_list(op->mem, b->except.at, b->except.n), b->reason,
                      b->who, time_print(op->mem, b->at), print_time(op->mem, b->until));
    }
    json_out_end_array(&page.w);
    json_out_end_object(&page.w);
    if (list.n == 0)
        cli_say(cli, "nothing is blocked");
    if (cli->output == OUTPUT_JSON)
        return json_page_print(op, cli, &page, EXIT_DONE);
    table_print(&t);
    return EXIT_DONE;
}

static const struct option options[] = {
    {"all", NULL, "also those that ended or ran out"},
    {NULL, NULL, NULL},
};

const struct command command_blocks = {
    .name = "blocks",
    .help = "Lists the block list.",
    .usage = "[--all]",
    .options = options,
    .run = run,
};
