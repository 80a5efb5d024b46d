/* The verbs of `advisories` that have a file of their own. */
#ifndef CMD_ADVISORIES_H
#define CMD_ADVISORIES_H

#include "cmd/cmd.h"

int advisories_update_run(struct op *op, struct cli *cli);
int advisories_feeds_run(struct op *op, struct cli *cli);
int advisories_pack_run(struct op *op, struct cli *cli);

#endif
