"""An administrator gives people their logins, roles, badges, PINs and passwords, and takes access away; a supervisor
gives operators a badge and a PIN."""

import pytest
from django.test import Client

from plant import access
from plant.access import NotAllowed
from plant.models import Role, User
from tests.factories import PASSWORD
from tests.pages import browser, form, send, text

NEW = {
    "name": "Second operator",
    "username": "Operator.3",
    "role": "operator",
    "language": "es",
    "password": "a long new password",
    "badge": "op-0042",
    "pin": "4321",
}


@pytest.fixture
def administrator(plant):
    return browser(plant.users["administrator"])


@pytest.fixture
def supervisor(plant):
    return browser(plant.users["supervisor"])


def anew(person):
    return User.objects.get(pk=person.pk)


def change(client, username, **typed):
    shown = form(client.get(f"/people/{username}/"), "person")
    return send(client, f"/people/{username}/", {**shown, "once": None, **typed})


def test_an_administrator_makes_a_login_with_which_one_can_work_at_once(administrator, plant):
    answer = send(administrator, "/people/new/", NEW)
    assert (answer.status_code, answer["Location"]) == (303, "/people/operator.3/")

    made = User.objects.get(username="operator.3")
    assert (made.role, made.language, made.badge, made.site) == ("operator", "es", "OP-0042", plant.site)
    assert made.check_password(NEW["password"])
    assert access.check_password("4321", made.pin)
    listed = text(administrator.get("/people/?q=operator.3"))
    assert "Second operator operator.3 Operator – OP-0042 Yes Español Yes" in listed
    assert Client().post("/login/", {"username": "operator.3", "password": NEW["password"]}).status_code == 302


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"username": "operator"}, "This login is taken. Choose another one."),
        ({"username": "new"}, "This login is taken. Choose another one."),
        ({"username": "two words"}, "Only letters, digits, dots and hyphens."),
        ({"badge": "OP-1001"}, "This badge is another person's. Take another one."),
        ({"badge": "x"}, "A badge's code has 4 to 40 capital letters, digits and hyphens."),
        ({"pin": "12"}, "A PIN has 4 to 6 digits. Type only digits."),
        ({"password": "short"}, "at least 8 characters"),
        ({"role": "partner"}, "Choose the company this person is of."),
        ({"role": "king"}, "This is not one of these any more. Choose again."),
    ],
)
def test_a_login_that_cannot_be_is_refused_and_nothing_of_it_is_kept(administrator, plant, typed, sentence):
    access.set_badge(user=plant.users["operator"], badge="OP-1001", by=None)
    before = User.objects.count()

    answer = send(administrator, "/people/new/", {**NEW, **typed})

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert User.objects.count() == before
    assert NEW["password"] not in answer.content.decode()


def test_a_changed_role_stands_in_the_history_with_who_changed_it(administrator, plant):
    assert change(administrator, "operator2", role="supervisor", name="Second lead").status_code == 303

    assert (anew(plant.users["operator2"]).role, anew(plant.users["operator2"]).name) == ("supervisor", "Second lead")
    page = text(administrator.get("/people/operator2/"))
    assert "Role: Operator Supervisor" in page
    assert "Administrator Name: Operator, second shift Second lead" in page


def test_a_partners_person_names_the_company_and_staff_have_none(administrator, plant):
    assert change(administrator, "operator2", role="partner", party="POST1").status_code == 303
    assert anew(plant.users["operator2"]).party == plant.parties["POST1"]

    assert change(administrator, "operator2", role="operator", party="POST1").status_code == 303
    assert anew(plant.users["operator2"]).party is None


def test_a_new_pin_and_badge_hold_at_once_and_the_pin_is_nowhere_to_be_read(administrator, plant):
    answer = send(administrator, "/people/operator/badge/", {"badge": "op-77aa", "pin": "907156"})
    assert answer.status_code == 303

    operator = anew(plant.users["operator"])
    assert operator.badge == "OP-77AA"
    assert access.check_password("907156", operator.pin)
    page = administrator.get("/people/operator/")
    assert "New PIN" in text(page)
    assert "907156" not in page.content.decode()

    send(administrator, "/people/operator/badge/", {"badge": "", "pin": ""})
    assert (anew(operator).badge, anew(operator).pin) == ("", operator.pin)


