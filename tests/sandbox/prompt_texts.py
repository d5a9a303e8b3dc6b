"""Prompts as people write them, each with the examples that a reader sees in it."""

from __future__ import annotations

LEETCODE = """Given an array of integers nums and an integer target, return indices of the two numbers such that they add up to target.
You can return the answer in any order.

**Example 1:**

**Input:** nums = [2,7,11,15], target = 9
**Output:** [0,1]
**Explanation:** Because nums[0] + nums[1] == 9, we return [0, 1].

**Example 2:**

Input: nums = [3,2,4], target = 6
Output: [1,2]

Constraints:
- 2 <= nums.length <= 10^4

```go
func twoSum(nums []int, target int) []int {

}
```
"""
LRU = """Design a LRU cache.

Input
["LRUCache", "put", "put", "get"]
[[2], [1, 1], [2, 2], [1]]
Output
[null, null, null, 1]
"""
CONTEST = """You are given n integers. Read them from standard input and print their sum.

Input
The first line contains an integer n. The second line contains n integers.

Output
Print the sum of the given integers.

Sample Input 1
```
3
1 2 3
```
Sample Output 1
```
6
```
"""
PLAIN_SAMPLES = """Write a Go program that reads two numbers from stdin and prints the larger.

Sample Input:
3 9
Sample Output:
9

Sample Input:
-1 -5
Sample Output:
-1
"""
STACK = """Implement a generic stack.

```go
s := NewStack[int]()
s.Push(1)
s.Push(2)
v, ok := s.Pop() // 2, true
s.Len() // 1
```
"""
DOCTEST = """def reverse_words(s):
>>> reverse_words("the sky is blue")
'blue is sky the'
>>> reverse_words("  hi  ")
'hi'

Write this in Go.
"""
TABLE = """Convert numbers to Roman numerals.

| Input | Output |
|-------|--------|
| 4     | "IV"   |
| 9     | "IX"   |
| 58    | "LVIII" |
"""
CALL_TABLE = """| Call | Result | Notes |
|:--|:-:|--|
| `Abs(-3)` | `3` | negative |
| `Abs(0)` | `0` | zero |
"""
NAMED_TABLE = """Write `Clamp`.

| x | lo | hi | expected |
|---|----|----|----------|
| 5 | 0 | 3 | 3 |
| -1 | 0 | 3 | 0 |
"""
SHELL = """Write a CLI that adds its arguments.

```
$ go run main.go 2 3
5
$ ./add 10 -4
6
$ echo "1 2 3" | go run .
6
```
"""
GO_BLOCK = """Implement `WordCount(s string) map[string]int`.

```go
WordCount("a b a")   // map[a:2 b:1]
WordCount("")        // map[]
fmt.Println(WordCount("x")) // map[x:1]
```
"""
BELOW = """```go
nums := []int{3, 1, 2}
fmt.Println(SortInts(nums))
// Output: [1 2 3]
```
"""
HELLO = """Write a program that prints a greeting.

Expected output:
```
Hello, World!
```
"""

