#!/usr/bin/env python3
"""Makes what is measured, once, into a folder: a Debian root, an npm tree, a Python environment, jars, Go binaries, images of
the root, a layer of very many empty files, a store's worth of assets. What exists is used again.

    bench/material.py FOLDER [NAME…]

Registries are asked through their own clients, with the machine's configuration; where they do not answer, trees of the same
shape are made up. The file NAME.made says which it was."""
import glob
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import zipfile

# About 600 packages of Debian together with what they depend on.
DEBIAN = ("build-essential,git,python3-pip,openssh-server,nginx,postgresql,nodejs,imagemagick,ruby,php-cli,redis-server,curl,vim,default-jre-headless,"
          "cmake,texlive-base,ffmpeg,subversion,mariadb-server,emacs-nox,python3-matplotlib,ghostscript,apache2,r-base-core,mercurial")
# About 1,300 packages of npm.
NPM = {"react-scripts": "5.0.1", "@angular/cli": "17.0.0", "webpack": "5.90.0", "mocha": "10.2.0", "express": "4.18.2", "lodash": "4.17.21"}
PYTHON = ["jupyterlab", "pandas", "scikit-learn", "django", "fastapi", "uvicorn", "sphinx", "pytest", "black", "requests"]
JARS = [("org.springframework.boot", "spring-boot-starter-web", "2.7.18"), ("org.springframework.boot", "spring-boot-starter-data-jpa", "2.7.18"),
        ("org.apache.kafka", "kafka-clients", "3.6.1"), ("com.google.guava", "guava", "32.1.3-jre")]
LOCK_PACKAGES = 20000


class Unavailable(Exception):
    """This material cannot be made here; the text says why."""


def run(argv, **options):
    """A tool whose talk is kept in `log`; Unavailable when it fails."""
    if not shutil.which(argv[0]):
        raise Unavailable(f"{argv[0]} is not on PATH")
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode:
        last = done.stdout.strip().splitlines()[-1:] or ["no reason given"]
        raise Unavailable(f"{argv[0]} failed: {last[0]}")
    return done.stdout


