"""The options that the messages of generation 2026-01 carry: kinds, groups, services, rules."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import text_format

from pytest_stigmer.api.generation import load

RESOURCE = "ai.stigmer.commons.apiresource"
KIND_META = f"{RESOURCE}.apiresourcekind.kind_meta"
GROUP_META = f"{RESOURCE}.apiresourcekind.group_meta"
AUTHORIZATION = "ai.stigmer.iam.iampolicy.v1.rpcauthorization"
TAG_PATTERN = r'string { pattern: "^$|^[a-zA-Z0-9._-]+$" }'
SCOPE_RULE = "enum { defined_only: true }"
REQUIRED = "required: true"

# Source: stigmer b070f18, apis/ai/stigmer/commons/apiresource/apiresourcekind.
# Group, name, display name, id prefix, what is set of versioned and not indexed, tier.
KINDS = {
    "api_resource_version": "agentic|ApiResourceVersion|API Resource Version|ver|N|CLOUD_ONLY",
    "iam_policy": "iam|IamPolicy|IAM Policy|iamp|N|CLOUD_ONLY",
    "identity_account": "iam|IdentityAccount|Identity Account|ida||CLOUD_ONLY",
    "api_key": "iam|ApiKey|API Key|key|N|CLOUD_ONLY",
    "credential": "iam|Credential|Credential|crd|N|CLOUD_ONLY",
    "organization": "tenancy|Organization|Organization|org||CLOUD_ONLY",
    "platform": "tenancy|Platform|Platform|plt|N|CLOUD_ONLY",
    "agent": "agentic|Agent|Agent|agt||OPEN_SOURCE",
    "agent_execution": "agentic|AgentExecution|Agent Execution|aex||OPEN_SOURCE",
    "session": "agentic|Session|Session|ses||OPEN_SOURCE",
    "skill": "agentic|Skill|Skill|skl|V|OPEN_SOURCE",
    "mcp_server": "agentic|McpServer|MCP Server|mcp||OPEN_SOURCE",
    "agent_instance": "agentic|AgentInstance|Agent Instance|ain||OPEN_SOURCE",
    "workflow": "agentic|Workflow|Workflow|wfl||OPEN_SOURCE",
    "workflow_instance": "agentic|WorkflowInstance|Workflow Instance|win||OPEN_SOURCE",
    "workflow_execution": "agentic|WorkflowExecution|Workflow Execution|wex||OPEN_SOURCE",
    "environment": "agentic|Environment|Environment|env||OPEN_SOURCE",
    "execution_context": "agentic|ExecutionContext|Execution Context|exec||OPEN_SOURCE",
}

GROUPS = {
    "agentic": ("agentic.stigmer.ai", "Agentic"),
    "iam": ("iam.stigmer.ai", "IAM"),
    "tenancy": ("tenancy.stigmer.ai", "Tenancy"),
}

RULES = {
    "Skill.api_version": 'string { const: "agentic.stigmer.ai/v1" }',
    "Skill.kind": 'string { const: "Skill" }',
    "Skill.metadata": (
        'cel { id: "skill.owner_scope.platform_or_org_only" '
        'message: "Skill resources can only have platform or organization scope" '
        'expression: "this.owner_scope == 1 || this.owner_scope == 2" } required: true'
    ),
    "SkillSpec.skill_md": "string { min_len: 1 }",
    "SkillSpec.tag": TAG_PATTERN,
    "SkillStatus.version_hash": 'string { pattern: "^[a-f0-9]{64}$" }',
    "SkillId.value": REQUIRED,
    "PushSkillRequest.name": REQUIRED,
    "PushSkillRequest.scope": SCOPE_RULE,
    "PushSkillRequest.artifact": REQUIRED,
    "PushSkillRequest.tag": TAG_PATTERN,
    "GetArtifactRequest.artifact_storage_key": REQUIRED,
    "ApiResourceMetadata.owner_scope": SCOPE_RULE,
    "ApiResourceId.value": REQUIRED,
    "ApiResourceDeleteInput.resource_id": REQUIRED,
    "ApiResourceByOrgBySlugRequest.org": REQUIRED,
    "ApiResourceByOrgBySlugRequest.slug": REQUIRED,
    "FindApiResourcesRequest.org": REQUIRED,
    "ApiResourceReference.scope": SCOPE_RULE,
    "ApiResourceReference.version": (
        r'string { pattern: "^$|^latest$|^[a-zA-Z0-9._-]+$|^[a-f0-9]{64}$" }'
    ),
}

EXTENSIONS = {
    f"{RESOURCE}.computed": ("FieldOptions", 90201),
    f"{RESOURCE}.immutable": ("FieldOptions", 90202),
    f"{RESOURCE}.is_expression": ("FieldOptions", 90203),
    f"{RESOURCE}.api_resource_kind": ("ServiceOptions", 90100),
    KIND_META: ("EnumValueOptions", 90101),
    GROUP_META: ("EnumValueOptions", 91101),
    f"{AUTHORIZATION}.config": ("MethodOptions", 50056),
    f"{AUTHORIZATION}.is_public": ("MethodOptions", 50057),
    f"{AUTHORIZATION}.is_skip_authorization": ("MethodOptions", 50058),
    "buf.validate.field": ("FieldOptions", 1159),
}

# Resource kind, permission, field path, message.
AUTHORIZATIONS = {
    "push": (
        "organization",
        "can_create_skill",
        "org",
        "unauthorized to push skill in this organization",
    ),
    "delete": ("skill", "can_delete", "value", "unauthorized to delete skill"),
    "get": ("skill", "can_view", "value", "unauthorized to get skill"),
}

generation = load("bundled")


def _value(enum: str, name: str) -> Any:
    return getattr(generation, enum).DESCRIPTOR.values_by_name[name]


def _method(name: str) -> Any:
    service = generation.methods[name].path.split("/")[1]
    return generation.pool.FindServiceByName(service).methods_by_name[name]


@pytest.mark.parametrize("name", KINDS)
def test_kind_carries_its_real_meta_data(name: str) -> None:
    """Group, names, id prefix, flags and tier of a kind are the real ones."""
    meta = generation.option(_value("ApiResourceKind", name), KIND_META)
    flags = "V" * meta.is_versioned + "N" * meta.not_search_indexed
    group = generation.ApiResourceGroup.Name(meta.group)
    tier = generation.ResourceTier.Name(meta.tier).removeprefix("TIER_")
    found = (group, meta.name, meta.display_name, meta.id_prefix, flags, tier)

    assert "|".join(found) == KINDS[name]
    assert generation.ApiResourceVersion.Name(meta.version) == "v1"


def test_unknown_kind_carries_no_meta_data() -> None:
    """Only the zero value is without meta data."""
    values = generation.ApiResourceKind.DESCRIPTOR.values
    bare = [value.name for value in values if generation.option(value, KIND_META) is None]

    assert bare == ["api_resource_kind_unknown"]


@pytest.mark.parametrize("name", GROUPS)
def test_group_carries_domain_and_display_name(name: str) -> None:
    """Domain and display name of a group are the real ones."""
    meta = generation.option(_value("ApiResourceGroup", name), GROUP_META)

    assert (meta.domain, meta.display_name) == GROUPS[name]


@pytest.mark.parametrize("service", ["SkillCommandController", "SkillQueryController"])
def test_service_names_the_kind_it_serves(service: str) -> None:
    """Both services carry the kind skill, which the real server's pipeline reads."""
    descriptor = generation.pool.FindServiceByName(f"ai.stigmer.agentic.skill.v1.{service}")

    assert generation.option(descriptor, f"{RESOURCE}.api_resource_kind") == 43


