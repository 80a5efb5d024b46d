/* vex: what we ourselves say about flaws in what we have. */
#include <stdio.h>
#include "base/time.h"
#include "cmd/print.h"
#include "cmd/who.h"
#include "flow/vex.h"
#include "flow/vex_own.h"

static struct str about(struct arena *mem, const struct vex_statement *v)
{
    return v->subcomponent.n ? str_join(mem, v->subcomponent, STR(" in "), v->product) : v->product;
}

static struct str standing(const struct cli *cli, const struct own_statement *o)
{
    if (o->ended_at)
        return STR("ended");
    return o->until && o->until < cli->session.now ? STR("ran out") : STR("stands");
}

static void json_one(struct op *op, const struct cli *cli, struct json_out *w, const struct own_statement *o)
{
    json_out_object(w);
    json_out_name(w, "number");
    json_out_int(w, o->number);
    json_out_member(w, "state", standing(cli, o));
    json_out_member(w, "vulnerability", o->said.vulnerability);
    json_out_member(w, "status", str_of(vex_state_name(o->said.state)));
    json_out_member(w, "product", o->said.product);
    json_out_opt(w, "subcomponent", o->said.subcomponent);
    json_out_opt(w, "justification", o->said.justification);
    json_out_member(w, "reason", o->said.impact);
    json_out_member(w, "who", o->said.author);
    json_out_member(w, "at", time_print(op->mem, o->said.at));
    json_out_opt(w, "until", print_time(op->mem, o->until));
    json_out_opt(w, "ended_at", print_time(op->mem, o->ended_at));
    json_out_opt(w, "ended_by", o->ended_by);
    json_out_opt(w, "ended_reason", o->ended_reason);
    json_out_end_object(w);
}

static int print_made(struct op *op, struct cli *cli, const struct own_result *r)
{
    struct json_page page;
    json_page_open(&page, op);
    json_out_object(&page.w);
    json_out_name(&page.w, "statements");
    json_out_array(&page.w);
    vec_each(const struct own_made, m, &r->made) {
        const struct vex_statement *v = &m->statement.said;
        if (cli->output == OUTPUT_JSON)
            json_one(op, cli, &page.w, &m->statement);
        else
            printf("statement %u: " STR_FMT " %s: " STR_FMT "%s\n", m->statement.number, STR_ARG(str_escape(op->mem, v->vulnerability)),
                   vex_state_name(v->state), STR_ARG(str_escape(op->mem, about(op->mem, v))), m->is_new ? "" : " (it stood already)");
    }
    json_out_end_array(&page.w);
    json_out_end_object(&page.w);
    if (r->unknown_id)
        cli_say(cli, "no imported advisory is called so; the statement waits for one");
    return cli->output == OUTPUT_JSON ? json_page_print(op, cli, &page, EXIT_DONE) : EXIT_DONE;
}

/* What is wrong with the call; NULL: nothing. */
static const char *wrong(const struct cli *cli, struct own_request *rq)
{
    if (cli->args.n < 2 || (cli->args.n < 3 && rq->within.n == 0))
        return "expected the id of an advisory and purls, or --in ASSET";
    if (!own_state(cli_option(cli, "status"), &rq->state))
        return "--status is needed: not_affected, affected, fixed or under_investigation";
    if (rq->reason.n == 0)
        return "--reason is needed: whoever reads the finding will ask";
    if (rq->state == VEX_NOT_AFFECTED && rq->justification.n == 0)
        return "--justification is needed with not_affected";
    if (rq->justification.n && !own_justification(rq->justification))
        return "--justification is one of component_not_present, vulnerable_code_not_present, vulnerable_code_not_in_execute_path, "
               "vulnerable_code_cannot_be_controlled_by_adversary, inline_mitigations_already_exist";
    if (rq->until == 0 && (rq->state == VEX_NOT_AFFECTED || rq->state == VEX_FIXED))
        return "--until is needed: what lets something pass has an end";
    return rq->until && rq->until <= cli->session.now ? "--until lies in the past" : NULL;
}

