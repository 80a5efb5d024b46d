/* history: what came to an asset, and what went. */
#include "base/time.h"
#include "cmd/print.h"
#include "flow/inventory.h"

static struct str change_word(const struct change *c)
{
    return c->before == RANK_ABSENT ? STR("added") : c->after == RANK_ABSENT ? STR("removed") : STR("changed");
}

static int print_json(struct op *op, struct cli *cli, const struct told *t)
{
    struct json_page page;
    struct json_out *w = &page.w;
    json_page_open(&page, op);
    json_out_object(w);
    json_out_member(w, "asset", t->asset.name);
    json_out_name(w, "scans");
    json_out_array(w);
    for (size_t i = 0; i < t->states.n; i++) {
        const struct scan_state *s = &t->states.at[i];
        json_out_object(w);
        json_out_member(w, "from", time_print(op->mem, s->from));
        json_out_member(w, "until", time_print(op->mem, s->until));
        json_out_member(w, "profile", str_of(profile_name(s->profile)));
        json_out_name(w, "complete");
        json_out_bool(w, s->complete);
        json_out_name(w, "components");
        json_out_int(w, s->members);
        json_out_name(w, "added");
        json_out_int(w, s->added);
        json_out_name(w, "removed");
        json_out_int(w, s->removed);
        json_out_end_object(w);
    }
    json_out_end_array(w);
    json_out_name(w, "changes");
    json_out_array(w);
    for (size_t i = 0; i < t->changes.n; i++) {
        json_out_object(w);
        json_out_member(w, "at", time_print(op->mem, t->changes.at[i].at));
        json_out_member(w, "change", change_word(&t->changes.at[i]));
        json_out_member(w, "purl", component_purl(op->mem, &t->components[i]));
        json_out_end_object(w);
    }
    json_out_end_array(w);
    json_out_end_object(w);
    return json_page_print(op, cli, &page, EXIT_DONE);
}

static int run(struct op *op, struct cli *cli)
{
    static const char *const columns[] = {"at", "what", "component", "version", NULL};
    struct told t = {0};
    struct table table;
    if (cli->args.n != 1)
        return cli_usage(cli, "expected one asset");
    if (inventory_history(op, &cli->session, cli->args.at[0], &t) != RC_OK)
        return cli_failed(op, cli);
    if (cli->output == OUTPUT_JSON)
        return print_json(op, cli, &t);
    table_open(&table, op, cli, columns);
    size_t k = 0;
    for (size_t i = 0; i < t.states.n; i++) {
        const struct scan_state *s = &t.states.at[i];
        struct str what = str_print(op->mem, "scanned until %s: %u components, profile %s%s", time_print(op->mem, s->until).p, s->members,
                                    profile_name(s->profile), s->complete ? "" : ", incomplete");
        table_add(&table, time_print(op->mem, s->from), what, STR(""), STR(""));
        for (; k < t.changes.n && (t.changes.at[k].scan == s->id || i + 1 == t.states.n); k++)
            table_add(&table, time_print(op->mem, t.changes.at[k].at), change_word(&t.changes.at[k]), component_name(op->mem, &t.components[k]),
                      t.components[k].version);
    }
    table_print(&table);
    return EXIT_DONE;
}

const struct command command_history = {
    .name = "history",
    .help = "Tells what came to an asset and what went, scan by scan.",
    .usage = "ASSET",
    .run = run,
};
