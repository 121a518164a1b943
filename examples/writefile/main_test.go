package main

import (
	"reflect"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/magpie-go/magpie/future"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAllWaysMakeTheSameFile(t *testing.T) {
	var out strings.Builder
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), `"hello world!"`); n != 8 {
		t.Fatalf("%d of 8 files were as they should be:\n%s", n, out.String())
	}
}

func TestEachWayReportsWhatFailed(t *testing.T) {
	for _, way := range ways {
		_, err := future.BlockOn(way.write(t.TempDir() + "/no/such/folder/file"))
		if err == nil || !strings.Contains(err.Error(), "no such") {
			t.Errorf("%s: creating a file in a folder that does not exist answered %v", way.name, err)
		}
	}
}

func TestAMovedMachineIsCaught(t *testing.T) {
	m := newMachine(t.TempDir() + "/file")
	if _, err := future.BlockOn[int](m); err != nil {
		t.Fatal(err)
	}
	moved := new(machine)
	reflect.ValueOf(moved).Elem().Set(reflect.ValueOf(m).Elem()) // a copy that go vet does not see
	defer func() {
		if recover() == nil {
			t.Fatal("a machine that was moved after its first poll was polled")
		}
	}()
	_, _ = future.BlockOn[int](moved)
}
