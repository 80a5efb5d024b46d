/* advisories update, and the list of what it can fetch. */
#include "cmd/advisories.h"

#include <stdio.h>
#include "cmd/print.h"
#include "cmd/scan_options.h"
#include "flow/pack.h"
#include "flow/update.h"

static struct str number(struct op *op, uint64_t v)
{
    return str_print(op->mem, "%llu", (unsigned long long)v);
}

static const char *state_word(enum update_state s)
{
    return s == UPDATE_NEW ? "new" : s == UPDATE_FAILED ? "failed" : "unchanged";
}

/* Advisories, or what else a feed holds. */
static uint64_t records_of(const struct import_report *r)
{
    return r ? r->advisories + r->exploited + r->scores + r->statements + r->lives + r->ssvc : 0;
}

static int print_lines(struct op *op, const struct cli *cli, const struct update_result *r)
{
    static const char *const columns[] = {"feed", "state", "records", "refused", "fetched", "why", NULL};
    struct table t;
    table_open(&t, op, cli, columns);
    vec_each(struct update_line, l, &r->lines)
        table_add(&t, l->name, str_of(state_word(l->state)), l->report ? number(op, records_of(l->report)) : STR(""),
                  l->report ? number(op, l->report->refused_total) : STR(""), number(op, l->fetched), l->why);
    table_print(&t);
    return EXIT_DONE;
}

static void json_line(struct json_out *w, const struct update_line *l)
{
    json_out_object(w);
    json_out_member(w, "feed", l->name);
    json_out_member(w, "state", str_of(state_word(l->state)));
    json_out_name(w, "records");
    if (l->report)
        json_out_int(w, (int64_t)records_of(l->report));
    else
        json_out_null(w);
    json_out_name(w, "refused");
    if (l->report)
        json_out_int(w, (int64_t)l->report->refused_total);
    else
        json_out_null(w);
    json_out_name(w, "fetched_bytes");
    json_out_int(w, (int64_t)l->fetched);
    json_out_opt(w, "why", l->why);
    json_out_end_object(w);
}

static int print_json(struct op *op, const struct cli *cli, const struct update_result *r, int status)
{
    struct json_page page;
    json_page_open(&page, op);
    json_out_object(&page.w);
    json_out_name(&page.w, "feeds");
    json_out_array(&page.w);
    vec_each(struct update_line, l, &r->lines)
        json_line(&page.w, l);
    json_out_end_array(&page.w);
    json_out_name(&page.w, "switched");
    json_out_bool(&page.w, r->switched);
    json_out_end_object(&page.w);
    return json_page_print(op, cli, &page, status);
}

/* The worst of 4 > 3 > 5 > 0, as for several targets. */
static int status_of(const struct update_result *r)
{
    int status = EXIT_DONE;
    vec_each(struct update_line, l, &r->lines) {
        if (l->report && l->report->refused_total && status == EXIT_DONE)
            status = EXIT_UNKNOWN;
        if (l->state != UPDATE_FAILED)
            continue;
        bool wrong = l->rc == RC_INVALID || l->rc == RC_LIMIT;
        if (!wrong)
            status = EXIT_UNREACHABLE;
        else if (status != EXIT_UNREACHABLE)
            status = EXIT_INPUT;
    }
    return status;
}

int advisories_update_run(struct op *op, struct cli *cli)
{
    struct update_options o = {.mirror = cli_option(cli, "mirror").p ? cli_option(cli, "mirror") : STR("")};
    struct update_result r = {0};
    struct str most = cli_option(cli, "limit-download");
    o.feeds = (struct str_list){cli->args.at + 1, cli->args.n - 1, cli->args.n - 1};
    if (!cli_duration(cli, "timeout", &o.stall_s))
        return EXIT_USAGE;
    if (most.p && (!size_read(most, &o.most) || o.most == 0))
        return cli_usage(cli, "--limit-download '" STR_FMT "': expected a size such as 500M", STR_ARG(most));
    enum rc rc = advisories_update(op, &cli->session, &o, &r);
    progress_close(op);
    vec_each(struct update_line, l, &r.lines)
        if (l->state == UPDATE_FAILED)
            cli_say(cli, STR_FMT ": " STR_FMT "; its former records stay", STR_ARG(l->name), STR_ARG(l->why));
    if (rc != RC_OK)
        return cli_failed(op, cli);
    if (!r.fenced)
        cli_say(cli, "this kernel has no Landlock: the fetching process could have read files");
    if (cli->output == OUTPUT_JSON)
        return print_json(op, cli, &r, status_of(&r));
    print_lines(op, cli, &r);
    return status_of(&r);
}

int advisories_feeds_run(struct op *op, struct cli *cli)
{
    static const char *const columns[] = {"feed", "fetched", "path", "address", "checked", NULL};
    struct feed_states states = {0};
    struct feed_place p;
    struct table t;
    feed_states_read(op, &cli->session, &states);
    table_open(&t, op, cli, columns);
    for (size_t i = 0; feed_place_at(i, &p); i++) {
        const struct feed_state *f = feed_state_get(&states, p.name, false);
        table_add(&t, p.name, p.always ? STR("always") : STR("asked"), p.path, p.url, f ? print_time(op->mem, f->checked_at) : STR(""));
    }
    table_print(&t);
    return EXIT_DONE;
}

int advisories_pack_run(struct op *op, struct cli *cli)
{
    struct pack_table table = {0};
    uint64_t bytes, items = 0;
    if (cli->args.n != 2)
        return cli_usage(cli, "expected the file to write");
    enum rc rc = pack_write(op, &cli->session, cli->args.at[1], &table, &bytes);
    progress_close(op);
    if (rc != RC_OK)
        return cli_failed(op, cli);
    vec_each(struct pack_source, s, &table.list)
        items += s->items;
    printf("%zu sources, %llu items, %llu bytes\n", table.list.n, (unsigned long long)items, (unsigned long long)bytes);
    return EXIT_DONE;
}
