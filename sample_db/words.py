"""The words of the sample business: places, people, companies, products and phrases. All of them are invented.

Lists are ordered; `sample_db` picks from them by seed only, so moving or adding a word changes the sample.
"""

from __future__ import annotations

# --------------------------------------------------------------------------------------------------- places
# name, director's given and family name
REGIONS = (
    ("Northern Europe", "Ingrid", "Solheim"),
    ("Western Europe", "Claire", "Dubois"),
    ("Central Europe", "Matthias", "Brandt"),
    ("Southern Europe", "Giulia", "Ferraro"),
    ("North America", "Marcus", "Whitfield"),
    ("Asia Pacific", "Mei Ling", "Tan"),
)

# name, city, region, share of the orders, floor area in square metres
STORES = (
    ("Stockholm Södermalm", "Stockholm", "Northern Europe", 1.0, 1450),
    ("Copenhagen Vesterbro", "Copenhagen", "Northern Europe", 0.8, 1100),
    ("London Shoreditch", "London", "Western Europe", 1.5, 1900),
    ("Amsterdam Jordaan", "Amsterdam", "Western Europe", 0.9, 980),
    ("Paris Marais", "Paris", "Western Europe", 1.1, 1250),
    ("Berlin Mitte", "Berlin", "Central Europe", 1.3, 1800),
    ("Zurich Kreis 5", "Zurich", "Central Europe", 0.8, 900),
    ("Vienna Neubau", "Vienna", "Central Europe", 1.1, 1300),
    ("Barcelona Gràcia", "Barcelona", "Southern Europe", 1.1, 1200),
    ("Milan Navigli", "Milan", "Southern Europe", 1.0, 1150),
    ("Lisbon Alfama", "Lisbon", "Southern Europe", 0.7, 760),
    ("Toronto Queen West", "Toronto", "North America", 1.1, 1500),
    ("Boston Seaport", "Boston", "North America", 1.0, 1350),
    ("Singapore Tiong Bahru", "Singapore", "Asia Pacific", 0.9, 1000),
)
NEW_STORE = "Vienna Neubau"

# where the customers of a region live
CITIES = {
    "Northern Europe": (
        ("Stockholm", "Sweden"), ("Gothenburg", "Sweden"), ("Malmö", "Sweden"), ("Copenhagen", "Denmark"),
        ("Aarhus", "Denmark"), ("Oslo", "Norway"), ("Bergen", "Norway"), ("Helsinki", "Finland"),
    ),
    "Western Europe": (
        ("London", "United Kingdom"), ("Manchester", "United Kingdom"), ("Edinburgh", "United Kingdom"),
        ("Dublin", "Ireland"), ("Amsterdam", "Netherlands"), ("Utrecht", "Netherlands"), ("Paris", "France"),
        ("Lyon", "France"), ("Nantes", "France"), ("Brussels", "Belgium"), ("Ghent", "Belgium"),
    ),
    "Central Europe": (
        ("Berlin", "Germany"), ("Hamburg", "Germany"), ("Munich", "Germany"), ("Leipzig", "Germany"),
        ("Zurich", "Switzerland"), ("Basel", "Switzerland"), ("Vienna", "Austria"), ("Graz", "Austria"),
        ("Prague", "Czechia"), ("Kraków", "Poland"),
    ),
    "Southern Europe": (
        ("Barcelona", "Spain"), ("Madrid", "Spain"), ("Valencia", "Spain"), ("Milan", "Italy"), ("Turin", "Italy"),
        ("Bologna", "Italy"), ("Lisbon", "Portugal"), ("Porto", "Portugal"), ("Athens", "Greece"),
    ),
    "North America": (
        ("Toronto", "Canada"), ("Montreal", "Canada"), ("Ottawa", "Canada"), ("Boston", "United States"),
        ("New York", "United States"), ("Portland", "United States"), ("Chicago", "United States"),
    ),
    "Asia Pacific": (
        ("Singapore", "Singapore"), ("Kuala Lumpur", "Malaysia"), ("Melbourne", "Australia"),
        ("Auckland", "New Zealand"), ("Osaka", "Japan"),
    ),
}  # fmt: skip

