"""A line as a sentence for a pocket calculator: "8 h x 38.00 + 2 h x 57.00", Chinese and English.

Texts are data here, not gettext: a slip shows both languages side by side whatever the reader's is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from jianzhu.kernel.money import DIGITS, Money
from settlements.wages.statement import Line

NAMES = {
    "normal": ("normal time", "正常工作"),
    "overtime": ("overtime", "延时加班"),
    "double": ("double time", "双倍加班"),
    "rest_day": ("rest-day work", "休息日加班"),
    "holiday": ("statutory-holiday work", "法定节假日加班"),
    "saturday": ("Saturday work", "星期六加班"),
    "saturday_double": ("Saturday work, double", "星期六双倍"),
    "sunday": ("Sunday work", "星期日加班"),
    "night": ("night supplement", "夜班津贴"),
    "lump": ("lump rate", "包薪"),
    "paid_leave": ("paid leave", "带薪休假"),
    "paid_holiday": ("paid statutory holiday", "法定节假日工资"),
    "salary": ("salary", "周薪"),
    "beyond_salary": ("hours beyond the salary's", "超出周薪工时"),
    "guarantee": ("hourly guarantee", "保底差额"),
    "minimum_wage": ("up to the minimum wage", "最低工资差额"),
    "lump_rate": ("up to the lump-rate floor", "包薪最低标准差额"),
    "prevailing_top_up": ("up to the prevailing wage", "现行工资差额"),
    "fringe": ("fringe in cash", "福利现金"),
    "plan": ("fringe to a plan", "福利计划"),
}
KINDS = {
    "decision": ("decision", "裁决"),
    "piece": ("piece work", "计件"),
    "premium": ("premium", "加班附加"),
    "allowance": ("allowance", "津贴"),
    "bonus": ("bonus", "奖金"),
    "milestone": ("milestone share", "节点款"),
    "back_pay": ("back pay", "补发"),
    "arrears": ("arrears carried over", "上月未发"),
    "advance": ("advance", "预支"),
    "repayment": ("advance repaid", "归还预支"),
    "order_85": ("compensation by order", "加付赔偿金"),
    "difference": ("correction", "更正差额"),
    "tax": ("tax", "个人所得税"),
    "social_insurance": ("social insurance", "社会保险"),
    "housing_fund": ("housing fund", "住房公积金"),
    "court_order": ("court order", "法院判决扣款"),
    "other_statutory": ("other statutory deduction", "其他法定扣款"),
    "damage": ("damage compensation", "损失赔偿"),
    "top_up": ("top-up", "补足"),
}
OTHER = {"time": ("time", "计时")}  # where no class of time is known
LANGUAGES = ("en", "zh")
UNITS = {"hour": ("h", "小时"), "day": ("day", "工"), "lump_day": ("day", "工"),
         "month": ("h", "小时"), "lump_month": ("h", "小时")}  # fmt: skip


# The policy's setting "way:place", as it stands on each line.
WAYS = {
    "half_up": ("half up", "四舍五入"),
    "half_even": ("half to even", "四舍六入五成双"),
    "down": ("cut off", "舍去尾数"),
    "up": ("up", "进一"),
    "remainder": ("largest remainder", "最大余数法"),
}
PLACES = {
    "line": ("each line once, at its end", "每行末尾取整一次"),
    "rate": ("the rate first, then the line", "先对工价、再对每行取整"),
    "total": ("the running total once", "按累计总额取整"),
}


# Laws by the name that a rule set gives them: (English, Chinese).
LAWS = {
    "Decree 724": ("Decree 724", "保障农民工工资支付条例"),
    "劳动法": ("Labour Law", "劳动法"),
    "劳动合同法": ("Labour Contract Law", "劳动合同法"),
    "工资支付暂行规定": ("Provisional Rules on Wage Payment", "工资支付暂行规定"),
    "全国年节及纪念日放假办法": ("Rules on Holidays", "全国年节及纪念日放假办法"),
}
ARTICLE = re.compile(r"第([一二三四五六七八九十百]+)条(?:第([一二三四五六七八九十]+)项)?")
NUMERALS = "零一二三四五六七八九"


def article(text: str, language: str = "en") -> str:
    """An article of a rule set in the reader's language: "劳动法 第四十四条第一项" is "Labour Law
    art. 44 (1)"; what is none of the laws above stays as it stands."""
    law = next((law for law in LAWS if text.startswith(law)), None)
    if law is None:
        return text
    rest = text.removeprefix(law).strip()
    if language == "zh":
        return f"{LAWS[law][1]} {_chinese_article(rest)}".strip()
    return f"{LAWS[law][0]} {ARTICLE.sub(_english_article, rest)}".strip()


