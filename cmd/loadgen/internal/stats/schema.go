package stats

import _ "embed"

// JSONSchema describes the JSON of a Report to programs: JSON Schema, draft 2020-12.
//
//go:embed report.schema.json
var JSONSchema []byte
