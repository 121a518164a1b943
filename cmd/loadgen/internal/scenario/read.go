package scenario

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/magpie-go/magpie/cmd/loadgen/internal/engine"
)

// Read reads the file of that name and returns a load for each scenario. defaults is what the file does not say: the target, unless it is
// empty; headers and checks that all steps have besides; connections, and a rate, that scenarios without their own share by weight. http2
// tells that all speak HTTP/2.
func Read(name string, defaults engine.Config, http2 bool) ([]engine.Config, error) {
	text, err := defaults.Files.Read(name)
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return nil, fmt.Errorf("scenario %s: %w", name, err)
	}
	return Parse(name, bytes.NewReader(text), defaults, http2)
}

// What is said for all scenarios of a file, and for each.
var (
	sharedKeys = []string{"target", "headers", "variables", "feed", "think", "scenarios"}
	ownKeys    = []string{
		"name", "target", "headers", "variables", "feed", "think", "steps",
		"connections", "weight", "rate", "stages", "arrivals", "burst", "deadline",
	}
	stepKeys = []string{"name", "method", "path", "url", "headers", "body", "check", "extract", "think"}
)

// Parse is Read of a file that is open already.
func Parse(name string, r io.Reader, defaults engine.Config, http2 bool) ([]engine.Config, error) {
	f := &file{name}
	root, err := f.parse(r)
	if err != nil {
		return nil, err
	}
	b := &book{file: f, defaults: defaults, http2: http2}
	if err := b.read(root); err != nil {
		return nil, err
	}
	return b.deal()
}

// book is a file of scenarios.
type book struct {
	*file
	defaults engine.Config
	http2    bool
	all      []*scene
	names    map[string]bool
}

// scene is one of its scenarios.
type scene struct {
	node     *yaml.Node
	config   engine.Config
	scenario engine.Scenario
	steps    pair
	think    *pair // of steps that have none
	vars     []pair
	headers  []pair
	weight   float64
	weighed  *yaml.Node // where that stands
	hasConns bool
	hasLoad  bool
	isTop    bool // what stands at the top of the file, where the command line goes before it
}

func (b *book) read(root *yaml.Node) error {
	pairs, err := b.pairs(root, "a file of scenarios")
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if p.key.Value == "scenarios" {
			return b.readAll(root)
		}
	}
	base := strings.TrimSuffix(filepath.Base(b.name), filepath.Ext(b.name))
	return b.scene(root, &scene{weight: 1, isTop: true, config: b.defaults, scenario: engine.Scenario{Name: base}})
}

// readAll reads a file that has several.
func (b *book) readAll(root *yaml.Node) error {
	pairs, err := b.pairs(root, "a file of scenarios", sharedKeys...)
	if err != nil {
		return err
	}
	shared := scene{weight: 1, isTop: true, config: b.defaults}
	var scenarios pair
	for _, p := range pairs {
		if p.key.Value == "scenarios" {
			scenarios = p
		} else if err := b.set(&shared, p); err != nil {
			return err
		}
	}
	own, err := b.pairs(scenarios.value, "scenarios")
	if err != nil {
		return err
	}
	if len(own) == 0 {
		return b.errorf(scenarios.value, "there is no scenario")
	}
	for _, p := range own {
		one := shared
		one.isTop = false
		one.vars, one.headers = shared.vars[:len(shared.vars):len(shared.vars)], shared.headers[:len(shared.headers):len(shared.headers)]
		one.scenario.Name = p.key.Value
		if err := b.scene(p.value, &one); err != nil {
			return err
		}
	}
	return nil
}

// scene reads one scenario.
func (b *book) scene(n *yaml.Node, s *scene) error {
	pairs, err := b.pairs(n, "a scenario", ownKeys...)
	if err != nil {
		return err
	}
	s.node = n
	for _, p := range pairs {
		if err := b.set(s, p); err != nil {
			return err
		}
	}
	switch {
	case s.steps.key == nil:
		return b.errorf(n, "the scenario has no steps")
	case s.config.Target.URL == "":
		return b.errorf(n, "the target is missing: give target: http://host:port, or a URL on the command line")
	case b.names[s.scenario.Name]:
		return b.errorf(n, "there are two scenarios %q", s.scenario.Name)
	case s.weighed != nil && s.hasConns && s.hasLoad:
		return b.errorf(s.weighed, "a weight is the share of what scenarios have together, and this one has connections and a rate of its own")
	}
	if b.names == nil {
		b.names = map[string]bool{}
	}
	b.names[s.scenario.Name] = true
	if err := b.readSteps(s); err != nil {
		return err
	}
	s.config.Scenario = &s.scenario
	b.all = append(b.all, s)
	return nil
}

// set takes what a file says of a scenario, or of all.
func (b *book) set(s *scene, p pair) error {
	switch p.key.Value {
	case "steps":
		s.steps = p
		return nil
	case "headers":
		more, err := b.pairs(p.value, "headers")
		s.headers = append(s.headers, more...)
		return err
	case "variables":
		more, err := b.pairs(p.value, "variables")
		s.vars = append(s.vars, more...)
		return err
	}
	text, err := b.text(p)
	if err != nil {
		return err
	}
	if err := b.setText(s, p, text); err != nil {
		return b.at(p.value, err)
	}
	return nil
}

