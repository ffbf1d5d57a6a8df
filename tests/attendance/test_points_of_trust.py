"""The weights of trust: each sentence of docs/attendance.md about them, in figures."""

import pytest

from projects.attendance.rules.trust import ASK_BELOW, POINTS, score

CARD = ("device_known",)
FACE = (*CARD, "biometric")
PHONE = ("inside_fence", "signed")
NEAR = ("neighbours",)


def asked(*codes) -> bool:
    """Whether a punch with these signals sends its day to a person."""
    return score(POINTS[code] for code in codes) < ASK_BELOW


@pytest.mark.parametrize("honest", [CARD, FACE, PHONE])
@pytest.mark.parametrize("near", [(), NEAR])
@pytest.mark.parametrize("odd", ["impossible_speed", "absent_signed"])
def test_what_cannot_be_true_is_asked_about_although_the_crew_is_near(honest, near, odd):
    assert asked(*honest, *near, odd)
    assert not asked(*honest, *near)


@pytest.mark.parametrize("odd", ["mock_location", "gate_code_forged"])
def test_a_faked_place_is_asked_about_although_the_crew_is_near(odd):
    assert asked(*PHONE, *NEAR, odd)


def test_a_counter_signed_roll_call_or_a_fresh_code_outweighs_one_impossible_journey():
    assert not asked(*FACE, *NEAR, "impossible_speed", "roll_call_present")
    assert not asked(*PHONE, *NEAR, "impossible_speed", "gate_code")


def test_a_crews_rush_of_cards_is_asked_about_and_one_of_faces_is_not():
    assert asked(*CARD, *NEAR, "many_at_once")
    assert not asked(*FACE, *NEAR, "many_at_once")


def test_a_wrong_clock_is_held_against_a_password_alone():
    assert not asked(*CARD, "clock_wrong")
    assert asked(*CARD, "password", "clock_wrong")


def test_a_missing_fix_is_made_good_by_the_crew():
    assert asked("no_position", "signed")
    assert not asked("no_position", "signed", *NEAR)
