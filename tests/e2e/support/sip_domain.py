"""A SIP domain of the contact centre: its users, and the phones that register with it."""

from typing import Any

from support.call_centre import CallCentre

PASSWORD = "Correct4Horse"


class SipDomain:
    """A domain whose users register and call by one password."""

    def __init__(self, centre: CallCentre, name: str, *users: str, voice_url: str, **options: Any) -> None:
        self.centre = centre
        self.name = name
        #: Where its phones register.
        self.proxy = f"sip:127.0.0.1:{centre.sip};transport=udp"
        sip = centre.client.sip
        staff = sip.credential_lists.create(friendly_name=f"staff of {name}")
        for user in users:
            sip.credential_lists(staff.sid).credentials.create(username=user, password=PASSWORD)
        domain = sip.domains.create(domain_name=name, sip_registration=True, voice_url=voice_url, **options)
        # The phones of the tests know MD5 only, and give up when anything else is offered.
        path = f"{centre.account_path}/SIP/Domains/{domain.sid}.json"
        assert centre.server.request("POST", path, data={"DigestAlgorithms": "MD5"}).status_code == 200
        own = sip.domains(domain.sid).auth
        own.registrations.credential_list_mappings.create(credential_list_sid=staff.sid)
        own.calls.credential_list_mappings.create(credential_list_sid=staff.sid)

    def uri(self, user: str) -> str:
        """The address of a user."""
        return f"sip:{user}@{self.name}"

    def account(self, user: str, *, password: str = PASSWORD, codec: str = "PCMU", more: str = "") -> str:
        """What a phone is told so that it registers as a user."""
        proxy = f'outbound="{self.proxy}"'
        secret = f"auth_user={user};auth_pass={password}"
        return f"<{self.uri(user)}>;{secret};{proxy};regint=60;audio_codecs={codec}{more}"
