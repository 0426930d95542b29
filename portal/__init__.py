"""The kernel of the commons portal: people, places, time, languages, forms, permissions, mail, jobs, index, API.

It knows no feature. ``portal.app`` names the features and puts the house together.
"""
