"""Numbers as people read them."""
from slicer.i18n import tr as _


def bytesText(count: int) -> str:
    """Bytes in the unit that leaves one to three digits: 812 B, 4.2 kB, 157 MB."""
    if count < 1000:
        return _("{count} B").format(count=count)
    size, unit = count / 1e3, "kB"
    for larger in ("MB", "GB", "TB"):
        if size < 999.5:
            break
        size, unit = size / 1e3, larger
    return "{0:.{1}f} {2}".format(size, 1 if size < 9.95 else 0, unit)


def volumeText(millilitres: float) -> str:
    """0.03 ml, 4.1 ml, 1520 ml."""
    decimals = 2 if millilitres < 0.995 else 1 if millilitres < 99.95 else 0
    return _("{volume} ml").format(volume="{0:.{1}f}".format(millilitres, decimals))


def percentText(fraction: float) -> str:
    return _("{percent} %").format(percent="{0:.0f}".format(100 * fraction))


def durationText(milliseconds: float) -> str:
    """84 ms, 2.1 s."""
    if milliseconds < 999.5:
        return _("{time} ms").format(time="{0:.0f}".format(milliseconds))
    return _("{time} s").format(time="{0:.1f}".format(milliseconds / 1000))
