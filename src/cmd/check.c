/* check: known-vulnerable and malicious components of targets and assets. */
#include <stdio.h>
#include "base/map.h"
#include "base/time.h"
#include "cmd/scan_options.h"
#include "flow/check.h"
#include "flow/report.h"
#include "flow/vex.h"

static struct str fix_text(struct op *op, const struct check_finding *f)
{
    switch (f->fix.kind) {
    case FIX_NOT_NEEDED: return STR("");
    case FIX_UPGRADE: return f->fix.version;
    case FIX_PART: return str_print(op->mem, STR_FMT " (leaves %zu)", STR_ARG(f->fix.version), f->fix.left);
    case FIX_NONE: return f->fix.elsewhere.n ? str_join(op->mem, STR("none here; in "), f->fix.elsewhere) : STR("none");
    case FIX_REMOVE: return STR("remove it");
    }
    return STR("");
}

static struct str state_text(struct op *op, const struct check_finding *f)
{
    struct str state = f->malicious && f->state == FINDING_AFFECTED ? STR("malicious") : str_of(finding_state_name(f->state));
    return f->exploited ? str_join(op->mem, state, STR(", exploited")) : state;
}

static struct str severity_text(struct op *op, const struct check_finding *f)
{
    if (f->informational)
        return STR("notice");
    if (f->tenths < 0)
        return f->severity == SEVERITY_UNKNOWN ? STR("") : str_of(severity_name(f->severity));
    return str_print(op->mem, "%s %d.%d", severity_name(f->severity), f->tenths / 10, f->tenths % 10);
}

/* What an advisory is about; before it who settled it. */
static struct str summary_text(struct op *op, const struct cli *cli, const struct check_finding *f)
{
    struct str summary = cli->output == OUTPUT_TABLE ? str_upto(f->summary, 60) : f->summary;
    return f->said ? str_join(op->mem, STR("["), vex_text(op->mem, f->said), STR("] "), summary) : summary;
}

static void json_statement(struct op *op, struct json_out *w, const struct vex_statement *s)
{
    json_out_member(w, "vulnerability", s->vulnerability);
    json_out_member(w, "product", s->product);
    json_out_opt(w, "subcomponent", s->subcomponent);
    json_out_member(w, "state", str_of(vex_state_name(s->state)));
    json_out_opt(w, "justification", s->justification);
    json_out_opt(w, "impact", s->impact);
    json_out_opt(w, "action", s->action);
    json_out_opt(w, "author", s->author);
    json_out_opt(w, "document", s->document);
    json_out_opt(w, "at", print_time(op->mem, s->at));
}

static void json_decided(struct op *op, struct json_out *w, const struct check_finding *f)
{
    json_out_name(w, "statement");
    if (!f->said) {
        json_out_null(w);
        return;
    }
    json_out_object(w);
    json_statement(op, w, f->said);
    json_out_member(w, "origin", str_of(vex_origin_name(f->vendor ? VEX_VENDOR : VEX_THIRD_PARTY)));
    json_out_end_object(w);
}

static void json_row(struct op *op, struct json_out *w, const struct statement_row *row)
{
    json_out_object(w);
    json_out_member(w, "source", row->source);
    json_statement(op, w, &row->said);
    json_out_end_object(w);
}

/* What was said of nothing, and what says otherwise than what prevailed: counted in full, listed up to a bound. */
static void json_statements(struct op *op, struct json_out *w, const struct check_result *r)
{
    enum { LISTED_MOST = 1000 };
    json_out_name(w, "statements");
    json_out_int(w, (int64_t)r->statements);
    json_out_name(w, "unmatched_statements");
    json_out_object(w);
    json_out_name(w, "count");
    json_out_int(w, (int64_t)r->unmatched_statements.n);
    json_out_name(w, "list");
    json_out_array(w);
    for (size_t i = 0; i < r->unmatched_statements.n && i < LISTED_MOST; i++)
        json_row(op, w, r->unmatched_statements.at[i]);
    json_out_end_array(w);
    json_out_end_object(w);
    json_out_name(w, "contradictions");
    json_out_array(w);
    for (size_t i = 0; r->vex && i < r->vex->contradictions.n; i++) {
        const struct vex_contradiction *c = &r->vex->contradictions.at[i];
        json_out_object(w);
        json_out_name(w, "kept");
        json_row(op, w, c->kept);
        json_out_name(w, "against");
        json_row(op, w, c->against);
        json_out_name(w, "tie");
        json_out_bool(w, c->tie);
        json_out_end_object(w);
    }
    json_out_end_array(w);
}

