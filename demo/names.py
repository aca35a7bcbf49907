"""Vocabulary of the simulated people and companies: names, cities, titles, topics."""

from __future__ import annotations


def _words(text: str) -> list[str]:
    return text.split()


FEMALE = _words(
    "Anna Marie Sophie Emma Hannah Lena Lea Laura Julia Katharina Sabine Petra Monika Jana Nina "
    "Clara Paula Greta Frieda Ida Martina Birgit Svenja Ylva Astrid Ingrid Freya Alice Chloé "
    "Camille Élise Amélie Olivia Grace Charlotte Emily Sarah Rachel Naomi Fatma Ayşe Zeynep "
    "Agnieszka Zofia Ewa Irina Olga Mei Yuki Priya"
)
MALE = _words(
    "Max Paul Leon Felix Jonas Lukas Tim Jan Niklas Moritz Stefan Thomas Michael Andreas Jürgen "
    "Björn Günther Kai Sören Lars Nils Erik Magnus Oskar Emil Anton Karl Otto Hugo Louis Gabriel "
    "Théo René François James Oliver Harry George William Henry Mehmet Emre Can Piotr Tomasz "
    "Marek Ivan Dmitri Wei Kenji Arjun"
)
LAST = _words(
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer "
    "Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange "
    "Werner Krause Lehmann Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang "
    "Scholz Möller Weiß Jung Hahn Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck "
    "Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Martin Schumacher "
    "Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber Graf Dietrich "
    "Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer "
    "Lindqvist Nyström Bergström Åkesson Holm Dubois Moreau Lefèvre Girard Smith Jones Taylor "
    "Brown Wilson Evans Walker Wright Hughes Green Hall Clarke Johnson Miller Davis Garcia "
    "Nowak Kowalski Wiśniewski Yılmaz Kaya Demir Novák Horvat Popov Ivanova Nguyen Chen Tanaka "
    "Patel Singh Rossi Bianchi Ferrari Silva Costa Santos"
)
CITIES: dict[str, tuple[str, ...]] = {
    "DE": ("Berlin", "Hamburg", "München", "Köln", "Leipzig", "Bremen", "Kiel", "Stuttgart"),
    "AT": ("Wien", "Graz", "Linz", "Salzburg"),
    "CH": ("Zürich", "Basel", "Bern", "Luzern"),
    "GB": ("London", "Leeds", "Bristol", "Glasgow"),
    "FR": ("Paris", "Lyon", "Lille", "Nantes"),
    "SE": ("Stockholm", "Göteborg", "Malmö", "Uppsala"),
    "NL": ("Amsterdam", "Utrecht", "Rotterdam", "Delft"),
    "US": ("New York", "Chicago", "Denver", "Seattle"),
}
COUNTRIES = {
    "DE": 0.50, "AT": 0.09, "CH": 0.08, "GB": 0.09, "FR": 0.07, "SE": 0.06, "NL": 0.05, "US": 0.06,
}  # fmt: skip
CURRENCIES = {"GB": "GBP", "SE": "SEK", "US": "USD"}
"""Currency of a country's orders; all others pay in EUR."""

LOCALES = {
    "DE": "de-DE", "AT": "de-AT", "CH": "de-CH", "GB": "en-GB", "FR": "fr-FR", "SE": "sv-SE",
    "NL": "nl-NL", "US": "en-US",
}  # fmt: skip
ZONES = {
    "DE": "Europe/Berlin", "AT": "Europe/Vienna", "CH": "Europe/Zurich", "GB": "Europe/London",
    "FR": "Europe/Paris", "SE": "Europe/Stockholm", "NL": "Europe/Amsterdam",
    "US": "America/New_York",
}  # fmt: skip
STREETS = (
    "Hauptstraße", "Bahnhofstraße", "Gartenweg", "Hafenkai", "Lindenallee", "Marktplatz",
    "Nordring", "Schillerstraße", "Seestraße", "Wiesenweg",
)  # fmt: skip
FREEMAIL = ("gmail.example", "gmx.example", "web.example", "outlook.example", "icloud.example")
"""Stand-ins of the large mailbox providers; every other domain belongs to a company."""

INDUSTRIES = {
    "Software": 0.18, "Manufacturing": 0.24, "Logistics": 0.14, "Retail": 0.16,
    "Healthcare": 0.12, "Education": 0.08, "Public Sector": 0.08,
}  # fmt: skip
COMPANY_FIRST = _words(
    "Alster Baltic Borea Cobalt Delta Eider Elbe Falk Fjord Granit Hanse Iller Jade Kiefer Krone "
    "Küsten Linden Lotsen Merkur Mosel Neckar Nova Ostsee Orion Perl Polar Quarz Rhein Sonnen "
    "Spree Stern Tannen Terra Ulmen Vega Weser Wind Zenit Aurora Birken Cirrus Drift Ember Flint"
)
COMPANY_SECOND = _words(
    "werk bau tech logistik data med handel druck holz metall optik soft fracht energie labor "
    "stoff form glas kraft motor netz plan rad saat"
)
COMPANY_FORM = ("GmbH", "AG", "KG", "SE", "Ltd", "BV", "GmbH & Co. KG")
AMERICAN_FORM = ("Inc", "LLC")
TITLES = {
    "c_level": ("CEO", "Chief Technology Officer", "CFO", "Chief Operating Officer"),
    "director": ("Director of Operations", "Head of Purchasing", "VP Engineering", "VP Sales"),
    "manager": ("Purchasing Manager", "Office Manager", "IT Manager", "Plant Manager"),
    "other": ("Engineer", "Assistant", "Consultant", "Analyst"),
}
DEPARTMENTS = ("Purchasing", "IT", "Operations", "Finance", "Sales")
"""Departments of business contacts."""

TOPICS: tuple[tuple[str, str], ...] = (
    ("delivery", "Where is my delivery"),
    ("invoice", "Question about an invoice"),
    ("defect", "Device arrived defective"),
    ("login", "Cannot log in"),
    ("return", "Return of an item"),
    ("setup", "Help with the setup"),
    ("price", "Question about prices"),
    ("cancellation", "Cancellation of an order"),
)
"""Ticket topics and the subject people write."""
