"""Chinese as written in Taiwan or Hong Kong brought to the form that content is written in.

So that a rubric lists each wording once, in simplified characters. It is no converter
for prose: the table has the characters of questions, answers and rubrics, and the few
terms that have another name there.
"""

from __future__ import annotations

# Traditional, simplified.
_PAIRS = """
丟丢 並并 乾干 亂乱 佈布 佔占 併并 來来 侷局 係系 個个 們们 側侧 偽伪 傳传 價价 億亿 儘尽 優优
儲储 內内 兩两 冪幂 凈净 凍冻 別别 刪删 則则 剛刚 動动 務务 勝胜 勞劳 勢势 勻匀 區区 卻却 參参
員员 問问 啟启 喚唤 單单 嗎吗 嚮向 嚴严 圍围 圖图 團团 執执 報报 塊块 塗涂 壓压 壞坏 夠够 夾夹
學学 實实 寧宁 審审 寫写 寬宽 專专 對对 導导 層层 屬属 峯峰 師师 帶带 幫帮 幹干 幾几 庫库 廣广
張张 強强 彷仿 後后 徑径 從从 復复 徵征 恆恒 愛爱 態态 慮虑 憶忆 應应 懲惩 懷怀 懸悬 戶户 捨舍
捲卷 採采 換换 損损 搶抢 撈捞 擁拥 擇择 擊击 擋挡 擔担 據据 擬拟 擴扩 擺摆 擾扰 攝摄 攪搅 敘叙
數数 斂敛 斷断 於于 時时 暫暂 曆历 書书 會会 東东 條条 棄弃 極极 構构 標标 樣样 樸朴 機机 檢检
權权 歐欧 歲岁 歷历 歸归 殘残 氣气 汙污 決决 沒没 況况 洩泄 淨净 淺浅 減减 測测 湊凑 準准 溫温
滯滞 滿满 漲涨 漸渐 瀏浏 為为 無无 熱热 燒烧 爛烂 爲为 爾尔 犧牺 狀状 獨独 獲获 獻献 現现 環环
產产 畢毕 畫画 異异 當当 疊叠 療疗 發发 盡尽 監监 盤盘 瞭了 確确 碼码 礎础 礙碍 祇只 禍祸 種种
稱称 積积 穩稳 窮穷 競竞 筆笔 箇个 節节 範范 築筑 簡简 籤签 糾纠 紀纪 約约 紅红 紋纹 納纳 純纯
紙纸 級级 細细 終终 絃弦 組组 結结 絕绝 絡络 給给 統统 絲丝 經经 綫线 維维 網网 緊紧 線线 編编
緩缓 練练 緻致 縮缩 總总 績绩 繞绕 繪绘 繫系 繼继 續续 纔才 罰罚 羅罗 義义 習习 聞闻 聯联 聰聪
聲声 職职 聽听 腦脑 腳脚 膩腻 臨临 與与 興兴 舉举 舊旧 萬万 著着 蓋盖 薦荐 藍蓝 蘭兰 處处 號号
虧亏 術术 衝冲 裏里 補补 裡里 製制 複复 覈核 見见 規规 視视 覺觉 觀观 觸触 訂订 計计 訊讯 討讨
訓训 記记 訣诀 訪访 設设 許许 訴诉 診诊 註注 証证 評评 詞词 詢询 試试 話话 該该 誌志 認认 語语
誤误 說说 説说 誰谁 課课 調调 談谈 請请 論论 諧谐 諾诺 謂谓 謎谜 講讲 證证 識识 譯译 議议 護护
讀读 變变 讓让 讚赞 貝贝 負负 貢贡 貫贯 責责 貴贵 買买 費费 資资 賣卖 賦赋 質质 賬账 賴赖 購购
賽赛 贊赞 贏赢 趨趋 跡迹 踐践 躍跃 車车 軟软 較较 載载 輕轻 輪轮 輯辑 輸输 轉转 辦办 辭辞 迴回
這这 連连 週周 進进 運运 過过 達达 遜逊 遞递 遠远 適适 遲迟 遷迁 選选 遺遗 還还 邊边 邏逻 鄉乡
鄰邻 醫医 釋释 釐厘 針针 銳锐 銷销 錄录 錢钱 錯错 鍵键 鍾钟 鏈链 鏡镜 鐘钟 鐵铁 鑑鉴 長长 門门
閃闪 閉闭 開开 閒闲 間间 閘闸 閾阈 闆板 關关 陣阵 陳陈 陸陆 階阶 際际 隨随 險险 隱隐 隻只 雖虽
雙双 雜杂 雞鸡 離离 難难 雲云 電电 靈灵 靜静 韌韧 響响 頂顶 項项 順顺 須须 預预 頓顿 領领 頭头
頸颈 頻频 顆颗 題题 額额 願愿 類类 顧顾 顯显 風风 飛飞 飽饱 養养 餘余 館馆 餵喂 饋馈 馬马 駐驻
駕驾 騙骗 驅驱 驗验 驟骤 體体 髮发 鬆松 鬚须 魚鱼 鳥鸟 麼么 麽么 黃黄 點点 齊齐 龐庞
"""
_CHARACTERS = str.maketrans(dict(_PAIRS.split()))

# After the characters have been replaced.
_TERMS = {
    "变异数": "方差",
    "机率": "概率",
    "遮罩": "掩码",
    "记忆体": "内存",
    "快取": "缓存",
    "视窗": "窗口",
    "杂讯": "噪声",
    "平行": "并行",
    "资料": "数据",
    "资讯": "信息",
    "网路": "网络",
    "回圈": "循环",
    "推论": "推理",
    "启动函数": "激活函数",
    "正规化": "归一化",
    "过度拟合": "过拟合",
    "外插": "外推",
}


def simplified(text: str) -> str:
    """`text` with traditional characters and Taiwan's terms replaced."""
    text = text.translate(_CHARACTERS)
    for there, here in _TERMS.items():
        text = text.replace(there, here)
    return text
