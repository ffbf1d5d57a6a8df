"""A case from one tap to the money: by data, by silence, by agreement, by a hearing, past a court."""

from datetime import date, timedelta

import pytest

from jianzhu.notices.models import Notice
from jianzhu.outbox.models import OutboxMessage
from projects.attendance import commands as attendance
from settlements.disputes import commands as disputes
from settlements.disputes import errors, queries
from settlements.disputes.models import CaseClock, CaseElement, Decision, Dispute, Proposal
from tests.site import DAY, Site, at

EVENING = at(DAY, 20)  # Monday; filed then, the first day is Tuesday the 13th


def run(site):
    """Everything that is due happens; the clocks of cases run only when `passes` says so."""
    waiting = OutboxMessage.objects.filter(topic="case_clock.due", done_at=None)
    waiting.update(done_at=EVENING)
    site.run()


def passes(site, until):
    """Time passes: each clock of a case that is over lapses at its own end, in order."""
    while row := (
        CaseClock.objects.filter(state="running", due_at__lte=until).order_by("due_at").first()
    ):
        assert disputes.lapse(clock_ids=[row.pk], at=row.due_at) == 1
        run(site)


def day(number, hour=12):
    return at(DAY.replace(day=number), hour)


def came_and_nobody_saw_them_leave(site, *workers):
    for worker in workers:
        site.punch(worker, at(DAY, 8), "in")


def file(site, worker, **more):
    lines = [n.pk for n in site.lines(worker) if n.state != "void"]
    actor = site.actor(worker)
    return disputes.file(line_ids=lines, claim="a whole day", actor=actor, at=EVENING, **more)


def conduct(site, case, verb, when, **facts):
    return disputes.conduct(
        dispute_id=case.pk, verb=verb, facts=facts, actor=site.arbitrator, at=when
    )


def say(site, case, actor, stance, when=EVENING, element="attendance", **more):
    return disputes.say(
        dispute_id=case.pk,
        line_id=more.pop("line_id", None) or case.lines.get(live=True).line_id,
        element=element,
        stance=stance,
        words="so it was",
        actor=actor,
        at=when,
        **more,
    )


@pytest.fixture
def unclear(site):
    """The work is accepted; of Li Wei the gate knows that he came, and nothing more."""
    came_and_nobody_saw_them_leave(site, site.li_wei)
    site.accept(site.sheet(DAY, DAY))
    run(site)
    return site


def table(case):
    return {e.element: e for e in queries.elements(case.pk)}


def in_arbitration(site, case, when):
    """Taken in the simple procedure, without an answer: ready for its hearing."""
    disputes.escalate(dispute_id=case.pk, to="arbitration", actor=site.actor(site.li_wei), at=when)
    assign(site, case, when)
    conduct(site, case, "accept", when, procedure="simple", number="临劳人仲案字〔2026〕第7号")
    conduct(site, case, "serve", when, waive_answer=True)


def assign(site, case, when):
    user = site.arbitrator.user_id
    disputes.assign(dispute_id=case.pk, user_id=user, actor=site.operator, at=when)


def hear(site, case, when):
    conduct(site, case, "schedule", when, hearing_at=when + timedelta(days=1))
    conduct(site, case, "hold", when + timedelta(days=1))


def test_on_filing_each_element_has_its_record_its_finding_and_who_is_asked(unclear):
    case = file(unclear, unclear.li_wei)

    found = table(case)

    assert [(e.element, e.finding, e.asked) for e in found.values()] == [
        ("terms", "proved", ""),
        ("attendance", "open", "respondent"),
        ("acceptance", "proved", ""),
        ("amount", "open", ""),
        ("payment", "open", ""),
    ]
    assert "exception" in found["attendance"].record
    (asked,) = CaseClock.objects.filter(dispute=case, name="supply")
    assert (asked.owed_by, asked.due_at) == ("respondent", at(date(2026, 10, 15), 0))
    told = Notice.objects.filter(subject_type="dispute", subject_id=case.pk, code="case_asked")
    assert {n.role for n in told} == {"subcontractor", "general_contractor"}


