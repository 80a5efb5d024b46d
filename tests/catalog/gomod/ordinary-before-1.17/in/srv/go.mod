module example.org/older

go 1.16

require example.org/direct v1.0.0
