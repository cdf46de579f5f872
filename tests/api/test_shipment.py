"""What a consignee reads of its shipment: exactly these fields, masses as the ledger has them."""

import re
from decimal import Decimal

from plant.inventory import ledger
from plant.inventory.models import Location, Movement
from plant.services import create_facility
from tests.api.yard import HOUR, NOON

LIST = "/api/v1/shipments/"


def test_a_dispatched_shipment_reads_like_this(caller, yard, post1):
    first = yard.lot()
    bags = [yard.bag("503.25", "3.25", lot=first), yard.bag("403", "3", lot=first)]
    copper = yard.bag(net="120.5", lot=yard.lot(grade=None, chemistry=None, owner=post1))
    shipment = yard.ship(post1, copper, *bags, trailer="TR-7", contract_number="")

    answer = caller.get(f"{LIST}{shipment.reference}/")

    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {
        "reference": shipment.reference,
        "version": 1,
        "state": "dispatched",
        "consignee": {"code": "POST1", "name": "Post-processor 1"},
        "ship_to": {"code": "POST1-PLANT", "name": "Post-processor 1, refinery", "address": "1 Refinery Road"},
        "purchase_order_number": "PO-1",
        "contract_number": None,
        "bill_of_lading_number": "BOL-1",
        "carrier": "Carrier",
        "trailer": "TR-7",
        "seals": ["A1", "A2"],
        "dispatched_at": "2026-06-10T18:00:00+00:00",
        "delivered_at": None,
        "returned_at": None,
        "lots": [
            {
                "reference": first.reference,
                "material": "BLACK_MASS",
                "grade": "NMC_BM",
                "chemistry": "NMC811",
                "owner": {"code": "OWNER", "name": "Own Company"},
                "net_mass_kg": "900.000",
                "mass_basis": "as_weighed",
                "containers": [
                    {
                        "reference": f"{first.reference}-01",
                        "sscc": None,
                        "gross_mass_kg": "503.250",
                        "tare_mass_kg": "3.250",
                        "net_mass_kg": "500.000",
                        "weighed_at": "2026-06-10T16:00:00+00:00",
                    },
                    {
                        "reference": f"{first.reference}-02",
                        "sscc": None,
                        "gross_mass_kg": "403.000",
                        "tare_mass_kg": "3.000",
                        "net_mass_kg": "400.000",
                        "weighed_at": "2026-06-10T16:00:00+00:00",
                    },
                ],
            },
            {
                "reference": copper.lot.reference,
                "material": "BLACK_MASS",
                "grade": None,
                "chemistry": None,
                "owner": {"code": "POST1", "name": "Post-processor 1"},
                "net_mass_kg": "120.500",
                "mass_basis": "as_weighed",
                "containers": [
                    {
                        "reference": copper.reference,
                        "sscc": None,
                        "gross_mass_kg": None,
                        "tare_mass_kg": None,
                        "net_mass_kg": "120.500",
                        "weighed_at": "2026-06-10T16:00:00+00:00",
                    }
                ],
            },
        ],
        "totals": {"lots": 2, "containers": 3, "gross_mass_kg": None, "net_mass_kg": "1020.500"},
        "updated_at": answer.json()["updated_at"],
    }


def test_the_gross_mass_is_summed_where_each_is_known(caller, yard, post1):
    shipment = yard.ship(post1, yard.bag("503", "3"), yard.bag("403.001", "3"))

    totals = caller.get(f"{LIST}{shipment.reference}/").json()["totals"]

    assert totals == {"lots": 2, "containers": 2, "gross_mass_kg": "906.001", "net_mass_kg": "900.001"}


def test_pounds_are_read_in_kilograms(caller, yard, post1):
    shipment = yard.ship(post1, yard.bag("1100", "10", unit="lb"))

    (bag,) = caller.get(f"{LIST}{shipment.reference}/").json()["lots"][0]["containers"]

    assert (bag["gross_mass_kg"], bag["tare_mass_kg"], bag["net_mass_kg"]) == ("498.952", "4.536", "494.416")


def test_a_bag_that_was_opened_has_its_net_but_no_weighing(caller, yard, post1):
    bag = yard.bag("503", "3")
    samples = yard.site.locations.create(code="SAMPLE", name="Samples", kind=Location.Kind.LOSS)
    taken = ledger.Move(
        kind=Movement.Kind.LOSS,
        kg=Decimal("1.000"),
        from_container=bag,
        from_location=yard.bay,
        to_container=bag,
        to_location=samples,
        how_known=Movement.HowKnown.ESTIMATED,
    )
    ledger.post([taken], by=yard.operator, at=NOON + HOUR / 2, now=NOON + HOUR / 2)
    shipment = yard.ship(post1, bag)

    (read,) = caller.get(f"{LIST}{shipment.reference}/").json()["lots"][0]["containers"]

    assert (read["gross_mass_kg"], read["net_mass_kg"], read["weighed_at"]) == (None, "499.000", None)


def test_no_mass_is_a_json_number(caller, yard, post1):
    yard.ship(post1)

    masses = re.findall(r'_kg"\s*:\s*([^,}]*)', caller.get(LIST).content.decode())

    assert len(masses) == 6
    assert all(re.fullmatch(r'"[0-9]+\.[0-9]{3}"', mass) for mass in masses)


def test_text_comes_through_as_it_is(caller, yard, post1):
    said = '<script>"\\ {{7*7}} %s \u202e é 한국'
    create_facility(party=post1, code="X", name=said, address="1 Road\n2 Town")
    shipment = yard.ship(post1, carrier=said)

    read = caller.get(f"{LIST}{shipment.reference}/").json()

    assert (read["carrier"], read["ship_to"]["name"], read["ship_to"]["address"]) == (said, said, "1 Road\n2 Town")
