"""Docker archives and OCI layouts: found, chosen, named, checked."""
import hashlib
import json

from images import Layout, bzip, config, digest, gz, plain, saved, tar, xz, zst

L1 = tar(("etc/a", b"1"), ("usr/b", b"2"))
L2 = tar(("etc/c", b"3"))
NODES = """node etc/a layer=1 gone=- size=1 "1"
           node usr/b layer=1 gone=- size=1 "2"
           node etc/c layer=2 gone=- size=1 "3" """


def docker(case):
    conf = config([L1, L2], history=[{"created_by": "ADD"}, {"created_by": "ENV", "empty_layer": True}, {"comment": "COPY"}])
    head = """ok
        tree docker-archive app:1 linux/amd64
        layer 1 %s ADD
        layer 2 %s COPY
        name app:1
        name app:latest
        digest %s
        digest %s
        digest %s
        """ % (digest(L1), digest(L2), digest(conf), digest(L1), digest(L2))
    for name, first in (("", False), ("-manifest-first", True)):
        case("docker-archive-ordinary" + name, saved([L1, L2], tags=("app:1", "app:latest"), conf=conf, manifest_first=first),
             head + NODES, ["sweep yes"])
    for name, pack in (("gzip", gz), ("zstd", zst), ("xz", xz), ("bzip2", bzip)):
        case("docker-archive-layers-" + name, saved([L1, L2], pack=pack), "ok\n" + NODES, ["only node gap", "sweep yes"])
        case("docker-archive-around-" + name, pack(saved([L1, L2])), "ok\n" + NODES, ["only node gap", "sweep yes"])
        case("docker-archive-around-memory-" + name, pack(saved([L1, L2])), "ok\n" + NODES, ["only node gap", "spill no"])
    case("docker-archive-empty", saved([], tags=()),
         "ok\ntree docker-archive %s linux/amd64\ndigest %s" % ((digest(config([])),) * 2))
    one, two = config([L1]), config([L2])
    names = [hashlib.sha256(c).hexdigest() + ".json" for c in (one, two)]
    manifest = [{"Config": names[0], "RepoTags": ["a:1"], "Layers": ["x/layer.tar"]},
                {"Config": names[1], "RepoTags": None, "Layers": ["y/layer.tar"]}]
    several = tar((names[0], one), (names[1], two), ("x/layer.tar", L1), ("y/layer.tar", "->", "../z/layer.tar"),
                  ("z/layer.tar", L2), ("manifest.json", json.dumps(manifest).encode()))
    case("docker-archive-several", several, """ok
         tree docker-archive a:1 linux/amd64
         tree docker-archive %s linux/amd64
         node etc/a layer=1 gone=- size=1 "1"
         node usr/b layer=1 gone=- size=1 "2"
         node etc/c layer=1 gone=- size=1 "3" """ % digest(two), ["only tree node gap"])


def docker_bad(case):
    good = saved([L1, L2])

    def invalid(name, data, *options):
        case("docker-archive-malformed-" + name, data, "invalid", ["kind docker-archive", *options])

    invalid("nothing", b"")
    invalid("zeros", b"\0" * 10240)
    invalid("text", b"hello\n" * 200)
    invalid("cut", good[:2000])
    invalid("cut-layer", good[:3000])
    invalid("no-manifest", tar(("x", b"1")))
    invalid("json", saved([L1], manifest=b"[{"))
    invalid("object", saved([L1], manifest=b"{}"))
    invalid("no-images", saved([L1], manifest=b"[]"))
    invalid("config-missing", saved([L1], manifest=b'[{"Config":"nope.json","Layers":[]}]'))
    invalid("config-digest", saved([L1], config_name="0" * 64 + ".json"))
    invalid("config-json", saved([L1], conf=b"[]"))
    invalid("layer-missing", saved([L1], manifest=json.dumps(
        [{"Config": hashlib.sha256(config([L1])).hexdigest() + ".json", "Layers": ["nope"]}]).encode()))
    invalid("layer-count", saved([L1, L2], conf=config([L1])))
    invalid("diff-id", saved([L1, L2], conf=config([L1, L1])))
    invalid("diff-id-gzip", saved([L1, L2], pack=gz, conf=config([L1, L1])))
    invalid("diff-id-none", saved([L1], conf=config([L1], diff_ids=[""])))
    invalid("diff-id-odd", saved([L1], conf=config([L1], diff_ids=["md5:00"])))
    invalid("gzip-cut", saved([L1], pack=lambda l: gz(l)[:-20]))
    invalid("gzip-crc", saved([L1], pack=lambda l: gz(l)[:-8] + b"\0\0\0\0" + gz(l)[-4:]))
    invalid("gzip-garbage", saved([L1], pack=lambda l: gz(l) + b"garbage"))
    invalid("zstd-cut", saved([L1], pack=lambda l: zst(l)[:-20]))
    invalid("around-cut", gz(good)[:-10])
    case("docker-archive-gzip-members", saved([L1], pack=lambda l: gz(l[:700]) + gz(l[700:])),
         'ok\nnode etc/a layer=1 gone=- size=1 "1"\nnode usr/b layer=1 gone=- size=1 "2"', ["only node gap"])
    bomb = tar(("zeros", b"\0" * (8 << 20)), ("x", b"1"))
    case("docker-archive-bomb-total", saved([bomb], pack=gz), """ok
         gap layer 1: %064x/layer.tar: more than 1000000 bytes inflated in all""" % 0,
         ["only node gap", "inflated_bytes 1000000"])
    case("docker-archive-bomb-ratio", saved([tar(("x", b"1"), ("z", b"\0" * (40 << 20)))], pack=lambda l: xz(l)), """ok
         node x layer=1 gone=- size=1 "1"
         gap layer 1: %064x/layer.tar: inflates more than 2000 times""" % 0,
         ["only node gap", "match x", "ratio_from_bytes 1000000"])
    case("docker-archive-bomb-around", gz(saved([bomb])), "invalid", ["inflated_bytes 1000000"])


