"""What the language knows of the API's generation: words of its enums, fields of a Skill."""

from __future__ import annotations

from typing import Any

NO_HASH = "0" * 64
STORED_KEY = "${one.status.artifact_storage_key}"

SCOPES = (
    "api_resource_owner_scope_unspecified",
    "platform",
    "organization",
    "identity_account",
)
KINDS = (
    "api_resource_kind_unknown",
    "api_resource_version",
    "iam_policy",
    "identity_account",
    "api_key",
    "credential",
    "organization",
    "platform",
    "agent",
    "agent_execution",
    "session",
    "skill",
    "mcp_server",
    "agent_instance",
    "workflow",
    "workflow_instance",
    "workflow_execution",
    "environment",
    "execution_context",
)
STATES = (
    "SKILL_STATE_UNSPECIFIED",
    "SKILL_STATE_UPLOADING",
    "SKILL_STATE_READY",
    "SKILL_STATE_FAILED",
)
# The kinds of `stigmer_factory.good_artifact` and of `bad_artifact`; a test holds them against the
# factory's own.
GOOD_ARTIFACTS = (
    *("stored_files", "deflated_files", "data_descriptors", "dos_entries", "extra_times"),
    *("archive_comment", "entry_comments", "folders", "empty_files", "inner_skill_md"),
    *("unusual_names", "longest_skill_md", "longest_skill_md_deflated", "three_megabytes"),
    *("most_files", "highest_ratio", "highest_ratio_and_a_fraction", "zip64_records"),
    *("from_standard_input", "from_a_pipe", "short_names"),
)
BAD_ARTIFACTS = (
    *("not_a_zip", "truncated", "empty_zip", "too_many_files", "bomb", "total_size"),
    *("no_skill_md", "skill_md_in_folder", "lower_case_skill_md", "skill_md_folder"),
    *("empty_skill_md", "oversize", "oversize_by_two", "duplicate_skill_md", "non_utf8_skill_md"),
    *("wrong_crc", "encrypted", "unsupported_method", "corrupt_deflate", "lying_size_smaller"),
    *("lying_size_larger", "lying_file_smaller", "lying_file_larger", "wrong_crc_file"),
    *("two_names", "padded_deflate", "duplicate_file", "traversal", "inner_traversal"),
    *("absolute", "backslash", "dot_name", "traversal_skill_md", "absolute_skill_md"),
    *("backslash_skill_md", "dot_skill_md", "control_character", "nul_character", "newline"),
    *("delete_character", "symlink", "symlink_skill_md", "symlink_hides_skill_md"),
    *("special_file", "special_skill_md", "two_archives", "zip64_in_a_comment"),
    *("zip64_in_an_extra_field", "bytes_before", "bytes_after", "bytes_before_the_end"),
    *("second_end", "bytes_between", "shared_bytes", "two_methods", "two_sizes", "two_checksums"),
    *("two_flags", "wrong_descriptor", "unicode_name", "unknown_extra_field", "patched"),
    *("strongly_encrypted", "later_version", "symlink_of_system_0", "symlink_of_system_2"),
    *("symlink_of_system_5", "symlink_of_system_11", "symlink_of_system_16"),
    *("symlink_of_system_30", "folder_by_mode", "folder_by_attribute", "folder_with_content"),
    *("unmarked_name", "broken_name", "two_forms_of_a_name", "skill_md_in_other_case"),
    *("skill_md_with_a_dot", "drive", "file_version", "packed_as_dot", "short_name_control"),
    *("file_and_folder", "long_name_part", "long_name", "nested_folders", "short_name_bomb"),
)

_AT = "2026-01-25T10:00:00Z"


def _stamps(part: str) -> dict[str, tuple[str, Any]]:
    return {
        f"status.audit.{part}.created_by.id": ("Who created the record.", "system"),
        f"status.audit.{part}.created_at": ("When the record was created.", _AT),
        f"status.audit.{part}.updated_by.id": ("Who changed the record last.", "system"),
        f"status.audit.{part}.updated_at": ("When the record was last changed.", _AT),
        f"status.audit.{part}.event": ("What happened last: `created` or `updated`.", "updated"),
    }


FIELDS: dict[str, tuple[str, Any]] = {
    "api_version": ("The API version, `agentic.stigmer.ai/v1`.", "agentic.stigmer.ai/v1"),
    "kind": ("The message's own kind, `Skill`.", "Skill"),
    "metadata.name": ("The name as given by the author.", "Calculator"),
    "metadata.slug": ("The name as used in references.", "calculator"),
    "metadata.id": ("The id, `skl-` and a ULID.", "skl-1"),
    "metadata.org": ("The organisation; '' for none.", "acme"),
    "metadata.owner_scope": ("Who owns the skill: the enum's name.", "organization"),
    "metadata.labels": ("Labels by name.", {"team": "core"}),
    "metadata.annotations": ("Annotations by name.", {"note": "kept"}),
    "metadata.tags": ("Free tags of the resource; not version tags.", ["math"]),
    "spec.skill_md": ("The text of SKILL.md.", "# one"),
    "spec.tag": ("The version tag; '' for none.", "stable"),
    "status.version_hash": ("SHA-256 of the artifact, 64 lower-case hex digits.", NO_HASH),
    "status.artifact_storage_key": ("The key of the artifact.", f"skills/{NO_HASH}.zip"),
    "status.state": ("The skill's state: the enum's name.", "SKILL_STATE_READY"),
    **_stamps("spec_audit"),
    **_stamps("status_audit"),
}
"""What each field of a Skill holds, by dotted path, and an example."""

WORDS_OF = {"metadata.owner_scope": SCOPES, "status.state": STATES}
"""The fields that hold a word of an enum."""
