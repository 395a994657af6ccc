# Lets a test call what is in warm.py: its text comes first, then calls, each a line of JSON, and each is answered by one.
import ast
import json
import sys

warm = {"__name__": "warm"}

def judged(paths, aim, events):
    """Verdicts, and which path was whose turn, as in `judgedByTypeScript`."""
    progress = warm["Progress"](paths, warm["Aim"](*aim))
    taken, told = [], []
    for event in events:
        if event["kind"] == "take":
            taken.append(progress.taken())
            told.append(taken[-1])
            continue
        progress.noted(taken[event["turn"] % len(taken)], event["answer"])
        told.append(progress.verdict_on(event["clock"]))
        if told[-1] != "go-on":
            break
    return [told, progress.result_of(told[-1], 0.5) if told else "none"]

def quoted(value):
    """What Python takes a value for that SSM has written between quotes, or why it takes it for nothing."""
    try:
        return {"value": ast.literal_eval("r'%s'" % value)}
    except (SyntaxError, ValueError) as thrown:
        return {"refused": type(thrown).__name__}

def oldest(text):
    """Whether the oldest Python that is promised can read it. One that cannot tell is about as old itself."""
    if sys.version_info >= (3, 8):
        ast.parse(text, feature_version=(3, 6))
    return "read"

calls = {"judged": judged, "quoted": quoted, "oldest": oldest}
exec(compile(json.loads(sys.stdin.readline()), "warm.py", "exec"), warm)
calls.update({name: warm[name] for name in ("followed", "answer_of")})
for line in sys.stdin:
    name, given = json.loads(line)
    print(json.dumps(calls[name](*given)), flush=True)