def test_who_has_to_bring_the_task_sheet_is_the_crew_itself(site):
    site.work(site.li_wei, DAY)
    run(site)

    case = file(site, site.li_wei)

    acceptance = table(case)["acceptance"]
    assert (acceptance.missing, acceptance.asked) == ("task_sheet", "claimant")


def test_what_arrives_meets_its_clock_and_closes_the_case(unclear):
    case = file(unclear, unclear.li_wei)
    correction = attendance.request_correction(
        worker_id=unclear.li_wei.pk,
        project_id=unclear.project.pk,
        on=DAY,
        intervals=[(at(DAY, 8), at(DAY, 16))],
        reason="the gate was broken",
        actor=unclear.actor(unclear.li_wei),
        at=EVENING,
    )
    attendance.approve_correction(
        correction_id=correction.pk, answer="yes", actor=unclear.contractor, at=EVENING
    )

    run(unclear)

    case.refresh_from_db()
    assert (case.state, unclear.lines(unclear.li_wei)[0].payout.state) == ("closed", "paid")
    assert set(case.clocks.values_list("state", flat=True)) == {"met", "dropped"}


def test_silence_decides_against_who_holds_the_evidence(unclear):
    """Two working days to answer, two to refuse what follows: paid when the fifth is over."""
    case = file(unclear, unclear.li_wei)

    passes(unclear, day(15))
    offered = Proposal.objects.get(dispute=case)
    assert (offered.basis, list(offered.amounts.values())) == ("silence", [40_000])
    assert table(case)["attendance"].finding == "adverse"
    passes(unclear, day(20))

    case.refresh_from_db()
    offered.refresh_from_db()
    assert (case.state, offered.state) == ("closed", "taken_by_silence")
    paid = [n for n in unclear.lines(unclear.li_wei) if n.state == "released"]
    assert [(n.kind, n.amount_minor, n.payout.state) for n in paid] == [
        ("decision", 40_000, "paid")
    ]
    assert case.decisions.get().kind == "mediation"


def test_a_crew_of_twenty_objects_in_one_case_with_an_outcome_for_each(db, bank):
    """Eighteen are settled by data, two go to a hearing and are paid by the decision."""
    site = Site.build(workers=20).minimum_wage()
    *clear, one, other = site.workers
    for worker in clear:
        site.work(worker, DAY)
    came_and_nobody_saw_them_leave(site, one, other)
    run(site)

    case = disputes.file_for_crew(
        crew_id=site.crew.pk,
        work_from=DAY,
        work_to=DAY,
        claim="nobody accepts our wall",
        actor=site.leader,
        at=EVENING,
    )
    assert queries.case_by_id(case.pk).disputed_minor == 20 * 40_000
    site.accept(site.sheet(DAY, DAY), EVENING)
    run(site)

    outcomes = dict(case.parties.filter(side="claimant").values_list("worker_id", "outcome"))
    assert sorted(outcomes.values()) == [""] * 2 + ["data"] * 18
    assert all(site.lines(worker)[0].payout.state == "paid" for worker in clear)

    lines = [site.lines(worker)[0].pk for worker in (one, other)]
    for line_id in lines:
        say(site, case, site.contractor, "denies", line_id=line_id)
    in_arbitration(site, case, day(13))
    hear(site, case, day(14))
    awards = dict(zip(lines, (40_000, 20_000), strict=True))
    disputes.decide(
        dispute_id=case.pk,
        awards=awards,
        reasons="two witnesses saw one all day, the other until noon",
        actor=site.arbitrator,
        at=day(15, 13),
    )
    run(site)

    case.refresh_from_db()
    assert case.state == "closed"
    paid = {n.statement.worker_id: n.amount_minor for n in site.lines() if n.state == "released"}
    assert paid == {**{w.pk: 40_000 for w in clear}, one.pk: 40_000, other.pk: 20_000}
    ended = case.parties.filter(side="claimant", outcome="decided").order_by("worker_id")
    assert [p.awarded_minor for p in ended] == [40_000, 20_000]


