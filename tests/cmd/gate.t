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
{"decision":"allow","asset":"*shop","components":4,"blocks":1,"reasons":[]}
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
