"""docs/scale.md is what tools/scale.py prints, and the program computes what it says."""

from __future__ import annotations

import pytest
import scale


@pytest.fixture(scope="module")
def figure():
    return scale.figures((scale.FORECAST / "src" / "bill.rs").read_text())


@pytest.fixture(scope="module")
def copies():
    return scale.reserved(scale.TEMPLATE.read_text())


@pytest.fixture(scope="module")
def price():
    return scale.Table.read((scale.FORECAST / "data" / "prices.txt").read_text())


def test_the_page_is_what_the_program_prints():
    assert scale.PAGE.read_text() == scale.page(), "run python3 tools/scale.py --write"


def test_figures_prices_and_copies_are_found_where_they_are(figure, price, copies, templates):
    assert figure["SECONDS_A_MILLION"] > 1 and figure["WRITE_UNITS"] > 1
    assert price.of("lambda.requests", 1e6) == price["lambda.requests"][0]
    main = templates["template.yaml"]["Resources"]
    told = {"s3-logs": "S3Logs", "eventbridge": "EventBridge", "alerts": "Alerts"}
    for function, name in told.items():
        assert copies[function] == main[name]["Properties"]["ReservedConcurrentExecutions"]["Fn::If"][1]


def test_the_alarms_that_are_paid_for_are_those_of_the_templates(figure, templates):
    found = templates["watch.yaml"]["Resources"].values()
    alarms = sum(resource["Type"] == "AWS::CloudWatch::Alarm" for resource in found)
    regions = templates["template.yaml"]["Parameters"]["Regions"]["Default"].split(",")
    assert figure["ALARMS"] == alarms + len(regions)


def test_ten_times_the_events_are_ten_times_the_work(figure):
    one, ten = scale.need(100, 1e7, figure), scale.need(100, 1e8, figure)
    assert ten.peak(ten.forwarded_a_day) == pytest.approx(10 * one.peak(one.forwarded_a_day))
    assert ten.copies("eventbridge") == pytest.approx(10 * one.copies("eventbridge"))
    assert one.copies("s3-logs") < ten.copies("s3-logs") < 10 * one.copies("s3-logs"), (
        "files grow fuller first"
    )


def test_a_million_events_cost_less_where_there_are_more(figure, price):
    bills = [sum(scale.costs(scale.need(*size, figure), figure, price).values()) for size in scale.SIZES]
    assert bills == sorted(bills, reverse=True)


def test_work_is_arrivals_times_how_long_each_takes(figure):
    n = scale.need(1, 1e6, figure)
    calls = 1e6 * scale.EVENT_SHARE / figure["EVENTS_A_CALL"]
    judged = 1e6 * scale.EVENT_SHARE / 1e6 * figure["SECONDS_A_MILLION"]
    busy = judged + calls * figure["SECONDS_A_CALL"]
    assert n.copies("eventbridge") == pytest.approx(busy / 86_400 * scale.PEAK)


def test_every_limit_says_what_to_change_and_none_is_met_by_one_account(figure, copies):
    small, *_, large = [scale.quotas(scale.need(*size, figure), figure, copies) for size in scale.SIZES]
    assert all(quota.change for quota in small)
    assert max(quota.share for quota in small) < 0.1
    assert max(quota.share for quota in large) > 1, "or the page would say nothing"
