#!/usr/bin/env python3
"""`check --output sarif|cyclonedx|openvex|csaf`: what each format demands of a document, and what is said. TAP on stdout.

With MUSTER_SCHEMAS=FOLDER the documents are also held against the published JSON schemas in it: sarif.json, cyclonedx.json,
openvex.json, csaf.json and what these refer to, found by their own $id."""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))
from tap import done, ok  # noqa: E402

muster = os.path.abspath(sys.argv[1])
V31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:L/SC:N/SI:N/SA:N"
V2 = "AV:N/AC:L/Au:N/C:P/I:P/A:P"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def record(folder, name, package, events, ecosystem="npm", **more):
    affected = {"package": {"ecosystem": ecosystem, "name": package}}
    affected["ranges"] = [{"type": "ECOSYSTEM" if ecosystem != "npm" else "SEMVER", "events": events}]
    affected.update(more.pop("entry", {}))
    document = {"schema_version": "1.6.0", "id": name, "modified": "2024-03-01T00:00:00Z", "affected": [affected], **more}
    with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as f:
        json.dump(document, f)


def score(kind, vector):
    return {"severity": [{"type": kind, "score": vector}]}


def material(folder):
    osv = os.path.join(folder, "osv")
    shop = os.path.join(folder, "shop", "a b:c")
    host = os.path.join(folder, "host")
    for d in (osv, shop, host + "/etc", host + "/var/lib/dpkg"):
        os.makedirs(d)
    zero = {"introduced": "0"}
    record(osv, "GHSA-aaaa-aaaa-aaaa", "qs", [zero, {"fixed": "6.11.1"}], aliases=["CVE-2024-0001"], summary="reads [too] {much} \\", **score("CVSS_V3", V31))
    record(osv, "TEST-1", "qs", [zero, {"fixed": "6.11.1"}], aliases=["CVE-2024-0001"], summary="the same flaw")
    record(osv, "TEST-2", "qs", [zero], summary="", **score("CVSS_V4", V4))
    record(osv, "TEST-3", "qs", [zero, {"fixed": "6.0.0"}], summary="fixed long ago")
    record(osv, "TEST-4", "qs", [zero], withdrawn="2024-02-01T00:00:00Z", summary="a mistake")
    record(osv, "TEST-5", "left", [zero, {"fixed": "2.0.0"}], summary="an old score", **score("CVSS_V2", V2))
    record(osv, "TEST-6", "left", [{"introduced": "3.0.0"}, {"fixed": "4.0.0"}], summary="of another range")
    record(osv, "MAL-2024-1", "@evil/xz", [zero], summary="Malicious code in xz (npm)")
    record(osv, "DSA-1-1", "openssl", [zero, {"fixed": "0"}], ecosystem="Debian:13", summary="never in this release", upstream=["CVE-2024-0009"])
    record(osv, "DSA-2-1", "openssl", [zero, {"fixed": "3.5.0-2"}], ecosystem="Debian:13", summary="openssl - security update", upstream=["CVE-2024-0010"])
    packages = {"": {"name": "shop"}}
    for name, version in (("qs", "6.11.0"), ("left", "1.0.0"), ("@evil/xz", "1.0.0"), ("good", "1.0.0")):
        packages["node_modules/" + name] = {"version": version}
    with open(os.path.join(shop, "package-lock.json"), "w", encoding="utf-8") as f:
        json.dump({"name": "shop", "lockfileVersion": 3, "packages": packages}, f)
    with open(host + "/etc/os-release", "w", encoding="utf-8") as f:
        f.write('ID=debian\nVERSION_ID="13"\n')
    with open(host + "/var/lib/dpkg/status", "w", encoding="utf-8") as f:
        f.write("Package: libssl3\nStatus: install ok installed\nSource: openssl\nVersion: 3.5.0-1\nArchitecture: amd64\n\n")
    os.makedirs(os.path.join(folder, "clean"))
    with open(os.path.join(folder, "clean", "requirements.txt"), "w", encoding="utf-8") as f:
        f.write("nothing-known==1.0\n")
    with open(os.path.join(folder, "kev.json"), "w", encoding="utf-8") as f:
        json.dump({"title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2024.03.01", "dateReleased": "2024-03-01T00:00:00Z",
                   "count": 1, "vulnerabilities": [{"cveID": "CVE-2024-0001", "dateAdded": "2024-03-01", "dueDate": "2024-03-21",
                                                     "vendorProject": "qs", "product": "qs", "vulnerabilityName": "qs", "shortDescription": "qs",
                                                     "requiredAction": "update", "knownRansomwareCampaignUse": "Unknown"}]}, f)


