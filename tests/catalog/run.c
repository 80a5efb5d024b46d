/* Runs the cases of all catalogers: tests/catalog/NAME/CASE/ with NAME from list.def and
 *
 *     in/        the tree; a folder called "a.war!" stands for the members of the archive a.war; links are links
 *     make.py    instead: writes the tree into the folder it is given (for large or binary material)
 *     expected   what must come out, sorted; tabs between the fields of a component:
 *                    scope  purl  source  source version  path  [evidence]     one line per occurrence
 *                    edge PURL -> PURL [dev|optional|peer|build|contains] [guessed]
 *                    own PATH PURL            asked for the paths listed here; - means: no package owns it
 *                    gap PATH: WHY
 *     profile    installed, declared or all (the default)
 *     with       more catalogers to run, a name a line, beside NAME and those of package databases
 *
 * A CASE is called ordinary…, empty… or malformed… (each cataloger needs one of each), or anything else. Each case is
 * run again with each of its files cut short. After the source root may follow the beginning of NAME/CASE, to run only
 * those, or "--write NAME/CASE", which writes `expected`. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/time.h"
#include "catalog/catalog.h"
#include "catalog/osrelease.h"
#include "tests/lib/files.h"
#include "tests/lib/tap.h"

enum { CEILING = 1 << 30, CUT_MOST_MS = 2000 };

struct input {
    struct str path;
    struct str bytes;
    struct str target; /* of a link */
    bool executable;
};

struct test_case {
    struct str name; /* "npm/ordinary" */
    struct str folder;
    uint64_t chosen; /* bit per cataloger */
    unsigned profile;
    VEC(struct input) inputs;
    struct str expected;
};

/* AddressSanitizer keeps 256 MB of freed memory back by default; tens of thousands of runs then spend their time in page faults. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=8";
}

static jmp_buf out_of_memory;

static void on_limit(void)
{
    longjmp(out_of_memory, 1);
}

/* ---- loading ---- */

static struct str profile_text(struct arena *mem, struct str folder)
{
    struct str text = str_trim(test_read(mem, str_join(mem, folder, STR("/profile"))));
    return text.n ? text : STR("all");
}

static uint64_t chosen(struct str names, struct str cataloger)
{
    uint64_t bits = 0;
    for (size_t i = 0; catalogers[i]; i++) {
        struct str name = str_of(catalogers[i]->name), rest = names, line;
        bool yes = str_eq(name, cataloger) || (catalogers[i]->flags & CATALOG_DATABASE);
        while (str_line(&rest, &line))
            yes |= str_eq(str_trim(line), name);
        bits |= yes ? UINT64_C(1) << i : 0;
    }
    return bits;
}

