/* diff: what one asset has and another has not, or one asset at two times. */
#include "cmd/print.h"
#include "flow/inventory.h"

static const char *const words[] = {[DIFF_REMOVED] = "removed", [DIFF_ADDED] = "added", [DIFF_CHANGED] = "changed"};

static struct str version_of(const struct component *c)
{
    return c ? c->version : STR("");
}

static int run(struct op *op, struct cli *cli)
{
    static const char *const columns[] = {"what", "type", "component", "before", "after", NULL};
    struct diff d = {0};
    struct table t;
    struct json_page page;
    if (cli->args.n != 2)
        return cli_usage(cli, "expected two assets");
    if (inventory_diff(op, &cli->session, cli->args.at[0], cli->args.at[1], &d) != RC_OK)
        return cli_failed(op, cli);
    table_open(&t, op, cli, columns);
    json_page_open(&page, op);
    json_out_object(&page.w);
    json_out_name(&page.w, "incomplete");
    json_out_bool(&page.w, d.incomplete);
    json_out_name(&page.w, "changes");
    json_out_array(&page.w);
    vec_each(struct diff_line, l, &d.lines) {
        const struct component *c = l->after ? l->after : l->before;
        if (cli->output != OUTPUT_JSON) {
            table_add(&t, str_of(words[l->kind]), c->type, component_name(op->mem, c), version_of(l->before), version_of(l->after));
            continue;
        }
        json_out_object(&page.w);
        json_out_member(&page.w, "change", str_of(words[l->kind]));
        json_out_opt(&page.w, "before", l->before ? component_purl(op->mem, l->before) : STR(""));
        json_out_opt(&page.w, "after", l->after ? component_purl(op->mem, l->after) : STR(""));
        json_out_end_object(&page.w);
    }
    json_out_end_array(&page.w);
    json_out_end_object(&page.w);
    if (d.incomplete)
        cli_say(cli, "one side was not read completely: what seems to be gone may be there");
    int status = d.lines.n ? EXIT_FOUND : EXIT_DONE;
    if (cli->output == OUTPUT_JSON)
        return json_page_print(op, cli, &page, status);
    table_print(&t);
    return status;
}

const struct command command_diff = {
    .name = "diff",
    .help = "Compares two assets, or one asset at two times.",
    .usage = "A[@DATE] B[@DATE]",
    .about = "Exit status 1 when they differ, 0 when they do not.",
    .run = run,
};
