/* argv → command table → exit status. */
#include "cmd/cmd.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/log.h"
#include "base/time.h"
#include "flow/ages.h"

#define COMMAND(n) extern const struct command command_##n;
#include "cmd/list.def"
#undef COMMAND

const struct command *const commands[] = {
#define COMMAND(n) &command_##n,
#include "cmd/list.def"
#undef COMMAND
    NULL,
};

const struct option global_options[] = {
    {"store", "FILE", "the store to use instead of the default one (also MUSTER_STORE)"},
    {"output", "FORM", "print records as table, json, csv or tsv"},
    {"json", NULL, "the same as --output json"},
    {"csv", NULL, "the same as --output csv"},
    {"tsv", NULL, "the same as --output tsv"},
    {"quiet", NULL, "say nothing on stderr but errors"},
    {"verbose", NULL, "say more on stderr"},
    {"help", NULL, "explain the command"},
    {NULL, NULL, NULL},
};

struct str cli_option(const struct cli *cli, const char *name)
{
    struct str found = {NULL, 0};
    vec_each(struct given, g, &cli->given)
        if (strcmp(g->option->name, name) == 0)
            found = g->value;
    return found;
}

bool cli_switch(const struct cli *cli, const char *name)
{
    return cli_option(cli, name).p != NULL;
}

void cli_options(struct op *op, const struct cli *cli, const char *name, struct str_list *ret)
{
    vec_each(struct given, g, &cli->given)
        if (strcmp(g->option->name, name) == 0)
            *vec_push(op->mem, ret) = g->value;
}

static int status_of(enum rc rc)
{
    switch (rc) {
    case RC_OK: return EXIT_DONE;
    case RC_INVALID: return EXIT_INPUT;
    case RC_LIMIT: return EXIT_UNKNOWN;
    case RC_NOTFOUND:
    case RC_DENIED:
    case RC_UNSUPPORTED:
    case RC_IO: return EXIT_UNREACHABLE;
    }
    return EXIT_UNREACHABLE;
}

int cli_failed(struct op *op, const struct cli *cli)
{
    if (worker_interrupted) {
        fprintf(stderr, "muster: interrupted; nothing was stored\n");
        return EXIT_INTERRUPTED;
    }
    fprintf(stderr, "muster: " STR_FMT "\n", STR_ARG(op->err.text));
    if (cli->verbose && op->err.file)
        fprintf(stderr, "muster: (%s:%d)\n", op->err.file, op->err.line);
    return status_of(op->err.rc);
}

int cli_usage(const struct cli *cli, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fputs("muster: ", stderr);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    if (cli->command)
        fprintf(stderr, "\nusage: muster %s %s\n", cli->command->name, cli->command->usage);
    else
        fputs("\n`muster help` lists the commands\n", stderr);
    return EXIT_USAGE;
}

