$ muster help where
muster where WHAT… [options]
...
$ muster help nothing
[2]
$ muster
...
[2]
$ muster assets --colour
! muster: there is no option --colour of assets
[2]
$ muster assets --output xml
! muster: --output 'xml': expected table, json, csv or tsv
[2]
$ muster where -x
[2]
