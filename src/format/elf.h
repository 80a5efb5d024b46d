/* An ELF file in memory: its sections, segments, dynamic entries and notes, 32 and 64 bit, either byte order.
 * Nothing is loaded or relocated, no offset is believed: whatever points outside the file is left out. */
#ifndef FORMAT_ELF_H
#define FORMAT_ELF_H

#include "base/op.h"
#include "base/vec.h"

enum elf_type { ELF_REL = 1, ELF_EXEC = 2, ELF_DYN = 3, ELF_CORE = 4 };

/* Section flags and segment flags as the format defines them; only those that readers here ask for. */
enum { ELF_SHT_NOTE = 7, ELF_SHT_NOBITS = 8 };
enum { ELF_SHF_WRITE = 1, ELF_SHF_ALLOC = 2, ELF_SHF_EXECINSTR = 4, ELF_SHF_COMPRESSED = 0x800 };
enum { ELF_PT_LOAD = 1, ELF_PT_DYNAMIC = 2, ELF_PT_INTERP = 3, ELF_PT_NOTE = 4, ELF_PF_X = 1, ELF_PF_W = 2 };

struct elf {
    struct str bytes; /* the whole file, borrowed */
    bool wide;        /* 64 bit */
    bool big;         /* most significant byte first */
    uint16_t type;    /* enum elf_type, or another value */
    uint16_t machine;
    uint64_t segment_at, section_at;
    uint32_t segments, sections; /* how many lie inside the file */
    uint16_t segment_bytes, section_bytes;
    struct str section_names;
};

struct elf_section {
    struct str name;
    uint32_t type;
    uint64_t flags, addr, offset;
    struct str bytes; /* what of it lies in the file; empty for NOBITS */
};

struct elf_segment {
    uint32_t type, flags;
    uint64_t addr, offset;
    struct str bytes;
};

struct elf_note {
    struct str owner; /* without the closing NUL */
    uint32_t type;
    struct str desc;
};

struct elf_dynamic {
    struct str soname; /* empty when it has none */
    struct str rpath, runpath;
    VEC(struct str) needed;
};

/* Does this start as an ELF file does? For callers that have only its head. */
bool elf_is(struct str head);

/* Reads the header; everything found later is borrowed from `bytes`. RC_INVALID, without a text, when this is no
 * ELF file; damaged tables only make their entries absent. */
MUST_USE enum rc elf_open(struct elf *e, struct str bytes);

/* The i-th section (segment): false past the end. */
bool elf_section(const struct elf *e, uint32_t i, struct elf_section *ret);
bool elf_segment(const struct elf *e, uint32_t i, struct elf_segment *ret);

/* The first section of this name. */
bool elf_section_named(const struct elf *e, struct str name, struct elf_section *ret);

/* The bytes in the file that lie at this address once loaded: at most `most` of them; empty when none do. */
struct str elf_at(const struct elf *e, uint64_t addr, uint64_t most);

/* Numbers in the file's byte order; the slice must hold them. */
uint16_t elf_u16(const struct elf *e, const char *p);
uint32_t elf_u32(const struct elf *e, const char *p);
uint64_t elf_u64(const struct elf *e, const char *p);

/* soname, needed libraries and search paths; the list lives in `mem`. False when it is not dynamic. */
bool elf_dynamic(const struct elf *e, struct arena *mem, struct elf_dynamic *ret);

/* The first note of this owner and type, in the segments, else in the sections. */
bool elf_note(const struct elf *e, struct str owner, uint32_t type, struct str *ret_desc);

/* The GNU build-id as lower-case hex digits, in `mem`; empty when there is none. */
struct str elf_build_id(const struct elf *e, struct arena *mem);

#endif