/* Runs make.py into a new folder. */
static struct str made(struct arena *mem, struct str script)
{
    char *folder = arena_alloc(mem, 64);
    int status = 0;
    strcpy(folder, "/tmp/muster-case-XXXXXX");
    if (!mkdtemp(folder))
        return str_upto(script, 0);
    pid_t pid = fork();
    if (pid == 0) {
        execlp("python3", "python3", str_cstr(mem, script), folder, (char *)NULL);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        tap_ok(false, STR_FMT " ends with status 0", STR_ARG(script));
    return str_of(folder);
}

static void removed(struct arena *mem, struct str folder)
{
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", "--", str_cstr(mem, folder), (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

static void load(struct arena *mem, struct str root, struct str cataloger, struct str name, struct test_case *c)
{
    struct str folder = str_join(mem, root, STR("/tests/catalog/"), cataloger, STR("/"), name);
    struct str script = str_join(mem, folder, STR("/make.py")), in = str_join(mem, folder, STR("/in"));
    struct str profile = profile_text(mem, folder);
    struct test_files files;
    bool make = test_read(mem, script).p != NULL;
    if (make)
        in = made(mem, script);
    test_tree(mem, in, &files);
    vec_each(struct test_file, f, &files.all) {
        struct str bytes = f->target.p ? str_upto(f->path, 0) : test_read(mem, str_join(mem, in, STR("/"), f->path));
        *vec_push(mem, &c->inputs) = (struct input){f->path, bytes, f->target, f->executable};
    }
    if (make)
        removed(mem, in);
    c->name = str_join(mem, cataloger, STR("/"), name);
    c->folder = folder;
    c->chosen = chosen(test_read(mem, str_join(mem, folder, STR("/with"))), cataloger);
    for (c->profile = PROFILE_INSTALLED; c->profile < PROFILE_ALL; c->profile++)
        if (str_eq(profile, str_of(profile_name(c->profile))))
            break;
    c->expected = test_read(mem, str_join(mem, folder, STR("/expected")));
}

/* ---- one scan ---- */

struct scan {
    const struct test_case *c;
    struct arena *mem;
    struct catalog_scan shared;
    struct distro distro;
    struct catalog_run runs[64];
    struct bom bom;
};

static const struct input *find(const struct test_case *c, struct str path)
{
    vec_each(const struct input, i, &c->inputs)
        if (!i->target.p && str_eq(i->path, path))
            return i;
    return NULL;
}

static enum rc sibling(struct op *op, void *arg, struct str path, struct str *ret)
{
    const struct input *i = find(((struct scan *)arg)->c, path);
    if (!i)
        return RC_NOTFOUND;
    *ret = str_dup(op->mem, i->bytes);
    return RC_OK;
}

static bool expected_rc(enum rc rc)
{
    return rc == RC_OK || rc == RC_INVALID || rc == RC_LIMIT;
}

static bool note(struct scan *s, struct op *op, enum rc rc, struct str path)
{
    if (rc != RC_OK)
        bom_gap(&s->bom, path, op->err.text.n ? op->err.text : str_of(rc_name(rc)));
    bool sound = expected_rc(rc) && (rc == RC_OK) == (op->err.rc == RC_OK);
    if (!sound)
        tap_say(STR_FMT ": " STR_FMT ": unexpected %s", STR_ARG(s->c->name), STR_ARG(path), rc_name(rc));
    return sound;
}

/* Gives the file to one cataloger, in a copy that ends where the allocation ends, so that reading past it shows. */
static bool give(struct scan *s, size_t i, const struct input *in)
{
    struct op op = {.mem = arena_child(s->mem), .limits = &limits_default};
    char *exact = malloc(in->bytes.n);
    if (in->bytes.n)
        memcpy(exact, in->bytes.p, in->bytes.n);
    struct catalog_file f = {in->path, {exact, in->bytes.n}, LAYER_NONE, in->executable};
    bool sound = note(s, &op, catalogers[i]->file(&op, &s->runs[i], &f, &s->bom), in->path);
    free(exact);
    arena_close(op.mem);
    return sound;
}

static bool offer(struct scan *s, const struct catalog_index *ix, const struct input *in, bool databases)
{
    uint32_t owner;
    uint64_t wanted = catalog_wants(ix, in->path) & s->c->chosen;
    bool elf = str_starts(in->bytes, STR("\x7f" "ELF")), owned = catalog_owner(s->shared.owners, in->path, &owner), sound = true;
    for (size_t i = 0; catalogers[i]; i++) {
        const struct cataloger *c = catalogers[i];
        bool want = wanted >> i & 1;
        if (c->flags & CATALOG_ELF)
            want = elf && !owned && (s->c->chosen >> i & 1) && (c->profiles & s->c->profile);
        if (!want || !(c->flags & CATALOG_DATABASE) != !databases)
            continue;
        if (owned && !(c->flags & (CATALOG_OWNED | CATALOG_DATABASE)))
            continue;
        sound &= give(s, i, in);
    }
    return sound;
}

static void distro_of(struct scan *s)
{
    const struct input *in = find(s->c, STR("etc/os-release"));
    struct op op = {.mem = s->mem, .limits = &limits_default};
    if (!in)
        in = find(s->c, STR("usr/lib/os-release"));
    if (in && osrelease_parse(&op, in->bytes, &s->distro) != RC_OK)
        bom_gap(&s->bom, in->path, op.err.text);
}

/* All files through all chosen catalogers: false when one ended in a way that is not allowed. */
static bool run(struct scan *s, struct arena *mem, const struct test_case *c)
{
    const struct catalog_index *ix = catalog_index_open(mem, c->profile);
    bool sound = true;
    *s = (struct scan){.c = c, .mem = mem};
    bom_open(&s->bom, mem);
    s->shared = (struct catalog_scan){&s->distro, c->profile, catalog_owners_open(mem), sibling, s};
    distro_of(s);
    for (size_t i = 0; catalogers[i]; i++)
        s->runs[i] = (struct catalog_run){mem, NULL, &s->shared};
    vec_each(const struct input, in, &c->inputs)
        if (in->target.p)
            catalog_owners_link(s->shared.owners, in->path, in->target);
    for (int pass = 0; pass < 2; pass++)
        vec_each(const struct input, in, &c->inputs)
            if (!in->target.p)
                sound &= offer(s, ix, in, pass == 0);
    for (size_t i = 0; catalogers[i]; i++) {
        struct op op = {.mem = arena_child(mem), .limits = &limits_default};
        if (catalogers[i]->done && (c->chosen >> i & 1))
            sound &= note(s, &op, catalogers[i]->done(&op, &s->runs[i], &s->bom), str_of(catalogers[i]->name));
        arena_close(op.mem);
    }
    return sound;
}

/* ---- what came out, as text ---- */

struct lines {
    VEC(struct str) all;
};

static int by_bytes(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct str purl_of(struct scan *s, uint32_t id)
{
    return id < s->bom.components.n ? component_purl(s->mem, &s->bom.components.at[id]) : STR("?");
}

static void print_occurrences(struct scan *s, struct lines *out)
{
    struct bom *b = &s->bom;
    bool *seen = arena_array(s->mem, b->components.n, sizeof *seen);
    vec_each(struct occurrence, o, &b->occurrences) {
        const struct component *c = &b->components.at[o->component];
        seen[o->component] = true;
        *vec_push(s->mem, &out->all) = str_join(s->mem, str_of(scope_name(o->scope)), STR("\t"), purl_of(s, o->component),
            STR("\t"), c->source, STR("\t"), c->source_version, STR("\t"), str_escape(s->mem, o->path),
            o->evidence.n ? STR("\t") : STR(""), str_escape(s->mem, o->evidence));
    }
    for (uint32_t i = 0; i < b->components.n; i++)
        if (!seen[i])
            *vec_push(s->mem, &out->all) = str_join(s->mem, STR("nowhere\t"), purl_of(s, i));
}

static void print_edges(struct scan *s, struct lines *out)
{
    static const char *const kinds[] = {"", " dev", " optional", " peer", " build", " contains"};
    vec_each(struct edge, e, &s->bom.edges)
        *vec_push(s->mem, &out->all) = str_join(s->mem, STR("edge "), purl_of(s, e->from), STR(" -> "), purl_of(s, e->to),
            str_of(kinds[e->kind]), e->exact ? STR("") : STR(" guessed"));
    vec_each(struct gap, g, &s->bom.gaps)
        *vec_push(s->mem, &out->all) = str_join(s->mem, STR("gap "), str_escape(s->mem, g->path), STR(": "),
            str_escape(s->mem, g->why));
}

static void print_owners(struct scan *s, struct lines *out)
{
    struct str rest = s->c->expected, line, path, ignored;
    while (str_line(&rest, &line)) {
        uint32_t owner;
        if (!str_take(&line, STR("own ")) || !str_rsplit(line, ' ', &path, &ignored))
            continue;
        bool owned = catalog_owner(s->shared.owners, path, &owner);
        *vec_push(s->mem, &out->all) = str_join(s->mem, STR("own "), path, STR(" "), owned ? purl_of(s, owner) : STR("-"));
    }
}

/* bom_sort changes ids, so owners are printed before it. */
static void print(struct scan *s, struct lines *out)
{
    *out = (struct lines){{NULL, 0, 0}};
    print_owners(s, out);
    bom_sort(&s->bom);
    print_occurrences(s, out);
    print_edges(s, out);
    if (out->all.n)
        qsort(out->all.at, out->all.n, sizeof *out->all.at, by_bytes);
}

static void read_lines(struct arena *mem, struct str text, struct lines *ret)
{
    struct str rest = text, line;
    *ret = (struct lines){{NULL, 0, 0}};
    while (str_line(&rest, &line))
        *vec_push(mem, &ret->all) = line;
    if (ret->all.n)
        qsort(ret->all.at, ret->all.n, sizeof *ret->all.at, by_bytes);
}

/* Both are sorted: prints what only one of them has. */
static bool same(const struct lines *want, const struct lines *have)
{
    size_t i = 0, j = 0, different = 0;
    while (i < want->all.n || j < have->all.n) {
        int c = i == want->all.n ? 1 : j == have->all.n ? -1 : str_cmp(want->all.at[i], have->all.at[j]);
        different += c != 0;
        if (c < 0)
            tap_say("missing: " STR_FMT, STR_ARG(want->all.at[i]));
        if (c > 0)
            tap_say("extra:   " STR_FMT, STR_ARG(have->all.at[j]));
        i += c <= 0;
        j += c >= 0;
    }
    return different == 0;
}

static void write_expected(struct arena *mem, const struct test_case *c, const struct lines *have)
{
    struct buf b;
    buf_open(&b, mem, "expected", CEILING / 4);
    vec_each(const struct str, line, &have->all) {
        buf_add(&b, *line);
        buf_byte(&b, '\n');
    }
    test_write(mem, str_join(mem, c->folder, STR("/expected")), buf_str(&b));
}

/* ---- cut inputs ---- */

/* One run of the case with input i cut to n bytes. */
static bool cut_run(struct arena *mem, struct test_case *c, size_t i, size_t n)
{
    struct scan s;
    struct str whole = c->inputs.at[i].bytes;
    int64_t from = time_monotonic_ms();
    bool sound = true;
    c->inputs.at[i].bytes = str_upto(whole, n);
    if (setjmp(out_of_memory) == 0)
        sound = run(&s, mem, c);
    c->inputs.at[i].bytes = whole;
    int64_t took_ms = time_monotonic_ms() - from;
    if (!sound || took_ms > CUT_MOST_MS)
        tap_say(STR_FMT ": " STR_FMT " cut to %zu bytes: %s, %d ms", STR_ARG(c->name), STR_ARG(c->inputs.at[i].path), n,
            sound ? "ok" : "wrong end", (int)took_ms);
    arena_reset(mem);
    return sound && took_ms <= CUT_MOST_MS;
}

/* Every prefix of a small input; of a larger one those at both ends and some between; few of a very large one. */
static bool sweep(struct arena *mem, struct test_case *c, size_t i)
{
    enum { SMALL = 4096, END = 1024, BETWEEN = 200, LARGE = 64 << 10, FEW = 40 };
    size_t n = c->inputs.at[i].bytes.n;
    unsigned seed = 1;
    bool sound = true;
    for (size_t at = 0; at < n; at++)
        if (n <= SMALL || (n <= LARGE && (at < END || at >= n - END)))
            sound &= cut_run(mem, c, i, at);
    for (size_t k = 0; n > SMALL && k < (n > LARGE ? FEW : BETWEEN); k++) {
        seed = seed * 1103515245u + 12345u;
        sound &= cut_run(mem, c, i, (size_t)((uint64_t)seed * n >> 32));
    }
    return sound;
}

static bool is_read(const struct test_case *c, const struct catalog_index *ix, const struct input *in)
{
    return !in->target.p && ((catalog_wants(ix, in->path) & c->chosen) || str_starts(in->bytes, STR("\x7f" "ELF")));
}

/* Cuts each file that is read; of a case with many files, some. */
static bool sweeps(struct arena *mem, struct test_case *c, struct arena *keep)
{
    enum { FILES_MOST = 12 };
    const struct catalog_index *ix = catalog_index_open(keep, c->profile);
    size_t step = c->inputs.n / FILES_MOST + 1;
    bool sound = true;
    for (size_t i = 0; i < c->inputs.n; i += step)
        if (is_read(c, ix, &c->inputs.at[i]))
            sound &= sweep(mem, c, i);
    return sound;
}

/* ---- all cases ---- */

static void check(struct arena *mem, struct test_case *c, bool write)
{
    struct arena *round = arena_open(CEILING);
    struct scan *s = arena_alloc(mem, sizeof *s);
    struct lines want, have;
    bool sound = false;
    if (setjmp(out_of_memory) == 0)
        sound = run(s, round, c);
    else
        tap_say("out of memory");
    if (sound) {
        print(s, &have);
        read_lines(round, c->expected, &want);
        if (write)
            write_expected(round, c, &have);
        else
            sound = same(&want, &have);
    }
    tap_ok(sound, "%.*s", STR_ARG(c->name));
    arena_reset(round);
    if (!write)
        tap_ok(sweeps(round, c, mem), "%.*s, cut", STR_ARG(c->name));
    arena_close(round);
}

static bool listed(struct str name)
{
    for (size_t i = 0; catalogers[i]; i++)
        if (str_eq(str_of(catalogers[i]->name), name))
            return true;
    return false;
}

static void cases_of(struct arena *mem, struct str root, struct str cataloger, struct str only)
{
    static const char *const kinds[] = {"ordinary", "empty", "malformed"};
    struct str folder = str_join(mem, root, STR("/tests/catalog/"), cataloger);
    struct test_files names;
    bool there[3] = {false, false, false};
    test_names(mem, folder, &names);
    vec_each(struct test_file, n, &names.all) {
        struct arena *own = arena_child(mem);
        struct test_case c = {0};
        for (size_t k = 0; k < 3; k++)
            there[k] |= str_starts(n->path, str_of(kinds[k]));
        struct str whole = str_join(own, cataloger, STR("/"), n->path);
        if (test_is_folder(own, str_join(own, folder, STR("/"), n->path)) && (!only.n || str_starts(whole, only))) {
            load(own, root, cataloger, n->path, &c);
            check(own, &c, false);
        }
        arena_close(own);
    }
    for (size_t k = 0; k < 3 && !only.n; k++)
        tap_ok(there[k], "%.*s has %s case", STR_ARG(cataloger), k == 0 ? "an ordinary" : k == 1 ? "an empty" : "a malformed");
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open((size_t)4 << 30);
    struct str root = str_of(argc > 1 ? argv[1] : "."), cataloger, name;
    arena_on_limit(on_limit);
    if (argc > 3 && strcmp(argv[2], "--write") == 0) {
        struct test_case c = {0};
        if (!str_split(str_of(argv[3]), '/', &cataloger, &name))
            return 2;
        load(mem, root, cataloger, name, &c);
        check(mem, &c, true);
        return tap_done();
    }
    for (size_t i = 0; catalogers[i]; i++) {
        const struct cataloger *c = catalogers[i];
        struct str help = str_of(c->help);
        tap_ok(help.n > 10 && str_ends(help, STR(".")), "%s: help is a sentence", c->name);
        cases_of(mem, root, str_of(c->name), str_of(argc > 2 ? argv[2] : ""));
    }
    struct test_files names;
    test_names(mem, str_join(mem, root, STR("/tests/catalog")), &names);
    vec_each(struct test_file, n, &names.all)
        if (test_is_folder(mem, str_join(mem, root, STR("/tests/catalog/"), n->path)) && !listed(n->path))
            tap_ok(false, "tests/catalog/%.*s is in list.def", STR_ARG(n->path));
    arena_close(mem);
    return tap_done();
}
