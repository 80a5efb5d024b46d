$ muster where xz
! muster: nothing was scanned yet*
[5]
$ muster scan --quiet web1 web2 shop
...
$ muster where xz@5.6.0..5.6.1 --kind root
! muster: the oldest scan this rests on is *
STATE*RANK*ASSET*COMPONENT*VERSION*SCOPE*PATH*SINCE*CONFIRMED*WHY
exposed*installed*web1*liblzma5*5.6.1-1*installed*var/lib/dpkg/status*patched by the distribution?
1 exposed, 1 not exposed, 0 unknown
[1]
$ muster where xz@5.6.0..5.6.1 --kind root --all --tsv
state	rank	asset	component	version	scope	path	since	confirmed	owner	why
exposed	installed	*/web1	liblzma5	5.6.1-1	installed	var/lib/dpkg/status	*	*		exposed by upstream version; patched by the distribution?
not exposed		*/web2*
[1]
$ muster where xz@5.2.0..5.4.4 --kind root
0 exposed, 2 not exposed, 0 unknown
$ muster where xz@5.6 --kind root
! muster: hint: xz@5.6 means exactly that version; there are 5.6.1: ask for xz@5.6.*
0 exposed, 2 not exposed, 0 unknown
$ muster where xz@5.6.* --kind root --quiet
...
1 exposed, 1 not exposed, 0 unknown
[1]
$ muster where liblzma5 --kind root
...
2 present, 0 not exposed, 0 unknown
[1]
$ muster where liblzma5 --exact --kind root
...
1 present, 1 not exposed, 0 unknown
[1]
$ muster where 'xz@>=5.6.0,<5.6.2' 'vers:nonsense' --kind root
...
1 exposed, 1 not exposed, 0 unknown
[1]
$ muster where 'xz@vers:generic/>=5.6.0|<5.6.2' --kind root
...
1 exposed, 1 not exposed, 0 unknown
[1]
$ muster where pkg:deb/debian/liblzma5@5.6.1-1 --kind root
...
1 exposed, 1 not exposed, 0 unknown
[1]
$ muster where 'pkg:deb/debian/liblzma5@<5.6.1-1' --kind root
0 exposed, 2 not exposed, 0 unknown
$ muster where '*lzma*' --kind root
...
1 present, 1 not exposed, 0 unknown
[1]
# The npm package of that name is another project.
$ muster where xz
! muster: not meant: npm xz is another project of the same name
...
2 present, 0 not exposed, 1 unknown
[1]
$ muster where pkg:npm/xz
...
1 present, 2 not exposed, 0 unknown
[1]
$ muster where expres
! muster: nothing is called so; did you mean 'express'?
...
0 present, 3 not exposed, 0 unknown
$ muster where express --asset shop --json --quiet
...
[4]
$ muster where xz --at 2001-01-01
...
0 present, 0 not exposed, 3 unknown
[5]
$ muster where xz --at yesterday
! muster: --at 'yesterday': expected a date *
[2]
$ muster where xz --max-age never
[2]
$ muster where CVE-2024-3094
! muster: CVE-2024-3094: there are no advisories in this store*
[5]
$ muster where sha256:12
! muster: 'sha256:12': not a digest*
[2]
$ muster where sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
...
0 exposed, 0 not exposed, 3 unknown
[5]
$ muster where
[2]
$ muster where xz --owner nobody
0 present, 0 not exposed, 0 unknown
! muster: no asset was asked*
[5]
$ muster wher xz
! muster: there is no command 'wher'; did you mean 'where'?
[2]
# By an advisory's id: what the imported advisories say of each component.
$ muster advisories import osv
...
$ muster where DSA-1-1 --kind root
! muster: the stalest feed, *, tells of * ago*
STATE*RANK*ASSET*COMPONENT*VERSION*WHY*
exposed*installed*web1*openssh-server*1:9.7p1-2*DSA-1-1 (osv): the version lies in an affected range; fixed in 1:9.7p1-3*
1 exposed, 1 not exposed, 0 unknown
[1]
$ muster where MAL-2024-2 --quiet
...
exposed*declared*shop*xz*1.0.0*MAL-2024-2 (osv): this version of the package is malicious: remove it*
1 exposed, 2 not exposed, 0 unknown
[1]
# An alias, and a distribution's record about it, in any case. Of Alpine nothing was imported: no record is no proof.
$ muster where cve-2024-0003 --kind root --quiet
...
exposed*web1*openssh-server*
unknown*web2*it has packages of which no advisories were imported: Alpine*
1 exposed, 0 not exposed, 1 unknown
[1]
$ muster where CVE-2024-0001 --kind project --tsv --quiet
state	rank	asset	component	version	scope	path	since	confirmed	owner	why
exposed	declared	*shop	qs	6.11.0	declared	package-lock.json	*	*		TEST-2024-1 (osv): the version lies in an affected range; fixed in 6.11.1
[1]
$ muster where CVE-2024-0001 --asset web1 --quiet
...
[4]
$ muster where CVE-2024-0001 MAL-2024-2 --kind project --json --quiet
{*"stalest_feed":"2024-04-02T00:00:00Z"*"exposed":1,*and 1 more component*}
[1]
$ muster where CVE-2024-0001 --at 2001-01-01 --quiet
...
0 exposed, 0 not exposed, 3 unknown
[5]
$ muster where CVE-2024-3094
! muster: no advisory is called 'CVE-2024-3094' in what was imported*
[5]
# A package may begin as an id does.
$ muster where cve-bin-tool --quiet
0 present, 3 not exposed, 0 unknown
# Debian has not spoken of this flaw, but Alpine has, of the same project: no "not exposed" from silence.
$ muster advisories import osv-other
...
$ muster where CVE-2024-0009 --kind root --all --quiet
STATE*
unknown*installed*web1*liblzma5*5.6.1-1*TEST-2024-9 (osv-other): matched by the upstream project's name and version only; fixed in 5.6.1-r2*
not exposed*web2*
0 exposed, 1 not exposed, 1 unknown
[5]
