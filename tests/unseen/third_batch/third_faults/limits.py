from __future__ import annotations

from third_faults._tools import *  # noqa: F403


@fault("Artifacts of more than four mebibytes cannot be pushed.", "the server keeps gRPC's default for what it receives")
class receiving_keeps_the_default_of_four_mebibytes(SkillEndpoint):
    def check_size(self, message, what):
        if what == refusals.RECEIVED and len(message) > 4 * 2**20:
            raise refusals.message_too_large(what, len(message))
        super().check_size(message, what)


@fault("A record of more than ten mebibytes is sent, where clients take no more and a status was promised.", "only requests are measured")
class answers_are_not_measured(SkillEndpoint):
    def check_size(self, message, what):
        if what == refusals.RECEIVED:
            super().check_size(message, what)


@fault("Artifacts with a path of more than 260 characters are refused.", "the longest path of Windows")
class paths_end_where_windows_ends(ArchiveReader):
    def check_length(self, entry):
        super().check_length(entry)
        if len(entry.name) > 260:
            raise ArchiveError(f"filename too long: {entry.shown} (max: 260)")


@fault("Skills with a long name cannot be pushed.", "a slug is held to the length of a DNS label")
class slugs_are_dns_labels(SkillController):
    def identity(self, request):
        found = super().identity(request)
        if len(found.slug) > 63:
            raise refusals.invalid_name(request.name)
        return found


@fault("A version with a long tag is refused.", "the limit of a container's tag")
class tags_of_over_128_characters_are_refused(SkillController):
    def check_push(self, request):
        super().check_push(request)
        if len(request.tag) > 128:
            raise refusals.invalid_field("tag", "value length must be at most 128 characters")


@fault("Artifacts that hold a file of more than ten mebibytes are refused, however small they are packed.", "the limit of a message is taken for that of a file")
class unpacked_files_are_held_to_the_limit_of_a_message(ArchiveReader):
    def unpack(self, data, entry, most, *, keep=True):
        return super().unpack(data, entry, min(most, values.MAX_MESSAGE_BYTES), keep=keep)


@fault("Long values of labels are cut with the next push.", "the values of Kubernetes' labels have 63 characters")
def label_values_end_after_63_characters(recipe):
    return with_metadata(recipe, lambda m: replace(m, labels={k: v[:63] for k, v in m.labels.items()}))


@fault("Records with a long id cannot be saved.", "an id is held to the length of a file name")
class ids_of_over_255_bytes_are_refused(SqliteStore):
    def save_resource(self, kind, resource_id, message):
        if len(resource_id.encode()) > 255:
            raise StoreError("the id is too long (max: 255 bytes)")
        super().save_resource(kind, resource_id, message)


@fault("Skills with a name of one or two characters cannot be pushed.", "a least length of three, as many sites have it")
class names_have_three_characters(SkillController):
    def identity(self, request):
        if len(request.name) < 3:
            raise refusals.invalid_name(request.name)
        return super().identity(request)


@fault("Artifacts with folders in folders are refused from the eleventh on.", "a guard against deep paths that is too tight")
class paths_are_ten_folders_deep(ArchiveReader):
    def check_length(self, entry):
        super().check_length(entry)
        if entry.name.rstrip("/").count("/") > 10:
            raise ArchiveError(f"filename too deep: {entry.shown} (max: 10 folders)")


@fault("A skill with long annotations cannot be pushed any more.", "the annotations of Kubernetes have 256 KiB together")
class long_annotations_stop_pushes(SkillController):
    def metadata(self, request, identity, current):
        made = super().metadata(request, identity, current)
        if sum(len(k) + len(v) for k, v in made.annotations.items()) > 256 * 1024:
            raise refusals.invalid_field("metadata.annotations", "must be at most 262144 bytes")
        return made
