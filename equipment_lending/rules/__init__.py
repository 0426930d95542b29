"""The lending charter, as pure functions: plain values in, plain values out.

No database, no request, no clock, no words: times come in as instants, a no comes out as a code with its values.

=======  =====================================================  ==================
Article  What it settles                                        Where it is written
=======  =====================================================  ==================
1        How many units are free, and when                      ``availability``
2        Every promise can keep one item from start to end      ``assignment``
         How many units each thing at the counter gives         ``handing_out``
3        What a loan occupies: buffers, early and late returns  ``claims``
4        Opening hours, exceptions, holidays, lead time         ``opening``
         Which days are public holidays                         ``public_holidays``
         Which instant a day at a desk means                    ``moments``
5        The length of a loan, and how closed days count        ``closed_days``
6        Fair use: days per person and period                   ``fair_use``
7        Which setting holds where                              ``policy``
8        Every reason to refuse a loan                          ``charter``
9        Overdue, days late, not collected                      ``lateness``
10       Which loans are at risk when equipment is missing      ``risk``
11       What to propose instead                                ``alternatives``
12       Who waits, and whose turn it is                        ``waiting``
13       What to do where a desk has changed its hours          ``changed_hours``
         In what state a thing is once it is back               ``condition``
         Short names, tags, and what a scanner reads            ``naming``
=======  =====================================================  ==================
"""
