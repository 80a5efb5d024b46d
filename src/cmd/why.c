/* why: the chains of dependencies that bring a component into an asset, and where it was found. */
#include <stdio.h>
#include "cmd/print.h"
#include "flow/inventory.h"

static struct str label(struct op *op, const struct bom *bom, uint32_t id)
{
    const struct component *c = &bom->components.at[id];
    return c->version.n ? str_join(op->mem, component_name(op->mem, c), STR(" "), c->version) : component_name(op->mem, c);
}

static void print_places(struct op *op, const struct bom *bom, uint32_t id)
{
    vec_each(struct occurrence, o, &bom->occurrences)
        if (o->component == id)
            printf("  %s: " STR_FMT "%s" STR_FMT "\n", scope_name(o->scope), STR_ARG(str_escape(op->mem, o->path)), o->evidence.n ? "  " : "",
                   STR_ARG(str_escape(op->mem, o->evidence)));
}

static void print_text(struct op *op, const struct why *w)
{
    const struct bom *bom = w->shown.members.bom;
    vec_each(uint32_t, t, &w->targets) {
        printf(STR_FMT "\n", STR_ARG(str_escape(op->mem, component_purl(op->mem, &bom->components.at[*t]))));
        print_places(op, bom, *t);
        vec_each(struct why_chain, c, &w->chains) {
            if (c->ids.at[c->ids.n - 1] != *t || c->ids.n < 2)
                continue;
            printf("  because:");
            vec_each(uint32_t, id, &c->ids)
                printf("%s" STR_FMT, id == c->ids.at ? " " : " → ", STR_ARG(str_escape(op->mem, label(op, bom, *id))));
            puts(c->exact ? "" : "  (matched by name)");
        }
    }
}

static int print_json(struct op *op, struct cli *cli, const struct why *why)
{
    const struct bom *bom = why->shown.members.bom;
    struct json_page page;
    struct json_out *w = &page.w;
    json_page_open(&page, op);
    json_out_object(w);
    json_out_member(w, "asset", why->shown.asset.name);
    json_out_name(w, "chains");
    json_out_array(w);
    vec_each(struct why_chain, c, &why->chains) {
        json_out_object(w);
        json_out_name(w, "exact");
        json_out_bool(w, c->exact);
        json_out_name(w, "purls");
        json_out_array(w);
        vec_each(uint32_t, id, &c->ids)
            json_out_str(w, component_purl(op->mem, &bom->components.at[*id]));
        json_out_end_array(w);
        json_out_end_object(w);
    }
    json_out_end_array(w);
    json_out_name(w, "found");
    json_out_array(w);
    vec_each(uint32_t, t, &why->targets)
        vec_each(struct occurrence, o, &bom->occurrences) {
            if (o->component != *t)
                continue;
            json_out_object(w);
            json_out_member(w, "purl", component_purl(op->mem, &bom->components.at[*t]));
            json_out_member(w, "scope", str_of(scope_name(o->scope)));
            json_out_member(w, "path", o->path);
            json_out_opt(w, "evidence", o->evidence);
            json_out_end_object(w);
        }
    json_out_end_array(w);
    json_out_end_object(w);
    return json_page_print(op, cli, &page, EXIT_FOUND);
}

static int run(struct op *op, struct cli *cli)
{
    struct why *w = arena_alloc(op->mem, sizeof *w);
    if (cli->args.n != 2)
        return cli_usage(cli, "expected an asset and a component");
    enum rc rc = inventory_why(op, &cli->session, cli->args.at[0], cli->args.at[1], w);
    if (rc == RC_NOTFOUND && w->shown.members.bom) {
        cli_failed(op, cli);
        return w->shown.members.scan.complete ? EXIT_DONE : EXIT_UNKNOWN;
    }
    if (rc != RC_OK)
        return cli_failed(op, cli);
    cli_say_age(op, cli, w->shown.asset.last_scan);
    if (cli->output == OUTPUT_JSON)
        return print_json(op, cli, w);
    print_text(op, w);
    return EXIT_FOUND;
}

const struct command command_why = {
    .name = "why",
    .help = "Shows why a component is in an asset: where it was found and what depends on it.",
    .usage = "ASSET[@DATE] COMPONENT",
    .about = "COMPONENT is a name, or anything that `where` takes. Chains run from what nothing depends on to the component;\n"
             "a chain that was matched by name and not by resolved entry says so. Exit status 1 when the asset has it, 0 when not.",
    .run = run,
};
