# Reads an iCalendar feed from stdin with python3-icalendar and prints what it
# found as JSON: a reader that is not ours. Anything it finds wrong is an error.
import datetime
import json
import sys

import icalendar

cal = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
if cal.errors:
    sys.exit("calendar: %r" % cal.errors)


def moment(prop):
    t = prop.dt
    return t.isoformat()


zones = cal.walk("VTIMEZONE")
zone = zones[0].to_tz()  # refuses a definition that does not hold together
offset = zone.utcoffset(datetime.datetime(2023, 4, 9, 21, 45))
out = {
    "Name": str(cal["X-WR-CALNAME"]),
    "Zone": "%s +%02d:00" % (zones[0]["TZID"], offset.total_seconds() // 3600),
    "Events": [],
}
for name in ("VERSION", "PRODID", "REFRESH-INTERVAL"):
    cal[name]
for e in cal.walk("VEVENT"):
    if e.errors:
        sys.exit("%s: %r" % (e.get("UID"), e.errors))
    cats = e["CATEGORIES"]
    out["Events"].append({
        "UID": str(e["UID"]),
        "Summary": str(e["SUMMARY"]),
        "Description": str(e.get("DESCRIPTION", "")),
        "Start": moment(e["DTSTART"]),
        "End": moment(e["DTEND"]),
        "Day": not isinstance(e["DTSTART"].dt, datetime.datetime),
        "Status": str(e["STATUS"]),
        "Transp": str(e["TRANSP"]),
        "URL": str(e.get("URL", "")),
        "Stamp": moment(e["DTSTAMP"]),
        "Modified": moment(e["LAST-MODIFIED"]),
        "Sequence": int(e["SEQUENCE"]),
        "Categories": [str(c) for c in cats.cats],
        "Alarms": [str(a["TRIGGER"].dt) for a in e.walk("VALARM")],
    })
json.dump(out, sys.stdout)
