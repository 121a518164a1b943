package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Help comes in pages of a screen, 24 lines of 80 characters. A command with more flags than that shows the most used ones,
// which the tag main marks; the others are on pages of their own, by their groups: loadgen help load.

const (
	screenWidth = 80
	screenLines = 24
)

// examples are what the help of a command ends with.
var examples = map[string][]string{
	"": {
		"loadgen run http://127.0.0.1:8080/ -c 100 -d 30s",
		"loadgen run http://127.0.0.1:8080/ --rate 20k --html run.html",
	},
	"run": {
		"loadgen run http://127.0.0.1:8080/ -c 100 -d 30s",
		"loadgen run http://127.0.0.1:8080/ --rate 20k --fail 'p99<20ms'",
	},
	"agent":      {"loadgen agent --nats nats://HOST:4222 --nats-token TOKEN"},
	"find":       {"loadgen find http://127.0.0.1:8080/ --slo 'p99<5ms' --slo 'errors<0.1%'"},
	"report":     {"loadgen report run.json --html run.html", "loadgen report run.json -o csv > run.csv"},
	"compare":    {"loadgen compare before.json after.json --fail-if-worse"},
	"serve":      {"loadgen serve --http --addr 127.0.0.1:8080 --stall 100ms/1s"},
	"demo":       {"loadgen demo -c 100"},
	"completion": {"loadgen completion bash > ~/.local/share/bash-completion/completions/loadgen"},
	"man":        {"loadgen man | man -l -"},
}

// topics are the pages of flags by their groups, and what they are about.
var topics = map[string]string{
	"load":    "When requests begin.",
	"http":    "What is asked of an HTTP server.",
	"output":  "What is printed, saved and shown.",
	"verdict": "What a run is to keep.",
	"agents":  "Many machines.",
	"more":    "The rest.",

	"requests": "Requests that differ, and checks on replies.",
	"protocol": "What is said to servers other than HTTP's, and how.",
	"tls":      "How connections are secured.",
	"faults":   "What goes wrong, and how often.",
	"http2":    "HTTP/2.",
}

// topicExamples are what a topic's page ends with.
var topicExamples = map[string][]string{
	"load": {
		"loadgen run URL --rate 2.5k --arrivals poisson",
		"loadgen run URL --stages '0-1k/30s, 1k/2m, 100~1k@10s/1m'",
	},
	"protocol": {
		`loadgen run tcp://127.0.0.1:7 --send 'PING\r\n' --reply-until '\r\n'`,
		"loadgen run redis://127.0.0.1 --command 'GET key'",
	},
	"requests": {`loadgen run URL --feed users.csv --check 'status == 200'`, "loadgen run shop.yaml -c 100"},
	"tls":      {"loadgen run https://localhost:8443/ --cacert ca.pem --resume"},
	"faults":   {"loadgen serve --http --stall 100ms/1s"},
	"http":     {"loadgen run URL --method PUT --body '{}' -H 'Content-Type: application/json'"},
	"output":   {"loadgen run URL --save run.json --save run.hgrm --html run.html"},
	"agents":   {"loadgen run URL --agents 4 --nats-listen :4222 --on-agent-loss redistribute"},
	"verdict":  {"loadgen run URL --fail 'p99<20ms' --fail 'errors<0.1%' --abort-on-fail"},
}

// printHelp is kong's HelpPrinter.
func printHelp(_ kong.HelpOptions, ctx *kong.Context) error {
	page := commandPage(ctx.Model.Node, ctx.Selected())
	_, err := io.WriteString(ctx.Stdout, page)
	return err
}

