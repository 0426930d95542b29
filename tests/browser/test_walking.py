"""Walking a trail in a real browser: by the same rule as the reference, stop after stop, with and without a network."""

import json
import random
from dataclasses import asdict
from uuid import UUID

from maps.rules.walking import Fix, Post, Walk, chosen, finished, moved

TOGETHER = """
async ([posts, acts]) => {
  const rule = await import("/static/maps/trigger.js");
  let walk = rule.start();
  const walked = [];
  for (const [act, what] of acts) {
    if (act === "moved") walk = rule.moved(walk, posts, what);
    else if (act === "finished") walk = rule.finished(walk, posts);
    else walk = rule.chosen(walk, what);
    walked.push(walk);
  }
  return walked;
}
"""


def a_walk(chance: random.Random) -> tuple[list[Post], list[tuple[str, object]]]:
    """Return stops along a street, some of them near each other, and what happens to somebody who strolls there."""
    posts = [
        Post(UUID(int=n + 1), -4.49 + 0.0004 * n + chance.uniform(0, 0.0004), 48.38, chance.choice((15, 30, 60)))
        for n in range(6)
    ]
    acts: list[tuple[str, object]] = []
    longitude, latitude = -4.491, 48.38
    for _ in range(120):
        longitude += chance.uniform(-0.0001, 0.0002)
        latitude = 48.38 + chance.uniform(-0.0003, 0.0003)
        happened = chance.random()
        if happened < 0.8:
            acts.append(("moved", Fix(longitude, latitude, chance.choice((5.0, 20.0, 45.0, 50.0, 51.0, 100.0)))))
        elif happened < 0.95:
            acts.append(("finished", None))
        else:
            acts.append(("chosen", chance.choice(posts).id))
    return posts, acts


def by_reference(posts: list[Post], acts) -> list[dict]:
    walk, walked = Walk(), []
    for act, what in acts:
        if act == "moved":
            walk = moved(walk, posts, what)
        elif act == "finished":
            walk = finished(walk, posts)
        else:
            walk = chosen(walk, what)
        walked.append(walk)
    return [
        {
            "near": sorted(map(str, one.near)),
            "inside": sorted(map(str, one.inside)),
            "begun": [str(stop) for stop in one.begun],
            "playing": one.playing and str(one.playing),
            "waiting": one.waiting and str(one.waiting),
        }
        for one in walked
    ]


def test_the_script_walks_as_the_reference_does(site, page_of):
    page = page_of(site.address)
    for seed in range(40):
        posts, acts = a_walk(random.Random(seed))
        told = json.loads(json.dumps([[asdict(post) for post in posts], acts], default=_plain))
        walked = page.evaluate(TOGETHER, told)
        for one in walked:
            one["near"], one["inside"] = sorted(one["near"]), sorted(one["inside"])
        assert walked == by_reference(posts, acts), f"walk {seed}"


def _plain(value):
    return asdict(value) if isinstance(value, Fix) else str(value)
