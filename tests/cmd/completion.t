$ muster completion bash
_muster() {
...
$ muster completion tcsh
[2]
