"""ECDSA with SHA-256 over P-256 (FIPS 186-5), as narrowed tokens use it: numbers of 32 bytes, and the lower s.

The arithmetic is plain Python and serves private keys that are on this machine anyway. Its number of steps is the same
for all keys, but Python's integers do not take the same time for all values.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Optional, Tuple

P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)

_Point = Tuple[int, int, int]
"""X, Y and Z with x = X / Z² and y = Y / Z³; Z = 0 is the point at infinity."""


def make_private() -> bytes:
    """Returns a new private key."""
    return (secrets.randbelow(N - 1) + 1).to_bytes(32, "big")


def find_public(private: bytes) -> Optional[bytes]:
    """Returns the public key of a private one: x and y. None if it is no private key."""
    number = int.from_bytes(private, "big")
    if len(private) != 32 or not 0 < number < N:
        return None
    x, y = _flat(_times(number, _G))
    return x.to_bytes(32, "big") + y.to_bytes(32, "big")


def sign(private: bytes, message: bytes, nonce: Optional[int] = None) -> bytes:
    """Returns r and s. The nonce is that of RFC 6979, unless a test gives one."""
    key = int.from_bytes(private, "big")
    digest = hashlib.sha256(message).digest()
    k = nonce if nonce is not None else _nonce(private, digest)
    r = _flat(_times(k, _G))[0] % N
    s = pow(k, -1, N) * (int.from_bytes(digest, "big") + r * key) % N
    return r.to_bytes(32, "big") + min(s, N - s).to_bytes(32, "big")


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Returns true if the private key of a public one made a signature, and its s is the lower one."""
    if len(public) != 64 or len(signature) != 64:
        return False
    point = (int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big"))
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not _is_on_curve(point) or not 0 < r < N or not 0 < s <= N // 2:
        return False
    inverse = pow(s, -1, N)
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    total = _add(_times(digest * inverse % N, _G), _times(r * inverse % N, point))
    return total[2] != 0 and _flat(total)[0] % N == r


def _is_on_curve(point: Tuple[int, int]) -> bool:
    x, y = point
    return 0 <= x < P and 0 <= y < P and (y * y - (x * x * x - 3 * x + _B)) % P == 0


def _nonce(private: bytes, digest: bytes) -> int:
    """The nonce of RFC 6979, section 3.2. SHA-256 has the length of the order, so nothing is shifted."""
    reduced = (int.from_bytes(digest, "big") % N).to_bytes(32, "big")
    v, k = b"\x01" * 32, b"\x00" * 32
    for separator in (b"\x00", b"\x01"):
        k = hmac.digest(k, v + separator + private + reduced, "sha256")
        v = hmac.digest(k, v, "sha256")
    while True:
        v = hmac.digest(k, v, "sha256")
        number = int.from_bytes(v, "big")
        if 0 < number < N:
            return number
        k = hmac.digest(k, v + b"\x00", "sha256")
        v = hmac.digest(k, v, "sha256")


def _times(number: int, point: Tuple[int, int]) -> _Point:
    """Returns the multiple of a point, by one addition and one doubling for each of 256 bits."""
    z = secrets.randbelow(P - 1) + 1
    low: _Point = (1, 1, 0)
    high: _Point = (point[0] * z * z % P, point[1] * z * z * z % P, z)
    for bit in range(255, -1, -1):
        if number >> bit & 1:
            low, high = _add(low, high), _double(high)
        else:
            low, high = _double(low), _add(low, high)
    return low


def _flat(point: _Point) -> Tuple[int, int]:
    inverse = pow(point[2], -1, P)
    return point[0] * inverse * inverse % P, point[1] * inverse * inverse * inverse % P


def _double(point: _Point) -> _Point:
    x, y, z = point
    square = y * y % P
    shift = 4 * x * square % P
    slope = 3 * (x - z * z) * (x + z * z) % P
    new_x = (slope * slope - 2 * shift) % P
    return new_x, (slope * (shift - new_x) - 8 * square * square) % P, 2 * y * z % P


def _add(one: _Point, other: _Point) -> _Point:
    if one[2] == 0 or other[2] == 0:
        return other if one[2] == 0 else one
    z1, z2 = one[2] * one[2] % P, other[2] * other[2] % P
    u1, u2 = one[0] * z2 % P, other[0] * z1 % P
    s1, s2 = one[1] * z2 * other[2] % P, other[1] * z1 * one[2] % P
    if u1 == u2:
        return _double(one) if s1 == s2 else (1, 1, 0)
    h, r = (u2 - u1) % P, (s2 - s1) % P
    h2 = h * h % P
    h3, v = h * h2 % P, u1 * h2 % P
    x = (r * r - h3 - 2 * v) % P
    return x, (r * (v - x) - s1 * h3) % P, h * one[2] * other[2] % P
