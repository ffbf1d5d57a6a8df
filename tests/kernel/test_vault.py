"""A sealed value opens only where it belongs, and not at all once its key is destroyed."""

import pytest

from jianzhu.kernel.vault import (
    CannotOpen,
    blind_index,
    masked,
    new_person_key,
    seal,
    unseal,
)

ID_NUMBER = "990000199001011234"


def test_a_value_opens_at_its_own_place():
    key = new_person_key()

    sealed = seal(person_key=key, text=ID_NUMBER, place="worker.id_number:1")

    assert unseal(person_key=key, sealed=sealed, place="worker.id_number:1") == ID_NUMBER
    assert ID_NUMBER.encode() not in sealed


def test_a_value_moved_to_another_row_does_not_open():
    key = new_person_key()
    sealed = seal(person_key=key, text=ID_NUMBER, place="worker.id_number:1")

    with pytest.raises(CannotOpen):
        unseal(person_key=key, sealed=sealed, place="worker.id_number:2")


def test_another_persons_key_does_not_open_it():
    sealed = seal(person_key=new_person_key(), text=ID_NUMBER, place="worker.id_number:1")

    with pytest.raises(CannotOpen):
        unseal(person_key=new_person_key(), sealed=sealed, place="worker.id_number:1")


def test_equal_texts_are_found_by_the_blind_index_and_kinds_kept_apart():
    assert blind_index("99000019900101123x", "id") == blind_index("99000019900101123X ", "id")
    assert blind_index("1", "id") != blind_index("1", "phone")


def test_a_mask_shows_the_last_four_only():
    assert masked("9999000011112222") == "****2222"
    assert masked("123") == "****"
