"""ICC profiles of input pictures: converts colours, and checks a profile that is to be stored."""

import io

from PIL import Image, ImageCms

MAX_BYTES = 1_000_000  # Pillow reads no longer ones from a PNG
SIZE_BYTES = 4  # a profile begins with its size
MODES = ("RGB", "RGBA", "P")


def kept_profile(image: Image.Image) -> bytes | None:
    """Return the embedded profile of a picture if it can describe the result, otherwise None.

    It must be for R, G, B, not longer than `MAX_BYTES`, and whole: colours can be converted with it
    in both directions. What follows the profile's own end is cut off.
    """
    embedded = image.info.get("icc_profile")
    if not embedded or image.mode not in MODES or len(embedded) > MAX_BYTES:
        return None
    profile = bytes(embedded[: int.from_bytes(embedded[:SIZE_BYTES])])
    try:
        parsed = _parsed(profile)
        is_rgb = parsed.profile.xcolor_space.strip() == "RGB"
        for way in ((parsed, _parsed(None)), (_parsed(None), parsed)):
            ImageCms.buildTransform(*way, "RGB", "RGB")
    except Exception:  # LittleCMS refuses it
        return None
    return profile if is_rgb else None


def convert(image: Image.Image, source: bytes | None, target: bytes | None) -> Image.Image:
    """Return a picture as R, G, B in the colour space of `target`; None stands for sRGB.

    A `source` that is damaged, or for other channels than the picture's, counts as sRGB.
    """
    if source is None or image.mode == "P":  # a profile applies to colours, not to indices
        image = image.convert("RGB")
    if source is None and target is None:
        return image
    try:
        converted = ImageCms.profileToProfile(
            image, _parsed(source), _parsed(target), outputMode="RGB"
        )
    except Exception:
        converted = None
    if converted is None:
        return image.convert("RGB") if source is None else convert(image, None, target)
    return converted


def _parsed(profile: bytes | None) -> ImageCms.ImageCmsProfile:
    if profile is None:
        return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    return ImageCms.ImageCmsProfile(io.BytesIO(profile))
