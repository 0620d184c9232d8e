"""What a message tells the simulator to do, in place of a plain answer."""


def simulate(fault: str) -> str:
    """The beginning of a message that selects a fault."""
    return f"[simulate {fault}] "


HOLD = simulate("stall-after=2")
"""Some text, and then silence for as long as the gateway stays."""
