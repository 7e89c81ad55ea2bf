"""Calendars: when a centre is open, told in UTC seconds, exact over every clock change of its time zone.

A pure library: weekly hours, days with hours of their own and the table of a zone's offsets come in as numbers; it
reads no clock and no file, and knows nothing of queues or contacts.
"""

from router.hours.calendar import LOOK_DAYS, NEVER_S, Calendar, Spans, day_number

__all__ = ["LOOK_DAYS", "NEVER_S", "Calendar", "Spans", "day_number"]
