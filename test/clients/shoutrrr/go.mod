module heliograph/test/clients/shoutrrr

go 1.26

require github.com/nicholas-fedor/shoutrrr v0.13.2

require (
	github.com/mattn/go-colorable v0.1.14 // indirect
	github.com/mattn/go-isatty v0.0.20 // indirect
	golang.org/x/sys v0.40.0 // indirect
	golang.org/x/term v0.39.0 // indirect
)
