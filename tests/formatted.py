"""How numbers and estimates are shown: the same on the server, in the browser, in the terminal."""

NUMBERS: list[tuple[float, str]] = [
    (0, "0"),
    (0.5, "0.5"),
    (12, "12"),
    (12.345, "12.3"),
    (12.25, "12.3"),
    (1.5e-5, "0.000015"),
    (99.96, "100"),
    (100.5, "101"),
    (5250, "5,250"),
    (67271.6, "67,272"),
    (1.2345e6, "1,234,500"),
    (-0.125, "-0.125"),
]
ESTIMATES: list[tuple[float, str]] = [
    (0.4, "a moment"),
    (1, "about 1 s"),
    (2.5, "about 3 s"),
    (13.4, "about 13 s"),
    (42, "about 40 s"),
    (62, "about 1 min"),
    (100, "about 1 min 40 s"),
    (150, "about 3 min"),
    (400, "about 7 min"),
    (7200, "about 2 h"),
    (7900, "about 2 h 12 min"),
]

POLISH_NUMBERS: list[tuple[float, str]] = [
    (0, "0"),
    (0.5, "0,5"),
    (12.345, "12,3"),
    (1.5e-5, "0,000015"),
    (99.96, "100"),
    (5250, "5250"),
    (9999.6, "10\xa0000"),
    (67271.6, "67\xa0272"),
    (1.2345e6, "1\xa0234\xa0500"),
    (-0.125, "-0,125"),
]
POLISH_ESTIMATES: list[tuple[float, str]] = [
    (0.4, "chwilę"),
    (1, "około\xa01\xa0s"),
    (150, "około\xa03\xa0min"),
    (7900, "około\xa02\xa0h\xa012\xa0min"),
]
NUMBERS_IN = {"en": NUMBERS, "pl": POLISH_NUMBERS}
ESTIMATES_IN = {"en": ESTIMATES, "pl": POLISH_ESTIMATES}