HEAD_OFFICE = "London"

# country: calling code
DIAL = {
    "Sweden": 46, "Denmark": 45, "Norway": 47, "Finland": 358, "United Kingdom": 44, "Ireland": 353, "Netherlands": 31,
    "France": 33, "Belgium": 32, "Germany": 49, "Switzerland": 41, "Austria": 43, "Czechia": 420, "Poland": 48,
    "Spain": 34, "Italy": 39, "Portugal": 351, "Greece": 30, "Canada": 1, "United States": 1, "Singapore": 65,
    "Malaysia": 60, "Australia": 61, "New Zealand": 64, "Japan": 81, "China": 86, "India": 91,
}  # fmt: skip

# --------------------------------------------------------------------------------------------------- people
_GIVEN = """
    Aaliyah Adaeze Ahmed Aiko Alejandro Amelia Amina Anders Ananya Andrei Anneke Arjun Astrid Ayşe Beatriz Ben
    Bianca Björn Camille Carlos Chiara Chinedu Chloe Clara Daniel Darius David Diego Dimitri Eleni Elif Emma
    Erik Esra Farah Fatima Felix Femke Filip Florence Francesca Freya Gabriel George Grace Hana Hannah Haruto
    Hassan Helena Henrik Hugo Ibrahim Ines Isabel Ivan Jack James Jana Javier Jin Joana João Johanna Jonas Julia
    Kaito Karim Katarzyna Kenji Khadija Kofi Lars Laura Layla Lea Leon Lerato Liam Lin Linnea Lorenzo Louise
    Lucas Lucía Magnus Maja Manuel Maria Mateo Matilda Maya Mehmet Mia Miguel Mina Mohammed Nadia Naledi Naomi
    Nia Nikhil Nina Noah Nora Oliver Olivia Omar Oskar Owen Paolo Paul Pedro Petra Priya Quentin Rafael Rania
    Ravi Rebecca Renata Robin Rosa Ruth Sam Samira Sara Sebastian Selma Sofia Soren Stefan Tariq Thandiwe Theo
    Thomas Tomás Valentina Vera Victor Wei Yara Yasmin Yuki Yusuf Zainab Zoe Zuzana
"""
GIVEN_NAMES = tuple(_GIVEN.split())

_FAMILY = """
    Abbott Adeyemi Ahmadi Almeida Andersson Baker Banerjee Bauer Becker Bennett Berg Bianchi Boateng Bonnet Bos
    Brown Byrne Campbell Carvalho Castillo Chan Chen Clarke Costa Dahl Dang Das Dekker Demir Diallo Dijkstra
    Dimitriou Doyle Dupont Edwards Eriksson Evans Farouk Fernández Ferrari Fischer Fitzgerald Fontaine Fournier
    Fraser Friis Gallagher Garcia Gauthier Georgiou Greco Gruber Gupta Hakim Hansen Hashimoto Hassan Haugen
    Hayes Herrera Hoang Hofer Holm Horváth Huang Hughes Iversen Jansen Jensen Johansson Kamara Kang Kaplan
    Keller Khan Kim Koch Kovács Kowalski Kumar Laine Lambert Larsen Lau Laurent Lefèvre Lehmann Lim Lindqvist
    Lopes Lozano Lund MacLeod Mancini Marchetti Martins Mbeki Mendes Meyer Mitchell Moreau Moretti Morgan Mori
    Murphy Nakamura Navarro Ndiaye Nguyen Nielsen Nkosi Novák Nyström Obi Olsen Ortiz Osei Owusu Papadakis Park
    Patel Pereira Petrov Popescu Ramos Rao Reyes Richter Rinaldi Romero Rossi Ruiz Sahin Saito Santos Sato
    Schmid Schneider Serrano Shah Sharma Silva Singh Smit Soto Steiner Suzuki Svensson Tanaka Taylor Thompson
    Torres Tran Turner Usman Vargas Vega Virtanen Visser Vogel Wagner Walker Walsh Weber Williams Winter Wójcik
    Wong Wright Yamamoto Yıldız Young Zhang Zimmermann
"""
FAMILY_NAMES = tuple(_FAMILY.split())

