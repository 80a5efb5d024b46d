"""Writes small ELF files for the cases of catalogers and readers: make.py imports this and calls put."""
import os
import struct
import sys
import zlib


def put(path, content):
    """A file of the case's tree, below the folder given as the first argument."""
    path = os.path.join(sys.argv[1], path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content)


def note(owner, kind, desc, order="<"):
    pad = lambda b: b + b"\0" * (-len(b) % 4)
    return struct.pack(order + "III", len(owner) + 1, len(desc), kind) + pad(owner + b"\0") + pad(desc)


def elf(rodata=b"", data=b"", text=b"", soname=None, needed=(), notes=(), extra=(), wide=True, big=False, sections=True, machine=62, kind=3):
    """notes: (owner, type, desc); extra: (section name, bytes), not loaded. rodata is at 0x1000 past its file offset."""
    o = ">" if big else "<"
    word = "Q" if wide else "I"
    strtab = b"\0"
    dynamic = b""
    for tag, name in [(1, n) for n in needed] + ([(14, soname)] if soname else []):
        dynamic += struct.pack(o + word * 2, tag, len(strtab))
        strtab += name.encode() + b"\0"
    parts = [  # name, type, flags, bytes, program header type and flags
        (".rodata", 1, 2, rodata, 1, 4), (".text", 1, 6, text, 1, 5), (".data", 1, 3, data, 1, 6), (".dynstr", 3, 2, strtab, 1, 4)]
    head = 64 if wide else 52
    each = 56 if wide else 32
    has_dynamic = bool(soname or needed)
    blob = b"".join(note(a, b, c, o) for a, b, c in notes)
    count = len(parts) + 1 + (1 if blob else 0)
    at = head + each * count
    body, placed = b"", []
    for name, t, flags, content, pt, pf in parts:
        body += b"\0" * (-(at + len(body)) % 16)
        placed.append((name, t, flags, at + len(body), content, pt, pf))
        body += content
    base = 0x1000
    if has_dynamic:
        strtab_at = placed[3][3] + base
        dynamic += struct.pack(o + word * 6, 5, strtab_at, 10, len(strtab), 0, 0)
    body += b"\0" * (-(at + len(body)) % 16)
    placed.append((".dynamic", 6, 3, at + len(body), dynamic, 2 if has_dynamic else 0, 6))
    body += dynamic
    if blob:
        body += b"\0" * (-(at + len(body)) % 4)
        placed.append((".note", 7, 2, at + len(body), blob, 4, 4))
        body += blob
    programs = b""
    for name, t, flags, offset, content, pt, pf in placed:
        if wide:
            programs += struct.pack(o + "IIQQQQQQ", pt, pf, offset, offset + base, offset + base, len(content), len(content), 16)
        else:
            programs += struct.pack(o + "IIIIIIII", pt, offset, offset + base, offset + base, len(content), len(content), pf, 16)
    for name, content in extra:
        placed.append((name, 1, 0, at + len(body), content, 0, 0))
        body += content
    names, table = b"\0", b"\0" * (64 if wide else 40)
    form = o + ("IIQQQQIIQQ" if wide else "IIIIIIIIII")
    for name, t, flags, offset, content, pt, pf in placed:
        table += struct.pack(form, len(names), t, flags, offset + base if pt else 0, offset, len(content), 0, 0, 1, 0)
        names += name.encode() + b"\0"
    names_at = at + len(body)
    table += struct.pack(form, len(names), 3, 0, 0, names_at, len(names) + 10, 0, 0, 1, 0)
    names += b".shstrtab\0"
    body += names
    body += b"\0" * (-(at + len(body)) % 8)
    sections_at = at + len(body)
    body += table
    n = len(placed) + 2
    if not sections:
        sections_at = n = 0
    ident = b"\x7fELF" + bytes([2 if wide else 1, 2 if big else 1, 1]) + b"\0" * 9
    header = ident + struct.pack(o + "HHI" + word * 3 + "IHHHHHH", kind, machine, 1, 0, head, sections_at, 0, head, each, count,
                                 64 if wide else 40, n, n - 1 if n else 0)
    return header + programs + body


def varint(n):
    out = b""
    while n >= 0x80:
        out += bytes([n & 0x7f | 0x80])
        n >>= 7
    return out + bytes([n])


def go_inline(version, lines):
    """Build information as Go 1.18 and later lay it out."""
    frame = b"\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6"
    text = frame + "".join(x + "\n" for x in lines).encode() + b"\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2"
    return b"\xff Go buildinf:" + bytes([8, 2]) + b"\0" * 16 + varint(len(version)) + version.encode() + varint(len(text)) + text


def auditable(text):
    return zlib.compress(text.encode())
