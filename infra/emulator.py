"""A local AWS for one process: ministack on a free port of the loopback interface.

Invariant: it listens on 127.0.0.1 alone, sees nothing of the caller's environment (functions would inherit
it), and is gone when the block ends.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import boto3

REGION = "us-east-1"
# Twelve digits as access key: ministack takes them for the account.
ACCOUNT = "111122223333"
PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Emulator:
    """Where the local AWS answers, and where it keeps its files."""

    url: str
    folder: Path

    def client(self, service: str, account: str = ACCOUNT):
        """A boto3 client that speaks to this emulator as the root of `account`."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=account,
            aws_secret_access_key="local",
        )

    def environment(self, account: str = ACCOUNT) -> dict[str, str]:
        """What a program needs in its environment to speak to this emulator, and nothing else."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_EC2_METADATA_DISABLED": "true",
        }


@contextmanager
def emulator(folder: Path) -> Iterator[Emulator]:
    """Starts ministack with its files in `folder`, and stops it when the block ends.

    Raises `RuntimeError` with the end of its log if it is not ready within half a minute.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    local = Emulator(f"http://127.0.0.1:{port}", folder)
    with (folder / "ministack.log").open("w") as log:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "ministack")],
            env=_environment(port, folder),
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _await_ready(local, process)
        yield local
    finally:
        _stop(process)


def free_port() -> int:
    """A port of the loopback interface that nobody used a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _environment(port: int, folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AUTH": "true",
        "TMPDIR": str(folder),
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.1",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
    }


def _await_ready(local: Emulator, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{local.url}/_ministack/ready", timeout=1).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    log = (local.folder / "ministack.log").read_text()
    raise RuntimeError(f"ministack is not ready; the end of its log:\n{log[-2000:]}")


def _stop(process: subprocess.Popen) -> None:
    """Stops the emulator and the functions it has started, which share its session."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
