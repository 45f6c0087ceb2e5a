"""The messages and enums of generation 2026-01: every name, number and type."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto
from google.protobuf.descriptor_pool import Default

from pytest_stigmer.api.generation import load

# Source: stigmer b070f18, apis/ai/stigmer; messages by short name, fields as `name number type`.
MESSAGES = {
    "Skill": (
        "api_version 1 string, kind 2 string, metadata 3 ApiResourceMetadata, spec 4 SkillSpec, "
        "status 5 SkillStatus"
    ),
    "SkillList": "api_version 1 string, kind 2 string, items 3 repeated Skill",
    "SkillSpec": "skill_md 1 string, tag 2 string",
    "SkillStatus": (
        "version_hash 1 string, artifact_storage_key 2 string, state 3 SkillState, "
        "audit 99 ApiResourceAudit"
    ),
    "SkillId": "value 1 string",
    "PushSkillRequest": (
        "name 1 string, scope 2 ApiResourceOwnerScope, org 3 string, artifact 4 bytes, tag 5 string"
    ),
    "PushSkillResponse": "version_hash 1 string, artifact_storage_key 2 string, tag 3 string",
    "GetArtifactRequest": "artifact_storage_key 1 string",
    "GetArtifactResponse": "artifact 1 bytes",
    "ApiResourceMetadata": (
        "name 1 string, slug 2 string, id 3 string, org 4 string, "
        "owner_scope 5 ApiResourceOwnerScope, labels 6 repeated LabelsEntry, "
        "annotations 7 repeated AnnotationsEntry, tags 8 repeated string, "
        "version 9 ApiResourceMetadataVersion"
    ),
    "ApiResourceMetadataVersion": "id 1 string, message 2 string, previous_version_id 3 string",
    "ApiResourceAuditStatus": "audit 99 ApiResourceAudit",
    "ApiResourceAudit": ("spec_audit 1 ApiResourceAuditInfo, status_audit 2 ApiResourceAuditInfo"),
    "ApiResourceAuditInfo": (
        "created_by 1 ApiResourceAuditActor, created_at 2 Timestamp, "
        "updated_by 3 ApiResourceAuditActor, updated_at 4 Timestamp, event 5 string"
    ),
    "ApiResourceAuditActor": "id 1 string, avatar 2 string",
    "ApiResourceId": "value 1 string",
    "ApiResourceDeleteInput": "resource_id 1 string, version_message 2 string, force 3 bool",
    "ApiResourceByOrgBySlugRequest": "org 1 string, slug 2 string",
    "FindApiResourcesRequest": (
        "org 1 string, kind 3 string, page 4 PageInfo, page_number 5 int32, page_size 6 int32"
    ),
    "ApiResourceReference": (
        "scope 1 ApiResourceOwnerScope, org 2 string, kind 3 ApiResourceKind, slug 4 string, "
        "version 5 string"
    ),
    "PageInfo": "num 1 int32, size 2 int32",
    "GooglePageInfo": "page_token 1 string, size 2 int32",
    "ApiResourceKindMeta": (
        "group 1 ApiResourceGroup, version 2 ApiResourceVersion, name 3 string, "
        "display_name 4 string, id_prefix 5 string, is_versioned 6 bool, "
        "not_search_indexed 7 bool, tier 8 ResourceTier"
    ),
    "ApiResourceGroupMeta": "domain 1 string, display_name 2 string",
    "RpcAuthorizationConfig": (
        "permission 1 ApiResourceIamPermission, resource_kind 2 ApiResourceKind, "
        "resource_kind_path 3 string, field_path 4 string, error_msg 5 string, "
        "resource_id 6 string"
    ),
}

ENUMS = {
    "SkillState": (
        "SKILL_STATE_UNSPECIFIED 0, SKILL_STATE_UPLOADING 1, SKILL_STATE_READY 2, "
        "SKILL_STATE_FAILED 3"
    ),
    "ApiResourceEventType": (
        "unspecified 0, created 1, updated 2, deleted 3, renamed 4, stack_outputs_updated 5"
    ),
    "ApiResourceStateOperationType": (
        "api_resource_state_operation_type_unspecified 0, create 1, update 2, delete 3, read 4, "
        "stream 5"
    ),
    "ApiResourceOwnerScope": (
        "api_resource_owner_scope_unspecified 0, platform 1, organization 2, identity_account 3"
    ),
    "WorkflowTaskKind": (
        "WORKFLOW_TASK_KIND_UNSPECIFIED 0, WORKFLOW_TASK_KIND_SET 1, "
        "WORKFLOW_TASK_KIND_HTTP_CALL 2, WORKFLOW_TASK_KIND_GRPC_CALL 3, "
        "WORKFLOW_TASK_KIND_CALL_ACTIVITY 4, WORKFLOW_TASK_KIND_SWITCH 5, "
        "WORKFLOW_TASK_KIND_FOR 6, WORKFLOW_TASK_KIND_FORK 7, WORKFLOW_TASK_KIND_TRY 8, "
        "WORKFLOW_TASK_KIND_LISTEN 9, WORKFLOW_TASK_KIND_WAIT 10, WORKFLOW_TASK_KIND_RAISE 11, "
        "WORKFLOW_TASK_KIND_RUN 12, WORKFLOW_TASK_KIND_AGENT_CALL 13"
    ),
    "ApiResourceVersion": "api_resource_version_unspecified 0, v1 1",
    "ResourceTier": "TIER_UNSPECIFIED 0, TIER_OPEN_SOURCE 1, TIER_CLOUD_ONLY 2",
    "PlatformIdValue": "platform_id_value_unspecified 0, stigmer 1",
    "ApiResourceGroup": "api_resource_group_unspecified 0, agentic 1, iam 2, tenancy 3",
    "ApiResourceKind": (
        "api_resource_kind_unknown 0, api_resource_version 1, iam_policy 10, identity_account 11, "
        "api_key 12, credential 20, organization 30, platform 31, agent 40, agent_execution 41, "
        "session 42, skill 43, mcp_server 44, agent_instance 45, workflow 50, "
        "workflow_instance 51, workflow_execution 52, environment 53, execution_context 54"
    ),
    "ApiResourceIamPermission": (
        "unspecified 0, create 1, can_delete 2, can_view 3, can_edit 4, operator 5, platform 6, "
        "login_to_back_office 7, can_grant_access 8, can_view_access 9, owner 10, member 11, "
        "identity_account 12, organization 13, session 14, agent 15, can_create_agent 16, "
        "can_create_workflow 17, can_create_session 18, can_create_execution_in 19, "
        "can_create_instance 20, can_create_skill 21, can_execute 22"
    ),
}

PACKAGES = {
    "Skill": "ai.stigmer.agentic.skill.v1",
    "PushSkillRequest": "ai.stigmer.agentic.skill.v1",
    "SkillState": "ai.stigmer.agentic.skill.v1",
    "ApiResourceMetadata": "ai.stigmer.commons.apiresource",
    "ApiResourceOwnerScope": "ai.stigmer.commons.apiresource",
    "ApiResourceKind": "ai.stigmer.commons.apiresource.apiresourcekind",
    "ApiResourceGroup": "ai.stigmer.commons.apiresource.apiresourcekind",
    "PageInfo": "ai.stigmer.commons.rpc",
    "RpcAuthorizationConfig": "ai.stigmer.iam.iampolicy.v1.rpcauthorization",
    "ApiResourceIamPermission": "ai.stigmer.iam.iampolicy.v1.rpcauthorization",
}

METHODS = {
    "push": ("SkillCommandController", "PushSkillRequest", "Skill"),
    "delete": ("SkillCommandController", "SkillId", "Skill"),
    "get": ("SkillQueryController", "SkillId", "Skill"),
    "getByReference": ("SkillQueryController", "ApiResourceReference", "Skill"),
    "getArtifact": ("SkillQueryController", "GetArtifactRequest", "GetArtifactResponse"),
}

generation = load("bundled")


def _field_text(field: FieldDescriptorProto) -> str:
    scalar = FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()
    kind = field.type_name.rpartition(".")[2] or scalar
    repeated = "repeated " if field.label == FieldDescriptorProto.LABEL_REPEATED else ""
    return f"{field.name} {field.number} {repeated}{kind}"


def _fields(name: str) -> list[str]:
    found = DescriptorProto()
    getattr(generation, name).DESCRIPTOR.CopyToProto(found)
    return [_field_text(field) for field in sorted(found.field, key=lambda field: field.number)]


@pytest.mark.parametrize("name", MESSAGES)
def test_message_has_exactly_the_fields_of_the_real_one(name: str) -> None:
    """Every field of a message has the real name, number, type and label."""
    assert _fields(name) == MESSAGES[name].split(", ")


@pytest.mark.parametrize("name", ["LabelsEntry", "AnnotationsEntry"])
def test_labels_and_annotations_are_maps_of_strings(name: str) -> None:
    """The two map fields of the metadata map strings to strings."""
    entry = generation.ApiResourceMetadata.DESCRIPTOR.nested_types_by_name[name]

    assert entry.GetOptions().map_entry
    assert [field.type for field in entry.fields] == [FieldDescriptorProto.TYPE_STRING] * 2


@pytest.mark.parametrize("name", ENUMS)
def test_enum_has_exactly_the_values_of_the_real_one(name: str) -> None:
    """Every value of an enum has the real name and number, in the real order."""
    found = [f"{value} {number}" for value, number in getattr(generation, name).items()]

    assert found == ENUMS[name].split(", ")


def test_messages_and_enums_are_all_that_the_generation_gives() -> None:
    """Nothing but the listed messages and enums is defined in the API's own packages."""
    found = {name for name in vars(generation) if name[0].isupper()}

    assert found == {*MESSAGES, *ENUMS}


