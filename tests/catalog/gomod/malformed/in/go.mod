module example.org/broken
go 1.20
require example.org/no-version
require "example.org/not-closed v1.0.0
require (
	example.org/kept v1.0.0
	example.org/too many words here in one line of it all v1
	example.org/also-kept v1.0.0
replace example.org/kept =>
unknown verb
