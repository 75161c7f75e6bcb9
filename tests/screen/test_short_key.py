import pytest

from quiz.screen.answer import _in_language


@pytest.mark.parametrize(
    ("accept", "lang", "shown"),
    [
        (("general", "双线性"), "en", "general"),
        (("general", "双线性"), "zh", "general（双线性）"),
        (("d_k", "头的维度"), "zh", "d_k"),
        (("O(1)", "常数"), "zh", "O(1)"),
        (("因果掩码", "causal mask"), "zh", "因果掩码"),
        (("因果掩码", "causal mask"), "en", "causal mask"),
        (("causal mask",), "zh", "causal mask"),
    ],
)
def test_the_key_is_the_term_with_its_chinese_twin(accept, lang, shown):
    assert _in_language(accept, lang) == shown
