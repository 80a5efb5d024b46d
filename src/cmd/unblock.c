/* unblock: end an entry of the block list; it stays on record. */
#include <stdio.h>
#include "cmd/cmd.h"
#include "cmd/who.h"
#include "flow/gate.h"

static int run(struct op *op, struct cli *cli)
{
    struct str reason = cli_option(cli, "reason");
    uint64_t number;
    if (cli->args.n != 1 || !str_num(cli->args.at[0], &number) || number == 0 || number > UINT32_MAX)
        return cli_usage(cli, "expected the number of a block; `muster blocks` lists them");
    if (reason.n == 0)
        return cli_usage(cli, "--reason is needed");
    if (block_lift(op, &cli->session, (uint32_t)number, who_am_i(op), reason) != RC_OK)
        return cli_failed(op, cli);
    printf("block %llu ended; it stays on record\n", (unsigned long long)number);
    return EXIT_DONE;
}

static const struct option options[] = {
    {"reason", "TEXT", "why"},
    {NULL, NULL, NULL},
};

const struct command command_unblock = {
    .name = "unblock",
    .help = "Ends an entry of the block list; it stays on record.",
    .usage = "NUMBER --reason TEXT",
    .options = options,
    .run = run,
};
