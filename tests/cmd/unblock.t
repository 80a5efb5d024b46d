$ muster block xz --reason test
block 1: xz; 0 stored assets hold it
$ muster unblock 1
[2]
$ muster unblock 1 --reason over
block 1 ended; it stays on record
$ muster unblock 7 --reason x
! muster: there is no block 7; *
[4]
$ muster block xz --reason test
block 2: xz; 0 stored assets hold it
