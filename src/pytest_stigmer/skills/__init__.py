"""The skill API: slugs, ids, archive rules, artifact storage, references, the controller."""
