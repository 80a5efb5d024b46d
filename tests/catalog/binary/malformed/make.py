import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
sys.dont_write_bytecode = True
from elfmake import *

put("lib/note.so", elf(notes=[(b"FDO", 0xcafe1a7e, b'{"name": "cut')]))
put("lib/odd.so", elf(notes=[(b"FDO", 0xcafe1a7e, b'{"name": 7, "version": [], "type": null}')]))
put("lib/libcrypto.so.3", elf(rodata=b"\0OpenSSL 3.0.11 is great\0OpenSSL 3\0OpenSSL 3.0.11 99 Sep 2023\0OpenSSL ", soname="libcrypto.so.3"))
put("lib/libxml2.so.2", elf(rodata=b"program compiled against libxml %d using older\0" + b"209\0999999\0002x914\0", soname="libxml2.so.2"))
put("lib/libz.so.1", elf(rodata=b" deflate 1.2.13", soname="libz.so.1"))
whole = elf(rodata=b"5.6.1\0", soname="liblzma.so.5", needed=["libc.so.6"])
for i in range(32, 64, 4):
    put("lies/liblzma.so.%d" % i, whole[:i] + b"\xff" * 8 + whole[i + 8:])
