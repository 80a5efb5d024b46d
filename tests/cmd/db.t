$ muster db info
! muster: nothing was scanned yet*
[4]
$ muster scan --quiet web1 --as web1
...
$ muster db check
sound
$ muster db info
path *
schema *
...
assets         1
...
$ muster db backup copy.db
$ muster --store copy.db assets --tsv
asset	kind	components	profile	state	last_scan	owner	tags
web1*
$ muster db backup copy.db
[4]
$ muster db compact
$ muster db mend
[2]
$ muster --store web1/etc/os-release assets
! muster: *
[3]
