"""Commands as the reader pastes them: run by a real shell, in which `aws` only writes down what it was told.

Source for the parser: awscli 1.x, `clidriver.CLIOperationCaller`, which is all that stands between arguments
and the network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from awscli import clidriver
from botocore.validate import ParamValidator

# What stands in for what a command inside a command would have printed.
ANSWER = "the-answer-of-another-command"

# Ends each argument, and each call.
STUB = f"""#!/bin/sh
for word in "$@"; do printf '%s\\000' "$word"; done >>"$HEARD"
printf '\\001' >>"$HEARD"
echo {ANSWER}
"""


@dataclass(frozen=True)
class Shell:
    """A shell in an empty folder that knows `aws`, `date` and nothing else."""

    folder: Path

    @staticmethod
    def make(folder: Path) -> Shell:
        (folder / "bin").mkdir(parents=True)
        (folder / "work").mkdir()
        stub = folder / "bin" / "aws"
        stub.write_text(STUB)
        stub.chmod(0o755)
        os.symlink(shutil.which("date"), folder / "bin" / "date")
        return Shell(folder)

    def calls(self, command: str) -> list[list[str]]:
        """The arguments of every call of `aws` that the command makes, the inner ones first."""
        heard = self.folder / "heard"
        heard.write_bytes(b"")
        environment = {"PATH": str(self.folder / "bin"), "HEARD": str(heard)}
        run = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.folder / "work",
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert run.returncode == 0 and not run.stderr, f"{command}\n{run.stderr}"
        calls = heard.read_bytes().decode().split("\x01")[:-1]
        return [call.split("\0")[:-1] for call in calls]

    def litter(self) -> list[Path]:
        """What commands have left behind in their folder."""
        return list((self.folder / "work").iterdir())


class Parser:
    """The AWS CLI up to where it would speak to AWS."""

    def __init__(self) -> None:
        self.driver = clidriver.create_clidriver()

    def complaint(self, arguments: list[str]) -> str | None:
        """What the AWS CLI has against these arguments, nothing if it would make the call."""
        made = []

        def invoke(caller, service, operation, parameters, parsed_globals):
            model = caller._session.get_service_model(service)
            shape = model.operation_model(operation).input_shape
            # How to page through answers is for botocore, not for the service.
            sent = {name: value for name, value in parameters.items() if name != "PaginationConfig"}
            report = ParamValidator().validate(sent, shape) if shape else None
            made.append(report.generate_report() if report and report.has_errors() else None)
            return 0

        said = StringIO()
        with patch.object(clidriver.CLIOperationCaller, "invoke", invoke):
            with redirect_stderr(said), redirect_stdout(said):
                try:
                    status = self.driver.main(arguments)
                except SystemExit as exit:
                    status = exit.code
        if status or not made:
            return said.getvalue() or f"ended with {status} and made no call"
        return made[0]
