/* where: who has it? */
#include <stdio.h>
#include "base/time.h"
#include "cmd/print.h"
#include "flow/ages.h"
#include "flow/where.h"

static const char *state_word(const struct where_answer *a, enum exposure e)
{
    if (e == EXPOSURE_EXPOSED)
        return a->present_only ? "present" : "exposed";
    return e == EXPOSURE_NOT ? "not exposed" : "unknown";
}

static bool is_packaged(const struct component *c)
{
    return str_eq(c->type, STR("deb")) || str_eq(c->type, STR("rpm")) || str_eq(c->type, STR("apk"));
}

/* What there is to say beside the state: the doubt, or that a distribution may have patched this version. */
static struct str why_of(struct op *op, const struct where_query *q, const struct where_line *l)
{
    struct str why = l->why;
    bool by_upstream = q->whats.n && q->whats.at[0].kind == WHAT_UPSTREAM && q->whats.at[0].has_range;
    if (l->state == EXPOSURE_EXPOSED && l->component && by_upstream && is_packaged(l->component) && why.n == 0)
        why = STR("exposed by upstream version; patched by the distribution?");
    if (l->more)
        why = str_print(op->mem, STR_FMT "%sand %u more component%s", STR_ARG(why), why.n ? "; " : "", l->more, l->more == 1 ? "" : "s");
    return why;
}

static void add_row(struct op *op, struct table *t, const struct where_query *q, const struct where_answer *a, const struct where_line *l,
                    const struct where_detail *d)
{
    const struct component *c = l->component;
    table_add(t, str_of(state_word(a, l->state)), str_of(rank_name(l->rank)), d->asset.name, c ? component_name(op->mem, c) : STR(""),
              c ? c->version : STR(""), c ? str_of(scope_name(d->scope)) : STR(""), d->path.n ? d->path : d->layer,
              print_time(op->mem, d->first_seen), print_time(op->mem, d->last_confirmed ? d->last_confirmed : d->asset.last_scan),
              d->asset.owner, why_of(op, q, l));
}

static void json_component(struct op *op, struct json_out *w, const struct component *c)
{
    json_out_name(w, "component");
    if (!c) {
        json_out_null(w);
        return;
    }
    json_out_object(w);
    json_out_member(w, "purl", component_purl(op->mem, c));
    json_out_member(w, "name", component_name(op->mem, c));
    json_out_opt(w, "version", c->version);
    json_out_member(w, "upstream", c->upstream);
    json_out_opt(w, "upstream_version", c->upstream_version);
    json_out_end_object(w);
}

static void json_line(struct op *op, struct json_out *w, const struct where_query *q, const struct where_answer *a, const struct where_line *l,
                      const struct where_detail *d)
{
    json_out_object(w);
    json_out_member(w, "state", str_of(state_word(a, l->state)));
    json_out_name(w, "rank");
    if (l->rank >= 0)
        json_out_int(w, l->rank);
    else
        json_out_null(w);
    json_out_member(w, "asset", d->asset.name);
    json_out_member(w, "kind", d->asset.kind);
    json_out_opt(w, "owner", d->asset.owner);
    json_component(op, w, l->component);
    json_out_opt(w, "scope", l->component ? str_of(scope_name(d->scope)) : STR(""));
    json_out_opt(w, "path", d->path);
    json_out_opt(w, "layer", d->layer);
    json_out_opt(w, "first_seen", print_time(op->mem, d->first_seen));
    json_out_opt(w, "last_confirmed", print_time(op->mem, d->last_confirmed ? d->last_confirmed : d->asset.last_scan));
    json_out_opt(w, "why", why_of(op, q, l));
    json_out_end_object(w);
}

