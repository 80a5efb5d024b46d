"""The other catalogers that may be on PATH: how each is asked for the same thing without a network, and how its answer reads."""
import json
import os
import re
import shutil
import sqlite3
import urllib.parse
import zipfile

from measure import Tool

# What the peers' kinds of ecosystem are called as purl types.
OSV_TYPES = {"npm": "npm", "pypi": "pypi", "maven": "maven", "go": "golang", "debian": "deb", "alpine": "apk", "rubygems": "gem"}
# Ecosystems for which osv-scanner wants an archive of advisories before it answers at all.
OSV_ARCHIVES = ("npm", "PyPI", "Maven", "Go", "Debian", "RubyGems", "crates.io", "Packagist", "Alpine", "NuGet", "GIT")
QUALIFIED = {"npm": "/", "maven": ":", "golang": "/"}


def package(kind, name, version):
    """One way to write a package, so that sets can be compared."""
    if kind == "pypi":
        name = re.sub(r"[-_.]+", "-", name).lower()
    if kind == "golang":
        name, version = name.lower(), version.removeprefix("v")  # purls of some peers are in lower case
    return kind, name, version


def from_purl(purl):
    m = re.match(r"pkg:([^/]+)/(?:(.+)/)?([^/@?#]+)(?:@([^?#]+))?", purl)
    if not m:
        return None
    kind, space, name, version = (urllib.parse.unquote(part or "") for part in m.groups())
    epoch = re.search(r"[?&]epoch=(\d+)", purl)  # some peers cut it off the version
    if epoch and ":" not in version:
        version = f"{epoch[1]}:{version}"
    return package(kind, space + QUALIFIED[kind] + name if space and kind in QUALIFIED else name, version)


def purls(found):
    return {p for p in map(from_purl, filter(None, found)) if p}


def load(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return json.load(f)
    except ValueError:
        return {}


def syft_packages(path):
    return purls(a.get("purl") for a in load(path).get("artifacts", []))


def trivy_packages(path):
    return purls(c.get("purl") for c in load(path).get("components", []))


def osv_packages(path):
    found = set()
    for result in load(path).get("results") or []:
        for p in (entry["package"] for entry in result.get("packages", [])):
            kind = OSV_TYPES.get(p.get("ecosystem", "").split(":")[0].lower())
            if kind:
                found.add(package(kind, p["name"], p.get("version", "")))
    return found


def muster_packages(path):
    with open(path, encoding="utf-8") as f:
        return {package(*line.split("\t")[:3]) for line in list(f)[1:]}


def trivy_cache(work):
    """Trivy refuses to start without its index of jars: an empty one. It catalogues jars by what is in them anyway."""
    folder = os.path.join(work, "trivy", "java-db")
    if not os.path.exists(os.path.join(folder, "metadata.json")):
        os.makedirs(folder, exist_ok=True)
        with sqlite3.connect(os.path.join(folder, "trivy-java.db")) as db:
            db.executescript("CREATE TABLE IF NOT EXISTS artifacts(id INTEGER PRIMARY KEY, group_id TEXT, artifact_id TEXT);"
                             "CREATE TABLE IF NOT EXISTS indices(artifact_id INTEGER, version TEXT, sha1 BLOB PRIMARY KEY, archive_type TEXT);")
        with open(os.path.join(folder, "metadata.json"), "w", encoding="utf-8") as f:
            json.dump({"Version": 1, "NextUpdate": "2100-01-01T00:00:00Z", "UpdatedAt": "2020-01-01T00:00:00Z",
                       "DownloadedAt": "2020-01-01T00:00:00Z"}, f)
    return os.path.dirname(folder)


def osv_database(work):
    """No advisories at all, for rows that only catalogue."""
    for ecosystem in OSV_ARCHIVES:
        path = os.path.join(work, "osv", "osv-scalibr", ecosystem, "all.zip")
        if not os.path.exists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            zipfile.ZipFile(path, "w").close()
    return os.path.join(work, "osv")


def present():
    return [name for name in ("syft", "trivy", "osv-scanner") if shutil.which(name)]


def catalogers(kind, target, work):
    """Each peer that can read this kind of target (folder, docker-archive, oci), asked for what is installed in it."""
    syft = {"folder": f"dir:{target}", "docker-archive": f"docker-archive:{target}", "oci": f"oci-dir:{target}"}[kind]
    trivy = ["rootfs", target] if kind == "folder" else ["image", "--input", target]
    osv = {"folder": ["source", "--recursive", "--no-ignore", "--experimental-plugins", "artifact", "--experimental-disable-plugins", "lockfile", target],
           "docker-archive": ["image", "--archive", target]}.get(kind)
    tools = [
        Tool("syft", ["syft", "scan", "-q", "--override-default-catalogers", "image", "-o", "syft-json", syft],
             {"SYFT_CHECK_FOR_APP_UPDATE": "false"}, syft_packages),
        Tool("trivy", ["trivy", *trivy[:1], "--quiet", "--cache-dir", trivy_cache(work), "--cache-backend", "memory", "--offline-scan", "--skip-db-update", "--skip-java-db-update",
                       "--skip-version-check", "--disable-telemetry", "--format", "cyclonedx", *trivy[1:]], {}, trivy_packages)]
    if osv:
        tools.append(Tool("osv-scanner", ["osv-scanner", "scan", *osv[:1], "--offline", "--all-packages", "--verbosity", "error", "--format", "json",
                                          *osv[1:]], {"OSV_SCALIBR_LOCAL_DB_CACHE_DIRECTORY": osv_database(work)}, osv_packages))
    return [t for t in tools if t.name in present()]
