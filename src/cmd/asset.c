/* asset set: owner, tags, kind and name of an asset. */
#include "cmd/cmd.h"
#include "flow/inventory.h"

static int run(struct op *op, struct cli *cli)
{
    struct str name = cli_option(cli, "as"), owner = cli_option(cli, "owner"), kind = cli_option(cli, "kind");
    struct str_list tags = {0}, given = {0};
    struct asset_change c = {0};
    if (cli->args.n != 2 || !str_eq(cli->args.at[0], STR("set")))
        return cli_usage(cli, "expected: asset set NAME");
    cli_options(op, cli, "tag", &given);
    for (size_t i = 0; i < given.n; i++)
        if (given.at[i].n)
            *vec_push(op->mem, &tags) = given.at[i];
    c.name = name.p ? &name : NULL;
    c.owner = owner.p ? &owner : NULL;
    c.kind = kind.p ? &kind : NULL;
    c.tags = given.n ? &tags : NULL;
    if (!c.name && !c.owner && !c.kind && !c.tags)
        return cli_usage(cli, "nothing to set; give --owner, --tag, --kind or --as");
    if (inventory_set(op, &cli->session, cli->args.at[1], &c) != RC_OK)
        return cli_failed(op, cli);
    return EXIT_DONE;
}

static const struct option options[] = {
    {"owner", "O", "who owns it"},
    {"tag", "T", "its tags, all of them (may be repeated; an empty one removes all)"},
    {"kind", "K", "its kind"},
    {"as", "NAME", "its new name"},
    {NULL, NULL, NULL},
};

static const char *const verbs[] = {"set", NULL};

const struct command command_asset = {
    .name = "asset",
    .help = "Sets owner, tags, kind or name of an asset.",
    .usage = "set NAME [--owner O] [--tag T]… [--kind K] [--as NAME]",
    .options = options,
    .verbs = verbs,
    .run = run,
};
