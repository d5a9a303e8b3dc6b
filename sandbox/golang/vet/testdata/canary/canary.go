// Command canary holds one defect for each family of checks; a family that doesn't see its own is blind.
package main

import (
	"crypto/md5"
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
	fmt.Println(x, styled(), md5.Sum(nil), strings.Title("facts"))
	var modern interface{} = "simple"
	switch modern.(type) {
	case string:
		fmt.Println(modern.(string))
	}
	if styled() == nil == true {
		return
	}
}