@pytest.mark.parametrize("name", AUTHORIZATIONS)
def test_method_carries_its_authorization(name: str) -> None:
    """Kind, permission, field path and message of a method's authorization are the real ones."""
    config = generation.option(_method(name), f"{AUTHORIZATION}.config")
    found = (
        generation.ApiResourceKind.Name(config.resource_kind),
        generation.ApiResourceIamPermission.Name(config.permission),
        config.field_path,
        config.error_msg,
    )

    assert found == AUTHORIZATIONS[name]


@pytest.mark.parametrize("name", ["getByReference", "getArtifact"])
def test_method_skips_authorization(name: str) -> None:
    """Reading by reference and reading artifacts ask for no permission."""
    assert generation.option(_method(name), f"{AUTHORIZATION}.is_skip_authorization") is True
    assert generation.option(_method(name), f"{AUTHORIZATION}.config") is None


def test_fields_carry_exactly_the_real_rules() -> None:
    """Every field has the real validation rule, and no field has another."""
    found = {}
    for name, message in vars(generation).items():
        if not hasattr(message, "FromString"):
            continue
        for field in message.DESCRIPTOR.fields:
            rule = generation.option(field, "buf.validate.field")
            if rule is not None:
                found[f"{name}.{field.name}"] = text_format.MessageToString(rule, as_one_line=True)

    assert {name: rule.strip() for name, rule in found.items()} == RULES


@pytest.mark.parametrize("name", EXTENSIONS)
def test_extension_has_its_real_number(name: str) -> None:
    """An extension extends the real options message under the real number."""
    extension = generation.pool.FindExtensionByName(name)

    assert (extension.containing_type.name, extension.number) == EXTENSIONS[name]


def test_push_response_is_marked_deprecated() -> None:
    """PushSkillResponse is deprecated: push answers with the Skill."""
    assert generation.PushSkillResponse.DESCRIPTOR.GetOptions().deprecated
