namespace Hutch.Analysis.Memory;

/// <summary>Bytes outside of the collected heap: an image's go back to the system on disposal, not on the next collection.</summary>
internal sealed unsafe class NativeBytes : IDisposable
{
    private const int Alignment = 64;

    private byte* _first;

    public NativeBytes(int length)
    {
        Length = length;
        _first = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(length, 1), Alignment);
    }

    ~NativeBytes() => Free();

    public int Length { get; }

    /// <summary>The bytes; not to be used after the end.</summary>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_first is null, this);
            return new Span<byte>(_first, Length);
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_first);
        _first = null;
    }
}
