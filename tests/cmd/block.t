$ muster scan --quiet web1 --as web1
...
$ muster block xz@5.6.0..5.6.1
! muster: --reason is needed*
[2]
$ muster block xz@5.6.0..5.6.1 --reason CVE-2024-3094
block 1: xz@5.6.0..5.6.1; 1 stored asset holds it
$ muster block xz@5.6.0..5.6.1 --reason again
block 1: xz@5.6.0..5.6.1 (it stood already); 1 stored asset holds it
$ muster block 'xz@>=' --reason x
[2]
$ muster block lodash pkg:npm/qs@6.11.0 --reason two --until 2999-01-01 --json
{"blocks":[{"number":2,"what":"lodash","new":true,"holders":0},{"number":3,"what":"pkg:npm/qs@6.11.0","new":true,"holders":0}]}
$ muster block x --reason late --until 2001-01-01
! muster: --until lies in the past
[2]
$ muster block
[2]
# By an advisory's id, once there are advisories that know it.
$ muster block CVE-2024-0003 --reason sshd
! muster: CVE-2024-0003: there are no advisories in this store*
[5]
$ muster advisories import osv
...
$ muster block CVE-2024-0003 --reason sshd
block 4: CVE-2024-0003; 1 stored asset holds it
$ muster block DSA-1-1 --except openssh --reason no
block 5: DSA-1-1; 0 stored assets hold it
$ muster block CVE-2024-9999 --reason x
! muster: no advisory is called 'CVE-2024-9999'*
[5]
$ muster block DSA-1-1 --except CVE-2024-0003 --reason x
! muster: CVE-2024-0003: an advisory cannot be an exception*
[5]