/* CISA's points, and what its table decides by what the flaw means for the reader's mission. */
static void json_ssvc(struct json_out *w, const struct check_finding *f)
{
    json_out_name(w, "ssvc");
    if (!f->has_ssvc) {
        json_out_null(w);
        return;
    }
    json_out_object(w);
    json_out_member(w, "exploitation", str_of(ssvc_exploitation_name(f->ssvc.exploitation)));
    json_out_name(w, "automatable");
    json_out_bool(w, f->ssvc.automatable);
    json_out_member(w, "technical_impact", f->ssvc.total ? STR("total") : STR("partial"));
    json_out_name(w, "decision");
    json_out_object(w);
    json_out_member(w, "low", str_of(ssvc_decision(&f->ssvc, SSVC_LOW)));
    json_out_member(w, "medium", str_of(ssvc_decision(&f->ssvc, SSVC_MEDIUM)));
    json_out_member(w, "high", str_of(ssvc_decision(&f->ssvc, SSVC_HIGH)));
    json_out_end_object(w);
    json_out_end_object(w);
}

static void json_finding(struct op *op, struct json_out *w, const struct check_finding *f)
{
    json_out_object(w);
    json_out_member(w, "asset", f->asset);
    json_out_member(w, "purl", component_purl(op->mem, f->component));
    json_out_member(w, "component", component_name(op->mem, f->component));
    json_out_opt(w, "version", f->component->version);
    json_out_opt(w, "path", f->path);
    json_out_member(w, "state", str_of(finding_state_name(f->state)));
    json_out_member(w, "id", f->flaw.id);
    json_out_name(w, "ids");
    json_out_array(w);
    vec_each(struct str, id, &f->flaw.ids)
        json_out_str(w, *id);
    json_out_end_array(w);
    json_out_name(w, "malicious");
    json_out_bool(w, f->malicious);
    json_out_name(w, "informational");
    json_out_bool(w, f->informational);
    json_out_name(w, "exploited");
    json_out_bool(w, f->exploited);
    json_out_member(w, "severity", str_of(severity_name(f->severity)));
    json_out_name(w, "score_tenths");
    if (f->tenths >= 0)
        json_out_int(w, f->tenths);
    else
        json_out_null(w);
    json_ssvc(w, f);
    json_out_opt(w, "compared", f->decided.compared);
    json_out_opt(w, "fixed", f->decided.fixed);
    json_out_opt(w, "fix", fix_text(op, f));
    json_out_member(w, "rule", str_of(match_rule_text(f->decided.rule)));
    if (f->decided.commit.n) /* only with --clone */
        json_out_member(w, "commit", f->decided.commit);
    if (f->decided.trouble.n)
        json_out_member(w, "trouble", f->decided.trouble);
    json_out_opt(w, "summary", f->summary);
    json_decided(op, w, f);
    json_out_end_object(w);
}

/* The releases of which silence says nothing. */
static void json_releases(struct op *op, struct json_out *w, const struct check_result *r)
{
    json_out_name(w, "silent_releases");
    json_out_array(w);
    vec_each(const struct release, one, &r->releases.list) {
        if (one->state == RELEASE_COVERED)
            continue;
        json_out_object(w);
        json_out_member(w, "distribution", one->ecosystem);
        json_out_opt(w, "release", one->name);
        json_out_member(w, "state", str_of(release_state_name(one->state)));
        json_out_opt(w, "ended", print_time(op->mem, one->ended));
        json_out_name(w, "components");
        json_out_int(w, (int64_t)one->components);
        json_out_end_object(w);
    }
    json_out_end_array(w);
}

