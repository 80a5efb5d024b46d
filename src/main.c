/* The program: one operation, one arena, the command table. */
#include "cmd/cmd.h"

int main(int argc, char **argv)
{
    struct op op = {.mem = arena_open((size_t)8 << 30), .limits = &limits_default};
    int status = cmd_main(&op, argc, argv);
    arena_close(op.mem);
    return status;
}
