"""The skill API: slug, ids, archive checks, artifact storage, reference resolution, the controller."""
