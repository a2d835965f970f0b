namespace Hutch.S3.Checksums;

/// <summary>A digest of bytes as they come. Not for several threads.</summary>
internal abstract class BodyDigest : IDisposable
{
    public abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>The digest of all bytes so far, in the order in which it is sent; nothing may be appended afterwards.</summary>
    public abstract byte[] Finish();

    public virtual void Dispose()
    {
    }
}
