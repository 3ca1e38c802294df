"""Words that names share without being alike: legal forms, places, lines of business, in Chinese and in Latin
letters.

In Simplified characters and lower case, as `normal_forms.folded` leaves them. Places are the provinces and
prefectures
of the mainland, the counties and cities of Taiwan, and the places abroad that company names carry most.
"""

from __future__ import annotations

#: Province -> what is left of its name in company names, then its cities.
_PROVINCES = """
北京:
天津:
上海:
重庆:
河北: 石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 雄安
山西: 太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁
内蒙古: 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布
辽宁: 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 葫芦岛
吉林: 长春 四平 辽源 通化 白山 松原 白城 延边
黑龙江: 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化
江苏: 南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 昆山 江阴 张家港 常熟 太仓 宜兴
浙江: 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌 慈溪 余姚 海宁 永康 诸暨 乐清
安徽: 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城
福建: 福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 晋江 石狮
江西: 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶
山东: 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 莱芜
河南: 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 济源
湖北: 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施
湖南: 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西
广东: 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮
广西: 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左
海南: 海口 三亚 三沙 儋州
四川: 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳
贵州: 贵阳 六盘水 遵义 安顺 毕节 铜仁
云南: 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 大理 红河
西藏: 拉萨 日喀则 昌都 林芝 山南 那曲
陕西: 西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛
甘肃: 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南
青海: 西宁 海东
宁夏: 银川 石嘴山 吴忠 固原 中卫
新疆: 乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 喀什 石河子
香港:
澳门:
台湾: 台北 新北 桃园 台中 台南 高雄 基隆 新竹 嘉义 苗栗 彰化 南投 云林 屏东 宜兰 花莲 台东 澎湖 金门
"""
_ABROAD = "中国 美国 日本 韩国 新加坡 马来西亚 泰国 越南 德国 英国 法国 意大利 加拿大 澳大利亚 印度 俄罗斯 亚洲 欧洲"
_ABROAD_LATIN = """
china prc hong kong hongkong hk taiwan taipei macau usa us america american japan korea singapore malaysia thailand
vietnam germany german deutschland uk britain british france italy canada australia india russia asia asian europe
european far east pacific
"""

#: The longest first where one is the end of another.
LEGAL_FORMS = (
    "股份有限公司", "有限责任公司", "集团有限公司", "控股有限公司", "股份公司", "有限公司", "有限合伙", "合伙企业",
    "个人独资企业", "责任公司", "集团公司", "控股公司", "总公司", "子公司", "个体工商户", "公司", "集团", "控股",
    "企业",
    "总厂", "总店", "股份", "有限", "厂", "店", "行", "社", "部", "会", "坊",
)  # fmt: skip
#: A single character is a form only behind something: 中国银行 is not 中国银 with the form 行.
BRANCHES = ("分公司", "分店", "分行", "支行", "分厂", "办事处", "分部", "营业部", "门市部", "代表处", "经营部")

