"""Pictures of profiles are well-formed and in proportion, and no name in them becomes markup."""

from __future__ import annotations

import base64
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from bridge.flame import WIDTH, amount, duration, flame_graph, folded, speedscope
from bridge.profile_page import served
from bridge.resources import templates_dir
from rubric.model import RatedReport
from rubric.suggest import rate
from sandbox.measurements import BenchmarkState, ProfileKind
from tests.bridge.measured import HELP, MAIN, make_benchmark, make_profile
from tests.rubric.reports import make_report, shipped

SVG = "{http://www.w3.org/2000/svg}"
names = st.text(max_size=30)


def rated() -> RatedReport:
    kinds = (ProfileKind.CPU, ProfileKind.HEAP)
    return rate(
        make_report(
            profiles=tuple(make_profile(kind) for kind in kinds),
            benchmarks=(
                make_benchmark(),
                make_benchmark(
                    name="BenchmarkStuck", state=BenchmarkState.NOT_ENDED, ns_per_op=None
                ),
            ),
        ),
        shipped(),
    )


def drawn(*stacks: object) -> etree._Element:
    return etree.fromstring(flame_graph(make_profile(ProfileKind.CPU, *stacks)).encode())


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(names, min_size=1, max_size=5), st.integers(1, 1 << 40)), min_size=1
    )
)
def test_any_names_make_a_picture_without_markup_of_theirs(
    stacks: list[tuple[list[str], int]],
) -> None:
    """The picture is XML of our elements alone, whatever functions are called."""
    root = drawn(
        *((tuple((name, "main.go", 1) for name in stack), (value,)) for stack, value in stacks)
    )

    assert {str(one.tag).removeprefix(SVG) for one in root.iter()} <= {
        "svg", "style", "g", "title", "rect", "text",
    }  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(names, min_size=1, max_size=5), st.integers(1, 1 << 40)), min_size=1
    )
)
def test_callers_are_as_wide_as_what_they_call(stacks: list[tuple[list[str], int]]) -> None:
    """Nothing lies outside the picture, and a row is never wider than the whole."""
    root = drawn(
        *((tuple((name, "main.go", 1) for name in stack), (value,)) for stack, value in stacks)
    )
    rows: dict[str, float] = {}
    for box in root.iter(f"{SVG}rect"):
        assert float(box.get("x", "")) + float(box.get("width", "")) <= WIDTH + 1.01
        rows[box.get("y", "")] = rows.get(box.get("y", ""), 0) + float(box.get("width", ""))

    assert rows["0"] == WIDTH


def test_a_box_tells_its_share() -> None:
    """On hover stands the whole name, the value and its share."""
    titles = [one.text for one in drawn().iter(f"{SVG}title")]

    assert "Work: 95 ms, 95.0%" in titles
    assert "help[...]: 50 ms, 50.0%" in titles


def test_own_functions_are_told_apart() -> None:
    """The answer's own, the memory's and others' functions have colours of their own."""
    classes = {
        one.findtext(f"{SVG}title", "").partition(":")[0]: one.find(f"{SVG}rect").get("class")  # type: ignore[union-attr]
        for one in drawn().iter(f"{SVG}g")
    }

    assert classes == {
        "all": "all", "Work": "own", "help[...]": "own", "sort.Slice": "other",
        "runtime.mallocgc": "memory", "runtime.gcBgMarkWorker": "memory",
    }  # fmt: skip


def test_speedscope_gets_every_stack() -> None:
    """Frames are named once, and samples point at them."""
    profile = make_profile()

    made = speedscope(profile)

    frames = [one["name"] for one in made["shared"]["frames"]]
    assert len(frames) == len(set(frames))
    (only,) = made["profiles"]
    stacks = [tuple(frames[number] for number in sample) for sample in only["samples"]]
    assert list(zip(stacks, only["weights"], strict=True)) == folded(profile)
    assert (only["endValue"], only["unit"]) == (100_000_000, "nanoseconds")


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (ProfileKind.CPU, 12, "12 ns"),
        (ProfileKind.CPU, 4_500_000, "4.5 ms"),
        (ProfileKind.BLOCK, 7e12, "7e+03 s"),
        (ProfileKind.HEAP, 2048, "2 KiB"),
    ],
)
def test_amounts_have_their_unit(kind: ProfileKind, value: float, shown: str) -> None:
    """Bytes go by 1024, times by 1000."""
    assert amount(value, make_profile(kind)) == shown


def test_the_page_shows_benchmarks_and_every_profile() -> None:
    """Times, an unended benchmark, a picture for each kind and three files for each."""
    found = served("profiles", rated())

    assert found is not None
    page = html.fromstring(found.body.decode())
    text = page.text_content()
    assert "unverified" in text
    assert "not ended" in text
    assert [one.get("id") for one in page.iter("h2")] == ["cpu", "heap"]
    assert {one.get("href") for one in page.iter("a")} == {
        f"{kind}.{form}" for kind in ("cpu", "heap") for form in ("svg", "speedscope.json", "pb.gz")
    } | {"./"}
    assert len(list(page.iter("svg"))) == 2


def test_names_on_the_page_are_no_markup() -> None:
    """A function's name is text there too."""
    hostile = (((("<script>x</script>", "main.go", 1), MAIN, HELP), (5,)),)
    report = rated().model_copy(update={"profiles": (make_profile(ProfileKind.CPU, *hostile),)})

    found = served("profiles", report)

    assert found is not None
    assert b"<script" not in found.body


def test_each_profile_can_be_downloaded() -> None:
    """The raw profile is what the program left; the others are made of it."""
    report = rated()
    raw, scope = served("cpu.pb.gz", report), served("cpu.speedscope.json", report)

    assert raw is not None
    assert scope is not None
    assert (raw.body, raw.name) == (base64.b64decode(report.profiles[0].raw), "cpu.pb.gz")
    assert json.loads(scope.body) == speedscope(report.profiles[0])


@pytest.mark.parametrize("part", ["fragment", "live.css", "mutex.svg", "cpu.exe", "cpu", ""])
def test_other_parts_are_not_ours(part: str) -> None:
    """A profile that is not there, and what has another form, is nothing."""
    assert served(part, rated()) is None


@pytest.mark.parametrize(
    ("nanoseconds", "said"),
    [(0, "0 ns"), (12.34, "12.3 ns"), (478796.33, "479 µs"), (999.7, "1 µs"), (2.5e9, "2.5 s")],
)
def test_times_have_three_digits(nanoseconds: float, said: str) -> None:
    """More would be told by chance in so short a run."""
    assert duration(nanoseconds) == said


@pytest.mark.parametrize("template", ["profiles.html", "evidence-page.html"])
def test_the_legend_has_the_colours_of_the_picture(template: str) -> None:
    """A key in other colours explains nothing."""
    picture = flame_graph(make_profile())
    page = (templates_dir() / "pages" / template).read_text(encoding="utf-8")

    for name in ("own", "memory", "other"):
        assert re.findall(rf"\.{name}{{fill:(#\w+)}}", picture) == re.findall(
            rf"\.key\.{name}{{background:(#\w+)}}", page
        )