def _english_article(found: re.Match[str]) -> str:
    point = f" ({_number(found[2])})" if found[2] else ""
    return f"art. {_number(found[1])}{point}"


def _chinese_article(rest: str) -> str:
    digits = rest.removeprefix("art. ")
    if not rest.startswith("art. ") or not digits.isdigit() or len(digits) > 2:
        return rest
    tens, ones = divmod(int(digits), 10)
    text = {0: "", 1: "十"}.get(tens, f"{NUMERALS[tens]}十") + (NUMERALS[ones] if ones else "")
    return f"第{text}条"


def _number(numeral: str) -> int:
    """ "四十四" is 44; up to 199."""
    hundreds, _, rest = numeral.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = (NUMERALS.index(tens) if tens else 1) * 10 if ten else 0
    ones = ones.removeprefix("零")
    return (100 if hundreds else 0) + value + (NUMERALS.index(ones) if ones else 0)


def rounding(stamp: str, language: str = "en") -> str:
    """ "half_up:line" is "half up, each line once, at its end (half_up:line)"."""
    way, _, place = stamp.partition(":")
    at = LANGUAGES.index(language)
    words = [found[at] for found in (WAYS.get(way), PLACES.get(place)) if found is not None]
    return f"{(', ', '，')[at].join(words)} ({stamp})" if words else stamp


def name(line: Line, language: str = "en") -> str:
    """What the line pays, in words."""
    place = LANGUAGES.index(language)
    if line.kind == "piece":
        return line.name
    found = NAMES.get(line.name) if line.kind not in KINDS or line.kind == "top_up" else None
    pair = found or KINDS.get(line.kind, OTHER.get(line.kind, (line.kind, line.kind)))
    return pair[place] + (f" ({line.name})" if found is None and line.name else "")


def formula(line: Line, language: str = "en") -> str:
    """ "2 h x 57.00" with the multiple already in the rate; a plain amount for anything else."""
    if not line.unit:
        return str(Money(line.amount_minor, line.currency))
    quantity, per, unit = _quantity(line, LANGUAGES.index(language))
    rate = Fraction(line.rate_num * per * line.percent, line.rate_den * 100)
    return f"{_amount(line, quantity, unit, language)} × {_money(rate, line.currency)}"


def _amount(line: Line, quantity: Fraction, unit: str, language: str) -> str:
    """Quantity and unit; time that is no short decimal of an hour stands as hours and minutes."""
    if line.unit == "min" and (quantity * 1000).denominator != 1:
        hours, minutes = divmod(line.quantity, 60)
        words = ("h", "min") if language == "en" else ("小时", "分")
        parts = ((hours, words[0]), (minutes, words[1]))
        return " ".join(f"{count} {word}" for count, word in parts if count)
    return f"{_decimal(quantity)} {unit}"


def sentence(lines: Iterable[Line], language: str = "en") -> str:
    """The lines of one day in one row, ending in their sum."""
    shown = sorted(lines, key=lambda line: (line.percent, line.key))
    total = sum(line.amount_minor for line in shown)
    parts = " + ".join(formula(line, language) for line in shown)
    return f"{parts} = {Money(total, shown[0].currency)}" if shown else ""


def _quantity(line: Line, place: int) -> tuple[Fraction, int, str]:
    """(quantity as shown, thousandths or minutes per shown unit, unit)."""
    if line.unit == "min":
        if line.rate_per in ("day", "lump_day") and _whole_days(line):
            per = line.rate_den
            return Fraction(line.quantity, per), per, UNITS["day"][place]
        return Fraction(line.quantity, 60), 60, UNITS["hour"][place]
    unit = UNITS["day"][place] if line.rate_per in UNITS else line.rate_per
    return Fraction(line.quantity, 1000), 1000, unit


def _whole_days(line: Line) -> bool:
    """Whether the time is a whole number of quarter 工."""
    return line.quantity * 4 % line.rate_den == 0 and line.percent == 100


def _decimal(value: Fraction) -> str:
    """An exact decimal when it has at most three places, else the fraction ("22/3")."""
    thousandths = value * 1000
    if thousandths.denominator != 1:
        return str(value)
    text = f"{thousandths.numerator // 1000}.{thousandths.numerator % 1000:03d}"
    return text.rstrip("0").rstrip(".")


def _money(value: Fraction, currency: str) -> str:
    """A rate with the currency's digits; more (at most six, then "…") where it has more."""
    digits = DIGITS[currency]
    major = value / 10**digits
    for places in range(digits, 7):
        scaled = major * 10**places
        if scaled.denominator == 1:
            return _fixed(scaled.numerator, places)
    return _fixed(int(major * 10**6), 6) + "…"


def _fixed(scaled: int, places: int) -> str:
    if not places:
        return str(scaled)
    return f"{scaled // 10**places}.{scaled % 10**places:0{places}d}"