def run(folder, *args):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MUSTER_STORE", "XDG"))}
    env.update(MUSTER_STORE=os.path.join(folder, "muster.db"), HOME=folder)
    return subprocess.run([muster, *args], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def document(folder, form, *args):
    r = run(folder, "check", *args, "--output", form)
    try:
        doc = json.loads(r.stdout)
        ok(True, f"{form} {' '.join(args)}: is JSON")
    except ValueError as e:
        doc = None
        ok(False, f"{form} {' '.join(args)}: is JSON", e, r.stdout, r.stderr)
    validate(form, doc)
    return doc, r.returncode


def validate(form, doc):
    folder = os.environ.get("MUSTER_SCHEMAS")
    if not folder or doc is None:
        return
    import jsonschema
    import referencing
    import referencing.jsonschema
    pairs = []
    for path in glob.glob(folder + "/*.json"):
        with open(path, encoding="utf-8") as f:
            schema = json.load(f)
        spec = referencing.jsonschema.specification_with(schema.get("$schema", ""), default=referencing.jsonschema.DRAFT202012)
        resource = referencing.Resource(schema, spec)
        name = schema.get("$id") or schema.get("id") or path
        pairs += [(name, resource), (name.split("?")[0], resource)]
    with open(os.path.join(folder, form + ".json"), encoding="utf-8") as f:
        schema = json.load(f)
    cls = jsonschema.validators.validator_for(schema)
    errors = list(cls(schema, registry=referencing.Registry().with_resources(pairs), format_checker=cls.FORMAT_CHECKER).iter_errors(doc))
    ok(not errors, f"{form}: holds the published schema", *[f"{list(e.path)}: {e.message}" for e in errors[:5]])


# ---- SARIF ----

def sarif(folder):
    doc, status = document(folder, "sarif", "shop", "host", "--all-states")
    run0 = doc["runs"][0]
    rules, results = run0["tool"]["driver"]["rules"], run0["results"]
    ok(status == 1 and doc["version"] == "2.1.0" and run0["tool"]["driver"]["name"] == "muster", "sarif: version, tool and exit status")
    ok(all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in results), "sarif: every result has its rule")
    ok(len({r["id"] for r in rules}) == len(rules), "sarif: one rule per flaw")
    by_id = {r["ruleId"]: r for r in results}
    severity = {r["id"]: r["properties"].get("security-severity") for r in rules}
    ok(severity["CVE-2024-0001"] == "9.8" and severity["MAL-2024-1"] is None, "sarif: the severity is the CVSS score, or absent", severity)
    levels = {i: (r["level"], r.get("kind")) for i, r in by_id.items()}
    ok(levels["CVE-2024-0001"] == ("error", None) and levels["MAL-2024-1"] == ("error", None), "sarif: exploited and malicious are errors", levels)
    ok(levels["TEST-5"][0] in ("error", "warning") and levels["TEST-3"] == ("none", "pass") and levels["TEST-4"] == ("none", "notApplicable"),
       "sarif: what is settled has no level", levels)
    uri = by_id["CVE-2024-0001"]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    ok(uri == "a%20b%3Ac/package-lock.json", "sarif: the path is percent-encoded", uri)
    prints = [r["partialFingerprints"]["musterFinding/v1"] for r in results]
    ok(len(set(prints)) == len(prints) and all(re.fullmatch("[0-9a-f]{64}", p) for p in prints), "sarif: fingerprints differ")
    again = {r["partialFingerprints"]["musterFinding/v1"] for r in document(folder, "sarif", "shop", "host", "--all-states")[0]["runs"][0]["results"]}
    ok(again == set(prints), "sarif: fingerprints stay")
    short = next(r for r in rules if r["id"] == "CVE-2024-0001")["shortDescription"]["text"]
    ok(short in ("reads \\[too\\] {{much}} \\\\", "the same flaw"), "sarif: brackets and braces of others are escaped", short)
    ok("remove it" in by_id["MAL-2024-1"]["message"]["text"] and "upgrade" not in by_id["MAL-2024-1"]["message"]["text"], "sarif: malicious: never upgrade")


