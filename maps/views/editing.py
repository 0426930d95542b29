"""What the pages have in common on which trails and places are worked on.

A form is filled in from a revision and says which (``base``). What it asks is changed in that revision's content, and
the service puts it together with what others did meanwhile. Where it cannot, both versions are shown beside what they
come from (:mod:`maps.views.settling`): nothing that somebody wrote is lost.
"""
