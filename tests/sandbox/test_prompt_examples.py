"""Examples in prompts: every form is read, and what is none is left alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.prompt_examples import read_examples
from sandbox.prompt_model import Argument, CallCase, Run, Step
from sandbox.prompt_values import Kind, Value, parse_value
from tests.sandbox.prompt_texts import PROMPTS


def written(value: Value) -> str:
    """A value in short."""
    if value.keys:
        pairs = zip(value.keys, value.items, strict=True)
        return f"{value.text or 'map'}({','.join(f'{written(k)}:{written(v)}' for k, v in pairs)})"
    if value.kind in {Kind.LIST, Kind.TUPLE, Kind.MAP, Kind.STRUCT}:
        return f"{value.text or value.kind.value}({','.join(written(one) for one in value.items)})"
    if value.kind in {Kind.STR, Kind.CHAR}:
        return repr(value.text)
    if value.kind in {Kind.GO, Kind.TEXT}:
        return f"{value.kind.value}:{value.text}"
    return value.text or value.kind.value


def argument(one: Argument) -> str:
    return f"{one.name}={written(one.value)}" if one.name else written(one.value)


def call(case: CallCase) -> str:
    return "; ".join(step(one) for one in case.steps)


def step(one: Step) -> str:
    let = f"{','.join(one.let)}=" if one.let else ""
    on = f"{one.on}." if one.on else ""
    want = f" -> {written(one.want)}" if one.want else ""
    return f"{let}{on}{one.name}({', '.join(map(argument, one.args))}){want}"


def run(one: Run) -> str:
    asked = "asked " if one.asked else ""
    args = f"[{' '.join(one.case.args)}] " if one.case.args else ""
    other = f" or {call(one.call)}" if one.call and not one.asked else ""
    return f"{asked}{args}{one.case.stdin!r} -> {one.case.expected!r}{other}"


@pytest.mark.parametrize("prompt", PROMPTS, ids=range(len(PROMPTS)))
def test_what_a_reader_sees_is_read(prompt: str) -> None:
    """Each example is found once, with its arguments and its result, and nothing else is."""
    calls, runs, unread = PROMPTS[prompt]

    found = read_examples(prompt)

    assert ([call(one) for one in found.calls], [run(one) for one in found.runs]) == (calls, runs)
    assert len(found.unread) == unread


def test_examples_tell_what_was_asked_for() -> None:
    """A signature in the prompt names the function for examples that do not."""

    found = read_examples("Write `func twoSum(nums []int, target int) []int` in any order.")

    assert (found.names, found.rules.any_order) == (("twoSum",), True)


@pytest.mark.parametrize(
    ("said", "tolerance"),
    [
        ("nothing", 1e-9),
        ("Answers within 1e-5 are accepted.", 1e-5),
        ("Answers within 10^-6 of the answer are fine.", 1e-6),
        ("Round to two decimal places.", 0.005),
    ],
)
def test_the_prompt_may_say_how_close_is_close(said: str, tolerance: float) -> None:
    """A tolerance that the prompt states replaces ours."""

    assert read_examples(said).rules.tolerance == pytest.approx(tolerance)


SCALARS = (
    st.integers(-(10**12), 10**12)
    | st.booleans()
    | st.text(
        st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="\\`<"), max_size=8
    )
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
FORMS = ("{call} // {want}", "{call} -> {want}", "{call} == {want}", "{call} => {want}",
         "{call} returns {want}", "`{call}` should return `{want}`", "For example, {call} should return {want}.",
         ">>> {call}\n{want}\n", "| Call | Result |\n|--|--|\n| `{call}` | `{want}` |")  # fmt: skip


def as_json(value: object) -> str:
    return json.dumps(value).replace("<", "\\u003c")


@pytest.mark.parametrize("form", FORMS)
@given(args=st.lists(VALUES, min_size=1, max_size=3), want=VALUES)
def test_what_is_written_in_a_form_is_read_back(
    form: str, args: list[object], want: object
) -> None:
    """Every form gives back the call and the result that were written in it."""
    if form.startswith("|"):
        args, want = (
            [json.loads(as_json(args).replace("|", "/"))][0],
            json.loads(as_json(want).replace("|", "/")),
        )
    example = form.format(call=f"Solve({', '.join(map(as_json, args))})", want=as_json(want))

    found = read_examples(f"Write Solve.\n\n{example}\n")

    (case,) = found.calls
    (only,) = case.steps
    assert [one.value for one in only.args] == [parse_value(as_json(one)) for one in args]
    assert only.want == parse_value(as_json(want))


@given(args=st.lists(VALUES, min_size=1, max_size=3), want=VALUES)
def test_input_and_output_are_read_back(args: list[object], want: object) -> None:
    """The labelled form gives back named arguments and the result."""
    written_args = ", ".join(f"a{number} = {as_json(one)}" for number, one in enumerate(args))

    found = read_examples(f"Input: {written_args}\nOutput: {as_json(want)}\n")

    (only,) = found.runs
    assert only.call is not None
    assert [one.name for one in only.call.steps[0].args] == [f"a{n}" for n in range(len(args))]
    assert [one.value for one in only.call.steps[0].args] == [
        parse_value(as_json(one)) for one in args
    ]
    assert only.call.steps[0].want == parse_value(as_json(want))


@given(
    stdin=st.text("0123456789 \n", min_size=1).filter(str.strip), output=st.text("ab01", min_size=1)
)
def test_a_sample_is_read_back(stdin: str, output: str) -> None:
    """Standard input in a fence is taken as it is, but for its last line end."""

    found = read_examples(f"Sample Input:\n```\n{stdin}\n```\nSample Output:\n```\n{output}\n```\n")

    (only,) = found.runs
    assert (only.case.stdin.rstrip("\n"), only.case.expected, only.asked) == (
        stdin.rstrip("\n"),
        output,
        True,
    )


PIECES = st.sampled_from(
    ["Input:", "Output:", "\n", "```", "```go", "f(", ")", "//", "->", "returns", "[", "]", "{", "}", '"', "'", "`", ",",
     " = ", "1", "-2.5", "nil", "an error", "| ", "|--|", "s := New()", "s.Push(1)", ">>> ", "$ go run . ", "given ", "for "]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=6), max_size=40).map("".join))
def test_any_text_is_read(prompt: str) -> None:
    """Whatever a prompt holds, reading it ends and gives examples that have steps."""

    found = read_examples(prompt)

    assert all(case.steps for case in found.calls)


@pytest.mark.parametrize(
    "piece", ["f(", "[", '"', "f(1) -> ", "|", "Input: ", "a = ", "`", "map[", "given 1, "]
)
def test_a_long_prompt_gives_a_bounded_number(piece: str) -> None:
    """Repetition costs a bounded reading, and no more than fifty examples are taken."""

    found = read_examples((piece * 40 + "\n") * 3000)

    assert len(found.calls) + len(found.runs) <= 50