def test_a_new_password_ends_the_sessions_of_the_person_but_not_those_of_who_set_it(administrator, plant):
    operator = browser(plant.users["operator"])
    send(administrator, "/people/operator/password/", {"password": "another long password"})
    assert operator.get("/").status_code == 302
    assert "New password" in text(administrator.get("/people/operator/"))

    send(administrator, "/people/administrator/password/", {"password": "my own new password"})
    assert administrator.get("/people/").status_code == 200
    refused = send(administrator, "/people/operator/password/", {"password": "short"})
    assert (refused.status_code, "at least 8 characters" in text(refused)) == (422, True)


def test_access_is_taken_away_at_once_and_given_back(administrator, plant):
    operator = browser(plant.users["operator"])
    assert "Take away access" in text(administrator.get("/people/operator/"))

    send(administrator, "/people/operator/access/", {"access": "no"})
    assert operator.get("/").status_code == 302
    assert Client().post("/login/", {"username": "operator", "password": PASSWORD}).status_code == 422
    page = text(administrator.get("/people/operator/"))
    assert "Access taken away" in page

    send(administrator, "/people/operator/access/", {"access": "yes"})
    assert anew(plant.users["operator"]).is_active
    assert "Access given back" in text(administrator.get("/people/operator/"))


def test_nobody_takes_the_own_role_or_access_away(administrator, plant):
    page = administrator.get("/people/administrator/")
    assert "Take away access" not in text(page)

    for answer in (
        send(administrator, "/people/administrator/access/", {"access": "no"}),
        change(administrator, "administrator", role="manager"),
    ):
        assert answer.status_code == 422
        assert "This is your own account. Only another administrator can take away its role" in text(answer)
    assert (anew(plant.users["administrator"]).role, anew(plant.users["administrator"]).is_active) == (
        "administrator",
        True,
    )
    assert change(administrator, "administrator", name="A. Dell").status_code == 303


def test_the_last_administrator_stays_though_two_press_at_once(plant):
    first = plant.users["administrator"]
    second = access.create_user(
        username="second", name="Second", role=Role.ADMINISTRATOR, password=PASSWORD, site=plant.site, by=first
    )
    access.disable_user(user=second, by=first)

    second.is_active = True  # as the request of the second saw itself when it began
    with pytest.raises(NotAllowed):
        access.disable_user(user=first, by=second)
    assert anew(first).is_active


def test_a_supervisor_gives_operators_badge_and_pin_and_nobody_else(supervisor, plant):
    page = supervisor.get("/people/operator/")
    assert "Save badge and PIN" in text(page)
    assert "Take away access" not in text(page)
    assert "Set the password" not in text(page)
    assert "Shift supervisor Supervisor" in text(page)  # the bar names who looks, not whom
    assert send(supervisor, "/people/operator/badge/", {"badge": "OP-9999", "pin": "8642"}).status_code == 303
    assert access.check_password("8642", anew(plant.users["operator"]).pin)

    assert "Everything else is an administrator's." in text(supervisor.get("/people/ehs/"))
    refused = send(supervisor, "/people/ehs/badge/", {"badge": "EHS-9999", "pin": "8642"})
    assert refused.status_code == 422
    assert "You set the badge and PIN of operators only." in text(refused)
    assert anew(plant.users["ehs"]).badge != "EHS-9999"
    assert send(supervisor, "/people/operator/", {"name": "X"}).status_code == 404


def test_people_of_another_site_are_not_there(administrator, plant):
    from plant import services

    other = services.create_site(code="ELSE", name="Elsewhere", timezone="UTC", mark="E")
    access.create_user(username="stranger", name="Stranger", role=Role.OPERATOR, password=PASSWORD, site=other)

    assert "Stranger" not in text(administrator.get("/people/"))
    for path in ("/people/stranger/", "/people/nobody/"):
        assert administrator.get(path).status_code == 404
