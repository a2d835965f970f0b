#!/usr/bin/env python3
"""Writes build/advisories.txt anew: the reviewed advisories of a clone of the GitHub Advisory Database for the packages locked here.

usage: advisories.py DATABASE [ROOT]    DATABASE: the clone, or any folder with files in the format of OSV (https://ossf.github.io/osv-schema)
"""

import datetime
import json
import pathlib
import sys

HEAD = """\
# Published advisories for the packages that are locked here: ecosystem, package, advisory, versions with the fault, severity, fault.
# A test compares it with all lock files (tests/Hutch.Architecture.Tests/AdvisoryTests.cs). How to renew it: CONTRIBUTING.md.
"""


def locked(root):
    """The names of all locked packages, by ecosystem."""
    npm, nuget = set(), set()
    for file in root.glob("*/package-lock.json"):
        npm |= {path.split("node_modules/")[-1] for path in json.loads(file.read_text())["packages"] if path}
    for file in [*root.glob("*/*/packages.lock.json")]:
        for packages in json.loads(file.read_text())["dependencies"].values():
            nuget |= {name for name, package in packages.items() if package["type"] != "Project"}
    return {"npm": npm, "NuGet": nuget}


def ranges(affected):
    """The versions with the fault: ranges as `>=A <B`, with `||` between them."""
    found = []
    for each in affected.get("ranges", []):
        begin = None
        for event in each["events"]:
            if "introduced" in event:
                begin = event["introduced"]
            elif begin is not None:
                end = f"<{event['fixed']}" if "fixed" in event else f"<={event['last_affected']}"
                found.append(end if begin == "0" else f">={begin} {end}")
                begin = None
        if begin is not None:
            last = affected.get("database_specific", {}).get("last_known_affected_version_range", "").replace(" ", "")
            found.append((last if begin == "0" else f">={begin} {last}".strip()) or ">=0")
    return found or [f">={version} <={version}" for version in affected.get("versions", [])]


def lines(database, names):
    for file in database.rglob("*.json"):
        advisory = json.loads(file.read_text())
        if advisory.get("withdrawn") or "affected" not in advisory:
            continue
        by_package = {}
        for affected in advisory["affected"]:
            package = affected["package"]
            if package["name"] in names.get(package["ecosystem"], ()):
                by_package.setdefault((package["ecosystem"].lower(), package["name"]), []).extend(ranges(affected))
        severity = advisory.get("database_specific", {}).get("severity", "unknown").lower()
        fault = " ".join(advisory.get("summary", "").split())
        for (ecosystem, name), found in by_package.items():
            yield "\t".join([ecosystem, name, advisory["id"], " || ".join(dict.fromkeys(found)), severity, fault])


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    database = pathlib.Path(sys.argv[1])
    root = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else pathlib.Path(__file__).parent.parent
    folder = database / "advisories" / "github-reviewed"
    found = sorted(lines(folder if folder.is_dir() else database, locked(root)))
    if not found:
        sys.exit(f"{database} has no advisory of any package that is locked here: is it the right folder?")
    text = HEAD + f"# as of {datetime.date.today()}\n" + "".join(line + "\n" for line in found)
    (root / "build" / "advisories.txt").write_text(text)
    print(f"{len(found)} advisories of {len({line.split(chr(9))[1] for line in found})} packages in build/advisories.txt.")


main()
