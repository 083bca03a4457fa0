"""The settings of one run: defaults, then a TOML file, then the environment, then arguments.

A key that nobody knows is an error at each of these, because a misspelt setting that is silently
ignored looks like one that does not work.
"""

import os
import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from ingest.errors import SettingsError

PREFIX = "FOOTNOTE_"
OFFLINE = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def default_library() -> Path:
    """Return the place of the library when none is named: the user's data folder."""
    return Path(platformdirs.user_data_dir("footnote", appauthor=False)) / "library"


def default_models() -> Path:
    """Return the place of readers that a person trained: beside the default library."""
    return default_library().with_name("models")


def default_config_file() -> Path:
    """Return the TOML file that is read when it exists and ``FOOTNOTE_CONFIG`` names no other."""
    return Path(platformdirs.user_config_dir("footnote", appauthor=False)) / "config.toml"


class Settings(BaseModel):
    """Plain values, checked once; builds nothing.

    ``threads`` 0 means all cores. ``chunk_tokens`` counts tokens of the embedder. ``candidates``
    is how many passages the reader ranks, ``k`` how many of them are shown. ``threshold`` None
    takes the one that was calibrated with the reader. ``generator_model`` empty takes the only one
    that the server has; ``generator_timeout`` counts seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    library: Path = Field(default_factory=default_library)
    embedder: str = Field("all-MiniLM-L6-v2", min_length=1)
    reader: str = Field("footnote-reader", min_length=1)
    models: Path = Field(default_factory=default_models)
    generator: str = Field("extractive", min_length=1)
    generator_model: str = ""
    generator_timeout: float = Field(120.0, gt=0, le=3600)
    generator_key: SecretStr = SecretStr("")
    threads: int = Field(0, ge=0, le=1024)
    chunk_tokens: int = Field(160, ge=16, le=8192)
    candidates: int = Field(24, ge=1, le=1000)
    k: int = Field(8, ge=1, le=1000)
    threshold: float | None = Field(None, ge=0.0, le=1.0)
    max_file_mb: int = Field(200, ge=1)
    parse_seconds: int = Field(60, ge=1)
    parse_memory_mb: int = Field(1500, ge=100)
    max_new_tokens: int = Field(256, ge=1, le=8192)
    temperature: float = Field(0.0, ge=0.0, le=2.0)
    top_p: float = Field(1.0, gt=0.0, le=1.0)
    seed: int = Field(0, ge=0, lt=2**32)

    @field_validator("library", "models")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return Path(os.path.abspath(value.expanduser()))

    @field_validator("generator")
    @classmethod
    def _address(cls, value: str) -> str:
        if value.lower().startswith(("http:", "https:")):
            parts = urlsplit(value)
            if not parts.hostname or parts.query or parts.fragment or parts.port == 0:
                raise ValueError("an address looks like http://127.0.0.1:11434/v1")
            if "@" in parts.netloc:
                raise ValueError("an address holds no password: use the setting generator_key")
        return value

    @field_validator("generator_key")
    @classmethod
    def _sendable(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value().strip()
        if not re.fullmatch("[!-~]*", key):
            raise ValueError("a key holds printable ASCII characters only")
        return SecretStr(key)


def load_settings(**overrides: object) -> Settings:
    """Return the settings in force; overrides that are None count as not given.

    Raises SettingsError that names the key, and the file or variable it came from.
    """
    given = {key: value for key, value in overrides.items() if value is not None}
    path = _config_file()
    sources = {**dict.fromkeys(_known(), "default")}
    values: dict[str, object] = {}
    for source, layer in ((str(path), _read_toml(path)), ("environment", _environment())):
        values |= layer
        sources |= dict.fromkeys(layer, source)
    values |= given
    sources |= dict.fromkeys(given, "argument")
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(_explain(error, sources)) from None


def go_offline() -> None:
    """Forbid the libraries underneath to reach out, to report use, or to print bars of their own.

    Each entry point calls this before the first heavy import: the variables are read on import.
    """
    os.environ.update(OFFLINE)


def _known() -> list[str]:
    return sorted(Settings.model_fields)


def _config_file() -> Path:
    named = os.environ.get(PREFIX + "CONFIG")
    if not named:
        return default_config_file()
    path = Path(named).expanduser()
    if not path.is_file():
        raise SettingsError(
            f"{PREFIX}CONFIG names {path}, which is not a file: correct or unset it"
        )
    return path


def _read_toml(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"cannot read the settings in {path} ({error}): correct it") from error


def _environment() -> dict[str, object]:
    values: dict[str, object] = {}
    for variable, value in os.environ.items():
        if not variable.startswith(PREFIX) or variable == PREFIX + "CONFIG":
            continue
        key = variable.removeprefix(PREFIX).lower()
        if key not in Settings.model_fields:
            raise SettingsError(
                f"unknown environment variable {variable}: "
                f"unset it, or use one of {', '.join(PREFIX + name.upper() for name in _known())}"
            )
        values[key] = value
    return values


def _explain(error: ValidationError, sources: dict[str, str]) -> str:
    first = error.errors()[0]
    key = str(first["loc"][0]) if first["loc"] else "?"
    where = sources.get(key, "?")
    if first["type"] == "extra_forbidden":
        return f"unknown setting {key!r} ({where}): use one of {', '.join(_known())}"
    message = first["msg"].removeprefix("Value error, ")
    detail = message[:1].lower() + message[1:]
    return f"setting {key!r} ({where}) cannot be {_shown(key, first['input'])}: {detail}"


def _shown(key: str, value: object) -> str:
    """Return a value as it may be printed: without a key, or a password within an address."""
    return "'…'" if key == "generator_key" else re.sub("//.*@", "//…@", repr(value))
