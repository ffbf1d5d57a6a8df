"""The set-up sheets: who is there, what was agreed, and which gates stand where."""

from __future__ import annotations

from datetime import date

from sample import dahua, hikvision, work, zkteco
from sample.dates import FIRST, day
from sample.people import (
    BUREAU,
    CARPENTERS,
    CONCRETE,
    CONTRACTOR_A,
    CONTRACTOR_B,
    COURT,
    FRAMERS,
    LABOUR_A,
    MASONS,
    MOVED,
    OWNER_A,
    OWNER_B,
    PLATFORM,
    REBAR,
    SUPERVISOR_A,
    TRADES,
    Person,
    leader,
    rates,
)
from sample.work import PROJECT_A, PROJECT_B, SITE_A, SITE_B

REGION_A, REGION_B = "CN-99", "US"
CREW_NAMES = {
    REBAR: "钢筋一班",
    CARPENTERS: "木工一班",
    MASONS: "砌筑一班",
    CONCRETE: "混凝土夜班",
    FRAMERS: "Framing crew",
}
ORGANISATIONS = [
    (OWNER_A, "临澜新城建设投资有限公司"),
    (CONTRACTOR_A, "临澜第三建筑工程有限公司"),
    (LABOUR_A, "青禾建筑劳务有限公司"),
    (SUPERVISOR_A, "衡正工程监理有限公司"),
    (COURT, "临澜市劳动人事争议仲裁院"),
    (BUREAU, "临澜市人力资源和社会保障局"),
    (PLATFORM, "建筑港平台"),
    (OWNER_B, "Hollow Creek Storage LLC"),
    (CONTRACTOR_B, "Redbank Builders Inc."),
]
STAFF = [
    ("owner-a", "林致远", OWNER_A, "owner", ""),
    ("contractor-a", "周启明", CONTRACTOR_A, "general_contractor", ""),
    ("officer-a", "方晓晴", CONTRACTOR_A, "labour_officer", PROJECT_A),
    ("labour-a", "何庆", LABOUR_A, "subcontractor", ""),
    ("arbitrator", "秦正平", COURT, "arbitrator", ""),
    ("auditor", "罗慧", BUREAU, "auditor", ""),
    ("operator", "Platform Operator", PLATFORM, "operator", ""),
    ("owner-b", "Ellen Marsh", OWNER_B, "owner", ""),
    ("contractor-b", "Grant Tolliver", CONTRACTOR_B, "general_contractor", ""),
    ("payroll-b", "Iris Dunne", CONTRACTOR_B, "labour_officer", PROJECT_B),
    ("labour-b", "Noel Prince", CONTRACTOR_B, "subcontractor", ""),
]
PROJECTS = [
    (
        PROJECT_A,
        "临澜新城二期安置房",
        SITE_A,
        "临澜新城二期",
        "Asia/Shanghai",
        "CNY",
        "CN",
        REGION_A,
        "9999000100020003",
        "临澜银行新城支行",
        FIRST,
        3,
        3,
    ),
    (
        PROJECT_B,
        "Hollow Creek storage hall",
        SITE_B,
        "Hollow Creek",
        "America/New_York",
        "USD",
        "US",
        REGION_B,
        "9999000200030004",
        "Bank of Hollow Creek",
        FIRST,
        3,
        3,
    ),
]
PARTIES = [
    (PROJECT_A, OWNER_A, "owner"),
    (PROJECT_A, CONTRACTOR_A, "general_contractor"),
    (PROJECT_A, LABOUR_A, "subcontractor"),
    (PROJECT_A, SUPERVISOR_A, "supervisor"),
    (PROJECT_B, OWNER_B, "owner"),
    (PROJECT_B, CONTRACTOR_B, "general_contractor"),
    (PROJECT_B, CONTRACTOR_B, "subcontractor"),
]
DEVICES = [
    (SITE_A, "hikvision", hikvision.MAC_IN, "大门进口", "in", "Asia/Shanghai", 0),
    (SITE_A, "hikvision", hikvision.MAC_OUT, "大门出口", "out", "Asia/Shanghai", 0),
    (SITE_A, "zkteco", zkteco.NORTH, "北门（旧）", "both", "Asia/Shanghai", 0),
    (
        SITE_A,
        "zkteco",
        zkteco.NORTH_NEW,
        "北门（新，快 7 分钟）",
        "both",
        "Asia/Shanghai",
        zkteco.DRIFT_SECONDS,
    ),
    (SITE_A, "zkteco", zkteco.SOUTH, "南门（时钟为 UTC）", "both", "UTC", 0),
    (SITE_A, "dahua", dahua.EAST, "东门", "both", "Asia/Shanghai", 0),
    (SITE_A, "sheet", "SHEET-A1", "手工考勤表", "both", "Asia/Shanghai", 0),
    (SITE_B, "dahua", dahua.SITE_B, "Gate", "both", "America/New_York", 0),
    (SITE_B, "sheet", "SHEET-B1", "Sign-in sheet", "both", "America/New_York", 0),
]
# project, crew (blank: all others), from, kind, shift, unpaid break, start of the day, minutes a 工
RULES = [
    (PROJECT_A, "", FIRST, "day", "7:00", "16:30", 90, "4:00", 480),
    (PROJECT_A, CONCRETE, FIRST, "night", "22:00", "6:00", 0, "12:00", 480),
    (PROJECT_B, "", FIRST, "day", "7:00", "15:30", 30, "4:00", 480),
]
# region, currency, from, per month, per hour, source
MINIMUM_WAGES = [
    (REGION_A, "CNY", "2026-01-01", "2400.00", "23.00", "invented for the sample region"),
    (REGION_B, "USD", "2009-07-24", "", "7.25", "29 U.S.C. 206(a)(1)(C)"),
]
PAY_DAY = 15
SIGNED_ON = date(2026, 9, 28)


