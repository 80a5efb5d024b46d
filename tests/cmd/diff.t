$ muster scan --quiet web1 --as a
...
$ muster scan --quiet web2 --as b
...
$ muster diff a b --tsv
what	type	component	before	after
added	apk	musl		1.2.4_git20230717-r4
added	apk	xz-libs		5.4.5-r0
removed	deb	libc6	2.37-15	
removed	deb	liblzma5	5.6.1-1	
removed	deb	libsystemd0	255.4-1	
removed	deb	openssh-server	1:9.7p1-2	
[1]
$ muster diff a a
$ muster diff a b --json
{"incomplete":false,"changes":[*"change":"removed"*]}
[1]
$ muster diff a
[2]