static int print_json(struct op *op, struct cli *cli, const struct check_result *r, int status)
{
    struct json_page page;
    struct json_out *w = &page.w;
    json_page_open(&page, op);
    json_out_object(w);
    json_out_name(w, "assets");
    json_out_int(w, (int64_t)r->assets);
    json_out_name(w, "components");
    json_out_int(w, (int64_t)r->components);
    json_out_name(w, "without_advisories");
    json_out_int(w, (int64_t)r->unmatched);
    json_out_name(w, "incomplete");
    json_out_bool(w, r->incomplete);
    json_out_opt(w, "newest_advisory", print_time(op->mem, r->newest));
    json_out_opt(w, "stalest_feed", print_time(op->mem, r->oldest));
    json_out_opt(w, "stalest_feed_name", r->stalest);
    json_releases(op, w, r);
    json_out_name(w, "findings");
    json_out_array(w);
    vec_each(struct check_finding, f, &r->findings)
        json_finding(op, w, f);
    json_out_end_array(w);
    json_statements(op, w, r);
    json_out_end_object(w);
    return json_page_print(op, cli, &page, status);
}

static int print_report(struct op *op, struct cli *cli, const struct check_result *r, int status)
{
    enum { REPORT_MOST = 1 << 30 };
    struct str author = cli_option(cli, "author"), text;
    struct report_about about = {cli->session.now, author.n ? author : STR("muster")};
    struct buf document;
    buf_open(&document, op->mem, "the document", REPORT_MOST);
    enum rc rc = report_find(cli->form)->write(op, r, &about, &document);
    if (rc == RC_NOTFOUND) {
        cli_say(cli, "nothing was found, and " STR_FMT " has no document for that", STR_ARG(cli->form));
        return status;
    }
    if (rc != RC_OK || buf_done(op, &document, &text) != RC_OK)
        return cli_failed(op, cli);
    fwrite(text.p, 1, text.n, stdout);
    putchar('\n');
    return status;
}

static void say_clones(struct op *op, const struct cli *cli, const struct clones *c)
{
    if (c)
        vec_each(const struct str, note, clones_notes(c))
            cli_say(cli, STR_FMT, STR_ARG(str_escape(op->mem, *note)));
}

/* Why clones left findings unknown: each reason once. */
static void say_troubles(struct op *op, const struct cli *cli, const struct check_result *r)
{
    enum { LISTED_MOST = 20 };
    struct map said;
    map_open(&said, op->mem);
    vec_each(const struct check_finding, f, &r->findings) {
        bool is_new = false;
        if (f->decided.trouble.n && (cli->verbose || said.entries.n < LISTED_MOST))
            map_add(&said, f->decided.trouble, &is_new);
        if (is_new)
            cli_say(cli, STR_FMT, STR_ARG(str_escape(op->mem, f->decided.trouble)));
    }
}

static void say_statements(struct op *op, const struct cli *cli, const struct check_result *r)
{
    size_t n = r->unmatched_statements.n, against = r->vex ? r->vex->pairs.entries.n : 0;
    if (n)
        cli_say(cli, "%zu of %zu VEX statements settled nothing here%s", n, r->statements,
                cli->verbose ? ":" : " (--verbose lists them)");
    for (size_t i = 0; cli->verbose && i < n; i++) {
        const struct statement_row *row = r->unmatched_statements.at[i];
        cli_say(cli, "  unmatched: " STR_FMT " (" STR_FMT ", " STR_FMT ")", STR_ARG(str_escape(op->mem, vex_claim(op->mem, &row->said))),
                STR_ARG(str_escape(op->mem, row->said.author)), STR_ARG(str_escape(op->mem, row->source)));
    }
    if (against)
        cli_say(cli, "VEX statements outweighed by others that say otherwise: %zu%s", against,
                cli->verbose ? "" : " (--verbose lists them)");
    for (size_t i = 0; cli->verbose && against && i < r->vex->contradictions.n; i++) {
        const struct vex_contradiction *c = &r->vex->contradictions.at[i];
        struct str said = str_join(op->mem, vex_claim(op->mem, &c->against->said), STR(" ("), c->against->said.author, STR(")"));
        struct str instead = str_join(op->mem, vex_claim(op->mem, &c->kept->said), STR(" ("), c->kept->said.author, STR(")"));
        cli_say(cli, "  outweighed: " STR_FMT ", by " STR_FMT, STR_ARG(str_escape(op->mem, said)), STR_ARG(str_escape(op->mem, instead)));
    }
}

