/* gate check: may this be deployed? */
#include <stdio.h>
#include "cmd/scan_options.h"
#include "flow/ages.h"
#include "flow/gate.h"

static const char *const words[] = {[GATE_ALLOW] = "allowed", [GATE_DENY] = "denied", [GATE_UNKNOWN] = "cannot tell"};

static int status_of(enum gate_word w)
{
    return w == GATE_DENY ? EXIT_FOUND : w == GATE_UNKNOWN ? EXIT_UNKNOWN : EXIT_DONE;
}

static void print_reason(struct op *op, const struct gate_reason *r)
{
    printf("%s: ", words[r->word]);
    if (r->component)
        printf(STR_FMT " " STR_FMT " ", STR_ARG(str_escape(op->mem, component_name(op->mem, r->component))), STR_ARG(str_escape(op->mem, r->component->version)));
    else if (r->path.n)
        printf(STR_FMT " ", STR_ARG(str_escape(op->mem, r->path)));
    if (r->word == GATE_DENY)
        printf("is blocked (" STR_FMT ")\n", STR_ARG(str_escape(op->mem, r->reason)));
    else if (r->component)
        printf("may be blocked: " STR_FMT "\n", STR_ARG(r->reason));
    else if (r->block)
        printf("block %u cannot be judged: " STR_FMT "\n", r->block, STR_ARG(str_escape(op->mem, r->reason)));
    else
        printf("was not read: " STR_FMT "\n", STR_ARG(str_escape(op->mem, r->reason)));
    if (r->component && r->path.n)
        printf("  where: " STR_FMT "\n", STR_ARG(str_escape(op->mem, r->path)));
    if (r->layer.n)
        printf("  layer: " STR_FMT "\n", STR_ARG(r->layer));
    if (r->block)
        printf("  entry: block %u: " STR_FMT "\n", r->block, STR_ARG(str_escape(op->mem, r->blocked)));
    if (r->word == GATE_DENY)
        puts("  to do: remove it or take another version; who may decide otherwise ends the entry with `muster unblock`");
    else if (r->component)
        puts("  to do: give it a version that can be read, or narrow the entry with --except");
    else if (r->block)
        puts("  to do: see to it that the entry can be judged, and check again");
    else
        puts("  to do: make that part readable and check again");
}

static int print_json(struct op *op, struct cli *cli, const struct gate_decision *d, int64_t stalest)
{
    struct json_page page;
    struct json_out *w = &page.w;
    json_page_open(&page, op);
    json_out_object(w);
    json_out_member(w, "decision", str_of(d->word == GATE_ALLOW ? "allow" : d->word == GATE_DENY ? "deny" : "unknown"));
    json_out_member(w, "asset", d->asset);
    json_out_name(w, "components");
    json_out_int(w, (int64_t)d->components);
    json_out_name(w, "blocks");
    json_out_int(w, (int64_t)d->blocks);
    json_out_opt(w, "stalest_feed", print_time(op->mem, stalest));
    json_out_name(w, "reasons");
    json_out_array(w);
    vec_each(struct gate_reason, r, &d->reasons) {
        json_out_object(w);
        json_out_member(w, "verdict", str_of(r->word == GATE_DENY ? "deny" : "unknown"));
        json_out_opt(w, "purl", r->component ? component_purl(op->mem, r->component) : STR(""));
        json_out_name(w, "block");
        if (r->block)
            json_out_int(w, r->block);
        else
            json_out_null(w);
        json_out_opt(w, "blocked", r->blocked);
        json_out_opt(w, "reason", r->reason);
        json_out_opt(w, "path", r->path);
        json_out_opt(w, "layer", r->layer);
        json_out_end_object(w);
    }
    json_out_end_array(w);
    json_out_end_object(w);
    return json_page_print(op, cli, &page, status_of(d->word));
}

static int print_decision(struct op *op, struct cli *cli, const struct gate_decision *d, int64_t stalest)
{
    static const char *const columns[] = {"verdict", "component", "version", "block", "reason", "path", "layer", NULL};
    struct table t;
    if (cli->output == OUTPUT_JSON)
        return print_json(op, cli, d, stalest);
    if (cli->output == OUTPUT_TABLE) {
        vec_each(struct gate_reason, r, &d->reasons)
            print_reason(op, r);
        printf("%s: " STR_FMT " (%zu components against %zu blocks)\n", words[d->word], STR_ARG(str_escape(op->mem, d->asset)), d->components, d->blocks);
        return status_of(d->word);
    }
    table_open(&t, op, cli, columns);
    vec_each(struct gate_reason, r, &d->reasons)
        table_add(&t, str_of(words[r->word]), r->component ? component_name(op->mem, r->component) : STR(""), r->component ? r->component->version : STR(""),
                  r->block ? str_print(op->mem, "%u", r->block) : STR(""), r->reason, r->path, r->layer);
    table_print(&t);
    return status_of(d->word);
}

static int run(struct op *op, struct cli *cli)
{
    struct target t;
    struct scan_options o;
    struct gate_decision d = {0};
    if (cli->args.n != 2 || !str_eq(cli->args.at[0], STR("check")))
        return cli_usage(cli, "expected: gate check TARGET");
    if (!scan_options_read(op, cli, &o))
        return EXIT_USAGE;
    if (target_parse(op, cli->args.at[1], &t) != RC_OK) {
        cli_failed(op, cli);
        return EXIT_USAGE;
    }
    o.survey.digests = true; /* an entry may name a digest */
    enum rc rc = gate_check(op, &cli->session, &t, &o, &d);
    progress_close(op);
    if (rc != RC_OK)
        return cli_failed(op, cli);
    if (d.blocks == 0)
        cli_say(cli, "the block list is empty");
    struct feed_ages ages = {0};
    if (d.advised && feed_ages_now(op, &cli->session, &ages) == RC_OK && ages.stalest)
        cli_say_stale(op, cli, ages.stalest->source.name, ages.stalest->as_of);
    op_clear(op);
    return print_decision(op, cli, &d, ages.stalest ? ages.stalest->as_of : 0);
}

static const struct option options[] = {
    READING_OPTIONS,
    {NULL, NULL, NULL},
};

static const char *const verbs[] = {"check", NULL};

const struct command command_gate = {
    .name = "gate",
    .help = "Decides whether a target or a stored asset may pass.",
    .usage = "check TARGET|ASSET [options]",
    .about = "Reads the target without storing it and holds every component of its final tree, in every scope, against the block\n"
             "list. Exit status 1: denied; 3, 4: the target cannot be read; 5: part of it was not read, or a blocked component\n"
             "has a version that cannot be read; 0: allowed. A stored asset is judged as last scanned.",
    .options = options,
    .verbs = verbs,
    .long_work = true,
    .run = run,
};
