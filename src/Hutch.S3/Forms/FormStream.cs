using Hutch.S3.Errors;

namespace Hutch.S3.Forms;

/// <summary>Reads a form, and refuses one that ends before its last boundary: what came of the file is not the file.</summary>
internal sealed class FormStream(Stream inner) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException e) when (IsCut(e))
        {
            throw Incomplete();
        }
    }

    /// <summary>True if the bytes ended inside a part, and not the connection.</summary>
    public static bool IsCut(IOException e) => e is not BadHttpRequestException && e.InnerException is null;

    public static S3Exception Incomplete() =>
        S3ErrorCode.IncompleteBody.With("The form ended before its last boundary. Nothing was stored.");

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Forms are read by waiting for them.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