# ---- CycloneDX ----

def cyclonedx(folder):
    doc, status = document(folder, "cyclonedx", "shop", "host")
    ok(status == 1 and doc["bomFormat"] == "CycloneDX" and doc["specVersion"] == "1.6" and doc["version"] == 1, "cyclonedx: head")
    ok(re.fullmatch("urn:uuid:" + UUID, doc["serialNumber"]), "cyclonedx: serial number", doc["serialNumber"])
    refs = [c["bom-ref"] for c in doc["components"]]
    ok(len(set(refs)) == len(refs) and all(c["purl"] == c["bom-ref"] and c["name"] for c in doc["components"]), "cyclonedx: components have their purl as reference")
    vulnerabilities = doc["vulnerabilities"]
    ok(all(a["ref"] in refs for v in vulnerabilities for a in v["affects"]), "cyclonedx: what is affected is in it")
    ok(all("analysis" not in v for v in vulnerabilities), "cyclonedx: no analysis without a statement")
    by_id = {v["id"]: v for v in vulnerabilities}
    rating = by_id["CVE-2024-0001"]["ratings"][0]
    ok(rating == {"score": 9.8, "severity": "critical", "method": "CVSSv31", "vector": V31}, "cyclonedx: rating of CVSS 3.1", rating)
    ok(by_id["TEST-2"]["ratings"][0]["method"] == "CVSSv4" and by_id["TEST-2"]["ratings"][0]["vector"] == V4, "cyclonedx: rating of CVSS 4.0")
    ok({r["id"] for r in by_id["CVE-2024-0001"]["references"]} == {"GHSA-aaaa-aaaa-aaaa", "TEST-1"}, "cyclonedx: aliases are references of one flaw")
    ok("remove it" in by_id["MAL-2024-1"]["recommendation"], "cyclonedx: malicious is to be removed")
    ok(by_id["TEST-5"]["recommendation"] == "upgrade to 2.0.0", "cyclonedx: recommendation", by_id["TEST-5"]["recommendation"])
    evil = next(c for c in doc["components"] if c["name"] == "xz")
    ok(evil["group"] == "@evil" and evil["evidence"]["occurrences"][0]["location"] == "a b:c/package-lock.json", "cyclonedx: group and place", evil)


# ---- VEX ----

