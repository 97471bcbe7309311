"""How a picture was made, as its file carries it: an XMP packet, which a PNG holds in iTXt.

Any program that shows XMP shows it; `gramworks rerun` paints the picture again from it. It holds no
names of files and no paths.
"""

import json
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Self
from xml.sax.saxutils import escape, quoteattr, unescape

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.job import Job

NAMESPACE = "urn:gramworks:1"
_OPEN, _CLOSE = "<gramworks:provenance>", "</gramworks:provenance>"
_PACKET = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool={tool}
 xmlns:gramworks="{namespace}">{open}{body}{close}</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


class Provenance(BaseModel):
    """What is needed to paint a picture again, and to tell how close the new one came.

    Hashes are SHA-256 in hexadecimal; those of pictures are of the files as they were uploaded,
    None if the job is older than the hashes.
    """

    model_config = ConfigDict(frozen=True)

    version: str
    job: str
    settings: dict[str, Any]
    content: str | None
    styles: list[str | None]
    init: str | None = None
    weights: str | None
    losses: dict[str, float]
    stopped_after: int | None = None

    @classmethod
    def of(
        cls,
        job: Job,
        weights: str | None,
        losses: dict[str, float],
        stopped_after: int | None = None,
    ) -> Self:
        """Describe the result of a job.

        Args:
            job: the job.
            weights: the hash of VGG19's weights.
            losses: each term's weighted value for the result, and their sum as `total`.
            stopped_after: how many evaluations were made, if the user ended the job early.
        """
        return cls(
            version=installed_version(),
            job=job.id,
            settings=job.settings.model_dump(mode="json"),
            content=job.inputs.content.sha256,
            styles=[style.sha256 for style in job.inputs.styles],
            init=job.inputs.init and job.inputs.init.sha256,
            weights=weights,
            losses=losses,
            stopped_after=stopped_after,
        )

    def packet(self) -> bytes:
        """Return the XMP packet."""
        tool, body = quoteattr(f"Gramworks {self.version}"), escape(self.model_dump_json())
        return _PACKET.format(
            tool=tool, namespace=NAMESPACE, open=_OPEN, body=body, close=_CLOSE
        ).encode()

    @classmethod
    def from_packet(cls, packet: bytes) -> Self | None:
        """Return what an XMP packet holds; None if it is not one of ours."""
        _, _, rest = packet.decode("utf-8", "replace").partition(_OPEN)
        body, close, _ = rest.partition(_CLOSE)
        if not close:
            return None
        try:
            return cls.model_validate(json.loads(unescape(body)))
        except (ValueError, ValidationError, RecursionError):
            return None


def installed_version() -> str:
    """Return the version of Gramworks that runs."""
    try:
        return version("gramworks")
    except PackageNotFoundError:
        return "0+checkout"
