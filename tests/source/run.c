/* Cases that tests/source/make.py writes into a folder of their own: each has `in` (a file or folder), `expected` and
 * maybe `options`. With more arguments: prints the outcome for one target instead. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/lib/files.h"
#include "tests/lib/tap.h"
#include "tests/source/outcome.h"

enum { CEILING = 1 << 30, SHORT = 4 << 10, EDGE = 1 << 10, CUTS = 200 };

static jmp_buf at_limit;

static void limit_reached(void)
{
    longjmp(at_limit, 1);
}

struct options {
    struct answers answers;
    struct str kind, platform, exclude, only;
    struct limits limits;
    bool no_spill, one_file_system, archive, sweep;
};

static enum want want_named(struct str s)
{
    return str_eq(s, STR("no")) ? WANT_NO : str_eq(s, STR("head")) ? WANT_HEAD : str_eq(s, STR("later")) ? WANT_LATER : WANT_KEEP;
}

static void limit(struct limits *l, struct str name, struct str value)
{
    uint64_t v = 0;
    str_num(value, &v);
    if (str_eq(name, STR("file_bytes")))
        l->file_bytes = v;
    else if (str_eq(name, STR("entries")))
        l->entries = v;
    else if (str_eq(name, STR("inflated_bytes")))
        l->inflated_bytes = v;
    else if (str_eq(name, STR("ratio_from_bytes")))
        l->ratio_from_bytes = v;
    else if (str_eq(name, STR("depth")))
        l->depth = (unsigned)v;
}

static void read_options(struct options *o, struct str text)
{
    struct str line, name, value;
    *o = (struct options){.answers = {.files = WANT_KEEP}, .limits = limits_default};
    while (str_line(&text, &line)) {
        if (!str_split(line, ' ', &name, &value))
            continue;
        if (str_eq(name, STR("want")))
            o->answers.files = want_named(value);
        else if (str_eq(name, STR("match")))
            o->answers.match = value;
        else if (str_eq(name, STR("second")))
            o->answers.second = value;
        else if (str_eq(name, STR("visits")))
            o->answers.show_visits = true;
        else if (str_eq(name, STR("kind")))
            o->kind = value;
        else if (str_eq(name, STR("platform")))
            o->platform = value;
        else if (str_eq(name, STR("exclude")))
            o->exclude = value;
        else if (str_eq(name, STR("only")))
            o->only = value;
        else if (str_eq(name, STR("archive")))
            o->archive = true;
        else if (str_eq(name, STR("sweep")))
            o->sweep = true;
        else if (str_eq(name, STR("spill")))
            o->no_spill = str_eq(value, STR("no"));
        else
            limit(&o->limits, name, value);
    }
}

struct target {
    int fd;
    bool is_folder;
    struct str name;
};

/* One run, under the ceiling of its own arena. */
static enum rc outcome(struct arena *results, const struct target *t, const struct options *o, struct str *ret,
                       struct str *ret_error)
{
    struct arena *volatile mem = arena_open(CEILING);
    struct op op = {.mem = mem, .limits = &o->limits};
    struct str excludes[] = {o->exclude, {NULL, 0}};
    int spill = o->no_spill ? -1 : memfd_create("spill", MFD_CLOEXEC);
    struct source_ref ref = {.text = t->name,
                             .kind = o->kind,
                             .fd = t->fd,
                             .is_folder = t->is_folder,
                             .spill_fd = spill,
                             .platform = o->platform,
                             .one_file_system = o->one_file_system,
                             .excludes = o->exclude.n ? excludes : NULL};
    struct buf out;
    volatile enum rc rc = RC_LIMIT;
    buf_open(&out, mem, "outcome", SIZE_MAX / 4);
    if (setjmp(at_limit) == 0) {
        if (o->archive) {
            struct stat st;
            fstat(t->fd, &st);
            void *p = st.st_size ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, t->fd, 0) : NULL;
            rc = outcome_of_archive(&op, (struct str){p ? p : "", (size_t)st.st_size}, &o->answers, &out);
            if (p)
                munmap(p, (size_t)st.st_size);
        } else {
            rc = outcome_of_source(&op, &ref, &o->answers, &out);
        }
    }
    *ret_error = str_dup(results, op.err.text);
    *ret = str_join(results, str_of(rc_name(rc)), STR("\n"), outcome_sorted(results, buf_str(&out)));
    arena_close(mem);
    if (spill >= 0)
        close(spill);
    return rc;
}

/* The lines that begin with one of the words in `only` (and the first), or all. */
static struct str chosen(struct arena *mem, struct str text, struct str only)
{
    struct buf b;
    struct str line, word, rest;
    bool first = true;
    buf_open(&b, mem, "chosen", SIZE_MAX / 4);
    while (str_line(&text, &line)) {
        bool keep = first || only.n == 0;
        for (rest = only; !keep && str_word(&rest, &word);)
            keep = str_starts(line, word);
        if (keep && line.n)
            buf_print(&b, STR_FMT "\n", STR_ARG(line));
        first = false;
    }
    return buf_str(&b);
}

static void show_difference(struct str expected, struct str got)
{
    struct str line;
    while (str_line(&expected, &line))
        if (line.n)
            tap_say("expected: " STR_FMT, STR_ARG(line));
    while (str_line(&got, &line))
        if (line.n)
            tap_say("     got: " STR_FMT, STR_ARG(line));
}

static bool fine(enum rc rc)
{
    return rc == RC_OK || rc == RC_INVALID || rc == RC_LIMIT || rc == RC_UNSUPPORTED;
}

