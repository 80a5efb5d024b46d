/* show: one asset and all its components. */
#include <stdio.h>
#include "base/time.h"
#include "cmd/scan_options.h"
#include "flow/inventory.h"

static struct scanned as_scanned(struct op *op, const struct shown *s)
{
    struct wire_part *p = arena_alloc(op->mem, sizeof *p);
    p->bom = *s->members.bom;
    for (size_t i = 0; i < s->members.scan.layers.n; i++)
        vec_push(op->mem, &p->facts.layers)->diff_id = s->members.scan.layers.at[i];
    for (size_t i = 0; i < s->digests.n; i++)
        *vec_push(op->mem, &p->facts.digests) = s->digests.at[i];
    bom_sort(&p->bom);
    return (struct scanned){.name = s->asset.name, .kind = s->asset.kind, .part = p, .profile = s->members.scan.profile, .complete = s->members.scan.complete};
}

static void say_head(struct op *op, const struct shown *s)
{
    printf(STR_FMT ": " STR_FMT ", profile %s, %zu components, scanned %s to %s%s\n", STR_ARG(str_escape(op->mem, s->asset.name)), STR_ARG(s->asset.kind),
           profile_name(s->members.scan.profile), s->members.bom->components.n, time_print(op->mem, s->members.scan.from).p,
           time_print(op->mem, s->members.scan.until).p, s->members.scan.complete ? "" : ", incomplete");
    if (s->asset.owner.n)
        printf("owner: " STR_FMT "\n", STR_ARG(s->asset.owner));
    for (size_t i = 0; i < s->names.n; i++)
        printf("also: " STR_FMT "\n", STR_ARG(str_escape(op->mem, s->names.at[i])));
    for (size_t i = 0; i < s->digests.n; i++)
        printf("digest: " STR_FMT "\n", STR_ARG(s->digests.at[i]));
}

static int print_json(struct op *op, struct cli *cli, const struct shown *s, const struct scanned *a)
{
    struct json_page page;
    struct json_out *w = &page.w;
    json_page_open(&page, op);
    json_out_object(w);
    json_out_member(w, "asset", s->asset.name);
    json_out_member(w, "kind", s->asset.kind);
    json_out_opt(w, "owner", s->asset.owner);
    json_out_member(w, "profile", str_of(profile_name(s->members.scan.profile)));
    json_out_name(w, "complete");
    json_out_bool(w, s->members.scan.complete);
    json_out_member(w, "from", time_print(op->mem, s->members.scan.from));
    json_out_member(w, "until", time_print(op->mem, s->members.scan.until));
    json_out_name(w, "digests");
    json_out_array(w);
    for (size_t i = 0; i < s->digests.n; i++)
        json_out_str(w, s->digests.at[i]);
    json_out_end_array(w);
    scan_json_gaps(w, a->part->bom.gaps.at, a->part->bom.gaps.n);
    scan_json_lines(op, w, a);
    json_out_end_object(w);
    return json_page_print(op, cli, &page, EXIT_DONE);
}

static int run(struct op *op, struct cli *cli)
{
    struct shown s = {0};
    if (cli->args.n != 1)
        return cli_usage(cli, "expected one asset");
    if (inventory_show(op, &cli->session, cli->args.at[0], &s) != RC_OK)
        return cli_failed(op, cli);
    struct scanned a = as_scanned(op, &s);
    cli_say_age(op, cli, s.asset.last_scan);
    if (cli->output == OUTPUT_JSON)
        return print_json(op, cli, &s, &a);
    if (cli->output == OUTPUT_TABLE)
        say_head(op, &s);
    scan_print_lines(op, cli, &a);
    scan_say_gaps(op, cli, s.asset.name, a.part->bom.gaps.at, a.part->bom.gaps.n);
    return EXIT_DONE;
}

const struct command command_show = {
    .name = "show",
    .help = "Shows one asset with all its components, now or at a date.",
    .usage = "ASSET[@DATE]",
    .about = "ASSET is a name, another name it goes by, or a digest of the image. With @DATE: as it was then.",
    .run = run,
};