static void json_head(struct op *op, struct cli *cli, struct json_out *w, const struct where_query *q, const struct where_answer *a)
{
    struct buf what;
    buf_open(&what, op->mem, "what", 1 << 20);
    vec_each(struct what, one, &q->whats)
        buf_print(&what, "%s" STR_FMT, one == q->whats.at ? "" : " ", STR_ARG(one->text));
    json_out_object(w);
    json_out_member(w, "what", buf_str(&what));
    json_out_opt(w, "at", q->at == STORE_NOW ? STR("") : time_print(op->mem, q->at));
    json_out_opt(w, "oldest_scan", print_time(op->mem, a->oldest_scan));
    json_out_name(w, "oldest_scan_age_s");
    json_out_int(w, a->oldest_scan ? cli->session.now - a->oldest_scan : 0);
    json_out_opt(w, "stalest_feed", print_time(op->mem, a->stalest_feed));
    json_out_name(w, "counts");
    json_out_object(w);
    json_out_name(w, a->present_only ? "present" : "exposed");
    json_out_int(w, (int64_t)a->exposed);
    if (a->present_only) {
        json_out_name(w, "exposed");
        json_out_int(w, (int64_t)a->exposed);
    }
    json_out_name(w, "not_exposed");
    json_out_int(w, (int64_t)a->not_exposed);
    json_out_name(w, "unknown");
    json_out_int(w, (int64_t)a->unknown);
    json_out_end_object(w);
    json_out_name(w, "assets");
    json_out_array(w);
}

static void say_beside(struct op *op, const struct cli *cli, const struct where_answer *a)
{
    const struct candidates *c = &a->candidates;
    for (size_t i = 0; i < c->hints.n; i++)
        cli_say(cli, "hint: " STR_FMT, STR_ARG(c->hints.at[i]));
    for (size_t i = 0; i < c->namesakes.n && i < 5; i++)
        cli_say(cli, "not meant: " STR_FMT " is another project of the same name", STR_ARG(c->namesakes.at[i]));
    if (a->suggestions.n)
        cli_say(cli, "nothing is called so; did you mean '" STR_FMT "'?", STR_ARG(a->suggestions.at[0]));
    cli_say_age(op, cli, a->oldest_scan);
}

static int status_of(const struct where_answer *a)
{
    if (a->exposed)
        return EXIT_FOUND;
    return a->unknown || a->asked == 0 ? EXIT_UNKNOWN : EXIT_DONE;
}

/* One batch of lines, read in one transaction and printed after it, so that no reader of ours keeps the store waiting. */
static enum rc print_batch(struct op *op, struct cli *cli, const struct where_query *q, const struct where_answer *a, size_t from, size_t to,
                           struct table *t, struct json_page *page)
{
    enum rc rc = where_details_begin(op, &cli->session);
    if (rc != RC_OK)
        return rc;
    for (size_t i = from; rc == RC_OK && i < to; i++) {
        const struct where_line *l = &a->lines.at[i];
        struct where_detail d;
        rc = where_detail(op, &cli->session, q, l, &d);
        if (rc == RC_NOTFOUND)
            rc = RC_OK; /* forgotten meanwhile */
        else if (rc == RC_OK && cli->output == OUTPUT_JSON)
            json_line(op, &page->w, q, a, l, &d);
        else if (rc == RC_OK)
            add_row(op, t, q, a, l, &d);
    }
    return where_details_end(op, &cli->session, rc);
}

static enum rc print_lines(struct op *op, struct cli *cli, const struct where_query *q, const struct where_answer *a, struct json_page *page)
{
    static const char *const columns[] = {"state", "rank", "asset", "component", "version", "scope", "path", "since", "confirmed", "owner", "why", NULL};
    enum { FIRST = 32, BATCH = 1024 };
    struct table t;
    struct op round = *op;
    enum rc rc = RC_OK;
    round.mem = arena_child(op->mem);
    table_open(&t, op, cli, columns);
    for (size_t from = 0, to; rc == RC_OK && from < a->lines.n; from = to) {
        size_t n = from ? BATCH : FIRST;
        to = from + n < a->lines.n ? from + n : a->lines.n;
        arena_reset(round.mem);
        t.op = &round;
        rc = print_batch(&round, cli, q, a, from, to, &t, page);
        if (rc == RC_OK)
            table_flush(&t);
        t.cells.at = NULL;
        t.cells.n = t.cells.cap = 0;
    }
    t.op = op;
    if (rc == RC_OK)
        table_print(&t);
    else
        op->err = round.err;
    return rc;
}

