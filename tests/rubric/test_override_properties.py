"""Whatever the order and number of deliveries, the same overrides; forgery removes none."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rubric.override import admit, fold, step
from rubric.override_model import Snapshot, State
from tests.rubric.snapshots import ADMIN, ANNA, BEN, CLEO, DORA, POLICY, make_snapshot

PEOPLE = (ADMIN, ANNA, BEN, CLEO, DORA)
CRITERIA = ("CR", "EH", "SC")

values = st.dictionaries(st.sampled_from(CRITERIA), st.sampled_from((1, 3, 5, "na")))


@st.composite
def snapshots(draw: st.DrawFn, *, verified: bool | None = None) -> Snapshot:
    """Any state of one of three annotations by three authors."""
    annotation = draw(st.integers(1, 3))
    created = annotation * 10
    made = make_snapshot(
        created + draw(st.integers(0, 8)) * 7,
        draw(values),
        annotation=annotation,
        author=(ANNA, BEN, CLEO)[annotation - 1],
        created=created,
        by=draw(st.sampled_from((*PEOPLE, None))),
        review=draw(st.sampled_from((None, "agree", "escalate"))),
        reasons=draw(st.sampled_from(((), ("R1",), ("R7",)))),
    )
    return replace(
        made,
        cancelled=draw(st.integers(0, 9)) == 0,
        gone=draw(st.integers(0, 14)) == 0,
        parent_annotation=draw(st.sampled_from((None, None, 1, 77))),
        parent_prediction=draw(st.sampled_from((None, 5))),
        verified=draw(st.booleans()) if verified is None else verified,
    )


histories = st.lists(snapshots(), max_size=12)


@given(histories, st.randoms(use_true_random=False), st.integers(1, 3))
def test_order_and_number_of_deliveries_do_not_matter(
    seen: list[Snapshot], random: object, times: int
) -> None:
    """Shuffled and repeated, the same snapshots end in the same state and effects."""
    shuffled = seen * times
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert fold(shuffled, POLICY) == fold(seen, POLICY)


@given(histories)
def test_every_history_has_an_outcome(seen: list[Snapshot]) -> None:
    """No combination of states raises, and every override has differing ends."""
    state, _ = fold(seen, POLICY)

    assert all(o.from_value != o.to_value for o in state.overrides.values() if o.criterion)


@given(
    st.lists(snapshots(verified=True), max_size=10), st.lists(snapshots(verified=False), max_size=6)
)
def test_forged_bodies_remove_no_override(honest: list[Snapshot], forged: list[Snapshot]) -> None:
    """What Label Studio itself shows stands, whatever deliveries claim."""
    before = fold(honest, POLICY).state.overrides
    after = fold([*honest, *forged], POLICY).state.overrides

    assert {k for k, o in before.items() if o.status.stands} <= {
        k for k, o in after.items() if o.status.stands
    }


@given(snapshots(verified=False))
def test_claims_alone_count_for_nothing(claim: Snapshot) -> None:
    """Nothing is believed about an annotation that was never fetched."""
    assert fold([claim], POLICY).state == State()


@given(histories)
def test_step_after_the_last_state_changes_nothing(seen: list[Snapshot]) -> None:
    """Every admitted snapshot is known once the fold is done."""
    admitted, _ = admit(seen)
    state = State(known=frozenset(s.key.id for s in admitted))
    for snapshot in admitted:
        state = step(state, snapshot, POLICY).state

    assert all(
        step(state, s, POLICY).state is state for s in admitted if s.key in state.annotations
    )
