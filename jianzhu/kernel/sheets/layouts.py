"""The columns of every sheet that the product imports: one place for readers, docs and examples.

Keys are codes that people give: organisations, crews and projects by `code`, workers by
`worker_code`. Money is in currency units ("12500.50"), hours per 工 in minutes or "8:00".
A blank `valid_to` means: until further notice; `valid_to` is the first day that no longer counts.
`examples/month/README.md` describes each sheet for people.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from jianzhu.kernel.money import DIGITS
from jianzhu.kernel.sheets.columns import Column, Kind

WORKDAY_MINUTES_MIN, WORKDAY_MINUTES_MAX = 240, 720
DAYS_MAX = 60
CODE_MAX = 40
EARLIEST = date(2000, 1, 1)

ROLES: Mapping[str, tuple[str, ...]] = {
    "crew_leader": ("班组长",),
    "subcontractor": ("分包单位", "分包"),
    "general_contractor": ("施工总承包单位", "总包"),
    "labour_officer": ("劳资专管员",),
    "owner": ("建设单位", "业主"),
    "arbitrator": ("仲裁员",),
    "operator": ("运营",),
    "auditor": ("监管", "审计"),
}
PARTIES: Mapping[str, tuple[str, ...]] = {
    "owner": ("建设单位",),
    "general_contractor": ("施工总承包单位", "总包"),
    "subcontractor": ("分包单位", "分包"),
    "supervisor": ("监理单位", "监理"),
}
DEVICES: Mapping[str, tuple[str, ...]] = {
    "hikvision": ("海康威视", "海康"),
    "zkteco": ("中控智慧", "中控"),
    "dahua": ("大华",),
    "uface": ("宇泛",),
    "sheet": ("考勤表", "表格"),
}
BASES: Mapping[str, tuple[str, ...]] = {
    "hour": ("小时",),
    "day": ("工", "工日", "日"),
    "month": ("月",),
    "lump_day": ("包日", "包薪"),
    "lump_month": ("包月",),
    "salary": ("薪水", "固定薪水"),
    "piece": ("计件",),
}
SALARY_PER: Mapping[str, tuple[str, ...]] = {
    "week": ("周",),
    "two_weeks": ("双周",),
    "half_month": ("半月",),
    "month": ("月",),
    "year": ("年",),
}
NIGHT_PERCENT_MAX = 200
WEEK_MINUTES = 7 * 24 * 60
YES_NO: Mapping[str, tuple[str, ...]] = {"yes": ("是",), "no": ("否",)}
SHARES: Mapping[str, tuple[str, ...]] = {
    "workdays": ("按工", "按工日"),
    "equal": ("平均", "均分"),
    "points": ("按分", "分值"),
}
MILESTONE_SHARES = {**SHARES, "percent": ("按比例",)}


def _code(name: str, *aliases: str, required: bool = True, unique: bool = False) -> Column:
    return Column(name, aliases, Kind.CODE, required, CODE_MAX, unique=unique)


def _text(name: str, *aliases: str, required: bool = True, length_max: int = 200) -> Column:
    return Column(name, aliases, Kind.TEXT, required, length_max)


def _date(name: str, *aliases: str, required: bool = True) -> Column:
    return Column(name, aliases, Kind.DATE, required, min=EARLIEST)


def _instant(name: str, *aliases: str, required: bool = True) -> Column:
    return Column(name, aliases, Kind.DATETIME, required, min=EARLIEST)


def _choice(
    name: str, *aliases: str, of: Mapping[str, tuple[str, ...]], required: bool = True
) -> Column:
    return Column(name, aliases, Kind.CHOICE, required, choices=of)


def _whole(name: str, *aliases: str, low: int, high: int, required: bool = True) -> Column:
    return Column(name, aliases, Kind.INTEGER, required, min=low, max=high)


def _quantity(name: str, *aliases: str, required: bool = True) -> Column:
    return Column(name, aliases, Kind.DECIMAL, required, min=0)


def _money(name: str, *aliases: str, required: bool = True) -> Column:
    return Column(name, aliases, Kind.MONEY, required, min=0)


PROJECT = _code("project_code", "项目编号")
CREW = _code("crew_code", "班组编号")
WORKER = _code("worker_code", "工人编号")
FROM = _date("valid_from", "生效日期", "开始日期")
TO = _date("valid_to", "失效日期", "截止日期", required=False)
CURRENCY = _choice("currency", "币种", of=dict.fromkeys(DIGITS, ()))
RULE_SET = Column("rule_set", ("规则集", "适用法律"), Kind.CODE, length_max=20)
REGION = Column("region", ("地区",), Kind.CODE, length_max=CODE_MAX)
ZONE = Column("zone", ("时区",), Kind.CODE, length_max=CODE_MAX)

COLUMNS: dict[str, tuple[Column, ...]] = {
    "organisations": (
        _code("code", "单位代码", "统一社会信用代码", unique=True),
        _text("name", "单位名称"),
    ),
    "users": (
        Column("username", ("用户名", "账号"), Kind.CODE, length_max=64),
        _text("name", "姓名", length_max=100),
        _code("organisation_code", "单位代码"),
        _choice("role", "角色", of=ROLES),
        _code("project_code", "项目编号", required=False),
        # A crew leader is a worker: the same account, so that both see one person.
        _code("worker_code", "工人编号", required=False),
        Column("language", ("语言",), Kind.CODE, required=False, length_max=10),
    ),
    "projects": (
        _code("project_code", "项目编号"),
        _text("project_name", "项目名称"),
        _code("site_code", "工地编号"),
        _text("site_name", "工地名称"),
        ZONE,
        CURRENCY,
        RULE_SET,
        REGION,
        Column("wage_account", ("工资专户", "专用账户"), Kind.CODE, length_max=CODE_MAX),
        _text("wage_account_bank", "开户银行", length_max=100),
        _date("policy_from", "约定生效日期"),
        _whole("silence_days", "默示验收天数", low=1, high=DAYS_MAX),
        _whole("confirm_days", "考勤确认天数", low=1, high=DAYS_MAX),
    ),
    "parties": (
        PROJECT,
        _code("organisation_code", "单位代码"),
        _choice("role", "参建角色", of=PARTIES),
    ),
    "devices": (
        _code("site_code", "工地编号"),
        _choice("kind", "设备类型", of=DEVICES),
        Column("serial", ("序列号", "设备号"), Kind.CODE, length_max=64, unique=True),
        _text("name", "设备名称", length_max=100),
        _choice("direction", "方向", of={"in": ("进",), "out": ("出",), "both": ("进出", "双向")}),
        ZONE,
        _whole("drift_seconds", "时钟偏差秒", low=-86_400, high=86_400, required=False),
    ),
    "attendance_rules": (
        PROJECT,
        _code("crew_code", "班组编号", required=False),
        FROM,
        _choice("kind", "出勤口径", of={"day": ("白班",), "night": ("夜班",)}),
        Column("starts", ("上班时间",), Kind.MINUTES, min=0, max=1439),
        Column("ends", ("下班时间",), Kind.MINUTES, min=0, max=1439),
        Column("break_minutes", ("休息分钟",), Kind.MINUTES, min=0, max=240),
        Column("day_starts", ("日界时间",), Kind.MINUTES, min=0, max=1439),
        Column(
            "workday_minutes",
            ("每工时长",),
            Kind.MINUTES,
            min=WORKDAY_MINUTES_MIN,
            max=WORKDAY_MINUTES_MAX,
        ),
    ),
    # What the law of a region asks at least; blank where it sets none for that unit.
    "minimum_wages": (
        REGION,
        CURRENCY,
        FROM,
        Column("per_month", ("月最低工资",), Kind.MONEY, required=False, min=0),
        Column("per_hour", ("小时最低工资",), Kind.MONEY, required=False, min=0),
        _text("source", "依据"),
    ),
    "workers": (
        _code("worker_code", "工人编号", unique=True),
        _text("name", "姓名", length_max=100),
        _code("employer_code", "用人单位代码"),
        _text("trade", "工种", length_max=40),
        Column("id_kind", ("证件类型",), Kind.CODE, required=False, length_max=4),
        Column("id_number", ("身份证号", "证件号码"), Kind.CODE, length_max=20, unique=True),
        Column("phone", ("手机号", "手机号码"), Kind.CODE, length_max=16, unique=True),
        Column("bank_code", ("银行代码",), Kind.CODE, length_max=20),
        _text("bank_name", "开户银行", length_max=100),
        Column("account_number", ("银行卡号", "工资卡号"), Kind.CODE, length_max=32, unique=True),
        _code("site_code", "工地编号"),
        Column("person_no", ("人员编号", "设备人员号"), Kind.CODE, length_max=CODE_MAX),
        _date("enrolled_from", "进场日期"),
    ),
    "crews": (
        _code("employer_code", "用人单位代码"),
        _code("crew_code", "班组编号"),
        _text("name", "班组名称", length_max=100),
        _text("trade", "工种", length_max=40),
        _code("leader_code", "班组长编号"),
    ),
    "crew_members": (CREW, WORKER, FROM, TO),
    "agreements": (
        WORKER,
        PROJECT,
        _text("trade", "工种", length_max=40),
        RULE_SET,
        REGION,
        CURRENCY,
        _whole("pay_day", "发薪日", low=1, high=31),
        _date("signed_on", "签订日期"),
        _choice("basis", "计价方式", of=BASES),
        _text("item", "计件项目", required=False, length_max=60),
        _text("unit", "计件单位", required=False, length_max=12),
        _money("rate", "单价", "工价"),
        Column(
            "workday_minutes",
            ("每工时长",),
            Kind.MINUTES,
            min=WORKDAY_MINUTES_MIN,
            max=WORKDAY_MINUTES_MAX,
        ),
        FROM,
        TO,
        _whole("night_percent", "夜班补贴百分比", low=0, high=NIGHT_PERCENT_MAX, required=False),
        # Of a salary; without covered hours it pays whatever hours the week has.
        _choice("salary_per", "薪水周期", of=SALARY_PER, required=False),
        Column("covers_minutes", ("薪水含周工时",), Kind.MINUTES, False, min=1, max=WEEK_MINUTES),
        # Of a piece price.
        _money("guarantee", "计件保底时薪", required=False),
        # A wage determination with the fringe actually paid, per hour (Davis-Bacon).
        _text("determination", "工资裁定编号", required=False, length_max=60),
        _money("basic_rate", "裁定基本时薪", required=False),
        _money("fringe_rate", "裁定福利时薪", required=False),
        _money("fringe_to_plan", "缴入福利计划", required=False),
        _money("fringe_in_cash", "福利现金", required=False),
    ),
    "work_packages": (
        PROJECT,
        _code("code", "任务包编号"),
        _text("name", "任务包名称"),
        _text("trade", "工种", length_max=40),
        _text("item", "分项工程", required=False, length_max=60),
        _text("unit", "单位", required=False, length_max=12),
        _quantity("planned_quantity", "计划工程量", required=False),
        _date("starts_on", "开工日期"),
        _date("ends_on", "完工日期"),
        # What a plan needs besides: where, how long with how many people, and what has to be over.
        _code("site_code", "工地编号", required=False),
        _whole("days", "工作日数", low=1, high=2_000, required=False),
        _whole("headcount", "人数", low=1, high=1_000, required=False),
        _text("after", "紧前任务包", required=False),
    ),
    "assignments": (
        PROJECT,
        _code("work_package_code", "任务包编号"),
        CREW,
        _date("starts_on", "开始日期"),
        _date("ends_on", "结束日期"),
        _whole("headcount", "人数", low=1, high=1_000),
        _choice("answer", "答复", of={"accepted": ("接受",), "declined": ("拒绝",)}),
        _text("reason", "原因", required=False),
    ),
    "deposits": (
        PROJECT,
        _code("payer_code", "付款单位代码"),
        Column("reference", ("银行流水号",), Kind.CODE, length_max=64, unique=True),
        _money("amount", "金额"),
        CURRENCY,
        _instant("at", "到账时间"),
    ),
    "task_sheets": (
        PROJECT,
        Column("number", ("任务单号",), Kind.CODE, length_max=CODE_MAX, unique=True),
        CREW,
        _code("work_package_code", "任务包编号"),
        _text("item", "分项工程", length_max=60),
        _text("building", "楼栋", required=False, length_max=60),
        _text("floor", "楼层", required=False, length_max=60),
        _text("axis", "轴线", required=False, length_max=60),
        _text("unit", "单位", length_max=12),
        _date("work_from", "施工开始"),
        _date("work_to", "施工结束"),
        _quantity("planned_quantity", "计划工程量"),
        _quantity("measured_quantity", "实测工程量", required=False),
        _quantity("accepted_quantity", "验收工程量", required=False),
        _choice("is_piece", "计件", of=YES_NO),
        _choice("share_rule", "分配方式", of=SHARES),
        # "W-A-032=12;W-A-033=10": agreed points, only with share_rule "points"
        _text("share_points", "分配分值", required=False, length_max=2_000),
        _code("submitted_by", "提交人"),
        _instant("submitted_at", "提交时间"),
        _instant("inspected_at", "实测时间", required=False),
        _choice(
            "decision",
            "验收结论",
            of={
                "accepted": ("验收通过", "通过"),
                "partly_accepted": ("部分通过",),
                "rejected": ("不通过", "退回"),
            },
            required=False,
        ),
        _instant("decided_at", "验收时间", required=False),
        _code("decided_by", "验收人", required=False),
        _text("defect", "缺陷", required=False, length_max=500),
        _date("cure_by", "整改期限", required=False),
    ),
    # Without a decision it waits for one; without submitted_by it is only planned.
    "milestones": (
        PROJECT,
        Column("number", ("节点编号",), Kind.CODE, length_max=CODE_MAX, unique=True),
        CREW,
        _text("contract", "承包合同编号", length_max=60),
        _text("name", "节点名称", length_max=120),
        _date("work_from", "施工开始"),
        _date("work_to", "施工结束"),
        _money("labour_amount", "劳务金额"),
        CURRENCY,
        _money("retention", "预留金额", required=False),
        _date("retention_until", "预留到期日", required=False),
        _choice("share_rule", "分配方式", of=MILESTONE_SHARES),
        # "W-A-045=14;W-A-046=12": agreed points, or percent that make 100
        _text("share_points", "分配分值", required=False, length_max=2_000),
        _whole("sign_days", "签字天数", low=1, high=30),
        _code("planned_by", "计划人"),
        _code("submitted_by", "提交人", required=False),
        _instant("submitted_at", "提交时间", required=False),
        _choice(
            "decision",
            "验收结论",
            of={
                "accepted": ("验收通过", "通过"),
                "partly_accepted": ("部分通过",),
                "rejected": ("不通过", "退回"),
            },
            required=False,
        ),
        _money("accepted_amount", "验收金额", required=False),
        _instant("decided_at", "验收时间", required=False),
        _code("decided_by", "验收人", required=False),
        _text("defect", "缺陷", required=False, length_max=500),
        _date("cure_by", "整改期限", required=False),
    ),
    # Hours worked while a gate was down, or on a site without one: each row is one passage.
    "punches": (
        _code("site_code", "工地编号"),
        Column("person_no", ("人员编号", "设备人员号"), Kind.CODE, length_max=CODE_MAX),
        _text("name", "姓名", required=False, length_max=100),
        _instant("at", "时间", "打卡时间"),
        _choice("direction", "方向", of={"in": ("进", "上班"), "out": ("出", "下班")}),
        _text("reason", "原因", required=False),
    ),
}
