"""The list of parts in CycloneDX's JSON, for those who watch for vulnerable versions."""

import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from parts import Part


def sbom(parts: Iterable[Part], version: str, epoch: int) -> str:
    """A CycloneDX 1.6 document: Leafdesk and what it carries. The same parts give the same text.

    Raises ValueError when it does not keep to the published schema.
    """
    whole = Component(name="leafdesk", version=version, type=ComponentType.APPLICATION, bom_ref="leafdesk")
    made = [_component(part) for part in parts]
    about = " ".join(f"{part.name}={part.version}" for part in made)
    document = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"leafdesk {version} {epoch} {about}"))
    document.metadata.timestamp = datetime.fromtimestamp(epoch, UTC)
    document.metadata.component = whole
    for component in made:
        document.components.add(component)
    document.register_dependency(whole, made)
    text = JsonV1Dot6(document).output_as_string(indent=1)
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if wrong is not None:
        raise ValueError(f"the list of parts is no CycloneDX: {wrong}")
    return json.dumps(json.loads(text), indent=1, sort_keys=True) + "\n"


def _component(part: Part) -> Component:
    index = PackageURL("pypi", None, part.name.lower().replace("_", "-"), part.version) if part.from_index else None
    homes = [part.home] if part.home else []
    return Component(
        name=part.name,
        version=part.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{part.name}@{part.version}",
        purl=index,
        licenses=[LicenseFactory().make_from_string(part.licence)],
        external_references=[ExternalReference(type=ExternalReferenceType.WEBSITE, url=XsUri(home)) for home in homes],
    )
