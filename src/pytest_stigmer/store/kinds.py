"""The text of a resource kind, as the `kind` columns hold it."""

from __future__ import annotations

# stigmer b070f18, apis/ai/stigmer/commons/apiresource/apiresourcekind/api_resource_kind.proto
KIND_NAMES = {
    0: "api_resource_kind_unknown",
    1: "api_resource_version",
    10: "iam_policy",
    11: "identity_account",
    12: "api_key",
    20: "credential",
    30: "organization",
    31: "platform",
    40: "agent",
    41: "agent_execution",
    42: "session",
    43: "skill",
    44: "mcp_server",
    45: "agent_instance",
    50: "workflow",
    51: "workflow_instance",
    52: "workflow_execution",
    53: "environment",
    54: "execution_context",
}
"""Name of each value of the enum ApiResourceKind, by number."""


def kind_text(kind: str | int) -> str:
    """Return the enum value's name for its number.

    A number without a name gives its decimal digits. A text is returned as it is: the store does
    not judge kinds.
    """
    if isinstance(kind, str):
        return kind
    if not isinstance(kind, int):
        msg = f"a kind is an enum value's name or number, not {type(kind).__name__}"
        raise TypeError(msg)
    return KIND_NAMES.get(kind, str(int(kind)))
