import pytest

from quiz.study.wording import mentions, same


@pytest.mark.parametrize(
    ("answer", "wording"),
    [
        ("The variance of q·k grows with d_k.", "grows with d_k"),
        ("softmax saturates, so gradients are tiny", "saturate"),
        ("softmax 会饱和，梯度 变小", "梯度变小"),
        ("用了ＳＯＦＴＭＡＸ", "softmax"),
        ("it costs O(n²) time", "O(n^2)"),
        ("costs O( n ^ 2 )", "O(n^2)"),
        ("not only the mean but the variance", "the variance"),
        ("不仅方差变大", "方差变大"),
        ("heads", "head"),
    ],
)
def test_a_point_made_is_found(answer, wording):
    assert mentions(answer, wording)


@pytest.mark.parametrize(
    ("answer", "wording"),
    [
        ("it costs O(n^2)", "O(n)"),
        ("it costs O(n²)", "O(n)"),
        ("the gradient does not vanish", "vanish"),
        ("a non-causal mask", "causal mask"),
        ("梯度不会消失", "消失"),
        ("没有残差连接", "残差连接"),
        ("the decoder is masked", "encoder"),
        ("d_k2 is larger", "d_k"),
        ("", "softmax"),
    ],
)
def test_what_was_not_said_or_was_denied_is_not_found(answer, wording):
    assert not mentions(answer, wording)


def test_short_answers_forgive_case_articles_and_a_slip_of_the_finger():
    assert same("The Causal Mask.", "causal mask")
    assert same("casual mask", "causal mask")
    assert same("因果掩码。", "因果掩码")


def test_short_answers_do_not_forgive_another_word():
    assert not same("encoder", "decoder")
    assert not same("O(n^2 d)", "O(n d^2)")
    assert not same("1/3", "1/2")
    assert not same("underflow", "overflow")
