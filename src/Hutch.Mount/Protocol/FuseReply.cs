namespace Hutch.Mount.Protocol;

/// <summary>The answer to a request: an error, or a body.</summary>
/// <param name="Lease">Holds the body until it is written; null for none.</param>
internal readonly record struct FuseReply(FuseError Error, ReadOnlyMemory<byte> Body, IDisposable? Lease = null)
{
    /// <summary>Bytes of <c>struct fuse_out_header</c>.</summary>
    internal const int HeaderBytes = 16;

    internal static FuseReply Done { get; } = new(FuseError.None, ReadOnlyMemory<byte>.Empty);

    internal static FuseReply Failed(FuseError error) => new(error, ReadOnlyMemory<byte>.Empty);

    internal static FuseReply With(ReadOnlyMemory<byte> body, IDisposable? lease = null) => new(FuseError.None, body, lease);

    /// <summary>Writes the header of this answer.</summary>
    internal void WriteHeader(Span<byte> header, ulong unique)
    {
        var writer = new FuseWriter(header);
        writer.U32((uint)(HeaderBytes + Body.Length));
        writer.U32((uint)-(int)Error);
        writer.U64(unique);
    }
}
