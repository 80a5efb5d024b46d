$ muster scan --quiet web1 --as web1
...
$ muster why web1 xz
pkg:deb/debian/liblzma5@5.6.1-1?arch=amd64&distro=debian-13
  installed: var/lib/dpkg/status
  because: openssh-server 1:9.7p1-2 → libsystemd0 255.4-1 → liblzma5 5.6.1-1
[1]
$ muster why web1 zlib
! muster: web1: nothing of 'zlib' is in it
$ muster why web1 xz --json
{"asset":"web1","chains":[{"exact":true,"purls":["pkg:deb/debian/openssh-server@1:9.7p1-2?arch=amd64&distro=debian-13",*]}],"found":[*]}
[1]
$ muster why web1
[2]
