"""What is Go and what is not, over texts as people and models write them."""

from __future__ import annotations

import pytest

from sandbox.model import AuditInput, Limits
from sandbox.normalise import Rejected, normalise

GO = {
    "file": "package main\n\nfunc main() {}\n",
    "library": "// Package a is small.\npackage a\n\ntype T struct{ x int }\n",
    "only_package": "package a\n",
    "broken": "package main\n\nfunc main() {\n\tx = = 1\n",
    "foreign_words": "package main\n\nfunc main() {\n\tx => 1\n\tdef f():\n}\n",
    "comment_first": "/* class Foo */\n\npackage main\n\nfunc main() {}\n",
    "build_tag": "//go:build linux\n\npackage main\n\nfunc main() {}\n",
    "function": "func Add(a, b int) int {\n\treturn a + b\n}\n",
    "one_line": "func Add(a, b int) int { return a + b }\n",
    "method": "func (s *Stack[T]) Push(v T) {\n\ts.items = append(s.items, v)\n}\n",
    "func_parameter": "func apply(fn func(int) int, let int) int {\n\treturn fn(let)\n}\n",
    "fields": "type Event struct {\n\tfrom string\n\tmessage string\n\tend time.Time\n\tclass int\n\tval any\n}\n",
    "const": "const limit = 10\n",
    "const_block": "const (\n\tA = iota\n\tB\n)\n",
    "var": "var cache = map[string]int{}\n",
    "interface": "type Reader interface {\n\tRead(p []byte) (int, error)\n}\n",
    "generic": "type Pair[K comparable, V any] struct {\n\tk K\n\tv V\n}\n",
    "import_first": 'import "fmt"\n\nfunc main() {\n\tfmt.Println(1)\n}\n',
    "import_block": 'import (\n\t"fmt"\n)\n\nfunc main() {\n\tfmt.Println(1)\n}\n',
    "statements": "x := 1\nfmt.Println(x)\n",
    "call": 'fmt.Println("Here is what you asked me for")\n',
    "loop": "for i := range 10 {\n\tfmt.Println(i)\n}\n",
    "select": "select {\ncase <-done:\n\treturn\ndefault:\n}\n\ngo func() {\n}()\n",
    "label": "outer:\n\tfor i := range 3 {\n\t\tcontinue outer\n\t}\n",
    "names": 'end := time.Now()\nfrom, message := f(), "x"\nclass.Do(end, from, message)\n',
    "goroutine": "ch := make(chan int)\ngo func() {\n\tch <- 1\n}()\nfmt.Println(<-ch)\n",
    "sql_inside": "func q(db *sql.DB) {\n\tdb.Query(`\nSELECT a FROM t\n-- users --\nWHERE x = ?`)\n}\n",
    "python_inside": "func script() string {\n\treturn `\nimport os\ndef main():\n    pass\n`\n}\n",
    "javascript_in_comment": "// function f() { return a => b; }\nfunc f() {\n}\n",
    "channel_types": "var done chan struct{}\n\nfunc wait() {\n\t<-done\n}\n",
    "test": "func TestAdd(t *testing.T) {\n\tt.Log(1)\n}\n",
    "prose_above": "Here is the function that you asked me for:\n\nfunc Add(a, b int) int {\n\treturn a + b\n}\n",
    "prose_below": "package main\n\nfunc main() {\n}\n\nThis program does nothing at all.\n",
    "question_above": "You asked: is it fast? Yes, it is as fast as it can be.\n\npackage main\n\nfunc main() {\n}\n",
    "unlabelled_fence": "Look:\n```\npackage main\n\nfunc main() {}\n```\n",
    "tilde_fence": "~~~go\npackage main\n\nfunc main() {}\n~~~\n",
    "golang_fence": "```golang\npackage main\n```\n",
    "titled_fence": '```go title="main.go"\npackage main\n```\n',
    "open_fence": "Look:\n```go\npackage main\n\nfunc main() {}\n",
    "closing_fence_only": "package main\n\nfunc main() {}\n```\nThat is all.\n",
    "fence_in_comment": "package main\n\n/*\n```\nx\n```\n*/\n\nfunc main() {}\n",
    "capital_fence": "```Go\npackage main\n```\n",
    "txtar": "-- main.go --\npackage main\n\nfunc main() {}\n-- data.json --\n{}\n",
    "txtar_in_fence": "```txtar\n-- go.mod --\nmodule m\n-- main.go --\npackage main\n```\n",
    "kotlin_beside": "```kotlin\nfun main() {}\n```\n```go\npackage main\n```\n",
}
NOT_GO = {
    "prose": "Dear reader, this is prose about cars.",
    "prose_go": "Go is a language by Google. You can import packages and use func main to start.\nThe go keyword starts a goroutine.",
    "prose_func": "In Go, a function is written with func name(args). Use fmt.Println(x) to print.\n\nThen run it.",
    "prose_for": "Sorry, I can't help with that. For example, use a map instead; if it fails, try again.\n- first := the best\n- type: string",
    "python": "import os\nimport sys\n\ndef main():\n    for x in range(3):\n        print(x)\n\nif __name__ == '__main__':\n    main()\n",
    "python_walrus": "import re\nif (m := re.search('a', 'b')):\n    print(m.group())\n",
    "python_class": "from dataclasses import dataclass\n\n@dataclass\nclass A:\n    x: int = 0\n\n    def f(self):\n        return json.Dumps(self)\n",
    "js": "const http = require('http');\nfunction main() {\n  console.log('x');\n}\nfor (const x of y) {\n  f(x);\n}\n",
    "js_import": "import React from 'react';\nimport { useState } from \"react\";\nexport default function App() {\n  const [a, b] = useState(0);\n  return null;\n}\n",
    "js_var": "var x = 1;\nvar y = function(a) { return a + 1; };\nmodule.exports = y;\n",
    "ts": "interface A { x: number }\ntype B = { y: string };\nconst f = (a: A): B => ({ y: String(a.x) });\n",
    "ts_type": 'type Foo = string | number;\nimport fs from "fs";\nexport type Bar = Array<Foo>;\n',
    "rust": 'use std::io;\n\nfn main() {\n    let x = 5;\n    println!("{}", x);\n    for i in 0..3 {\n        x.Foo();\n    }\n}\n',
    "rust_const": "const MAX: u32 = 100;\nstruct A { x: i32 }\nimpl A { fn f(&self) -> i32 { self.x } }\n",
    "c": '#include <stdio.h>\n\nint main(void) {\n    for (int i = 0; i < 3; i++) {\n        printf("%d", i);\n    }\n    return 0;\n}\n',
    "c_const": "const int x = 3;\nstatic void f(int a) {\n  if (a) {\n    g();\n  }\n}\n",
    "cpp": "#include <vector>\nusing namespace std;\nint main() { vector<int> v; for (auto x : v) { cout << x; } }\n",
    "java": 'package com.example;\n\nimport java.util.List;\n\npublic class Main {\n    public static void main(String[] args) {\n        System.out.println("x");\n    }\n}\n',
    "java_iface": "import java.util.*;\n\ninterface A {\n  void f();\n}\nclass B implements A { public void f() { if (x) {\n System.Out();\n } } }\n",
    "kotlin": "package com.example\n\nimport java.io.File\n\nfun main() {\n    val x = 1\n    println(x)\n}\n",
    "scala": "package a.b\n\nobject Main extends App {\n  val x = List(1)\n  println(x)\n}\n",
    "swift": 'import Foundation\n\nfunc greet(name: String) -> String {\n    return "Hi \\(name)"\n}\nlet x = greet(name: "a")\n',
    "csharp": 'using System;\nnamespace A {\n  class B {\n    static void Main() {\n      Console.WriteLine("x");\n    }\n  }\n}\n',
    "php": "<?php\nfunction f($x) {\n  return $x;\n}\necho f(1);\n",
    "ruby": "require 'json'\n\ndef hello(name)\n  puts \"hi #{name}\"\nend\nhello('x')\n",
    "ruby_mod": "module Foo\n  class Bar\n    def x; end\n  end\nend\n",
    "bash": '#!/bin/bash\nset -e\nfor f in *; do\n  echo "$f"\ndone\nif [ -f x ]; then\n  go build\nfi\n',
    "yaml": "version: 3\nservices:\n  web:\n    image: x\n    ports:\n      - 80:80\ntype: struct\n",
    "json": '{"package": "main", "import": ["fmt"], "a": [1, 2, 3]}\n',
    "toml": '[package]\nname = "x"\nversion = "1"\n\n[dependencies]\nserde = "1"\n',
    "sql": "SELECT a, b FROM t WHERE x = 1;\nINSERT INTO t VALUES (1);\n",
    "sql_create": "CREATE TABLE users (\n  id INT PRIMARY KEY,\n  name TEXT\n);\nselect * from users;\n",
    "html": "<html>\n<body><script>var x = 1;</script></body>\n</html>\n",
    "html_doc": "<!DOCTYPE html>\n<p>import this</p>\n",
    "css": "body {\n  color: red;\n}\n@media x {\n  a { b: c; }\n}\n",
    "haskell": 'module Main where\n\nimport Data.List\n\nmain :: IO ()\nmain = putStrLn "x"\n',
    "lua": "local x = require('y')\nfunction f(a)\n  return a + 1\nend\nfor i = 1, 3 do\n print(i)\nend\n",
    "perl": "use strict;\nmy $x = 1;\nsub f {\n  return $x;\n}\n",
    "makefile": "all:\n\tgo build ./...\n\nX := 1\nY := $(shell date)\n",
    "dockerfile": 'FROM golang:1.27\nRUN go build .\nCMD ["./a"]\n',
    "proto": 'syntax = "proto3";\n\npackage foo;\n\nimport "google/protobuf/empty.proto";\n\nmessage A {\n  string x = 1;\n}\nservice B {\n  rpc C(A) returns (A);\n}\n',
    "thrift": "namespace go foo\nstruct A {\n 1: string x\n}\n",
    "dart": "import 'package:flutter/material.dart';\nvoid main() {\n  var x = 1;\n  runApp(MyApp());\n}\n",
    "zig": 'const std = @import("std");\npub fn main() void {\n  std.debug.print("x", .{});\n}\n',
    "r": "x <- c(1,2)\nf <- function(a) {\n a + 1\n}\n",
    "elixir": "defmodule A do\n  def f(x) do\n    IO.Puts(x)\n  end\nend\n",
    "graphql": "type Query {\n  user(id: ID!): User\n}\ntype User {\n id: ID\n}\ninterface Node { id: ID }\n",
    "pascal": "program X;\nvar a: integer;\nbegin\n  a := 1;\n  WriteLn(a);\nend.\n",
    "diff": "--- a/x.go\n+++ b/x.go\n@@ -1,2 +1,2 @@\n-x := 1\n+x := 2\n",
    "empty": "",
    "blank": "  \n\n",
    "markdown": "# Title\n\n- one\n- two\n",
    "fence_py": "```python\nprint(1)\n```\n",
    "gomod": "module example.com/a\n\ngo 1.21\n",
    "log": "2024/01/01 10:00:00 main.go:12: listening\npanic: runtime error: index out of range\n\ngoroutine 1 [running]:\nmain.main()\n\t/a/main.go:3 +0x1\n",
    "apology": "I'm sorry, but as an AI I cannot write `package main` for you. Please consult the documentation of fmt.Println() instead.",
    "prose_package": "package delivery is slow today; import duties apply.\nIf you wait: it comes.\n",
}


@pytest.mark.parametrize("text", GO.values(), ids=GO)
def test_go_is_taken(text: str) -> None:
    """Whole files, fragments and answers around them are snippets."""

    assert normalise(AuditInput(code=text), Limits(), (1, 27)).files


@pytest.mark.parametrize("fenced", [False, True])
@pytest.mark.parametrize("text", NOT_GO.values(), ids=NOT_GO)
def test_what_is_no_go_is_refused(text: str, *, fenced: bool) -> None:
    """Other languages and prose are told apart, alone and in an unlabelled fence."""
    code = f"Here:\n```\n{text}\n```\n" if fenced else text

    with pytest.raises(Rejected) as caught:
        normalise(AuditInput(code=code), Limits(), (1, 27))

    assert caught.value.code == "not_go"
