/* The ELF reader on files made by tests/catalog/elfmake.py, in both widths and byte orders; every prefix and every header
 * byte turned over must end. */
#include "format/elf.h"
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/lib/files.h"
#include "tests/lib/tap.h"

static const char script[] = "import sys\n"
                             "sys.dont_write_bytecode = True\n"
                             "sys.path.insert(0, sys.argv[2] + '/tests/catalog')\n"
                             "from elfmake import *\n"
                             "for wide in (0, 1):\n"
                             "    for big in (0, 1):\n"
                             "        put('elf-%d%d' % (wide, big), elf(rodata=b'read only', data=b'written', soname='libx.so.1',\n"
                             "            needed=['liba.so.2', 'libb.so'], notes=[(b'GNU', 3, b'\\xab\\x01'), (b'FDO', 7, b'noted')],\n"
                             "            extra=[('.comment', b'maker')], wide=wide, big=big))\n";

/* Asks for everything there is. */
static size_t read_all(struct arena *mem, struct str bytes)
{
    struct elf e;
    struct elf_section s;
    struct elf_segment g;
    struct elf_dynamic d;
    struct str desc;
    size_t sum = 0;
    if (elf_open(&e, bytes) != RC_OK)
        return 0;
    for (uint32_t i = 0; elf_section(&e, i, &s); i++)
        sum += s.name.n + s.bytes.n + (s.bytes.n ? (unsigned char)s.bytes.p[s.bytes.n - 1] : 0);
    for (uint32_t i = 0; elf_segment(&e, i, &g); i++)
        sum += g.bytes.n + (g.bytes.n ? (unsigned char)g.bytes.p[g.bytes.n - 1] : 0) + elf_at(&e, g.addr, 8).n;
    sum += elf_dynamic(&e, mem, &d) ? d.needed.n + d.soname.n : 0;
    return sum + elf_build_id(&e, mem).n + (elf_note(&e, STR("FDO"), 7, &desc) ? desc.n : 0);
}

static void contents(struct arena *mem, struct str bytes, bool wide, bool big)
{
    struct elf e;
    struct elf_section s;
    struct elf_dynamic d;
    struct str desc;
    bool open = elf_open(&e, bytes) == RC_OK;
    tap_ok(open && e.wide == wide && e.big == big && e.type == ELF_DYN && e.machine == 62, "%d%d: the header", wide, big);
    if (!open)
        return;
    tap_ok(elf_section_named(&e, STR(".rodata"), &s) && str_eq(s.bytes, STR("read only")), "%d%d: a section by name", wide, big);
    tap_ok(str_eq(elf_at(&e, s.addr + 5, 4), STR("only")), "%d%d: bytes by address", wide, big);
    tap_ok(!elf_section_named(&e, STR(".absent"), &s), "%d%d: no such section", wide, big);
    tap_ok(elf_dynamic(&e, mem, &d) && str_eq(d.soname, STR("libx.so.1")), "%d%d: the soname", wide, big);
    tap_ok(d.needed.n == 2 && str_eq(d.needed.at[0], STR("liba.so.2")) && str_eq(d.needed.at[1], STR("libb.so")), "%d%d: what it needs",
           wide, big);
    tap_ok(str_eq(elf_build_id(&e, mem), STR("ab01")), "%d%d: the build-id", wide, big);
    tap_ok(elf_note(&e, STR("FDO"), 7, &desc) && str_eq(desc, STR("noted")), "%d%d: a note by owner and type", wide, big);
    tap_ok(!elf_note(&e, STR("FDO"), 8, &desc), "%d%d: no such note", wide, big);
}

static void damage(struct arena *mem, struct str bytes, const char *name)
{
    static const unsigned char values[] = {0, 0x7f, 0x80, 0xff};
    size_t sum = 0;
    for (size_t n = 0; n < bytes.n; n++) {
        char *cut = malloc(n ? n : 1);
        memcpy(cut, bytes.p, n);
        sum += read_all(mem, (struct str){cut, n});
        free(cut);
        arena_reset(mem);
    }
    char *copy = malloc(bytes.n);
    for (size_t i = 0; i < bytes.n * 4; i++) {
        memcpy(copy, bytes.p, bytes.n);
        copy[i / 4] = (char)values[i % 4];
        sum += read_all(mem, (struct str){copy, bytes.n});
        arena_reset(mem);
    }
    free(copy);
    tap_ok(sum > 0, "%s: cut and damaged everywhere, it ends", name);
}

static int made(const char *folder, const char *root)
{
    int status = 1;
    pid_t pid = fork();
    if (pid == 0) {
        execlp("python3", "python3", "-c", script, folder, root, (char *)NULL);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
    struct arena *mem = arena_open((size_t)1 << 28), *round = arena_child(mem);
    char folder[] = "/tmp/muster-elf-XXXXXX";
    if (!mkdtemp(folder) || made(folder, argc > 1 ? argv[1] : ".") != 0) {
        tap_ok(false, "the files were made");
        return tap_done();
    }
    for (int i = 0; i < 4; i++) {
        struct str path = str_print(mem, "%s/elf-%d%d", folder, i >> 1, i & 1), bytes = test_read(mem, path);
        contents(mem, bytes, i >> 1, i & 1);
        damage(round, bytes, str_base(path).p);
        unlink(path.p);
    }
    rmdir(folder);
    tap_ok(read_all(round, STR("")) == 0 && read_all(round, STR("\177ELF")) == 0, "what is no ELF file is refused");
    arena_close(mem);
    return tap_done();
}
