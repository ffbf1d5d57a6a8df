"""What the crews were to do, what they made, and what the accepting side said about it."""

from __future__ import annotations

from datetime import date, datetime, time

from sample.dates import CHINA, NEW_YORK, day
from sample.people import (
    CARPENTERS,
    CONCRETE,
    CONTRACTOR_A,
    CONTRACTOR_B,
    FRAMERS,
    MASONS,
    OWNER_A,
    OWNER_B,
    REBAR,
    Person,
)

PROJECT_A, PROJECT_B = "P-A", "P-B"
SITE_A, SITE_B = "A1", "B1"

# code, name, trade, item, unit, planned, first and last day
PACKAGES = [
    (PROJECT_A, "WP-A-REBAR", "3号楼 5-8 层钢筋", "钢筋工", "钢筋绑扎", "t", "150", 1, 31),
    (PROJECT_A, "WP-A-CARP", "3号楼 5-8 层模板", "木工", "模板安装", "m²", "3600", 8, 31),
    (PROJECT_A, "WP-A-MASON", "2号楼 1-4 层砌体", "砌筑工", "砌体砌筑", "m³", "420", 8, 31),
    (
        PROJECT_A,
        "WP-A-CONC",
        "3号楼 5-8 层混凝土夜间浇筑",
        "混凝土工",
        "混凝土浇筑",
        "m³",
        "1200",
        8,
        31,
    ),
    (
        PROJECT_A,
        "WP-A-CURE",
        "3号楼 5-8 层混凝土养护",
        "混凝土工",
        "混凝土养护",
        "m²",
        "800",
        19,
        31,
    ),
    (
        PROJECT_B,
        "WP-B-FRAME",
        "Bays 1-4, wall framing",
        "carpenter",
        "wall framing",
        "ft",
        "2400",
        5,
        30,
    ),
]
# What the framers' plan is made of: code, name, first and last day, working days, people, after.
PLANNED = [
    ("WP-B-SHEATH", "Bays 1-4, wall sheathing", (11, 2), (11, 25), 5, 4, "WP-B-FRAME"),
    ("WP-B-OPEN", "Bays 1-4, door and window openings", (11, 2), (12, 4), 4, 2, "WP-B-SHEATH"),
    ("WP-B-ROOF", "Bays 1-4, roof edge", (11, 2), (12, 11), 3, 4, "WP-B-SHEATH"),
]
FRAME_DAYS = 19
ASSIGNMENTS = [
    (PROJECT_A, "WP-A-REBAR", REBAR, 1, 31, 14, "accepted", ""),
    (PROJECT_A, "WP-A-CARP", CARPENTERS, 8, 31, 13, "accepted", ""),
    (PROJECT_A, "WP-A-MASON", MASONS, 8, 31, 12, "accepted", ""),
    (PROJECT_A, "WP-A-CONC", CONCRETE, 8, 31, 5, "accepted", ""),
    (PROJECT_A, "WP-A-CURE", CARPENTERS, 19, 31, 4, "declined", "人手不足，模板工期优先"),
]
# Whose people a plan asks one by one instead of the crew as a whole.
BY_PLAN = {FRAMERS: (PROJECT_B, "WP-B-FRAME")}
DEPOSITS = [
    (PROJECT_A, OWNER_A, "LL20261009000117", "500000.00", "CNY", "2026-10-09 10:20"),
    (PROJECT_A, CONTRACTOR_A, "LL20261026000342", "120000.00", "CNY", "2026-10-26 15:05"),
    (PROJECT_B, OWNER_B, "HC-2026-10-0007", "30000.00", "USD", "2026-10-06 11:00"),
    (PROJECT_B, CONTRACTOR_B, "HC-2026-10-0031", "5000.00", "USD", "2026-10-27 09:30"),
]