static bool cut_ends_well(struct str bytes, size_t n, const struct options *o)
{
    struct arena *mem = arena_open(CEILING);
    struct target t = {.fd = memfd_create("cut", MFD_CLOEXEC), .name = STR("cut")};
    struct str text, error;
    bool ok = write(t.fd, bytes.p, n) == (ssize_t)n && fine(outcome(mem, &t, o, &text, &error));
    close(t.fd);
    arena_close(mem);
    return ok;
}

/* Every prefix of a short input; the first and last of a long one, and some between. */
static void sweep(struct str name, struct str bytes, const struct options *o)
{
    size_t bad = STR_NONE;
    uint64_t seed = 42;
    for (size_t n = 0; n < bytes.n && bad == STR_NONE; n += bytes.n > SHORT ? 16 : 1) {
        if (bytes.n > SHORT && n == EDGE)
            n = bytes.n - EDGE;
        if (!cut_ends_well(bytes, n, o))
            bad = n;
    }
    for (unsigned i = 0; bytes.n > SHORT && i < CUTS && bad == STR_NONE; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        if (!cut_ends_well(bytes, (size_t)((seed >> 33) % bytes.n), o))
            bad = (size_t)((seed >> 33) % bytes.n);
    }
    tap_ok(bad == STR_NONE, STR_FMT ": every prefix ends well%s", STR_ARG(name), bad == STR_NONE ? "" : " NOT");
}

static void run_case(struct str folder, struct str name)
{
    struct arena *mem = arena_open(CEILING);
    struct options o;
    struct str here = str_join(mem, folder, STR("/"), name), text, error;
    struct str expected = test_read(mem, str_join(mem, here, STR("/expected")));
    read_options(&o, test_read(mem, str_join(mem, here, STR("/options"))));
    struct str skip = test_read(mem, str_join(mem, here, STR("/skip")));
    struct str in = str_join(mem, here, STR("/in"));
    struct target t = {.is_folder = test_is_folder(mem, in), .name = STR("in")};
    t.fd = open(str_cstr(mem, in), O_RDONLY | O_CLOEXEC | (t.is_folder ? O_DIRECTORY : 0));
    if (skip.p) {
        tap_skip(str_cstr(mem, str_trim(skip)), STR_FMT, STR_ARG(name));
    } else {
        outcome(mem, &t, &o, &text, &error);
        struct str got = chosen(mem, text, o.only);
        struct str want = str_trim(expected), have = str_trim(got);
        if (!tap_ok(expected.p && str_eq(want, have), STR_FMT, STR_ARG(name)))
            show_difference(want, have);
        if (error.n)
            tap_say("error: " STR_FMT, STR_ARG(error));
        if (o.sweep && !t.is_folder)
            sweep(name, test_read(mem, in), &o);
    }
    close(t.fd);
    arena_close(mem);
}

/* Has every source the three kinds of cases? */
static void check_lists(struct arena *mem, const struct test_files *names)
{
    static const char *const kinds[] = {"ordinary", "empty", "malformed"};
    for (size_t s = 0; sources[s]; s++)
        for (size_t k = 0; k < 3; k++) {
            struct str start = str_print(mem, "%s-%s", sources[s]->name, kinds[k]);
            bool found = false;
            for (size_t i = 0; i < names->all.n; i++)
                found |= str_starts(names->all.at[i].path, start);
            tap_ok(found, "%s has a case %s", sources[s]->name, kinds[k]);
        }
}

static int print_one(struct arena *mem, char **args, int n)
{
    struct options o;
    struct str text, error, options = STR("");
    for (int i = 1; i < n; i++)
        options = str_join(mem, options, str_of(args[i]), STR("\n"));
    read_options(&o, options);
    struct target t = {.is_folder = test_is_folder(mem, str_of(args[0])), .name = str_of(args[0])};
    t.fd = open(args[0], O_RDONLY | O_CLOEXEC);
    enum rc rc = outcome(mem, &t, &o, &text, &error);
    printf(STR_FMT STR_FMT "\n", STR_ARG(chosen(mem, text, o.only)), STR_ARG(error));
    close(t.fd);
    arena_close(mem);
    return rc != RC_OK;
}

static bool make_cases(struct arena *mem, const char *root, const char *folder)
{
    const char *script = str_cstr(mem, str_join(mem, str_of(root), STR("/tests/source/make.py")));
    pid_t pid = fork();
    int status = 1;
    if (pid == 0) {
        execlp("python3", "python3", script, folder, (char *)NULL);
        _exit(127);
    }
    return waitpid(pid, &status, 0) == pid && status == 0;
}

static void remove_all(const char *folder)
{
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", "--", folder, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open(CEILING);
    char folder[] = "/tmp/muster-source-XXXXXX";
    struct test_files names;
    arena_on_limit(limit_reached);
    if (argc < 2 || (argc > 2 && strcmp(argv[1], "print") != 0))
        return 2;
    if (argc > 2)
        return print_one(mem, argv + 2, argc - 2);
    if (!mkdtemp(folder) || !make_cases(mem, argv[1], folder)) {
        printf("Bail out! the cases could not be made\n");
        return 1;
    }
    test_names(mem, str_of(folder), &names);
    check_lists(mem, &names);
    for (size_t i = 0; i < names.all.n; i++)
        run_case(str_of(folder), names.all.at[i].path);
    remove_all(folder);
    arena_close(mem);
    return tap_done();
}
