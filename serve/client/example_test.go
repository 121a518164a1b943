package client_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/future/aio"
	"github.com/magpie-go/magpie/serve/client"
)

// A request in an async function.
func ExampleClient_Do() {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "Hello, ", r.URL.Path) }))
	defer s.Close()
	c, err := client.New(client.Config{})
	if err != nil {
		panic(err)
	}
	defer c.CloseIdleConnections()
	_, err = future.BlockOn(future.Box[future.Unit](future.Do(func(co *future.Co) error {
		req, err := http.NewRequest("GET", s.URL+"/task", nil)
		if err != nil {
			return err
		}
		r, err := c.Do(req).Await(co)
		if err != nil {
			return err
		}
		defer r.Close()
		text, err := aio.ReadAll(r, 1<<20).Await(co)
		fmt.Println(r.Status, string(text))
		return err
	})))
	fmt.Println(err)
	// Output:
	// 200 OK Hello, /task
	// <nil>
}

// The same for a goroutine, with net/http's client on top.
func ExampleClient_RoundTrip() {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "Hello, ", r.URL.Path) }))
	defer s.Close()
	c, err := client.New(client.Config{})
	if err != nil {
		panic(err)
	}
	defer c.CloseIdleConnections()
	r, err := (&http.Client{Transport: c}).Get(s.URL + "/goroutine")
	if err != nil {
		panic(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	fmt.Println(string(text), err)
	// Output: Hello, /goroutine <nil>
}
