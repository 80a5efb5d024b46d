/* version: compares versions and ranges line by line, for scripts. */
#include <stdio.h>
#include <unistd.h>
#include "cmd/cmd.h"
#include "flow/versions.h"

static const char *const verbs[] = {"compare", "contains", "upstream", NULL};

static void put(void *arg, struct str s)
{
    (void)arg;
    fwrite(s.p, 1, s.n, stdout);
}

static int run(struct op *op, struct cli *cli)
{
    if (cli->args.n != 2)
        return cli_usage(cli, "expected a verb and a scheme");
    for (int i = 0; verbs[i]; i++) {
        if (!str_eq(cli->args.at[0], str_of(verbs[i])))
            continue;
        enum rc rc = versions_answer(op, (enum versions_verb)i, cli->args.at[1], STDIN_FILENO, put, NULL);
        if (rc == RC_NOTFOUND)
            return cli_usage(cli, STR_FMT, STR_ARG(op->err.text));
        return rc == RC_OK ? EXIT_DONE : cli_failed(op, cli);
    }
    return cli_usage(cli, "expected compare, contains or upstream");
}

const struct command command_version = {
    .name = "version",
    .help = "Compares versions, tests ranges, or prints upstream versions, a line each.",
    .usage = "compare|contains|upstream SCHEME < LINES",
    .about = "compare reads lines `a<TAB>b` and prints <, = or >; contains reads `range<TAB>version` (the ecosystem's own syntax\n"
             "or vers:) and prints true or false; upstream prints the upstream project's version in a packaging version. A line that\n"
             "cannot be judged is answered with ?. SCHEME is a purl type, an OSV ecosystem or a VERS scheme name, in any case.",
    .verbs = verbs,
    .run = run,
};
