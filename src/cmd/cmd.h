/* The command line's face: one file per command, one line in list.def. A command reads its arguments, calls flow,
 * and prints; it holds no rule of the domain. Help, man pages and shell completion walk the same table. */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/json.h"
#include "flow/session.h"

/* What the exit status means (CLI.md). */
enum exit_status {
    EXIT_DONE = 0,
    EXIT_FOUND = 1,
    EXIT_USAGE = 2,
    EXIT_INPUT = 3,
    EXIT_UNREACHABLE = 4,
    EXIT_UNKNOWN = 5,
    EXIT_INTERRUPTED = 130,
};

enum output { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_CSV, OUTPUT_TSV };

struct option {
    const char *name; /* without the dashes */
    const char *arg;  /* name of its value; NULL for a switch */
    const char *help;
};

struct cli;

struct command {
    const char *name;
    const char *help;  /* a sentence */
    const char *usage; /* "TARGET… [options]": what follows the name */
    const char *about; /* some sentences for `help NAME` and the man page */
    const struct option *options; /* ended by a NULL name; may be NULL */
    const char *const *verbs;     /* second words it knows, NULL at the end; or NULL */
    const char *const *forms;     /* values of --output beside the usual ones, NULL at the end; or NULL */
    bool long_work;               /* shows progress and can be interrupted */
    int (*run)(struct op *op, struct cli *cli); /* gives the exit status */
};

extern const struct command *const commands[]; /* NULL at the end */
extern const struct option global_options[];

struct given {
    const struct option *option;
    struct str value;
};

struct cli {
    struct session session;
    const struct command *command;
    struct str_list args; /* what is not an option */
    VEC(struct given) given;
    enum output output;
    struct str form; /* one of the command's own forms; empty: `output` counts */
    bool quiet, verbose, help;
    bool color; /* of stdout */
    int64_t max_age_s;
};

/* Runs the program: the exit status. */
int cmd_main(struct op *op, int argc, char **argv);

/* The value of an option: {NULL, 0} when it was not given; the last one wins. */
struct str cli_option(const struct cli *cli, const char *name);
bool cli_switch(const struct cli *cli, const char *name);
void cli_options(struct op *op, const struct cli *cli, const char *name, struct str_list *ret);

/* Prints the operation's error and gives the exit status that fits. */
int cli_failed(struct op *op, const struct cli *cli);

/* Prints what is wrong with the call and where to read on: EXIT_USAGE. */
int cli_usage(const struct cli *cli, const char *fmt, ...) FORMAT(2, 3);

/* A line of talk on stderr, unless --quiet. */
void cli_say(const struct cli *cli, const char *fmt, ...) FORMAT(2, 3);

/* Sets *ret from an option that holds a date, a duration, or a number with K, M, G. False after printing why not. */
bool cli_date(const struct cli *cli, const char *name, int64_t *ret);
bool cli_duration(const struct cli *cli, const char *name, int64_t *ret_s);

/* Says how old the oldest scan is that the answer rests on. */
void cli_say_age(struct op *op, const struct cli *cli, int64_t oldest);

/* Says which feed tells of more than a week ago, if one does. */
void cli_say_stale(struct op *op, const struct cli *cli, struct str feed, int64_t as_of);

/* Shows files, bytes and rate on a terminal while a long command runs; cmd/progress.c. */
void progress_open(struct op *op, const struct cli *cli);
void progress_close(struct op *op);

/* Help texts; cmd/help.c. */
void help_command(const struct command *c);
void help_all(void);

#endif