ACCEPTED, PARTLY, REJECTED = "accepted", "partly_accepted", "rejected"
# number, first and last day, planned, measured, accepted, submitted, decided, decision, defect,
# day for cure
SHEETS = {
    REBAR: [
        ("TS-A-R1", 1, 10, "38.5", "38.2", "38.2", "10-11 09:00", "10-13 10:30", ACCEPTED, "", ""),
        # Late: handed in two weeks after the work, decided on the last day of the clock.
        ("TS-A-R2", 12, 17, "36", "35.4", "35.4", "10-30 17:20", "11-04 16:10", ACCEPTED, "", ""),
        (
            "TS-A-R3",
            19,
            24,
            "36",
            "36.8",
            "29.3",
            "10-25 08:40",
            "10-27 15:00",
            PARTLY,
            "7 层 C-D 轴箍筋间距超差",
            "2026-11-05",
        ),
        ("TS-A-R4", 26, 31, "36", "36", "36", "11-01 09:10", "11-02 11:00", ACCEPTED, "", ""),
    ],
    CARPENTERS: [
        (
            "TS-A-C1",
            8,
            17,
            "1400",
            "1388.5",
            "1388.5",
            "10-18 09:00",
            "10-20 09:45",
            ACCEPTED,
            "",
            "",
        ),
        # Never answered: the silence clock ends it.
        ("TS-A-C2", 19, 24, "1100", "", "", "10-25 09:30", "", "", "", ""),
        ("TS-A-C3", 26, 31, "1100", "1100", "1100", "11-01 09:20", "11-03 10:00", ACCEPTED, "", ""),
    ],
    MASONS: [
        (
            "TS-A-M1",
            8,
            17,
            "160",
            "156.24",
            "156.24",
            "10-18 10:00",
            "10-20 14:30",
            ACCEPTED,
            "",
            "",
        ),
        (
            "TS-A-M2",
            19,
            24,
            "120",
            "121.5",
            "96",
            "10-25 10:00",
            "10-28 11:15",
            PARTLY,
            "2号楼 3 层 4-6 轴灰缝饱满度不足",
            "2026-11-06",
        ),
        (
            "TS-A-M3",
            26,
            31,
            "100",
            "98",
            "",
            "11-01 10:00",
            "11-03 16:00",
            REJECTED,
            "4 层墙体垂直度超差，98 m³ 需返工",
            "2026-11-10",
        ),
    ],
    CONCRETE: [
        ("TS-A-K1", 8, 17, "520", "512", "512", "10-18 11:00", "10-19 16:00", ACCEPTED, "", ""),
        (
            "TS-A-K2",
            19,
            31,
            "640",
            "655.5",
            "655.5",
            "11-01 11:00",
            "11-02 15:30",
            ACCEPTED,
            "",
            "",
        ),
    ],
    FRAMERS: [
        ("TS-B-F1", 5, 17, "1200", "1180", "1180", "10-19 08:00", "10-20 13:00", ACCEPTED, "", ""),
        ("TS-B-F2", 19, 30, "1200", "1210", "1210", "10-31 09:00", "11-02 10:00", ACCEPTED, "", ""),
    ],
}
# project, number, crew, contract, name, first and last day, labour amount, kept of it and until when,
# planned by, handed in, decided
MILESTONES = [
    (
        PROJECT_A,
        "MS-A-K1",
        CONCRETE,
        "BZ-2026-05",
        "3号楼 5-8 层浇筑完成",
        8,
        31,
        "6000.00",
        "600.00",
        "2027-04-30",
        "contractor-a",
        "11-01 11:30",
        "11-02 15:40",
    ),
]
PLACES = {
    REBAR: ("3号楼", "5-8 层", "A-F/1-9"),
    CARPENTERS: ("3号楼", "5-8 层", "A-F/1-9"),
    MASONS: ("2号楼", "1-4 层", "A-D/1-12"),
    CONCRETE: ("3号楼", "5-8 层", "A-F/1-9"),
    FRAMERS: ("Storage hall", "Ground", "Bays 1-4"),
}
SHARE_RULES = {"TS-A-M1": "workdays", "TS-A-M2": "points", "TS-A-M3": "equal"}
LEADER_NAMES = {
    REBAR: "leader-rebar",
    CARPENTERS: "leader-carpenters",
    MASONS: "leader-masons",
    CONCRETE: "leader-concrete",
    FRAMERS: "leader-framers",
}
DECIDERS = {PROJECT_A: "owner-a", PROJECT_B: "owner-b"}