def oci(case):
    def both(name, layout, expected, options=(), sweep=False):
        data = layout.tar()
        case("oci-" + name, data, expected, [*options, *(["sweep yes"] if sweep else [])])
        case("oci-%s-folder" % name, lambda path: layout.folder(path.decode()), expected, options)

    l = Layout()
    m = l.manifest([L1, L2])
    l.named(m, "app:1")
    conf = config([L1, L2])
    both("ordinary", l, """ok
         tree oci app:1 linux/amd64
         layer 1 %s
         layer 2 %s
         name app:1
         digest %s
         digest %s
         digest %s
         digest %s
         digest %s
         digest %s
         """ % (digest(L1), digest(L2), m["digest"], digest(conf), digest(L1), digest(gz(L1)), digest(L2), digest(gz(L2)))
         + NODES, sweep=True)
    for name, pack in (("plain", plain), ("zstd", zst)):
        l = Layout()
        l.named(l.manifest([L1, L2], pack=pack))
        both("layers-" + name, l, "ok\n" + NODES, ["only node gap"])
    l = Layout()
    l.named(l.manifest([]), "empty")
    both("empty", l, "ok\ntree oci empty linux/amd64", ["only tree node gap"])
    l = Layout()
    arm = config([L2], arch="arm64", variant="v8")
    x86 = l.manifest([L1], platform={"os": "linux", "architecture": "amd64"})
    a64 = l.manifest([L2], conf=arm, platform={"os": "linux", "architecture": "arm64", "variant": "v8"})
    att = l.manifest([], platform={"os": "unknown", "architecture": "unknown"})
    top = l.list([a64, att, x86])
    l.named(top, "multi")
    both("platform-own", l, """ok
         tree oci multi linux/amd64
         node etc/a layer=1 gone=- size=1 "1"
         node usr/b layer=1 gone=- size=1 "2" """,
         ["only tree node gap", "platform linux/amd64"])
    both("platform-other", l, "ok\ntree oci multi linux/arm64/v8\nnode etc/c layer=1 gone=- size=1 \"3\"",
         ["only tree node gap", "platform linux/arm64"])
    both("platform-none", l, "invalid", ["platform windows/amd64"])
    l = Layout()
    l.named(l.list([l.list([l.manifest([L2], platform={"os": "linux", "architecture": "s390x"})])]), "nested")
    both("nested", l, "ok\ntree oci nested linux/amd64\nnode etc/c layer=1 gone=- size=1 \"3\"", ["only tree node gap"])
    l = Layout()
    one = l.manifest([L1])
    l.named(one, "a:1")
    l.named(one, "a:2")
    l.named(l.manifest([L2]), "b")
    l.named(l.manifest([L1, L2]))
    l.named(l.manifest([L2], config_media="application/vnd.cncf.helm.config.v1+json"), "chart")
    both("several", l, """ok
         tree oci a:1 linux/amd64
         tree oci b linux/amd64
         tree oci %s linux/amd64
         name a:1
         name a:2
         name b""" % l.index[3]["digest"], ["only tree name gap"])
    # A docker archive that is a layout, too.
    l = Layout()
    m = l.manifest([L1, L2], pack=plain)
    l.named(m, "x")
    blobs = ["blobs/sha256/" + digest(d)[7:] for d in (conf, L1, L2)]
    l.files["manifest.json"] = json.dumps([{"Config": blobs[0], "RepoTags": ["x:1"], "Layers": blobs[1:]}]).encode()
    case("docker-archive-and-oci", l.tar(), "ok\ntree docker-archive x:1 linux/amd64\n%s\n" % "\n".join(
        "digest " + d for d in (digest(conf), digest(L1), digest(L2), m["digest"])) + NODES, ["only tree digest node gap"])
    l.files[blobs[2]] = L1
    case("docker-archive-and-oci-wrong-blob", l.tar(), "invalid")


