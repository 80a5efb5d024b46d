$ muster assets
! muster: no asset; `muster scan` adds some
$ muster scan --quiet web1 --as web1 --owner ops --tag prod --tag eu
...
$ muster scan --quiet shop --as shop
...
$ muster assets
ASSET  KIND     COMPONENTS  PROFILE    STATE     LAST SCAN             OWNER  TAGS
shop   project  4           declared   complete  *
web1   root     4           installed  complete  *  ops    eu;prod
$ muster assets --tag prod --json
{"assets":[{"asset":"web1","kind":"root","owner":"ops","tags":["eu","prod"],"components":4,"profile":"installed","complete":true,"first_seen":"*","last_scan":"*","target":"web1"}]}
$ muster assets 'w*' --csv
asset,kind,components,profile,state,last_scan,owner,tags
web1,root,4,installed,complete,*,ops,eu;prod
$ muster assets a b
[2]