# prompt: (calls, runs, how many unread)
PROMPTS: dict[str, tuple[list[str], list[str], int]] = {
    LEETCODE: (
        [],
        [
            "'nums = [2,7,11,15], target = 9\\n' -> '[0,1]' or (nums=list(2,7,11,15), target=9) -> list(0,1)",
            "'nums = [3,2,4], target = 6\\n' -> '[1,2]' or (nums=list(3,2,4), target=6) -> list(1,2)",
        ],
        0,
    ),
    LRU: (
        [],
        [
            '\'["LRUCache", "put", "put", "get"]\\n[[2], [1, 1], [2, 2], [1]]\\n\' -> \'[null, null, null, 1]\' or obj=LRUCache(2); obj.put(1, 1); obj.put(2, 2); obj.get(1) -> 1'
        ],
        0,
    ),
    CONTEST: ([], ["asked '3\\n1 2 3\\n' -> '6'"], 0),
    PLAIN_SAMPLES: (
        [],
        [
            "asked '3 9\\n' -> '9'",
            "asked '-1 -5\\n' -> '-1'",
        ],
        0,
    ),
    STACK: (
        ["s=NewStack(); s.Push(1); s.Push(2); v,ok=s.Pop() -> tuple(2,true); s.Len() -> 1"],
        [],
        0,
    ),
    DOCTEST: (
        [
            "reverse_words('the sky is blue') -> 'blue is sky the'",
            "reverse_words('  hi  ') -> 'hi'",
        ],
        [],
        0,
    ),
    TABLE: (
        [],
        [
            "'4\\n' -> '\"IV\"' or (4) -> 'IV'",
            "'9\\n' -> '\"IX\"' or (9) -> 'IX'",
            "'58\\n' -> '\"LVIII\"' or (58) -> 'LVIII'",
        ],
        0,
    ),
    CALL_TABLE: (["Abs(-3) -> 3", "Abs(0) -> 0"], [], 0),
    NAMED_TABLE: (["(x=5, lo=0, hi=3) -> 3", "(x=-1, lo=0, hi=3) -> 0"], [], 0),
    SHELL: (
        [],
        ["asked [2 3] '' -> '5'", "asked [10 -4] '' -> '6'", "asked '1 2 3\\n' -> '6'"],
        0,
    ),
    GO_BLOCK: (
        [
            "WordCount('a b a') -> map(a:2,b:1)",
            "WordCount('') -> map()",
            "WordCount('x') -> map(x:1)",
        ],
        [],
        0,
    ),
    BELOW: (["SortInts(list(3,1,2)) -> list(1,2,3)"], [], 0),
    HELLO: ([], ["asked '' -> 'Hello, World!'"], 0),
    'Write Reverse(s string) string. Reverse("abc") returns "cba".': (
        ["Reverse('abc') -> 'cba'"],
        [],
        0,
    ),
    'For example, IsPalindrome("racecar") should return true and IsPalindrome("go") should return false.': (
        ["IsPalindrome('racecar') -> true", "IsPalindrome('go') -> false"],
        [],
        0,
    ),
    "Examples:\n- `Add(1, 2)` → `3`\n- `Add(-1, 1)` → `0`": (
        ["Add(1, 2) -> 3", "Add(-1, 1) -> 0"],
        [],
        0,
    ),
    "fib(10) == 55, fib(0) == 0": (["fib(10) -> 55", "fib(0) -> 0"], [], 0),
    "Factorial(5) => 120\nFactorial(-1) => error": (
        ["Factorial(5) -> 120", "Factorial(-1) -> error"],
        [],
        0,
    ),
    "Divide(1, 0) returns 0 and an error.": (["Divide(1, 0) -> tuple(0,error)"], [], 0),
    "`Sqrt(2)` ≈ … no, Sqrt(4) = 2.0": (["Sqrt(4) -> 2.0"], [], 0),
    'ParseKV("a=1") // map[string]int{"a": 1}, nil': (
        ["ParseKV('a=1') -> tuple(map('a':1),nil)"],
        [],
        0,
    ),
    "assert gcd(12, 18) == 6": (["gcd(12, 18) -> 6"], [], 0),
    'MustParse("x") panics': (["MustParse('x') -> panic"], [], 0),
    '- "III" -> 3\n- "MCMXCIV" -> 1994': (["('III') -> 3", "('MCMXCIV') -> 1994"], [], 0),
    "For input 5, the output should be 120.": (["(5) -> 120"], [], 0),
    "Given nums = [1,2,3] and k = 2, return 5.": (["(nums=list(1,2,3), k=2) -> 5"], [], 0),
    'Given "hello", your function should return "olleh".': (["('hello') -> 'olleh'"], [], 0),
    "Transpose([][]int{{1, 2}, {3, 4}}) // [[1 3] [2 4]]": (
        ["Transpose(list(list(1,2),list(3,4))) -> list(list(1,3),list(2,4))"],
        [],
        0,
    ),
    "Distance(Point{0, 0}, Point{X: 3, Y: 4}) returns 5": (
        ["Distance(Point(0,0), Point(X:3,Y:4)) -> 5"],
        [],
        0,
    ),
    "Retry(3, 10*time.Millisecond) returns nil": (
        ["Retry(3, go:10*time.Millisecond) -> nil"],
        [],
        0,
    ),
    "Apply([]int{1, 2}, func(x int) int { return x * 2 }) // [2 4]": (
        ["Apply(list(1,2), go:func(x int) int { return x * 2 }) -> list(2,4)"],
        [],
        0,
    ),
    'Input: s = "()[]{}" Output: true': (
        [],
        ["'s = \"()[]{}\"\\n' -> 'true' or (s='()[]{}') -> true"],
        0,
    ),
    "Max(3, 7) returns 7, because 7 is larger": (["Max(3, 7) -> 7"], [], 0),
    "Group(3) returns [[1], [2, 3]] (in any order).": (
        ["Group(3) -> list(list(1),list(2,3))"],
        [],
        0,
    ),
    'Find([]string{"a", "b"}, "c") returns -1': (["Find(list('a','b'), 'c') -> -1"], [], 0),
    'Get("k") returns "", false': (["Get('k') -> tuple('',false)"], [], 0),
    'e.g. `Title("go lang")` gives `"Go Lang"`': (["Title('go lang') -> 'Go Lang'"], [], 0),
    "Split(\u201ca,b\u201d, \u201c,\u201d) returns [\u201ca\u201d, \u201cb\u201d]": (
        ["Split('a,b', ',') -> list('a','b')"],
        [],
        0,
    ),
    # Nothing of these is an example.
    "Write a function f(n) that returns n squared. fib(n) = fib(n-1) + fib(n-2).": ([], [], 0),
    "func Add(a, b int) int should return the sum. Use sync.Mutex.": ([], [], 0),
    "Given a list of 3 or more integers, return their sum.": ([], [], 0),
    "Call Close() to release it, and Run(ctx) returns when ctx is done.": ([], [], 0),
    "Write hello world in Go.": ([], [], 0),
    # Examples that are seen and not read.
    "Render(3) returns a nice picture.": ([], [], 1),
    "Input: n = 3\nOutput: [1, 2, ...]": ([], [], 1),
    "```\n$ echo hi | ./app | sort\nhi\n```": ([], [], 1),
    "```go\nq := NewQueue()\nfor i := 0; i < 3; i++ {\n\tq.Push(i)\n}\nq.Len() // 3\n```": (
        [],
        [],
        1,
    ),
}
