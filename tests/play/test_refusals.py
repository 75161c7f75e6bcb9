from quiz.play.refusals import unknown
from quiz.words import Catalogue

WORDS = Catalogue("en")


def test_the_nearest_name_else_all_where_they_are_few_else_nothing():
    assert unknown("topic", "scalling", ["masking", "scaling"], WORDS).endswith("scaling?")
    assert unknown("topic", "zzz", ["masking", "scaling"], WORDS).endswith("masking, scaling")
    many = [f"topic-{i}" for i in range(99)]
    assert unknown("topic", "zzz", many, WORDS) == "no topic “zzz”"
    assert unknown("topic", "zzz", [], WORDS) == "no topic “zzz”"
