"""Made-up makers, machines, products and varieties: no real brand is named anywhere in the sandbox."""

MAKES = ("PRAIRIE KING", "Northfield", "Vallis", "Old Barn Works", "Ostermann", "Greyhorse")
MACHINES = (
    ("Tractor", ("PK 340", "NF-8R", "Row Ox 210", "OB 95")),
    ("Harvester", ("Reaper S7", "GX 780", "Thresh 9")),
    ("Sprayer", ("Heron 4000", "Mist 36")),
    ("Planter", ("RowMaster 16", "Drill 12")),
    ("Application", ("Spreader G4",)),
)
IMPLEMENTS = (
    *("Cotton Harvester Implement", "Planter", "Disc Harrow", "Chisel Plow", "Draper Head", "Corn Head", "Dry Box"),
    *("Field Cultivator", "Sprayer Boom"),
)
IMPLEMENT_MODELS = ("StMax150", "RM-16", "Disc 40", "CP 9", "DH 35F", "CH 12R", "DB 300", "FC 28", "Boom 36")
MACHINE_NAMES = ("Big Red", "Old Faithful", "The Blue One", "Number 4", "Grandpa", "Night Owl", "Combine West", "Dusty")
FIRST_NAMES = ("Brian", "Maria", "Ines", "Tom", "Olu", "Greta", "Hank", "Ruth", "Svea", "Diego", "Mei", "Paul")
REGISTRANTS = (
    *("Prairie Chemical, Inc.", "Tallgrass Crop Science", "Bluestem Agro USA", "Nordmark & Fell", "GENERIC"),
    *("Cottonwood Inputs, LLC", "Delta Forge Chemistry", "Ostara Crop Care", "Homestead Nutrients"),
)
_STARTS = (
    *(
        "Agri",
        "Clear",
        "Terra",
        "Verde",
        "Prime",
        "Sun",
        "Field",
        "Crop",
        "Bio",
        "Nova",
        "Vita",
        "Trid",
        "Maxi",
        "Nutri",
    ),
    *("Weed", "Root", "Seed", "Grain", "Dura", "Flex", "Stead", "Hydro", "Phos", "Calci", "Zin", "Boro", "Oxi", "Ster"),
)
_ENDS = (
    *("mead", "vex", "lock", "guard", "shield", "max", "star", "ron", "don", "lan", "quat", "zole", "tek", "cide"),
    *("grow", "boost", "mix", "plex", "stop", "care", "ward", "lith", "fos", "sate", "flow", "stick"),
)
_GRADES = ("", "", "Pro", "Plus", "Xtra", "II", "Ultra", "Select", "Gold", "Duo", "Complete", "Elite")
_STRENGTHS = ("", "", "4L", "2.5 SC", "75 DF", "480", "WG", "EC", "0-0-60", "28-0-0", "10-34-0", "Dry", "ES", "5.4 SL")
INGREDIENTS = (
    *("Glyphosate", "Atrazine", "Propiconazole", "Lambda-cyhalothrin", "2,4-D", "Urea", "Calcium", "Zinc sulfate"),
    *("Azoxystrobin", "S-metolachlor", "Ammonium sulfate", "Boric acid", "Potassium chloride"),
)
PRODUCT_TYPES = ("Chemical", "HERBICIDE", "FUNGICIDE", "INSECTICIDE", "FERTILIZER", "ADDITIVE")
LABEL_TYPES = (
    "Dry",
    "Insecticide Miticide",
    "Herbicide",
    "Fungicide",
    "Adjuvant",
    "Fertilizer",
    "Plant Growth Regulator",
)
FORMULATIONS = (
    ("Dry Flowable", "dry"),
    ("Emulsifiable Concentrate", "liquid"),
    ("Soluble Liquid", "liquid"),
    ("Water Dispersible Granule", "dry"),
)
RAW_PRODUCTS = (
    *("ams", "counter", "Ta35", "Talisman", "roundup like", "28%", "uan 28", "crop oil", "coc", "Atrazine 4l", "water"),
    *(
        "Default product",
        "gly 5.4",
        "2-4d",
        "starter 10-34-0",
        "zinc",
        "MIX 1",
        "inscticide?",
        "manure (dairy)",
        "Ä-Plus",
    ),
)
"""Products as drivers type them into a monitor."""
SEED_COMPANIES = ("Meadowlark Seeds", "CHANNEL END", "Golden Row", "Simple Plot", "Northstar Genetics", "HOMESTEAD")
CROPS = ("CORN", "SOYBEANS", "WHEAT", "ALFALFA", "OATS", "PINEAPPLE", "COTTON", "CANOLA")
_VARIETIES = (
    "Master Piece",
    "Early Bird",
    "Long Haul",
    "High Plains",
    "Redwing",
    "Big Sky",
    "Silver Tassel",
    "Old Gold",
)
DRIVEN_VARIETIES = (
    *(("corn", "P1185"), ("corn", "corn variety 2"), ("soybeans", "AG29"), ("wheat", "SY Wolverine")),
    *(("oats", "Goliath"), ("soybeans", "beans west"), ("corn", "Corn")),
)
"""Crops and varieties as machine files spell them."""


def product_name(number: int) -> str:
    """The name of the so-manieth product; in large catalogs some share one."""
    start, rest = _STARTS[number % len(_STARTS)], number // len(_STARTS)
    end, rest = _ENDS[rest % len(_ENDS)], rest // len(_ENDS)
    grade = _GRADES[(number * 7 + rest) % len(_GRADES)]
    strength = _STRENGTHS[(number * 5 + rest // len(_GRADES)) % len(_STRENGTHS)]
    lot = rest // (len(_GRADES) * len(_STRENGTHS))
    return " ".join(word for word in (start + end, grade, strength, str(lot + 1) if lot else "") if word)


def variety_name(number: int) -> str:
    """The name of the so-manieth variety."""
    if number % 3:
        return f"{2100 + number % 900} {1000 + number // 7}{('', ' mix', 'RR', ' VT')[number % 4]}"
    return f"{_VARIETIES[number % len(_VARIETIES)]}{'' if number < len(_VARIETIES) else f' {number}'}"
