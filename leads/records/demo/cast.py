"""The leads that everybody knows: those of the first page of the list, with what was said last."""

from dataclasses import dataclass
from typing import Final

from leads.records.actions import Talk
from leads.records.demo.places import COLD, FOOD, GLASS, METAL, PAPER, PLASTIC, WATER, WOOD

CALL, MAIL, MEETING, NOTE = Talk.CALL, Talk.MAIL, Talk.MEETING, Talk.NOTE


@dataclass(frozen=True)
class Known:
    """One of them. `last` is the newest talk, `minutes_ago`; `due` is "+3h", or working days from today with a time."""

    name: str
    job_title: str
    company: str
    industry: str
    town: str
    country: str
    domain: str
    stage: str
    owner: str
    marketer: str
    value: int
    minutes_ago: int
    last: tuple[Talk, str]
    step: str = ""
    due: str = ""


_HOUR, _DAY = 60, 1_440
_KNOWN: Final = (
    ("Anke Vollmer", "Maintenance lead", "Brauhaus Ostertal", FOOD, "Ostertal", "Germany", "ostertal.example", "mql",
     "", "marketer", 48_000, 9, (MAIL, "Asks for a pilot on the 12 pumps of filling line 2 before the stop in January."),
     "Mara decides", "+2h"),
    ("Matteo Greco", "Buyer", "Greco Pasta", FOOD, "Parma", "Italy", "grecopasta.example", "new", "", "hanna", 9_000, 12,
     (MAIL, "Thanked for the download and asked him to confirm his address."), "Confirm e-mail", "2 10:00"),
    ("Hilde Brandsma", "Maintenance lead", "Noordzee Zuivel", FOOD, "Zwolle", "Netherlands", "noordzee-zuivel.example",
     "sql", "felix", "hanna", 132_000, 20, (CALL, "Pilot runs well, 40 sensors in one shift without a stop."),
     "Pilot review, week 3", "+5h"),
    ("Ben Corvane", "Plant manager", "Corvane Foods", FOOD, "Hull", "United Kingdom", "corvanefoods.example", "sql",
     "rep", "marketer", 84_000, 40, (MAIL, "“What is the downtime of the retrofit, line by line?” Needs it for his board."),
     "Answer on downtime of the retrofit", "+4h"),
    ("Tobias Renner", "Maintenance lead", "Rennerwerk", METAL, "Zwickau", "Germany", "rennerwerk.example", "mql", "",
     "marketing-lead", 61_000, 50, (CALL, "26 presses, two failures since May. Has the budget, wants to decide this month."),
     "Felix decides", "+3h"),
    ("Henrik Sundby", "Plant manager", "Sundby Mejeri", FOOD, "Aarhus", "Denmark", "sundby-mejeri.example", "mql", "",
     "marketer", 72_000, _HOUR, (MAIL, "Asks for the price of 18 machines after a bearing failed in October. Who installs?"),
     "Mara decides", "+1h"),
    ("Chiara Marchetti", "Operations director", "Marchetti Ceramiche", GLASS, "Sassuolo", "Italy",
     "marchetti-ceramiche.example", "sal", "rep", "marketer", 120_000, 2 * _HOUR,
     (CALL, "Not reached; her office says after the shift meeting."), "First call", "+1h"),
    ("Fatima Zahrani", "Buyer", "Aldergate Water", WATER, "Swindon", "United Kingdom", "aldergate-water.example", "sql",
     "daniel", "marketing-lead", 64_000, 3 * _HOUR, (MAIL, "Sent the agenda for the demo, with IT from 11:00."),
     "Demo on site", "2 10:00"),
    ("Andrei Munteanu", "Quality manager", "Munteanu Lapte", FOOD, "Brașov", "Romania", "munteanu-lapte.example", "new",
     "", "marketing-lead", 6_000, 3 * _HOUR, (MAIL, "Asked him to confirm his address."), "Confirm e-mail", "3 10:00"),
    ("Marit Solheim", "Maintenance lead", "Solheim Treforedling", PAPER, "Drammen", "Norway",
     "solheim-treforedling.example", "sql", "ines", "marketer", 110_000, 4 * _HOUR,
     (MEETING, "“Our IT will not let sensors into the cloud.” Showed that the gateway keeps 30 days on site."),
     "Technical call with IT", "1 13:00"),
    ("Jorge Almeida", "Operations director", "Almeida Cortiça", WOOD, "Santa Maria da Feira", "Portugal",
     "almeida-cortica.example", "proposal", "daniel", "marketing-lead", 78_000, 5 * _HOUR,
     (CALL, "Agrees with the price; legal wants our liability in writing."), "Contract to legal", "3 09:00"),
    ("Yuki Tamura", "Quality manager", "Tamura Bearings", METAL, "Düsseldorf", "Germany", "tamura-bearings.example", "mql",
     "", "marketing-lead", 55_000, 6 * _HOUR, (MAIL, "Read the case study to the end and asked for the raw data."),
     "Case study: bearings", "1 09:00"),
    ("Sinéad Farrell", "Plant manager", "Farrell Packaging", PAPER, "Cork", "Ireland", "farrell-packaging.example", "sql",
     "rep", "marketer", 98_000, 7 * _HOUR, (CALL, "Wants the business case in three lines, for a manager who reads no more."),
     "Confirm Wednesday’s business case", "+6h"),
    ("Oskar Lindqvist", "Maintenance lead", "Lindqvist Papper", PAPER, "Sundsvall", "Sweden", "lindqvist-papper.example",
     "proposal", "rep", "marketing-lead", 96_000, _DAY, (CALL, "Promised the pilot offer for 12 machines by the evening."),
     "Send pilot offer, 12 machines", "-1 17:00"),
    ("Luc Delacroix", "Plant manager", "Orinda Cold Storage", COLD, "Nantes", "France", "orinda-cold.example", "sal",
     "felix", "hanna", 43_000, _DAY + _HOUR, (NOTE, "Hanna met him at the fair: compressors, no plan, two failures."),
     "First call", "1 10:00"),
    ("Saoirse Keane", "Quality manager", "Keane Dairy", FOOD, "Galway", "Ireland", "keane-dairy.example", "mql", "",
     "marketer", 51_000, _DAY + 2 * _HOUR, (MAIL, "Has the need and the date; budget is not clear yet."),
     "Call to qualify budget", "+3h"),
    ("Elif Yıldız", "Plant manager", "Yıldız Tekstil", PLASTIC, "Bursa", "Turkey", "yildiz-tekstil.example", "engaged", "",
     "marketer", 35_000, _DAY + 4 * _HOUR, (MAIL, "Sent “What a pilot shows in 30 days”."), "Mail: pilot in 30 days", "1 09:00"),
    ("Stefan Petrov", "Operations director", "Petrova Glass", GLASS, "Plovdiv", "Bulgaria", "petrova-glass.example",
     "engaged", "", "hanna", 38_000, 2 * _DAY, (MAIL, "Downloaded the guide; sent the page on furnaces."),
     "Mail: what a stop costs", "3 09:00"),
    ("Ingrid Aasen", "Operations director", "Aasen Laks", FOOD, "Ålesund", "Norway", "aasen-laks.example", "proposal",
     "rep", "marketer", 144_000, 2 * _DAY + _HOUR, (MEETING, "First price round: wants three sites in one contract."),
     "Second price round", "2 14:00"),
    ("Johan de Wit", "Operations director", "De Wit Kassen", PLASTIC, "Venlo", "Netherlands", "dewit-kassen.example", "new",
     "", "hanna", 22_000, 2 * _DAY + 3 * _HOUR, (MAIL, "Asked which topic he wants to read about."), "Choose a topic", "2 09:00"),
    ("Greta Olofsson", "Maintenance lead", "Olofsson Såg", WOOD, "Örebro", "Sweden", "olofsson-sag.example", "mql", "",
     "marketer", 41_000, 2 * _DAY + 5 * _HOUR, (MAIL, "Last mail of the series; she opened all of them."), "", ""),
    ("Nadia Haddad", "Buyer", "Vexley Plastics", PLASTIC, "Derby", "United Kingdom", "vexley.example", "mql", "", "hanna",
     29_000, 3 * _DAY, (CALL, "Sales found the record incomplete. She will send the list of machines."),
     "Ask for the machine list", "2 11:00"),
    ("Camille Roux", "Buyer", "Roux Fonderie", METAL, "Dijon", "France", "roux-fonderie.example", "sal", "ines",
     "marketing-lead", 27_000, 3 * _DAY + _HOUR, (CALL, "Collects offers; who decides is not clear."),
     "Clarify who decides", "3 10:00"),
    ("Paulo Teixeira", "Buyer", "Teixeira Metal", METAL, "Braga", "Portugal", "teixeira-metal.example", "engaged", "",
     "hanna", 15_000, 4 * _DAY, (MAIL, "Sent the price idea for ten machines."), "Mail: what a stop costs", "4 09:00"),
    ("Agnes Kowalczyk", "Fleet manager", "Kowalczyk Transport", COLD, "Poznań", "Poland", "kowalczyk.example", "engaged",
     "", "marketing-lead", 12_000, 5 * _DAY, (MAIL, "Welcome mail after the webinar."), "Mail: getting started", "4 09:00"),
    ("Pavel Dvořák", "Maintenance lead", "Dvořák Sklárny", GLASS, "Liberec", "Czechia", "dvorak-sklarny.example", "sal",
     "daniel", "marketing-lead", 46_000, 5 * _DAY + _HOUR, (CALL, "Asks for somebody who knows furnaces."), "", ""),
    ("Duncan Hollis", "Foundry manager", "Hollis & Dray Castings", METAL, "Sheffield", "United Kingdom",
     "hollis-dray.example", "sal", "ines", "hanna", 67_000, 6 * _DAY, (CALL, "Friendly, in a hurry: call back."), "", ""),
    ("Rafał Wierzbicki", "Plant manager", "Wierzbicki Meble", WOOD, "Bydgoszcz", "Poland", "wierzbicki-meble.example",
     "engaged", "", "marketing-lead", 18_000, 8 * _DAY, (MAIL, "Invited to the open factory day."), "Invitation: open factory",
     "5 09:00"),
    ("Uwe Kranz", "Plant manager", "Brauhaus Ostertal", FOOD, "Ostertal", "Germany", "ostertal.example", "engaged", "",
     "marketer", 0, 12 * _DAY, (NOTE, "Signs over €25,000, says Anke Vollmer."), "", ""),
    ("Clara Nyström", "Maintenance lead", "Nyström Bryggeri", FOOD, "Karlstad", "Sweden", "nystrom-bryggeri.example",
     "engaged", "", "marketer", 44_000, 9 * _DAY, (MAIL, "Sent the breweries guide."), "Invitation: open factory", "2 09:00"),
    ("Gábor Szabó", "Plant manager", "Szabó Malom", FOOD, "Győr", "Hungary", "szabo-malom.example", "engaged", "", "hanna",
     21_000, 10 * _DAY, (MAIL, "Welcome mail after the download."), "Mail: getting started", "3 09:00"),
    ("Marco Bianchi", "Operations director", "Bianchi Carta", PAPER, "Bergamo", "Italy", "bianchi-carta.example", "mql", "",
     "marketing-lead", 73_000, 6 * _DAY, (CALL, "Three plants; counts machines."), "Ask for the machine list", "3 09:00"),
    ("Lena Hofstätter", "Maintenance lead", "Hofstätter Säge", WOOD, "Villach", "Austria", "hofstaetter-saege.example",
     "mql", "", "hanna", 26_000, 7 * _DAY, (CALL, "Wants it, her uncle decides."), "Ask who decides", "2 09:00"),
    ("Emre Aydın", "Plant manager", "Aydın Seramik", GLASS, "Kütahya", "Turkey", "aydin-seramik.example", "sal", "daniel",
     "hanna", 39_000, 4 * _DAY, (MAIL, "Confirmed the time of the first call."), "First call", "2 15:00"),
    ("Wout Peeters", "Operations director", "Peeters Textiel", PLASTIC, "Kortrijk", "Belgium", "peeters-textiel.example",
     "proposal", "felix", "hanna", 58_000, _DAY + 5 * _HOUR, (MEETING, "Presented the offer; sign-off by the two brothers."),
     "Sign-off by both brothers", "4 16:00"),
)  # fmt: skip
KNOWN: Final = tuple(Known(*row) for row in _KNOWN)
