/* muster-fetch: gets documents for muster over HTTP and hands their bytes on, unread. Started by muster, which speaks to it
 * on standard input and output; of no use by hand. A program of its own because linking libcurl costs every start. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "http/http.h"

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1 || isatty(STDIN_FILENO)) {
        fputs("muster-fetch is started by `muster advisories update`\n", stderr);
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    _exit(http_serve(STDIN_FILENO, STDOUT_FILENO, getenv("SSL_CERT_FILE"))); /* nothing to write back, no file to close */
}
