namespace Hutch.Mount.Protocol;

/// <summary>The first exchange: versions and capabilities (<c>struct fuse_init_out</c>).</summary>
internal static class FuseInit
{
    internal const uint Major = 7;

    /// <summary>The newest minor version whose structures this code writes (Linux 5.4).</summary>
    internal const uint Minor = 31;

    /// <summary>The oldest that works: since then the answer has 64 bytes (Linux 3.15).</summary>
    internal const uint MinMinor = 23;

    /// <summary>Concurrent requests that the kernel sends ahead of a reader.</summary>
    private const ushort MaxBackground = 64;

    private const int Bytes = 64;
    private const uint MaxWriteBytes = 4096; // the least that is allowed; nothing is written
    private const ushort MaxPages = 256; // reads of 1 MiB

    // FUSE_ASYNC_READ, FUSE_DO_READDIRPLUS, FUSE_READDIRPLUS_AUTO, FUSE_PARALLEL_DIROPS, FUSE_MAX_PAGES, FUSE_CACHE_SYMLINKS,
    // FUSE_EXPLICIT_INVAL_DATA: the pages of a node stay valid, because a node never changes its content.
    private const uint Wanted = 1 | 1 << 13 | 1 << 14 | 1 << 18 | 1 << 22 | 1 << 23 | 1 << 25;

    /// <summary>The answer; null when the kernel's protocol is too old.</summary>
    internal static byte[]? Answer(FuseRequest request)
    {
        (uint major, uint minor) = request.Version;
        if (major < Major || (major == Major && minor < MinMinor))
        {
            return null;
        }

        byte[] body = new byte[Bytes];
        var writer = new FuseWriter(body);
        writer.U32(Major);
        writer.U32(major > Major ? Minor : Math.Min(minor, Minor)); // a newer kernel asks again with this version
        writer.U32(request.MaxReadAhead);
        writer.U32(request.Flags & Wanted);
        writer.U16(MaxBackground);
        writer.U16(MaxBackground * 3 / 4);
        writer.U32(MaxWriteBytes);
        writer.U32(1); // the granularity of times, in nanoseconds
        writer.U16(MaxPages);
        return body;
    }
}
