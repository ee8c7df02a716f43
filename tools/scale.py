"""Writes docs/scale.md: what the fleet needs from one account to ten thousand, and which limit it meets first.

    scale.py            prints the page
    scale.py --write    writes it

Prices are those of crates/forecast/data/prices.txt, and figures of the fleet those of crates/forecast/src/bill.rs;
neither is repeated here. What is assumed of an organization, and the quotas of AWS, stand below.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "scale.md"
FORECAST = ROOT / "crates" / "forecast"
TEMPLATE = ROOT / "infra" / "sam" / "template.yaml"

DAY = 86_400
MONTH = 365.25 / 12

# Accounts, and events a day in all of them.
SIZES = [(1, 1e4), (10, 1e6), (100, 1e7), (1_000, 1e8), (10_000, 1e9)]

# What is assumed of an organization. Yours: `trailhound cost LOGS`, `trailhound summary LOGS`.
REGIONS = 4  # in which an account is at work
REGIONS_FORWARDED = 17  # those that an account has from the start
FILES_A_DAY = 288  # of a region: CloudTrail delivers every five minutes or so
RECORDS_A_FILE = 5_000  # at most, of a busy region
EVENT_SHARE = 0.10  # changes and sign-ins, which EventBridge brings too
PEAK = 3  # the busiest hour over the mean
ALERTS_A_DAY = 0.6  # of level medium and above, of an account
BUSIEST = 0.05  # the share of all events that are one principal's
WINDOW_KB = 20  # of the busiest principal's windows, which lie in one item


class Table(dict[str, tuple[float, float]]):
    """Prices: dollars for so many units."""

    @classmethod
    def read(cls, text: str) -> Table:
        lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
        return cls({line[0]: (float(line[1]), float(line[2])) for line in lines if len(line) == 4})

    def of(self, name: str, units: float) -> float:
        """What so many units cost, without what is free: at these sizes it is nothing."""
        dollars, per = self[name]
        return units / per * dollars


def figures(source: str) -> dict[str, float]:
    """The measured figures of the fleet, as bill.rs has them."""
    found = re.findall(r"^const (\w+): f64 = ([0-9_.]+);", source, flags=re.MULTILINE)
    return {name: float(value.replace("_", "")) for name, value in found}


def reserved(template: str) -> dict[str, float]:
    """How many copies of each function are reserved."""
    found = re.findall(
        r"FunctionName: !Sub \$\{AWS::StackName\}-([\w-]+)\n(?:.*\n)*?.*\[Reserves, (\d+),", template
    )
    return {name: float(copies) for name, copies in found}


@dataclass(frozen=True)
class Need:
    """What one size of organization asks of the fleet."""

    accounts: float
    events_a_day: float
    files_a_day: float
    forwarded_a_day: float
    alerts_a_day: float
    calls_a_day: dict[str, float]
    busy_seconds_a_day: dict[str, float]

    def peak(self, a_day: float) -> float:
        """So many a second in the busiest hour."""
        return a_day / DAY * PEAK

    def copies(self, function: str) -> float:
        """Copies at work at once in the busiest hour: what arrives, times how long it takes."""
        return self.peak(self.busy_seconds_a_day[function])


def need(accounts: float, events: float, figure: dict[str, float]) -> Need:
    """What an organization of this size asks of the fleet."""
    files = min(events, max(accounts * REGIONS * FILES_A_DAY, events / RECORDS_A_FILE))
    forwarded, alerts = events * EVENT_SHARE, accounts * ALERTS_A_DAY
    calls = {
        "s3-logs": files / figure["FILES_A_CALL"],
        "eventbridge": forwarded / figure["EVENTS_A_CALL"],
        "alerts": alerts + DAY / 60,
    }
    judged = {"s3-logs": events, "eventbridge": forwarded, "alerts": 0}
    busy = {
        name: judged[name] / 1e6 * figure["SECONDS_A_MILLION"] + count * figure["SECONDS_A_CALL"]
        for name, count in calls.items()
    }
    return Need(accounts, events, files, forwarded, alerts, calls, busy)


@dataclass(frozen=True)
class Quota:
    """Something of which there is only so much."""

    name: str
    limit: float
    unit: str
    used: float
    change: str

    @property
    def share(self) -> float:
        return self.used / self.limit


def quotas(n: Need, figure: dict[str, float], copies: dict[str, float]) -> list[Quota]:
    """What AWS gives and our template reserves, and how much of it is used in the busiest hour."""
    a_second = n.peak(n.events_a_day + n.forwarded_a_day)
    writes = a_second / 1e3 * figure["WRITE_UNITS"]
    # Every batch in which the busiest principal is writes its windows once.
    hot = min(n.peak(sum(n.calls_a_day.values())), n.peak(n.events_a_day) * BUSIEST) * WINDOW_KB
    return [
        Quota(
            "copies of `s3-logs`",
            copies["s3-logs"],
            "reserved",
            n.copies("s3-logs"),
            "raise `ReservedConcurrentExecutions` and `MaximumConcurrency` together, up to the account's 1,000",
        ),
        Quota(
            "copies of `eventbridge`",
            copies["eventbridge"],
            "reserved",
            n.copies("eventbridge"),
            "as for `s3-logs`",
        ),
        Quota(
            "events through EventBridge",
            10_000,
            "a second (us-east-1; 400 to 2,400 in small regions)",
            n.peak(n.forwarded_a_day),
            "ask AWS for more; a second log account by unit; the log files bring them all the same",
        ),
        Quota(
            "writes to the table",
            40_000,
            "units a second",
            writes,
            "ask AWS for more than 40,000 for the table; have it warmed before the first day",
        ),
        Quota(
            "writes to one item",
            1_000,
            "units a second",
            hot,
            "exclude the principal from correlations that it does not need, or raise `BatchSize` so that fewer batches write its windows",
        ),
        Quota(
            "mails to one reader",
            1,
            "a second (`MailsPerSecond`; SNS suspends at 10)",
            n.peak(n.alerts_a_day),
            "nothing is lost, the rest is one digest; give units their own readers, and exclude what cries wolf",
        ),
        Quota(
            "stack instances of the forwarding set",
            100_000,
            "accounts times regions",
            n.accounts * REGIONS_FORWARDED,
            "a set for each half of the units, or fewer regions; closed regions need none",
        ),
        Quota(
            "requests to the log bucket",
            5_500,
            "reads a second and prefix, an account a prefix",
            n.peak(n.files_a_day),
            "nothing: S3 divides by prefix, and each account has its own",
        ),
    ]


def costs(n: Need, figure: dict[str, float], price: Table) -> dict[str, float]:
    """Dollars for a million events, by part; what does not grow with them is spread over them."""
    events = n.events_a_day
    messages = n.files_a_day + n.forwarded_a_day + n.alerts_a_day
    calls, busy = sum(n.calls_a_day.values()), sum(n.busy_seconds_a_day.values())
    units = (events + n.forwarded_a_day) / 1e3
    a_day = {
        "functions": price.of("lambda.requests", calls) + price.of("lambda.gb_seconds_arm64", busy * 0.5),
        "state": price.of("dynamodb.write_units", units * figure["WRITE_UNITS"])
        + price.of("dynamodb.read_units", units * figure["READ_UNITS"]),
        "queues": price.of("sqs.requests", messages * figure["REQUESTS_A_MESSAGE"]),
        "forwarding": price.of("events.forwarded", n.forwarded_a_day if n.accounts > 1 else 0),
        "bucket": price.of("s3.get_requests", n.files_a_day),
        "logs of functions": price.of("cloudwatch.logs_gb", calls * figure["LOG_BYTES"] / 2**30),
        "mails": price.of("sns.mails", n.alerts_a_day) + price.of("sns.publishes", n.alerts_a_day * 2),
        "standing": (
            price.of("kms.key_month", figure["KEYS"])
            + price.of("cloudwatch.metric_month", figure["METRICS"])
            + price.of("cloudwatch.alarm_month", figure["ALARMS"])
        )
        / MONTH,
    }
    return {part: dollars / events * 1e6 for part, dollars in a_day.items()}


def page() -> str:
    """The page."""
    figure = figures((FORECAST / "src" / "bill.rs").read_text())
    prices = (FORECAST / "data" / "prices.txt").read_text()
    copies = reserved(TEMPLATE.read_text())
    needs = [need(accounts, events, figure) for accounts, events in SIZES]
    date = re.search(r"^date (\S+)$", prices, flags=re.MULTILINE)
    return "\n".join(
        [
            HEAD,
            *assumptions(figure),
            NEEDS,
            *needed(needs, figure),
            LIMITS,
            *limits(needs, figure, copies),
            *first(needs, figure, copies),
            COSTS.format(date=date.group(1) if date else "?"),
            *priced(needs, figure, Table.read(prices)),
            TAIL,
        ]
    )


def assumptions(figure: dict[str, float]) -> Iterator[str]:
    known = {
        "SECONDS_A_MILLION": "seconds of `s3-logs` for a million records, at 512 MB; `make bench-fleet`, `make bench`",
        "SECONDS_A_CALL": "seconds of a call with nothing in it; `make bench-fleet`",
        "FILES_A_CALL": "log files that one call brings, where there are many",
        "EVENTS_A_CALL": "events that one call brings",
        "WRITE_UNITS": "units of state written for a thousand records; `make fleet` prints them",
        "READ_UNITS": "units read",
    }
    yield "| figure | value | from |\n|---|---|---|"
    for name, what in known.items():
        yield f"| `{name}` | {figure[name]:g} | {what} |"
    for what, value in {
        "regions in which an account is at work": REGIONS,
        "log files of a region and day": FILES_A_DAY,
        "records of a log file, at most": RECORDS_A_FILE,
        "share of events that EventBridge brings too": EVENT_SHARE,
        "busiest hour over the mean": PEAK,
        "alerts of an account and day": ALERTS_A_DAY,
        "share of all events that are one principal's": BUSIEST,
        "KB of the busiest principal's windows": WINDOW_KB,
    }.items():
        yield f"| {what} | {value:g} | assumed |"


def row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def header(first: str, needs: list[Need]) -> str:
    names = [f"{one.accounts:,.0f} / {one.events_a_day:,.0f}" for one in needs]
    return row([first, *names]) + "\n" + "|---|" + "---:|" * len(needs)


def needed(needs: list[Need], figure: dict[str, float]) -> Iterator[str]:
    yield header("accounts / events a day", needs)
    lines = {
        "events a second, busiest hour": lambda n: n.peak(n.events_a_day),
        "log files a day": lambda n: n.files_a_day,
        "events forwarded a second, busiest hour": lambda n: n.peak(n.forwarded_a_day),
        "calls of `s3-logs` a day": lambda n: n.calls_a_day["s3-logs"],
        "calls of `eventbridge` a day": lambda n: n.calls_a_day["eventbridge"],
        "copies of `s3-logs` at once": lambda n: n.copies("s3-logs"),
        "copies of `eventbridge` at once": lambda n: n.copies("eventbridge"),
        "write units of state a second": lambda n: (
            n.peak(n.events_a_day + n.forwarded_a_day) / 1e3 * figure["WRITE_UNITS"]
        ),
        "alerts a day": lambda n: n.alerts_a_day,
    }
    for name, of in lines.items():
        yield row([name, *(number(of(one)) for one in needs)])


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def limits(needs: list[Need], figure: dict[str, float], copies: dict[str, float]) -> Iterator[str]:
    yield header("limit", needs)
    for of_one in zip(*(quotas(one, figure, copies) for one in needs), strict=True):
        quota = of_one[0]
        cells = [f"**{one.share:.0%}**" if one.share > 1 else f"{one.share:.0%}" for one in of_one]
        yield row([f"{quota.name}: {quota.limit:,.0f} {quota.unit}", *cells])


def first(needs: list[Need], figure: dict[str, float], copies: dict[str, float]) -> Iterator[str]:
    yield "\nWhat is met first, and what to change:\n"
    for one in needs:
        by_share = sorted(quotas(one, figure, copies), key=lambda quota: -quota.share)
        over = [quota for quota in by_share if quota.share > 1]
        size = f"{one.accounts:,.0f} account{'s' if one.accounts > 1 else ''}, {one.events_a_day:,.0f} events a day"
        if not over:
            yield f"- **{size}**: none; nearest is {by_share[0].name}, at {by_share[0].share:.0%}."
        for at, quota in enumerate(over):
            when = "first" if at == 0 else "then"
            yield f"- **{size}**: {when} {quota.name}, at {quota.share:.0%}: {quota.change}."


def priced(needs: list[Need], figure: dict[str, float], price: Table) -> Iterator[str]:
    yield header("dollars for a million events", needs)
    bills = [costs(one, figure, price) for one in needs]
    for part in bills[0]:
        yield row([part, *(money(bill[part]) for bill in bills)])
    yield row(["**in all**", *(money(sum(bill.values())) for bill in bills)])
    months = [
        sum(bill.values()) * one.events_a_day / 1e6 * MONTH for bill, one in zip(bills, needs, strict=True)
    ]
    yield row(["**a month**", *(f"{dollars:,.0f}" for dollars in months)])


def money(dollars: float) -> str:
    return f"{dollars:,.2f}" if dollars >= 1 else f"{dollars:.4f}"


HEAD = """\
# Scale