def test_one_of_the_crew_takes_the_own_objection_back_alone(site):
    for worker in site.workers:
        site.work(worker, DAY)
    run(site)
    case = disputes.file_for_crew(
        crew_id=site.crew.pk, work_from=DAY, work_to=DAY, claim="so", actor=site.leader, at=EVENING
    )

    disputes.withdraw(dispute_id=case.pk, actor=site.actor(site.zhang_qiang), at=EVENING)

    case.refresh_from_db()
    assert case.state == "evidence"
    assert case.lines.filter(live=True).count() == len(site.workers) - 1
    assert site.lines(site.zhang_qiang)[0].state == "held"


def test_where_only_arithmetic_differs_the_records_result_is_offered_at_once(site):
    """Everything is proved and paid; the worker counts nine hours where the records count eight."""
    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    run(site)
    (line,) = site.lines(site.li_wei)

    case = file(site, site.li_wei)

    offered = Proposal.objects.get(dispute=case)
    assert (offered.basis, offered.amounts) == ("records", {str(line.pk): 0})


def test_nothing_is_offered_on_records_that_do_not_verify(site):
    from django.db import connection

    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    run(site)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE projects_dayrecord SET minutes = minutes - 60")
        cursor.execute("SET session_replication_role = origin")

    case = file(site, site.li_wei)

    assert not Proposal.objects.filter(dispute=case).exists()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE projects_dayrecord SET minutes = minutes + 60")
        cursor.execute("SET session_replication_role = origin")


def test_who_admits_gets_an_offer_and_two_yes_pay_it(unclear):
    case = file(unclear, unclear.li_wei)
    (line,) = unclear.lines(unclear.li_wei)
    say(unclear, case, unclear.actor(unclear.li_wei), "claims", minutes=360)
    say(unclear, case, unclear.contractor, "admits")
    offered = Proposal.objects.get(dispute=case, state="offered")
    assert (offered.basis, offered.amounts) == ("admission", {str(line.pk): 30_000})

    for actor in (unclear.actor(unclear.li_wei), unclear.contractor):
        disputes.answer_offer(
            dispute_id=case.pk, offer_id=offered.pk, yes=True, actor=actor, at=EVENING
        )
    run(unclear)

    case.refresh_from_db()
    assert case.state == "closed"
    assert case.parties.get(side="claimant").outcome == "agreed"
    assert [n.amount_minor for n in unclear.lines() if n.state == "released"] == [30_000]


def test_a_refused_offer_and_silent_talks_lead_to_arbitration_by_themselves(unclear):
    case = file(unclear, unclear.li_wei)
    say(unclear, case, unclear.contractor, "admits")
    offered = Proposal.objects.get(dispute=case)
    disputes.answer_offer(
        dispute_id=case.pk, offer_id=offered.pk, yes=False, actor=unclear.contractor, at=EVENING
    )
    states = []

    for until in (day(12), day(20, 1), day(31)):
        passes(unclear, until)
        case.refresh_from_db()
        states.append(case.state)
    passes(unclear, at(date(2026, 11, 10)))
    case.refresh_from_db()

    assert states == ["talking", "mediating", "mediating"]
    assert (case.state, case.track) == ("submitted", "staged")


@pytest.fixture
def case(unclear):
    """In arbitration since Tuesday, by the simple procedure."""
    found = file(unclear, unclear.li_wei)
    say(unclear, found, unclear.contractor, "denies")
    in_arbitration(unclear, found, day(13))
    found.refresh_from_db()
    return found


def award_clock(case):
    return case.clocks.get(name="award_simple")


