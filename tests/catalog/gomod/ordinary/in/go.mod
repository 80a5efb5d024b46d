module example.org/Team/app // the product

go 1.22.1
toolchain go1.22.5

require example.org/single v1.0.0
require (
	"example.org/quoted" v1.1.0
	example.org/indirect/v3 v3.2.1+incompatible // indirect
	example.org/old v1.0.0
	example.org/local v0.0.0-20240101000000-0123456789ab // indirect; a comment
	example.org/any v2.0.0
	example.org/other-version v1.0.0
	example.org/excluded v1.5.0
)

replace (
	example.org/old v1.0.0 => example.org/fork v1.0.1
	example.org/local => ../local
	example.org/any => `example.org/elsewhere` v9.9.9
	example.org/other-version v1.1.0 => example.org/not-used v1
)

exclude example.org/excluded v1.5.0

retract (
	v1.0.0 // a mistake
	[v1.1.0, v1.2.0]
)
tool example.org/tool/cmd
godebug default=go1.21
