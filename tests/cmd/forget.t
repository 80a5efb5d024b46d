$ muster scan --quiet web1 --as web1
...
$ muster forget web1
forgot web1 and its history
$ muster assets
! muster: no asset*
$ muster forget web1
[4]
$ muster where xz
...
[5]
