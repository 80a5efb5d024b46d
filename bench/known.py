"""What is certainly in a piece of material, by the word of whoever put it there: dpkg, the package.json files, the dist-info
folders, pom.properties, the Go tool."""
import email
import glob
import json
import os
import shutil
import subprocess
import zipfile

from material import Unavailable
from peers import package


def debian(root, name="${Package}"):
    out = subprocess.run(["dpkg-query", "--admindir", os.path.join(root, "var/lib/dpkg"), "-W", "-f", "${db:Status-Status}\t" + name + "\t${Version}\n"],
                         check=True, stdout=subprocess.PIPE, text=True).stdout
    rows = (line.split("\t") for line in out.splitlines())
    return {package("deb", name, version) for state, name, version in rows if state not in ("not-installed", "config-files")}


def debian_by_source(root):
    """As osv-scanner names Debian's packages: the source's name, the package's own version."""
    return debian(root, "${source:Package}")


def npm(folder):
    """Each package.json that stands directly in node_modules/NAME or node_modules/@SCOPE/NAME."""
    found = set()
    for path, _, names in os.walk(folder):
        parts = path.split(os.sep)
        scoped = len(parts) > 2 and parts[-2].startswith("@") and parts[-3] == "node_modules"
        if "package.json" in names and (scoped or parts[-2] == "node_modules"):
            with open(os.path.join(path, "package.json"), encoding="utf-8") as f:
                p = json.load(f)
            if p.get("name") and p.get("version"):
                found.add(package("npm", p["name"], p["version"]))
    return found


def python(folder):
    found = set()
    for path in glob.glob(os.path.join(folder, "**", "*.dist-info", "METADATA"), recursive=True):
        with open(path, encoding="utf-8") as f:
            m = email.message_from_file(f)
        found.add(package("pypi", m["Name"], m["Version"]))
    return found


def jars(folder):
    found = set()
    for path in glob.glob(os.path.join(folder, "**", "*.jar"), recursive=True):
        with zipfile.ZipFile(path) as z:
            for name in z.namelist():
                if name.startswith("META-INF/maven/") and name.endswith("/pom.properties"):
                    p = dict(l.strip().split("=", 1) for l in z.read(name).decode("utf-8").splitlines() if "=" in l and not l.startswith("#"))
                    found.add(package("maven", p["groupId"].strip() + ":" + p["artifactId"].strip(), p["version"].strip()))
    return found


def go(folder):
    """Modules and, where one is replaced, the one that was built in. The program's own module counts when it has a version."""
    if not shutil.which("go"):
        raise Unavailable("no go on PATH, which tells what its programs are made of")
    out = subprocess.run(["go", "version", "-m", folder], check=True, stdout=subprocess.PIPE, text=True).stdout
    found, last = set(), None
    for line in out.splitlines():
        words = line.split()
        if len(words) > 2 and words[0] in ("dep", "mod", "=>"):
            if words[0] == "=>":
                found.discard(last)
            last = package("golang", words[1], words[2])
            if words[2] != "(devel)":
                found.add(last)
    return found
