namespace Hutch.Mount.Protocol;

/// <summary>The totals of the file system (<c>struct fuse_kstatfs</c>).</summary>
internal static class FuseStatus
{
    private const int Bytes = 80;
    private const uint BlockBytes = 4096;

    internal static byte[] Write(long bytes, long files)
    {
        byte[] body = new byte[Bytes];
        var writer = new FuseWriter(body);
        writer.U64((ulong)(bytes + BlockBytes - 1) / BlockBytes);
        writer.U64(0);
        writer.U64(0);
        writer.U64((ulong)files);
        writer.U64(0);
        writer.U32(BlockBytes);
        writer.U32(FuseFolderBuffer.MaxNameBytes);
        writer.U32(BlockBytes);
        return body;
    }
}
