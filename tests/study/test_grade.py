from types import SimpleNamespace

import pytest

from quiz.model import DemoCall, Option, Point, Question, Reject, Text
from quiz.study.grade import Unreadable, grade, key_of


def text(words: str) -> Text:
    return Text(words, words)


def question(kind: str, **fields) -> Question:
    return Question("q", kind, "core", text("?"), text("!"), **fields)


def options(*right: bool) -> tuple[Option, ...]:
    return tuple(
        Option(text(f"option {i}"), text(f"why {i}"), correct=r, misconception="" if r else f"m{i}")
        for i, r in enumerate(right)
    )


def run(**figures):
    held = SimpleNamespace(name="held", holds=True)
    broken = SimpleNamespace(name="broken", holds=False)
    return SimpleNamespace(figures=figures, claims=(held, broken))


def test_single_names_the_reason_and_the_belief_behind_a_wrong_choice():
    asked = question("single", options=options(False, True, False))
    assert grade(asked, "2").verdict == "right"
    wrong = grade(asked, "3")
    assert (wrong.verdict, wrong.why, wrong.beliefs) == ("wrong", (text("why 2"),), ("m2",))


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("1,2,3", "right"), ("1,2", "partly"), ("1,2,3,4", "partly"), ("1", "wrong"), ("4", "wrong"),
     ("1,2,4,5", "wrong")],
)  # fmt: skip
def test_multiple_gives_partial_credit(answer, verdict):
    asked = question("multiple", options=options(True, True, True, False, False))
    assert grade(asked, answer).verdict == verdict


@pytest.mark.parametrize("answer", ["", "0", "4", "two", "1,2", "-1"])
def test_what_is_no_choice_is_refused_rather_than_wrong(answer):
    with pytest.raises(Unreadable):
        grade(question("single", options=options(True, False, False)), answer)


def test_a_prediction_is_graded_by_the_run_not_by_the_file():
    ranged = tuple(
        Option(text(str(low)), text("why"), range=(low, high))
        for low, high in ((float("-inf"), 1.0), (1.0, 5.0), (5.0, float("inf")))
    )
    asked = question("predict", options=ranged, figure="ratio", demo=DemoCall("d", {}))
    assert key_of(asked, run(ratio=0.9)) == (0,)
    assert key_of(asked, run(ratio=1.0)) == (1,)  # closed below, open above
    assert grade(asked, "3", run(ratio=9.1)).verdict == "right"
    assert grade(asked, "3", run(ratio=4.9)).verdict == "wrong"


def test_a_prediction_that_a_claim_will_hold():
    yes_no = (
        Option(text("holds"), text("why"), holds=True),
        Option(text("fails"), text("why"), holds=False),
    )
    for claim, right in (("held", "1"), ("broken", "2")):
        asked = question("predict", options=yes_no, claim=claim, demo=DemoCall("d", {}))
        assert grade(asked, right, run()).verdict == "right"
        assert grade(asked, "12"[right == "1"], run()).verdict == "wrong"


def test_a_predicted_number_is_compared_with_the_live_figure():
    asked = question("predict", figure="ratio", tolerance="10%", demo=DemoCall("d", {}))
    assert grade(asked, "9.5", run(ratio=9.07)).verdict == "right"
    assert grade(asked, "1", run(ratio=9.07)).verdict == "wrong"


def test_a_tempting_number_gets_its_own_reason():
    asked = question(
        "numeric", value=64.0, reject={"8": Reject(text("that is the std"), "std-not-variance")}
    )
    assert grade(asked, "8*8").verdict == "right"
    wrong = grade(asked, "sqrt(64)")
    assert (wrong.why, wrong.beliefs) == ((text("that is the std"),), ("std-not-variance",))
    assert grade(asked, "63").why == ()
    with pytest.raises(Unreadable):
        grade(asked, "sixty-four")


def test_short_prefers_the_more_telling_match():
    asked = question(
        "short",
        accept=("a previous-token head", "previous token", "前一个 token"),
        reject={"self": Reject(text("the diagonal is easy"), "ties-cost-parameters")},
    )
    assert grade(asked, "Previous token!").verdict == "right"
    assert grade(asked, "attend to the previous token, cyclically").verdict == "right"
    assert grade(asked, "看前一个token").verdict == "right"
    assert grade(asked, "self").why == (text("the diagonal is easy"),)
    assert grade(asked, "no idea").verdict == "wrong"


def test_short_lets_the_longer_of_two_matches_decide():
    asked = question(
        "short", accept=("root of d_k",), reject={"d_k": Reject(text("that is the variance"))}
    )
    assert grade(asked, "by the root of d_k, of course").verdict == "right"
    assert grade(asked, "by d_k itself").why == (text("that is the variance"),)


def test_order_counts_pairs_in_the_right_order():
    asked = question("order", items=tuple(text(str(i)) for i in range(5)))
    assert grade(asked, "1,2,3,4,5").verdict == "right"
    assert grade(asked, "2,1,3,4,5").verdict == "partly"
    assert grade(asked, "5,4,3,2,1").verdict == "wrong"
    with pytest.raises(Unreadable):
        grade(asked, "1,1,2,3,4")


def test_explain_finds_the_points_that_were_made():
    asked = question(
        "explain",
        points=(
            Point(text("variance"), ("variance", "方差")),
            Point(text("saturation"), ("saturate", "饱和")),
            Point(text("at init"), ("initialisation", "at init", "初始化")),
        ),
    )
    found = grade(asked, "The variance grows and softmax saturates.")
    assert (found.verdict, found.found) == ("partly", (0, 1))
    assert grade(asked, "初始化时方差变大，softmax 饱和").verdict == "right"
    with pytest.raises(Unreadable):
        grade(asked, "  ")


def test_a_verdict_on_the_right_side_is_partly_right():
    asked = question("verdict", accept=("wrong",))
    assert [grade(asked, str(i)).verdict for i in (1, 2, 3, 4)] == [
        "wrong",
        "wrong",
        "partly",
        "right",
    ]
