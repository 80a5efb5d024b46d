/* One line on the terminal, redrawn ten times a second while a long command runs. */
#include <stdio.h>
#include <unistd.h>
#include "base/time.h"
#include "cmd/cmd.h"

enum { REDRAW_MS = 100 };

struct drawing {
    struct progress progress;
    int64_t start_ms, last_ms;
    bool drawn;
};

static void scaled(char *out, size_t n, double bytes)
{
    static const char *const units[] = {"B", "KB", "MB", "GB", "TB"};
    size_t u = 0;
    for (; bytes >= 1000 && u < 4; u++)
        bytes /= 1000;
    snprintf(out, n, u ? "%.1f %s" : "%.0f %s", bytes, units[u]);
}

static void draw(struct progress *p)
{
    struct drawing *d = p->arg;
    int64_t now = time_monotonic_ms();
    char bytes[32], rate[32];
    if (now - d->last_ms < REDRAW_MS || now - d->start_ms < 3 * REDRAW_MS)
        return;
    d->last_ms = now;
    scaled(bytes, sizeof bytes, (double)p->bytes);
    scaled(rate, sizeof rate, (double)p->bytes * 1000 / (double)(now - d->start_ms));
    fprintf(stderr, "\r\033[K%llu files, %s read, %s/s", (unsigned long long)p->files, bytes, rate);
    fflush(stderr);
    d->drawn = true;
}

void progress_open(struct op *op, const struct cli *cli)
{
    if (cli->quiet || !isatty(STDERR_FILENO))
        return;
    struct drawing *d = arena_alloc(op->mem, sizeof *d);
    d->start_ms = d->last_ms = time_monotonic_ms();
    d->progress.tick = draw;
    d->progress.arg = d;
    op->progress = &d->progress;
}

void progress_close(struct op *op)
{
    struct drawing *d = op->progress ? op->progress->arg : NULL;
    if (d && d->drawn)
        fputs("\r\033[K", stderr);
    op->progress = NULL;
}
