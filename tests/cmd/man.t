$ muster man
.TH MUSTER 1 *
...
$ muster man nothing
[2]
