using System.Buffers.Binary;

namespace Hutch.S3.Checksums;

/// <summary>CRC-32 (ISO 3309, reflected polynomial 0xEDB88320), as ZIP has it.</summary>
internal sealed class Crc32Digest : BodyDigest
{
    private ulong _state = uint.MaxValue;

    public override void Append(ReadOnlySpan<byte> bytes) => _state = ReflectedCrc.Crc32.Update(_state, bytes);

    public override byte[] Finish()
    {
        var value = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(value, ~(uint)_state);
        return value;
    }
}
