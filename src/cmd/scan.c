/* scan: read targets, store what is in them. */
#include <stdio.h>
#include "base/time.h"
#include "cmd/scan_options.h"

static int worst(int a, int b)
{
    static const int order[] = {EXIT_DONE, EXIT_UNKNOWN, EXIT_INPUT, EXIT_UNREACHABLE};
    for (size_t i = 4; i-- > 0;)
        if (a == order[i] || b == order[i])
            return order[i];
    return a;
}

static const char *outcome_word(enum scan_outcome o)
{
    return o == SCAN_NEW ? "new" : o == SCAN_CHANGED ? "changed" : "unchanged";
}

static void say_asset(struct op *op, const struct cli *cli, const struct scanned *a, bool stored)
{
    size_t n = a->part->bom.components.n;
    if (stored)
        printf(STR_FMT ": " STR_FMT ", profile %s, %zu component%s, %s%s\n", STR_ARG(str_escape(op->mem, a->name)), STR_ARG(a->kind),
               profile_name(a->profile), n, n == 1 ? "" : "s", outcome_word(a->stored.outcome), a->complete ? "" : ", incomplete");
    else
        cli_say(cli, STR_FMT ": " STR_FMT ", profile %s, %zu component%s, not stored%s", STR_ARG(str_escape(op->mem, a->name)), STR_ARG(a->kind),
                profile_name(a->profile), n, n == 1 ? "" : "s", a->complete ? "" : ", incomplete");
    if (stored && (a->stored.added || a->stored.removed) && a->stored.outcome == SCAN_CHANGED)
        printf("  %u added, %u removed\n", a->stored.added, a->stored.removed);
}

static void json_asset(struct op *op, struct json_out *w, const struct scanned *a, bool stored)
{
    json_out_object(w);
    json_out_member(w, "asset", a->name);
    json_out_member(w, "kind", a->kind);
    json_out_member(w, "profile", str_of(profile_name(a->profile)));
    json_out_name(w, "complete");
    json_out_bool(w, a->complete);
    json_out_opt(w, "stored", stored ? str_of(outcome_word(a->stored.outcome)) : STR(""));
    json_out_name(w, "digests");
    json_out_array(w);
    vec_each(struct str, d, &a->part->facts.digests)
        json_out_str(w, *d);
    json_out_end_array(w);
    scan_json_gaps(w, a->part->bom.gaps.at, a->part->bom.gaps.n);
    scan_json_lines(op, w, a);
    json_out_end_object(w);
}

static int print_report(struct op *op, struct cli *cli, const struct scan_report *r, bool stored, struct json_page *page)
{
    int status = EXIT_DONE;
    vec_each(struct scanned, a, &r->assets) {
        if (cli->output == OUTPUT_TABLE) {
            if (!stored)
                scan_print_lines(op, cli, a);
            say_asset(op, cli, a, stored);
        } else if (cli->output == OUTPUT_JSON) {
            json_asset(op, &page->w, a, stored);
        } else {
            scan_print_lines(op, cli, a);
        }
        scan_say_gaps(op, cli, a->name, a->part->bom.gaps.at, a->part->bom.gaps.n);
        if (!a->complete)
            status = EXIT_UNKNOWN;
    }
    return status;
}

static int scan_one(struct op *op, struct cli *cli, const struct scan_options *o, struct str text, struct json_page *page)
{
    struct target t;
    struct scan_report report = {0};
    bool store = !cli_switch(cli, "no-store");
    if (target_parse(op, text, &t) != RC_OK) {
        cli_failed(op, cli);
        return EXIT_USAGE;
    }
    if (t.asset.n) {
        fprintf(stderr, "muster: " STR_FMT ": no such file or folder\n", STR_ARG(str_escape(op->mem, text)));
        return EXIT_UNREACHABLE;
    }
    enum rc rc = scan_read(op, &cli->session, &t, o, &report);
    if (rc == RC_OK && store)
        rc = scan_store(op, &cli->session, &t, o, &report);
    progress_close(op);
    if (rc != RC_OK)
        return cli_failed(op, cli);
    if (!report.landlock)
        cli_say(cli, "this kernel has no Landlock: the scan was fenced by seccomp alone");
    return print_report(op, cli, &report, store, page);
}

static int run(struct op *op, struct cli *cli)
{
    struct scan_options o;
    int status = EXIT_DONE;
    struct json_page page;
    if (cli->args.n == 0)
        return cli_usage(cli, "name at least one target");
    if (cli->args.n > 1 && (cli_switch(cli, "as") || cli->output == OUTPUT_TSV))
        return cli_usage(cli, "%s takes exactly one target", cli_switch(cli, "as") ? "--as" : "--tsv");
    if (!scan_options_read(op, cli, &o))
        return EXIT_USAGE;
    json_page_open(&page, op);
    json_out_object(&page.w);
    json_out_name(&page.w, "assets");
    json_out_array(&page.w);
    for (size_t i = 0; i < cli->args.n && status != EXIT_INTERRUPTED; i++) {
        int one = scan_one(op, cli, &o, cli->args.at[i], &page);
        status = one == EXIT_INTERRUPTED || one == EXIT_USAGE ? one : worst(status, one);
        if (one == EXIT_USAGE)
            return one;
        op_clear(op);
    }
    if (cli->output != OUTPUT_JSON)
        return status;
    json_out_end_array(&page.w);
    json_out_end_object(&page.w);
    return json_page_print(op, cli, &page, status);
}

static const struct option options[] = {
    {"as", "NAME", "name of the asset (default: from the target)"},
    {"kind", "K", "kind of the asset: host, image, repository, application, vendor-product"},
    {"owner", "O", "who owns it"},
    {"tag", "T", "a tag (may be repeated)"},
    {"all-layers", NULL, "also list what a later layer of an image hid"},
    {"no-store", NULL, "print what is in the target, store nothing"},
    {"replace", NULL, "let this scan take the place of one under another profile"},
    READING_OPTIONS,
    {NULL, NULL, NULL},
};

const struct command command_scan = {
    .name = "scan",
    .help = "Reads targets and stores which components are in them.",
    .usage = "TARGET… [options]",
    .about = "TARGET is a folder, a root file system (/ is this machine), an image archive (docker save), an OCI layout\n"
             "(folder or tar), a single file, or - for standard input. The kind is found from the bytes; dir:, root:,\n"
             "docker-archive:, oci: and file: in front force it. A scan that could not read everything is stored as\n"
             "incomplete (exit 5): it never makes anything disappear.",
    .options = options,
    .long_work = true,
    .run = run,
};
