module github.com/magpie-go/magpie/internal/conformance

go 1.26.0

require (
	github.com/gobwas/ws v1.4.0
	github.com/jackc/pgx/v5 v5.7.6
	github.com/magpie-go/magpie v0.0.0
	github.com/redis/go-redis/v9 v9.23.0
	golang.org/x/net v0.61.0
)

require (
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/gobwas/httphead v0.1.0 // indirect
	github.com/gobwas/pool v0.2.1 // indirect
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/klauspost/cpuid/v2 v2.4.2 // indirect
	go.uber.org/atomic v1.12.0 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/magpie-go/magpie => ../..
