"""A store of messages that are no protobuf; the second class holds the wrong copy."""

import pytest
from check_shelf import TestShelf as _Shelf
from notes import Note, Scribble, WrongNotebook


class TestNotes(_Shelf):
    def message(self, text):
        return Note(text)

    def text_of(self, message):
        return message.text

    def foreign_message(self):
        return Scribble()


class TestWrongNotes(TestNotes):
    @pytest.fixture
    def store(self):
        return WrongNotebook()