void cli_say(const struct cli *cli, const char *fmt, ...)
{
    va_list ap;
    if (cli->quiet)
        return;
    va_start(ap, fmt);
    fputs("muster: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
}

bool cli_date(const struct cli *cli, const char *name, int64_t *ret)
{
    struct str v = cli_option(cli, name);
    if (!v.p || time_parse(v, ret))
        return true;
    cli_usage(cli, "--%s '" STR_FMT "': expected a date such as 2024-03-30 or 2024-03-30T12:00:00Z", name, STR_ARG(v));
    return false;
}

bool cli_duration(const struct cli *cli, const char *name, int64_t *ret)
{
    struct str v = cli_option(cli, name);
    if (!v.p || duration_parse(v, ret))
        return true;
    cli_usage(cli, "--%s '" STR_FMT "': expected a duration such as 30d, 12h or 2w", name, STR_ARG(v));
    return false;
}

void cli_say_age(struct op *op, const struct cli *cli, int64_t oldest)
{
    if (oldest)
        cli_say(cli, "the oldest scan this rests on is %s old (" STR_FMT ")", duration_print(op->mem, cli->session.now - oldest).p,
                STR_ARG(time_print(op->mem, oldest)));
}

void cli_say_stale(struct op *op, const struct cli *cli, struct str feed, int64_t as_of)
{
    if (as_of && cli->session.now - as_of > FEED_STALE_S)
        cli_say(cli, "the stalest feed, " STR_FMT ", tells of %s ago (`muster advisories status`)", STR_ARG(str_escape(op->mem, feed)),
                duration_print(op->mem, cli->session.now - as_of).p);
}

/* ---- reading argv ---- */

static const struct option *option_find(const struct option *list, struct str name)
{
    for (; list && list->name; list++)
        if (str_eq(name, str_of(list->name)))
            return list;
    return NULL;
}

static const struct command *command_find(struct str name)
{
    for (size_t i = 0; commands[i]; i++)
        if (str_eq(name, str_of(commands[i]->name)))
            return commands[i];
    return NULL;
}

/* Edit distance of short words, for "did you mean". */
static size_t distance(struct str a, struct str b)
{
    enum { MOST = 24 };
    size_t row[MOST + 1];
    if (a.n > MOST || b.n > MOST)
        return MOST;
    for (size_t k = 0; k <= b.n; k++)
        row[k] = k;
    for (size_t i = 1; i <= a.n; i++) {
        size_t before = row[0];
        row[0] = i;
        for (size_t k = 1; k <= b.n; k++) {
            size_t best = before + (a.p[i - 1] != b.p[k - 1]);
            before = row[k];
            best = row[k] + 1 < best ? row[k] + 1 : best;
            row[k] = row[k - 1] + 1 < best ? row[k - 1] + 1 : best;
        }
    }
    return row[b.n];
}

static int no_command(const struct cli *cli, struct str name)
{
    const struct command *near = NULL;
    size_t best = 3;
    for (size_t i = 0; commands[i]; i++) {
        size_t d = distance(name, str_of(commands[i]->name));
        if (d < best) {
            best = d;
            near = commands[i];
        }
    }
    if (near)
        return cli_usage(cli, "there is no command '" STR_FMT "'; did you mean '%s'?", STR_ARG(name), near->name);
    return cli_usage(cli, "there is no command '" STR_FMT "'", STR_ARG(name));
}

static int take_option(struct op *op, struct cli *cli, struct str text, char **next, int *used)
{
    struct str name = str_from(text, 2), value = {NULL, 0};
    str_split(name, '=', &name, &value);
    const struct option *o = option_find(cli->command ? cli->command->options : NULL, name);
    if (!o)
        o = option_find(global_options, name);
    if (!o)
        return cli_usage(cli, "there is no option --" STR_FMT "%s%s", STR_ARG(name), cli->command ? " of " : " here", cli->command ? cli->command->name : "");
    if (o->arg && !value.p) {
        if (!*next)
            return cli_usage(cli, "--%s needs a value: --%s %s", o->name, o->name, o->arg);
        value = str_of(*next);
        *used = 1;
    } else if (!o->arg && value.p) {
        return cli_usage(cli, "--%s takes no value", o->name);
    }
    *vec_push(op->mem, &cli->given) = (struct given){o, value.p ? value : STR("")};
    return EXIT_DONE;
}

static int read_arguments(struct op *op, struct cli *cli, char **argv)
{
    bool only_words = false;
    for (char **a = argv; *a; a++) {
        struct str text = str_of(*a);
        int used = 0, status = EXIT_DONE;
        if (!only_words && str_eq(text, STR("--"))) {
            only_words = true;
        } else if (!only_words && str_eq(text, STR("-h"))) {
            cli->help = true;
        } else if (!only_words && text.n > 2 && str_starts(text, STR("--"))) {
            status = take_option(op, cli, text, a + 1, &used);
            a += used;
        } else if (!only_words && text.n > 1 && text.p[0] == '-') {
            status = cli_usage(cli, "there is no option " STR_FMT, STR_ARG(text));
        } else if (!cli->command) {
            cli->command = command_find(text);
            status = cli->command ? EXIT_DONE : no_command(cli, text);
        } else {
            *vec_push(op->mem, &cli->args) = text;
        }
        if (status != EXIT_DONE)
            return status;
    }
    return EXIT_DONE;
}

static int set_form(struct op *op, struct cli *cli, struct str asked)
{
    struct str expected = STR("table, json, csv"), last = STR("tsv");
    for (const char *const *form = cli->command ? cli->command->forms : NULL; form && *form; form++) {
        if (str_eq(asked, str_of(*form))) {
            cli->form = asked;
            return EXIT_DONE;
        }
        expected = str_join(op->mem, expected, STR(", "), last);
        last = str_of(*form);
    }
    return cli_usage(cli, "--output '" STR_FMT "': expected " STR_FMT " or " STR_FMT, STR_ARG(asked), STR_ARG(expected), STR_ARG(last));
}

static int set_output(struct op *op, struct cli *cli)
{
    static const char *const names[] = {"table", "json", "csv", "tsv"};
    struct str asked = cli_option(cli, "output");
    for (int i = 0; i < 4; i++)
        if (cli_switch(cli, names[i]) || (asked.p && str_eq(asked, str_of(names[i])))) {
            cli->output = (enum output)i;
            return EXIT_DONE;
        }
    return asked.p ? set_form(op, cli, asked) : EXIT_DONE;
}

static struct str default_store(struct op *op)
{
    const char *set = getenv("MUSTER_STORE"), *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    if (set && *set)
        return str_of(set);
    if (data && *data)
        return str_join(op->mem, str_of(data), STR("/muster/muster.db"));
    return str_join(op->mem, str_of(home && *home ? home : "/root"), STR("/.local/share/muster/muster.db"));
}

static void interrupt(int sig)
{
    (void)sig;
    if (worker_interrupted)
        _exit(EXIT_INTERRUPTED);
    worker_interrupted = 1;
}

static int run(struct op *op, struct cli *cli)
{
    if (cli->command->long_work) {
        struct sigaction act = {.sa_handler = interrupt};
        sigaction(SIGINT, &act, NULL);
        sigaction(SIGTERM, &act, NULL);
        progress_open(op, cli);
    }
    int status = cli->command->run(op, cli);
    progress_close(op);
    if (fflush(stdout) != 0 && status == EXIT_DONE) {
        fputs("muster: standard output cannot be written\n", stderr);
        status = EXIT_UNREACHABLE;
    }
    session_close(&cli->session);
    return status;
}

int cmd_main(struct op *op, int argc, char **argv)
{
    struct cli cli = {.max_age_s = 30 * 86400};
    (void)argc;
    if (argv[0] && argv[1] && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)) {
        puts("muster " MUSTER_VERSION);
        return EXIT_DONE;
    }
    int status = read_arguments(op, &cli, argv + (argv[0] != NULL));
    if (status == EXIT_DONE)
        status = set_output(op, &cli);
    if (status != EXIT_DONE)
        return status;
    cli.quiet = cli_switch(&cli, "quiet");
    cli.verbose = cli_switch(&cli, "verbose");
    op->log_level = cli.quiet ? LOG_ERROR : cli.verbose ? LOG_DEBUG : LOG_WARN;
    cli.color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    cli.session.now = time_now();
    cli.session.store_path = cli_option(&cli, "store").p ? cli_option(&cli, "store") : default_store(op);
    if (cli.help || cli_switch(&cli, "help")) {
        if (cli.command)
            help_command(cli.command);
        else
            help_all();
        return EXIT_DONE;
    }
    if (!cli.command) {
        help_all();
        return EXIT_USAGE;
    }
    return run(op, &cli);
}
