$ muster check shop
! muster: no advisories were imported yet*
[4]
$ muster advisories import osv
...
$ muster check shop
! muster: the stalest feed, *, tells of * ago*
STATE*SEVERITY*ID*COMPONENT*VERSION*FIX*ASSET*PATH*SUMMARY*
malicious*MAL-2024-2*xz*1.0.0*remove it*shop*package-lock.json*Malicious code in xz (npm)*
affected*high 7.5*CVE-2024-0001*qs*6.11.0*6.11.1*shop*package-lock.json*qs reads too much*
2 affected, 0 possible, 0 unknown; 4 components, 0 of kinds that no advisory speaks of
[1]
$ muster check shop --fail-on critical,kev --quiet
...
$ muster check shop --fail-on malicious --quiet
...
[1]
$ muster check shop --fail-on severe
[2]
$ muster scan --quiet web1 --as web1
...
$ muster check web1 --tsv --quiet
state	severity	id	component	version	fix	asset	path	summary
affected		*	openssh-server	1:9.7p1-2	1:9.7p1-3	*web1	var/lib/dpkg/status	openssh - security update
[1]
$ muster check asset:web1 --json --quiet
{"assets":1,"components":4,*"findings":[{"asset":"web1",*]}
[1]
$ muster check --all --only-fixable --quiet
...
[1]
$ muster check odd --quiet
...
[5]
$ muster check --explain CVE-2024-0001 pkg:npm/qs@6.11.0
looked up: npm / qs, compared as 6.11.0
TEST-2024-1 (osv): npm / qs: affected: *
  range: from 6.0.0 to before 6.11.1
  fixed in: 6.11.1
[1]
$ muster check --explain CVE-2024-0001 pkg:npm/qs@6.12.0
...
$ muster check --explain NOTHING-1 pkg:npm/qs@6.12.0
[4]
$ muster check
[2]
# Documents of other formats.
$ muster check shop --output sarif --quiet
{"$schema":*"version":"2.1.0",*"ruleId":"MAL-2024-2",*"level":"error",*"ruleId":"CVE-2024-0001",*
[1]
$ muster check shop --output cyclonedx --quiet
{*"bomFormat":"CycloneDX","specVersion":"1.6",*"bom-ref":"pkg:npm/qs@6.11.0",*"score":7.5,*"recommendation":"upgrade to 6.11.1",*
[1]
$ muster check shop --output openvex --author "Example Ltd" --quiet
{"@context":"https://openvex.dev/ns/v0.2.0",*"author":"Example Ltd",*"status":"affected",*"action_statement":"remove it*
[1]
$ muster check shop --output csaf --quiet
{"document":{"category":"csaf_vex",*"known_affected":["CSAFPID-0001"]*
[1]
$ muster check loose --output openvex
! muster: nothing was found, and openvex has no document for that
$ muster check shop --output xml
! muster: --output 'xml': expected table, json, csv, tsv, sarif, cyclonedx, openvex or csaf
[2]
$ muster where xz --output sarif
[2]
# Only what is new: records published or changed after that time.
$ muster check shop --since 2024-03-15 --tsv --quiet
state	severity	id	component	version	fix	asset	path	summary
malicious		MAL-2024-2	xz	1.0.0	remove it	*shop	package-lock.json	Malicious code in xz (npm)
[1]
$ muster check shop --since 2024-04-01T00:00:00Z --tsv --quiet
state	severity	id	component	version	fix	asset	path	summary
$ muster check --all --since 2024-04-01 --tsv --quiet
state	severity	id	component	version	fix	asset	path	summary
affected		*	openssh-server	1:9.7p1-2	1:9.7p1-3	web1	var/lib/dpkg/status	openssh - security update
[1]
$ muster check shop --since lately
! muster: --since 'lately': expected a date*
[2]
# VEX statements: they settle findings, except what is malicious; what they did not settle is told.
$ muster advisories import vex
vex: 0 advisories, 5 VEX statements
...
$ muster check shop --all-states
! muster: 4 of 5 VEX statements settled nothing here (--verbose lists them)
STATE*
malicious*MAL-2024-2*xz*1.0.0*remove it*
not affected*high 7.5*CVE-2024-0001*qs*6.11.0*[Example Ltd in https://example.com/vex/shop-1: vulnerable_code_not_in_execute_path: *] qs reads too much*
1 affected, 0 possible, 0 unknown; 4 components, 0 of kinds that no advisory speaks of
[1]
$ muster check shop web1 --verbose --fail-on unknown
! muster: 2 of 5 VEX statements settled nothing here:
! muster:   unmatched: MAL-2024-2 not_affected: pkg:npm/xz (Example Ltd, vex)
! muster:   unmatched: CVE-2024-0099 not_affected: pkg:npm/absent (Example Ltd, vex)
! muster: VEX statements outweighed by others that say otherwise: 1
! muster:   outweighed: CVE-2024-0003 not_affected: * (Example Ltd), by CVE-2024-0003 under_investigation: * (Debian Security Team)
...
unknown*DSA-1-1*openssh-server*[Debian Security Team in https://example.org/vex/debian-1] openssh*
...
[1]
$ muster check --all --tsv --quiet
state	severity	id	component	version	fix	asset	path	summary
unknown		*	openssh-server	1:9.7p1-2	*	web1	var/lib/dpkg/status	[Debian Security Team in *] openssh - security update
$ muster check --explain CVE-2024-0001 pkg:npm/qs@6.11.0
looked up: npm / qs, compared as 6.11.0
TEST-2024-1 (osv): npm / qs: not affected: a statement about the product decides
  range: from 6.0.0 to before 6.11.1
  fixed in: 6.11.1
  statement: CVE-2024-0001 not_affected: pkg:npm/qs@6.11.0
  by: Example Ltd in https://example.com/vex/shop-1: vulnerable_code_not_in_execute_path: * (vex, third party)
$ muster check shop --all-states --output cyclonedx --quiet
{*"analysis":{"state":"not_affected","justification":"code_not_reachable","detail":"*Example Ltd*"}*
[1]
$ muster check shop --all-states --output openvex --quiet
{*"status":"not_affected","justification":"vulnerable_code_not_in_execute_path","impact_statement":"*"*
[1]
# A statement about an asset holds in that asset alone.
$ muster scan --quiet web1 --as lab
...
$ muster advisories import vex-lab
vex-lab: 0 advisories, 1 VEX statements
...
$ muster advisories status --tsv
source	records	newest	imported	state	statements	as_of
osv	3	*	0	*
vex	0	*	5	*
vex-lab	0	*	1	*
# The distribution's word outweighs the asset's own; without it, the asset's is heard.
$ muster advisories import none/vex
vex: 0 advisories, 1 VEX statements
...
$ muster check --all --all-states --tsv --quiet
state	severity	id	component	version	fix	asset	path	summary
affected		*	openssh-server	1:9.7p1-2	1:9.7p1-3	web1	var/lib/dpkg/status	openssh - security update
fixed		*	openssh-server	1:9.7p1-2	*	lab	var/lib/dpkg/status	[Example Ltd in *] openssh - security update
not affected		*
not affected		*
[1]
$ muster check asset:lab --tsv --quiet
state	severity	id	component	version	fix	asset	path	summary
