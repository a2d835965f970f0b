using System.Buffers.Binary;

namespace Hutch.Mount.Protocol;

/// <summary>Writes the fields of a structure of the protocol, in their order.</summary>
internal ref struct FuseWriter(Span<byte> bytes)
{
    private Span<byte> _rest = bytes;

    internal void U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_rest, value);
        _rest = _rest[sizeof(ushort)..];
    }

    internal void U32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_rest, value);
        _rest = _rest[sizeof(uint)..];
    }

    internal void U64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_rest, value);
        _rest = _rest[sizeof(ulong)..];
    }
}
