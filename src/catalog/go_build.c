/* The build information of Go programs: found by its section or its magic, in both of its layouts. */
#include "catalog/go_build.h"

enum { HEADER_BYTES = 32, FRAME_BYTES = 16, SEARCH_BYTES = 1 << 20, TEXT_MOST = 16 << 20, DEPS_MOST = 1 << 16 };

#define MAGIC STR("\xff Go buildinf:")

static bool found_in(struct str bytes, struct str *ret)
{
    for (size_t at = 0; at + HEADER_BYTES <= bytes.n && at < SEARCH_BYTES; at += 16)
        if (str_starts(str_from(bytes, at), MAGIC)) {
            *ret = str_from(bytes, at);
            return true;
        }
    return false;
}

/* The section of that name, else the start of the first writable data. */
static bool header(const struct elf *e, struct str *ret)
{
    struct elf_section s;
    struct elf_segment g;
    if (elf_section_named(e, STR(".go.buildinfo"), &s) && found_in(s.bytes, ret))
        return true;
    for (uint32_t i = 0; elf_segment(e, i, &g); i++)
        if (g.type == ELF_PT_LOAD && (g.flags & (ELF_PF_W | ELF_PF_X)) == ELF_PF_W)
            return found_in(g.bytes, ret);
    return false;
}

/* A length of up to ten bytes, seven bits each, and as many bytes. */
static bool counted(struct str *rest, struct str *ret)
{
    uint64_t n = 0;
    size_t i = 0;
    for (unsigned shift = 0; i < rest->n && i < 10; shift += 7) {
        unsigned char c = (unsigned char)rest->p[i++];
        n |= (uint64_t)(c & 0x7f) << shift;
        if (!(c & 0x80)) {
            if (n > rest->n - i || n > TEXT_MOST)
                return false;
            *ret = str_upto(str_from(*rest, i), (size_t)n);
            *rest = str_from(*rest, i + (size_t)n);
            return true;
        }
    }
    return false;
}

static uint64_t number(const char *p, size_t n, bool big)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | (unsigned char)p[big ? i : n - 1 - i];
    return v;
}

/* A Go string by the address of its pointer and length. */
static struct str string_at(const struct elf *e, uint64_t addr, size_t word, bool big)
{
    struct str pair = elf_at(e, addr, 2 * word);
    if (pair.n < 2 * word)
        return str_upto(pair, 0);
    uint64_t n = number(pair.p + word, word, big);
    struct str s = n <= TEXT_MOST ? elf_at(e, number(pair.p, word, big), n) : str_upto(pair, 0);
    return s.n == n ? s : str_upto(s, 0);
}

/* The two strings behind the header; either may be empty. */
static bool strings(const struct elf *e, struct str head, struct str *ret_version, struct str *ret_text)
{
    size_t word = (unsigned char)head.p[14];
    unsigned flags = (unsigned char)head.p[15];
    if (flags & 2) {
        struct str rest = str_from(head, HEADER_BYTES);
        return counted(&rest, ret_version) && counted(&rest, ret_text);
    }
    if (word != 4 && word != 8)
        return false;
    *ret_version = string_at(e, number(head.p + 16, word, flags & 1), word, flags & 1);
    *ret_text = string_at(e, number(head.p + 16 + word, word, flags & 1), word, flags & 1);
    return true;
}

static bool module_line(struct str rest, struct go_module *ret)
{
    struct str sum;
    *ret = (struct go_module){{"", 0}, {"", 0}, {"", 0}, {"", 0}};
    if (!str_cut(&rest, '\t', &ret->path) || ret->path.n == 0)
        return false;
    if (rest.p && str_cut(&rest, '\t', &ret->version) && rest.p)
        str_cut(&rest, '\t', &sum);
    return true;
}

/* "=> path version": stands for the module of the line before. */
static void replaced(struct go_build *b, struct str rest)
{
    struct go_module by;
    struct go_module *old = b->deps.n ? &b->deps.at[b->deps.n - 1] : b->main.path.n ? &b->main : NULL;
    if (!old || old->old_path.n || !module_line(rest, &by))
        return;
    by.old_path = old->path;
    by.old_version = old->version;
    *old = by;
}

static void read_lines(struct op *op, struct go_build *b)
{
    struct str rest = b->text, line, word;
    while (str_line(&rest, &line)) {
        struct go_module m;
        if (!str_cut(&line, '\t', &word) || !line.p)
            continue;
        if (str_eq(word, STR("mod")) && module_line(line, &m))
            b->main = m;
        else if (str_eq(word, STR("dep")) && b->deps.n < DEPS_MOST && module_line(line, &m))
            *vec_push(op->mem, &b->deps) = m;
        else if (str_eq(word, STR("=>")))
            replaced(b, line);
        else if (str_eq(word, STR("build")) && str_eq(line, STR("CGO_ENABLED=0")))
            b->pure = true;
    }
}

enum rc go_build_read(struct op *op, const struct elf *e, struct go_build *ret)
{
    struct str head;
    struct go_build b = {.version = {"", 0}};
    if (!header(e, &head) || !strings(e, head, &b.version, &b.text))
        return RC_NOTFOUND;
    if (!str_starts(b.version, STR("go")) && !str_starts(b.version, STR("devel ")))
        return RC_NOTFOUND;
    b.text = b.text.n > 2 * FRAME_BYTES ? str_but(str_from(b.text, FRAME_BYTES), FRAME_BYTES) : str_upto(b.text, 0);
    read_lines(op, &b);
    *ret = b;
    return RC_OK;
}

struct component go_component(struct str path, struct str version)
{
    const struct str none = STR("");
    struct component c = {STR("golang"), none, path, version, none, none, none, none, none, none};
    struct str before, after;
    if (str_rsplit(path, '/', &before, &after) && before.n && after.n) {
        c.ns = before;
        c.name = after;
    }
    return c;
}

struct component go_stdlib(struct str version)
{
    size_t n = 0;
    str_take(&version, STR("go"));
    while (n < version.n && (is_alnum(version.p[n]) || version.p[n] == '.'))
        n++;
    return go_component(STR("stdlib"), n && is_digit(version.p[0]) ? str_upto(version, n) : STR(""));
}
