$ muster version compare deb < versions.txt
<
=
>
?
$ muster version contains npm < ranges.txt
true
false
?
$ muster version upstream deb < packaged.txt
5.4.5
9.2p1
$ muster version compare nothing
! muster: there is no version scheme 'nothing'*
[2]
$ muster --version
muster 0.1.0
