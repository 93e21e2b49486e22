#!/usr/bin/env python3
"""Makes of known.json a database that `cargo deny --offline check advisories` reads; see README.md.

    python3 testdata/advisories/database.py FOLDER      prints the name of a deny.toml that leads there
"""

import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# The name that cargo-deny gives the database of https://github.com/rustsec/advisory-db.
NAME = "advisory-db-3157b0e258782691"


def not_looked_up(known):
    """The crates of other people in Cargo.lock that known.json knows nothing of."""
    lock = (ROOT / "Cargo.lock").read_text()
    names = re.findall(r'^name = "(.+)"\nversion = ".+"\nsource = ', lock, re.M)
    return sorted(set(names) - set(known["crates"]))


def text(advisory):
    """An advisory as the database holds it."""
    keys = {"id": "id", "package": "crate", "date": "date", "informational": "informational"}
    lines = ["[advisory]"]
    lines += [f"{key} = {json.dumps(advisory[ours])}" for key, ours in keys.items() if ours in advisory]
    lines.append("[versions]")
    lines += [f"{key} = {json.dumps(advisory[key])}" for key in ("patched", "unaffected")]
    return "```toml\n" + "\n".join(lines) + f"\n```\n\n# {advisory['id']}\n\nhttps://rustsec.org/advisories/{advisory['id']}.html\n"


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    known = json.loads((HERE / "known.json").read_text())
    if new := not_looked_up(known):
        raise SystemExit(f"known.json knows nothing of {', '.join(new)}: look them up at https://rustsec.org/packages/ and add them (testdata/advisories/README.md)")
    database = folder / NAME
    for advisory in known["advisories"]:
        file = database / "crates" / advisory["crate"] / f"{advisory['id']}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text(advisory))
    git = ["git", "-C", database, "-c", "user.name=-", "-c", "user.email=-"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", known["date"]]):
        subprocess.run(git + words, check=True)
    # cargo-deny asks when it was fetched.
    (database / ".git" / "FETCH_HEAD").touch()
    config = folder / "deny.toml"
    # The section of the advisories is the last.
    config.write_text((ROOT / "deny.toml").read_text() + f'db-path = "{folder}"\n')
    print(config)


main()
