"""Documents of the demonstration, which say what they are."""

import io

from PIL import Image, ImageDraw

from apps.core import uploads
from apps.core.uploads import Accepted


def picture() -> Accepted:
    """Return a picture that says what it is: a sample of a certificate."""
    image = Image.new("RGB", (480, 320), "white")
    ImageDraw.Draw(image).text((140, 150), "SAMPLE / GENERATED", fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    out.seek(0)
    return uploads.accept("示例证书.png", out, ["png"], 5)
