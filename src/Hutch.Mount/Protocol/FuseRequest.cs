using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Hutch.Mount.Protocol;

/// <summary>
/// A request of the kernel (linux/fuse.h, protocol 7.23 and later). Its numbers have the order of the machine, which is little-endian on
/// x64 and arm64.
/// </summary>
internal sealed record FuseRequest
{
    /// <summary>Bytes of <c>struct fuse_in_header</c>.</summary>
    internal const int HeaderBytes = 40;

    /// <summary>Room for one message: the kernel demands 8 KiB, and room for the longest write of <see cref="FuseInit"/>.</summary>
    internal const int MaxBytes = 64 * 1024;

    private const int ForgetOneBytes = 16;

    public required FuseOpcode Opcode { get; init; }

    /// <summary>The number that its answer carries.</summary>
    public required ulong Unique { get; init; }

    /// <summary>The file or folder that it is about.</summary>
    public required ulong Node { get; init; }

    /// <summary>The open file or folder, where there is one.</summary>
    public ulong Handle { get; init; }

    public long Offset { get; init; }

    /// <summary>The room that the kernel has for the answer.</summary>
    public int Size { get; init; }

    /// <summary>Flags of open(2), or of the kernel's capabilities.</summary>
    public uint Flags { get; init; }

    /// <summary>The version of the kernel's protocol.</summary>
    public (uint Major, uint Minor) Version { get; init; }

    public uint MaxReadAhead { get; init; }

    /// <summary>A name in the folder, or of an attribute; null for none, or one that is not UTF-8.</summary>
    public string? Name { get; init; }

    /// <summary>The request that is interrupted.</summary>
    public ulong Interrupted { get; init; }

    /// <summary>Nodes that the kernel forgets, and how many lookups of each.</summary>
    public IReadOnlyList<(ulong Node, ulong Lookups)> Forgotten { get; init; } = [];

    /// <summary>True for requests without an answer.</summary>
    public bool IsSilent => Opcode is FuseOpcode.Forget or FuseOpcode.ForgetMany or FuseOpcode.Interrupt;

    /// <summary>Parses a message; false when it contradicts itself.</summary>
    /// <param name="unique">The number for an answer, as far as it can be read; 0 for none.</param>
    internal static bool TryParse(ReadOnlySpan<byte> message, [NotNullWhen(true)] out FuseRequest? request, out ulong unique)
    {
        (request, unique) = (null, 0);
        if (message.Length < HeaderBytes)
        {
            return false;
        }

        unique = U64(message, 8);
        if (U32(message, 0) != message.Length)
        {
            return false;
        }

        var header = new FuseRequest { Opcode = (FuseOpcode)U32(message, 4), Unique = unique, Node = U64(message, 16) };
        request = Parse(header, message[HeaderBytes..]);
        return request is not null;
    }

    private static FuseRequest? Parse(FuseRequest header, ReadOnlySpan<byte> body) => header.Opcode switch
    {
        FuseOpcode.Initialise => body.Length < 16 ? null : header with
        {
            Version = (U32(body, 0), U32(body, 4)),
            MaxReadAhead = U32(body, 8),
            Flags = U32(body, 12),
        },
        FuseOpcode.Lookup => ParseName(header, body),
        FuseOpcode.GetExtendedAttribute => body.Length < 8 || Length(body, 0) is not { } size ? null
            : ParseName(header with { Size = size }, body[8..]),
        FuseOpcode.ListExtendedAttributes => body.Length < 8 || Length(body, 0) is not { } size ? null : header with { Size = size },
        FuseOpcode.Open or FuseOpcode.OpenFolder => body.Length < 8 ? null : header with { Flags = U32(body, 0) },
        FuseOpcode.Read or FuseOpcode.ReadFolder or FuseOpcode.ReadFolderWithAttributes => ParseRead(header, body),
        FuseOpcode.Release or FuseOpcode.ReleaseFolder => body.Length < 24 ? null : header with { Handle = U64(body, 0) },
        FuseOpcode.Interrupt => body.Length < 8 ? null : header with { Interrupted = U64(body, 0) },
        FuseOpcode.Forget => body.Length < 8 ? null : header with { Forgotten = [(header.Node, U64(body, 0))] },
        FuseOpcode.ForgetMany => ParseForgets(header, body),
        _ => header,
    };

    private static FuseRequest? ParseRead(FuseRequest header, ReadOnlySpan<byte> body) =>
        body.Length < 40 || Length(body, 16) is not { } size || U64(body, 8) > long.MaxValue - int.MaxValue
            ? null
            : header with { Handle = U64(body, 0), Offset = (long)U64(body, 8), Size = size };

    private static FuseRequest? ParseName(FuseRequest header, ReadOnlySpan<byte> body)
    {
        int end = body.IndexOf((byte)0);
        if (end < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> name = body[..end];
        return header with { Name = System.Text.Unicode.Utf8.IsValid(name) ? Encoding.UTF8.GetString(name) : null };
    }

    private static FuseRequest? ParseForgets(FuseRequest header, ReadOnlySpan<byte> body)
    {
        if (body.Length < 8 || Length(body, 0) is not { } count || count != (body.Length - 8) / ForgetOneBytes)
        {
            return null;
        }

        var forgotten = new (ulong, ulong)[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> one = body[(8 + (i * ForgetOneBytes))..];
            forgotten[i] = (U64(one, 0), U64(one, 8));
        }

        return header with { Forgotten = forgotten };
    }

    private static uint U32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    private static int? Length(ReadOnlySpan<byte> bytes, int offset) =>
        U32(bytes, offset) is <= int.MaxValue and uint length ? (int)length : null;
}
