"""The rules of trails and places, as pure functions: plain values in, plain values out.

No database, no request, no clock, no words: a no comes out as a code with its values.

=============================================================  ==================
What it settles                                                Where it is written
=============================================================  ==================
What a revision says, as JSON and back                         ``content``
When a trail or a place may be published, and what to look at  ``trails``
How much it may say                                            ``limits``
What is different between two revisions                        ``differences``
Two people's changes of the same revision put together         ``merging``
The line: length, climb, where the stops are, fewer points     ``lines``
How long it takes, walking and listening                       ``durations``
What may be made of somebody else's trail                      ``remixing``
What a trail says in one language                              ``translating``
When a walker has come to a stop                               ``walking``
What a page needs to be whole without a network                ``packs``
Marks that stand for many, and with which a map begins         ``clusters``
What is in a tile, and where                                   ``tiles``
Short names                                                    ``naming``
=============================================================  ==================
"""