def test_a_suspended_cases_clock_is_right_to_the_day(unclear, case):
    """Thirty days from 13 October end on 12 November; nine days of an order make it the 21st, a
    Saturday, so Monday the 23rd."""
    assert award_clock(case).due_at == at(date(2026, 11, 13), 0)
    conduct(unclear, case, "suspend", day(20), reason="other_case")
    with pytest.raises(errors.CaseSuspended):
        conduct(unclear, case, "mediate_first", day(21))
    assert disputes.lapse(clock_ids=[award_clock(case).pk], at=at(date(2026, 12, 1))) == 0

    conduct(unclear, case, "resume", day(29))

    row = award_clock(case)
    assert (row.state, row.due_at) == ("running", at(date(2026, 11, 24), 0))
    case.refresh_from_db()
    assert case.due_at == row.due_at


def test_time_that_does_not_count_does_not_stop_the_case(unclear, case):
    conduct(unclear, case, "suspend", day(20), reason="expert_opinion")

    conduct(unclear, case, "mediate_first", day(21))

    assert Dispute.objects.get(pk=case.pk).state == "pre_hearing"
    assert award_clock(case).state == "paused"


def test_simple_turns_ordinary_on_the_same_clock(unclear, case):
    conduct(unclear, case, "to_ordinary", day(20))

    row = case.clocks.get(name="award")
    assert (row.since, row.due_at) == (day(13), at(date(2026, 11, 28), 0))  # 45 days from the 13th
    assert award_clock(case).state == "dropped"
    conduct(unclear, case, "extend", day(21), days=15, note="approved by the director")
    row.refresh_from_db()
    assert row.due_at == at(date(2026, 12, 15), 0)  # 60 days end on Saturday the 12th: Monday


def test_data_settle_a_case_at_every_stage(unclear, case):
    correction = attendance.request_correction(
        worker_id=unclear.li_wei.pk,
        project_id=unclear.project.pk,
        on=DAY,
        intervals=[(at(DAY, 8), at(DAY, 16))],
        reason="found on the camera",
        actor=unclear.actor(unclear.li_wei),
        at=day(14),
    )
    attendance.approve_correction(
        correction_id=correction.pk, answer="yes", actor=unclear.contractor, at=day(14)
    )

    run(unclear)

    case.refresh_from_db()
    assert (case.state, unclear.lines(unclear.li_wei)[0].state) == ("closed", "released")


def test_the_clear_part_is_advanced_and_comes_off_the_award(unclear, case):
    (line,) = unclear.lines(unclear.li_wei)
    more = {"reasons": "hardship", "actor": unclear.arbitrator, "dispute_id": case.pk}
    with pytest.raises(errors.AdvanceTooMuch):
        disputes.decide(awards={line.pk: 40_001}, kind="advance", at=day(14), **more)

    disputes.decide(awards={line.pk: 15_000}, kind="advance", at=day(14), **more)
    run(unclear)
    assert [n.amount_minor for n in unclear.lines() if n.state == "released"] == [15_000]
    assert unclear.lines()[0].state == "disputed" or unclear.lines()[-1].state == "disputed"
    hear(unclear, case, day(14))
    disputes.decide(awards={line.pk: 38_000}, at=day(15, 13), **more)
    run(unclear)

    paid = sorted(n.amount_minor for n in unclear.lines() if n.state == "released")
    assert paid == [15_000, 23_000]


def test_what_was_advanced_comes_off_what_data_bring_too(unclear, case):
    (line,) = unclear.lines(unclear.li_wei)
    disputes.decide(
        dispute_id=case.pk,
        awards={line.pk: 15_000},
        kind="advance",
        reasons="hardship",
        actor=unclear.arbitrator,
        at=day(14),
    )
    unclear.punch(unclear.li_wei, at(DAY, 16), "out")

    run(unclear)

    assert sum(n.amount_minor for n in unclear.lines() if n.state == "released") == 40_000