_TRADES = """
科技 技术 信息 网络 电子 通信 通讯 软件 计算机 数据 智能 互联网 数码 光电 半导体 自动化 机电 机械 设备 仪器 仪表
工程 建筑
建设 建材 装饰 装修 装潢 设计 园林 景观 绿化 环保 环境 能源 新能源 电力 电气 电器 石油 石化 化工 化学 塑料 塑胶
橡胶 材料
新材料 金属 钢铁 钢材 铝业 铜业 有色 矿业 水泥 陶瓷 玻璃 五金 模具 轴承 汽车 汽配 摩托 船舶 航空 航运 海运 运输
物流 货运
快递 速递 仓储 供应链 贸易 商贸 经贸 工贸 外贸 进出口 商业 实业 产业 工业 制造 加工 生产 农业 农产品 农牧 畜牧 养殖
种植 水产 渔业
林业 苗圃 食品 饮料 餐饮 饮食 酒业 酒店 宾馆 旅馆 旅游 旅行社 旅行 服装 服饰 纺织 针织 印染 皮革 鞋业 家具 家居
家电 家用 日用
百货 超市 连锁 零售 批发 销售 经销 代理 商行 贸易商行 商店 用品 文具 印刷 包装 造纸 纸业 出版 图书 书房 书店 文化
传媒 传播 广告 影视 娱乐 体育
健身 教育 培训 学校 幼儿园 咨询 管理 企业管理 顾问 策划 营销 服务 人力资源 劳务 物业 房地产 地产 置业 房产 中介 租赁
金融 投资 资本 基金 证券 保险 银行 担保 典当 信托 财务 会计 财富 资产 资源 医药 医疗 药业 药房 生物 健康 保健 养生
美容 美发 护肤 化妆品
医院 诊所 器械 医疗器械 商务 电子商务 电商 安防 保安 安全 消防 检测 认证 维修 回收 再生 清洁 家政 洗涤 珠宝 首饰 眼镜
钟表 玩具 工艺品 礼品 花卉 宠物 中心 工作室 事务所 研究院 研究所 合作社 专业合作社 俱乐部 管理咨询 信息咨询 国际
发展 开发 综合 经营
制品 动力 部件 牧业 乐器 企业 企业管理咨询 动漫 游戏 热能 冶金 铸造 锻造 电梯 门窗 灯具 灯饰 洁具 卫浴 厨具
货运代理 国际货运 仪表 化妆 美业 童装 母婴 摄影 婚庆 会展 展览 拍卖 招标 测绘 勘察 监理 规划 造价 营养 保健品
食用菌 果蔬 蔬菜 水果 花店 超商 便利店 药店 烟酒 酒类 家纺 布业 制衣 服务部 经营 技术服务 泵阀 阀业 机床 刀具 量具
紧固件 密封件 传动 液压 气动 焊接 热处理 电镀 喷涂 注塑 冲压 线路板 电路板 显示 传感器 仪控 网店 外卖 养老 托育
窑炉 地基处理 美容院
美容店 美发店 农场 电机 电工 重工 轻工 精密 国货 控制 系统 集成 设施 机器人 芯片 微电子 光学 激光 照明 电池 电缆
线缆 阀门 泵业 锅炉 压缩机 空调 制冷 管道 钢结构 混凝土 路桥 市政 水利 水务 燃气 热力 煤炭 煤业 焦化 粮油 粮食 茶业
茶叶 乳业 肉类 饲料
种业 化肥 农药 兽药 制药 中药 药材 疫苗 纤维 化纤 丝绸 毛纺 棉业 羽绒 内衣 箱包 日化 香料 涂料 油漆 胶粘 薄膜 印务
彩印 木业 竹业 藤业 石材
"""
#: Latin word -> what Chinese names say. None: common, but no line of business.
LATIN_TRADES: dict[str, str] = {
    "technology": "科技", "technologies": "科技", "tech": "科技", "technical": "技术", "information": "信息",
    "network": "网络", "networks": "网络", "electronic": "电子", "electronics": "电子", "electric": "电气",
    "electrical": "电气", "communication": "通信", "communications": "通信", "software": "软件", "data": "数据",
    "digital": "数码", "machinery": "机械", "mechanical": "机械", "equipment": "设备", "engineering": "工程",
    "construction": "建筑", "building": "建筑", "materials": "材料", "material": "材料", "decoration": "装饰",
    "design": "设计", "environmental": "环境", "energy": "能源", "power": "电力", "petroleum": "石油", "oil": "石油",
    "chemical": "化工", "chemicals": "化工", "plastic": "塑料", "plastics": "塑料", "rubber": "橡胶",
    "metal": "金属", "metals": "金属", "steel": "钢铁", "mining": "矿业", "cement": "水泥", "ceramics": "陶瓷",
    "hardware": "五金", "auto": "汽车", "automobile": "汽车", "automotive": "汽车", "motor": "汽车", "motors": "汽车",
    "shipping": "航运", "marine": "海运", "maritime": "海运", "airlines": "航空", "airline": "航空",
    "airways": "航空",
    "aviation": "航空", "transport": "运输", "transportation": "运输", "logistics": "物流", "freight": "货运",
    "trading": "贸易", "trade": "贸易", "commerce": "商务", "commercial": "商贸", "import": "进出口",
    "export": "进出口",
    "importexport": "进出口", "industry": "实业", "industries": "实业", "industrial": "工业", "manufacturing": "制造",
    "agriculture": "农业", "agricultural": "农业", "food": "食品", "foods": "食品", "beverage": "饮料",
    "catering": "餐饮", "hotel": "酒店", "travel": "旅行", "tourism": "旅游", "garment": "服装", "clothing": "服装",
    "textile": "纺织", "textiles": "纺织", "furniture": "家具", "packaging": "包装", "printing": "印刷",
    "paper": "纸业", "culture": "文化", "cultural": "文化", "media": "传媒", "advertising": "广告", "sports": "体育",
    "education": "教育", "training": "培训", "consulting": "咨询", "consultancy": "咨询", "management": "管理",
    "marketing": "营销", "service": "服务", "services": "服务", "property": "物业", "properties": "物业",
    "estate": "房地产", "leasing": "租赁", "finance": "金融", "financial": "金融", "investment": "投资",
    "investments": "投资", "capital": "资本", "fund": "基金", "securities": "证券", "insurance": "保险",
    "bank": "银行", "banco": "银行", "medical": "医疗", "pharmaceutical": "医药", "pharma": "医药", "health": "健康",
    "biotech": "生物", "biotechnology": "生物", "beauty": "美容", "security": "安防", "international": "国际",
    "development": "发展", "enterprise": "企业", "enterprises": "企业", "supply": "供应链", "center": "中心",
    "centre": "中心", "institute": "研究所", "foundation": "基金", "association": "会", "organization": "会",
    "comercializadora": "贸易", "comercial": "商贸", "inversiones": "投资", "inversora": "投资",
    "transportes": "运输",
    "constructora": "建筑", "servicios": "服务", "inmobiliaria": "房地产", "distribuidora": "经销",
    "ganadera": "畜牧",
    "agropecuaria": "农业", "general": "综合", "products": "用品", "solutions": "服务", "systems": "系统",
}  # fmt: skip
#: Words of Latin names that say nothing of their own.
_FILLERS = """
the of and for de del la las los el y e di da do dos das du des le les et und der die das van von al bin ibn fka aka
"""
#: What cleanco does not take off: forms in the middle, or written together.
_FORMS = """
co company corp corporation inc incorporated ltd limited llc llp lp plc gmbh ag kg sa sas sarl srl sl spa bv nv ab
oy as aps pte pty pvt sdn bhd cia ltda cv rl de-cv ooo oao zao pao ao jsc ojsc pjsc cjsc group holding holdings grp
fze fzco fzc dmcc est kft doo jv pt tbk
"""
#: Legal forms in pinyin, as a Latin spelling of a whole Chinese name carries them.
PINYIN_FORMS = (
    "gufenyouxiangongsi", "youxianzerengongsi", "jituanyouxiangongsi", "youxiangongsi", "gufengongsi", "fengongsi",
    "jituangongsi", "gongsi", "jituan",
)  # fmt: skip
#: Characters that a reader, a scanner or a hasty hand takes for one another.
_LOOKALIKES = """
未末 土士 己已巳 日曰 人入八 大太天夫犬 干千于 王玉主 贝见 木本术 市布 治冶 侯候 晴睛 清请情
钢铜 住往佳 折拆析 免兔 拔拨 钩钓 沐沭 鸟乌 今令 白自 目且 田由甲申 力刀 万方 平乎 元无 工土
口日 车东 午牛 幻幼 代伐 仓仑 风凤 历厉 析折 明朋 肓盲 杨扬 柏拍 淮准 恒垣 宇字 宏宠 茂荗
盛威 辰晨 辉挥 鑫磊 祥样 陈阵 泰秦 春舂 凯剀 帅师 网冈 科料 汇江 汉双 华毕 亿忆 建健 达送
远运 通遇 润闰 诚城 信佶 旺汪 瑞端 隆降 良艮 兴共 同回 中申 金全 光兆 东乐 利和 安女 永水
丰韦 吉古 开井 德得 博搏 美羡 丽而 微徽 圣坚 圆园 源原 伟讳 岩若 峰锋 立位 星里 顺项 腾滕
思恩 康唐 龙尤 虎虔
"""


def _cities() -> dict[str, str]:
    known: dict[str, str] = {}
    province = ""
    for word in _PROVINCES.split():
        if word.endswith(":"):
            province = word[:-1]
            known[province] = province
        else:
            known.setdefault(word, province)
    return known


#: City or province -> its province.
PROVINCE_OF: dict[str, str] = _cities() | {place: place for place in _ABROAD.split()}
TRADES: frozenset[str] = frozenset(_TRADES.split())
LATIN_PLACES: frozenset[str] = frozenset(_ABROAD_LATIN.split())
LATIN_FILLERS: frozenset[str] = frozenset(_FILLERS.split())
LATIN_FORMS: frozenset[str] = frozenset(_FORMS.split())
LONGEST_TRADE = max(map(len, TRADES))
_TWINS: dict[str, set[str]] = {}
for _group in _LOOKALIKES.split():
    for _one in _group:
        _TWINS.setdefault(_one, set()).update(set(_group) - {_one})
TWINS: dict[str, frozenset[str]] = {one: frozenset(others) for one, others in _TWINS.items()}
