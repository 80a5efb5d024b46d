/* One handler for the process, one landing place per thread. */
#include "base/guard.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

static _Thread_local sigjmp_buf *volatile landing;

static void on_bus(int number)
{
    if (landing)
        siglongjmp(*landing, 1);
    /* Not in guarded work: the default action, at the instruction that is run again. */
    signal(number, SIG_DFL);
}

static void install(void)
{
    struct sigaction action = {.sa_handler = on_bus, .sa_flags = SA_NODEFER};
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
}

bool guard_run(void (*fn)(void *), void *arg)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    sigjmp_buf here;
    sigjmp_buf *volatile before = landing;
    pthread_once(&once, install);
    if (sigsetjmp(here, 0) != 0) {
        landing = before;
        return false;
    }
    landing = &here;
    fn(arg);
    landing = before;
    return true;
}