def test_a_part_award_ends_its_lines_and_the_case_goes_on(site):
    other = DAY.replace(day=13)
    for on in (DAY, other):
        site.punch(site.li_wei, at(on, 8), "in")
    run(site)
    first, second = (n.pk for n in site.lines(site.li_wei))
    case = disputes.file(
        line_ids=[first, second], claim="so", actor=site.actor(site.li_wei), at=day(13, 20)
    )
    say(site, case, site.contractor, "denies", day(13, 20), line_id=second)
    in_arbitration(site, case, day(14))

    disputes.decide(
        dispute_id=case.pk,
        awards={first: 40_000},
        kind="partial",
        reasons="clear",
        actor=site.arbitrator,
        at=day(14),
    )

    case.refresh_from_db()
    assert case.state == "answered"
    assert dict(case.lines.values_list("line_id", "outcome")) == {first: "decided", second: ""}


@pytest.fixture
def large(db, bank, monkeypatch):
    """A day worth more than twelve monthly minimum wages, and one that is worth less."""
    site = Site.build(workers=1, rate=2_000_000).minimum_wage()
    for on in (DAY, DAY.replace(day=13)):
        site.punch(site.li_wei, at(on, 8), "in")
    run(site)
    lines = [n.pk for n in site.lines(site.li_wei)]
    case = disputes.file(line_ids=lines, claim="so", actor=site.actor(site.li_wei), at=day(13, 20))
    assign(site, case, day(14))
    awards = dict(zip(lines, (2_000_000, 40_000), strict=True))
    disputes.decide(
        dispute_id=case.pk, awards=awards, reasons="so", actor=site.arbitrator, at=day(14)
    )
    run(site)
    return site, case


def test_final_and_other_items_are_two_documents_and_only_the_final_one_pays_at_once(large):
    site, case = large

    final, other = Decision.objects.filter(dispute=case).order_by("-final")

    assert [(d.final, d.state, d.posted_at is not None) for d in (final, other)] == [
        (True, "served", True),
        (False, "served", False),
    ]
    # 15 days from the 14th end on the 29th; 30 days on Friday 13 November.
    assert {d.sue_until for d in (final, other)} == {at(date(2026, 10, 30), 0)}
    assert (final.set_aside_until, other.set_aside_until) == (at(date(2026, 11, 14), 0), None)
    assert [n.amount_minor for n in site.lines() if n.state == "released"] == [40_000]
    case.refresh_from_db()
    assert case.state == "decided"


def test_nobody_goes_to_court_so_it_is_in_force_and_posts_itself(large):
    site, case = large

    passes(site, day(30))

    assert sum(n.amount_minor for n in site.lines() if n.state == "released") == 2_040_000
    case.refresh_from_db()
    assert case.state == "closed"
    passes(site, at(date(2026, 11, 14)))
    assert set(Decision.objects.filter(dispute=case).values_list("state", flat=True)) == {
        "performed"
    }


def appeal(site, case, final, kind, actor, when):
    decision = Decision.objects.get(dispute=case, final=final)
    return disputes.appeal(
        dispute_id=case.pk,
        decision_id=decision.pk,
        kind=kind,
        court="临澜区人民法院",
        actor=actor,
        at=when,
    )


def test_a_side_that_sues_in_time_keeps_it_from_force_and_the_court_has_the_last_word(large):
    site, case = large
    decision = appeal(site, case, False, "sue", site.contractor, day(29))
    passes(site, day(31))
    assert Decision.objects.get(pk=decision.pk).state == "sued"

    disputes.court_said(
        dispute_id=case.pk,
        decision_id=decision.pk,
        outcome="uphold",
        words="dismissed",
        actor=site.arbitrator,
        at=at(date(2026, 12, 1)),
    )
    run(site)

    assert sum(n.amount_minor for n in site.lines() if n.state == "released") == 2_040_000