def put(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


def closure():
    """The packages with all they depend on: apt resolves alternatives and virtual packages, debootstrap does not."""
    out = run(["apt-get", "install", "-s", "--no-install-recommends", "-o", "Dir::State::status=/dev/null", *DEBIAN.split(",")])
    return ",".join(line.split()[1] for line in out.splitlines() if line.startswith("Inst "))


def unmount(root):
    """debootstrap may leave the kernel's file systems mounted in what it makes; nothing is copied or removed before they are gone."""
    with open("/proc/self/mounts", encoding="utf-8") as f:
        points = [line.split()[1] for line in f]
    for point in sorted((p for p in points if p.startswith(root + "/")), reverse=True):
        subprocess.run(["umount", "-l", point], check=True)


class Material:
    def __init__(self, folder, empty_files=3_000_000):
        self.folder, self.empty_files = os.path.abspath(folder), empty_files
        os.makedirs(self.folder, exist_ok=True)

    def get(self, name):
        """The path of that material, made now if need be, and how it was made."""
        path, note = os.path.join(self.folder, name), os.path.join(self.folder, name + ".made")
        if not os.path.exists(note):
            if os.path.isdir(path) and not os.path.islink(path):
                unmount(path)
                shutil.rmtree(path)
            elif os.path.lexists(path):
                os.remove(path)
            print(f"making {name} …", file=sys.stderr, flush=True)
            how = getattr(self, name.split(".")[0].replace("-", "_"))(path)
            put(note, how)
        with open(note, encoding="utf-8") as f:
            return path, f.read()

    # ---- folders ----
    def root(self, path):
        if os.geteuid() != 0:
            raise Unavailable("a Debian root can only be made by root")
        targets = run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)"]).splitlines()
        mirrors = [t.split() for t in targets if t.split()[-1] in ("bookworm", "trixie")]
        if not mirrors:
            raise Unavailable("apt knows no Debian mirror")
        mirror, suite = mirrors[0]
        left = ""
        try:
            run(["debootstrap", "--variant=minbase", "--include=" + closure(), suite, path, mirror])
        except Unavailable as why:
            left = f", not all configured ({why})"  # the files and the database are there all the same
        finally:
            unmount(path)
        if left and not os.path.exists(path + "/var/lib/dpkg/info/nginx.list"):
            raise Unavailable("debootstrap" + left)
        for junk in ("var/cache/apt/archives", "dev"):
            shutil.rmtree(os.path.join(path, junk), ignore_errors=True)
        return f"debootstrap {suite}{left}"

    def npm(self, path):
        put(path + "/package.json", json.dumps({"name": "bench", "version": "1.0.0", "private": True, "dependencies": NPM}))
        try:
            run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps"], cwd=path)
            return "npm install"
        except Unavailable as why:
            shutil.rmtree(path)
            for i in range(1260):
                folder = f"{path}/node_modules/" + (f"@scope-{i % 40}/" if i % 4 == 0 else "") + f"package-{i}"
                put(folder + "/package.json", json.dumps({"name": folder.split("node_modules/")[1], "version": f"{i % 9}.{i % 31}.{i % 7}",
                                                          "license": "MIT", "main": "lib/file-0.js", "dependencies": {f"package-{i // 2 * 4 + 1}": "^1.0.0"}}))
                for k in range(31 + (i < 800)):
                    put(f"{folder}/lib/file-{k}.js", "module.exports = 1;\n" * (k * 7 % 400))
            return f"made up ({why})"

    def python(self, path):
        try:
            run([sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--target", path, *PYTHON])
            return "pip install"
        except Unavailable as why:
            shutil.rmtree(path, ignore_errors=True)
            for i in range(118):
                record = "".join(f"package_{i}/file_{k}.py,sha256=AAAA,100\n" for k in range(200))
                put(f"{path}/package_{i}-1.{i}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: package-{i}\nVersion: 1.{i}\nRequires-Dist: package-{i // 2}\n\n")
                put(f"{path}/package_{i}-1.{i}.dist-info/RECORD", record)
                for k in range(200):
                    put(f"{path}/package_{i}/file_{k}.py", "x = 1\n" * (k * 5))
            return f"made up ({why})"

    def jars(self, path):
        needs = "".join(f"<dependency><groupId>{g}</groupId><artifactId>{a}</artifactId><version>{v}</version></dependency>" for g, a, v in JARS)
        put(path + "/pom.xml", "<project><modelVersion>4.0.0</modelVersion><groupId>bench</groupId><artifactId>bench</artifactId>"
                               f"<version>1</version><dependencies>{needs}</dependencies></project>")
        try:
            run(["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={path}/lib"], cwd=path)
            os.remove(path + "/pom.xml")
            return "mvn dependency:copy-dependencies"
        except Unavailable as why:
            shutil.rmtree(path)
            noise = random.Random(1)
            for i in range(66):
                os.makedirs(path + "/lib", exist_ok=True)
                with zipfile.ZipFile(f"{path}/lib/artifact-{i}-1.{i}.jar", "w", zipfile.ZIP_DEFLATED) as z:
                    z.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
                    z.writestr(f"META-INF/maven/org.example/artifact-{i}/pom.properties", f"groupId=org.example\nartifactId=artifact-{i}\nversion=1.{i}\n")
                    for k in range(300):
                        z.writestr(f"org/example/a{i}/Class{k}.class", noise.randbytes(2000))
            return f"made up ({why})"

    def go(self, path):
        """The Go programs on PATH, peers first: nothing is fetched or built for this."""
        names = [shutil.which(n) for n in ("trivy", "syft", "osv-scanner", "skopeo", "umoci", "go", "gofmt", "docker", "kubectl", "helm")]
        os.makedirs(path, exist_ok=True)
        for program in [n for n in names if n][:5]:
            shutil.copy2(os.path.realpath(program), path)
        if not os.listdir(path):
            raise Unavailable("no Go program on PATH")
        return "copies of " + ", ".join(sorted(os.listdir(path)))

    # ---- images ----
    def oci(self, path):
        """The root in three layers; hard links, so that no byte is copied before it is packed."""
        root, how = self.get("root")
        stages = os.path.join(self.folder, "stages")
        shutil.rmtree(stages, ignore_errors=True)
        for part in ("usr/share", "usr/lib"):
            os.makedirs(f"{stages}/{part.replace('/', '-')}/usr")
            run(["cp", "-al", f"{root}/{part}", f"{stages}/{part.replace('/', '-')}/{part}"])
        run(["cp", "-al", root, f"{stages}/rest"])
        for part in ("usr/share", "usr/lib"):
            shutil.rmtree(f"{stages}/rest/{part}")
        run(["umoci", "init", "--layout", path])
        run(["umoci", "new", "--image", f"{path}:latest"])
        for stage in ("rest", "usr-share", "usr-lib"):
            run(["umoci", "insert", "--image", f"{path}:latest", f"{stages}/{stage}", "/"])
        run(["umoci", "gc", "--layout", path])
        shutil.rmtree(stages)
        return f"{how}, umoci"

    def docker(self, path):
        layout, how = self.get("oci")
        run(["skopeo", "copy", "--insecure-policy", f"oci:{layout}:latest", f"docker-archive:{path}:bench/root:1"])
        return f"{how}, skopeo"

    def empties_layer(self, path):
        block = bytearray(tarfile.TarInfo("0" * 14).tobuf(tarfile.USTAR_FORMAT))
        with open(path, "wb", buffering=1 << 20) as f:
            for i in range(self.empty_files):
                name = b"d%03d/%09d" % (i // 10000, i)
                block[:len(name)] = name
                block[148:156] = b" " * 8
                block[148:156] = b"%06o\0 " % sum(block)
                f.write(block)
            f.write(bytes(1024))

    def empties(self, path):
        layer = path + ".layer"
        self.empties_layer(layer)
        with open(layer, "rb") as f:
            digest = hashlib.file_digest(f, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else hashlib.sha256(f.read()).hexdigest()
        config = json.dumps({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest]}})
        name = hashlib.sha256(config.encode()).hexdigest() + ".json"
        put(path + ".d/" + name, config)
        put(path + ".d/manifest.json", json.dumps([{"Config": name, "RepoTags": ["bench/empties:1"], "Layers": ["0/layer.tar"]}]))
        with tarfile.open(path, "w") as t:
            t.add(layer, "0/layer.tar")
            t.add(path + ".d/" + name, name)
            t.add(path + ".d/manifest.json", "manifest.json")
        os.remove(layer)
        shutil.rmtree(path + ".d")
        return f"{self.empty_files:,} empty files"

    # ---- one file ----
    def lock(self, path):
        """A package-lock.json of 20,000 packages with the members and lengths of real ones."""
        noise = random.Random(2)
        packages = {"": {"name": "bench", "version": "1.0.0", "dependencies": {"package-0": "^1.0.0"}}}
        for i in range(LOCK_PACKAGES):
            at = f"node_modules/package-{i - 4}/node_modules/package-{i}" if i % 5 == 4 else f"node_modules/package-{i}"
            version = f"{i % 9 + 1}.{i % 31}.{i % 7}"
            packages[at] = {"version": version, "resolved": f"https://packages.example/package-{i}/-/package-{i}-{version}.tgz",
                            "integrity": "sha512-" + "".join(noise.choices("ABCDEFabcdef0123456789+/", k=86)) + "==", "license": "MIT",
                            "dependencies": {f"package-{noise.randrange(LOCK_PACKAGES // 5) * 5 + k}": f"^{k}.0.0" for k in range(4)}}
        put(path, json.dumps({"name": "bench", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": packages}, indent=2))
        return f"made up, {LOCK_PACKAGES} packages"


def main():
    material = Material(sys.argv[1])
    for name in sys.argv[2:] or ["root", "npm", "python", "jars", "go", "oci", "docker.tar", f"empties.{material.empty_files}.tar", "lock.json"]:
        try:
            print(*material.get(name), sep=": ")
        except Unavailable as why:
            print(f"{name}: {why}")


if __name__ == "__main__":
    sys.exit(main())
