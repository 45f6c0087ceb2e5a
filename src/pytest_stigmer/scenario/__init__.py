"""The scenario language: model, schema, loader, comparison, runner, pages, writer.

`language.yaml` is the language's one definition; `schema.json` is made from it. Every shipped
scenario file starts with `# yaml-language-server: $schema=` and the schema's path from that file,
as it lies in a checkout, so that editors check and explain it without a network;
`writer.new_scenario` writes the path of the installed schema.
"""
