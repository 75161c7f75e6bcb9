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
        ("fill with −1e9", "-1e9"),
        ("not only the mean but the variance", "the variance"),
        ("不仅方差变大", "方差变大"),
        ("heads", "head"),
        ("it is not faster but more expressive", "more expressive"),
        ("不是更快，而是表达能力更强", "表达能力"),
        ("不是更快而是表达能力更强", "表达能力"),
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
        ("that isn't because of the causal mask", "causal mask"),
        ("the components needn't be independent", "independent"),
        ("不会有秩坍缩", "坍缩"),
        ("the decoder is masked", "encoder"),
        ("d_k2 is larger", "d_k"),
        ("", "softmax"),
    ],
)
def test_what_was_not_said_or_was_denied_is_not_found(answer, wording):
    assert not mentions(answer, wording)


@pytest.mark.parametrize(
    ("answer", "wording"),
    [
        ("the second-moment estimate is noisy", "second moment"),
        ("a KV-cache holds the keys", "KV cache"),
        ("we normalised the keys", "normalized the keys"),
        ("a better initialization", "better initialisation"),
        ("the neighbouring tokens", "neighboring tokens"),
        ("divided by the square root of d_k", "divided by √d_k"),
        ("divided by sqrt(d_k)", "divided by √d_k"),
        ("除以根号 d_k", "除以 √d_k"),
        ("除以根號 d_k", "除以根号"),
    ],
)
def test_a_point_counts_in_every_spelling(answer, wording):
    assert mentions(answer, wording)


@pytest.mark.parametrize(
    ("answer", "wording"),
    [
        ("因為雜訊變大，梯度會消失", "噪声变大"),
        ("殘差連接讓梯度直接回傳", "残差连接"),
        ("後面的詞用遮罩擋住", "掩码"),
        ("變異數等於 d_k", "方差等于 d_k"),
        ("每個頭的維度變小", "维度变小"),
        ("解碼時要讀 KV 快取", "KV 缓存"),
        ("兩者都能平行計算", "并行计算"),
        ("复杂度一样", "複雜度一樣"),
    ],
)
def test_answers_in_traditional_characters_and_taiwans_terms_count(answer, wording):
    assert mentions(answer, wording)


def test_a_denial_in_traditional_characters_is_a_denial():
    assert not mentions("梯度不會消失", "消失")
    assert not mentions("沒有殘差連接", "残差连接")


def test_a_hyphen_between_symbols_stays_a_minus():
    assert not mentions("the rotation R_n-m", "R_n m")
    assert mentions("the rotation R_(n-m)", "R_(n - m)")


def test_short_answers_forgive_case_articles_and_a_slip_of_the_finger():
    assert same("The Causal Mask.", "causal mask")
    assert same("casual mask", "causal mask")
    assert same("因果掩码。", "因果掩码")


def test_short_answers_do_not_forgive_another_word():
    assert not same("encoder", "decoder")
    assert not same("O(n^2 d)", "O(n d^2)")
    assert not same("1/3", "1/2")
    assert not same("underflow", "overflow")