static int print_result(struct op *op, struct cli *cli, const struct check_result *r, int status)
{
    static const char *const columns[] = {"state", "severity", "id", "component", "version", "fix", "asset", "path", "summary", NULL};
    struct table t;
    size_t by_state[FINDING_NOT_AFFECTED + 1] = {0};
    vec_each(struct check_finding, f, &r->findings)
        by_state[f->state]++;
    cli_say_stale(op, cli, r->stalest, r->oldest);
    cli_say_age(op, cli, r->oldest_scan);
    if (r->incomplete)
        cli_say(cli, "part of what was asked about was not read; `muster scan` names it");
    say_clones(op, cli, r->clones);
    say_troubles(op, cli, r);
    say_statements(op, cli, r);
    if (cli->form.n)
        return print_report(op, cli, r, status);
    if (cli->output == OUTPUT_JSON)
        return print_json(op, cli, r, status);
    table_open(&t, op, cli, columns);
    vec_each(struct check_finding, f, &r->findings)
        table_add(&t, state_text(op, f), severity_text(op, f), f->flaw.id, component_name(op->mem, f->component), f->component->version,
                  fix_text(op, f), f->asset, f->path, summary_text(op, cli, f));
    table_print(&t);
    if (cli->output == OUTPUT_TABLE)
        printf("%zu affected, %zu possible, %zu unknown; %zu components, %zu of kinds that no advisory speaks of\n", by_state[FINDING_AFFECTED],
               by_state[FINDING_POSSIBLE], by_state[FINDING_UNKNOWN], r->components, r->unmatched);
    vec_each(const struct release, one, &r->releases.list)
        if (cli->output == OUTPUT_TABLE && one->state != RELEASE_COVERED)
            printf("unknown: " STR_FMT "; %zu of its packages, but for what is listed\n", STR_ARG(str_escape(op->mem, release_text(op->mem, one))),
                   one->components);
    return status;
}

static int explain(struct op *op, struct cli *cli)
{
    struct explanation x = {0};
    struct scan_options o;
    if (cli->args.n != 1)
        return cli_usage(cli, "--explain ID takes the purl of one component");
    if (!scan_options_read(op, cli, &o))
        return EXIT_USAGE;
    struct clones_named clones = {.limits = o.limits};
    cli_options(op, cli, "clone", &clones.list);
    if (check_explain(op, &cli->session, cli_option(cli, "explain"), cli->args.at[0], &clones, &x) != RC_OK)
        return cli_failed(op, cli);
    say_clones(op, cli, x.clones);
    if (x.no_ecosystem) {
        puts("no advisories exist for components of that kind");
        return EXIT_UNKNOWN;
    }
    printf("looked up: " STR_FMT "%s" STR_FMT " / " STR_FMT ", compared as " STR_FMT "\n", STR_ARG(x.subject.ecosystem), x.subject.release.n ? ":" : "",
           STR_ARG(x.subject.release), STR_ARG(x.subject.name), STR_ARG(x.subject.version));
    int status = EXIT_DONE;
    vec_each(struct explained, e, &x.entries) {
        const struct finding *f = &e->finding;
        printf(STR_FMT " (" STR_FMT "): " STR_FMT " / " STR_FMT ": %s: %s\n", STR_ARG(f->id), STR_ARG(e->record.source), STR_ARG(f->ecosystem),
               STR_ARG(f->name), finding_state_name(f->state), match_rule_text(f->rule));
        if (f->low.n || f->high.n)
            printf("  range: from " STR_FMT " to %s" STR_FMT "\n", STR_ARG(f->low.n ? f->low : STR("the first")), f->high_inclusive ? "and with " : "before ",
                   STR_ARG(f->high.n ? f->high : STR("the end")));
        if (f->commit.n)
            printf("  commit: " STR_FMT "\n", STR_ARG(str_escape(op->mem, f->commit)));
        if (f->trouble.n)
            printf("  unknown because: " STR_FMT "\n", STR_ARG(str_escape(op->mem, f->trouble)));
        if (f->fixed.n)
            printf("  fixed in: " STR_FMT "\n", STR_ARG(f->fixed));
        if (e->said)
            printf("  statement: " STR_FMT "\n  by: " STR_FMT " (" STR_FMT ", %s)\n", STR_ARG(str_escape(op->mem, vex_claim(op->mem, &e->said->said))),
                   STR_ARG(str_escape(op->mem, vex_text(op->mem, &e->said->said))), STR_ARG(str_escape(op->mem, e->said->source)),
                   vex_origin_name(vex_origin_of(op, &e->said->said)));
        if (f->flags & ADVISORY_CORRECTED)
            puts("  the published record was corrected; see data/corrections.tsv");
        status = f->state == FINDING_AFFECTED ? EXIT_FOUND : f->state == FINDING_UNKNOWN && status == EXIT_DONE ? EXIT_UNKNOWN : status;
    }
    if (x.entries.n == 0)
        puts("no entry of that advisory names this component");
    return status;
}