static int add(struct op *op, struct cli *cli)
{
    struct own_request rq = {.within = cli_option(cli, "in"), .justification = cli_option(cli, "justification"),
                             .reason = cli_option(cli, "reason"), .who = who_am_i(op)};
    struct own_result r = {0};
    if (!cli_date(cli, "until", &rq.until))
        return EXIT_USAGE;
    const char *error = wrong(cli, &rq);
    if (error)
        return cli_usage(cli, "%s", error);
    rq.vulnerability = cli->args.at[1];
    for (size_t i = 2; i < cli->args.n; i++)
        *vec_push(op->mem, &rq.purls) = cli->args.at[i];
    enum rc rc = own_make(op, &cli->session, &rq, &r);
    if (rc != RC_OK) {
        int status = cli_failed(op, cli);
        return rc == RC_INVALID ? EXIT_USAGE : status;
    }
    return print_made(op, cli, &r);
}

static int list(struct op *op, struct cli *cli)
{
    static const char *const columns[] = {"number", "state", "vulnerability", "status", "about", "justification", "reason", "who", "at", "until", NULL};
    struct own_statements all = {NULL, 0, 0};
    struct table t;
    struct json_page page;
    if (cli->args.n != 1)
        return cli_usage(cli, "list takes no argument");
    if (own_all(op, &cli->session, cli_switch(cli, "all"), &all) != RC_OK)
        return cli_failed(op, cli);
    table_open(&t, op, cli, columns);
    json_page_open(&page, op);
    json_out_object(&page.w);
    json_out_name(&page.w, "statements");
    json_out_array(&page.w);
    for (size_t i = 0; i < all.n; i++) {
        const struct own_statement *o = &all.at[i];
        const struct vex_statement *v = &o->said;
        if (cli->output == OUTPUT_JSON)
            json_one(op, cli, &page.w, o);
        else
            table_add(&t, str_print(op->mem, "%u", o->number), standing(cli, o), v->vulnerability, str_of(vex_state_name(v->state)),
                      about(op->mem, v), v->justification, v->impact, v->author, time_print(op->mem, v->at), print_time(op->mem, o->until));
    }
    json_out_end_array(&page.w);
    json_out_end_object(&page.w);
    if (all.n == 0)
        cli_say(cli, "nothing is said");
    if (cli->output == OUTPUT_JSON)
        return json_page_print(op, cli, &page, EXIT_DONE);
    table_print(&t);
    return EXIT_DONE;
}

static int end(struct op *op, struct cli *cli)
{
    struct str reason = cli_option(cli, "reason");
    uint64_t number;
    if (cli->args.n != 2 || !str_num(cli->args.at[1], &number) || number == 0 || number > UINT32_MAX)
        return cli_usage(cli, "expected the number of a statement; `muster vex list` lists them");
    if (reason.n == 0)
        return cli_usage(cli, "--reason is needed");
    if (own_end(op, &cli->session, (uint32_t)number, who_am_i(op), reason) != RC_OK)
        return cli_failed(op, cli);
    printf("statement %llu ended; it stays on record\n", (unsigned long long)number);
    return EXIT_DONE;
}

static int run(struct op *op, struct cli *cli)
{
    struct str verb = cli->args.n ? cli->args.at[0] : STR("");
    if (str_eq(verb, STR("add")))
        return add(op, cli);
    if (str_eq(verb, STR("list")))
        return list(op, cli);
    if (str_eq(verb, STR("end")))
        return end(op, cli);
    return cli_usage(cli, "expected add, list or end");
}

static const char *const verbs[] = {"add", "list", "end", NULL};

static const struct option options[] = {
    {"status", "STATUS", "add: not_affected, affected, fixed or under_investigation"},
    {"justification", "WORD", "add: why not affected, in OpenVEX's words"},
    {"reason", "TEXT", "add, end: why, in yours"},
    {"in", "ASSET", "add: only there"},
    {"until", "DATE", "add: the statement's last day; needed with not_affected and fixed"},
    {"all", NULL, "list: also those that ended or ran out"},
    {NULL, NULL, NULL},
};

const struct command command_vex = {
    .name = "vex",
    .help = "Says how what we have stands to a flaw, until some day.",
    .usage = "add ID PURL… --status STATUS --reason TEXT [--in ASSET] | list [--all] | end NUMBER --reason TEXT",
    .about = "A statement of our own prevails over every imported one, in check, where and gate. A purl without a version speaks of all\n"
             "versions, also those to come, until the statement runs out: a false alarm stays answered when the package is updated. With --in\n"
             "it holds in that asset only, and without a purl for all that is in it. Statements are numbered, and stay on record when they end.",
    .options = options,
    .verbs = verbs,
    .run = run,
};