TRADES = (
    "Architects", "Interiors", "Catering", "Property Group", "Events", "Design Studio", "Hospitality", "Coworking",
    "Restaurants", "Landscaping", "Consulting", "Clinics", "Schools", "Film Production", "Travel", "Guesthouses",
    "Engineering", "Law", "Fitness", "Bookshops",
)  # fmt: skip
CHURNED_CUSTOMER = "Calloway Hotels"
STAR_SELLER = ("Amara", "Okafor")

# --------------------------------------------------------------------------------------------------- products
# name, description, demand per calendar month (January first)
CATEGORIES = (
    ("Camping", "Tents, sleeping bags and gear for the outdoors", (4, 5, 7, 10, 14, 17, 18, 14, 8, 5, 5, 7)),
    ("Cycling", "Bicycles for the city, parts and accessories", (4, 5, 10, 14, 15, 13, 11, 10, 9, 6, 5, 6)),
    ("Furniture", "Tables, chairs, shelves and beds", (10, 7, 7, 6, 6, 5, 5, 7, 10, 8, 9, 8)),
    ("Garden", "Tools, planters and outdoor living", (2, 4, 11, 18, 21, 17, 12, 9, 7, 5, 3, 3)),
    ("Kids", "Toys and rooms for children", (5, 5, 6, 7, 7, 8, 7, 7, 8, 9, 15, 22)),
    ("Kitchen", "Cookware, knives and tableware", (10, 9, 9, 10, 10, 9, 9, 9, 10, 11, 16, 22)),
    ("Lighting", "Lamps and bulbs for every room", (13, 10, 8, 7, 6, 5, 5, 7, 10, 14, 17, 18)),
    ("Office", "Desks, storage and supplies for work", (15, 10, 9, 8, 8, 7, 6, 10, 16, 11, 9, 7)),
)

# name, country, contact, days from order to delivery
SUPPLIERS = (
    ("Nordvik Outdoor", "Norway", "Sigrid Nordvik", 14),
    ("Alpenrad Werke", "Austria", "Georg Leitner", 21),
    ("Cascadia Cycle Parts", "Canada", "Dana Whitehorse", 30),
    ("Holm & Bjerre Møbler", "Denmark", "Mette Bjerre", 28),
    ("Falegnameria Bellini", "Italy", "Paolo Bellini", 35),
    ("Greenacre Tools", "United Kingdom", "Nigel Foster", 10),
    ("Terracotta do Sul", "Portugal", "Rita Figueira", 18),
    ("Kleine Wolke Spielwaren", "Germany", "Anja Hoffmann", 12),
    ("Sakai Blades", "Japan", "Hiroshi Sakai", 40),
    ("Maison Copperie", "France", "Élise Garnier", 20),
    ("Pearl River Lighting", "China", "Zhou Min", 45),
    ("Lumen Atelier", "Netherlands", "Joost de Wit", 15),
    ("Papeterie Rivage", "France", "Luc Rivage", 9),
    ("Bangalore Desk Company", "India", "Kavya Iyer", 38),
)
FAULTY_LINE = "Lumo"
FAULTY_SUPPLIER = "Pearl River Lighting"

