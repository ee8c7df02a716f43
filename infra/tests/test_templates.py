"""What must hold in the templates whatever else changes in them."""

from __future__ import annotations

import re
from typing import Any

from conftest import INFRA, Template

DAY = 24 * 60 * 60
OWN_ACCOUNT = "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"


def resources(templates: dict[str, Template], kind: str) -> dict[str, dict[str, Any]]:
    """The properties of all resources of a type, by logical name."""
    return {
        name: resource.get("Properties", {})
        for template in templates.values()
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def test_nothing_is_bound_to_one_partition(templates):
    for path in (INFRA / "sam").glob("*.yaml"):
        text = path.read_text()
        assert not re.search(r"arn:aws[:-]", text), f"{path.name}: write arn:${{AWS::Partition}}"
        # Records name their service alike in every partition.
        text = re.sub(r"eventSource: \[[\w.]+\]", "", text)
        hosts = {host for host in re.findall(r"[\w.-]*amazonaws\.com[\w.]*", text)}
        principals = {"cloudtrail", "cloudwatch", "events", "lambda", "s3", "sns", "states"}
        assert hosts <= {f"{name}.amazonaws.com" for name in principals}, path.name


def test_every_queue_keeps_messages_for_two_weeks_and_is_encrypted(templates):
    for name, queue in resources(templates, "AWS::SQS::Queue").items():
        assert queue["MessageRetentionPeriod"] == 14 * DAY, name
        assert queue["SqsManagedSseEnabled"] is True, name


def test_every_queue_that_is_worked_off_has_its_own_dead_letters(templates):
    queues = resources(templates, "AWS::SQS::Queue")
    taken = set()
    worked = ("LogQueue", "EventQueue", "FindingsQueue", "DeliveryQueue", "Queue", "RespondQueue")
    for name in worked:
        redrive = queues[name]["RedrivePolicy"]
        # A room that is down for an hour has missed nothing; the pauses between grow.
        assert redrive["maxReceiveCount"] == (10 if name == "DeliveryQueue" else 5), name
        taken.add(redrive["deadLetterTargetArn"]["Fn::GetAtt"][0])
    assert taken == {
        "LogDeadLetters",
        "EventDeadLetters",
        "FindingsDeadLetters",
        "DeliveryDeadLetters",
        "DeadLetters",
        "RespondDeadLetters",
    }
    # What history has found waits for a person, and canaries are looked at: nobody works them off.
    assert set(queues) == taken | {*worked, "Found", "CanaryQueue"}


def test_a_message_stays_hidden_six_times_as_long_as_a_function_may_run(templates):
    main = templates["template.yaml"]["Resources"]
    for function, stack, parameter in (
        ("S3Logs", "Doors", "LogVisibilitySeconds"),
        ("EventBridge", "Doors", "EventVisibilitySeconds"),
        ("Alerts", "Topics", "FindingVisibilitySeconds"),
    ):
        hidden = int(main[stack]["Properties"]["Parameters"][parameter])
        assert hidden >= 6 * main[function]["Properties"]["Timeout"], function
    delivery = templates["delivery.yaml"]["Resources"]
    hidden = delivery["DeliveryQueue"]["Properties"]["VisibilityTimeout"]
    assert hidden >= 6 * delivery["Delivery"]["Properties"]["Timeout"]


def test_a_queue_never_asks_for_more_copies_than_are_reserved(templates):
    for name, function in resources(templates, "AWS::Serverless::Function").items():
        (source,) = [event for event in function["Events"].values() if event["Type"] == "SQS"]
        condition, reserved, otherwise = function["ReservedConcurrentExecutions"]["Fn::If"]
        assert source["Properties"]["ScalingConfig"]["MaximumConcurrency"] == reserved, name
        assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
        assert (condition, otherwise) == ("Reserves", {"Ref": "AWS::NoValue"}), name


def test_the_queue_of_mails_asks_for_as_many_copies_as_are_reserved_for_it(templates):
    delivery = templates["delivery.yaml"]["Resources"]
    source = delivery["DeliverySource"]["Properties"]
    condition, reserved, _ = delivery["Delivery"]["Properties"]["ReservedConcurrentExecutions"]["Fn::If"]
    assert (condition, source["ScalingConfig"]["MaximumConcurrency"]) == ("Reserves", reserved)
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_every_function_has_a_role_and_a_log_of_its_own(templates):
    functions = resources(templates, "AWS::Serverless::Function") | resources(
        templates, "AWS::Lambda::Function"
    )
    roles = {function["Role"]["Fn::GetAtt"][0] for function in functions.values()}
    logs = {function["LoggingConfig"]["LogGroup"]["Ref"] for function in functions.values()}
    assert len(roles) == len(logs) == len(functions) == 7
    # Those of the rule that forwards events to the log account, and of the machine that goes through history.
    assert roles | {"ForwardingRole", "MachineRole"} == set(resources(templates, "AWS::IAM::Role"))
    for name, log in resources(templates, "AWS::Logs::LogGroup").items():
        assert log["RetentionInDays"] == {"Ref": "FunctionLogDays"}, name


def test_logs_outlive_the_stack_and_nothing_else_does(templates):
    kept = {
        name
        for template in templates.values()
        for name, resource in template["Resources"].items()
        if resource.get("DeletionPolicy") == resource.get("UpdateReplacePolicy") == "Retain"
    }
    assert kept == {"Bucket", "BucketPolicy", "Key"}
    assert templates["topics.yaml"]["Resources"]["Key"].get("DeletionPolicy") is None


def test_the_bucket_is_closed_encrypted_versioned_and_tidied(templates):
    (bucket,) = resources(templates, "AWS::S3::Bucket").values()
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert bucket["VersioningConfiguration"]["Status"] == "Enabled"
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == {"Ref": "RetentionDays"}


def test_the_bucket_refuses_calls_without_tls(templates):
    (policy,) = resources(templates, "AWS::S3::BucketPolicy").values()
    condition, deny, _ = policy["PolicyDocument"]["Statement"][0]["Fn::If"]
    assert condition == "IsAws"
    assert deny["Effect"] == "Deny" and deny["Action"] == "s3:*" and deny["Principal"] == "*"
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert templates["template.yaml"]["Parameters"]["Emulator"]["Default"] == "false"


def test_the_trail_sees_all_regions_and_can_be_verified(templates):
    (trail,) = resources(templates, "AWS::CloudTrail::Trail").values()
    for switch in (
        "IsLogging",
        "IsMultiRegionTrail",
        "IncludeGlobalServiceEvents",
        "EnableLogFileValidation",
    ):
        assert trail[switch] is True, switch
    assert trail["KMSKeyId"] == {"Fn::GetAtt": ["Key", "Arn"]}


def test_the_table_forgets_by_itself_and_can_be_brought_back(templates):
    for table in resources(templates, "AWS::DynamoDB::Table").values():
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["KeySchema"] == [{"AttributeName": "key", "KeyType": "HASH"}]
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["SSESpecification"] == {"SSEEnabled": True}


def test_keys_turn_and_topics_use_one(templates):
    for name, key in resources(templates, "AWS::KMS::Key").items():
        assert key["EnableKeyRotation"] is True, name
    for name, topic in resources(templates, "AWS::SNS::Topic").items():
        assert topic["KmsMasterKeyId"] in ({"Fn::GetAtt": ["Key", "Arn"]}, {"Ref": "TopicKeyArn"}), name


def test_only_services_of_this_account_may_write_to_queues_and_topics(templates):
    """A service may be sent by anybody; a condition names the source or the account."""
    policies = resources(templates, "AWS::SQS::QueuePolicy") | resources(templates, "AWS::SNS::TopicPolicy")
    for name, policy in policies.items():
        for statement in policy["PolicyDocument"]["Statement"]:
            statement = statement["Fn::If"][1] if "Fn::If" in statement else statement
            if statement["Principal"] == {"AWS": {"Fn::Sub": OWN_ACCOUNT}}:
                continue
            assert set(statement["Principal"]) == {"Service"}, f"{name}: {statement['Sid']}"
            named = [key for test in statement["Condition"].values() for key in test]
            assert set(named) & {"aws:SourceArn", "aws:SourceAccount"}, f"{name}: {statement['Sid']}"


def test_every_topic_and_worked_queue_has_a_policy_of_ours(templates):
    topics = resources(templates, "AWS::SNS::TopicPolicy").values()
    governed = {topic["Ref"] for policy in topics for topic in policy["Topics"]}
    assert governed == set(resources(templates, "AWS::SNS::Topic"))


def test_the_rule_takes_every_kind_of_event_from_cloudtrail(templates):
    rule = resources(templates, "AWS::Events::Rule")["EventRule"]
    calls, canaries = rule["EventPattern"]["$or"]
    assert calls == {
        "source": [{"prefix": {"Ref": "SourcePrefix"}}],
        "detail-type": [{"suffix": " via CloudTrail"}],
    }
    # Anybody can send these: in a pair of their own, so that none passes for a call.
    assert canaries == {"source": ["trailhound.canary"], "detail-type": ["Trailhound Canary"]}
    (target,) = rule["Targets"]
    assert target["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": ["EventDeadLetters", "Arn"]}
    assert templates["template.yaml"]["Parameters"]["EventSourcePrefix"]["Default"] == "aws."


def test_the_central_bus_takes_the_same_events_from_the_organization_alone(templates):
    doors = templates["doors.yaml"]["Resources"]
    central, own = doors["CentralRule"]["Properties"], doors["EventRule"]["Properties"]
    assert central["EventPattern"] == own["EventPattern"]["$or"][0], "by its source nobody but AWS can have sent it"
    assert central["Targets"] == own["Targets"]
    (statement,) = doors["CentralBus"]["Properties"]["Policy"]["Statement"]
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}}}
    assert statement["Action"] == "events:PutEvents"
    assert doors["CentralBus"]["Condition"] == doors["CentralRule"]["Condition"] == "InOrganization"


