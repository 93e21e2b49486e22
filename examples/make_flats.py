"""Makes examples/flats.csv: 600 invented flats with their rents, a table to try every verb on."""

import csv
import pathlib
import random

r = random.Random(7)
DISTRICTS = {"centre": 9.0, "harbour": 7.5, "north": 5.0, "university": 8.0, "west": 6.0}
with open(pathlib.Path(__file__).with_name("flats.csv"), "w", newline="") as f:
    out = csv.writer(f)
    out.writerow(["area", "rooms", "district", "year", "balcony", "floor", "rent"])
    for _ in range(600):
        area = round(r.triangular(18, 160, 60), 1)
        rooms = max(1, round(area / 27 + r.gauss(0, 0.5)))
        district = r.choice(sorted(DISTRICTS))
        year = r.randint(1890, 2024)
        balcony = r.random() < 0.4 + 0.002 * area
        floor = r.randint(0, 6)
        old = abs(year - 1965) / 60
        rent = area * (DISTRICTS[district] + 1.6 * old) + 40 * balcony + 12 * floor + 220 - 0.012 * area**2
        rent = round(rent * (1 + r.gauss(0, 0.04)), 0)
        cell = "" if r.random() < 0.05 else year
        out.writerow([area, rooms, district, cell, "yes" if balcony else "no", floor, int(rent)])
