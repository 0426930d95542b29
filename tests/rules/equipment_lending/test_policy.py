"""Article 7: which setting holds where."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_lending.rules.policy import DEFAULT, SETTINGS, effective
from equipment_lending.terms import Approval, ClosedDays

said = {
    "approval": st.sampled_from(Approval),
    "closed_days": st.sampled_from(ClosedDays),
    "span_closed": st.booleans(),
    "whole_days": st.booleans(),
    "requires": st.frozensets(st.sampled_from(["bike", "saw"])),
}
layers = st.fixed_dictionaries({}, optional={name: st.none() | said.get(name, st.integers(0, 90)) for name in SETTINGS})


@given(st.lists(layers, max_size=5))
def test_each_setting_is_what_the_most_specific_layer_says_that_says_anything(city_to_point):
    policy = asdict(effective(city_to_point))
    for name in SETTINGS:
        heard = [layer[name] for layer in city_to_point if layer.get(name) is not None]
        assert policy[name] == (heard[-1] if heard else getattr(DEFAULT, name))


def test_a_model_at_a_point_wins_over_the_point_the_model_the_category_and_the_city():
    city_to_point = [{"max_days": n} for n in (14, 10, 7, 5, 3)]
    for known in range(1, 6):
        assert effective(city_to_point[:known]).max_days == city_to_point[known - 1]["max_days"]


def test_achievements_may_come_as_a_list():
    assert effective([{"requires": ["bike"]}]).requires == frozenset({"bike"})


def test_a_setting_nobody_knows_is_a_mistake():
    with pytest.raises(TypeError):
        effective([{"max_dayz": 3}])
