"""``/ogc``: OGC API - Features over the public index, one collection for each kind of thing.

Source: OGC API - Features - Part 1: Core corrigendum (OGC 17-069r4), with its classes GeoJSON, HTML and OpenAPI 3.0.
"""