def test_every_account_forwards_what_it_has_not_got_from_another(templates):
    forward = templates["forward.yaml"]["Resources"]
    pattern = dict(forward["ForwardingRule"]["Properties"]["EventPattern"])
    assert pattern.pop("account") == [{"Ref": "AWS::AccountId"}], "else events could go round"
    assert pattern == resources(templates, "AWS::Events::Rule")["EventRule"]["EventPattern"]["$or"][0]
    (statement,) = forward["ForwardingRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("events:PutEvents", {"Ref": "CentralBusArn"})


def test_the_trail_of_an_organization_may_write_below_its_id_and_nothing_else(templates):
    logs = templates["logs.yaml"]["Resources"]
    delivers = logs["BucketPolicy"]["Properties"]["PolicyDocument"]["Statement"][2]
    own, organization = delivers["Resource"]
    assert own == {"Fn::Sub": "${Bucket.Arn}/AWSLogs/${TrailAccountId}/*"}
    assert organization["Fn::If"][:2] == [
        "InOrganization",
        {"Fn::Sub": "${Bucket.Arn}/AWSLogs/${OrganizationId}/*"},
    ]
    assert logs["Trail"]["Properties"]["IsOrganizationTrail"]["Fn::If"][:2] == ["InOrganization", True]
    text = (INFRA / "sam" / "logs.yaml").read_text()
    owners = set(re.findall(r"cloudtrail:\*:\$\{(\w+(?:::\w+)?)\}:trail", text))
    assert owners == {"TrailAccountId"}, "the management account owns it, whoever has made it"


def test_time_passes_for_what_did_not_follow(templates):
    rule = resources(templates, "AWS::Events::Rule")["ClockRule"]
    assert rule["ScheduleExpression"] == "rate(5 minutes)"
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": ["EventQueue", "Arn"]}
    assert "Input" not in target and "InputTransformer" not in target, "the time of the event is what counts"
    policy = resources(templates, "AWS::SQS::QueuePolicy")["EventQueuePolicy"]
    statements = policy["PolicyDocument"]["Statement"]
    condition, central, _ = statements.pop()["Fn::If"]
    assert condition == "InOrganization"
    senders = [statement["Condition"]["ArnEquals"]["aws:SourceArn"] for statement in (*statements, central)]
    assert senders == [{"Fn::GetAtt": [name, "Arn"]} for name in ("EventRule", "ClockRule", "CentralRule")]


def test_every_parameter_is_in_a_group_and_says_what_it_is(templates):
    main = templates["template.yaml"]
    groups = main["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]
    assert sorted(grouped) == sorted(main["Parameters"])
    for name, parameter in main["Parameters"].items():
        assert parameter.get("Description"), name


def test_mails_that_wait_are_looked_at_every_minute(templates):
    alerts = templates["template.yaml"]["Resources"]["Alerts"]["Properties"]
    assert alerts["Events"]["Clock"]["Properties"]["Schedule"] == "rate(1 minute)"
    assert alerts["EventInvokeConfig"] == {"MaximumRetryAttempts": 0}


def nested(templates: dict[str, Template]) -> dict[str, dict[str, Any]]:
    """The properties of the stacks inside the main one."""
    return resources({"template.yaml": templates["template.yaml"]}, "AWS::CloudFormation::Stack")


def test_a_nested_stack_gets_the_parameters_that_it_has(templates):
    for name, stack in nested(templates).items():
        known = templates[stack["TemplateURL"]]["Parameters"]
        needed = {key for key, parameter in known.items() if "Default" not in parameter}
        assert needed <= set(stack["Parameters"]) <= set(known), name


def test_what_is_asked_of_a_nested_stack_is_told_by_it(templates):
    """Neither cfn-lint nor the local AWS looks."""
    stacks = nested(templates)
    asked = re.findall(r"!GetAtt (\w+)\.Outputs\.(\w+)", (INFRA / "sam" / "template.yaml").read_text())
    assert {name for name, _ in asked} == set(stacks) - {"Watch", "WatchRegions", "Guard", "Past"}
    for name, output in asked:
        assert output in templates[stacks[name]["TemplateURL"]]["Outputs"], f"{name}.{output}"
