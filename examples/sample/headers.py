"""The header rows of the files."""

from __future__ import annotations

ENGLISH = {
    "organisations": "code name",
    "users": "username name organisation_code role project_code worker_code language",
    "projects": (
        "project_code project_name site_code site_name zone currency rule_set region"
        " wage_account wage_account_bank policy_from silence_days confirm_days"
    ),
    "parties": "project_code organisation_code role",
    "devices": "site_code kind serial name direction zone drift_seconds",
    "attendance_rules": (
        "project_code crew_code valid_from kind starts ends break_minutes day_starts"
        " workday_minutes"
    ),
    "minimum_wages": "region currency valid_from per_month per_hour source",
    "crew_members": "crew_code worker_code valid_from valid_to",
    "agreements": (
        "worker_code project_code trade rule_set region currency pay_day signed_on basis item"
        " unit rate workday_minutes valid_from valid_to"
    ),
    "work_packages": (
        "project_code code name trade item unit planned_quantity starts_on ends_on site_code days"
        " headcount after"
    ),
    "assignments": (
        "project_code work_package_code crew_code starts_on ends_on headcount answer reason"
    ),
    "deposits": "project_code payer_code reference amount currency at",
    "task_sheets": (
        "project_code number crew_code work_package_code item building floor axis unit work_from"
        " work_to planned_quantity measured_quantity accepted_quantity is_piece share_rule"
        " share_points submitted_by submitted_at inspected_at decision decided_at decided_by"
        " defect cure_by"
    ),
    "milestones": (
        "project_code number crew_code contract name work_from work_to labour_amount currency"
        " retention retention_until share_rule share_points sign_days planned_by submitted_by"
        " submitted_at decision accepted_amount decided_at decided_by defect cure_by"
    ),
    "punches": "site_code person_no name at direction reason",
}
CHINESE = {
    "crews": "用人单位代码 班组编号 班组名称 工种 班组长编号",
    "workers": (
        "工人编号 姓名 用人单位代码 工种 证件类型 身份证号 手机号 银行代码 开户银行 工资卡号"
        " 工地编号 人员编号 进场日期"
    ),
    "punches": "工地编号 人员编号 姓名 时间 方向 原因",
}