# line, category, supplier, products as "name price"; * was never sold, + came later, - was given up
LINES = (
    ("Fjell", "Camping", "Nordvik Outdoor", "Two-Person Tent 249.00|Family Tent 429.00|Down Sleeping Bag 189.50|"
     "Sleeping Mat 59.90|Gas Stove 44.50|Trekking Poles 74.90|Backpack 45 L 139.00|Backpack 25 L 89.00|Headlamp 34.90|"
     "Rain Jacket 129.00|Water Filter 39.50|+Hammock 64.90|*Expedition Sledge 389.00"),
    ("Tarn", "Camping", "Greenacre Tools", "Camping Chair 39.90|Folding Table 69.00|Cool Box 79.50|Enamel Mug 12.90|"
     "Picnic Blanket 29.90|Thermos Flask 27.50|Fire Bowl 119.00|-Lantern 24.90|+Camp Kettle 32.50"),
    ("Velo", "Cycling", "Alpenrad Werke", "City Bike 749.00|Trekking Bike 999.00|E-Bike Urban 2199.00|"
     "Kids Bike 20 Inch 299.00|Folding Bike 849.00|Balance Bike 119.00|+Cargo E-Bike 3499.00|*Tandem 1899.00"),
    ("Cascadia", "Cycling", "Cascadia Cycle Parts", "Helmet 69.90|Lock 49.90|Pannier Bag 84.50|Front Light 39.90|"
     "Rear Light 24.90|Floor Pump 44.90|Repair Kit 14.50|Saddle 59.00|Chain Oil 9.90|Gloves 27.90|Child Seat 129.00|"
     "-Phone Mount 22.50"),
    ("Bjerre", "Furniture", "Holm & Bjerre Møbler", "Oak Dining Table 899.00|Dining Chair 149.00|Bookshelf 329.00|"
     "Sideboard 649.00|Double Bed 799.00|Bedside Table 129.00|Coat Rack 89.00|Bench 219.00|+Extending Table 1149.00"),
    ("Bellini", "Furniture", "Falegnameria Bellini", "Lounge Chair 549.00|Two-Seat Sofa 1199.00|Coffee Table 289.00|"
     "Wall Mirror 159.00|Wardrobe 949.00|Bar Stool 119.00|-Corner Sofa 1799.00|*Chaise Longue 1490.00"),
    ("Greenacre", "Garden", "Greenacre Tools", "Spade 39.90|Pruning Shears 29.90|Garden Hose 20 m 44.90|"
     "Watering Can 24.50|Wheelbarrow 99.00|Rake 27.50|Hedge Trimmer 149.00|Lawn Mower 349.00|Gloves 11.90|"
     "Compost Bin 69.00|+Rain Barrel 89.00"),
    ("Sul", "Garden", "Terracotta do Sul", "Terracotta Pot 30 cm 24.90|Terracotta Pot 50 cm 54.90|Planter Box 79.00|"
     "Bird Bath 64.50|Outdoor Table 279.00|Deck Chair 119.00|Parasol 139.00|-Fountain 259.00|*Sundial 189.00"),
    ("Wolke", "Kids", "Kleine Wolke Spielwaren", "Wooden Train 49.90|Building Blocks 34.90|Doll's House 129.00|"
     "Plush Bear 24.90|Puzzle 100 Pieces 14.90|Play Kitchen 179.00|Rocking Horse 99.00|Night Light 22.50|"
     "Children's Desk 169.00|Bunk Bed 599.00|Play Tent 59.90|Memory Game 16.50|+Marble Run 54.90|"
     "*Puppet Theatre 139.00"),
    ("Sakai", "Kitchen", "Sakai Blades", "Chef's Knife 129.00|Santoku Knife 119.00|Paring Knife 49.90|"
     "Bread Knife 79.00|Knife Block 89.00|Whetstone 44.50|Kitchen Scissors 34.90|+Sashimi Knife 189.00"),
    ("Copperie", "Kitchen", "Maison Copperie", "Copper Saucepan 159.00|Frying Pan 28 cm 84.90|Stock Pot 119.00|"
     "Casserole 179.00|Baking Tray 24.90|Dinner Plate 12.90|Soup Bowl 11.50|Wine Glass 9.90|Espresso Maker 39.90|"
     "Salad Bowl 34.50|Linen Apron 29.90|-Fondue Set 89.00"),
    ("Lumo", "Lighting", "Pearl River Lighting", "Desk Lamp 49.90|Floor Lamp 119.00|Pendant Lamp 89.00|LED Strip 29.90|"
     "Smart Bulb 19.90|Wall Light 59.90|Table Lamp 64.50|Spot Set of 3 74.90|+Motion Light 34.90"),
    ("Atelier", "Lighting", "Lumen Atelier", "Paper Lantern 39.00|Brass Floor Lamp 289.00|Glass Pendant 219.00|"
     "Reading Lamp 139.00|Ceramic Table Lamp 159.00|Candle Holder 24.90|-Chandelier 690.00|"
     "*Crystal Chandelier 1290.00"),
    ("Rivage", "Office", "Papeterie Rivage", "Notebook A5 9.90|Notebook A4 13.50|Fountain Pen 39.90|Desk Diary 19.90|"
     "Paper Tray 17.50|Pencil Case 14.90|Wall Calendar 12.50|Copy Paper 500 Sheets 6.90|Desk Pad 27.90|"
     "+Whiteboard 79.00"),
    ("Bangalore", "Office", "Bangalore Desk Company", "Standing Desk 549.00|Office Chair 289.00|Filing Cabinet 199.00|"
     "Monitor Stand 49.90|Footrest 39.90|Desk Organiser 24.50|Meeting Table 699.00|-Drawer Unit 149.00|"
     "*Phone Booth 3990.00"),
)  # fmt: skip

