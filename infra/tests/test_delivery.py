"""What is mailed reaches chat rooms by webhook, and people as HTML by SES: a stack of its own on the local AWS."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import INFRA
from emulator import REGION
from fleet import FOR_EMULATOR, Fleet, launch, records_of, wait_for
from permissions import listed
from roles import Role, statements

ACCOUNT = "666677778888"
FROM = "trailhound@example.com"
# What the other sides answer, by the path of the webhook.
ANSWERS = {
    "/on-call": (200, "ok"),
    "/ops": (200, json.dumps({"code": 0, "msg": "success"})),
    "/gone": (404, "no_service"),
}


@dataclass
class Programs:
    """The chat programs: what was posted to each path."""

    url: str = ""
    posted: dict[str, list[dict]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def programs() -> Iterator[Programs]:
    """A server on this machine that plays the chat programs."""
    playing = Programs()

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            playing.posted.setdefault(self.path, []).append(json.loads(body))
            status, answer = ANSWERS[self.path]
            self.send_response(status)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_: object) -> None:
            """The tests say what was posted."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
    playing.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield playing
    server.shutdown()


@pytest.fixture(scope="module")
def told(fleet: Fleet, programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """A fleet with rooms, after an alert."""
    rooms = [
        {"name": "on-call", "kind": "slack", "url": f"{programs.url}/on-call"},
        {"name": "ops", "kind": "feishu", "url": f"{programs.url}/ops", "secret": "key", "level": "high"},
        {"name": "quiet", "kind": "slack", "url": f"{programs.url}/on-call", "accounts": ["999988887777"]},
        {"name": "gone", "kind": "slack", "url": f"{programs.url}/gone"},
        {"name": "readers", "kind": "mail", "to": ["security@example.com"]},
    ]
    secrets = fleet.local.client("secretsmanager", ACCOUNT)
    secret = secrets.create_secret(Name="rooms", SecretString=json.dumps({"rooms": rooms}))["ARN"]
    fleet.local.client("sesv2", ACCOUNT).create_email_identity(EmailIdentity=FROM)
    packaged = tmp_path_factory.mktemp("told") / "packaged.yaml"
    given = {"RoomsSecretArn": secret, "SesFrom": FROM, "Level": "high"}
    running = launch(fleet.local, packaged, given, account=ACCOUNT)
    let_send(running)
    running.put_events(records_of(INFRA.parent / "events" / "snapshot-shared.json"))
    running.settle()
    wait_for(lambda: running.waiting("delivery") == 0, "the rooms to be told")
    return running


def let_send(running: Fleet) -> None:
    """The local AWS does not know `ses:FromAddress`, the condition of the right to send: here without it."""
    allow = {"Effect": "Allow", "Action": "ses:SendEmail", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam, role = running.client("iam"), running.role("delivery")
    iam.put_role_policy(RoleName=role, PolicyName=FOR_EMULATOR, PolicyDocument=policy)


def sent(running: Fleet) -> list[dict]:
    """What SES was asked to send."""
    with urllib.request.urlopen(f"{running.local.url}/_ministack/ses/messages?account={ACCOUNT}") as answer:
        return json.loads(answer.read())["messages"][ACCOUNT]


def rooms(running: Fleet, *metrics: str) -> int:
    """What the function has counted."""
    return sum(line[metric] for line in running.metrics("delivery") for metric in metrics)


def test_an_alert_reaches_the_rooms_that_want_it_once(told, programs):
    mails = told.mails()
    assert mails, "the mail has gone out all the same"
    texts = [body["text"] for body in programs.posted["/on-call"]]
    assert len(texts) == len(set(texts)) == len(mails)
    assert any(text.startswith("[CRITICAL]") and "`aws ec2 " in text for text in texts), texts
    for body in programs.posted["/ops"]:
        assert body["msg_type"] == "text" and body["sign"] and body["content"]["text"] in texts
    assert len(programs.posted["/ops"]) == len(mails)


def test_people_get_the_same_mail_as_html(told):
    mails = sent(told)
    assert len(mails) == len({mail["Subject"] for mail in mails}) >= 1
    for mail in mails:
        assert (mail["Source"], mail["To"]) == (FROM, ["security@example.com"])
        assert mail["BodyText"].startswith("WHAT HAPPENED")
        html = mail["BodyHtml"]
        assert html.startswith("<!DOCTYPE html>") and "WHAT HAPPENED</h2>" in html and "<pre" in html


def test_who_can_never_be_told_is_named_once_and_no_address_is(told, programs):
    letters = [json.loads(body) for body in told.take("delivery-dead")]
    assert len(letters) == len(programs.posted["/gone"]) == len(programs.posted["/on-call"])
    assert {tuple(letter["only"]) for letter in letters} == {("gone",)}
    assert {letter["refused"]["gone"] for letter in letters} == {"404 no_service"}
    log = "\n".join(told.logs("delivery"))
    assert '"room":"gone"' in log and "a room cannot be told" in log
    assert "127.0.0.1" not in log and programs.url not in json.dumps(letters)
    assert rooms(told, "RoomsRefused") == len(letters)
    assert rooms(told, "RoomsTold") == 3 * len(letters)


def test_a_mail_that_is_handed_over_again_reaches_nobody_again(told, programs):
    before = {path: len(posted) for path, posted in programs.posted.items()}
    known = rooms(told, "RoomsTold", "RoomsKnown")
    sns, topic = told.client("sns"), f"arn:aws:sns:{REGION}:{ACCOUNT}:trailhound-delivery"
    (log,) = [line for line in told.metrics("alerts") if line.get("MailsHandedOver")][:1]
    assert log["MailsHandedOver"] >= 1
    copy = {
        "schema": "trailhound.delivery/1",
        "id": "the same",
        "thread": "th-1",
        "subject": "[HIGH] prod: again",
        "text": "WHAT HAPPENED\n",
        "room": "[HIGH] prod: again",
        "attributes": {"level_num": "3", "account": ACCOUNT, "language": "en", "kind": "alert"},
        "only": ["on-call"],
    }
    # One after the other: of two at once the second waits until the first is surely over.
    for number in range(1, 4):
        sns.publish(TopicArn=topic, Message=json.dumps(copy))
        wait_for(lambda: rooms(told, "RoomsTold", "RoomsKnown") == known + number, "a copy to be worked off")
    after = {path: len(posted) for path, posted in programs.posted.items()}
    assert after == before | {"/on-call": before["/on-call"] + 1}


def test_the_function_may_do_that_and_nothing_else(told):
    granted = {action for one in statements(told, "delivery") for action in listed(one["Action"])}
    assert granted == {
        *("logs:CreateLogStream", "logs:PutLogEvents"),
        *("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"),
        *("sqs:SendMessage", "dynamodb:BatchGetItem", "dynamodb:PutItem"),
        *("secretsmanager:GetSecretValue", "ses:SendEmail"),
    }
    for one in statements(told, "delivery"):
        if listed(one["Action"]) == ["ses:SendEmail"]:
            assert one["Condition"] == {"StringEquals": {"ses:FromAddress": FROM}}
            names = {resource.rsplit(":", 1)[-1] for resource in one["Resource"]}
            assert names == {f"identity/{FROM}", "identity/example.com"}
        assert not any("*" in resource.removesuffix(":*") for resource in listed(one["Resource"])), one
    role = Role(told, "delivery")
    other = told.client("secretsmanager").create_secret(Name="other", SecretString="x")["ARN"]
    assert not role.may("secretsmanager", "get_secret_value", SecretId=other)
    assert not role.may("sns", "publish", TopicArn=told.outputs["MailTopicArn"], Message="a forged mail")
