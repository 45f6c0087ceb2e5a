"""This project's own tests run the plugin in fresh pytest sessions."""

pytest_plugins = ["pytester"]
