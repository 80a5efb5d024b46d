import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
sys.dont_write_bytecode = True
from elfmake import *

zlib_text = b"\0 deflate 1.2.13 Copyright 1995-2022 Jean-loup Gailly and Mark Adler \0"
ssl_text = b"\0OpenSSL 3.0.11 19 Sep 2023\0"
sqlite_text = b"\0unable to delete/modify collation sequence due to active statements\0"

put("opt/lib/liblzma.so.5.6.1", elf(rodata=b"5.6.1\0XZ_5.0\0", soname="liblzma.so.5", notes=[(b"GNU", 3, bytes(range(20)))]))
put("opt/lib/liblzma.so.5", elf(rodata=b"no version here\0", soname="liblzma.so.5"))
put("opt/app/pkg.libs/liblzma-1a2b3c4d.so.5.4.1", elf(rodata=b"x\0005.4.1\0", soname="liblzma-1a2b3c4d.so.5.4.1"))
put("opt/app/node_modules/native/build/addon.node", elf(rodata=zlib_text + ssl_text))
put("srv/wheel.whl!/pkg.libs/libcrypto-12345678.so.3", elf(rodata=ssl_text, soname="libcrypto-12345678.so.3"))
put("usr/local/lib/libcrypto.so.1.1", elf(rodata=b"\0OpenSSL 1.1.1w  11 Sep 2023\0", soname="libcrypto.so.1.1"))
put("usr/local/lib/libcrypto.so.10", elf(rodata=b"\0OpenSSL 1.0.2k-fips  26 Jan 2017\0", soname="libcrypto.so.10"))
put("usr/local/bin/static", elf(rodata=b"\xfd7zXZ\0\0 5.2.5\0005.2.5\0" + zlib_text + ssl_text + b"libcurl/8.4.0\0expat_2.5.0\0node.js/v20.9.0\0"))
put("usr/local/bin/dynamic", elf(rodata=zlib_text + ssl_text, needed=["libcrypto.so.3", "/opt/lib/libz.so.1"]))
put("usr/local/bin/busybox", elf(rodata=b"BusyBox v1.36.1 (2023-11-07 18:53:09 UTC)\0", sections=False))
put("usr/local/bin/ssh", elf(rodata=b"OpenSSH_7.0*,OpenSSH_7.1*\0OpenSSH_9.2p1 Debian-2\0"))
put("usr/local/bin/python3.11", elf(rodata=b"3.2.0\0003.11.2\0cpython-311\0" + sqlite_text + b"3.40.1\0"))
put("usr/local/bin/two-sqlites", elf(rodata=sqlite_text + b"3.40.1\0003.39.0\0"))
put("usr/local/bin/redis-server", elf(rodata=b"\0007.0.15\0006.0.0\000127.0.0.1\0Redis server v=%s\0"))
put("usr/local/bin/perl", elf(rodata=b"v5.36.0\0"))
put("usr/local/bin/ruby", elf(rodata=b"ruby 1.8)\0ruby 3.1.2p20 (2022-04-12 revision 4491bb740a)\0"))
put("usr/local/bin/php8.2", elf(rodata=b"X-Powered-By: PHP/8.2.12\0"))
put("usr/local/sbin/nginx", elf(rodata=b"nginx version: nginx/1.25.3\0"))
put("usr/local/sbin/httpd", elf(rodata=b"Apache/2.4\0Apache/2.4.58 (Unix)\0"))
put("usr/local/bin/postgres", elf(rodata=b"postgres (PostgreSQL) 16.1\0"))
put("usr/local/bin/bash", elf(rodata=b"@(#)Bash version 5.2.15(1) release GNU\0"))
put("usr/local/bin/git", elf(rodata=b"git/2.43.0\0"))
put("usr/local/bin/xz", elf(rodata=b"xz (XZ Utils) 5.6.0\0", needed=["liblzma.so.5"]))
put("usr/local/bin/zstd", elf(rodata=b"Zstandard CLI\0v1.5.5\0"))
put("usr/local/bin/curl", elf(rodata=b"curl/8.4.0\0", needed=["libcurl.so.4"]))
put("opt/lib/libzstd.so.1", elf(rodata=b"1.5.5\0", soname="libzstd.so.1"))
put("opt/lib/libbz2.so.1", elf(rodata=b"1.0.8, 13-Jul-2019\0\nbzip2/libbzip2: internal error number %d.\n\0", soname="libbz2.so.1.0"))
put("opt/lib/libxml2.so.2", elf(rodata=b"::20914\0Warning: program compiled against libxml %d using older %d\n\0", soname="libxml2.so.2"))
put("opt/lib/libsqlite3.so", elf(rodata=sqlite_text + b"3.44.0\0", soname="libsqlite3.so.0"))
put("opt/lib/libjvm.so", elf(rodata=b"OpenJDK 64-Bit Server VM (25.392-b08) for linux-amd64 JRE (1.8.0_392-b08), built on\0", soname="libjvm.so"))
put("lib/libc.so.6", elf(rodata=b"GNU C Library (Debian GLIBC 2.36-9+deb12u3) stable release version 2.36.\n\0", soname="libc.so.6"))
put("lib/ld-musl-x86_64.so.1", elf(rodata=b"musl libc (x86_64)\nVersion %s\n\0001.2.4\0"))
put("usr/local/bin/go-pure", elf(rodata=zlib_text, extra=[(".go.buildinfo", go_inline("go1.22.1", ["build\tCGO_ENABLED=0"]))]))
put("usr/local/bin/go-with-c", elf(rodata=zlib_text, extra=[(".go.buildinfo", go_inline("go1.22.1", ["build\tCGO_ENABLED=1"])), (".eh_frame", b"\0" * 16)]))
put("usr/local/bin/go-own-linker", elf(rodata=zlib_text, extra=[(".go.buildinfo", go_inline("go1.22.1", ["build\tCGO_ENABLED=1"]))]))
put("usr/local/bin/only-written-data", elf(data=zlib_text))
put("usr/local/lib/libunknown.so.1.2.3", elf(rodata=b"1.2.3\0", soname="libunknown.so.1", notes=[(b"GNU", 3, b"\1\2")]))
for name, content in [("rpm", '{"type":"rpm","os":"fedora","osVersion":"39","name":"systemd","version":"254.5-2.fc39","architecture":"x86_64"}'),
                      ("own", '{"type":"nix","name":"hello","version":"2.12"}')]:
    put("usr/lib/noted-" + name, elf(notes=[(b"GNU", 3, b"\xab\xcd"), (b"FDO", 0xcafe1a7e, content.encode() + b"\0")], wide=name == "rpm", big=name == "own"))
