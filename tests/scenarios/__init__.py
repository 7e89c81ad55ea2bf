"""What the engine does, told as stories: text tables that a supervisor can read and that one check runs.

    *.txt               one story a file
    language.py         the words: from a line to a command, from an effect to a line
    centre.py           the head of a story: the centre that it happens in
    site.py             an engine with its clients and its store, driven by those words
    look.py             what is true at a moment
    check.py            runs a story and says where the engine differs, in words
    __main__.py         python -m tests.scenarios [--show] FILE ...: the same at a desk
    test_scenarios.py   runs them all

A file begins with a title and why it matters, then the centre in the words of the configuration, then the story:

    # The next caller goes to whoever has been free the longest
    # So that work is shared without anybody counting.

    queue     sales    target_s = 20
    agent     ann
    gateway   gw1
    endpoint  101      ann on gw1
    ready     ann

    0:00.0  gw1  enqueue c1 sales
            -> gw1 offer c1 to ann at 101
    0:05.0  gw1  accept c1
    0:05.0  gw1  connected c1
            ? agent ann available connected 1 units 100

A line of the story is a time, who says it, and what; without a time it is the same moment. `->` is what the engine
tells whom because of it: all of it, in this order. A request that is simply done (`ok`, `queued`, `synced`) need not
say so. `?` is what must be true then. What happens by itself is a line of the `clock`. After every step the invariants
hold. Beside what the protocol has, a client can be `lost`, say `bye`, say the same `again`, and it `connects`, or
`connects anew` with numbers from 1; `sync all` lists all that is known of it; the `engine` stops and starts, or
reloads a line of the centre, which can be `edited` also while it is stopped; the `clock` on the wall `shows` another
time than it should.
"""