// commandPage is the help of a command, or of the program if it is nil.
func commandPage(app, command *kong.Node) string {
	var b strings.Builder
	if command == nil {
		b.WriteString("Usage: loadgen COMMAND [flags]\n\n" + wrapped(description+" Exit codes: "+exitHelp, "") + "\n")
		for _, c := range app.Children {
			if !c.Hidden {
				b.WriteString(row(c.Name, c.Help, 12))
			}
		}
		b.WriteString("\n" + wrapped("Help: loadgen COMMAND --help, loadgen help TOPIC ("+strings.Join(topicNames(app), ", ")+"), --version. Flags may stand in a file (--config FILE) and in the environment: LOADGEN_RATE for --rate.", ""))
		b.WriteString("\n" + exampleLines(examples[""]))
		return b.String()
	}
	b.WriteString("Usage: loadgen " + command.Name)
	for _, p := range command.Positional {
		name := strings.ToUpper(p.Name)
		if !p.Required {
			name = "[" + name + "]"
		}
		b.WriteString(" " + name)
	}
	b.WriteString(" [flags]\n\n" + wrapped(command.Help, "") + "\n")
	for _, p := range command.Positional {
		b.WriteString(row(strings.ToUpper(p.Name), p.Help, flagColumn))
	}
	head, tail := b.String(), "\n"+exampleLines(examples[command.Name])
	if all := head + flagRows(command.Flags) + tail; strings.Count(all, "\n") <= screenLines {
		return all
	}
	var main []*kong.Flag
	var others []string
	for _, f := range command.Flags {
		switch topic := topicOf(f); {
		case f.Tag.Has("main"), topic == "more" && command.Name != "run":
			main = append(main, f)
		case !slices.Contains(others, topic):
			others = append(others, topic)
		}
	}
	return head + flagRows(main) + "\n" + wrapped("More flags: loadgen help TOPIC, with one of "+strings.Join(last(others), ", ")+"; or all.", "") + tail
}

// topicNames returns the topics there are: the groups of flags of all commands, and run's that have none.
func topicNames(app *kong.Node) (names []string) {
	for _, c := range app.Children {
		for _, f := range c.Flags {
			if name := topicOf(f); (name != "more" || c.Name == "run") && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return last(names)
}

// last puts what has no group to the end.
func last(topics []string) []string {
	slices.SortStableFunc(topics, func(a, b string) int { return cmp.Compare(strings.Count(a, "more"), strings.Count(b, "more")) })
	return topics
}

func topicOf(f *kong.Flag) string {
	if f.Group == nil {
		return "more"
	}
	return strings.ToLower(f.Group.Key)
}

// topicFlags returns the flags of a topic, and the first command that has them: others have the same, or some of them.
func topicFlags(app *kong.Node, topic string) (command string, flags []*kong.Flag) {
	for _, c := range app.Children {
		for _, f := range c.Flags {
			if topicOf(f) == topic && f.Name != "help" && (command == "" || command == c.Name) {
				command = c.Name
				flags = append(flags, f)
			}
		}
	}
	return command, flags
}

// topicPage is the help of a topic, or of all of them. It reports false if there is none of that name.
func topicPage(app *kong.Node, name string) (page string, ok bool) {
	var b strings.Builder
	for _, topic := range topicNames(app) {
		if name != topic && name != "all" {
			continue
		}
		command, flags := topicFlags(app, topic)
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		b.WriteString("loadgen " + command + ", " + topic + ": " + topics[topic] + "\n\n" + flagRows(flags))
		if lines := topicExamples[topic]; lines != nil {
			b.WriteString("\n" + exampleLines(lines))
		}
	}
	return b.String(), b.Len() > 0
}

// flagColumn is where the help of a flag begins.
const flagColumn = 25

func flagRows(flags []*kong.Flag) string {
	var b strings.Builder
	for _, f := range flags {
		if f.Hidden || f.Name == "help" {
			continue
		}
		b.WriteString(row(flagName(f), f.Help, flagColumn))
	}
	return b.String()
}

// flagName is a flag as it is written, with what it takes.
func flagName(f *kong.Flag) string {
	name := "    --"
	if f.Short != 0 {
		name = fmt.Sprintf("-%c, --", f.Short)
	}
	if f.Tag.Negatable != "" {
		return name + "[no-]" + f.Name
	}
	name += f.Name
	if f.IsBool() {
		return name
	}
	if f.PlaceHolder != "" {
		return name + "=" + f.PlaceHolder
	}
	return name + "=" + f.Default
}

// row is a name and what it is, wrapped to the screen.
func row(name, help string, column int) string {
	text := wrapped(help, strings.Repeat(" ", column+2))
	if len(name) >= column-1 {
		return "  " + name + "\n" + text
	}
	return "  " + name + text[2+len(name):]
}

// wrapped breaks a text between words to fit the screen.
func wrapped(text, indent string) string {
	var b strings.Builder
	for paragraph := range strings.SplitSeq(text, "\n") {
		line := indent
		for word := range strings.FieldsSeq(paragraph) {
			if len(line)+1+len(word) > screenWidth && line != indent {
				b.WriteString(line + "\n")
				line = indent
			}
			if line != indent {
				line += " "
			}
			line += word
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

func exampleLines(lines []string) string {
	text := "Examples:\n"
	if len(lines) == 1 {
		text = "Example:\n"
	}
	for _, l := range lines {
		text += "  " + l + "\n"
	}
	return text
}