def points(crew: list[Person]) -> dict[str, int]:
    """What the masons agreed for the second sheet: the leader 14, skilled 12, the last four 9."""
    last = len(crew) - 4
    return {p.code: 14 if at == 0 else 12 if at < last else 9 for at, p in enumerate(crew)}


def crew_points(crew: str, everybody: list[Person]) -> dict[str, int]:
    """The points that a crew agreed for its milestone, by the same rule."""
    return points([p for p in everybody if p.crew == crew])


def milestones(everybody: list[Person]) -> list[list[object]]:
    """Rows of the milestone file: planned, handed in, accepted as a whole."""
    rows: list[list[object]] = []
    for (
        project,
        number,
        crew,
        contract,
        name,
        first,
        last,
        *money,
        planner,
        handed,
        at,
    ) in MILESTONES:
        shares = crew_points(crew, everybody)
        rows.append(
            [
                project,
                number,
                crew,
                contract,
                name,
                day(int(str(first))),
                day(int(str(last))),
                money[0],
                "CNY",
                money[1],
                money[2],
                "points",
                ";".join(f"{code}={count}" for code, count in shares.items()),
                1,
                planner,
                LEADER_NAMES[crew],
                _instant(str(handed), project),
                ACCEPTED,
                "",
                _instant(str(at), project),
                DECIDERS[project],
                "",
                "",
            ]
        )
    return rows


def packages() -> list[list[object]]:
    rows: list[list[object]] = []
    for row in PACKAGES:
        planned = [SITE_B, FRAME_DAYS, 4, ""] if row[0] == PROJECT_B else ["", "", "", ""]
        rows.append([*row[:7], day(row[7]), day(row[8]), *planned])
    for code, name, first, last, days, people, after in PLANNED:
        window = [date(2026, *first), date(2026, *last)]
        rows.append(
            [PROJECT_B, code, name, "carpenter", "", "", "", *window, SITE_B, days, people, after]
        )
    return rows


def assignments() -> list[list[object]]:
    return [[*row[:3], day(row[3]), day(row[4]), *row[5:]] for row in ASSIGNMENTS]


def task_sheets(everybody: list[Person]) -> list[list[object]]:
    """Rows of the task-sheet file, by crew and time."""
    rows = []
    for crew, sheets in SHEETS.items():
        asked = [a[:2] for a in ASSIGNMENTS if a[2] == crew and a[6] == "accepted"]
        package = BY_PLAN.get(crew) or asked[0]
        item, unit = next((p[4], p[5]) for p in PACKAGES if p[1] == package[1])
        rows += [
            _row(crew, package[0], package[1], item, unit, sheet, everybody) for sheet in sheets
        ]
    return rows


def _row(
    crew: str,
    project: str,
    package: str,
    item: str,
    unit: str,
    sheet: tuple[object, ...],
    everybody: list[Person],
) -> list[object]:
    number, first, last, planned, measured, accepted, handed, decided, verdict, defect, cure = sheet
    rule = SHARE_RULES.get(str(number), "workdays")
    shares = points([p for p in everybody if p.crew == crew]) if rule == "points" else {}
    return [
        project,
        number,
        crew,
        package,
        item,
        *PLACES[crew],
        unit,
        day(int(str(first))),
        day(int(str(last))),
        planned,
        measured,
        accepted,
        "yes" if crew == MASONS else "no",
        rule,
        ";".join(f"{code}={count}" for code, count in shares.items()),
        LEADER_NAMES[crew],
        _instant(str(handed), project),
        _instant(str(decided), project, measured=True),
        verdict,
        _instant(str(decided), project),
        DECIDERS[project] if verdict else "",
        defect,
        cure,
    ]


def _instant(text: str, project: str, measured: bool = False) -> str:
    """ "10-13 10:30" as ISO text with the site's offset; measuring was at eight that morning."""
    if not text:
        return ""
    on, clock = text.split()
    at = time(8) if measured else time.fromisoformat(clock)
    zone = CHINA if project == PROJECT_A else NEW_YORK
    return datetime.combine(date.fromisoformat(f"2026-{on}"), at, zone).isoformat()
