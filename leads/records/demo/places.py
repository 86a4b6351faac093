"""Where the demo company's leads live: towns, names and the words by which companies there call themselves."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Place:
    """A country; `companies` are patterns by industry, `{}` being a family or a town; `dial` ends in a fictional range."""

    country: str
    domain: str
    dial: str
    towns: tuple[str, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    companies: dict[str, tuple[str, ...]]


FOOD, PAPER, METAL, GLASS = "Food and drink", "Paper and packaging", "Metal and castings", "Glass and ceramics"
WOOD, WATER, PLASTIC, COLD = "Wood and furniture", "Water and waste", "Plastics", "Cold storage and transport"

PLACES: Final = (
    Place(
        "Germany", "de", "+49 30 5550", ("Kassel", "Bremen", "Augsburg", "Münster", "Zwickau", "Ulm", "Lüneburg"),
        ("Katrin", "Jürgen", "Anja", "Matthias", "Silke", "Holger", "Birgit", "Sven", "Ulrike", "Ralf"),
        ("Hofer", "Brandau", "Kessler", "Wiegand", "Altmann", "Rothe", "Steinhoff", "Dörfler", "Lindner", "Jäger"),
        {
            FOOD: ("Brauhaus {}", "Molkerei {}", "{} Mühlen"), METAL: ("Gießerei {}", "{} Metallbau"),
            PAPER: ("{} Kartonagen",), PLASTIC: ("{} Kunststoff",), WATER: ("Stadtwerke {}",),
        },
    ),
    Place(
        "Austria", "at", "+43 1 5550", ("Linz", "Graz", "Wels", "Villach"),
        ("Elfriede", "Florian", "Maria", "Georg", "Theresa", "Lukas"),
        ("Hofstätter", "Gruber", "Pichler", "Moser", "Egger", "Wallner"),
        {WOOD: ("{} Säge", "{} Holz"), METAL: ("{} Stahlguss",), COLD: ("{} Kühlhaus",)},
    ),
    Place(
        "Switzerland", "ch", "+41 44 555", ("Winterthur", "Aarau", "Thun", "Baden"),
        ("Regula", "Beat", "Nicole", "Urs", "Corinne", "Marcel"),
        ("Zbinden", "Ammann", "Frei", "Kälin", "Rüegg", "Bachmann"),
        {FOOD: ("Käserei {}", "{} Getränke"), PLASTIC: ("{} Plastics",), PAPER: ("Papier {}",)},
    ),
    Place(
        "Netherlands", "nl", "+31 20 555", ("Zwolle", "Breda", "Venlo", "Deventer"),
        ("Marijke", "Joost", "Femke", "Pieter", "Sanne", "Ruben"),
        ("Brouwer", "De Graaf", "Van Dam", "Hoekstra", "Postma", "Kuiper"),
        {FOOD: ("{} Zuivel", "Bakkerij {}"), COLD: ("{} Koelhuizen",), PLASTIC: ("{} Folie",)},
    ),
    Place(
        "Sweden", "se", "+46 8 555 0", ("Örebro", "Västerås", "Karlstad", "Sundsvall"),
        ("Annika", "Lars", "Malin", "Erik", "Ylva", "Nils"),
        ("Nyström", "Bergqvist", "Sandberg", "Ekman", "Hedlund", "Forsberg"),
        {PAPER: ("{} Papper", "{} Wellpapp"), WOOD: ("{} Såg",), FOOD: ("{} Bryggeri",)},
    ),
    Place(
        "Denmark", "dk", "+45 55 50", ("Aarhus", "Kolding", "Randers", "Esbjerg"),
        ("Mette", "Søren", "Lone", "Jesper", "Kirsten", "Anders"),
        ("Kjær", "Holm", "Thomsen", "Skov", "Bruun", "Dam"),
        {FOOD: ("{} Mejeri", "{} Slagteri"), WATER: ("{} Vandværk",), COLD: ("{} Frost",)},
    ),
    Place(
        "Norway", "no", "+47 55 50", ("Drammen", "Bergen", "Ålesund", "Hamar"),
        ("Ingeborg", "Terje", "Solveig", "Knut", "Randi", "Olav"),
        ("Bakken", "Haugen", "Lunde", "Moen", "Strand", "Vik"),
        {FOOD: ("{} Laks", "{} Sjømat"), WOOD: ("{} Trelast",), METAL: ("{} Aluminium",)},
    ),
    Place(
        "France", "fr", "+33 1 55 50", ("Lyon", "Nantes", "Dijon", "Limoges", "Colmar"),
        ("Isabelle", "Laurent", "Sophie", "Thierry", "Nathalie", "Olivier"),
        ("Roussel", "Garnier", "Chevalier", "Marchand", "Perrin", "Blanchet"),
        {GLASS: ("Verrerie {}", "Porcelaine {}"), METAL: ("Fonderie {}",), FOOD: ("Laiterie {}", "Brasserie {}")},
    ),
    Place(
        "Italy", "it", "+39 06 555", ("Modena", "Parma", "Bergamo", "Sassuolo"),
        ("Giulia", "Paolo", "Elena", "Stefano", "Francesca", "Davide"),
        ("Ferrari", "Galli", "Conti", "Rinaldi", "Fontana", "Moretti"),
        {GLASS: ("{} Ceramiche", "Vetreria {}"), FOOD: ("Pastificio {}", "{} Salumi"), PAPER: ("{} Carta",)},
    ),
    Place(
        "United Kingdom", "uk", "+44 20 5550", ("Sheffield", "Hull", "Derby", "Swindon"),
        ("Hannah", "Gareth", "Priti", "Callum", "Joanne", "Imran"),
        ("Ashworth", "Barlow", "Whitlock", "Mistry", "Sutcliffe", "Penrose"),
        {METAL: ("{} Castings", "{} Forge"), FOOD: ("{} Foods", "{} Brewery"), PLASTIC: ("{} Mouldings",)},
    ),
    Place(
        "Poland", "pl", "+48 22 555", ("Poznań", "Łódź", "Bydgoszcz", "Tychy"),
        ("Katarzyna", "Marek", "Joanna", "Tomasz", "Ewa", "Piotr"),
        ("Nowak", "Zieliński", "Wójcik", "Kamiński", "Sikora", "Mazur"),
        {WOOD: ("{} Meble",), GLASS: ("Huta {}",), FOOD: ("Browar {}", "Młyn {}")},
    ),
    Place(
        "Spain", "es", "+34 91 555", ("Zaragoza", "Burgos", "Castellón", "Vigo"),
        ("Lucía", "Javier", "Carmen", "Álvaro", "Pilar", "Sergio"),
        ("Ibáñez", "Navarro", "Cortés", "Gallego", "Serrano", "Vidal"),
        {GLASS: ("Cerámicas {}",), FOOD: ("Conservas {}", "Bodegas {}"), COLD: ("Frigoríficos {}",)},
    ),
)  # fmt: skip
