#!/usr/bin/env python3
"""Translates proposals of SciCat into visits: from-scicat.py proposals.json > visits.json; hutch visit import visits.json

Each measurement period of a proposal becomes a visit. Edit the three settings for your facility.
"""
import json
import re
import sys

EMBARGO_YEARS = 3
CREATORS = ["facility-agent"]  # accounts that capture or publish data
ACCOUNT = lambda email: email.split("@")[0].lower()  # the login name of a person


def visits(proposal):
    people = {ACCOUNT(proposal["pi_email"]): "principal-investigator"} if proposal.get("pi_email") else {}
    if proposal.get("email"):
        people.setdefault(ACCOUNT(proposal["email"]), "experimenter")
    for number, period in enumerate(proposal.get("MeasurementPeriodList", []), 1):
        year = int(period["end"][:4]) + EMBARGO_YEARS
        yield {
            "name": re.sub("[^a-z0-9]+", "-", f"{proposal['proposalId']}-{number}".lower()).strip("-"),
            "title": proposal.get("title", "")[:200] or None,
            "proposal": proposal["proposalId"],
            "instrument": period.get("instrument"),
            "begin": period["start"],
            "end": period["end"],
            "embargo": f"{year}-01-01T00:00:00Z",
            "people": [{"user": user, "role": role} for user, role in people.items()],
            "creators": CREATORS,
        }


with open(sys.argv[1], encoding="utf-8") as file:
    json.dump({"visits": [visit for proposal in json.load(file) for visit in visits(proposal)]}, sys.stdout, indent=2)
