/* Tables of an ELF file, every offset checked against the file before it is used. */
#include "format/elf.h"

enum { NOTES_MOST = 4096, NEEDED_MOST = 65536, NT_GNU_BUILD_ID = 3 };
enum { DT_NEEDED = 1, DT_STRTAB = 5, DT_STRSZ = 10, DT_SONAME = 14, DT_RPATH = 15, DT_RUNPATH = 29 };

bool elf_is(struct str head)
{
    return head.n >= 16 && memcmp(head.p, "\177ELF", 4) == 0 && (head.p[4] == 1 || head.p[4] == 2)
           && (head.p[5] == 1 || head.p[5] == 2);
}

static uint64_t load(const struct elf *e, const char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | (unsigned char)p[e->big ? i : n - 1 - i];
    return v;
}

uint16_t elf_u16(const struct elf *e, const char *p)
{
    return (uint16_t)load(e, p, 2);
}

uint32_t elf_u32(const struct elf *e, const char *p)
{
    return (uint32_t)load(e, p, 4);
}

uint64_t elf_u64(const struct elf *e, const char *p)
{
    return load(e, p, 8);
}

/* An address or size: as wide as the file's class. */
static uint64_t word(const struct elf *e, const char *p)
{
    return load(e, p, e->wide ? 8 : 4);
}

/* What of [offset, offset + n) lies in the file. */
static struct str slice(const struct elf *e, uint64_t offset, uint64_t n)
{
    if (offset >= e->bytes.n)
        return (struct str){e->bytes.p + e->bytes.n, 0};
    uint64_t left = e->bytes.n - offset;
    return (struct str){e->bytes.p + offset, (size_t)(n < left ? n : left)};
}

/* How many of `count` entries lie wholly in the file. */
static uint32_t fitting(const struct elf *e, uint64_t at, uint64_t count, uint64_t each)
{
    if (each == 0 || at == 0 || at >= e->bytes.n)
        return 0;
    uint64_t room = (e->bytes.n - at) / each;
    uint64_t n = count < room ? count : room;
    return (uint32_t)(n < UINT32_MAX ? n : UINT32_MAX);
}

static struct str text_at(struct str table, uint64_t offset)
{
    if (offset >= table.n)
        return (struct str){"", 0};
    struct str s = str_from(table, (size_t)offset);
    size_t end = str_chr(s, '\0');
    return end == STR_NONE ? (struct str){"", 0} : str_upto(s, end);
}

/* The header's counts may be too small for their fields: then the first section header holds them. */
static void tables(struct elf *e, const char *h)
{
    uint64_t segments = elf_u16(e, h + (e->wide ? 56 : 44)), sections = elf_u16(e, h + (e->wide ? 60 : 48));
    uint64_t names = elf_u16(e, h + (e->wide ? 62 : 50));
    e->segment_at = word(e, h + (e->wide ? 32 : 28));
    e->section_at = word(e, h + (e->wide ? 40 : 32));
    e->segment_bytes = elf_u16(e, h + (e->wide ? 54 : 42));
    e->section_bytes = elf_u16(e, h + (e->wide ? 58 : 46));
    if (e->segment_bytes < (e->wide ? 56 : 32))
        e->segment_bytes = 0;
    if (e->section_bytes < (e->wide ? 64 : 40))
        e->section_bytes = 0;
    if (fitting(e, e->section_at, 1, e->section_bytes)) {
        const char *first = e->bytes.p + e->section_at;
        if (sections == 0)
            sections = word(e, first + (e->wide ? 32 : 20));
        if (names == 0xffff)
            names = elf_u32(e, first + (e->wide ? 40 : 24));
        if (segments == 0xffff)
            segments = elf_u32(e, first + (e->wide ? 44 : 28));
    }
    e->segments = fitting(e, e->segment_at, segments, e->segment_bytes);
    e->sections = fitting(e, e->section_at, sections, e->section_bytes);
    struct elf_section s;
    if (names < e->sections && elf_section(e, (uint32_t)names, &s))
        e->section_names = s.bytes;
}

enum rc elf_open(struct elf *e, struct str bytes)
{
    if (!elf_is(bytes) || bytes.n < (bytes.p[4] == 2 ? 64u : 52u))
        return RC_INVALID;
    *e = (struct elf){.bytes = bytes, .wide = bytes.p[4] == 2, .big = bytes.p[5] == 2};
    e->type = elf_u16(e, bytes.p + 16);
    e->machine = elf_u16(e, bytes.p + 18);
    tables(e, bytes.p);
    return RC_OK;
}

bool elf_section(const struct elf *e, uint32_t i, struct elf_section *ret)
{
    if (i >= e->sections)
        return false;
    const char *h = e->bytes.p + e->section_at + (uint64_t)i * e->section_bytes;
    struct elf_section s = {.name = text_at(e->section_names, elf_u32(e, h)), .type = elf_u32(e, h + 4)};
    s.flags = word(e, h + 8);
    s.addr = word(e, h + (e->wide ? 16 : 12));
    s.offset = word(e, h + (e->wide ? 24 : 16));
    s.bytes = slice(e, s.offset, s.type == ELF_SHT_NOBITS ? 0 : word(e, h + (e->wide ? 32 : 20)));
    *ret = s;
    return true;
}

bool elf_segment(const struct elf *e, uint32_t i, struct elf_segment *ret)
{
    if (i >= e->segments)
        return false;
    const char *h = e->bytes.p + e->segment_at + (uint64_t)i * e->segment_bytes;
    struct elf_segment s = {.type = elf_u32(e, h), .flags = elf_u32(e, h + (e->wide ? 4 : 24))};
    s.offset = word(e, h + (e->wide ? 8 : 4));
    s.addr = word(e, h + (e->wide ? 16 : 8));
    s.bytes = slice(e, s.offset, word(e, h + (e->wide ? 32 : 16)));
    *ret = s;
    return true;
}