@pytest.mark.parametrize(
    ("final", "kind", "who", "when", "refusal"),
    [
        (True, "sue", "contractor", day(20), errors.FinalForEmployer),
        (False, "set_aside", "contractor", day(20), errors.NotToSetAside),
        (False, "sue", "contractor", day(30), errors.WindowClosed),
        (True, "set_aside", "contractor", at(date(2026, 11, 14), 0), errors.WindowClosed),
    ],
)
def test_the_law_says_who_may_go_to_court_over_what_and_until_when(
    large, final, kind, who, when, refusal
):
    site, case = large

    with pytest.raises(refusal):
        appeal(site, case, final, kind, getattr(site, who), when)


def test_an_ordinary_hearing_is_told_five_working_days_before(unclear):
    case = file(unclear, unclear.li_wei)
    say(unclear, case, unclear.contractor, "denies")
    actor = unclear.actor(unclear.li_wei)
    disputes.escalate(dispute_id=case.pk, to="arbitration", actor=actor, at=day(13))
    assign(unclear, case, day(13))
    conduct(unclear, case, "accept", day(13), procedure="ordinary")
    conduct(unclear, case, "serve", day(13))
    with pytest.raises(errors.SimpleOnly):
        conduct(unclear, case, "to_ordinary", day(13))
    disputes.answer(
        dispute_id=case.pk, words="he left at noon", actor=unclear.contractor, at=day(14)
    )

    with pytest.raises(errors.NoticeTooShort):
        conduct(unclear, case, "schedule", day(15), hearing_at=day(21))
    conduct(unclear, case, "schedule", day(15), hearing_at=day(22))

    assert Dispute.objects.get(pk=case.pk).state == "hearing_scheduled"


def test_a_respondent_who_never_answers_does_not_stop_the_case(unclear):
    case = file(unclear, unclear.li_wei)
    say(unclear, case, unclear.contractor, "denies")
    actor = unclear.actor(unclear.li_wei)
    disputes.escalate(dispute_id=case.pk, to="arbitration", actor=actor, at=day(13))
    assign(unclear, case, day(13))
    conduct(unclear, case, "accept", day(13), procedure="ordinary")
    conduct(unclear, case, "serve", day(13))

    passes(unclear, day(28))

    assert Dispute.objects.get(pk=case.pk).state == "answered"


def test_a_claimant_who_stays_away_takes_it_back_and_a_respondent_is_decided_without(unclear, case):
    conduct(unclear, case, "schedule", day(14), hearing_at=day(15))

    conduct(unclear, case, "hold", day(15), absent="claimant")

    case.refresh_from_db()
    assert case.state == "closed"
    assert case.parties.get(side="claimant").outcome == "withdrawn"
    assert unclear.lines(unclear.li_wei)[0].state == "held"


def test_the_application_is_completed_once_or_counts_as_withdrawn(unclear):
    case = file(unclear, unclear.li_wei)
    say(unclear, case, unclear.contractor, "denies")
    actor = unclear.actor(unclear.li_wei)
    disputes.escalate(dispute_id=case.pk, to="arbitration", actor=actor, at=day(13))
    assign(unclear, case, day(13))
    conduct(unclear, case, "ask_correction", day(13))
    conduct(unclear, case, "complete", day(14))

    passes(unclear, day(31))

    assert Dispute.objects.get(pk=case.pk).state == "submitted"
    assert Notice.objects.filter(code="case_may_sue", subject_id=case.pk).exists()


def test_raw_sql_moves_no_suspended_case(unclear, case):
    from django.db import DatabaseError, connection, transaction

    conduct(unclear, case, "suspend", day(20), reason="force_majeure")

    with pytest.raises(DatabaseError, match="suspended"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE settlements_dispute SET state = 'pre_hearing' WHERE id = %s", [case.pk]
            )


def test_an_element_and_a_decision_item_keep_what_they_are_about(unclear, case):
    from django.db import DatabaseError, connection, transaction

    element = CaseElement.objects.filter(dispute=case).first()
    for sql in (
        f"UPDATE settlements_caseelement SET element = 'terms' WHERE id = {element.pk + 1}",
        f"DELETE FROM settlements_caseelement WHERE id = {element.pk}",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(sql)
