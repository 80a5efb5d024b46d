/* help: the command table in words. */
#include <stdio.h>
#include "cmd/cmd.h"

static void print_options(const struct option *o)
{
    for (; o && o->name; o++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
        printf("  %-26s %s\n", left, o->help);
    }
}

void help_command(const struct command *c)
{
    printf("muster %s %s\n\n%s\n", c->name, c->usage, c->help);
    if (c->about)
        printf("\n%s\n", c->about);
    if (c->options) {
        puts("\nOptions:");
        print_options(c->options);
    }
    puts("\nEverywhere:");
    print_options(global_options);
}

void help_all(void)
{
    puts("muster knows every software component you build, buy and run.\n\nusage: muster [--store FILE] COMMAND …\n");
    for (size_t i = 0; commands[i]; i++)
        printf("  %-12s %s\n", commands[i]->name, commands[i]->help);
    puts("\nExit status: 0 nothing, allowed · 1 exposed, denied, found · 2 wrong usage · 3 input is not what it claims\n"
         "to be · 4 not reachable · 5 cannot tell. `muster help COMMAND` explains one.");
}

static int run(struct op *op, struct cli *cli)
{
    (void)op;
    if (cli->args.n == 0) {
        help_all();
        return EXIT_DONE;
    }
    for (size_t i = 0; commands[i]; i++)
        if (str_eq(cli->args.at[0], str_of(commands[i]->name))) {
            help_command(commands[i]);
            return EXIT_DONE;
        }
    return cli_usage(cli, "there is no command '" STR_FMT "'", STR_ARG(cli->args.at[0]));
}

const struct command command_help = {
    .name = "help",
    .help = "Explains the program or one command.",
    .usage = "[COMMAND]",
    .run = run,
};
