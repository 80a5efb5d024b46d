$ muster advisories status
! muster: no advisories were imported yet; *
[4]
$ muster advisories import osv
osv: 3 advisories
3 records, * bytes
$ muster advisories match < packages.txt
TEST-2024-1

DSA-1-1

MAL-2024-2
?
?
$ muster advisories status --tsv
source	records	newest	imported	state	statements	as_of
osv	3	2024-04-02T00:00:00Z	*	stale	0	2024-04-02T00:00:00Z
$ muster advisories show CVE-2024-0001
TEST-2024-1  (osv, modified 2024-03-01T00:00:00Z)
summary    qs reads too much
aliases    CVE-2024-0001
severity   CVSS_V3 CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H
record     {*
$ muster advisories search qs --tsv
id	source	modified	summary
TEST-2024-1	osv	2024-03-01T00:00:00Z	qs reads too much
[1]
$ muster advisories show NOTHING-1
! muster: no advisory is called 'NOTHING-1'*
[4]
# What is no feed is refused, and the old index stays.
$ muster advisories import nowhere
[4]
$ muster advisories import packages.txt
! muster: packages.txt: no known feed format
[3]
$ muster advisories match < packages.txt
TEST-2024-1
...
$ muster advisories import
[2]
$ muster advisories
[2]
