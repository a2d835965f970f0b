using System.Buffers.Binary;
using Hutch.Model.Checksums;

namespace Hutch.S3.Checksums;

/// <summary>A CRC of the bytes, the most significant byte first.</summary>
internal sealed class CrcDigest(Crc crc) : BodyDigest
{
    private ulong _value;

    public override void Append(ReadOnlySpan<byte> bytes) => _value = crc.Append(_value, bytes);

    public override byte[] Finish()
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _value);
        return bytes[^(crc.Bits / 8)..];
    }
}
