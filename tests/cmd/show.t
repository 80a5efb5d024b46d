$ muster scan --quiet web1 --as web1
...
$ muster show web1
web1: root, profile installed, 4 components, scanned * to *
TYPE*
deb*libc6*
deb*liblzma5*5.6.1-1*installed*xz*5.6.1*var/lib/dpkg/status*
deb*libsystemd0*
deb*openssh-server*
$ muster show web1@2001-01-01
! muster: web1: not known at that time; first scanned on *
[4]
$ muster show web
! muster: no asset is called 'web'; did you mean 'web1'?
[4]
$ muster show web1 --tsv
type	name	version	purl	scope	layer	path	upstream	upstream_version
...
$ muster show
[2]
