/* From the address of a git dependency to the purl's vcs_url: without who logs in there, without what is asked of the server. */
#include "catalog/vcs.h"

enum { COMMIT = 40 };

static bool is_commit(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i]) && !(to_lower(s.p[i]) >= 'a' && to_lower(s.p[i]) <= 'f'))
            return false;
    return s.n == COMMIT;
}

/* The commit behind '#', else behind '@'; cuts it and what else follows off the address. */
static bool take_commit(struct str *address, struct str *ret)
{
    struct str head = *address, tail = STR("");
    str_split(*address, '#', &head, &tail);
    str_split(head, '?', &head, ret);
    *address = head;
    *ret = tail;
    if (is_commit(tail))
        return true;
    return str_rsplit(head, '@', address, ret) && is_commit(*ret);
}

static struct str without_user(struct arena *mem, struct str address)
{
    size_t scheme = str_find(address, STR("://"));
    struct str rest = str_from(address, scheme + 3), user, host = rest, path;
    if (!str_split(rest, '/', &host, &path) || !str_rsplit(host, '@', &user, &host) || str_eq(user, STR("git")))
        return address;
    return str_join(mem, str_upto(address, scheme + 3), str_from(rest, user.n + 1));
}

void vcs_qualify(struct arena *mem, struct component *c, struct str source)
{
    struct str commit, scheme = STR("");
    bool git = str_take(&source, STR("git+")) || str_take(&source, STR("git ")) || str_starts(source, STR("git://"));
    if (!git && str_take(&source, STR("github:")))
        scheme = STR("https://github.com/");
    else if (!git)
        return;
    if (!take_commit(&source, &commit) || (scheme.n == 0 && str_find(source, STR("://")) == STR_NONE))
        return;
    source = scheme.n ? str_join(mem, scheme, source) : without_user(mem, source);
    component_qualify(mem, c, "vcs_url", str_join(mem, STR("git+"), source, STR("@"), str_lower(mem, commit)));
}
