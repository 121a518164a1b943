package stats

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

// The schema is made from the types and their comments; -update writes it anew. Its objects have no further fields, so one
// that was forgotten shows.
func TestSchemaIsThatOfTheTypes(t *testing.T) {
	reflector := jsonschema.Reflector{Mapper: func(t reflect.Type) *jsonschema.Schema {
		if t == reflect.TypeFor[Histogram]() || t == reflect.TypeFor[Packed]() {
			return &jsonschema.Schema{Type: "string", Pattern: "^HIST", Description: "A histogram in nanoseconds, as HdrHistogram's V2 format has it: compressed, in base64."}
		}
		return nil
	}}
	if err := reflector.AddGoComments("github.com/magpie-go/magpie/cmd/loadgen/internal/stats", "."); err != nil {
		t.Fatal(err)
	}
	s := reflector.Reflect(&Report{})
	s.ID = Schema
	s.Title = "Report of loadgen run"
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	if *update {
		if err := os.WriteFile("report.schema.json", text, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(text, bytes.ReplaceAll(JSONSchema, []byte("\r\n"), []byte("\n"))) {
		t.Error("report.schema.json is not what the types are: go test -run Schema -update ./internal/stats writes it anew")
	}
}

func TestReportsFollowTheSchema(t *testing.T) {
	document, err := validator.UnmarshalJSON(bytes.NewReader(JSONSchema))
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	if err := c.AddResource("report.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	nothing := &Report{}
	nothing.Fill(NewTotal(false), 0, Usage{})
	dealt := openSample()
	dealt.Agents = []Agent{{Name: "a", State: "finished", Connections: 3}, {Name: "b", State: "lost", Why: "it was silent for 5s", LostAt: 1e9, Offset: -5}}
	withScenario := sample()
	withScenario.Scenarios = []Scenario{{Name: "s", Steps: []Step{{Name: "one", Errors: map[string]uint64{"eof": 1}}}}}
	for _, r := range []*Report{sample(), openSample(), nothing, dealt, withScenario} {
		var b bytes.Buffer
		if err := r.WriteJSON(&b); err != nil {
			t.Fatal(err)
		}
		text := b.Bytes()
		v, err := validator.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%v:\n%s", err, text)
		}
		v.(map[string]any)["schema"] = 1
		if schema.Validate(v) == nil {
			t.Error("a number passes for the schema's name")
		}
	}
}
