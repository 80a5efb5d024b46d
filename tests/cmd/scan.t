# One root, one project; the contract's TSV.
$ muster scan web1 --tsv
type	name	version	purl	scope	layer	path	upstream	upstream_version
deb	libc6	2.37-15	pkg:deb/debian/libc6@2.37-15?arch=amd64&distro=debian-13	installed		var/lib/dpkg/status	glibc	2.37
deb	liblzma5	5.6.1-1	pkg:deb/debian/liblzma5@5.6.1-1?arch=amd64&distro=debian-13	installed		var/lib/dpkg/status	xz	5.6.1
deb	libsystemd0	255.4-1	pkg:deb/debian/libsystemd0@255.4-1?arch=amd64&distro=debian-13	installed		var/lib/dpkg/status	systemd	255.4
deb	openssh-server	1:9.7p1-2	pkg:deb/debian/openssh-server@1:9.7p1-2?arch=amd64&distro=debian-13	installed		var/lib/dpkg/status	openssh	9.7p1
$ muster scan shop --tsv
type	name	version	purl	scope	layer	path	upstream	upstream_version
npm	express	4.18.2	pkg:npm/express@4.18.2	declared		package-lock.json	express	4.18.2
npm	qs	6.11.0	pkg:npm/qs@6.11.0	declared		package-lock.json	qs	6.11.0
npm	shop	1.0.0	pkg:npm/shop@1.0.0	declared		package-lock.json	shop	1.0.0
npm	xz	1.0.0	pkg:npm/xz@1.0.0	declared		package-lock.json	npm:xz	1.0.0
$ muster scan web1
*web1: root, profile installed, 4 components, unchanged
$ muster scan web1 --profile declared
! muster: *profile*
[4]
$ muster scan odd
! muster:   var/lib/dpkg/status: *:6: the same field twice in one paragraph
*odd: root, profile installed, 1 component, new, incomplete
[5]
$ muster scan nowhere
! muster: nowhere: no such file or folder
[4]
$ muster scan
! muster: name at least one target
[2]
$ muster scan web1 --profile most
! muster: --profile 'most': expected installed, declared or all
[2]
$ muster scan docker-archive:web1/etc/os-release
! muster: *web1/etc/os-release*
[3]
$ muster scan registry:example/app
! muster: registry: targets cannot be read by this version*
[2]
$ muster scan web2 nowhere --quiet
! muster: nowhere: no such file or folder
*web2: root, profile installed, 2 components, new
[4]
$ muster scan web1 web2 --as both
! muster: --as takes exactly one target
[2]
$ muster scan --no-store web2
TYPE  NAME     VERSION*SCOPE*UPSTREAM*UPSTREAM VERSION*PATH*
apk   musl     1.2.4_git20230717-r4*
apk   xz-libs  5.4.5-r0*xz*5.4.5*
$ muster scan --exclude 'var/**' --as part web1
! muster: part: incomplete: *
...
[5]
# A lock file by itself is read for what it declares.
$ muster scan shop/package-lock.json --tsv
type	name	version	purl	scope	layer	path	upstream	upstream_version
npm	express	4.18.2	pkg:npm/express@4.18.2	declared		package-lock.json	express	4.18.2
...