def oci_bad(case):
    def invalid(name, change, *options):
        l = Layout()
        m = l.manifest([L1, L2])
        l.named(m, "app:1")
        l.finish()
        change(l, m)
        case("oci-malformed-" + name, tar(*l.files.items()), "invalid", ["kind oci", *options])

    def edit(l, **more):
        l.index[0].update(more)
        l.finish()

    def spoil(name):
        def change(l, m):
            manifest = json.loads(l.files["blobs/sha256/" + m["digest"][7:]])
            target = {"manifest": m, "config": manifest["config"], "layer": manifest["layers"][1]}[name]
            path = "blobs/sha256/" + target["digest"][7:]
            l.files[path] = l.files[path][:-1] + bytes([l.files[path][-1] ^ 1])
        return change

    def rewrite(f):
        def change(l, m):
            manifest = json.loads(l.files["blobs/sha256/" + m["digest"][7:]])
            f(manifest)
            l.index.clear()
            l.named(l.blob(json.dumps(manifest).encode(), "application/vnd.oci.image.manifest.v1+json"), "app:1")
            l.finish()
        return change

    invalid("no-layout", lambda l, m: l.files.pop("oci-layout"))
    invalid("no-index", lambda l, m: l.files.pop("index.json"))
    invalid("index-json", lambda l, m: l.files.update({"index.json": b"{"}))
    invalid("index-array", lambda l, m: l.files.update({"index.json": b"[]"}))
    invalid("index-empty", lambda l, m: l.files.update({"index.json": b"{}"}))
    invalid("manifest-missing", lambda l, m: l.files.pop("blobs/sha256/" + m["digest"][7:]))
    invalid("manifest-size", lambda l, m: edit(l, size=m["size"] + 1))
    invalid("manifest-no-size", lambda l, m: edit(l, size=-1))
    invalid("digest-odd", lambda l, m: edit(l, digest="sha256:../../../etc/passwd"))
    invalid("digest-unknown", lambda l, m: edit(l, digest="sha1:" + "0" * 40))
    for what in ("manifest", "config", "layer"):
        invalid("digest-of-" + what, spoil(what))
    invalid("layer-size", rewrite(lambda m: m["layers"][0].update(size=1)))
    invalid("layer-missing", rewrite(lambda m: m["layers"][0].update(digest="sha256:" + "0" * 64)))
    invalid("layer-count", rewrite(lambda m: m["layers"].pop()))
    invalid("layer-order", rewrite(lambda m: m["layers"].reverse()))
    invalid("platform", lambda l, m: None, "platform linux/arm64")

    # An index whose own digest stands in it cannot be; one that claims to is found out by its digest.
    l = Layout()
    own = "sha256:" + "1" * 64
    itself = {"mediaType": "application/vnd.oci.image.index.v1+json", "digest": own, "size": 0}
    body = json.dumps({"schemaVersion": 2, "manifests": [itself]})
    body = body.replace('"size": 0', '"size": %d' % (len(body) + 2)).encode()
    l.files["blobs/sha256/" + own[7:]] = body
    l.index = [dict(itself, size=len(body))]
    case("oci-malformed-index-of-itself", l.tar(), "invalid")
    l = Layout()
    deep = l.manifest([L1])
    for _ in range(6):
        deep = l.list([deep])
    l.named(deep)
    case("oci-malformed-deep", l.tar(), "invalid")
    l = Layout()
    m = l.manifest([L1, L2])
    foreign = json.loads(l.files["blobs/sha256/" + m["digest"][7:]])
    gone = foreign["layers"][0]
    gone["mediaType"] = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
    l.files.pop("blobs/sha256/" + gone["digest"][7:])
    l.named(l.blob(json.dumps(foreign).encode(), "application/vnd.oci.image.manifest.v1+json"), "windows")
    case("oci-foreign-layer", l.tar(), """ok
         gap layer 1: its bytes are kept elsewhere
         node etc/c layer=2 gone=- size=1 "3" """, ["only node gap"])


def make(case):
    docker(case)
    docker_bad(case)
    oci(case)
    oci_bad(case)
