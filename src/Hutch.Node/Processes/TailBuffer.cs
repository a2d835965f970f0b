namespace Hutch.Node.Processes;

/// <summary>Keeps the last bytes of a text. For one thread at a time.</summary>
internal sealed class TailBuffer(int most)
{
    private readonly byte[] _ring = new byte[most];

    /// <summary>The number of all bytes, with those that are left out.</summary>
    internal long Written { get; private set; }

    internal long LeftOut => Math.Max(0, Written - _ring.Length);

    internal void Add(ReadOnlySpan<byte> text)
    {
        Written += text.Length;
        ReadOnlySpan<byte> retained = text[Math.Max(0, text.Length - _ring.Length)..];
        int at = (int)((Written - retained.Length) % _ring.Length);
        int first = Math.Min(retained.Length, _ring.Length - at);
        retained[..first].CopyTo(_ring.AsSpan(at));
        retained[first..].CopyTo(_ring);
    }

    internal byte[] ToArray()
    {
        int begin = (int)(Written % _ring.Length);
        return LeftOut == 0 ? _ring[..(int)Written] : [.. _ring[begin..], .. _ring[..begin]];
    }
}
