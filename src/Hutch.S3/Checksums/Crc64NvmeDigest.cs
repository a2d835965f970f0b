using System.Buffers.Binary;

namespace Hutch.S3.Checksums;

/// <summary>CRC-64/NVME (reflected polynomial 0x9A6C9329AC4BC9B5; the check value of "123456789" is AE8B14860A799888).</summary>
internal sealed class Crc64NvmeDigest : BodyDigest
{
    private ulong _state = ulong.MaxValue;

    public override void Append(ReadOnlySpan<byte> bytes) => _state = ReflectedCrc.Crc64Nvme.Update(_state, bytes);

    public override byte[] Finish()
    {
        var value = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(value, ~_state);
        return value;
    }
}
