"""Whatever colander finds wrong is said in our words, which our catalogues translate."""

import ast
import inspect

import colander

from portal.forms.messages import PLAIN


def messages_of_colander() -> set[str]:
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(colander))) if isinstance(node, ast.Call)]
    texts = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "_" and call.args]
    return {text.value for text in texts if isinstance(text, ast.Constant)}


def test_every_message_of_colander_has_words_of_ours():
    assert messages_of_colander() == PLAIN.keys()


def test_our_words_never_repeat_what_was_sent():
    for message, ours in PLAIN.items():
        assert "${val}" not in ours
        assert "${err}" not in ours
        assert {part for part in ("${min}", "${max}") if part in ours} <= {
            p for p in ("${min}", "${max}") if p in message
        }
