/* man: the manual pages in roff, out of the command table. */
#include <stdio.h>
#include "cmd/cmd.h"

/* A leading dot or quote would be a request; a backslash and a minus need their own escapes. */
static void roff(const char *s)
{
    bool start = true;
    for (; *s; s++) {
        if (start && (*s == '.' || *s == '\''))
            fputs("\\&", stdout);
        if (*s == '\\')
            fputs("\\e", stdout);
        else if (*s == '-')
            fputs("\\-", stdout);
        else
            putchar(*s);
        start = *s == '\n';
    }
}

static void options(const struct option *o)
{
    for (; o && o->name; o++) {
        printf(".TP\n.B \\-\\-");
        roff(o->name);
        if (o->arg)
            printf(" \\fI%s\\fR", o->arg);
        putchar('\n');
        roff(o->help);
        putchar('\n');
    }
}

static void exit_status(void)
{
    puts(".SH EXIT STATUS\n0 nothing, allowed; 1 exposed, denied, found; 2 wrong usage; 3 the input is not what it claims to be, nothing of it\n"
         "was stored; 4 not reachable; 5 cannot tell; 130 interrupted, the store is as before.");
}

static void page(const struct command *c)
{
    printf(".TH MUSTER\\-%s 1 \"\" \"muster " MUSTER_VERSION "\"\n.SH NAME\nmuster\\-%s \\- ", c->name, c->name);
    roff(c->help);
    printf("\n.SH SYNOPSIS\n.B muster %s\n", c->name);
    roff(c->usage);
    putchar('\n');
    if (c->about) {
        puts(".SH DESCRIPTION\n.nf");
        roff(c->about);
        puts("\n.fi");
    }
    puts(".SH OPTIONS");
    options(c->options);
    options(global_options);
    exit_status();
    puts(".SH SEE ALSO\n.BR muster (1)");
}

static void overview(void)
{
    puts(".TH MUSTER 1 \"\" \"muster " MUSTER_VERSION "\"\n.SH NAME\nmuster \\- knows every software component you build, buy and run\n"
         ".SH SYNOPSIS\n.B muster\n[\\-\\-store FILE] COMMAND ...\n.SH COMMANDS");
    for (size_t i = 0; commands[i]; i++) {
        printf(".TP\n.BR muster\\-%s (1)\n", commands[i]->name);
        roff(commands[i]->help);
        putchar('\n');
    }
    puts(".SH OPTIONS");
    options(global_options);
    puts(".SH ENVIRONMENT\n.TP\n.B MUSTER_STORE\nthe store to use\n.TP\n.B XDG_DATA_HOME\nwhere the default store lies, in muster/muster.db\n"
         ".TP\n.B NO_COLOR\nno colour\n.TP\n.B TMPDIR\nwhere inflated content is kept while an image is read");
    exit_status();
}

static int run(struct op *op, struct cli *cli)
{
    (void)op;
    if (cli->args.n == 0) {
        overview();
        return EXIT_DONE;
    }
    for (size_t i = 0; commands[i]; i++)
        if (str_eq(cli->args.at[0], str_of(commands[i]->name))) {
            page(commands[i]);
            return EXIT_DONE;
        }
    return cli_usage(cli, "there is no command '" STR_FMT "'", STR_ARG(cli->args.at[0]));
}

const struct command command_man = {
    .name = "man",
    .help = "Prints a manual page in roff.",
    .usage = "[COMMAND]",
    .about = "muster man where | man -l -   shows one; `make install` installs them all.",
    .run = run,
};