bool elf_section_named(const struct elf *e, struct str name, struct elf_section *ret)
{
    struct elf_section s;
    for (uint32_t i = 0; elf_section(e, i, &s); i++)
        if (str_eq(s.name, name)) {
            *ret = s;
            return true;
        }
    return false;
}

struct str elf_at(const struct elf *e, uint64_t addr, uint64_t most)
{
    struct elf_segment s;
    for (uint32_t i = 0; elf_segment(e, i, &s); i++)
        if (s.type == ELF_PT_LOAD && addr >= s.addr && addr - s.addr < s.bytes.n) {
            struct str rest = str_from(s.bytes, (size_t)(addr - s.addr));
            return most < rest.n ? str_upto(rest, (size_t)most) : rest;
        }
    return (struct str){"", 0};
}

/* One entry of the dynamic table: false at its end. */
static bool dynamic_entry(const struct elf *e, struct str *table, uint64_t *ret_tag, uint64_t *ret_value)
{
    size_t each = e->wide ? 16 : 8;
    if (table->n < each)
        return false;
    *ret_tag = word(e, table->p);
    *ret_value = word(e, table->p + each / 2);
    *table = str_from(*table, each);
    return *ret_tag != 0;
}

static bool dynamic_table(const struct elf *e, struct str *ret)
{
    struct elf_segment s;
    for (uint32_t i = 0; elf_segment(e, i, &s); i++)
        if (s.type == ELF_PT_DYNAMIC) {
            *ret = s.bytes;
            return true;
        }
    return false;
}

bool elf_dynamic(const struct elf *e, struct arena *mem, struct elf_dynamic *ret)
{
    struct str table, walk, names;
    uint64_t tag, value, names_at = 0, names_n = 0;
    if (!dynamic_table(e, &table))
        return false;
    for (walk = table; dynamic_entry(e, &walk, &tag, &value);) {
        names_at = tag == DT_STRTAB ? value : names_at;
        names_n = tag == DT_STRSZ ? value : names_n;
    }
    names = elf_at(e, names_at, names_n);
    *ret = (struct elf_dynamic){.soname = {"", 0}, .rpath = {"", 0}, .runpath = {"", 0}};
    for (walk = table; dynamic_entry(e, &walk, &tag, &value);) {
        if (tag == DT_NEEDED && ret->needed.n < NEEDED_MOST)
            *vec_push(mem, &ret->needed) = text_at(names, value);
        else if (tag == DT_SONAME)
            ret->soname = text_at(names, value);
        else if (tag == DT_RPATH)
            ret->rpath = text_at(names, value);
        else if (tag == DT_RUNPATH)
            ret->runpath = text_at(names, value);
    }
    return true;
}

/* The next note of a table whose parts are padded to `align`. */
static bool note_next(const struct elf *e, struct str *table, size_t align, struct elf_note *ret)
{
    if (table->n < 12)
        return false;
    uint64_t name_n = elf_u32(e, table->p), desc_n = elf_u32(e, table->p + 4), mask = align - 1;
    uint64_t desc_at = (12 + name_n + mask) & ~mask, end = desc_at + desc_n;
    if (end > table->n)
        return false;
    ret->type = elf_u32(e, table->p + 8);
    ret->owner = (struct str){table->p + 12, (size_t)name_n};
    if (name_n && ret->owner.p[name_n - 1] == '\0')
        ret->owner.n--;
    ret->desc = (struct str){table->p + desc_at, (size_t)desc_n};
    *table = str_from(*table, (size_t)((end + mask) & ~mask));
    return true;
}

/* Eight-byte padding occurs in 64-bit files beside the usual four: whichever reading finds the note is right. */
static bool note_in(const struct elf *e, struct str table, struct str owner, uint32_t type, struct str *ret_desc)
{
    struct elf_note n;
    for (size_t align = 4; align <= 8; align += 4) {
        struct str walk = table;
        for (unsigned i = 0; i < NOTES_MOST && note_next(e, &walk, align, &n); i++)
            if (n.type == type && str_eq(n.owner, owner)) {
                *ret_desc = n.desc;
                return true;
            }
    }
    return false;
}

bool elf_note(const struct elf *e, struct str owner, uint32_t type, struct str *ret_desc)
{
    struct elf_segment g;
    struct elf_section s;
    unsigned tables_left = 64;
    for (uint32_t i = 0; tables_left && elf_segment(e, i, &g); i++)
        if (g.type == ELF_PT_NOTE && tables_left-- && note_in(e, g.bytes, owner, type, ret_desc))
            return true;
    tables_left = 64;
    for (uint32_t i = 0; tables_left && elf_section(e, i, &s); i++)
        if (s.type == ELF_SHT_NOTE && tables_left-- && note_in(e, s.bytes, owner, type, ret_desc))
            return true;
    return false;
}

struct str elf_build_id(const struct elf *e, struct arena *mem)
{
    static const char hex[] = "0123456789abcdef";
    struct str id;
    if (!elf_note(e, STR("GNU"), NT_GNU_BUILD_ID, &id) || id.n == 0 || id.n > 64)
        return (struct str){"", 0};
    char *out = arena_alloc(mem, 2 * id.n + 1);
    for (size_t i = 0; i < id.n; i++) {
        out[2 * i] = hex[(unsigned char)id.p[i] >> 4];
        out[2 * i + 1] = hex[(unsigned char)id.p[i] & 15];
    }
    return (struct str){out, 2 * id.n};
}
