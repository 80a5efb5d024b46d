$ muster vex list
! muster: nothing is said
$ muster advisories import osv
...
$ muster check shop --tsv --quiet
...
affected	high 7.5	CVE-2024-0001	qs	6.11.0	*
[1]
$ muster vex add CVE-2024-0001 pkg:npm/qs
! muster: --status is needed*
[2]
$ muster vex add CVE-2024-0001 pkg:npm/qs --status not_affected --reason 'never parses input'
! muster: --justification is needed*
[2]
$ muster vex add CVE-2024-0001 pkg:npm/qs --status not_affected --justification because --reason x
! muster: --justification is one of*
[2]
$ muster vex add CVE-2024-0001 pkg:npm/qs --status not_affected --justification vulnerable_code_not_in_execute_path --reason x
! muster: --until is needed*
[2]
$ muster vex add CVE-2024-0001 qs --status affected --reason x
! muster: qs: expected a purl*
[2]
$ muster vex add CVE-2024-0001 pkg:npm/qs --status not_affected --justification vulnerable_code_not_in_execute_path --reason 'never parses input' --until 2999-01-01
statement 1: CVE-2024-0001 not_affected: pkg:npm/qs
$ muster vex add CVE-2024-0001 pkg:npm/qs --status not_affected --justification vulnerable_code_not_in_execute_path --reason 'again' --until 2999-01-01
statement 1: CVE-2024-0001 not_affected: pkg:npm/qs (it stood already)
# It holds for every version.
$ muster check shop --tsv --quiet
state	severity	id	component	version	fix	asset	path	summary
malicious	*
[1]
$ muster vex list --tsv
number	state	vulnerability	status	about	justification	reason	who	at	until
1	stands	CVE-2024-0001	not_affected	pkg:npm/qs	vulnerable_code_not_in_execute_path	never parses input	*	*	2999-01-01T23:59:59Z
$ muster vex add CVE-2024-0001 pkg:npm/qs --status under_investigation --reason 'we look again'
statement 2: CVE-2024-0001 under_investigation: pkg:npm/qs
$ muster check shop --tsv --quiet
...
unknown	high 7.5	CVE-2024-0001	qs	6.11.0	*
...
[1]
$ muster vex end 2 --reason 'affected after all'
statement 2 ended; it stays on record
$ muster vex list --all --tsv
number	state	vulnerability	status	about	justification	reason	who	at	until
1	ended	CVE-2024-0001	not_affected	*
2	ended	CVE-2024-0001	under_investigation	*
$ muster vex end 9 --reason x
! muster: there is no statement 9*
[4]
$ muster vex end
[2]
# In one asset only, and before anybody published it.
$ muster scan --quiet web1 --as web1
...
$ muster vex add CVE-2999-0001 --in web1 --status fixed --reason 'ours' --until 2999-12-31 --json
! muster: no imported advisory is called so*
{"statements":[{"number":3,"state":"stands","vulnerability":"CVE-2999-0001","status":"fixed","product":"web1",*}]}
$ muster vex add CVE-2999-0001 --in nowhere --status affected --reason x
[4]
$ muster vex
[2]
