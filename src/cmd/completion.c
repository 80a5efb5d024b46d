/* completion: scripts for bash, zsh and fish out of the command table. */
#include <stdio.h>
#include "cmd/cmd.h"

static void words(const struct option *o)
{
    for (; o && o->name; o++)
        printf(" --%s", o->name);
}

static void verbs(const char *const *v)
{
    for (; v && *v; v++)
        printf(" %s", *v);
}

static void bash(void)
{
    puts("_muster() {\n    local cur=${COMP_WORDS[COMP_CWORD]} cmd= i words=\n"
         "    for ((i = 1; i < COMP_CWORD; i++)); do case ${COMP_WORDS[i]} in --store) ((i++)) ;; -*) ;; *) cmd=${COMP_WORDS[i]}; break ;; esac; done\n"
         "    case $cmd in");
    for (size_t i = 0; commands[i]; i++) {
        printf("    %s) words=\"", commands[i]->name);
        verbs(commands[i]->verbs);
        words(commands[i]->options);
        words(global_options);
        puts("\" ;;");
    }
    printf("    '') words=\"");
    for (size_t i = 0; commands[i]; i++)
        printf(" %s", commands[i]->name);
    words(global_options);
    puts("\" ;;\n    esac\n    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "    [ -n \"$cmd\" ] && [[ $cur != -* ]] && COMPREPLY+=($(compgen -f -- \"$cur\"))\n}\n"
         "complete -o filenames -F _muster muster");
}

/* Single quotes inside single quotes, as sh takes them. */
static void quoted(const char *s)
{
    for (; *s; s++)
        if (*s == '\'')
            fputs("'\\''", stdout);
        else if (*s == '[' || *s == ']' || *s == ':')
            printf("\\%c", *s);
        else
            putchar(*s);
}

static void zsh_options(const struct option *o)
{
    for (; o && o->name; o++) {
        printf(" '*--%s%s[", o->name, o->arg ? "=" : "");
        quoted(o->help);
        printf("]%s%s%s'", o->arg ? ":" : "", o->arg ? o->arg : "", o->arg ? ":_files" : "");
    }
}

static void zsh(void)
{
    puts("#compdef muster\n_muster() {\n    local -a commands\n    commands=(");
    for (size_t i = 0; commands[i]; i++) {
        printf("        '%s:", commands[i]->name);
        quoted(commands[i]->help);
        puts("'");
    }
    puts("    )\n    if ((CURRENT == 2)); then _describe command commands; return; fi\n    case $words[2] in");
    for (size_t i = 0; commands[i]; i++) {
        printf("    %s) _arguments", commands[i]->name);
        zsh_options(commands[i]->options);
        zsh_options(global_options);
        if (commands[i]->verbs) {
            printf(" '2:verb:(");
            verbs(commands[i]->verbs);
            printf(")'");
        }
        puts(" '*:target:_files' ;;");
    }
    puts("    esac\n}\n_muster \"$@\"");
}

static void fish_text(const char *s)
{
    putchar('\'');
    for (; *s; s++) {
        if (*s == '\'' || *s == '\\')
            putchar('\\');
        putchar(*s);
    }
    putchar('\'');
}

static void fish(void)
{
    for (size_t i = 0; commands[i]; i++) {
        const struct command *c = commands[i];
        printf("complete -c muster -n __fish_use_subcommand -a %s -d ", c->name);
        fish_text(c->help);
        putchar('\n');
        if (c->verbs) {
            printf("complete -c muster -n '__fish_seen_subcommand_from %s' -a '", c->name);
            verbs(c->verbs);
            puts("'");
        }
        for (const struct option *o = c->options; o && o->name; o++) {
            printf("complete -c muster -n '__fish_seen_subcommand_from %s' -l %s%s -d ", c->name, o->name, o->arg ? " -r" : "");
            fish_text(o->help);
            putchar('\n');
        }
    }
    for (const struct option *o = global_options; o->name; o++) {
        printf("complete -c muster -l %s%s -d ", o->name, o->arg ? " -r" : "");
        fish_text(o->help);
        putchar('\n');
    }
}

static int run(struct op *op, struct cli *cli)
{
    static const struct {
        const char *shell;
        void (*print)(void);
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
    (void)op;
    for (size_t i = 0; cli->args.n == 1 && i < sizeof shells / sizeof *shells; i++)
        if (str_eq(cli->args.at[0], str_of(shells[i].shell))) {
            shells[i].print();
            return EXIT_DONE;
        }
    return cli_usage(cli, "expected bash, zsh or fish");
}

static const char *const shell_names[] = {"bash", "zsh", "fish", NULL};

const struct command command_completion = {
    .name = "completion",
    .help = "Prints a completion script for a shell.",
    .usage = "bash|zsh|fish",
    .about = "bash: source <(muster completion bash). zsh: put it into a file _muster in a folder of $fpath.\n"
             "fish: muster completion fish > ~/.config/fish/completions/muster.fish. `make install` does all three.",
    .verbs = shell_names,
    .run = run,
};
