/* All patterns compiled into two tables, by the last component of the path and by its ending; only patterns whose last
 * component has neither are tried one by one. */
#include "base/glob.h"
#include "base/map.h"
#include "catalog/catalog.h"

enum test {
    TEST_NONE,   /* the table's key says it all: "**" "/name" */
    TEST_ENDING, /* the path's last component ends so: "**" "/ *.x" */
    TEST_WHOLE,  /* the path is this text */
    TEST_GLOB,
};

struct want {
    struct want *next; /* with the same key */
    struct str text;
    uint64_t bit;
    enum test test;
};

struct catalog_index {
    struct arena *mem;
    struct map names;   /* last component → struct want */
    struct map endings; /* what follows its last dot → struct want */
    struct want *rest;
};

static bool plain(struct str s)
{
    return !glob_is(s) && str_chr(s, '\\') == STR_NONE;
}

/* What follows the last dot: false when there is no dot. */
static bool ending(struct str name, struct str *ret)
{
    struct str before;
    return str_rsplit(name, '.', &before, ret);
}

static void add(struct catalog_index *ix, struct str pattern, uint64_t bit)
{
    struct want *w = arena_alloc(ix->mem, sizeof *w);
    struct str last = str_base(pattern), anywhere = pattern, key;
    bool bare = str_take(&anywhere, STR("**/")) && str_eq(anywhere, last);
    struct want **list = &ix->rest;
    *w = (struct want){.text = pattern, .bit = bit, .test = TEST_GLOB};
    if (plain(last)) {
        list = (struct want **)map_put(&ix->names, last);
        w->test = bare ? TEST_NONE : plain(pattern) ? TEST_WHOLE : TEST_GLOB;
    } else {
        size_t star = str_chr(last, '*');
        while (star != STR_NONE && str_chr(str_from(last, star + 1), '*') != STR_NONE)
            star += 1 + str_chr(str_from(last, star + 1), '*');
        struct str tail = star == STR_NONE ? str_upto(last, 0) : str_from(last, star + 1);
        if (plain(tail) && ending(tail, &key)) {
            list = (struct want **)map_put(&ix->endings, key);
            if (bare && star == 0) {
                w->test = TEST_ENDING;
                w->text = tail;
            }
        }
    }
    w->next = *list;
    *list = w;
}

struct catalog_index *catalog_index_open(struct arena *mem, unsigned profile)
{
    struct catalog_index *ix = arena_alloc(mem, sizeof *ix);
    ix->mem = mem;
    map_open(&ix->names, mem);
    map_open(&ix->endings, mem);
    for (size_t i = 0; catalogers[i]; i++) {
        const struct cataloger *c = catalogers[i];
        if (!(c->profiles & profile) || (c->flags & CATALOG_ELF) || !c->paths)
            continue;
        for (const char *const *p = c->paths; *p; p++)
            add(ix, str_of(*p), UINT64_C(1) << i);
    }
    return ix;
}

static uint64_t tried(const struct want *w, struct str path, struct str name)
{
    uint64_t bits = 0;
    for (; w; w = w->next) {
        bool yes = false;
        switch (w->test) {
        case TEST_NONE: yes = true; break;
        case TEST_ENDING: yes = str_ends(name, w->text); break;
        case TEST_WHOLE: yes = str_eq(path, w->text); break;
        case TEST_GLOB: yes = glob_match(w->text, path); break;
        }
        bits |= yes ? w->bit : 0;
    }
    return bits;
}

uint64_t catalog_wants(const struct catalog_index *ix, struct str path)
{
    struct str name = str_base(path), inner = path, key;
    const struct want *by_name = map_get(&ix->names, name);
    const struct want *by_ending = ending(name, &key) ? map_get(&ix->endings, key) : NULL;
    uint64_t bits = 0;
    for (size_t at = path.n; at-- > 1;)
        if (path.p[at] == '/' && path.p[at - 1] == '!') {
            inner = str_from(path, at + 1);
            break;
        }
    for (;; path = inner) {
        bits |= tried(by_name, path, name) | tried(by_ending, path, name) | tried(ix->rest, path, name);
        if (path.n == inner.n)
            return bits;
    }
}