def users(everybody: list[Person]) -> list[list[object]]:
    """Staff, and the crew leaders, who are workers."""
    rows: list[list[object]] = [
        [name, person, org, role, project, "", "en" if name.endswith("-b") else "zh-hans"]
        for name, person, org, role, project in STAFF
    ]
    for crew, username in work.LEADER_NAMES.items():
        who = leader(crew, everybody)
        project, language = (PROJECT_A, "zh-hans") if who.on_a else (PROJECT_B, "en")
        rows.append([username, who.name, employer(who), "crew_leader", project, who.code, language])
    return rows


def employer(person: Person) -> str:
    return LABOUR_A if person.on_a else CONTRACTOR_B


def workers(everybody: list[Person]) -> list[list[object]]:
    return [
        [
            p.code,
            p.name,
            employer(p),
            p.trade,
            p.id_kind,
            p.id_number,
            p.phone,
            "SANDBOX",
            "沙盒银行" if p.on_a else "Sandbox Bank",
            p.account,
            SITE_A if p.on_a else SITE_B,
            p.person_no,
            FIRST,
        ]
        for p in everybody
    ]


def crews(everybody: list[Person]) -> list[list[object]]:
    return [
        [employer(leader(crew, everybody)), crew, name, TRADES[crew], leader(crew, everybody).code]
        for crew, name in CREW_NAMES.items()
    ]


def crew_members(everybody: list[Person]) -> list[list[object]]:
    rows: list[list[object]] = []
    for person in everybody:
        moved = person.code == MOVED
        rows.append([person.crew, person.code, FIRST, day(19) if moved else ""])
        if moved:
            rows.append([CARPENTERS, person.code, day(19), ""])
    return rows


def agreements(everybody: list[Person]) -> list[list[object]]:
    """One row a rate version; the agreement itself is repeated on each."""
    rows: list[list[object]] = []
    for person in everybody:
        place = (
            (PROJECT_A, "CN", REGION_A, "CNY")
            if person.on_a
            else (PROJECT_B, "US", REGION_B, "USD")
        )
        project, rule_set, region, currency = place
        is_leader = leader(person.crew, everybody) == person
        agreed = (
            person.code,
            project,
            person.trade,
            rule_set,
            region,
            currency,
            PAY_DAY,
            SIGNED_ON,
        )
        for rate in rates(person, is_leader):
            price = (rate.basis, rate.item, rate.unit, rate.yuan, rate.workday_minutes)
            rows += [[*agreed, *price, rate.valid_from, rate.valid_to or ""]]
    return rows
