"""Builders of archives and images for the cases of make.py: exact bytes, nothing depends on the clock."""
import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import struct
import tarfile

EXEC = 0o755


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def info(name, **more):
    t = tarfile.TarInfo(name)
    t.mtime = 0
    for key, value in more.items():
        setattr(t, key, value)
    return t


def tar(*entries, format=tarfile.PAX_FORMAT):
    """Entries: (name, bytes) a file; (name, None) a folder; (name, '->', target) a link; (name, '=', target) a hard
    link; (TarInfo, bytes) as it is; bytes: raw blocks."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as t:
        for e in entries:
            if isinstance(e, bytes):
                out.write(e)
                t.offset += len(e)
            elif len(e) == 3:
                kind = tarfile.SYMTYPE if e[1] == "->" else tarfile.LNKTYPE
                t.addfile(info(e[0], type=kind, linkname=e[2]))
            elif isinstance(e[0], tarfile.TarInfo):
                t.addfile(e[0], io.BytesIO(e[1]) if e[1] else None)
            elif e[1] is None:
                t.addfile(info(e[0], type=tarfile.DIRTYPE, mode=EXEC))
            else:
                t.addfile(info(e[0], size=len(e[1])), io.BytesIO(e[1]))
    return out.getvalue()


def gz(data, level=6):
    return gzip.compress(data, level, mtime=0)


def zst(data):
    """A zstd frame of raw blocks: needs no compressor."""
    out = b"\x28\xb5\x2f\xfd" + b"\x00" + b"\x58"  # no content size, window of 2 MiB
    blocks = [data[i:i + 100000] for i in range(0, len(data), 100000)] or [b""]
    for i, block in enumerate(blocks):
        last = 1 if i == len(blocks) - 1 else 0
        out += struct.pack("<I", last | len(block) << 3)[:3] + block
    return out


def xz(data):
    return lzma.compress(data)


def bzip(data):
    return bz2.compress(data)


def plain(data):
    return data


def config(layers, os_="linux", arch="amd64", diff_ids=None, history=None, **more):
    value = {"os": os_, "architecture": arch,
             "rootfs": {"type": "layers", "diff_ids": diff_ids if diff_ids is not None else [digest(l) for l in layers]}}
    if history is not None:
        value["history"] = history
    value.update(more)
    return json.dumps(value).encode()


def saved(layers, tags=("app:1",), pack=plain, manifest_first=False, conf=None, manifest=None,
          config_name=None, extra=(), stored=None):
    """A docker archive of one image: bytes."""
    conf = conf if conf is not None else config(layers)
    name = config_name or hashlib.sha256(conf).hexdigest() + ".json"
    names = ["%064x/layer.tar" % i for i in range(len(layers))]
    manifest = manifest if manifest is not None else json.dumps(
        [{"Config": name, "RepoTags": list(tags), "Layers": names}]).encode()
    entries = [(n, pack(l)) for n, l in zip(names, stored or layers)] + [(name, conf)] + list(extra)
    entries.insert(0 if manifest_first else len(entries), ("manifest.json", manifest))
    return tar(*entries)


class Layout:
    """An OCI layout as a dict of files."""

    def __init__(self):
        self.files = {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}'}
        self.index = []

    def blob(self, data, media, **more):
        d = digest(data)
        self.files["blobs/sha256/" + d[7:]] = data
        return dict({"mediaType": media, "digest": d, "size": len(data)}, **more)

    def manifest(self, layers, pack=gz, conf=None, media="application/vnd.oci.image.layer.v1.tar+gzip",
                 config_media="application/vnd.oci.image.config.v1+json", **more):
        conf = conf if conf is not None else config(layers)
        value = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                 "config": self.blob(conf, config_media),
                 "layers": [self.blob(pack(l), media) for l in layers]}
        return self.blob(json.dumps(value).encode(), "application/vnd.oci.image.manifest.v1+json", **more)

    def list(self, manifests, **more):
        value = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": manifests}
        return self.blob(json.dumps(value).encode(), "application/vnd.oci.image.index.v1+json", **more)

    def named(self, descriptor, name=None, **more):
        d = dict(descriptor, **more)
        if name:
            d["annotations"] = {"org.opencontainers.image.ref.name": name}
        self.index.append(d)

    def finish(self):
        self.files["index.json"] = json.dumps({"schemaVersion": 2, "manifests": self.index}).encode()
        return self.files

    def folder(self, path):
        for name, data in self.finish().items():
            os.makedirs(os.path.dirname(os.path.join(path, name)), exist_ok=True)
            with open(os.path.join(path, name), "wb") as f:
                f.write(data)

    def tar(self):
        return tar(*self.finish().items())
