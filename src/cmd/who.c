/* The real user's name. */
#include "cmd/who.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

struct str who_am_i(struct op *op)
{
    const struct passwd *p = getpwuid(getuid());
    const char *sudo = getenv("SUDO_USER");
    struct str name = p ? str_dup(op->mem, str_of(p->pw_name)) : str_print(op->mem, "uid %u", (unsigned)getuid());
    return sudo && *sudo ? str_join(op->mem, name, STR(" (sudo by "), str_escape(op->mem, str_of(sudo)), STR(")")) : name;
}