What the fleet needs, which limit it meets first, and what a million events cost, from one account to ten thousand.
`tools/scale.py` computes this page from the figures and prices of [`crates/forecast`](../crates/forecast/src/bill.rs); a
test fails when it is not what the program prints. None of it has been measured on AWS: figures of one function are
measured, those of thousands of accounts are computed from them.
"""

NEEDS = """
## What is needed
"""

LIMITS = """
## Which limit is met

How much of each limit the busiest hour takes. Quotas are those of a new account in a large region; look yours up with
`aws service-quotas`. What is over a limit is late, not lost: every door ends in a queue that keeps two weeks.
"""

COSTS = """
## What it costs

List prices of us-east-1 as of {date}, without what is free, on arm64; storage of log files and the trail itself left
out, since they are there without the fleet, and so is transfer between regions of what is forwarded. *Standing* is what
does not grow: keys, metrics, alarms.
"""

TAIL = """
## What this does not tell

- The busiest principal decides before the sum does: one item of state takes a thousand units a second whatever the table
  takes. `StateConflicts` in [the metrics](operations.md#metrics) shows it long before it hurts.
- `accounts` in mails are one setting of 2,000 characters, some fifty names; others go by their number.
- How long an account that joins waits for its rule is up to the stack set, which works its accounts off in turn.
"""


def main(arguments: list[str]) -> int:
    if arguments == ["--write"]:
        PAGE.write_text(page())
    elif arguments:
        print(__doc__, file=sys.stderr)
        return 3
    else:
        print(page(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
