$ muster scan --quiet web1 --as web1
...
$ muster asset set web1 --owner team --tag a --tag b --as front
$ muster assets --tsv
asset	kind	components	profile	state	last_scan	owner	tags
front	root	4	installed	complete	*	team	a;b
$ muster asset set web1 --owner x
! muster: *web1*
[4]
$ muster asset set front
! muster: nothing to set; give --owner, --tag, --kind or --as
[2]
$ muster asset set front --tag ''
$ muster assets --tsv
...
front	root	4	installed	complete	*	team*
