$ muster blocks
! muster: nothing is blocked
$ muster block xz@5.6.1 --except pkg:deb/debian/xz-utils --reason CVE-2024-3094
...
$ muster blocks
NUMBER  STATE   WHAT      EXCEPT                   REASON         WHO  *AT*
1       stands  xz@5.6.1  pkg:deb/debian/xz-utils  CVE-2024-3094  *
$ muster unblock 1 --reason over
...
$ muster blocks --tsv
number	state	what	except	reason	who	at	until
$ muster blocks --all --tsv
number	state	what	except	reason	who	at	until
1	ended	xz@5.6.1	pkg:deb/debian/xz-utils	CVE-2024-3094	*	*	
