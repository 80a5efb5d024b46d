/* assets: what was scanned. */
#include "base/time.h"
#include "cmd/print.h"
#include "flow/inventory.h"

static void json_asset(struct op *op, struct json_out *w, const struct asset *a)
{
    json_out_object(w);
    json_out_member(w, "asset", a->name);
    json_out_member(w, "kind", a->kind);
    json_out_opt(w, "owner", a->owner);
    json_out_name(w, "tags");
    json_out_array(w);
    for (size_t i = 0; i < a->tags.n; i++)
        json_out_str(w, a->tags.at[i]);
    json_out_end_array(w);
    json_out_name(w, "components");
    json_out_int(w, a->members);
    json_out_member(w, "profile", str_of(profile_name(a->profile)));
    json_out_name(w, "complete");
    json_out_bool(w, a->complete);
    json_out_member(w, "first_seen", time_print(op->mem, a->first_seen));
    json_out_member(w, "last_scan", time_print(op->mem, a->last_scan));
    json_out_opt(w, "target", a->target);
    json_out_end_object(w);
}

static int run(struct op *op, struct cli *cli)
{
    static const char *const columns[] = {"asset", "kind", "components", "profile", "state", "last_scan", "owner", "tags", NULL};
    struct asset_filter f = {cli_option(cli, "kind"), cli_option(cli, "owner"), cli_option(cli, "tag"), {NULL, 0}};
    struct asset_list list = {0};
    struct table t;
    struct json_page page;
    if (cli->args.n > 1)
        return cli_usage(cli, "one name or glob at the most");
    f.name = cli->args.n ? cli->args.at[0] : f.name;
    enum rc rc = inventory_assets(op, &cli->session, &f, &list);
    if (rc != RC_OK && !(rc == RC_NOTFOUND && !cli->session.store))
        return cli_failed(op, cli);
    if (list.n == 0)
        cli_say(cli, "no asset; `muster scan` adds some");
    table_open(&t, op, cli, columns);
    json_page_open(&page, op);
    json_out_object(&page.w);
    json_out_name(&page.w, "assets");
    json_out_array(&page.w);
    for (size_t i = 0; i < list.n; i++) {
        const struct asset *a = &list.at[i];
        if (cli->output == OUTPUT_JSON)
            json_asset(op, &page.w, a);
        else
            table_add(&t, a->name, a->kind, str_print(op->mem, "%u", a->members), str_of(profile_name(a->profile)),
                      a->complete ? STR("complete") : STR("incomplete"), time_print(op->mem, a->last_scan), a->owner,
                      cell_list(op->mem, a->tags.at, a->tags.n));
    }
    json_out_end_array(&page.w);
    json_out_end_object(&page.w);
    if (cli->output == OUTPUT_JSON)
        return json_page_print(op, cli, &page, EXIT_DONE);
    table_print(&t);
    return EXIT_DONE;
}

static const struct option options[] = {
    {"kind", "K", "only assets of this kind"},
    {"owner", "O", "only assets of this owner"},
    {"tag", "T", "only assets with this tag"},
    {NULL, NULL, NULL},
};

const struct command command_assets = {
    .name = "assets",
    .help = "Lists the assets that were scanned.",
    .usage = "[NAME|GLOB] [options]",
    .options = options,
    .run = run,
};
