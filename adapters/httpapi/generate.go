package httpapi

import _ "embed"

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config oapi-server.yaml openapi.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config oapi-client.yaml openapi.yaml

// openAPIDocument is the contract, served as /openapi.yaml.
//
//go:embed openapi.yaml
var openAPIDocument []byte
