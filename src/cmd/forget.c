/* forget: remove an asset and its history. */
#include <stdio.h>
#include "cmd/cmd.h"
#include "flow/inventory.h"

static int run(struct op *op, struct cli *cli)
{
    struct asset a;
    if (cli->args.n != 1)
        return cli_usage(cli, "expected one asset");
    if (inventory_forget(op, &cli->session, cli->args.at[0], &a) != RC_OK)
        return cli_failed(op, cli);
    printf("forgot " STR_FMT " and its history\n", STR_ARG(str_escape(op->mem, a.name)));
    return EXIT_DONE;
}

const struct command command_forget = {
    .name = "forget",
    .help = "Removes an asset and its history from the store.",
    .usage = "ASSET",
    .run = run,
};