static int run(struct op *op, struct cli *cli)
{
    struct scan_options o;
    struct check_options c = {.only_fixable = cli_switch(cli, "only-fixable"), .all_states = cli_switch(cli, "all-states")};
    struct check_result r = {0};
    struct str fail_on = cli_option(cli, "fail-on").p ? cli_option(cli, "fail-on") : STR("any");
    bool known;
    if (cli_switch(cli, "explain"))
        return explain(op, cli);
    if (cli->args.n == 0 && !cli_switch(cli, "all"))
        return cli_usage(cli, "name a target or an asset, or say --all");
    cli_options(op, cli, "clone", &c.clones.list);
    if (c.clones.list.n && cli_switch(cli, "all"))
        return cli_usage(cli, "--clone needs the targets or assets named: it does not go with --all");
    check_fails(&r, fail_on, &known);
    if (!known)
        return cli_usage(cli, "--fail-on '" STR_FMT "': expected some of critical,high,medium,low,any,kev,malicious,possible,unknown", STR_ARG(fail_on));
    if (!cli_date(cli, "since", &c.since) || !scan_options_read(op, cli, &o))
        return EXIT_USAGE;
    c.clones.limits = o.limits;
    enum rc rc = session_workers(op, &cli->session);
    if (rc == RC_OK && cli_switch(cli, "all"))
        rc = check_all(op, &cli->session, &c, &r);
    for (size_t i = 0; rc == RC_OK && i < cli->args.n; i++) {
        struct target t;
        rc = target_parse(op, cli->args.at[i], &t);
        if (rc == RC_OK)
            rc = check_target(op, &cli->session, &t, &o, &c, &r);
    }
    progress_close(op);
    if (rc != RC_OK)
        return cli_failed(op, cli);
    check_sort(&r);
    check_statements(op, &r);
    bool fails = check_fails(&r, fail_on, &known);
    return print_result(op, cli, &r, fails ? EXIT_FOUND : r.incomplete || check_is_silent(&r) ? EXIT_UNKNOWN : EXIT_DONE);
}

static const struct option options[] = {
    {"all", NULL, "all stored assets"},
    {"fail-on", "WORDS", "exit 1 only for these: critical,high,medium,low,any,kev,malicious,possible,unknown (any)"},
    {"only-fixable", NULL, "only what a newer version mends"},
    {"all-states", NULL, "also what is fixed or not affected"},
    {"since", "DATE", "only what came up after that time; of targets: what was published or changed (a bare date: after its end in UTC)"},
    {"clone", "[URL=]DIR", "a clone of a component's repository (of URL; else of its remotes): advisories that give commits are judged by ancestry in it"},
    {"author", "NAME", "who issues the document, with --output openvex, csaf and cyclonedx (muster)"},
    {"explain", "ID", "how this advisory is judged for the component whose purl is given"},
    READING_OPTIONS,
    {NULL, NULL, NULL},
};

const struct command command_check = {
    .name = "check",
    .help = "Lists known-vulnerable and malicious components, with the version that mends them.",
    .usage = "TARGET|ASSET… | --all [options] | --explain ID PURL",
    .about = "Needs imported advisories (`muster advisories import`). One line per component and flaw, worst first; aliases are one flaw.\n"
             "`fix` is the smallest version that no advisory affects. Exit status 1 when a finding meets --fail-on, 5 when part of a\n"
             "target was not read, else 0. --output also takes sarif, cyclonedx, openvex and csaf. With --explain: which record, which\n"
             "range, which rule and which VEX statement decided.",
    .options = options,
    .forms = report_names,
    .long_work = true,
    .run = run,
};