func (b *book) setText(s *scene, p pair, text string) (err error) {
	l := &s.config.Load
	switch p.key.Value {
	case "name":
		s.scenario.Name = text
	case "think":
		s.think = &p
		_, err = parseThink(text)
	case "target":
		if b.defaults.Target.URL == "" || !s.isTop {
			s.config.Target, err = engine.ParseTarget(text)
			if err == nil && b.http2 {
				s.config.Target, err = s.config.Target.WithHTTP2()
			}
		}
	case "feed":
		if b.defaults.Feed == nil {
			s.config.Feed, err = b.feed(text)
		}
	case "connections":
		s.hasConns = true
		if s.config.Connections, err = strconv.Atoi(text); err != nil || s.config.Connections < 1 || s.config.Connections > engine.MaxConnections {
			return fmt.Errorf("connections %q: give a number from 1 to %d", text, engine.MaxConnections)
		}
	case "weight":
		s.weighed = p.value
		if s.weight, err = strconv.ParseFloat(text, 64); err != nil || !(s.weight > 0 && s.weight < 1e9) {
			return fmt.Errorf("weight %q: give a number above 0", text)
		}
	case "rate", "stages":
		if s.hasLoad && l.Stages != nil {
			return errors.New("both rate and stages: give one of them")
		}
		s.own(l)
		if p.key.Value == "stages" {
			l.Stages, err = engine.ParseStages(text)
			return err
		}
		rate, err := engine.ParseRate(text)
		if rate == 0 && err == nil {
			err = errors.New("a rate of 0: give one above, such as 10")
		}
		l.Stages = engine.Constant(rate)
		return err
	case "arrivals":
		s.own(l)
		if l.Poisson = text == "poisson"; text != "poisson" && text != "constant" {
			return fmt.Errorf("arrivals %q: accepted are constant and poisson", text)
		}
	case "burst":
		s.own(l)
		if l.Burst, err = strconv.Atoi(text); err != nil || l.Burst < 1 {
			return fmt.Errorf("a burst of %q: give a number above 0", text)
		}
	case "deadline":
		s.own(l)
		if l.Deadline, err = time.ParseDuration(text); err != nil || l.Deadline <= 0 {
			return fmt.Errorf("a deadline of %q: give a time above 0, such as 100ms", text)
		}
	}
	return err
}

// own gives the scenario a load of its own.
func (s *scene) own(l *engine.Load) {
	if !s.hasLoad {
		*l = engine.Load{Seed: l.Seed}
		s.hasLoad = true
	}
}

// feed reads a file whose name is relative to that of the scenarios.
func (b *book) feed(name string) (*engine.Feed, error) {
	path := name
	if !filepath.IsAbs(name) {
		path = filepath.Join(filepath.Dir(b.name), name)
	}
	text, err := b.defaults.Files.Read(path)
	if err != nil {
		return nil, err
	}
	return engine.ReadFeed(name, bytes.NewReader(text))
}

// deal shares connections and the rate among those that have none of their own, and checks the whole.
func (b *book) deal() (configs []engine.Config, err error) {
	var withConns, withLoad []*scene
	for _, s := range b.all {
		if !s.hasConns {
			withConns = append(withConns, s)
		}
		if !s.hasLoad {
			withLoad = append(withLoad, s)
		}
	}
	if len(withConns) > b.defaults.Connections {
		return nil, b.errorf(withConns[0].node, "%d connections for %d scenarios: give more (-c), or connections of their own", b.defaults.Connections, len(withConns))
	}
	for i, n := range shares(b.defaults.Connections, withConns) {
		withConns[i].config.Connections = n
	}
	sum := weights(withLoad)
	for _, s := range withLoad {
		s.config.Load = scaled(s.config.Load, s.weight/sum)
	}
	for i, s := range b.all {
		s.config.Load.Seed += uint64(i) // else all would arrive together
		if err := s.config.Check(); err != nil {
			return nil, b.at(s.node, err)
		}
		configs = append(configs, s.config)
	}
	return configs, nil
}

func weights(all []*scene) (sum float64) {
	for _, s := range all {
		sum += s.weight
	}
	return sum
}

// shares deals n out by weight, so that each has one at least.
func shares(n int, all []*scene) []int {
	counts := make([]int, len(all))
	sum := weights(all)
	for i, s := range all {
		counts[i] = max(1, int(math.Floor(float64(n)*s.weight/sum)))
	}
	total := 0
	for _, c := range counts {
		total += c
	}
	for ; total != n && len(all) > 0; total += cmp.Compare(n, total) {
		// Whoever is farthest from its share is given one, or gives one up.
		best, by := -1, math.Inf(-1)
		for i, s := range all {
			off := (float64(n)*s.weight/sum - float64(counts[i])) * float64(cmp.Compare(n, total))
			if (total < n || counts[i] > 1) && off > by {
				best, by = i, off
			}
		}
		counts[best] += cmp.Compare(n, total)
	}
	return counts
}

// scaled is a share of a load.
func scaled(l engine.Load, by float64) engine.Load {
	stages := l.Stages
	l.Stages = nil
	for _, s := range stages {
		s.From *= by
		s.To *= by
		l.Stages = append(l.Stages, s)
	}
	return l
}
