"""Puts the template into an account: `aws cloudformation package` and `deploy`.

The AWS account, region and credentials are what the environment says, as for any AWS command.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "infra" / "sam" / "template.yaml"
CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
# Those that every fleet has.
FUNCTIONS = ("s3-logs", "eventbridge", "alerts")
BUILT = (*FUNCTIONS, "delivery", "response", "watch")


def aws(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """What the AWS command line answers.

    Raises `RuntimeError` with its complaint if it fails.
    """
    command = [str(Path(sys.executable).parent / "aws"), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"aws {' '.join(arguments[:2])}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def package(artifacts: str, output: Path, environment: Mapping[str, str] | None = None) -> None:
    """Uploads functions and nested templates to the bucket `artifacts`; writes a template that names them."""
    for function in BUILT:
        if not (ROOT / "target" / "lambda" / f"lambda-{function}" / "bootstrap").is_file():
            raise RuntimeError(f"the function {function} is not built: run `make functions` first")
    output.parent.mkdir(parents=True, exist_ok=True)
    aws(
        "cloudformation",
        "package",
        *("--template-file", str(TEMPLATE)),
        *("--s3-bucket", artifacts),
        *("--output-template-file", str(output)),
        environment=environment,
    )


def deploy(stack: str, packaged: Path, parameters: Mapping[str, str], artifacts: str) -> None:
    """Makes or updates the stack on AWS, and waits until it stands."""
    aws(
        "cloudformation",
        "deploy",
        *("--stack-name", stack),
        *("--template-file", str(packaged)),
        *("--s3-bucket", artifacts),
        *("--capabilities", *CAPABILITIES),
        "--no-fail-on-empty-changeset",
        *("--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items())),
    )
