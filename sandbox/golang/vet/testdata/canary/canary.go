// Command canary holds one defect for each family of checks; a family that doesn't see its own is blind.
package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
)

func nobodyCallsThis() {}

func styled() error { return errors.New("Errors end without a full stop.") }

func main() {
	fmt.Printf("%d\n", "vet")
	x := uint(1)
	if x < 0 {
		return
	}
	fmt.Println(x, styled(), &tls.Config{InsecureSkipVerify: true}, strings.Title("facts"))
	var modern interface{} = "simple"
	switch modern.(type) {
	case string:
		fmt.Println(modern.(string))
	}
	if styled() == nil == true {
		return
	}
	old, renewed := map[string]int{}, map[string]int{}
	for name, number := range old {
		renewed[name] = number
	}
	styled()
}