static int print_answer(struct op *op, struct cli *cli, const struct where_query *q, const struct where_answer *a)
{
    struct json_page page;
    json_page_open(&page, op);
    json_head(op, cli, &page.w, q, a);
    if (print_lines(op, cli, q, a, &page) != RC_OK)
        return cli_failed(op, cli);
    json_out_end_array(&page.w);
    json_out_end_object(&page.w);
    say_beside(op, cli, a);
    if (cli->output == OUTPUT_JSON)
        return json_page_print(op, cli, &page, status_of(a));
    if (cli->output == OUTPUT_TABLE)
        printf("%llu %s, %llu not exposed, %llu unknown\n", (unsigned long long)a->exposed, state_word(a, EXPOSURE_EXPOSED),
               (unsigned long long)a->not_exposed, (unsigned long long)a->unknown);
    return status_of(a);
}

static int run(struct op *op, struct cli *cli)
{
    struct where_query q = {.at = STORE_NOW, .max_age_s = cli->max_age_s};
    struct where_answer *a = arena_alloc(op->mem, sizeof *a);
    if (cli->args.n == 0)
        return cli_usage(cli, "name what to look for, such as xz, xz@5.6.0..5.6.1 or pkg:deb/debian/liblzma5");
    for (size_t i = 0; i < cli->args.n; i++)
        if (what_parse(op, cli->args.at[i], cli_switch(cli, "exact"), vec_push(op->mem, &q.whats)) != RC_OK) {
            cli_failed(op, cli);
            return EXIT_USAGE;
        }
    if (!cli_date(cli, "at", &q.at) || !cli_duration(cli, "max-age", &q.max_age_s))
        return EXIT_USAGE;
    struct str filter[] = {cli_option(cli, "asset"), cli_option(cli, "kind"), cli_option(cli, "owner"), cli_option(cli, "tag")};
    q.asset = filter[0];
    q.filter = (struct asset_filter){.kind = filter[1], .owner = filter[2], .tag = filter[3]};
    q.all = cli_switch(cli, "all");
    enum rc rc = where_ask(op, &cli->session, &q, a);
    if (rc != RC_OK) {
        int status = cli_failed(op, cli);
        bool nothing_to_ask = rc == RC_UNSUPPORTED || (rc == RC_NOTFOUND && !cli->session.store);
        return nothing_to_ask ? EXIT_UNKNOWN : status;
    }
    /* Of all feeds: the moment of which the stalest tells. */
    struct feed_ages ages = {0};
    if (a->stalest_feed && feed_ages_now(op, &cli->session, &ages) == RC_OK && ages.stalest) {
        a->stalest_feed = ages.stalest->as_of;
        cli_say_stale(op, cli, ages.stalest->source.name, a->stalest_feed);
    }
    op_clear(op);
    if (a->asked == 0)
        cli_say(cli, "no asset was asked: nothing was scanned yet, or the filter fits none");
    return print_answer(op, cli, &q, a);
}

static const struct option options[] = {
    {"at", "DATE", "as things stood at that time (a bare date: at its end in UTC)"},
    {"asset", "A", "only this asset"},
    {"kind", "K", "only assets of this kind"},
    {"owner", "O", "only assets of this owner"},
    {"tag", "T", "only assets with this tag"},
    {"all", NULL, "also list the assets that are not exposed"},
    {"exact", NULL, "the component's own name, no aliases"},
    {"max-age", "DURATION", "what rests on older scans is unknown (30d)"},
    {NULL, NULL, NULL},
};

const struct command command_where = {
    .name = "where",
    .help = "Says which assets have a component: exposed, not exposed or unknown.",
    .usage = "WHAT… [options]",
    .about = "WHAT is an upstream project (xz: whoever packages it, however the package is called), with a version (xz@5.6.1),\n"
             "a prefix (xz@5.6.*), a range (xz@5.6.0..5.6.1, xz@'>=5.6.0,<5.6.2', xz@vers:generic/>=5.6.0|<5.6.2); a purl, also with\n"
             "a range; a digest (sha256:…); a glob over names ('*lzma*'); or an advisory's id (CVE-2024-3094, GHSA-…, MAL-…): the\n"
             "components that it affects, as far as the imported advisories say (those of today, also with --at). Several are or-ed.\n"
             "Exit status 1: some asset has it; 5: some asset may have it, or none was asked; 0: none has it.",
    .options = options,
    .run = run,
};
