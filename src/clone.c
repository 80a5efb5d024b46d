/* muster-clone: answers questions about the commits of one repository. Started by muster, which speaks to it on standard input
 * and output; of no use by hand. A program of its own because it reads what strangers made with a large library: it has nothing
 * but that folder. */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "git/git.h"

int main(int argc, char **argv)
{
    struct limits limits = limits_default;
    uint64_t time_s = 0, bytes = 0;
    if (argc != 4 || isatty(STDIN_FILENO) || !str_num(str_of(argv[2]), &time_s) || !str_num(str_of(argv[3]), &bytes)) {
        fputs("muster-clone is started by `muster check --clone`\n", stderr);
        return 2;
    }
    limits.time_s = time_s > 0 && time_s < UINT32_MAX / 2 ? (unsigned)time_s : limits.time_s;
    limits.worker_bytes = bytes ? bytes : limits.worker_bytes;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    _exit(repo_serve(STDIN_FILENO, STDOUT_FILENO, argv[1], limits));
}
