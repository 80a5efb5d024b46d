$ muster gate check web1
! muster: the block list is empty
allowed: *web1 (4 components against 0 blocks)
$ muster block xz@5.6.0..5.6.1 --reason CVE-2024-3094
...
$ muster gate check web1
denied: liblzma5 5.6.1-1 is blocked (CVE-2024-3094)
  where: var/lib/dpkg/status
  entry: block 1: xz@5.6.0..5.6.1
  to do: *
denied: *web1 (4 components against 1 blocks)
[1]
$ muster gate check web2
allowed: *
$ muster gate check odd
cannot tell: var/lib/dpkg/status was not read: *
...
[5]
$ muster gate check shop --json
{"decision":"allow","asset":"*shop","components":4,"blocks":1,"stalest_feed":null,"reasons":[]}
$ muster gate check nowhere
! muster: *nowhere*
[4]
$ muster gate check docker-archive:web1/etc/os-release
[3]
$ muster scan --quiet web1 --as web1
...
$ muster gate check asset:web1
denied: liblzma5 5.6.1-1 is blocked (CVE-2024-3094)
...
[1]
# A requirement without a version against a range: it cannot be told.
$ muster block requests@1.0..2.0 --reason test
...
$ muster gate check loose
cannot tell: requests  may be blocked: its version is not known
...
[5]
$ muster gate
[2]
# A block by an advisory's id follows the advisories; without them, or without that record, the gate cannot tell.
$ muster advisories import osv
...
$ muster block CVE-2024-0001 --reason 'reads too much'
block 3: CVE-2024-0001; 0 stored assets hold it
$ muster gate check shop
denied: qs 6.11.0 is blocked (reads too much)
  where: package-lock.json
  entry: block 3: CVE-2024-0001
...
[1]
# Of Alpine nothing was imported.
$ muster gate check web2
cannot tell: block 3 cannot be judged: it has packages of which no advisories were imported: Alpine
...
[5]
$ muster block MAL-2024-2 --except pkg:npm/xz@1.0.0 --reason 'but ours'
block 4: MAL-2024-2; 0 stored assets hold it
$ muster gate check shop
denied: qs 6.11.0 is blocked (reads too much)
...
[1]
$ muster unblock 3 --reason test
...
$ muster gate check shop
allowed: *
$ muster --store empty.db block CVE-2024-0001 --reason x
! muster: CVE-2024-0001: there are no advisories in this store*
[5]
