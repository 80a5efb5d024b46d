"""Material for bench/source_image: images of this machine's own /usr, and a layer of very many empty files.

    python3 bench/source_images.py FOLDER [BYTES]
"""
import hashlib
import json
import os
import subprocess
import sys
import tarfile

FOLDER, BYTES = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 700_000_000
EMPTY = 3_000_000


def digest(path):
    h = hashlib.sha256()
    with open(path, "rb") as f:
        while block := f.read(1 << 20):
            h.update(block)
    return h.hexdigest()


def layer(path, root, most):
    """A tar of at most that many bytes below root, in three layers' worth of calls."""
    total = 0
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as t:
        for folder, folders, files in os.walk(root):
            folders.sort()
            t.add(folder, recursive=False)
            for name in sorted(files):
                full = os.path.join(folder, name)
                if os.path.isfile(full) and os.access(full, os.R_OK) and total < most:
                    total += 1024 + os.path.getsize(full)
                    t.add(full, recursive=False)
            if total >= most:
                return


def empties(path):
    header = tarfile.TarInfo("d/000000000")
    block = bytearray(header.tobuf(tarfile.USTAR_FORMAT))
    with open(path, "wb", buffering=1 << 20) as f:
        for i in range(EMPTY):
            name = b"d%03d/%09d" % (i // 10000, i)
            block[:len(name)] = name
            block[148:156] = b" " * 8
            block[148:156] = b"%06o\0 " % sum(block)
            f.write(block)
        f.write(b"\0" * 1024)


def save(path, layers):
    config = json.dumps({"os": "linux", "architecture": "amd64",
                         "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest(l) for l in layers]}}).encode()
    name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = [{"Config": name, "RepoTags": ["bench:1"], "Layers": ["%d/layer.tar" % i for i in range(len(layers))]}]
    work = path + ".d"
    os.makedirs(work, exist_ok=True)
    with tarfile.open(path, "w") as t:
        for i, l in enumerate(layers):
            t.add(l, "%d/layer.tar" % i)
        for n, data in ((name, config), ("manifest.json", json.dumps(manifest).encode())):
            with open(os.path.join(work, n), "wb") as f:
                f.write(data)
            t.add(os.path.join(work, n), n)


def layout(path, layers):
    os.makedirs(path + "/blobs/sha256", exist_ok=True)

    def put(data):
        h = hashlib.sha256(data).hexdigest()
        with open(path + "/blobs/sha256/" + h, "wb") as f:
            f.write(data)
        return {"digest": "sha256:" + h, "size": len(data)}

    blobs, ids = [], []
    for l in layers:
        ids.append("sha256:" + digest(l))
        packed = path + "/packed"
        with open(packed, "wb") as f:
            subprocess.run(["gzip", "-6nc", l], stdout=f, check=True)
        h = digest(packed)
        blobs.append({"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "sha256:" + h, "size": os.path.getsize(packed)})
        os.rename(packed, path + "/blobs/sha256/" + h)
    config = put(json.dumps({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": ids}}).encode())
    config["mediaType"] = "application/vnd.oci.image.config.v1+json"
    manifest = put(json.dumps({"schemaVersion": 2, "config": config, "layers": blobs}).encode())
    manifest["mediaType"] = "application/vnd.oci.image.manifest.v1+json"
    for name, data in (("index.json", {"schemaVersion": 2, "manifests": [manifest]}), ("oci-layout", {"imageLayoutVersion": "1.0.0"})):
        with open(path + "/" + name, "w") as f:
            json.dump(data, f)


os.makedirs(FOLDER, exist_ok=True)
parts = [os.path.join(FOLDER, "layer%d.tar" % i) for i in range(3)]
for part, root in zip(parts, ("/usr/lib", "/usr/share", "/usr/bin")):
    layer(part, root, BYTES // 3)
save(os.path.join(FOLDER, "saved.tar"), parts)
layout(os.path.join(FOLDER, "layout"), parts)
many = os.path.join(FOLDER, "many.tar")
empties(many)
save(os.path.join(FOLDER, "many-saved.tar"), [many])
layout(os.path.join(FOLDER, "many-layout"), [many])