# --------------------------------------------------------------------------------------------------- doings
# name, first and last day as (month, day), tenths of the price off, category or None for everything
PROMOTIONS = (
    ("Winter Sale", (1, 8), (1, 21), 2, None),
    ("Spring Garden Days", (4, 10), (4, 23), 1, "Garden"),
    ("Bike Weeks", (5, 5), (5, 18), 1, "Cycling"),
    ("Summer Camp", (6, 20), (7, 3), 2, "Camping"),
    ("Back to Work", (9, 1), (9, 12), 1, "Office"),
    ("Lights On", (10, 20), (10, 31), 1, "Lighting"),
    ("Black Week", (11, 21), (11, 30), 3, None),
)

# name, typical days on the road, cost of a parcel
CARRIERS = (("Swift Parcel", 2, 6.9), ("BlueVan", 3, 4.9), ("Meridian Freight", 4, 18.5), ("PostPlus", 3, 5.5))
SLOW_CARRIER = "BlueVan"

RETURN_REASONS = (
    "changed mind", "wrong size", "damaged in transit", "not as described", "arrived too late", "defective",
)  # fmt: skip

# topic: subjects; {product} is the product's name
TICKETS = {
    "product": (
        "{product}: a part is missing", "{product}: the instructions are unclear", "{product} does not work any more",
        "How do I clean the {product}?", "Spare parts for {product}", "{product} looks different from the picture",
    ),
    "assembly": (
        "{product}: screws missing", "{product}: cannot be assembled, holes do not line up",
        "{product}: assembly instructions are wrong", "{product}: panel cracked during assembly",
    ),
    "delivery": ("Where is my parcel?", "Parcel left with the wrong neighbour", "Please change the delivery address"),
    "billing": ("I was charged twice", "Invoice with VAT number needed", "Refund has not arrived"),
    "account": ("I cannot sign in", "Please delete my account", "Change of e-mail address"),
}  # fmt: skip
FAILING_CATEGORY = "Furniture"

TASKS = (
    "Count the stock of {category}", "Re-order {product}", "Call {supplier} about late deliveries",
    "Plan the shift rota", "Train a new colleague on the till", "Rearrange the {category} corner",
    "Check the price tags in {category}", "Prepare the window display", "Follow up on an open quote",
    "Visit a business customer", "Repair the stock room door", "Answer reviews of {product}",
    "Clear out discontinued {category} items", "Update the safety checklist",
)  # fmt: skip
TASK_NOTES = (
    "Waiting for an answer from head office.", "Needs two people.", "Do this before the weekend.",
    "The supplier promised a call back.", "See last month's list.", "Customer asked for it in person.",
)  # fmt: skip
