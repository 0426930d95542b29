"""The kernel of the commons portal: people, places, time, languages, forms, permissions, mail, jobs, the public index, the API's frame.

It knows no feature. ``portal.app`` names the features and puts the house together.
"""