@pytest.mark.parametrize("name", PACKAGES)
def test_message_lies_in_its_real_package(name: str) -> None:
    """The full name of a message or enum is the real one."""
    assert getattr(generation, name).DESCRIPTOR.full_name == f"{PACKAGES[name]}.{name}"


@pytest.mark.parametrize("name", METHODS)
def test_method_has_the_real_path_and_messages(name: str) -> None:
    """A method's wire path, request class and response class are the real ones."""
    service, request, response = METHODS[name]
    method = generation.methods[name]

    assert method.path == f"/ai.stigmer.agentic.skill.v1.{service}/{name}"
    assert method.request is getattr(generation, request)
    assert method.response is getattr(generation, response)


def test_there_are_no_other_methods() -> None:
    """The skill API has five methods."""
    assert set(generation.methods) == set(METHODS)


def test_push_request_has_the_real_bytes() -> None:
    """A push serializes to the bytes that every client of this generation sends."""
    push = generation.PushSkillRequest(name="n", scope=2, org="o", artifact=b"a", tag="t")

    assert push.SerializeToString() == b"\x0a\x01n\x10\x02\x1a\x01o\x22\x01a\x2a\x01t"


def test_bundled_messages_stay_out_of_the_default_pool() -> None:
    """Loading the bundled set adds nothing to the pool that a user's stubs live in."""
    with pytest.raises(KeyError):
        Default().FindMessageTypeByName("ai.stigmer.agentic.skill.v1.Skill")


def test_unknown_name_is_an_attribute_error_that_names_the_generation() -> None:
    """A misspelt message is refused with the name of the generation that was searched."""
    with pytest.raises(AttributeError, match=r"API generation 2026-01 has no message .* 'Skil'"):
        _ = generation.Skil


def test_generation_is_the_same_object_on_every_call() -> None:
    """Two calls of load give the same classes, so their messages compare equal."""
    assert load("bundled") is generation
