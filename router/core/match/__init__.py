"""Who takes whom: the choice of an agent for a contact, and of a contact for an agent who came free.

Each agent choice is one small file with two names:

    ORDER                            the agent's field that sorts a pool of like agents; fixed when they come free
    profile_rank(profile, needs)     what is compared first between profiles: the least is taken

so that finding the best agent compares the first of each ready profile and nothing else.
"""
