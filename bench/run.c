/* Runs a program and says what it cost, all its descendants included: they are adopted and waited for. Python would count
 * its own memory in the peak of what it starts; this program is too small to matter.
 *
 *   bench_run OUTPUT SECONDS PROGRAM [ARGUMENT…]
 *
 * Standard output goes to the file OUTPUT. One line of JSON comes out: wall and processor seconds, peak memory of the
 * largest process, seconds to the first line of output (-1: none), exit status (-1: took longer than SECONDS). */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STEP = 64 << 10 };

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static _Noreturn void start(char **argv, int out)
{
    setpgid(0, 0);
    dup2(out, STDOUT_FILENO);
    execvp(argv[0], argv);
    fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

/* Copies until every writer has closed. False: the time is over. */
static bool drain(int from, int to, double begin, double end, double *ret_first_line_s)
{
    static char bytes[STEP];
    for (;;) {
        double left_s = end - now_s();
        struct pollfd p = {.fd = from, .events = POLLIN};
        if (left_s <= 0 || poll(&p, 1, (int)(left_s * 1e3) + 1) == 0)
            return false;
        ssize_t n = read(from, bytes, sizeof bytes);
        if (n == 0)
            return true;
        if (n > 0 && *ret_first_line_s < 0 && memchr(bytes, '\n', (size_t)n))
            *ret_first_line_s = now_s() - begin;
        if (n > 0 && write(to, bytes, (size_t)n) != n)
            return true;
    }
}

/* The largest process; *status is that of `pid`. Each answer of wait4 covers what that process waited for. */
static long wait_all(pid_t pid, int *status)
{
    long peak_kib = 0;
    struct rusage used;
    int one;
    for (pid_t p; (p = wait4(-1, &one, 0, &used)) > 0 || errno == EINTR;) {
        if (p == pid)
            *status = one;
        if (p > 0 && used.ru_maxrss > peak_kib)
            peak_kib = used.ru_maxrss;
    }
    return peak_kib;
}

int main(int argc, char **argv)
{
    int pipes[2], status = 0;
    if (argc < 4 || pipe2(pipes, O_CLOEXEC) != 0) {
        fprintf(stderr, "usage: bench_run OUTPUT SECONDS PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    int out = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    double first_line_s = -1, begin = now_s(), end = begin + atof(argv[2]);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t pid = fork();
    if (pid == 0)
        start(argv + 3, pipes[1]);
    close(pipes[1]);
    bool in_time = drain(pipes[0], out, begin, end, &first_line_s);
    if (!in_time)
        kill(-pid, SIGKILL);
    long peak_kib = wait_all(pid, &status);
    double wall_s = now_s() - begin;
    struct rusage all;
    getrusage(RUSAGE_CHILDREN, &all);
    int answer = !in_time ? -1 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    printf("{\"wall_s\": %.6f, \"cpu_s\": %.6f, \"peak_mib\": %.2f, \"first_line_s\": %.6f, \"status\": %d}\n", wall_s,
           seconds(all.ru_utime) + seconds(all.ru_stime), (double)peak_kib / 1024, first_line_s, answer);
    return 0;
}
