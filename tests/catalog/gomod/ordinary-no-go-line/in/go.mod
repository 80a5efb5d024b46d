module bare
require x.example/y v0.1.0