def openvex(folder):
    doc, status = document(folder, "openvex", "shop", "host", "--all-states", "--author", "Example Ltd")
    ok(status == 1 and doc["@context"] == "https://openvex.dev/ns/v0.2.0" and doc["version"] == 1 and doc["author"] == "Example Ltd", "openvex: head")
    ok(re.fullmatch("urn:uuid:" + UUID, doc["@id"]) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", doc["timestamp"]), "openvex: id and date")
    by_id = {s["vulnerability"]["name"]: s for s in doc["statements"]}
    ok(len(by_id) == len(doc["statements"]), "openvex: one statement per flaw and product")
    ok(all(len(s["products"]) == 1 and s["products"][0]["@id"].startswith("pkg:") for s in doc["statements"]), "openvex: products are purls")
    status_of = {i: s["status"] for i, s in by_id.items()}
    ok(status_of == {"CVE-2024-0001": "affected", "TEST-2": "affected", "TEST-3": "fixed", "TEST-5": "affected", "TEST-6": "not_affected",
                     "MAL-2024-1": "affected", "DSA-1-1": "not_affected", "DSA-2-1": "affected"}, "openvex: statuses; nothing about what was withdrawn", status_of)
    ok(all(s.get("action_statement") for s in doc["statements"] if s["status"] == "affected"), "openvex: affected has an action")
    ok(by_id["DSA-1-1"]["justification"] == "vulnerable_code_not_present", "openvex: the distribution's word is a justification", by_id["DSA-1-1"])
    ok("justification" not in by_id["TEST-6"] and by_id["TEST-6"]["impact_statement"], "openvex: a version outside is only explained", by_id["TEST-6"])
    ok("upgrade" not in by_id["MAL-2024-1"]["action_statement"], "openvex: malicious: never upgrade")
    r = run(folder, "check", "clean", "--output", "openvex")
    ok(r.returncode == 0 and r.stdout == "" and "no document" in r.stderr, "openvex: nothing to state is no document", r.stdout, r.stderr)


def csaf_products(doc):
    return {p["product_id"]: p["product_identification_helper"]["purl"] for p in doc["product_tree"]["full_product_names"]}


def csaf(folder):
    doc, status = document(folder, "csaf", "shop", "host", "--all-states", "--author", "Example Ltd")
    head = doc["document"]
    ok(status == 1 and head["category"] == "csaf_vex" and head["csaf_version"] == "2.0" and head["publisher"]["name"] == "Example Ltd", "csaf: head")
    tracking = head["tracking"]
    ok(re.fullmatch("muster-" + UUID, tracking["id"]) and tracking["status"] == "final" and tracking["version"] == tracking["revision_history"][-1]["number"],
       "csaf: tracking", tracking)
    products = csaf_products(doc)
    ok(len(products) == len(set(products.values())) == len(doc["product_tree"]["full_product_names"]), "csaf: one product per purl")
    used, cves, good = set(), [], []
    for v in doc["vulnerabilities"]:
        listed = [p for ids in v["product_status"].values() for p in ids]
        used |= set(listed)
        cves += [v["cve"]] if "cve" in v else []
        remedied = {p for r in v.get("remediations", []) for p in r["product_ids"]}
        explained = {p for t in v.get("threats", []) + v.get("flags", []) for p in t["product_ids"]}
        good.append(len(listed) == len(set(listed)) and ("cve" in v or v["ids"]) and v["notes"] and
                    remedied >= set(v["product_status"].get("known_affected", [])) and explained >= set(v["product_status"].get("known_not_affected", [])))
    ok(all(good), "csaf: one status per product, a remediation or an impact for each", good)
    ok(used == set(products), "csaf: products and uses agree", used, products)
    ok(len(cves) == len(set(cves)) and cves == ["CVE-2024-0001"], "csaf: each CVE once", cves)
    flaw = next(v for v in doc["vulnerabilities"] if v.get("cve"))
    ok(flaw["scores"][0]["cvss_v3"] == {"version": "3.1", "vectorString": V31, "baseScore": 9.8, "baseSeverity": "CRITICAL"}, "csaf: score of CVSS 3.1", flaw["scores"])
    ok(any(t["category"] == "exploit_status" for t in flaw["threats"]), "csaf: exploited is a threat")
    old = next(v for v in doc["vulnerabilities"] if v.get("ids", [{}])[0].get("text") == "TEST-5")
    ok(old["scores"][0]["cvss_v2"] == {"version": "2.0", "vectorString": V2, "baseScore": 7.5}, "csaf: score of CVSS 2.0", old["scores"])
    ok(old["remediations"][0]["category"] == "vendor_fix" and old["remediations"][0]["details"] == "upgrade to 2.0.0", "csaf: remediation")
    evil = next(v for v in doc["vulnerabilities"] if v.get("ids", [{}])[0].get("text") == "MAL-2024-1")
    ok(evil["remediations"][0]["category"] == "mitigation" and "upgrade" not in evil["remediations"][0]["details"], "csaf: malicious: never upgrade")
    empty, status = document(folder, "csaf", "clean")
    ok(status == 0 and empty["document"]["category"] == "csaf_base" and "vulnerabilities" not in empty, "csaf: nothing to state is a base document")


# ---- VEX ----

def statement(flaw, product, status, **more):
    return {"vulnerability": {"name": flaw}, "products": [{"@id": product}], "status": status, **more}


def vex(folder):
    said = [statement("GHSA-aaaa-aaaa-aaaa", "pkg:npm/qs", "not_affected", justification="inline_mitigations_already_exist", impact_statement="a \"wall\""),
            statement("TEST-5", "pkg:npm/left@1.0.0", "fixed"), statement("TEST-3", "pkg:npm/qs@6.11.0", "affected", action_statement="wait"),
            statement("TEST-2", "pkg:npm/qs@6.11.1", "fixed")]
    with open(os.path.join(folder, "vex.json"), "w", encoding="utf-8") as f:
        json.dump({"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex/1", "author": "Example Ltd",
                   "timestamp": "2024-04-03T00:00:00Z", "version": 1, "statements": said}, f)
    r = run(folder, "advisories", "import", "vex.json")
    ok(r.returncode == 0 and "4 VEX statements" in r.stdout, "statements are imported", r.stdout, r.stderr)
    doc, _ = document(folder, "openvex", "shop", "--all-states")
    by_flaw = {s["vulnerability"]["name"]: s for s in doc["statements"]}
    one = by_flaw["CVE-2024-0001"]
    ok(one["status"] == "not_affected" and one["justification"] == "inline_mitigations_already_exist" and "Example Ltd" in one["impact_statement"],
       "openvex: what was said of one record holds for the flaw", one)
    ok(by_flaw["TEST-5"]["status"] == "fixed" and by_flaw["TEST-3"]["status"] == "affected"
       and by_flaw["TEST-3"]["action_statement"] == "Example Ltd advises: wait", "openvex: fixed and affected as stated", by_flaw)
    doc, _ = document(folder, "cyclonedx", "shop", "--all-states")
    analyses = {v["id"]: v.get("analysis") for v in doc["vulnerabilities"]}
    ok(analyses["CVE-2024-0001"]["justification"] == "protected_by_mitigating_control" and analyses["CVE-2024-0001"]["state"] == "not_affected",
       "cyclonedx: analysis with its own word for the justification", analyses)
    ok("justification" not in analyses["TEST-3"] and analyses["TEST-3"]["state"] == "exploitable" and analyses["TEST-2"] is None,
       "cyclonedx: no justification for what is affected, no analysis without a statement", analyses)
    doc, _ = document(folder, "csaf", "shop", "--all-states")
    flaw = next(v for v in doc["vulnerabilities"] if v.get("cve"))
    ok(flaw["flags"][0]["label"] == "inline_mitigations_already_exist" and any("Example Ltd" in t["details"] for t in flaw["threats"]),
       "csaf: flag and impact from the statement", flaw)
    doc, _ = document(folder, "sarif", "shop", "--all-states")
    ok(any("Example Ltd" in r["message"]["text"] for r in doc["runs"][0]["results"]), "sarif: the message says who")
    r = run(folder, "check", "shop", "--json")
    answer = json.loads(r.stdout)
    ok(answer["statements"] == 4 and answer["unmatched_statements"]["count"] == 1
       and answer["unmatched_statements"]["list"][0]["product"] == "pkg:npm/qs@6.11.1", "what settled nothing is in the answer", r.stdout)


with tempfile.TemporaryDirectory() as tmp:
    material(tmp)
    r = run(tmp, "advisories", "import", "osv", "kev.json")
    ok(r.returncode == 0, "advisories are imported", r.stdout, r.stderr)
    sarif(tmp)
    cyclonedx(tmp)
    openvex(tmp)
    csaf(tmp)
    for form in ("sarif", "cyclonedx"):
        doc, status = document(tmp, form, "clean")
        ok(status == 0, f"{form}: nothing found is a document too")
    vex(tmp)
    r = run(tmp, "check", "shop", "--output", "sbom")
    ok(r.returncode == 2 and r.stdout == "" and "table, json, csv, tsv, sarif, cyclonedx, openvex or csaf" in r.stderr, "an unknown form lists what there is", r.stderr)
    r = run(tmp, "assets", "--output", "sarif")
    ok(r.returncode == 2, "other commands do not know these forms", r.stderr)
done()
